"""DIDs and DID URLs, read strictly and compared byte by byte: two spellings are two DIDs.

Spec: https://www.w3.org/TR/did-core/#did-syntax
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

from vc.problems import InvalidVerificationMethodUrlError, MalformedValueError

_DID: Final = re.compile(r"did:([a-z0-9]+):((?:[A-Za-z0-9._:-]|%[0-9A-F]{2})*(?:[A-Za-z0-9._-]|%[0-9A-F]{2}))")
_FRAGMENT: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/?%-]+")
MAX_DID: Final = 1_024


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
class DidUrl:
    """A DID with a fragment: the name of one key."""

    did: Did
    fragment: str

    def __str__(self) -> str:
        return f"{self.did.text}#{self.fragment}"


def parse_did_url(text: object, *, pointer: str | None = None) -> DidUrl:
    """The DID URL of a verification method: a DID, ``#``, a fragment; no path, no query.

    Raises:
        InvalidVerificationMethodUrlError: it is none.

    Spec: https://www.w3.org/TR/cid-1.0/#retrieve-verification-method

    """
    found = _did_url(text) if isinstance(text, str) and len(text) <= 2 * MAX_DID else None
    if found is None:
        raise InvalidVerificationMethodUrlError("A key is named by a DID, “#” and the key's own name.", pointer=pointer)
    return found


@lru_cache(maxsize=1024)
def _did_url(text: str) -> DidUrl | None:
    did, mark, fragment = text.partition("#")
    found = _DID.fullmatch(did) if mark and len(did) <= MAX_DID else None
    if found is None or not _FRAGMENT.fullmatch(fragment):
        return None
    return DidUrl(did=Did(text=did, method=found[1], identifier=found[2]), fragment=fragment)
