"""What is expected at an address that a verdict names, so that the shell asks for that and for nothing else.

The kind decides which media types are taken, how many bytes, and whether a copy may be kept: what is about a person is
kept nowhere. It never decides what the answer *is*: the core reads and judges whatever came back.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, TypeVar

_Address = TypeVar("_Address", bound=str)


class Wanted(Enum):
    """What is expected at an address; from the most public to what is about one person."""

    STATUS_LIST = "statusList"
    DID_DOCUMENT = "didDocument"
    CONTROLLER_DOCUMENT = "controllerDocument"
    SCHEMA = "schema"
    REVOCATION_LIST = "revocationList"
    BADGE_OBJECT = "badgeObject"
    IMAGE = "image"
    HOSTED_BADGE = "hostedBadge"
    CREDENTIAL = "credential"


_ORDER: Final[Mapping[Wanted, int]] = MappingProxyType({wanted: number for number, wanted in enumerate(Wanted)})


def note(found: dict[_Address, Wanted], url: _Address, wanted: Wanted) -> None:
    """Add an address; one that is named for two things is asked for as the more private one."""
    found[url] = max(found.get(url, wanted), wanted, key=lambda kind: _ORDER[kind])
