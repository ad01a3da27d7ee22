"""ECDSA over P-256 with SHA-256, P-384 with SHA-384 and P-521 with SHA-512; signatures are r‖s
of exact length, never DER.

Spec: https://csrc.nist.gov/pubs/fips/186-5/final
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vc.multibase import base64url_encode
from vc.problems import CryptographicSecurityError, ProofVerificationError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """A curve with the hash that goes with it: ``size`` bytes for a coordinate, and the order of its group."""

    name: str
    curve: ec.EllipticCurve
    hash: hashes.HashAlgorithm
    size: int
    order: int

    def load(self, raw: bytes) -> ec.EllipticCurvePublicKey:
        """The point that 1 + ``size`` bytes in compressed form are.

        Raises:
            CryptographicSecurityError: another form, or no point of this curve.

        """
        if raw[0] not in (2, 3):
            raise CryptographicSecurityError(f"The {self.name} key is not written in compressed form.")
        return _point(self, raw)

    def compressed(self, x: bytes, y: bytes) -> bytes:
        """The compressed form of the point with these coordinates, each of ``size`` bytes.

        Raises:
            CryptographicSecurityError: there is no such point on the curve.

        """
        return compress(_point(self, b"\4" + x + y))

    def members(self, raw: bytes) -> dict[str, str]:
        """The members of a JWK that are this key.

        Spec: https://www.rfc-editor.org/rfc/rfc7518#section-6.2.1
        """
        numbers = self.load(raw).public_numbers()
        x, y = (base64url_encode(number.to_bytes(self.size, "big")) for number in (numbers.x, numbers.y))
        return {"crv": self.name, "kty": "EC", "x": x, "y": y}

    def check(self, raw: bytes) -> None:
        """Refuse what is no point of this curve in compressed form."""
        self.load(raw)

    def verify(self, raw: bytes, signature: bytes, message: bytes) -> None:
        """Return if r‖s are this key's signature over the message. The twin with a high s is the same signature.

        Raises:
            ProofVerificationError: they are not.

        """
        r, s = int.from_bytes(signature[: self.size], "big"), int.from_bytes(signature[self.size :], "big")
        try:
            self.load(raw).verify(encode_dss_signature(r, s), message, ec.ECDSA(self.hash))
        except InvalidSignature:
            raise ProofVerificationError("The signature was not made with this key over this content.") from None

    def secret(self, seed: bytes) -> ec.EllipticCurvePrivateKey:
        """The private key whose number is this seed of ``size`` bytes.

        Raises:
            ValueError: another length, or a number outside 1 … order - 1.

        """
        number = int.from_bytes(seed, "big")
        if len(seed) != self.size or not 0 < number < self.order:
            raise ValueError(
                f"A {self.name} seed is {self.size} bytes whose number lies between 1 and the curve's order."
            )
        return ec.derive_private_key(number, self.curve)

    def sign(self, secret: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
        """The signature r‖s, with the nonce derived from key and message.

        Spec: https://www.rfc-editor.org/rfc/rfc6979#section-3.2
        """
        r, s = decode_dss_signature(secret.sign(message, ec.ECDSA(self.hash, deterministic_signing=True)))
        return r.to_bytes(self.size, "big") + s.to_bytes(self.size, "big")


@lru_cache(maxsize=256)
def _point(curve: Curve, encoded: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(curve.curve, encoded)
    except ValueError:
        raise CryptographicSecurityError(f"The {curve.name} key is not a point of its curve.") from None


def compress(point: ec.EllipticCurvePublicKey) -> bytes:
    """A point in compressed form."""
    return point.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


P256: Final = Curve(
    name="P-256",
    curve=ec.SECP256R1(),
    hash=hashes.SHA256(),
    size=32,
    order=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
)
P384: Final = Curve(
    name="P-384",
    curve=ec.SECP384R1(),
    hash=hashes.SHA384(),
    size=48,
    order=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
)
P521: Final = Curve(
    name="P-521",
    curve=ec.SECP521R1(),
    hash=hashes.SHA512(),
    size=66,
    order=int("1" + 65 * "f" + "a51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409", 16),
)
