"""A credential that was found genuine: the only form in which other parts of the system take one in.

There is no other way to make one than from a document and the report on exactly this document, so a transcript line
that rests on an unchecked credential does not type-check. A credential out of a presentation has the bytes that
``vc.document.serialize`` gives for it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Self

from vc.checks import CheckName, DocumentKind, Outcome, Report, Verdict
from vc.document import Document
from vc.openbadges import AchievementCredential
from vc.problems import Problem


@dataclass(frozen=True, slots=True)
class VerifiedCredential:
    """A genuine credential with the report on it; its cautions come along."""

    document: Document
    report: Report

    def __post_init__(self) -> None:
        if self.report.digest != hashlib.sha256(self.document.bytes).hexdigest():
            raise ValueError("The report is about another document.")
        if self.report.verdict not in {Verdict.GENUINE_AND_CURRENT, Verdict.GENUINE_BUT}:
            raise ValueError(f"The verdict is {self.report.verdict.value}: this is not a verified credential.")
        if self.report.document_kind is DocumentKind.OPEN_BADGE_2:
            raise ValueError("A badge of Open Badges 2.0 is never a credential of 3.0; it has a view of its own.")
        if self.report.check(CheckName.SIGNATURE).outcome is not Outcome.PASSED:
            raise ValueError("Nothing was signed by an issuer: this is not a credential.")

    @classmethod
    def of(cls, document: Document, report: Report) -> Self:
        """The verified credential, from a document and the report on it.

        Raises:
            ValueError: the report is about another document, or found it neither current nor genuine.

        """
        return cls(document, report)

    @property
    def view(self) -> AchievementCredential:
        """What it says."""
        return AchievementCredential(self.document.value)

    @property
    def cautions(self) -> tuple[Problem, ...]:
        """What a reader has to know: expired, suspended, …"""
        checks = (check for check in self.report.checks if check.outcome is Outcome.CAUTION)
        return tuple(problem for check in checks for problem in check.problems)
