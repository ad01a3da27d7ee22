"""Keys and identifiers: what is written is read back, and nothing that is read can break the reader."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attacks.world import policy
from tests.unit.vc.test_keys import SIGNERS
from vc import Ed25519Signer, Evidence, MissingEvidence, P256Signer, P384Signer, ProblemError, PublicKey, Signer
from vc.did import jwk_did, key_did, parse_key_url, resolve
from vc.did.resolving import DEREFERENCING, LEGACY, RESOLUTION, answer_for
from vc.keys import KeyKind, parse_jwk, parse_multikey
from vc.multibase import base58btc_encode, base64url_encode

SEEDS = st.binary(min_size=31, max_size=31).map(lambda seed: b"\1" + seed)
TEXTS = st.text(max_size=40)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS, lambda item: st.lists(item, max_size=3), max_leaves=4
)
MEMBERS = st.sampled_from(["kty", "crv", "x", "y", "n", "e", "d", "k", "use", "key_ops", "alg", "kid"])
VALUES = st.sampled_from(["OKP", "EC", "RSA", "oct", "Ed25519", "P-256", "P-384", "AQAB", "sig", "enc", "EdDSA", ""])
JWKS = st.dictionaries(MEMBERS, VALUES | st.binary(max_size=64).map(base64url_encode) | ODD, max_size=8)


def signers(seed: bytes) -> list[Signer]:
    return [Ed25519Signer(seed, ""), P256Signer(seed, ""), P384Signer(seed + seed[:16], "")]


@given(SEEDS, st.binary(max_size=200))
def test_every_key_is_the_same_in_every_form(seed: bytes, message: bytes) -> None:
    for signer in signers(seed):
        key = signer.public_key
        assert parse_multikey(key.multikey) == parse_jwk(key.jwk) == key
        for did, name in ((key_did(key), key.multikey), (jwk_did(key), "0")):
            document = resolve(did, evidence=Evidence(), policy=policy())
            url = parse_key_url(f"{did}#{name}")
            assert document.method_for(url, relationship="assertionMethod").public_key == key
            assert document.method_with(key, relationship="authentication").id == str(url)
        key.verify(signer.sign(message), message)


@given(SEEDS, SEEDS, st.binary(max_size=100))
def test_no_other_key_verifies(seed: bytes, other: bytes, message: bytes) -> None:
    for signer in signers(seed):
        for stranger in signers(other):
            if stranger.public_key != signer.public_key:
                with pytest.raises(ProblemError):
                    stranger.public_key.verify(signer.sign(message), message)


@given(JWKS)
def test_a_jwk_is_a_key_or_a_problem(jwk: dict[str, Any]) -> None:
    try:
        key = parse_jwk(jwk)
    except ProblemError:
        return
    assert all(jwk[member] == value for member, value in key.jwk.items())


@given(st.sampled_from(KeyKind), st.binary(max_size=60))
def test_a_multikey_is_a_key_or_a_problem(kind: KeyKind, raw: bytes) -> None:
    text = "z" + base58btc_encode(bytes.fromhex(kind.value) + raw)
    try:
        key = parse_multikey(text)
    except ProblemError:
        return
    assert (key.kind, key.raw, key.multikey) == (kind, raw, text)


@given(st.sampled_from(KeyKind), st.integers(0, 255), st.integers(0))
def test_a_changed_key_is_another_key_or_a_problem(kind: KeyKind, value: int, place: int) -> None:
    key = SIGNERS[kind].public_key
    raw = bytearray(key.raw)
    raw[place % len(raw)] = value
    try:
        changed = PublicKey(kind=kind, raw=bytes(raw))
    except ProblemError:
        return
    assert (changed == key) == (bytes(raw) == key.raw)


@given(
    st.sampled_from(["did:key:", "did:jwk:", "did:web:", "did:", "", "https://"]),
    TEXTS | st.text(alphabet="abcz.:#/?%2FA", max_size=30),
    st.sampled_from([RESOLUTION, DEREFERENCING, LEGACY, "application/did+json", "*/*", "", "x", ",;", "a;b"]),
    st.dictionaries(st.sampled_from(["publicKeyFormat", "x"]), TEXTS, max_size=2),
)
def test_every_request_has_an_answer(start: str, rest: str, accept: str, options: dict[str, str]) -> None:
    try:
        answer = answer_for(start + rest, accept=accept, options=options, evidence=Evidence(), policy=policy())
    except MissingEvidence:
        return
    assert (answer.status == 200) == ("error" not in str(answer.body))
