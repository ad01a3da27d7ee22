"""The rules that no schema states, for every kind of document and both editions of the data model.

``vc.schema`` says whether a document has the form of its kind; this says whether it also makes sense. Each broken rule
is a problem with its place; the first problem of a form that cannot be read ends the list.
"""

from __future__ import annotations

from collections.abc import Iterator

from vc import openbadges
from vc.checks import DocumentKind
from vc.document import JsonObject
from vc.problems import ProblemError


def rules(document: JsonObject, *, kind: DocumentKind) -> Iterator[ProblemError]:
    """The rules of this kind of document that its schema does not state, each broken one as a problem.

    Spec: https://www.w3.org/TR/vc-data-model-2.0/, https://www.imsglobal.org/spec/ob/v3p0/
    """
    if kind is DocumentKind.ACHIEVEMENT_CREDENTIAL:
        yield from openbadges.rules(document)
