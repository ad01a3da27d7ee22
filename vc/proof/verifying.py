"""Whether a proof belongs to a document and a key. Whose key it is, and when it was used, is decided elsewhere.

Spec: https://www.w3.org/TR/vc-di-eddsa/#verify-proof-eddsa-rdfc-2022
"""

from __future__ import annotations

from vc.document import JsonObject
from vc.jsonld import Budget
from vc.jsonld.rdfc import HashName
from vc.keys import PublicKey
from vc.proof.parsing import Proof, without_proof
from vc.proof.suites import Suite


def document_hash(document: JsonObject, *, suite: Suite, hash_name: HashName, budget: Budget) -> bytes:
    """The hash of the document without its proofs, as every proof of this suite signs it.

    Raises:
        ProblemError: a part of the document would not be covered, or the budget does not suffice.

    Spec: https://www.w3.org/TR/vc-di-eddsa/#transformation-eddsa-rdfc-2022

    """
    return suite.digest(without_proof(document), hash_name=hash_name, budget=budget)


def verify_proof(proof: Proof, *, public_key: PublicKey, document_digest: bytes) -> None:
    """Return if the proof is this key's over the document with this hash.

    Raises:
        ProofVerificationError: it is not.
        Unsupported: the suite is not for keys of this kind.

    Spec: https://www.w3.org/TR/vc-di-eddsa/#proof-verification-eddsa-rdfc-2022

    """
    message = signing_input(proof.options, suite=proof.suite, public_key=public_key, document_digest=document_digest)
    public_key.verify(proof.signature, message)


def signing_input(options: JsonObject, *, suite: Suite, public_key: PublicKey, document_digest: bytes) -> bytes:
    """What is signed: the hash of the proof's options, then the hash of the document.

    Spec: https://www.w3.org/TR/vc-di-eddsa/#hashing-eddsa-rdfc-2022
    """
    hash_name = suite.hash_for(public_key.kind)
    return suite.configuration_digest(options, hash_name=hash_name) + document_digest
