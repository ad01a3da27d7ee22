"""Ed25519, with the library that is strictest: canonical points of the full prime order, canonical signatures.

A small-order key makes one signature verify every message, which is why the point is checked when a key is read.

Spec: https://www.rfc-editor.org/rfc/rfc8032
"""

from __future__ import annotations

from typing import Final

from nacl.bindings import crypto_core_ed25519_is_valid_point, crypto_sign_open
from nacl.exceptions import BadSignatureError

from vc.multibase import base64url_encode
from vc.problems import CryptographicSecurityError, ProofVerificationError

FIELD: Final = 2**255 - 19


def is_valid_point(raw: bytes) -> bool:
    """Whether 32 bytes are a canonical Ed25519 point of the full prime order."""
    return crypto_core_ed25519_is_valid_point(raw)


def check(raw: bytes) -> None:
    """Refuse what is no point that an honest key can be.

    Raises:
        CryptographicSecurityError: it is none.

    """
    if not is_valid_point(raw):
        raise CryptographicSecurityError("The Ed25519 key is not a point that an honest key can be.")


def verify(raw: bytes, signature: bytes, message: bytes) -> None:
    """Return if the 64 bytes R‖S are this key's signature over the message.

    Raises:
        ProofVerificationError: they are not.

    Spec: https://www.rfc-editor.org/rfc/rfc8032#section-5.1.7

    """
    try:
        crypto_sign_open(signature + message, raw)
    except BadSignatureError:
        raise ProofVerificationError("The signature was not made with this key over this content.") from None


def members(raw: bytes) -> dict[str, str]:
    """The members of a JWK that are this key.

    Spec: https://www.rfc-editor.org/rfc/rfc8037#section-2
    """
    return {"crv": "Ed25519", "kty": "OKP", "x": base64url_encode(raw)}


def small_order_encodings() -> tuple[bytes, ...]:
    """The 14 texts of the eight points of small order, canonical and not (each with either sign bit)."""
    order8 = (
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    )
    ys = (0, 1, FIELD - 1, FIELD, FIELD + 1, *order8)
    return tuple((y | sign << 255).to_bytes(32, "little") for y in ys for sign in (0, 1))
