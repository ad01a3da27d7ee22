"""Why a signature may not fit: the context was changed in place after the document was signed.

Spec: https://www.w3.org/TR/vc-data-integrity/#network-requests (contexts are pinned by their content)
"""

from __future__ import annotations

from vc import jsonld
from vc.document import JsonObject
from vc.jsonld import PINNED, Budget
from vc.keys import PublicKey
from vc.problems import ProblemError, ProofVerificationError
from vc.proof.parsing import Proof
from vc.proof.transforming import Transformed, without_proof
from vc.proof.verifying import verify_proof


def explained(
    error: ProofVerificationError, *, proof: Proof, public_key: PublicKey, document: JsonObject, budget: Budget
) -> ProofVerificationError:
    """The same error, or one that says with which earlier revision of a context the document was signed.

    It stays an error: the words that the earlier revision did not know are covered by no signature.
    """
    for reading in jsonld.earlier_readings(without_proof(document)):
        transformed = Transformed(reading.document, budget=budget, digest=None, processor=PINNED)
        try:
            verify_proof(proof, public_key=public_key, transformed=transformed)
        except ProblemError:
            continue
        words = ", ".join(f"“{place.rsplit('/', 1)[-1]}”" for place in reading.unknown)
        detail = (
            f"The signature fits the document without {words}: the context {reading.url} as it stood from "
            f"{reading.day} on did not define this, so nobody signed it."
        )
        return ProofVerificationError(detail, pointer=reading.unknown[0])
    return error
