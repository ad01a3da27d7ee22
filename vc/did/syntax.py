"""DIDs and the URLs of keys, read strictly and compared byte by byte: two spellings are two DIDs.

Spec: https://www.w3.org/TR/did-core/#did-syntax
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

from vc.problems import InvalidVerificationMethodUrlError, MalformedValueError

_DID: Final = re.compile(r"did:([a-z0-9]+):((?:[A-Za-z0-9._:-]|%[0-9A-F]{2})*(?:[A-Za-z0-9._-]|%[0-9A-F]{2}))")
_HTTPS: Final = re.compile(r"https://[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+")
_FRAGMENT: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/?%-]+")
MAX_DID: Final = 2_048
"""Characters: a did:jwk of an RSA key of 8192 bits takes 1,880."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Did:
    """A DID that has been read: the whole text, its method and the part after it."""

    text: str
    method: str
    identifier: str

    @classmethod
    def parse(cls, text: object, *, pointer: str | None = None) -> Self:
        """The DID in this text.

        Raises:
            MalformedValueError: it is none.

        Spec: https://www.w3.org/TR/did-core/#did-syntax

        """
        found = _DID.fullmatch(text) if isinstance(text, str) and len(text) <= MAX_DID else None
        if not found:
            raise MalformedValueError("Not a DID.", pointer=pointer)
        return cls(text=found[0], method=found[1], identifier=found[2])

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUrl:
    """The name of one key: whose document lists it (a DID or an https URL), and its own name in there.

    ``fragment`` is ``None`` for an https URL that is a document of one key; a DID always comes with one.
    """

    controller: str
    fragment: str | None

    @property
    def did(self) -> Did | None:
        """The DID before the fragment, if it is one."""
        found = _DID.fullmatch(self.controller)
        return Did(text=found[0], method=found[1], identifier=found[2]) if found else None

    def __str__(self) -> str:
        return self.controller if self.fragment is None else f"{self.controller}#{self.fragment}"


def parse_key_url(text: object, *, pointer: str | None = None) -> KeyUrl:
    """The URL of a verification method: a DID, ``#`` and a fragment, or an https URL with or without one.

    A DID has no path and no query here. Whether an https URL may be fetched at all is decided where it is looked up.

    Raises:
        InvalidVerificationMethodUrlError: it is none.

    Spec: https://www.w3.org/TR/cid-1.0/#retrieve-verification-method

    """
    found = _key_url(text) if isinstance(text, str) and len(text) <= 2 * MAX_DID else None
    if found is None:
        detail = "A key is named by a DID, “#” and the key's own name, or by an https URL."
        raise InvalidVerificationMethodUrlError(detail, pointer=pointer)
    return found


@lru_cache(maxsize=1024)
def _key_url(text: str) -> KeyUrl | None:
    controller, mark, fragment = text.partition("#")
    if mark and not _FRAGMENT.fullmatch(fragment):
        return None
    is_did = mark and len(controller) <= MAX_DID and _DID.fullmatch(controller)
    if not is_did and not _HTTPS.fullmatch(controller):
        return None
    return KeyUrl(controller=controller, fragment=fragment if mark else None)
