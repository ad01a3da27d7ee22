"""The two proof values of ecdsa-sd-2023, written and read strictly: one text for what it says, and nothing beside it.

A *base* proof value is the issuer's secret gift to the holder: with it anybody can show any part of the credential. A
*derived* one belongs to one showing. They are told apart by three bytes, and neither passes for the other.

Spec: https://www.w3.org/TR/vc-di-ecdsa/#serializebaseproofvalue, https://www.w3.org/TR/vc-di-ecdsa/#serializederivedproofvalue
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any, Final

import cbor2

from vc.keys import KeyKind, PublicKey
from vc.multibase import decode_multibase
from vc.problems import BudgetExceeded, MalformedValueError, ProofVerificationError

MAX_PROOF_VALUE: Final = 1 << 20
"""Characters of a proof value; a whole document that is read has no more."""
MAX_BYTES: Final = 450_000
"""Bytes of a proof value: what the largest number of signatures, with labels or pointers, takes."""
ENCODING: Final = "u"
MAX_SIGNATURES: Final = 4_000
MAX_LABELS: Final = 1_500
MAX_POINTERS: Final = 1_000
MAX_POINTER: Final = 1_024

_BASE: Final = bytes.fromhex("d95d00")
_DERIVED: Final = bytes.fromhex("d95d01")
_P256: Final = bytes.fromhex(KeyKind.P256.value)
_SIGNATURE: Final = 64
_DIGEST: Final = 32
# Major types of CBOR: whole numbers, byte strings, texts, arrays and maps; neither tags nor anything of open length.
_NUMBER, _BYTES, _TEXT, _ARRAY, _MAP = 0, 2, 3, 4, 5
_OPEN: Final = 27


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseProofValue:
    """What an issuer hands to a holder.

    ``signature`` is the issuer's (64 bytes); ``public_key`` that of the key made for this proof alone, which signed
    each statement that is not mandatory (``signatures``, in the order of the statements); ``hmac_key`` (32 bytes) hides
    the order of nodes; ``mandatory_pointers`` name what every showing contains.
    """

    signature: bytes
    public_key: PublicKey
    hmac_key: bytes = field(repr=False)
    signatures: tuple[bytes, ...]
    mandatory_pointers: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """The bytes of a ``proofValue``."""
        components = [
            self.signature,
            multikey_bytes(self.public_key),
            self.hmac_key,
            list(self.signatures),
            list(self.mandatory_pointers),
        ]
        return _BASE + cbor2.dumps(components)


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedProofValue:
    """What a holder shows: ``labels`` maps the number of a canonical label (``c14n3``: 3) to the 32 bytes of the label
    that was signed; ``mandatory_indexes`` say which of the statements shown are mandatory ones.
    """

    signature: bytes
    public_key: PublicKey
    signatures: tuple[bytes, ...]
    labels: dict[int, bytes]
    mandatory_indexes: tuple[int, ...]

    def to_bytes(self) -> bytes:
        """The bytes of a ``proofValue``."""
        components = [
            self.signature,
            multikey_bytes(self.public_key),
            list(self.signatures),
            self.labels,
            list(self.mandatory_indexes),
        ]
        return _DERIVED + cbor2.dumps(components)


def multikey_bytes(key: PublicKey) -> bytes:
    """The 35 bytes of a P-256 key as both proof values and the signed data hold it."""
    return _P256 + key.raw


def proof_value_of(text: object) -> bytes:
    """The bytes of a ``proofValue``.

    Raises:
        ProofVerificationError: it is not a multibase text in base64url.
        BudgetExceeded: it is larger than any that is looked at.

    """
    if not isinstance(text, str):
        raise ProofVerificationError("The proof has no signature.")
    if len(text) > MAX_PROOF_VALUE:
        raise BudgetExceeded(f"The proof value has {len(text)} characters; at most {MAX_PROOF_VALUE} are read.")
    try:
        return decode_multibase(text, encodings=ENCODING, max_length=MAX_PROOF_VALUE)
    except MalformedValueError as error:
        raise ProofVerificationError(error.detail) from None


def parse_proof_value(data: bytes) -> BaseProofValue | DerivedProofValue:
    """The one or the other, whatever the bytes say they are.

    Raises:
        ProofVerificationError: it is neither, or not written in the one way.
        BudgetExceeded: it holds more than is looked at.
        CryptographicSecurityError: the key made for this proof is no point of its curve.

    Spec: https://www.w3.org/TR/vc-di-ecdsa/#parsebaseproofvalue, https://www.w3.org/TR/vc-di-ecdsa/#parsederivedproofvalue

    """
    if len(data) > MAX_BYTES:
        raise BudgetExceeded(f"The proof value has {len(data)} bytes; at most {MAX_BYTES} are read.")
    header, body = data[:3], data[3:]
    if header not in (_BASE, _DERIVED):
        raise ProofVerificationError("The proof value is neither a base proof nor a derived one of ecdsa-sd-2023.")
    components = _decode(body)
    if not isinstance(components, list) or len(components) != 5:
        raise _malformed("not five components")
    return _base(components) if header == _BASE else _derived(components)


def _base(components: list[Any]) -> BaseProofValue:
    signature, key, hmac_key, signatures, pointers = components
    if not _is_bytes(hmac_key, _DIGEST):
        raise _malformed("the HMAC key is not 32 bytes")
    if not isinstance(pointers, list) or not all(isinstance(pointer, str) for pointer in pointers):
        raise _malformed("the mandatory pointers are not texts")
    if len(pointers) > MAX_POINTERS or any(len(pointer) > MAX_POINTER for pointer in pointers):
        raise BudgetExceeded(f"The proof names more than {MAX_POINTERS} mandatory parts, or one too long.")
    return BaseProofValue(
        signature=_signature(signature),
        public_key=_key(key),
        hmac_key=hmac_key,
        signatures=_signatures(signatures),
        mandatory_pointers=tuple(pointers),
    )


def _derived(components: list[Any]) -> DerivedProofValue:
    signature, key, signatures, labels, indexes = components
    if not isinstance(labels, dict) or not all(
        type(number) is int and _is_bytes(label, _DIGEST) for number, label in labels.items()
    ):
        raise _malformed("the labels are not numbers with 32 bytes each")
    if len(labels) > MAX_LABELS:
        raise BudgetExceeded(f"The proof has {len(labels)} labels; at most {MAX_LABELS} are looked at.")
    if sorted(labels) != list(range(len(labels))) or len(set(labels.values())) != len(labels):
        raise _malformed("a label is left out or given twice")
    if not isinstance(indexes, list) or not all(type(index) is int for index in indexes):
        raise _malformed("the mandatory indexes are not numbers")
    if any(later <= earlier for earlier, later in itertools.pairwise(indexes)):
        raise _malformed("the mandatory indexes are not in order, or one is given twice")
    return DerivedProofValue(
        signature=_signature(signature),
        public_key=_key(key),
        signatures=_signatures(signatures),
        labels=labels,
        mandatory_indexes=tuple(indexes),
    )


def _is_bytes(value: object, length: int) -> bool:
    return isinstance(value, bytes) and len(value) == length


def _signature(value: Any) -> bytes:
    if not _is_bytes(value, _SIGNATURE):
        raise _malformed("a signature is not 64 bytes")
    return bytes(value)


def _signatures(values: Any) -> tuple[bytes, ...]:
    if not isinstance(values, list):
        raise _malformed("the signatures are not an array")
    if len(values) > MAX_SIGNATURES:
        raise BudgetExceeded(f"The proof has {len(values)} signatures; at most {MAX_SIGNATURES} are checked.")
    return tuple(map(_signature, values))


def _key(value: Any) -> PublicKey:
    if not _is_bytes(value, 35) or not value.startswith(_P256):
        raise _malformed("the key made for this proof is not a P-256 key of 35 bytes")
    return PublicKey(kind=KeyKind.P256, raw=value[2:])


def _malformed(reason: str) -> ProofVerificationError:
    return ProofVerificationError(f"The proof value does not have the form of ecdsa-sd-2023: {reason}.")


def _decode(data: bytes) -> Any:
    """The value in these bytes, if writing it again gives the same bytes.

    "CBOR tagging MUST NOT be used on any of the components": tags never reach the library, which would act on them.
    """
    _refuse_other_types(data)
    try:
        value = cbor2.loads(data)
    except cbor2.CBORDecodeError:
        raise _malformed("it is not CBOR") from None
    if cbor2.dumps(value) != data:
        raise _malformed("it is not written in the shortest way, or something follows it")
    return value


def _refuse_other_types(data: bytes) -> None:
    position = 0
    while position < len(data):
        major, length = data[position] >> 5, data[position] & 31
        if major not in (_NUMBER, _BYTES, _TEXT, _ARRAY, _MAP) or length > _OPEN:
            raise _malformed("it holds a tag, or something else than numbers, bytes, texts, arrays and maps")
        extra = 0 if length < 24 else 1 << (length - 24)
        if extra:
            length = int.from_bytes(data[position + 1 : position + 1 + extra], "big")
        position += 1 + extra + (length if major in (_BYTES, _TEXT) else 0)
