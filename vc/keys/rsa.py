"""RSA with PKCS #1 v1.5 and SHA-256, as RS256 uses it; 2048 to 8192 bits. Only tokens are signed so.

Spec: https://www.rfc-editor.org/rfc/rfc8017
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vc.multibase import base64url_encode
from vc.problems import CryptographicSecurityError, MalformedValueError, ProofVerificationError

MIN_BITS: Final = 2048
MAX_BITS: Final = 8192
MIN_EXPONENT: Final = 65_537
MAX_EXPONENT: Final = 2**64 - 1
"""OpenSSL uses no larger one with a long modulus; nobody honest has one."""


def encode(modulus: int, exponent: int) -> bytes:
    """The DER of the ``RSAPublicKey`` with these numbers.

    Raises:
        CryptographicSecurityError: too short or too long, even, or with an exponent that is not used.

    Spec: https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.1

    """
    if not MIN_BITS <= modulus.bit_length() <= MAX_BITS:
        detail = f"An RSA key has {MIN_BITS} to {MAX_BITS} bits, not {modulus.bit_length()}."
        raise CryptographicSecurityError(detail)
    if not modulus % 2 or not exponent % 2 or not MIN_EXPONENT <= exponent <= MAX_EXPONENT:
        raise CryptographicSecurityError("The RSA key has an even modulus or an exponent that is not used.")
    return write(rsa.RSAPublicNumbers(exponent, modulus).public_key())


def write(key: rsa.RSAPublicKey) -> bytes:
    """A key as DER."""
    return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)


@lru_cache(maxsize=256)
def load(raw: bytes) -> rsa.RSAPublicKey:
    """The key that this DER is; read back, it is the same DER.

    Raises:
        MalformedValueError: it is none, or not the one spelling of it.
        CryptographicSecurityError: a key that must not be used.

    """
    try:
        # Two integers in a sequence: what an ECDSA signature is, too. A loader of keys of every kind would read more.
        modulus, exponent = decode_dss_signature(raw)
    except ValueError:
        raise MalformedValueError("The RSA key is not written as an RSAPublicKey in DER.") from None
    written = encode(modulus, exponent)
    assert written == raw, "DER has one form, and the reader takes no other"
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def members(raw: bytes) -> dict[str, str]:
    """The members of a JWK that are this key; numbers without leading zero bytes.

    Spec: https://www.rfc-editor.org/rfc/rfc7518#section-6.3.1
    """
    numbers = load(raw).public_numbers()
    e, n = (
        base64url_encode(number.to_bytes((number.bit_length() + 7) // 8, "big")) for number in (numbers.e, numbers.n)
    )
    return {"e": e, "kty": "RSA", "n": n}


def check(raw: bytes) -> None:
    """Refuse what is no RSA key of ours."""
    load(raw)


def signature_length(raw: bytes) -> int:
    """The bytes of the modulus."""
    return (load(raw).key_size + 7) // 8


def verify(raw: bytes, signature: bytes, message: bytes) -> None:
    """Return if this is the key's signature over the message.

    Raises:
        ProofVerificationError: it is not.

    Spec: https://www.rfc-editor.org/rfc/rfc8017#section-8.2.2

    """
    try:
        load(raw).verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        raise ProofVerificationError("The signature was not made with this key over this content.") from None
