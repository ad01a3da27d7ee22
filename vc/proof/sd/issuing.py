"""The issuer's part: a base proof, from which the holder derives one for each showing.

Every statement of the document is signed on its own, with a key that is made for this proof alone and then thrown away;
the issuer's own key signs that key together with the statements that every showing has to contain.

Spec: https://www.w3.org/TR/vc-di-ecdsa/#create-base-proof-ecdsa-sd-2023
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from vc.document import JsonObject, JsonValue
from vc.jsonld import PINNED, PRESENTATION_BUDGET, Processor
from vc.keys import KeyKind, P256Signer, Signer
from vc.keys.ecdsa import P256
from vc.multibase import encode_multibase
from vc.problems import BudgetExceeded, ProofGenerationError, ProofVerificationError
from vc.proof.sd.encoding import (
    ENCODING,
    MAX_BYTES,
    MAX_POINTER,
    MAX_POINTERS,
    MAX_SIGNATURES,
    BaseProofValue,
    multikey_bytes,
)
from vc.proof.sd.grouping import Labelled, mandatory_hash, signing_data
from vc.proof.sd.options import NAME, options_of, proof_hash
from vc.timestamps import format_timestamp

HMAC_KEY: Final = 32


def create_base_proof(
    document: JsonObject,
    *,
    signer: Signer,
    mandatory_pointers: Sequence[str],
    created: datetime,
    hmac_key: bytes,
    proof_key: bytes,
    processor: Processor = PINNED,
) -> JsonObject:
    """The document with a base proof, which is for its holder and nobody else.

    ``mandatory_pointers``: what every showing contains (see `vc.proof.sd.required_pointers`), at least one.
    ``hmac_key`` (32 bytes) and ``proof_key`` (the 32 bytes of a P-256 key) are drawn at random for this one proof and
    not kept. ``processor`` reads the document as JSON-LD.

    Raises:
        ProblemError: a part of the document would not be covered by a signature.
        ProofGenerationError: a pointer leads nowhere; the document has a proof; the signature made does not verify.
        BudgetExceeded: the document makes more statements than are signed one by one.
        ValueError: keys of another kind or length.

    """
    key = signer.public_key
    if key.kind is not KeyKind.P256 or len(hmac_key) != HMAC_KEY:
        raise ValueError("A base proof is made with a P-256 key and an HMAC key of 32 bytes.")
    if "proof" in document:
        raise ProofGenerationError("The document has a proof already; a base proof stands alone.")
    _check_pointers(mandatory_pointers)
    proof: dict[str, JsonValue] = {
        "type": "DataIntegrityProof",
        "cryptosuite": NAME,
        "created": format_timestamp(created),
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    }
    labelled = Labelled(document, hmac_key=hmac_key, budget=PRESENTATION_BUDGET, processor=processor)
    mandatory = set(labelled.part(mandatory_pointers).indexes)
    optional = [nquad for index, nquad in enumerate(labelled.nquads) if index not in mandatory]
    if len(optional) > MAX_SIGNATURES:
        raise BudgetExceeded(f"{len(optional)} statements would be signed one by one; at most {MAX_SIGNATURES} are.")
    secret = P256.secret(proof_key)
    public_key = P256Signer(proof_key, "").public_key
    data = signing_data(
        proof_hash=proof_hash(options_of(proof, document), processor),
        proof_key=multikey_bytes(public_key),
        mandatory=mandatory_hash([labelled.nquads[index] for index in sorted(mandatory)]),
    )
    value = BaseProofValue(
        signature=signer.sign(data),
        public_key=public_key,
        hmac_key=hmac_key,
        signatures=tuple(P256.sign(secret, nquad.encode()) for nquad in optional),
        mandatory_pointers=tuple(mandatory_pointers),
    )
    written = value.to_bytes()
    if len(written) > MAX_BYTES:
        raise BudgetExceeded(f"The base proof would have {len(written)} bytes; at most {MAX_BYTES} are read.")
    try:
        key.verify(value.signature, data)
    except ProofVerificationError as error:
        raise ProofGenerationError(f"The signature just made does not verify: {error.detail}") from None
    return {**document, "proof": {**proof, "proofValue": encode_multibase(written, encoding=ENCODING)}}


def _check_pointers(pointers: Sequence[str]) -> None:
    if isinstance(pointers, str) or not pointers:
        raise ProofGenerationError("At least one part has to be mandatory, or a holder could leave out who issued it.")
    if len(pointers) > MAX_POINTERS or any(len(text) > MAX_POINTER for text in pointers):
        raise ProofGenerationError(
            f"At most {MAX_POINTERS} mandatory pointers are kept, each of at most {MAX_POINTER} characters."
        )
