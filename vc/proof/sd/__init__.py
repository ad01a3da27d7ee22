"""Selective disclosure with ecdsa-sd-2023: an issuer's base proof, and the proofs that its holder derives from it.

Spec: https://www.w3.org/TR/vc-di-ecdsa/#ecdsa-sd-2023
"""

from vc.proof.sd.derive import base_proof, derive_proof, is_base_proof, reveal_all
from vc.proof.sd.encoding import BaseProofValue, DerivedProofValue, parse_proof_value, proof_value_of
from vc.proof.sd.issuing import create_base_proof
from vc.proof.sd.scheme import SelectiveDisclosure
from vc.proof.sd.verify import parse_derived, verify_derived

__all__ = [
    "BaseProofValue",
    "DerivedProofValue",
    "SelectiveDisclosure",
    "base_proof",
    "create_base_proof",
    "derive_proof",
    "is_base_proof",
    "parse_derived",
    "parse_proof_value",
    "proof_value_of",
    "reveal_all",
    "verify_derived",
]
