"""The W3C's vectors for the suites that sign hashes: canonical texts, hashes, signatures, each step of each document."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from tests.vectors.conftest import EXAMPLES
from vc import (
    RECOMMENDED,
    Ed25519Signer,
    Evidence,
    P256Signer,
    P384Signer,
    ProblemError,
    Verdict,
    add_proof,
    serialize,
    verify,
)
from vc.jsonld import CREDENTIAL_BUDGET, PINNED
from vc.keys import KeyKind
from vc.multibase import base58btc_decode, encode_multibase
from vc.proof import SUITES, Proof, Transformed, parse_proofs, verify_proof

pytestmark = [pytest.mark.shared, pytest.mark.usefixtures("vocabulary")]
NOW = datetime(2026, 11, 23, tzinfo=UTC)
CREATED = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
KEYS = {KeyKind.ED25519: "vc-di-eddsa/keyPair", KeyKind.P256: "vc-di-ecdsa/p256KeyPair"}
KEYS[KeyKind.P384] = "vc-di-ecdsa/p384KeyPair"
SIGNERS: Any = {KeyKind.ED25519: Ed25519Signer, KeyKind.P256: P256Signer, KeyKind.P384: P384Signer}


@dataclass(frozen=True)
class Steps:
    """One published document: its folder, how its files' names end, the suite, the key, its statements' hash."""

    folder: str
    suffix: str
    suite: str
    kind: KeyKind
    hash_name: str
    unsigned: str = "unsigned"


DOCUMENTS = (
    Steps("vc-di-eddsa/eddsa-rdfc-2022", "DataInt", "eddsa-rdfc-2022", KeyKind.ED25519, "sha256"),
    Steps(
        "vc-di-eddsa/eddsa-rdfc-2022/employ", "DataInt", "eddsa-rdfc-2022", KeyKind.ED25519, "sha256", "employmentAuth"
    ),
    Steps("vc-di-eddsa/eddsa-jcs-2022", "JCS", "eddsa-jcs-2022", KeyKind.ED25519, "sha256"),
    Steps("vc-di-eddsa/Ed25519Signature2020", "EdSig", "Ed25519Signature2020", KeyKind.ED25519, "sha256"),
    Steps("vc-di-ecdsa/ecdsa-rdfc-2019-p256", "ECDSAP256", "ecdsa-rdfc-2019", KeyKind.P256, "sha256"),
    Steps(
        "vc-di-ecdsa/ecdsa-rdfc-2019-p256/employ",
        "ECDSAP256",
        "ecdsa-rdfc-2019",
        KeyKind.P256,
        "sha256",
        "employmentAuth",
    ),
    Steps("vc-di-ecdsa/ecdsa-rdfc-2019-p384", "ECDSAP384", "ecdsa-rdfc-2019", KeyKind.P384, "sha384"),
    Steps(
        "vc-di-ecdsa/ecdsa-rdfc-2019-p384/employ",
        "ECDSAP384",
        "ecdsa-rdfc-2019",
        KeyKind.P384,
        "sha384",
        "employmentAuth",
    ),
    Steps("vc-di-ecdsa/ecdsa-jcs-2019-p256", "JCSECDSAP256", "ecdsa-jcs-2019", KeyKind.P256, "sha256"),
    Steps("vc-di-ecdsa/ecdsa-jcs-2019-p384", "JCSECDSAP384", "ecdsa-jcs-2019", KeyKind.P384, "sha384"),
)
each = pytest.mark.parametrize("steps", DOCUMENTS, ids=lambda steps: steps.folder)


@pytest.fixture
def folder(shared: Path) -> Path:
    return shared / "vectors" / "w3c"


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def signer_of(folder: Path, kind: KeyKind, method: str) -> Any:
    pair = read(folder / f"{KEYS[kind]}.json")
    secret = pair.get("privateKeyMultibase") or pair["secretKeyMultibase"]
    signer = SIGNERS[kind](base58btc_decode(secret[1:])[2:], method)
    assert signer.public_key.multikey == pair["publicKeyMultibase"]
    return signer


def read_signed(folder: Path, steps: Steps) -> tuple[Any, Proof]:
    signed = read(folder / steps.folder / f"signed{steps.suffix}.json")
    (proof,) = parse_proofs(signed, max_proofs=1, suites=frozenset({steps.suite}), party=None).claimed
    return signed, proof


@each
def test_every_step(folder: Path, steps: Steps) -> None:
    def text(name: str) -> str:
        return (folder / steps.folder / f"{name}{steps.suffix}.txt").read_text()

    signed, proof = read_signed(folder, steps)
    signer = signer_of(folder, steps.kind, signed["proof"]["verificationMethod"])
    scheme, key = proof.suite.scheme, signer.public_key
    hash_name = proof.suite.hash_for(key.kind)
    assert hash_name == steps.hash_name
    transformed = Transformed(signed, budget=CREDENTIAL_BUDGET, digest=None, processor=PINNED)
    covered = transformed.covered(())
    canonical = covered.canonical(scheme.form, hash_name)
    assert canonical.decode() == text("canonDoc")
    assert hashlib.new(hash_name, canonical).hexdigest() == text("docHash")
    assert proof.options == read(folder / steps.folder / f"proofConfig{steps.suffix}.json")
    configured = scheme.form.configure(proof.options, hash_name, PINNED)
    assert configured.decode() == text("proofCanon")
    assert hashlib.new(hash_name, configured).hexdigest() == text("proofHash")
    message = scheme.message(proof.options, covered=covered, hash_name=hash_name)
    assert message.hex() == text("combinedHash")
    assert proof.signature.hex() == text("sigHex")
    assert encode_multibase(proof.signature, encoding="z") == text("sigBTC58") == signed["proof"]["proofValue"]
    verify_proof(proof, public_key=key, transformed=transformed)
    other = Transformed(signed | {"name": "Doctor"}, budget=CREDENTIAL_BUDGET, digest=None, processor=PINNED)
    with pytest.raises(ProblemError):
        verify_proof(proof, public_key=key, transformed=other)


@each
def test_what_we_sign_is_what_they_signed(folder: Path, steps: Steps) -> None:
    """Ed25519 gives one signature, and so does ECDSA with the nonce of RFC 6979, which they used as we do."""
    signed, _ = read_signed(folder, steps)
    document = read(folder / steps.folder.split("/")[0] / f"{steps.unsigned}.json")
    again = add_proof(
        document,
        signer=signer_of(folder, steps.kind, signed["proof"]["verificationMethod"]),
        suite=steps.suite,
        purpose="assertionMethod",
        created=CREATED,
        challenge=None,
        domain=None,
        extra_context="https://w3id.org/security/suites/ed25519-2020/v1" if "Signature" in steps.suite else None,
    )
    assert again == signed


@each
def test_an_issuer_who_did_not_sign_is_not_vouched_for(folder: Path, steps: Steps) -> None:
    signed, _ = read_signed(folder, steps)
    policy = RECOMMENDED(recognised=(), loopback=False, require_holder_binding=False, challenge=None, domain=None)
    report = verify(serialize(signed), evidence=Evidence(MappingProxyType({})), policy=policy, now=NOW)
    assert report.verdict is Verdict.NOT_GENUINE
    if EXAMPLES in signed["@context"]:
        assert "issuer-mismatch" in report.problems[0].type


def test_every_suite_that_signs_hashes_has_a_vector_but_the_old_name() -> None:
    assert set(SUITES) - {steps.suite for steps in DOCUMENTS} <= {"eddsa-2022", "ecdsa-sd-2023"}
