"""A verdict with everything that it follows from, so that anybody can make it again, offline.

Spec: https://www.w3.org/TR/vc-data-model-2.0/#verification
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from vc.checks import Report
from vc.document import JsonObject
from vc.evidence import Evidence
from vc.policy import Policy
from vc.reading import member, moment
from vc.verification import verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The bytes that were judged, the evidence, the policy, the moment, and the report that came of it."""

    document: bytes
    evidence: Evidence
    policy: Policy
    now: datetime
    report: Report

    def to_json(self) -> JsonObject:
        """A JSON object; the document in base64, byte for byte."""
        return {
            "document": base64.b64encode(self.document).decode("ascii"),
            "evidence": self.evidence.to_json(),
            "policy": self.policy.to_json(),
            "now": self.now.isoformat(),
            "report": self.report.to_json(),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The record that ``to_json`` wrote.

        Raises:
            ValueError: it has been changed into something that is none (or ``KeyError``, ``TypeError``).

        """
        return cls(
            document=base64.b64decode(member(value, "document", str), validate=True),
            evidence=Evidence.from_json(member(value, "evidence", dict)),
            policy=Policy.from_json(member(value, "policy", dict)),
            now=moment(value, "now"),
            report=Report.from_json(member(value, "report", dict)),
        )


def replay(record: Record) -> Report:
    """The report, made again from the record alone; equal to ``record.report`` unless somebody changed it."""
    return verify(record.document, evidence=record.evidence, policy=record.policy, now=record.now)
