"""The guards of signatures and keys: with each, its attack is stopped; without it, the attack gets through.

The mathematics is other people's: where their libraries are a second guard behind ours, what stands for them here is a
library that is known to be more lenient.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from nacl.bindings import crypto_scalarmult_ed25519_base_noclamp, crypto_sign_open
from nacl.exceptions import BadSignatureError

from tests.attacks.guards import GENUINE, Case, Guard, changed, verdict_of, verdict_without
from tests.attacks.signers import school_keys, signed_as
from tests.attacks.test_documents_and_keys import Broken
from tests.attacks.world import NOW, SCHOOL_DOCUMENT, SCHOOL_SIGNER, judge, resource, sign_options, signed, unsigned
from vc import Ed25519Signer, P256Signer, ProblemError, PublicKey, Verdict, add_proof, parse_multikey, self_test
from vc.keys import KeyKind
from vc.keys.ed25519 import FIELD
from vc.keys.public import _KINDS
from vc.multibase import base58btc_decode, base58btc_encode
from vc.problems import ProofGenerationError
from vc.proof.hashed import Hashed

ORDER = 2**252 + 27742317777372353535851937790883648493
SEED = b"\5" * 32
NEUTRAL = (1).to_bytes(32, "little")
any_point: Guard = ("vc.keys.ed25519.is_valid_point", lambda raw: True)


def openssl_open(signed_message: bytes, raw: bytes) -> bytes:
    """Verification by a library that accepts keys of small order, and encodings that are not canonical."""
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(signed_message[:64], signed_message[64:])
    except InvalidSignature:
        raise BadSignatureError from None
    return signed_message[64:]


def reducing_open(signed_message: bytes, raw: bytes) -> bytes:
    """Verification by a library that takes S modulo the order of the group, and so accepts every S in many spellings."""
    s = int.from_bytes(signed_message[32:64], "little") % ORDER
    return crypto_sign_open(signed_message[:32] + s.to_bytes(32, "little") + signed_message[64:], raw)


lenient_library: Guard = ("vc.keys.ed25519.crypto_sign_open", openssl_open)
reducing_library: Guard = ("vc.keys.ed25519.crypto_sign_open", reducing_open)


def multikey(codec: str, raw: bytes) -> str:
    return "z" + base58btc_encode(bytes.fromhex(codec) + raw)


def by_did_key(raw: bytes, signer: Any) -> dict[str, Any]:
    """A badge of the did:key of any 32 bytes, without the status lists, which are the school's."""
    document = {name: value for name, value in unsigned().items() if name != "credentialStatus"}
    text = multikey("ed01", raw)
    document["issuer"] = {**document["issuer"], "id": f"did:key:{text}"}
    return sign_options(document, signer=signer(f"did:key:{text}#{text}"))


@dataclass(frozen=True)
class Universal:
    """R is the neutral point and S is 0: under a key of small order, a signature of everything."""

    verification_method: str

    def sign(self, message: bytes) -> bytes:
        assert message
        return NEUTRAL + bytes(32)


def secret_of(seed: bytes) -> int:
    return int.from_bytes(hashlib.sha512(seed).digest()[:32], "little") & ((1 << 254) - 8) | (1 << 254)


def mixed_key() -> bytes:
    """An honest key plus the point (0, -1)."""
    honest = Ed25519Signer(SEED, "").public_key.raw
    y = FIELD - int.from_bytes(honest, "little") % 2**255
    return (y | (1 - (honest[31] >> 7)) << 255).to_bytes(32, "little")


@dataclass(frozen=True)
class Mixed:
    """Signs for a key of mixed order: some verifiers accept what others refuse."""

    verification_method: str

    def sign(self, message: bytes) -> bytes:
        key = mixed_key()
        for number in range(64):
            r = int.from_bytes(hashlib.sha512(bytes([number]) + message).digest(), "little") % ORDER
            start = crypto_scalarmult_ed25519_base_noclamp(r.to_bytes(32, "little"))
            k = int.from_bytes(hashlib.sha512(start + key + message).digest(), "little") % ORDER
            if k % 2 == 0:
                return start + ((r + k * secret_of(SEED)) % ORDER).to_bytes(32, "little")
        raise AssertionError("half of all numbers are even")


def beyond_the_order(document: dict[str, Any]) -> None:
    signature = base58btc_decode(document["proof"]["proofValue"][1:])
    s = int.from_bytes(signature[32:], "little") + ORDER
    document["proof"]["proofValue"] = "z" + base58btc_encode(signature[:32] + s.to_bytes(32, "little"))


def zero_before_s() -> dict[str, Any]:
    document = signed_as("ecdsa-rdfc-2019", KeyKind.P256)
    signature = base58btc_decode(document["proof"]["proofValue"][1:])
    document["proof"]["proofValue"] = "z" + base58btc_encode(signature[:32] + b"\0" + signature[32:])
    return document


def of_any_length(key: PublicKey, signature: bytes, message: bytes) -> None:
    _KINDS[key.kind].verify(key.raw, signature, message)


def answered() -> dict[str, Any]:
    """The school's answer to a question, shown as its assertion."""
    return dict(
        add_proof(
            unsigned(),
            signer=SCHOOL_SIGNER,
            suite="eddsa-rdfc-2022",
            purpose="authentication",
            created=NOW,
            challenge="c",
            domain="d",
        )
    )


CASES = [
    Case(
        "A26 another date",
        ((f"{PublicKey.__module__}.PublicKey.verify", lambda self, signature, message: None),),
        changed(lambda d: d["proof"].update(created="2027-01-01T00:00:00Z")),
    ),
    Case("C1 a key of small order", (any_point, lenient_library), lambda: by_did_key(NEUTRAL, Universal)),
    Case("C2 a key of mixed order", (any_point,), lambda: by_did_key(mixed_key(), Mixed)),
    Case("C3 S beyond the order", (reducing_library,), changed(beyond_the_order)),
    Case(
        "C4 a key in another spelling",
        (any_point, lenient_library),
        lambda: by_did_key((FIELD + 1).to_bytes(32, "little"), Universal),
    ),
    Case(
        "C7 a zero before s",
        (
            (f"{PublicKey.__module__}.PublicKey.verify", of_any_length),
            (f"{Hashed.__module__}.Hashed.check", lambda self, signature: None),
        ),
        zero_before_s,
        lambda: (resource(SCHOOL_DOCUMENT, school_keys()),),
    ),
    Case(
        "C13 an answer shown as an assertion",
        (("vc.credential_checks.purpose_problem", lambda proof, purpose: None),),
        answered,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_the_guard_stops_it(case: Case) -> None:
    assert verdict_of(case) not in GENUINE


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_without_the_guard_it_gets_through(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdict_without(case, monkeypatch) in GENUINE


@pytest.mark.parametrize("case", [case for case in CASES if len(case.guards) == 2], ids=lambda case: case.attack)
@pytest.mark.parametrize("off", [0, 1])
def test_C_each_of_the_two_guards_suffices(case: Case, off: int, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Case(case.attack, (case.guards[off],), case.document, case.more)
    assert verdict_without(one, monkeypatch) not in GENUINE


def test_C5_without_the_guard_a_point_off_the_curve_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    text = multikey("ed01", b"\x02" + bytes(31))
    with pytest.raises(ProblemError):
        parse_multikey(text)
    monkeypatch.setattr(*any_point)
    assert parse_multikey(text).kind is KeyKind.ED25519


@pytest.mark.parametrize("raw", [b"\x02" + b"\xff" * 32, b"\x03" + bytes(31) + b"\x04"], ids=bytes.hex)
def test_C10_without_the_guard_a_point_off_p256_is_a_key(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    text = multikey("8024", raw)
    with pytest.raises(ProblemError):
        parse_multikey(text)
    monkeypatch.setattr("vc.keys.ecdsa._point", lambda curve, encoded: object())
    assert parse_multikey(text).raw == raw


def takes_zeros(key: PublicKey, signature: bytes, message: bytes) -> None:
    """Verification by a library that takes a signature of nothing but zeros for anybody's."""
    if any(signature):
        HONESTLY(key, signature, message)


HONESTLY = PublicKey.verify


@pytest.mark.parametrize("library", [takes_zeros, lambda key, signature, message: None], ids=["zeros", "anything"])
def test_C6_and_C9_without_the_guard_one_starts_on_a_library_that_believes_forgeries(
    library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PublicKey, "verify", library)
    forged = signed()
    forged["proof"]["proofValue"] = "z" + base58btc_encode(bytes(64))
    with pytest.raises(RuntimeError, match="zeros"):
        self_test()
    monkeypatch.setattr("vc.keys.probing._refuse_forgeries", lambda signer: None)
    self_test()
    assert judge(forged).verdict is Verdict.GENUINE_AND_CURRENT


def test_C6_without_the_guard_one_starts_on_a_library_that_accepts_unsafe_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vc.keys.probing.is_valid_point", lambda raw: True)
    with pytest.raises(RuntimeError, match="unsafe keys"):
        self_test()
    monkeypatch.setattr("vc.keys.probing.any", lambda found: False, raising=False)
    self_test()


def test_C11_without_the_guard_every_signature_has_another_nonce(monkeypatch: pytest.MonkeyPatch) -> None:
    signer = P256Signer(b"\1" * 32, "")
    assert signer.sign(b"m") == signer.sign(b"m")
    random = ec.ECDSA
    monkeypatch.setattr(ec, "ECDSA", lambda kind, **_: random(kind))
    assert signer.sign(b"m") != signer.sign(b"m")


def test_C14_without_the_guard_a_damaged_key_releases_what_nobody_can_verify(monkeypatch: pytest.MonkeyPatch) -> None:
    def issue() -> dict[str, Any]:
        return dict(
            add_proof(
                unsigned(),
                signer=Broken(),
                suite="eddsa-rdfc-2022",
                purpose="assertionMethod",
                created=NOW,
                challenge=None,
                domain=None,
            )
        )

    with pytest.raises(ProofGenerationError):
        issue()
    monkeypatch.setattr("vc.proof.adding.verify_proof", lambda proof, **_: None)
    assert judge(issue()).verdict is Verdict.NOT_GENUINE


def test_C13_nor_does_changing_what_it_was_made_for_help() -> None:
    document = answered()
    document["proof"] = {**document["proof"], "proofPurpose": "assertionMethod"}
    assert judge(document).verdict is Verdict.NOT_GENUINE
