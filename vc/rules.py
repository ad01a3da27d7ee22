"""The rules that no schema states, for every kind of document and both editions of the data model.

``vc.schema`` says whether a document has the form of its kind; this says whether it also makes sense: days exist, a
credential does not end before it starts, what is referred to is there, digests are those of what they name. Each broken
rule is a problem with its place.

Spec: https://www.w3.org/TR/vc-data-model-2.0/, https://www.w3.org/TR/vc-data-model-1.1/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from vc.checks import DocumentKind
from vc.credential import validity
from vc.document import JsonObject, JsonValue, mentions, pointer
from vc.openbadges import achievement_rules, clr_rules, endorsement_rules
from vc.problems import MalformedDateError, ProblemError
from vc.related import related_resource_problems
from vc.timestamps import parse_timestamp

_MOMENTS: Final = frozenset({"awardedDate", "activityStartDate", "activityEndDate"})
_DATES: Final = tuple(f'"{name}"'.encode() for name in ("dateOfBirth", *_MOMENTS))
_VALIDITY: Final = ("validFrom", "validUntil", "issuanceDate", "expirationDate")
# What is judged by itself, or by other checks.
_APART: Final = frozenset({"@context", "proof", "verifiableCredential", "endorsement"})

_OF_KIND: Final[Mapping[DocumentKind, Callable[[JsonObject], Iterator[ProblemError]]]] = MappingProxyType(
    {
        DocumentKind.ACHIEVEMENT_CREDENTIAL: achievement_rules,
        DocumentKind.ENDORSEMENT_CREDENTIAL: endorsement_rules,
        DocumentKind.CLR_CREDENTIAL: clr_rules,
    }
)


def rules(document: JsonObject, *, kind: DocumentKind, text: bytes | None = None) -> Iterator[ProblemError]:
    """The rules of this kind of document that its schema does not state, each broken one as a problem.

    ``text`` is the document as ``vc.document.written``, where that is known: then not every node is looked at in vain.

    Spec: https://www.w3.org/TR/vc-data-model-2.0/, https://www.imsglobal.org/spec/ob/v3p0/
    """
    if kind is not DocumentKind.PRESENTATION:
        yield from validity_problems(document)
    yield from related_resource_problems(document)
    if kind in _OF_KIND:
        if mentions(text, *_DATES):
            yield from _date_problems(document, "")
        yield from _OF_KIND[kind](document)


def validity_problems(document: JsonObject) -> Iterator[MalformedDateError]:
    """Dates of validity that are none, or that end before they start.

    Spec: https://www.w3.org/TR/vc-data-model-2.0/#validity-period
    """
    broken = False
    for name in _VALIDITY:
        if name in document:
            for problem in _moment_problems(document[name], pointer(name)):
                broken = True
                yield problem
    if broken:
        return
    found = validity(document)
    # "If a validUntil value also exists, the validFrom value MUST express a point in time that is temporally the same
    # or earlier"
    if found.start and found.end and found.end < found.start:
        yield MalformedDateError("The credential ends before it starts.", pointer=pointer(found.end_name))


def _date_problems(value: JsonValue, here: str) -> Iterator[MalformedDateError]:
    """Dates of Open Badges anywhere in the document's own words that name no moment, or no day."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _date_problems(item, f"{here}/{index}")
    elif isinstance(value, Mapping):
        for name, item in value.items():
            if name in _MOMENTS:
                yield from _moment_problems(item, here + pointer(name))
            elif name == "dateOfBirth":
                yield from _moment_problems(f"{item}T00:00:00Z", here + pointer(name))
            elif name not in _APART and isinstance(item, Mapping | list):
                yield from _date_problems(item, here + pointer(name))


def _moment_problems(value: JsonValue, here: str) -> Iterator[MalformedDateError]:
    try:
        parse_timestamp(value, pointer=here)
    except MalformedDateError as error:
        yield error
