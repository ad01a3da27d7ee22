"""Data Integrity proofs: made, read and verified. A cryptosuite is a row in ``vc.proof.suites``.

Spec: https://www.w3.org/TR/vc-data-integrity/
"""

from vc.proof.adding import add_proof
from vc.proof.earlier import explained
from vc.proof.parsing import MAX_PRESENTATION_PROOFS, MAX_PROOFS, Proof, parse_proofs
from vc.proof.suites import SUITES, Suite, suite_named
from vc.proof.transforming import Transformed, without_proof
from vc.proof.verifying import verify_proof

__all__ = [
    "MAX_PRESENTATION_PROOFS",
    "MAX_PROOFS",
    "SUITES",
    "Proof",
    "Suite",
    "Transformed",
    "add_proof",
    "explained",
    "parse_proofs",
    "suite_named",
    "verify_proof",
    "without_proof",
]
