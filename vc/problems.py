"""Everything that can be wrong with a document, each with a type URI that machines can rely on.

ProblemError
├── ParsingError            the bytes are not the JSON that we accept
├── MalformedValueError     a value is not what the data model says it must be
├── DataLossError           something in the document would not be covered by the signature
├── Unsupported             a context, suite or construct that Satchel does not know (could not be checked)
└── BudgetExceeded          the document asks for more work than we allow it (could not be checked)
MissingEvidence             nobody is at fault, yet: a resource is needed
"""

from dataclasses import dataclass
from typing import ClassVar

DATA_MODEL = "https://www.w3.org/TR/vc-data-model#"
SECURITY = "https://w3id.org/security#"
PROBLEMS = "https://satchel.example/problems#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong, where (a JSON Pointer, or None), in a sentence for people."""

    type: str
    title: str
    detail: str
    pointer: str | None

    def to_json(self) -> dict[str, str]:
        """The problem as the members of RFC 9457, with `pointer` when it is known."""
        body = {"type": self.type, "title": self.title, "detail": self.detail}
        return body if self.pointer is None else {**body, "pointer": self.pointer}


class ProblemError(Exception):
    """The document is at fault."""

    type: ClassVar[str] = PROBLEMS + "problem"
    title: ClassVar[str] = "Something is wrong with this document"

    def __init__(self, detail: str, *, pointer: str | None = None) -> None:
        super().__init__(detail)
        self.problem = Problem(type=self.type, title=self.title, detail=detail, pointer=pointer)


class ParsingError(ProblemError):
    """The bytes are not JSON as we accept it."""

    type = DATA_MODEL + "PARSING_ERROR"
    title = "This is not a readable document"


class MalformedValueError(ProblemError):
    """A value is not of the form that the data model asks for."""

    type = DATA_MODEL + "MALFORMED_VALUE_ERROR"
    title = "A value has the wrong form"


class DataLossError(ProblemError):
    """Something in the document would not be covered by the signature."""

    type = SECURITY + "DATA_LOSS_DETECTION_ERROR"
    title = "A part of this document cannot be signed"


class Unsupported(ProblemError):  # noqa: N818
    """The document uses something that Satchel does not know."""

    type = PROBLEMS + "unsupported"
    title = "This uses something that Satchel does not know"


class BudgetExceeded(ProblemError):  # noqa: N818
    """The document asks for more work than is allowed for one of its kind."""

    type = PROBLEMS + "budget-exceeded"
    title = "This document is too complex to check"


class MissingEvidence(Exception):  # noqa: N818
    """A resource is needed before the question can be answered."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url
