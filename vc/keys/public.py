"""A public key, whatever its kind: checked when it is built, never later.

Spec: https://www.w3.org/TR/cid-1.0/#Multikey
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from vc.document import JsonValue
from vc.keys import ed25519, rsa
from vc.keys.ecdsa import P256, P384, P521, Curve
from vc.multibase import base64url_encode, encode_multibase
from vc.problems import MalformedValueError, ProofVerificationError


class KeyKind(Enum):
    """The kinds of keys; the value is the multicodec of the public key as it is written, in hexadecimal."""

    ED25519 = "ed01"
    P256 = "8024"
    P384 = "8124"
    P521 = "8224"
    RSA = "8524"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What is particular to a kind: bytes of a key (``None``: they vary), its check, its signatures, its JOSE name."""

    length: int | None
    check: Callable[[bytes], None]
    signature_length: Callable[[bytes], int]
    verify: Callable[[bytes, bytes, bytes], None]
    members: Callable[[bytes], dict[str, str]]
    jose_algorithm: str


def _of_curve(curve: Curve, jose_algorithm: str) -> _Kind:
    return _Kind(
        length=1 + curve.size,
        check=curve.check,
        signature_length=lambda _: 2 * curve.size,
        verify=curve.verify,
        members=curve.members,
        jose_algorithm=jose_algorithm,
    )


_KINDS: Final[Mapping[KeyKind, _Kind]] = MappingProxyType(
    {
        KeyKind.ED25519: _Kind(
            length=32,
            check=ed25519.check,
            signature_length=lambda _: 64,
            verify=ed25519.verify,
            members=ed25519.members,
            jose_algorithm="EdDSA",
        ),
        KeyKind.P256: _of_curve(P256, "ES256"),
        KeyKind.P384: _of_curve(P384, "ES384"),
        KeyKind.P521: _of_curve(P521, "ES512"),
        KeyKind.RSA: _Kind(
            length=None,
            check=rsa.check,
            signature_length=rsa.signature_length,
            verify=rsa.verify,
            members=rsa.members,
            jose_algorithm="RS256",
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A public key that has been checked.

    ``raw``: 32 bytes for Ed25519; a compressed point of 33 bytes for P-256, of 49 for P-384, of 67 for P-521; for RSA
    the DER of an ``RSAPublicKey``.

    Raises:
        MalformedValueError: the bytes have another length or form.
        CryptographicSecurityError: they are no point of the curve, or a key that makes signatures worthless.

    """

    kind: KeyKind
    raw: bytes

    def __post_init__(self) -> None:
        kind = _KINDS[self.kind]
        if kind.length not in (None, len(self.raw)):
            raise MalformedValueError(f"A {self.kind.name} key has {kind.length} bytes, not {len(self.raw)}.")
        kind.check(self.raw)

    @property
    def multikey(self) -> str:
        """The key as a Multikey writes it: ``z6Mk…`` for Ed25519, ``zDn…`` for P-256, ``z82…`` for P-384."""
        return encode_multibase(bytes.fromhex(self.kind.value) + self.raw, encoding="z")

    @property
    def jwk(self) -> dict[str, JsonValue]:
        """The key as a JWK: the members that are the key, in alphabetical order, and no others.

        Spec: https://www.rfc-editor.org/rfc/rfc7517#section-4
        """
        return {**_KINDS[self.kind].members(self.raw)}

    @property
    def thumbprint(self) -> str:
        """The SHA-256 thumbprint of the JWK, in base64url.

        Spec: https://www.rfc-editor.org/rfc/rfc7638#section-3
        """
        text = json.dumps(self.jwk, separators=(",", ":"), sort_keys=True)
        return base64url_encode(hashlib.sha256(text.encode()).digest())

    @property
    def jose_algorithm(self) -> str:
        """The one JOSE algorithm that we use with such keys: EdDSA, ES256, ES384, ES512 or RS256.

        Spec: https://www.rfc-editor.org/rfc/rfc7518#section-3.1
        """
        return _KINDS[self.kind].jose_algorithm

    @property
    def signature_length(self) -> int:
        """The bytes of every signature of this key: 64 (R‖S or r‖s), 96 or 132, the modulus' for RSA."""
        return _KINDS[self.kind].signature_length(self.raw)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return if ``signature`` is this key's over ``message``, hashed as the kind demands.

        Raises:
            ProofVerificationError: it is not, or has another length than ``signature_length``.

        """
        if len(signature) != self.signature_length:
            detail = f"The signature has {len(signature)} bytes; it must have {self.signature_length}."
            raise ProofVerificationError(detail)
        _KINDS[self.kind].verify(self.raw, signature, message)
