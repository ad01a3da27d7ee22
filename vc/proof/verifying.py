"""Whether a proof belongs to a document and a key. Whose key it is, and when it was used, is decided elsewhere.

Spec: https://www.w3.org/TR/vc-data-integrity/#verify-proof
"""

from __future__ import annotations

from vc.keys import PublicKey
from vc.proof.parsing import Proof
from vc.proof.transforming import Transformed


def verify_proof(proof: Proof, *, public_key: PublicKey, transformed: Transformed) -> None:
    """Return if the proof is this key's over this document and the proofs that it builds on.

    The proofs that it builds on are not verified here; whoever asks must ask about them too.

    Raises:
        ProofVerificationError: it is not.
        Unsupported: the suite is not for keys of this kind.
        ProblemError: a part of the document or of the proof is not covered.

    Spec: https://www.w3.org/TR/vc-data-integrity/#verify-proof

    """
    suite = proof.suite
    suite.scheme.verify(
        proof.signature,
        options=proof.options,
        covered=transformed.covered(proof.previous),
        public_key=public_key,
        hash_name=suite.hash_for(public_key.kind),
    )
