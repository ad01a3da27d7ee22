"""What a document says, with everything signed inside it opened: the texts that the reports of a verdict are about.

Reading proves nothing. The parts stand in the same order as ``Report.children``, so that each can be shown beside what
was found about it, or not be shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vc import nested
from vc.checks import DocumentKind, Report
from vc.credential_checks import kind_of
from vc.document import PRESENTATION_LIMITS, JsonObject, written
from vc.jsonld import PINNED
from vc.nested import MAX_DEPTH
from vc.openbadges2 import is_open_badge
from vc.problems import ProblemError
from vc.securing import Secured, open_bytes, open_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """One document: where it stands in what was handed in, what it says (nothing when it cannot be read), of what kind
    it is, and what it contains.
    """

    pointer: str
    document: JsonObject
    kind: DocumentKind
    parts: tuple[Contents, ...]


def contents(data: bytes) -> Contents:
    """What was handed in, opened. Nothing is raised: what cannot be read is of the kind *unknown*."""
    try:
        secured = open_bytes(data, limits=PRESENTATION_LIMITS)
    except ProblemError:
        return Contents(pointer="", document={}, kind=DocumentKind.UNKNOWN, parts=())
    if is_open_badge(secured.document):
        # It is judged as that, whatever else it says it is, and nothing inside it by the rules of 3.0.
        return Contents(pointer="", document=secured.document, kind=DocumentKind.OPEN_BADGE_2, parts=())
    return _opened(secured, "", 0)


def _opened(secured: Secured, here: str, depth: int) -> Contents:
    document = secured.document
    try:
        kind = kind_of(document, processor=PINNED)
    except ProblemError:
        return Contents(pointer=here, document=document, kind=DocumentKind.UNKNOWN, parts=())
    found = nested.parts(document, kind=kind, text=written(document)) if depth < MAX_DEPTH else ()
    inside: list[Contents] = []
    for part in found:
        there = here + part.pointer
        try:
            inside.append(_opened(open_value(part.value), there, depth + 1))
        except ProblemError:
            inside.append(Contents(pointer=there, document={}, kind=DocumentKind.UNKNOWN, parts=()))
    return Contents(pointer=here, document=document, kind=kind, parts=tuple(inside))


def beside(found: Contents, report: Report) -> Iterator[tuple[Contents, Report, int]]:
    """Each credential with the report on it and how deep it lies, in the order of reading; an envelope is left out.

    They belong together by their place, never by their number. A part on which there is no report (the document was
    refused before its parts were looked at, or is judged by rules that know no such part) is left out, too.
    """
    is_envelope = report.document_kind is DocumentKind.PRESENTATION
    if not is_envelope:
        yield found, report, 0
    reports = {child.subject: child for child in report.children}
    for part in found.parts:
        if part.pointer in reports:
            for inner, judged, depth in beside(part, reports[part.pointer]):
                yield inner, judged, depth + (0 if is_envelope else 1)
