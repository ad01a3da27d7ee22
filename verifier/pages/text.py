"""Strangers' texts and addresses, made safe to set on a page: plain, bounded, and unable to reach out of their place.

Everything in a record was written by whoever signed it, or by whoever forged it. Templates escape; this module takes
what escaping leaves: characters that turn the reading direction, hide, pile up or never end, and addresses that are
more than addresses. Markdown is shown as it was typed: no formatting, no pictures, no links of its own.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

NAME: Final = 200
PARAGRAPHS: Final = 4000
_HIDDEN: Final = frozenset("\u200b\u2060\ufeff\u00ad\u180e\u2028\u2029\ufff9\ufffa\ufffb")
_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MARKS_IN_A_ROW: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address that may be made a link: where it leads, and the host to show beside it."""

    url: str
    host: str


def line(text: object, *, limit: int = NAME) -> str:
    """A name or a title on one line, of at most ``limit`` characters; anything but text is empty."""
    return _bounded(" ".join(_plain(text).split()), limit)


def paragraphs(text: object, *, limit: int = PARAGRAPHS) -> str:
    """A longer text with its line breaks, of at most ``limit`` characters; anything but text is empty."""
    kept: list[str] = []
    for piece in _plain(text).splitlines():
        if piece.strip() or (kept and kept[-1]):
            kept.append(piece.strip())
    return _bounded("\n".join(kept).strip(), limit)


def link(address: object, *, loopback: bool) -> Link | None:
    """The address as a link, if it is plain https (or, in a demonstration, http to this machine); else None."""
    if not isinstance(address, str) or len(address) > 2000 or not address.isascii() or not address.isprintable():
        return None
    if any(character in address for character in "\\@ \"'<>`"):
        return None
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or not (parts.scheme == "https" or (loopback and parts.scheme == "http" and host == "localhost")):
        return None
    return Link(url=address, host=parts.netloc)


def _plain(text: object) -> str:
    if not isinstance(text, str):
        return ""
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text[: 4 * PARAGRAPHS]):
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if character in {"\n", "\t"}:
            kept.append(character if character == "\n" else " ")
        elif marks <= _MARKS_IN_A_ROW and category not in {"Cc", "Cs", "Co", "Cn"} and character not in _HIDDEN | _BIDI:
            kept.append(character)
    return "".join(kept)


def _bounded(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
