"""The verifier's part: whether a derived proof belongs to what is shown and to the issuer's key.

Spec: https://www.w3.org/TR/vc-di-ecdsa/#verify-derived-proof-ecdsa-sd-2023
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vc.document import JsonObject
from vc.jsonld import Budget, Processor
from vc.keys import KeyKind, PublicKey
from vc.problems import BaseProofShown, ProofVerificationError, Unsupported
from vc.proof.sd.encoding import BaseProofValue, DerivedProofValue, multikey_bytes, parse_proof_value
from vc.proof.sd.grouping import label_of, mandatory_hash, signing_data
from vc.proof.sd.options import proof_hash


def parse_derived(data: bytes) -> DerivedProofValue:
    """The value of a proof that is shown.

    Raises:
        BaseProofShown: it is a base proof.
        ProofVerificationError, BudgetExceeded, CryptographicSecurityError: as `parse_proof_value`.

    """
    value = parse_proof_value(data)
    if isinstance(value, BaseProofValue):
        raise BaseProofShown(
            "This is the holder's original, with which anybody could show any part of it. It is not meant to be shown: "
            "derive a proof from it and hand in that."
        )
    return value


def verify_derived(
    document: JsonObject,
    *,
    options: JsonObject,
    value: DerivedProofValue,
    public_key: PublicKey,
    budget: Budget,
    processor: Processor,
) -> None:
    """Return if a proof with these options and this value is this key's over ``document`` (which is without proof).

    Raises:
        ProofVerificationError: it is not.
        Unsupported: the key is of another kind.
        ProblemError: a part of the document would not be covered by a signature.

    """
    if public_key.kind is not KeyKind.P256:
        raise Unsupported(f"A key of the kind {public_key.kind.name} does not go with ecdsa-sd-2023.")
    mandatory, optional = statements_of(document, value, budget=budget, processor=processor)
    data = signing_data(
        proof_hash=proof_hash(options, processor),
        proof_key=multikey_bytes(value.public_key),
        mandatory=mandatory_hash(mandatory),
    )
    public_key.verify(value.signature, data)
    for signature, nquad in paired(value.signatures, optional):
        value.public_key.verify(signature, nquad.encode())


def statements_of(
    document: JsonObject, value: DerivedProofValue, *, budget: Budget, processor: Processor
) -> tuple[list[str], list[str]]:
    """The mandatory statements and the others, under the names that were signed.

    Spec: https://www.w3.org/TR/vc-di-ecdsa/#createverifydata
    """
    found = processor.labelled(document, budget=budget)
    if len(found.labels) != len(value.labels):
        raise ProofVerificationError(
            f"The proof names {len(value.labels)} parts without an id; the document has {len(found.labels)}."
        )
    nquads = found.nquads([label_of(value.labels[int(label[4:])]) for label in found.labels])
    indexes = frozenset(value.mandatory_indexes)
    if indexes and max(indexes) >= len(nquads):
        raise ProofVerificationError("A mandatory index lies beyond the statements of the document.")
    optional = [nquad for index, nquad in enumerate(nquads) if index not in indexes]
    return [nquads[index] for index in value.mandatory_indexes], optional


def paired(signatures: Sequence[bytes], nquads: Sequence[str]) -> Iterable[tuple[bytes, str]]:
    """Each statement with its signature; otherwise one would be read that nobody signed.

    Raises:
        ProofVerificationError: there are more of the one than of the other.

    Spec: https://www.w3.org/TR/vc-di-ecdsa/#verify-derived-proof-ecdsa-sd-2023

    """
    # "If the length of signatures does not match the length of nonMandatory, an error MUST be raised"
    if len(signatures) != len(nquads):
        raise ProofVerificationError(
            f"{len(nquads)} statements need a signature of their own; the proof holds {len(signatures)}."
        )
    return zip(signatures, nquads, strict=True)
