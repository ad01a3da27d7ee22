"""Links that people hand in: which are followed, and what their shape says they lead to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import urlsplit

from kit.intake.refusals import InputRefused, Refusal
from kit.settings import LOOPBACK_NAMES

MAX_ADDRESS: Final = 2000
SCHEME: Final = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):")
BARE_ADDRESS: Final = re.compile(r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d+)?(/\S*)?$")
_SHARE_PATH: Final = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/s/[A-Za-z0-9_-]{16,128}/?")
_CLAIM_PATH: Final = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/claim/[A-Za-z0-9_-]{8,128}/?")


class LinkKind(Enum):
    """What a link's shape says: a share of somebody's wallet, an award to be claimed, or any other address."""

    SHARE = "share"
    CLAIM = "claim"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address that may be asked, without its fragment."""

    kind: LinkKind
    address: str


def parse_link(text: str, *, loopback: bool) -> Link:
    """The link in `text`; everything that is not https is refused, and what could be read in two ways.

    `loopback` allows plain http to this machine (demonstration only). Whether the host may be asked at all is decided
    when it is fetched, on its resolved addresses. Raises: InputRefused.
    """
    scheme = SCHEME.match(text)
    if scheme is None or scheme[1].lower() not in {"http", "https"}:
        if BARE_ADDRESS.match(text):
            return parse_link("https://" + text, loopback=loopback)
        raise InputRefused(Refusal.SCHEME)
    if len(text) > MAX_ADDRESS or any(sign in text for sign in "\\@ ") or not text.isascii() or not text.isprintable():
        raise InputRefused(Refusal.ADDRESS)
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InputRefused(Refusal.ADDRESS) from None
    if not host:
        raise InputRefused(Refusal.ADDRESS)
    if parts.scheme != "https" and not (loopback and host in LOOPBACK_NAMES):
        raise InputRefused(Refusal.PLAIN_HTTP)
    if _CLAIM_PATH.fullmatch(parts.path):
        kind = LinkKind.CLAIM
    else:
        kind = LinkKind.SHARE if _SHARE_PATH.fullmatch(parts.path) else LinkKind.OTHER
    return Link(kind=kind, address=text.partition("#")[0])
