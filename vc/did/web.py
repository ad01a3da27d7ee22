"""did:web: the identifier says where the document lies.

Spec: https://w3c-ccg.github.io/did-method-web/
"""

from __future__ import annotations

import re
from typing import Final

from vc.did.syntax import Did
from vc.problems import MalformedValueError, Unsupported, Url
from vc.urls import parse_url

_HOST: Final = re.compile(r"([a-z0-9.-]+)(?:%3A([1-9][0-9]{0,4}))?")
_SEGMENT: Final = re.compile(r"(?!\.{1,2}\Z)(?:[A-Za-z0-9._-]|%[0-9A-F]{2})+")
_AUTHORITY_END: Final = re.compile(r"[/?#\\]")
_FORBIDDEN: Final = re.compile("%(?:2F|5C|00|2E|25)")


def url(did: Did, *, loopback: bool) -> Url:
    """Where the DID document lies: ``did:web:example.org:a`` → ``https://example.org/a/did.json``.

    Plain HTTP is used for ``localhost`` when ``loopback`` allows it, and never otherwise.

    Raises:
        MalformedValueError: an upper-case host, or a path that climbs.
        Unsupported: an IP address or a private host.

    Spec: https://w3c-ccg.github.io/did-method-web/#read-resolve

    """
    host, *path = did.identifier.split(":")
    found = _HOST.fullmatch(host)
    if not found:
        raise MalformedValueError(f"{did} does not name a place on the web.")
    refuse_climbing(did, path)
    origin = found[1] + (f":{found[2]}" if found[2] else "")
    scheme = "http" if loopback and found[1] == "localhost" else "https"
    place = "/".join(path) if path else ".well-known"
    try:
        return parse_url(f"{scheme}://{origin}/{place}/did.json", loopback=loopback)
    except MalformedValueError:
        # A host that we do not ask is no proof of a forgery: the identifier may be good inside somebody's own network.
        raise Unsupported(f"{did} is at {origin}, which is not a public host; nothing can be asked there.") from None


def address_of(identifier: str) -> str:
    """Host and port that a did:web or an https URL names, in ASCII as they stand there; empty for any other identifier.

    For people to read: an identifier that was not resolved may name anything.
    """
    if identifier.startswith("did:web:"):
        return identifier.removeprefix("did:web:").partition(":")[0].replace("%3A", ":")
    if identifier.startswith("https://"):
        return _AUTHORITY_END.split(identifier.removeprefix("https://"))[0].rpartition("@")[2]
    return ""


def refuse_climbing(did: Did, path: list[str]) -> None:
    """Refuse parts of a path that are empty, climb, or hide a slash or a zero byte."""
    if any(not _SEGMENT.fullmatch(part) or _FORBIDDEN.search(part) for part in path):
        raise MalformedValueError(f"{did} does not name a place on the web.")
