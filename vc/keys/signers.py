"""Signing. The public half is derived, never given; the secret half is never shown.

Spec: https://www.w3.org/TR/vc-data-integrity/#add-proof
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key
from nacl.signing import SigningKey

from vc.keys import ecdsa
from vc.keys.public import KeyKind, PublicKey
from vc.keys.rsa import write


class Signer(Protocol):
    """Signs with one key that it never shows."""

    @property
    def public_key(self) -> PublicKey:
        """The public half, derived from the secret one."""
        ...

    @property
    def verification_method(self) -> str:
        """The URL under which verifiers find the public half."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The signature over ``message``, ``public_key.signature_length`` bytes; the same for the same message."""
        ...


@dataclass(frozen=True, slots=True)
class Ed25519Signer:
    """Signs with the Ed25519 key of a 32-byte seed."""

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

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return PublicKey(kind=KeyKind.P256, raw=ecdsa.compress(ecdsa.P256.secret(self.seed).public_key()))

    def sign(self, message: bytes) -> bytes:
        """The ECDSA signature over SHA-256, r‖s, with the nonce derived from key and message.

        Spec: https://www.rfc-editor.org/rfc/rfc6979#section-3.2
        """
        return ecdsa.P256.sign(ecdsa.P256.secret(self.seed), message)


@dataclass(frozen=True, slots=True)
class P384Signer:
    """Signs with the P-384 key whose secret number is this 48-byte seed."""

    seed: bytes = field(repr=False)
    verification_method: str

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return PublicKey(kind=KeyKind.P384, raw=ecdsa.compress(ecdsa.P384.secret(self.seed).public_key()))

    def sign(self, message: bytes) -> bytes:
        """The ECDSA signature over SHA-384, r‖s, with the nonce derived from key and message.

        Spec: https://www.rfc-editor.org/rfc/rfc6979#section-3.2
        """
        return ecdsa.P384.sign(ecdsa.P384.secret(self.seed), message)


@dataclass(frozen=True, slots=True)
class P521Signer:
    """Signs tokens with the P-521 key whose secret number is this 66-byte seed."""

    seed: bytes = field(repr=False)
    verification_method: str

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return PublicKey(kind=KeyKind.P521, raw=ecdsa.compress(ecdsa.P521.secret(self.seed).public_key()))

    def sign(self, message: bytes) -> bytes:
        """The ECDSA signature over SHA-512, r‖s, with the nonce derived from key and message.

        Spec: https://www.rfc-editor.org/rfc/rfc6979#section-3.2
        """
        return ecdsa.P521.sign(ecdsa.P521.secret(self.seed), message)


@dataclass(frozen=True, slots=True)
class RsaSigner:
    """Signs tokens with an RSA key; ``secret`` is its private key in DER (PKCS #1 or PKCS #8, not encrypted)."""

    secret: bytes = field(repr=False)
    verification_method: str
    public_key: PublicKey = field(init=False, compare=False)
    _key: rsa.RSAPrivateKey = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        key = load_der_private_key(self.secret, password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("The secret is not the DER of an RSA private key.")  # noqa: TRY004 - of a wrong value
        object.__setattr__(self, "_key", key)
        object.__setattr__(self, "public_key", PublicKey(kind=KeyKind.RSA, raw=write(key.public_key())))

    def sign(self, message: bytes) -> bytes:
        """The PKCS #1 v1.5 signature over SHA-256.

        Spec: https://www.rfc-editor.org/rfc/rfc8017#section-8.2.1
        """
        return self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())
