"""Which standards bake credentials into pictures, and what is found in one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from vc.baking.faults import BakingError, BakingFault

MAX_PICTURE_BYTES: Final = 8 << 20
MAX_BAKED_BYTES: Final = 4 << 20
"""Of the credential's own text, also when it has to be decompressed."""

_COMPACT_JWS: Final = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")


class Standard(Enum):
    """The standard that a credential was baked by: told from the place alone, not from what the credential says."""

    OPEN_BADGES_3 = "openBadges3"
    OPEN_BADGES_2 = "openBadges2"
    CLR_2 = "clr2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Baked:
    """What a picture holds: UTF-8 text, exactly as it was baked: JSON, a compact JWS or, in 2.0, perhaps an address."""

    standard: Standard
    text: bytes


def is_compact_jws(text: bytes) -> bool:
    """Whether ``text`` has the form of a compact JWS."""
    return _COMPACT_JWS.fullmatch(text) is not None


def checked_picture(picture: bytes) -> bytes:
    """The same bytes. Raises: BakingError when they are more than are looked at."""
    if len(picture) > MAX_PICTURE_BYTES:
        raise BakingError(
            f"The picture has {len(picture)} bytes, and {MAX_PICTURE_BYTES} are looked at.", fault=BakingFault.TOO_LARGE
        )
    return picture


def checked_text(text: bytes) -> bytes:
    """The same bytes, which are a text of bounded length in UTF-8.

    "JSON exchanged between systems that are not part of a closed ecosystem MUST be encoded using UTF-8."
    Raises: BakingError.
    """
    if len(text) > MAX_BAKED_BYTES:
        raise BakingError(
            f"The credential in the picture has more than {MAX_BAKED_BYTES} bytes.", fault=BakingFault.TOO_LARGE
        )
    try:
        text.decode()
    except UnicodeDecodeError:
        raise BakingError(
            "The credential in the picture is not text in UTF-8. Ask its issuer to bake it again.",
            fault=BakingFault.NOT_UTF8,
        ) from None
    return text


def checked_credential(credential: bytes) -> bytes:
    """The same bytes, which can be baked: JSON of an object, or a compact JWS. Raises: BakingError."""
    if not (is_compact_jws(credential) or credential.strip()[:1] == b"{"):
        raise BakingError(
            "Only a JSON object or a compact JWS can be baked into a picture.", fault=BakingFault.NOT_BAKEABLE
        )
    return checked_text(credential)
