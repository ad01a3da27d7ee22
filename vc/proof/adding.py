"""Making a proof, and verifying it before anybody sees it.

Spec: https://www.w3.org/TR/vc-data-integrity/#add-proof
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from vc.document import JsonObject, JsonValue, listed
from vc.jsonld import Budget
from vc.keys import Signer
from vc.multibase import encode_multibase
from vc.problems import ProblemError, ProofGenerationError, ProofVerificationError
from vc.proof.parsing import MAX_PRESENTATION_PROOFS, MAX_PROOFS, parse_proof
from vc.proof.suites import SUITES
from vc.proof.transforming import Transformed
from vc.proof.verifying import verify_proof
from vc.timestamps import format_timestamp

PURPOSES: Final = frozenset({"assertionMethod", "authentication"})


def add_proof(
    document: JsonObject,
    *,
    signer: Signer,
    suite: str,
    purpose: str,
    created: datetime,
    challenge: str | None,
    domain: str | None,
) -> JsonObject:
    """The document with one more proof (a set when it had some); what was there stays as it is.

    ``authentication`` answers a ``challenge`` for a ``domain`` and needs both; ``assertionMethod`` takes neither.

    Raises:
        ProblemError: a part of the document would not be covered by the signature.
        ProofGenerationError: the signature that was made does not verify (a broken key), or there are four already.
        ValueError: an unknown suite or purpose, or a challenge where there must be none.

    Spec: https://www.w3.org/TR/vc-data-integrity/#add-proof-set-chain

    """
    row = SUITES.get(suite)
    if row is None or purpose not in PURPOSES:
        raise ValueError(f"There is no suite {suite!r} for the purpose {purpose!r}.")
    asked = challenge is not None and domain is not None
    if asked != (purpose == "authentication") or (challenge is None) != (domain is None):
        raise ValueError("An authentication answers a challenge for a domain; an assertion answers nobody.")
    existing = listed(document.get("proof"))
    most = MAX_PRESENTATION_PROOFS if purpose == "authentication" else MAX_PROOFS
    if len(existing) >= most:
        raise ProofGenerationError(f"The document has {most} proofs already.")
    proof: dict[str, JsonValue] = {
        "type": row.type,
        "cryptosuite": row.cryptosuite,
        "created": format_timestamp(created),
        "verificationMethod": signer.verification_method,
        "proofPurpose": purpose,
    }
    if challenge is not None and domain is not None:
        proof |= {"challenge": challenge, "domain": domain}
    budget = Budget.for_credentials(max(1, contained(document)))
    transformed = Transformed(document, budget=budget, digest=None)
    options = row.scheme.options(proof, document)
    signature = row.scheme.sign(
        options,
        covered=transformed.covered(()),
        signer=signer,
        hash_name=row.hash_for(signer.public_key.kind),
    )
    proof["proofValue"] = encode_multibase(signature, encoding=row.encoding)
    try:
        made = parse_proof(proof, document=document, here="/proof", beside=(), suites=frozenset({suite}))
        assert made.options == options, "what was signed reads back as it was"
        verify_proof(made, public_key=signer.public_key, transformed=transformed)
    except (ProofVerificationError, ProblemError) as error:
        raise ProofGenerationError(f"The signature just made does not verify: {error.detail}") from None
    return {**document, "proof": [*existing, proof] if existing else proof}


def contained(document: JsonObject) -> int:
    """How many credentials lie in a presentation, or in the subjects of a transcript (CLR)."""
    subjects = [subject for subject in listed(document.get("credentialSubject")) if isinstance(subject, Mapping)]
    return sum(len(listed(node.get("verifiableCredential"))) for node in (document, *subjects))
