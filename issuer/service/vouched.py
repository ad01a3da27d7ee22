"""What others say about the organisation and what it offers, as it stands in an award.

Little of it: an award has to fit into a picture, and whoever checks it asks the servers of all who vouch.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from vc.document import JsonObject
from vc.openbadges import EndorsementCredential

MOST_IN_AWARDS: Final = 3
LARGEST_IN_AWARDS: Final = 8 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """The signed endorsements of the organisation, and those of one achievement, as they came."""

    organisation: tuple[JsonObject, ...]
    achievement: tuple[JsonObject, ...]


NOBODY: Final = Vouched(organisation=(), achievement=())


def about_issuer(endorsements: Sequence[JsonObject], did: str) -> tuple[JsonObject, ...]:
    """Those that are about this very identifier: what is about another name of the same organisation cannot stand in
    a Profile of this one.
    """
    return tuple(each for each in endorsements if EndorsementCredential(each).endorsed_id == did)


def first_about(
    did: str | None, *, most: int, read: Callable[[int, int], Sequence[JsonObject]]
) -> tuple[JsonObject, ...]:
    """The first ``most`` that are about this identifier (None: about whatever they are). ``read`` gives them in their
    order: how many to leave out, and how many at most.
    """
    found: list[JsonObject] = []
    for offset in count(0, most):
        some = read(offset, most)
        found += some if did is None else about_issuer(some, did)
        if len(some) < most or len(found) >= most:
            return tuple(found[:most])
    raise AssertionError("counting does not end")


def attached(node: JsonObject, endorsements: Sequence[JsonObject]) -> JsonObject:
    """A Profile or an Achievement with what others say about it; nothing in that is changed."""
    return {**node, "endorsement": list(endorsements)} if endorsements else node
