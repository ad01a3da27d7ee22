"""Secrets in links and on paper: made at random, stored as hashes.

A link carries 128 bits. A code is typed by hand: 16 characters of Crockford's alphabet (80 bits), in groups of four;
small letters, blanks and hyphens do not matter, and O, I and L are read as the digits they look like.
"""

import hashlib
import re
import secrets
from typing import Final

from kit.codes import ALPHABET, group, short_code, ungroup

CODE_SIGNS: Final = 16
_CODE: Final = re.compile(f"[{ALPHABET}]{{{CODE_SIGNS}}}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")


def new_token() -> str:
    """A random token for a link: 128 bits, 22 characters of base64url."""
    return secrets.token_urlsafe(16)


def new_code() -> str:
    """A random code to type, without its hyphens."""
    return short_code(signs=CODE_SIGNS)


def grouped(code: str) -> str:
    """The code as it is printed: ``7KQ2-M9TX-…``."""
    return group(code)


def read_code(typed: str) -> str | None:
    """The code that somebody typed, or None when it cannot be one."""
    plain = ungroup(re.sub("[–—.]", "-", typed[:100]))
    return plain if _CODE.fullmatch(plain) else None


def is_token(text: str) -> bool:
    """Whether this has the form of a token of ours."""
    return _TOKEN.fullmatch(text) is not None


def token_hash(secret: str) -> str:
    """What is stored of a token or a code: enough to find it, not enough to use it.

    Both are random and long, so that a plain hash cannot be tried out.
    """
    return hashlib.sha256(secret.encode()).hexdigest()
