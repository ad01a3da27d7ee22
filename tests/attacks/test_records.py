"""Attacks on what a verdict is made again from: an altered record, an earlier report, evidence without end."""

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.attacks.world import (
    DAY,
    INDEX,
    NOW,
    REVOCATIONS,
    SCHOOL_DOCUMENT,
    evidence,
    judge,
    policy,
    resource,
    signed,
    status_list,
    types,
)
from vc import Evidence, Record, Report, Verdict, replay, serialize, verify
from vc.reading import within_time

REFUSALS = (ValueError, KeyError, TypeError)
DATA = serialize(signed())
RECORD = json.loads(
    serialize(
        Record(document=DATA, evidence=evidence(), policy=policy(), now=NOW, report=judge(signed())).to_json(),
    )
)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("policy/clockSkewSeconds", 1e20),
        ("policy/clockSkewSeconds", 1e13),
        ("policy/clockSkewSeconds", 1e9),
        ("policy/clockSkewSeconds", -1),
        ("policy/clockSkewSeconds", float("nan")),
        ("policy/clockSkewSeconds", True),
        ("policy/maxStatusAgeSeconds", 1e300),
        ("policy/maxStatusAgeSeconds", 10**400),
        ("policy/maxProofs", None),
        ("policy/maxProofs", 0),
        ("policy/maxProofs", True),
        ("policy/maxChildren", "x"),
        ("policy/loopback", 1),
        ("policy/suites", [5]),
        ("policy/suites", "eddsa-rdfc-2022"),
        ("policy/recognised", ["x"]),
        ("policy/recognised/0/note", "\ud800"),
        ("policy/challenge", 5),
        ("now", "9999-12-31T23:59:59+00:00"),
        ("now", "2027-03-03T10:02:00"),
        ("now", 5),
        ("document", 5),
        ("evidence", []),
        ("evidence/firstSeen", {"x": "2027-03-03"}),
        ("evidence/resources/0/retrieved", "2027-03-03T10:02:00"),
        ("evidence/resources/0/retrieved", "9999-12-31T23:59:59-01:00"),
        ("evidence/resources/0/final", "200"),
        ("evidence/resources/0/body", None),
        ("report/checks/0/facts", 5),
        ("report/checks/0/missing", ["x", 5]),
        ("report/checks/0/problems", ["x"]),
        ("report/checks/0/subject", None),
        ("report/children", {}),
        ("report/digest", None),
    ],
    ids=str,
)
def test_a_record_with_an_odd_value_is_none(place: str, value: Any) -> None:
    record: Any = copy.deepcopy(RECORD)
    *way, last = place.split("/")
    at = record
    for step in way:
        at = at[int(step)] if step.isdecimal() else at[step]
    at[int(last) if last.isdecimal() else last] = value
    with pytest.raises(REFUSALS):
        Record.from_json(record)


def test_an_honest_record_is_read_back_and_replayed() -> None:
    record = Record.from_json(RECORD)
    assert replay(record).to_json() == record.report.to_json() == RECORD["report"]


@pytest.mark.parametrize(
    "moment",
    [
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        NOW.replace(tzinfo=None),
    ],
    ids=str,
)
def test_no_verdict_is_made_at_the_end_of_time(moment: datetime) -> None:
    with pytest.raises(ValueError, match="moment"):
        verify(DATA, evidence=evidence(), policy=policy(), now=moment)
    with pytest.raises(ValueError, match="moment"):
        within_time(moment)


def earlier(**changes: Any) -> Report:
    """An earlier round on the honest badge, which lacked something or was complete."""
    options = {"evidence": evidence(), "policy": policy(), "now": NOW} | changes
    return verify(DATA, **options)


def revoked() -> Evidence:
    return evidence(resource(REVOCATIONS, status_list(set_indices=(INDEX,))))


def test_an_earlier_report_never_outlives_its_evidence() -> None:
    assert earlier().headline_green
    with pytest.raises(ValueError, match="other evidence"):
        verify(DATA, evidence=revoked(), policy=policy(), now=NOW, previous=earlier())
    assert verify(DATA, evidence=revoked(), policy=policy(), now=NOW).verdict is Verdict.WITHDRAWN


@pytest.mark.parametrize(
    "changes",
    [
        {"policy": policy(recognised=[])},
        {"now": NOW - DAY},
        {"evidence": Evidence(evidence().resources, {"x": NOW})},
        {"evidence": evidence() | {SCHOOL_DOCUMENT: resource(SCHOOL_DOCUMENT, b"{}")}},
    ],
    ids=["policy", "time", "first seen", "keys"],
)
def test_nor_its_policy_nor_its_moment(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="other evidence"):
        verify(DATA, evidence=evidence(), policy=policy(), now=NOW, previous=earlier(**changes))


def test_a_report_that_was_read_back_cannot_be_carried_on() -> None:
    for report in (Report.from_json(RECORD["report"]), replace(earlier(), basis=None)):
        with pytest.raises(ValueError, match="other evidence"):
            verify(DATA, evidence=evidence(), policy=policy(), now=NOW, previous=report)


def test_more_evidence_than_that_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    size = evidence().size
    monkeypatch.setattr("vc.verification.MAX_EVIDENCE_BYTES", size)
    assert judge(signed()).headline_green
    report = judge(signed(), resource("https://school.example/more", b"x"))
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert types(report) == {"budget-exceeded"}
    assert report.digest == judge(signed()).digest
