"""Codes that people type: no look-alikes, in groups of four, forgiving of case, spaces, hyphens and O for 0."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES = str.maketrans("OIL", "011")


def short_code(*, signs: int) -> str:
    """A random code: 5 bits a sign. 26 signs are 130 bits. Not grouped yet."""
    return "".join(ALPHABET[byte % 32] for byte in secrets.token_bytes(signs))


def group(code: str, *, size: int = 4) -> str:
    """`code` in groups, as it is printed: "ABCD-EFGH-JKMN"."""
    return "-".join(code[start : start + size] for start in range(0, len(code), size))


def ungroup(typed: str) -> str:
    """A typed code as it is compared."""
    return "".join(typed.upper().split()).replace("-", "").translate(_LOOK_ALIKES)
