"""A second way to a data key: a recovery code that its owner keeps on paper, when the key-encryption key is lost.

Each person has a pair of X25519 keys. Data keys are sealed for the public half, which needs nobody's code; the secret
half lies sealed under each of the person's codes, by Argon2id. So codes open what was sealed long after they were made,
new codes replace the pair, and without a code the pair is worth nothing.
A code has 100 random bits: neither its SHA-256, by which it is found, nor this can be searched.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

from nacl import bindings, pwhash
from nacl.exceptions import CryptoError

from kit.codes import ungroup
from kit.vault import KEY_BYTES, DataKey, VaultError

_PASSES, _MEMORY = 2, 19 * 1024 * 1024
_CONTEXT: Final = b"recovery/secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A person's recovery keys. The secret half is not shown and not logged."""

    public: bytes
    secret: bytes

    def __repr__(self) -> str:
        return f"Pair({self.public.hex()[:16]})"


def new_pair() -> Pair:
    """A fresh pair."""
    public, secret = bindings.crypto_box_keypair()
    return Pair(public=bytes(public), secret=bytes(secret))


def seal_under_code(pair: Pair, code: str) -> tuple[bytes, bytes]:
    """The salt, and the secret half sealed under `code`."""
    salt = secrets.token_bytes(pwhash.argon2id.SALTBYTES)
    return salt, _under(code, salt).seal(pair.secret, context=_CONTEXT + pair.public)


def open_with_code(public: bytes, salt: bytes, sealed: bytes, code: str) -> Pair:
    """The pair whose secret half was sealed under that code. Raises: VaultError for another code."""
    return Pair(public=public, secret=_under(code, salt).open(sealed, context=_CONTEXT + public))


def seal_for(public: bytes, key: DataKey, *, context: bytes) -> bytes:
    """A data key, sealed for whoever has the secret half, and bound to its place."""
    return bytes(bindings.crypto_box_seal(hashlib.sha256(context).digest() + key.raw(), public))


def open_sealed(pair: Pair, sealed: bytes, *, context: bytes) -> DataKey:
    """The data key that was sealed for this pair at that place. Raises: VaultError."""
    try:
        text = bytes(bindings.crypto_box_seal_open(sealed, pair.public, pair.secret))
    except (CryptoError, ValueError, TypeError):
        raise VaultError("a recovery copy of a data key does not open: it was changed, or is somebody else's") from None
    place, raw = text[:32], text[32:]
    if not hmac.compare_digest(place, hashlib.sha256(context).digest()) or len(raw) != KEY_BYTES:
        raise VaultError("a recovery copy of a data key belongs to another row")
    return DataKey(raw)


def _under(code: str, salt: bytes) -> DataKey:
    typed = ungroup(code).encode()
    return DataKey(pwhash.argon2id.kdf(KEY_BYTES, typed, salt, opslimit=_PASSES, memlimit=_MEMORY))
