"""Keys: which there are, how they are written, how they sign and verify.

Two libraries, each where it is strictest: PyNaCl for Ed25519 (with a check that the point has full order, because a
small-order key makes one signature verify every message), ``cryptography`` for P-256. A public key is checked when it
is read, never later. Secret keys have no textual form here: a multicodec that announces one is refused.

Spec: https://www.w3.org/TR/cid-1.0/#Multikey
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nacl.bindings import crypto_core_ed25519_is_valid_point, crypto_sign_open
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey

from vc.multibase import decode_multibase, encode_multibase
from vc.problems import CryptographicSecurityError, MalformedValueError, ProofVerificationError, Unsupported

_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_FIELD: Final = 2**255 - 19
_MAX_MULTIKEY: Final = 128


class KeyKind(Enum):
    """The kinds of keys; the value is the multicodec of the public key as it is written, in hexadecimal."""

    ED25519 = "ed01"
    P256 = "8024"


_LENGTHS: Final[Mapping[KeyKind, int]] = MappingProxyType({KeyKind.ED25519: 32, KeyKind.P256: 33})
_SECRET_CODECS: Final = frozenset({"8026", "8626", "8126", "8726", "8826", "1310"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A public key whose point has been checked: 32 bytes for Ed25519, 33 (compressed) for P-256.

    Raises:
        CryptographicSecurityError: the bytes are no point of the curve, or one that makes signatures worthless.

    """

    kind: KeyKind
    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != _LENGTHS[self.kind]:
            raise MalformedValueError(f"A {self.kind.name} key has {_LENGTHS[self.kind]} bytes, not {len(self.raw)}.")
        _CHECKS[self.kind](self.raw)

    @property
    def multikey(self) -> str:
        """The key as a Multikey writes it: ``z6Mk…`` for Ed25519, ``zDn…`` for P-256."""
        return encode_multibase(bytes.fromhex(self.kind.value) + self.raw, encoding="z")

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return if ``signature`` (64 bytes: R‖S or r‖s) is this key's over ``message``.

        Raises:
            ProofVerificationError: it is not.

        """
        if len(signature) != 64:
            raise ProofVerificationError(f"The signature has {len(signature)} bytes; it must have 64.")
        _VERIFIERS[self.kind](self.raw, signature, message)


def _check_ed25519(raw: bytes) -> None:
    if not is_valid_point(raw):
        raise CryptographicSecurityError("The Ed25519 key is not a point that an honest key can be.")


def is_valid_point(raw: bytes) -> bool:
    """Whether 32 bytes are a canonical Ed25519 point of the full prime order."""
    return crypto_core_ed25519_is_valid_point(raw)


def _check_p256(raw: bytes) -> None:
    if raw[0] not in (2, 3):
        raise CryptographicSecurityError("The P-256 key is not written in compressed form.")
    _p256(raw)


def _p256(raw: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        raise CryptographicSecurityError("The P-256 key is not a point of its curve.") from None


def _verify_ed25519(raw: bytes, signature: bytes, message: bytes) -> None:
    try:
        crypto_sign_open(signature + message, raw)
    except BadSignatureError:
        raise ProofVerificationError("The signature was not made with this key over this content.") from None


def _verify_p256(raw: bytes, signature: bytes, message: bytes) -> None:
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        _p256(raw).verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise ProofVerificationError("The signature was not made with this key over this content.") from None


_CHECKS: Final[Mapping[KeyKind, Callable[[bytes], None]]] = MappingProxyType(
    {KeyKind.ED25519: _check_ed25519, KeyKind.P256: _check_p256}
)
_VERIFIERS: Final[Mapping[KeyKind, Callable[[bytes, bytes, bytes], None]]] = MappingProxyType(
    {KeyKind.ED25519: _verify_ed25519, KeyKind.P256: _verify_p256}
)


def parse_multikey(text: str) -> PublicKey:
    """The public key that a ``publicKeyMultibase`` text holds.

    Raises:
        MalformedValueError: not base58 multibase, or not the length of its kind.
        CryptographicSecurityError: a secret key, or a point that must not be used.
        Unsupported: a kind of key that we do not implement.

    Spec: https://www.w3.org/TR/cid-1.0/#Multikey

    """
    data = decode_multibase(text, encodings="z", max_length=_MAX_MULTIKEY)
    codec = data[:2].hex()
    if codec in _SECRET_CODECS:
        raise CryptographicSecurityError("This is a secret key. Whoever published it must replace it at once.")
    for kind in KeyKind:
        if kind.value == codec:
            return PublicKey(kind=kind, raw=data[2:])
    raise Unsupported(f"Keys of the kind 0x{codec} are not supported.")


class Signer(Protocol):
    """Signs with one key that it never shows."""

    @property
    def public_key(self) -> PublicKey:
        """The public half, derived from the secret one."""
        ...

    @property
    def verification_method(self) -> str:
        """The DID URL under which verifiers find the public half."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over ``message``; the same for the same message."""
        ...


@dataclass(frozen=True, slots=True)
class Ed25519Signer:
    """Signs with the Ed25519 key of a 32-byte seed. The public key is derived, never given."""

    seed: bytes = field(repr=False)
    verification_method: str
    public_key: PublicKey = field(init=False, compare=False)
    _key: SigningKey = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        key = SigningKey(self.seed)
        object.__setattr__(self, "_key", key)
        object.__setattr__(self, "public_key", PublicKey(kind=KeyKind.ED25519, raw=bytes(key.verify_key)))

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature, R‖S.

        Spec: https://www.rfc-editor.org/rfc/rfc8032#section-5.1.6
        """
        return bytes(self._key.sign(message).signature)


@dataclass(frozen=True, slots=True)
class P256Signer:
    """Signs with the P-256 key whose secret number is this 32-byte seed."""

    seed: bytes = field(repr=False)
    verification_method: str

    def _secret(self) -> ec.EllipticCurvePrivateKey:
        number = int.from_bytes(self.seed, "big")
        if len(self.seed) != 32 or not 0 < number < _P256_ORDER:
            raise ValueError("A P-256 seed is 32 bytes whose number lies between 1 and the curve's order.")
        return ec.derive_private_key(number, ec.SECP256R1())

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        raw = self._secret().public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return PublicKey(kind=KeyKind.P256, raw=raw)

    def sign(self, message: bytes) -> bytes:
        """The ECDSA signature over SHA-256, r‖s, with the nonce derived from key and message.

        Spec: https://www.rfc-editor.org/rfc/rfc6979#section-3.2
        """
        der = self._secret().sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(der)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def small_order_encodings() -> tuple[bytes, ...]:
    """The 14 texts of the eight points of small order, canonical and not (each with either sign bit)."""
    order8 = (
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    )
    ys = (0, 1, _FIELD - 1, _FIELD, _FIELD + 1, *order8)
    return tuple((y | sign << 255).to_bytes(32, "little") for y in ys for sign in (0, 1))


def self_test() -> None:
    """Refuse to run on a library that accepts keys which make signatures worthless; every app calls this at start.

    Raises:
        RuntimeError: it does.

    """
    signer = Ed25519Signer(bytes(range(32)), "")
    honest = signer.public_key.raw
    # A known key plus the point (0, -1): of mixed order, and exactly what an old release of the library let through.
    mixed = (_FIELD - int.from_bytes(honest, "little") % 2**255) % _FIELD
    mixed_raw = (mixed | (1 - (honest[31] >> 7)) << 255).to_bytes(32, "little")
    if not is_valid_point(honest) or any(map(is_valid_point, (mixed_raw, *small_order_encodings()))):
        raise RuntimeError("The Ed25519 library accepts unsafe keys. Install PyNaCl 1.6.2 or newer.")
    try:
        signer.public_key.verify(signer.sign(b"satchel"), b"satchel!")
    except ProofVerificationError:
        return
    raise RuntimeError("The Ed25519 library accepts a signature over another message.")
