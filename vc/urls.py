"""URLs that a document may make us fetch: https and a host name, nothing else.

The shell resolves the name and refuses private addresses; here is what can be refused without a socket: other schemes,
passwords, IP addresses in any spelling, names without a dot or of private networks (``.local``, ``.internal``), and
``localhost`` unless the policy is a demonstration's.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from vc.problems import MalformedValueError, Url

_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
NOT_PUBLIC: Final = (
    ".local", ".localhost", ".localdomain", ".internal", ".intranet", ".private", ".lan", ".home", ".corp",
    ".arpa", ".test", ".invalid", ".onion",
)  # fmt: skip
"""Ends of names that mean something else in every network."""
_CHARACTERS: Final = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
MAX_URL: Final = 2_048


def origin_of(identifier: str, *, loopback: bool) -> str | None:
    """Scheme, host and port of a did:web or an https identifier; ``None`` for one that has no place on the web."""
    text = identifier
    if identifier.startswith("did:web:"):
        host = identifier.removeprefix("did:web:").partition(":")[0].replace("%3A", ":")
        text = f"{'http' if loopback and host.partition(':')[0] == 'localhost' else 'https'}://{host}/"
    try:
        parts = urlsplit(parse_url(text.partition("#")[0], loopback=loopback))
    except MalformedValueError:
        return None
    usual = 443 if parts.scheme == "https" else 80
    return f"{parts.scheme}://{parts.hostname}:{parts.port or usual}"


def parse_url(text: object, *, loopback: bool, pointer: str | None = None) -> Url:
    """The URL, if it may be fetched; host names in lower case only.

    Raises:
        MalformedValueError: it may not.

    """
    if not isinstance(text, str) or len(text) > MAX_URL or not _CHARACTERS.fullmatch(text):
        raise MalformedValueError("Not a URL.", pointer=pointer)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise MalformedValueError("Not a URL.", pointer=pointer) from None
    host = parts.hostname or ""
    local = loopback and host == "localhost" and parts.scheme in {"http", "https"}
    if parts.username is not None or parts.fragment or port == 0:
        raise MalformedValueError("A URL with a password, a fragment or port 0 is not fetched.", pointer=pointer)
    public = parts.scheme == "https" and len(host) <= 253 and _HOST.fullmatch(parts.netloc.split(":")[0])
    if not local and (not public or host.endswith(NOT_PUBLIC)):
        raise MalformedValueError(f"Only https URLs with a public host name are fetched, not {text}.", pointer=pointer)
    return Url(text)
