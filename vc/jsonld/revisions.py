"""What a document says by a context as it stood earlier, for contexts that were changed in place.

Nothing is verified by an earlier revision: a word that it did not know is one that nobody signed. But when a signature
does not fit, it may fit the document without those words, and then a reader can be told why.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import contexts
from vc.document import JsonObject, listed
from vc.jsonld.plans import Planner
from vc.jsonld.processor import Processor
from vc.jsonld.terms import Compiler
from vc.problems import ProblemError

MAX_UNKNOWN: Final = 16
"""How many words of a document are taken out before it is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierReading:
    """The document without the words that a context did not know from a day (ISO 8601) on, and where these stand."""

    url: str
    day: str
    document: JsonObject
    unknown: tuple[str, ...]


def earlier_readings(value: JsonObject) -> Iterator[EarlierReading]:
    """The earlier readings of a document that differ from today's, the latest first."""
    for url in listed(value.get("@context")):
        if not isinstance(url, str):
            continue
        for day in reversed(contexts.revision_days(url)):
            found = _read(value, url, day)
            if found is not None and found.unknown:
                yield found


def _read(value: JsonObject, url: str, day: str) -> EarlierReading | None:
    processor = _as_of(url, day)
    document: Any = copy.deepcopy(value)
    unknown: list[str] = []
    while True:
        try:
            processor.gate(document)
        except ProblemError as error:
            place = error.pointer
            if not place or len(unknown) == MAX_UNKNOWN or not _take_out(document, place):
                return None
            unknown.append(place)
        else:
            return EarlierReading(url=url, day=day, document=document, unknown=tuple(unknown))


def _take_out(document: Any, place: str) -> bool:
    """Take the member at a JSON Pointer out of a document; whether it is a member, and not an item of a list."""
    *parents, name = [part.replace("~1", "/").replace("~0", "~") for part in place.split("/")[1:]]
    for part in parents:
        document = document[int(part)] if isinstance(document, list) else document[part]
    if not isinstance(document, dict) or name not in document or name == "@context":
        return False
    del document[name]
    return True


@lru_cache(maxsize=16)
def _as_of(url: str, day: str) -> Processor:
    return Processor(Planner(_Earlier(url, contexts.revision(url, day)["@context"])))


class _Earlier(Compiler):
    """Compiles one context as it was given here, and all others as they are."""

    def __init__(self, url: str, definition: Any) -> None:
        super().__init__()
        self._definitions[url] = definition
