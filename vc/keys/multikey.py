"""Reading a key out of ``publicKeyMultibase``. Secret keys have no textual form here, and one is refused.

Spec: https://www.w3.org/TR/cid-1.0/#Multikey
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from vc.keys.public import KeyKind, PublicKey
from vc.multibase import decode_multibase
from vc.problems import CryptographicSecurityError, Unsupported

MAX_MULTIKEY: Final = 1_536
"""Characters: an RSA key of 8192 bits takes 1,421; all others take fewer than 80."""
_REMEMBERED: Final = 128
_SECRET_CODECS: Final = frozenset(
    {"8026", "8126", "8226", "8326", "8526", "8626", "8726", "8826", "8926", "8a26", "9026", "1310"}
)


def parse_multikey(text: str) -> PublicKey:
    """The public key that a ``publicKeyMultibase`` text holds.

    Raises:
        MalformedValueError: not base58 multibase, or not the length of its kind.
        CryptographicSecurityError: a secret key, or a point that must not be used.
        Unsupported: a kind of key that we do not implement.

    Spec: https://www.w3.org/TR/cid-1.0/#Multikey

    """
    return _parsed(text) if isinstance(text, str) and len(text) <= _REMEMBERED else _parse(text)


def _parse(text: str) -> PublicKey:
    data = decode_multibase(text, encodings="z", max_length=MAX_MULTIKEY)
    codec = data[:2].hex()
    refuse_secret(codec)
    for kind in KeyKind:
        if kind.value == codec:
            return PublicKey(kind=kind, raw=data[2:])
    raise Unsupported(f"Keys of the kind 0x{codec} are not supported.")


_parsed = lru_cache(maxsize=1024)(_parse)
"""Keys are few and come again and again, and to check a point takes as long as to check a signature."""


def refuse_secret(codec: str) -> None:
    """Refuse a multicodec that announces a secret key."""
    if codec in _SECRET_CODECS:
        raise CryptographicSecurityError("This is a secret key. Whoever published it must replace it at once.")
