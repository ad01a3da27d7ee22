"""The holder's part: from a base proof to one that shows what the holder chose and what the issuer made mandatory.

Spec: https://www.w3.org/TR/vc-di-ecdsa/#add-derived-proof-ecdsa-sd-2023
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeGuard

from vc.document import JsonObject, listed
from vc.jsonld import PINNED, PRESENTATION_BUDGET, Processor
from vc.multibase import encode_multibase
from vc.problems import ProblemError, ProofGenerationError
from vc.proof.sd.encoding import ENCODING, BaseProofValue, DerivedProofValue, parse_proof_value, proof_value_of
from vc.proof.sd.grouping import Labelled
from vc.proof.sd.options import NAME
from vc.proof.sd.selection import WHOLE


def is_base_proof(proof: object) -> bool:
    """Whether this is a base proof of ecdsa-sd-2023: for the holder's hands, never to be shown."""
    try:
        value = parse_proof_value(proof_value_of(proof.get("proofValue"))) if _is_selective(proof) else None
    except ProblemError:
        return False
    return isinstance(value, BaseProofValue)


def base_proof(document: JsonObject) -> tuple[JsonObject, BaseProofValue]:
    """The base proof of a document, and its value. Proofs of other suites beside it are left alone.

    Raises:
        ProofGenerationError: there is no base proof, or more than one proof of ecdsa-sd-2023.
        ProofVerificationError, BudgetExceeded: it is malformed, or too large.

    """
    proofs = [proof for proof in listed(document.get("proof")) if _is_selective(proof)]
    if len(proofs) != 1:
        raise ProofGenerationError(
            f"A selection is made from the one ecdsa-sd-2023 proof of a document; here are {len(proofs) or 'none'}."
        )
    value = parse_proof_value(proof_value_of(proofs[0].get("proofValue")))
    if not isinstance(value, BaseProofValue):
        raise ProofGenerationError("This is a selection already; a further one is made from the original.")
    return proofs[0], value


def _is_selective(proof: object) -> TypeGuard[JsonObject]:
    return isinstance(proof, Mapping) and proof.get("cryptosuite") == NAME


def derive_proof(
    document: JsonObject, *, selective_pointers: Sequence[str], processor: Processor = PINNED
) -> JsonObject:
    """What is mandatory and what these pointers select of a document with a base proof, with a derived proof.

    No pointers: the mandatory part alone. ``""``: the whole document.

    Raises:
        ProofGenerationError: there is no base proof, it does not belong to the document, or a pointer leads nowhere.
        ProblemError: the document or its proof has a form that cannot be checked.

    Spec: https://www.w3.org/TR/vc-di-ecdsa/#createdisclosuredata

    """
    proof, value = base_proof(document)
    unsecured = {name: member for name, member in document.items() if name != "proof"}
    labelled = Labelled(unsecured, hmac_key=value.hmac_key, budget=PRESENTATION_BUDGET, processor=processor)
    mandatory = set(labelled.part(value.mandatory_pointers).indexes)
    shown = labelled.part([*value.mandatory_pointers, *selective_pointers])
    if not shown.indexes:
        raise ProofGenerationError("Nothing was selected, and nothing is mandatory.")
    optional = [index for index in range(len(labelled.nquads)) if index not in mandatory]
    if len(optional) != len(value.signatures):
        raise ProofGenerationError("The base proof was made for another document.")
    signatures = dict(zip(optional, value.signatures, strict=True))
    derived = DerivedProofValue(
        signature=value.signature,
        public_key=value.public_key,
        signatures=tuple(signatures[index] for index in shown.indexes if index in signatures),
        labels=shown.labels,
        mandatory_indexes=tuple(position for position, index in enumerate(shown.indexes) if index in mandatory),
    )
    return {**shown.document, "proof": {**proof, "proofValue": encode_multibase(derived.to_bytes(), encoding=ENCODING)}}


def reveal_all(document: JsonObject, *, processor: Processor = PINNED) -> JsonObject:
    """The same credential with a derived proof that shows everything: what a holder has verified before keeping it.

    A base proof says nothing that this one does not: its every signature is in it. So whoever was issued a credential
    with a base proof hands this to `vc.verify`, and the verdict is that on the original.

    Raises:
        ProblemError: as `derive_proof`.

    """
    return derive_proof(document, selective_pointers=[WHOLE], processor=processor)
