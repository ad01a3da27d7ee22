"""What every problem has: a type, a title, a sentence, and a place.

Spec: https://www.w3.org/TR/vc-data-model-2.0/#problem-details
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, NewType, Self

from vc.wanted import Wanted

Url = NewType("Url", str)

VCDM: Final = "https://www.w3.org/TR/vc-data-model#"
SECURITY: Final = "https://w3id.org/security#"
STATUS_LIST: Final = "https://www.w3.org/ns/credentials/status-list#"
PROBLEMS: Final = "https://satchel.example/problems#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A problem as RFC 9457 describes one; ``pointer`` is a JSON Pointer into the document that was checked.

    Spec: https://www.w3.org/TR/vc-data-model-2.0/#problem-details
    """

    type: str
    title: str
    detail: str
    pointer: str | None = None

    def to_json(self) -> dict[str, str]:
        """The members of a problem object; ``pointer`` only where there is one."""
        members = {"type": self.type, "title": self.title, "detail": self.detail}
        return members if self.pointer is None else members | {"pointer": self.pointer}

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> Self:
        """The problem that ``to_json`` wrote."""
        return cls(type=value["type"], title=value["title"], detail=value["detail"], pointer=value.get("pointer"))


class ProblemError(Exception):
    """What a document, not a programmer, can cause."""

    type: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str, *, pointer: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.pointer = pointer

    @property
    def problem(self) -> Problem:
        """The same as data."""
        return Problem(type=self.type, title=self.title, detail=self.detail, pointer=self.pointer)


class MissingEvidence(Exception):  # noqa: N818 - nobody is at fault
    """A check needs a resource that the caller has not supplied (yet); ``wanted`` says what is expected there."""

    def __init__(self, url: Url, wanted: Wanted | None = None) -> None:
        super().__init__(url)
        self.url = url
        self.wanted = wanted


class EvidenceUnavailable(Exception):  # noqa: N818 - nobody in the document is at fault
    """A resource was asked for, and asking failed: the reason and when."""

    def __init__(self, url: Url, reason: str, since: datetime) -> None:
        super().__init__(f"{url} could not be had: {reason}.")
        self.url = url
        self.reason = reason
        self.since = since

    @property
    def problem(self) -> Problem:
        """The same as data."""
        return Problem(
            type=PROBLEMS + "evidence-unavailable",
            title="Evidence could not be had",
            detail=f"{self.url} could not be had at {self.since.isoformat()}: {self.reason}.",
        )
