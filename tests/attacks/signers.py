"""The school with a key of every kind, and a proof of every suite by each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.attacks.world import DAY, NOW, SCHOOL, SCHOOL_DOCUMENT, SCHOOL_SIGNER, judge, plain, resource, unsigned
from vc import Ed25519Signer, P256Signer, P384Signer, Report, add_proof
from vc.did import DidKey, did_document
from vc.document import listed
from vc.jsonld import CREDENTIAL_BUDGET, PINNED
from vc.keys import KeyKind
from vc.multibase import encode_multibase
from vc.proof import SUITES, Suite, Transformed

SIGNERS: dict[KeyKind, Any] = {
    KeyKind.ED25519: Ed25519Signer(b"\1" * 32, SCHOOL + "#ed25519"),
    KeyKind.P256: P256Signer(b"\7" * 32, SCHOOL + "#p256"),
    KeyKind.P384: P384Signer(b"\7" * 48, SCHOOL + "#p384"),
}
WHOLE = tuple(name for name, suite in SUITES.items() if suite.encoding == "z")
"""The suites that sign a document whole."""
PAIRS = [(name, kind) for name in WHOLE for kind in SIGNERS if kind in SUITES[name].hashes]
MISFITS = [(name, kind) for name in WHOLE for kind in SIGNERS if kind not in SUITES[name].hashes]
ED25519_2020 = "https://w3id.org/security/suites/ed25519-2020/v1"


def school_keys() -> dict[str, Any]:
    """The DID document of a school that has a key of every kind beside its usual one."""
    keys = [DidKey(fragment="key-1", public_key=SCHOOL_SIGNER.public_key)]
    keys += [
        DidKey(fragment=signer.verification_method.split("#")[1], public_key=signer.public_key)
        for signer in SIGNERS.values()
    ]
    return plain(did_document(SCHOOL, keys))


def context_for(name: str) -> str | None:
    """The context that defines proofs of this suite, where the credential's own does not."""
    return ED25519_2020 if SUITES[name].cryptosuite is None else None


def signed_as(name: str, kind: KeyKind, document: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A badge with an honest proof of this suite by the school's key of this kind."""
    return plain(
        add_proof(
            unsigned() if document is None else document,
            signer=SIGNERS[kind],
            suite=name,
            purpose="assertionMethod",
            created=NOW - 60 * DAY,
            challenge=None,
            domain=None,
            **({"extra_context": context_for(name)} | more),
        )
    )


def forced(
    name: str,
    kind: KeyKind,
    *,
    hash_name: str = "sha256",
    document: Mapping[str, Any] | None = None,
    drop: tuple[str, ...] = (),
    covering: tuple[str, ...] = (),
    **options: Any,
) -> dict[str, Any]:
    """A badge with one more proof of exactly these options, by any key with any hash, as if nobody had objected.

    ``covering``: the ids of the proofs there that it covers, whatever it says itself.
    """
    suite: Suite = SUITES[name]
    signer = SIGNERS[kind]
    bare = unsigned() if document is None else dict(document)
    proof: dict[str, Any] = {
        "type": suite.type,
        "cryptosuite": suite.cryptosuite,
        "created": "2027-01-02T10:02:00Z",
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    } | options
    proof = {key: value for key, value in proof.items() if value is not None and key not in drop}
    scheme: Any = suite.scheme
    covered = Transformed(bare, budget=CREDENTIAL_BUDGET, digest=None, processor=PINNED).covered(covering)
    message = scheme.message(scheme.options(proof, bare), covered=covered, hash_name=hash_name)
    made = proof | {"proofValue": encode_multibase(signer.sign(message), encoding="z")}
    there = listed(bare.get("proof"))
    return plain(bare) | {"proof": [*there, made] if there else made}


def judged(document: Mapping[str, Any] | bytes, **policy: Any) -> Report:
    """The verdict on a document of this school."""
    return judge(document, resource(SCHOOL_DOCUMENT, school_keys()), **policy)
