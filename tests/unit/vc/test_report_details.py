"""What follows from checks: how findings are recorded, which verdict they come to, and what a report tells of itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.attacks.world import NOW, REVOCATIONS, evidence, policy
from vc import Evidence, Outcome, Report, Resource, Url, Verdict, checks
from vc.checks import (
    PROOF_AND_BINDING,
    Basis,
    Check,
    CheckName,
    DocumentKind,
    Findings,
    Recognition,
    run,
    settled,
)
from vc.problems import (
    EvidenceUnavailable,
    ExpiredCaution,
    KindError,
    MissingEvidence,
    NotReached,
    Problem,
    Unsupported,
)
from vc.wanted import Wanted

BADGE = DocumentKind.ACHIEVEMENT_CREDENTIAL
HERE, THERE = Url("https://a.example/1"), Url("https://a.example/2")
SIGNED = Check(name=CheckName.SIGNATURE, outcome=Outcome.PASSED)
RECOGNISED = Check(name=CheckName.RECOGNITION, outcome=Outcome.PASSED, facts={"recognised": True})


def report(*made: Check, kind: DocumentKind = BADGE, children: tuple[Report, ...] = ()) -> Report:
    return Report(document_kind=kind, digest="d", checks=made, children=children)


def check(name: CheckName, outcome: Outcome, **more: Any) -> Check:
    return Check(name=name, outcome=outcome, **more)


def test_the_sets_of_names_are_these() -> None:
    assert {kind.value for kind in checks.CREDENTIALS} == {
        "achievementCredential",
        "clrCredential",
        "credential",
        "endorsementCredential",
    }
    assert {verdict.value for verdict in checks.GENUINE} == {"genuineAndCurrent", "genuineBut"}
    names = {"contexts", "proof-policy", "issuer-key", "signature", "holder-binding", "credential"}
    assert {str(name) for name in PROOF_AND_BINDING} == names
    assert list(CheckName) == [
        "parse",
        "kind",
        "contexts",
        "schema",
        "proof-policy",
        "issuer-key",
        "signature",
        "validity",
        "refresh",
        "status",
        "recognition",
        "holder-binding",
        "credential",
    ]
    assert [outcome.value for outcome in Outcome] == ["passed", "caution", "failed", "indeterminate", "notApplicable"]
    assert [kind.value for kind in DocumentKind] == [
        "achievementCredential",
        "endorsementCredential",
        "clrCredential",
        "openBadge2",
        "credential",
        "statusList",
        "presentation",
        "unknown",
    ]
    assert [verdict.value for verdict in Verdict] == [
        "genuineAndCurrent",
        "genuineBut",
        "withdrawn",
        "notGenuine",
        "couldNotBeChecked",
    ]
    assert [item.value for item in Recognition] == ["recognised", "notRecognised"]


def test_a_check_that_says_no_more_is_of_the_whole_document() -> None:
    bare = check(CheckName.PARSE, Outcome.PASSED)
    assert bare.to_json() == {
        "name": "parse",
        "outcome": "passed",
        "problems": [],
        "missing": [],
        "facts": {},
        "subject": "",
    }
    assert not bare.wanted


# Findings


def test_a_problem_counts_as_what_its_class_stands_for() -> None:
    for problem, outcome in (
        (ExpiredCaution("x"), Outcome.CAUTION),
        (NotReached("x"), Outcome.INDETERMINATE),
        (KindError("x"), Outcome.FAILED),
    ):
        findings = Findings()
        findings.add(problem)
        assert findings.outcome() is outcome
        assert findings.problems == [problem.problem]
        doubted = Findings()
        doubted.doubt(problem)
        assert doubted.outcome() is Outcome.INDETERMINATE
        assert doubted.problems == [problem.problem]


def test_the_gravest_outcome_counts() -> None:
    findings = Findings()
    assert findings.outcome() is Outcome.PASSED
    findings.applicable = False
    assert findings.outcome() is Outcome.NOT_APPLICABLE
    findings.add(ExpiredCaution("x"))
    assert findings.outcome() is Outcome.CAUTION
    findings.add(NotReached("x"))
    assert findings.outcome() is Outcome.INDETERMINATE
    findings.add(KindError("x"))
    assert findings.outcome() is Outcome.FAILED


def test_what_a_check_raises_is_written_down() -> None:
    def lacking(findings: Findings) -> None:
        findings.facts["seen"] = 1
        raise MissingEvidence(HERE, Wanted.SCHEMA)

    found = run(CheckName.SCHEMA, lacking, subject="/a")
    assert (found.name, found.outcome, found.subject) == (CheckName.SCHEMA, Outcome.INDETERMINATE, "/a")
    assert found.missing == {HERE}
    assert found.wanted == {HERE: Wanted.SCHEMA}
    assert found.facts == {"seen": 1}
    assert found.problems == ()

    def unsaid(_findings: Findings) -> None:
        raise MissingEvidence(HERE, None)

    assert run(CheckName.SCHEMA, unsaid, subject="").missing == {HERE}
    assert run(CheckName.SCHEMA, unsaid, subject="").wanted == {}

    def silent(_findings: Findings) -> None:
        raise EvidenceUnavailable(HERE, "timeout", NOW)

    found = run(CheckName.STATUS, silent, subject="")
    assert found.outcome is Outcome.INDETERMINATE
    assert found.facts == {"url": HERE, "reason": "timeout", "at": NOW.isoformat()}
    assert len(found.problems) == 1

    def wrong(_findings: Findings) -> None:
        raise KindError("x")

    found = run(CheckName.KIND, wrong, subject="")
    assert (found.outcome, found.problems) == (Outcome.FAILED, (KindError("x").problem,))

    def mistaken(_findings: Findings) -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        run(CheckName.KIND, mistaken, subject="")
    assert Findings().met(KeyError("x")) is False
    assert Findings().met(KindError("x"))
    nothing = run(CheckName.KIND, lambda _findings: None, subject="")
    assert (nothing.outcome, dict(nothing.facts), dict(nothing.wanted)) == (Outcome.PASSED, {}, {})


def test_what_the_report_on_something_else_lacks_is_lacked_here() -> None:
    lacking = check(
        CheckName.STATUS, Outcome.INDETERMINATE, missing=frozenset({HERE, THERE}), wanted={HERE: Wanted.STATUS_LIST}
    )
    findings = Findings()
    findings.lack_what(report(lacking))
    assert (findings.missing, findings.wanted) == ({HERE, THERE}, {HERE: Wanted.STATUS_LIST})
    assert findings.outcome() is Outcome.INDETERMINATE
    full = Findings()
    full.lack_what(report(SIGNED))
    assert full.outcome() is Outcome.PASSED


# Rounds


def test_a_check_is_settled_unless_it_lacked_something_or_came_after_one_that_did() -> None:
    unreached = check(
        CheckName.STATUS, Outcome.INDETERMINATE, problems=(Unsupported("x").problem, NotReached("x").problem)
    )
    lacking = check(CheckName.REFRESH, Outcome.INDETERMINATE, missing=frozenset({HERE}))
    failed = check(CheckName.SCHEMA, Outcome.FAILED, problems=(KindError("x").problem,))
    earlier = [SIGNED, unreached, lacking, failed]
    assert settled(earlier, CheckName.SIGNATURE) is SIGNED
    assert settled(earlier, CheckName.SCHEMA) is failed
    assert settled(earlier, CheckName.STATUS) is None
    assert settled(earlier, CheckName.REFRESH) is None
    assert settled(earlier, CheckName.KIND) is None


def test_a_round_follows_another_with_the_same_policy_and_time_and_nothing_but_more() -> None:
    first = Basis(evidence=Evidence(), policy=policy(), now=NOW)
    assert first.may_follow(first)
    assert first.may_follow(None) is False
    assert replace(first, evidence=evidence()).may_follow(first)
    assert not first.may_follow(replace(first, evidence=evidence()))
    assert not first.may_follow(replace(first, now=NOW + timedelta(seconds=1)))
    assert not first.may_follow(replace(first, policy=policy(require_holder_binding=True)))


# Verdicts

FAILED_HERE = [
    (name, Verdict.NOT_GENUINE if name in PROOF_AND_BINDING else Verdict.COULD_NOT_BE_CHECKED)
    for name in CheckName
    if name is not CheckName.STATUS
]


@pytest.mark.parametrize(("name", "verdict"), [*FAILED_HERE, (CheckName.STATUS, Verdict.WITHDRAWN)])
def test_what_follows_from_one_failure(name: CheckName, verdict: Verdict) -> None:
    rest = () if name is CheckName.SIGNATURE else (SIGNED,)
    assert report(*rest, check(name, Outcome.FAILED)).verdict is verdict


def test_what_follows_from_doubt_caution_and_nothing() -> None:
    doubt, caution = check(CheckName.STATUS, Outcome.INDETERMINATE), check(CheckName.STATUS, Outcome.CAUTION)
    assert report(SIGNED, doubt).verdict is Verdict.COULD_NOT_BE_CHECKED
    assert report(SIGNED, caution).verdict is Verdict.GENUINE_BUT
    assert report(caution).verdict is Verdict.COULD_NOT_BE_CHECKED
    assert report(SIGNED).verdict is Verdict.GENUINE_AND_CURRENT
    assert report().verdict is Verdict.COULD_NOT_BE_CHECKED
    assert report(replace(SIGNED, outcome=Outcome.NOT_APPLICABLE)).verdict is Verdict.COULD_NOT_BE_CHECKED
    unknown = check(CheckName.CREDENTIAL, Outcome.INDETERMINATE)
    withdrawn = check(CheckName.STATUS, Outcome.FAILED)
    assert report(SIGNED, unknown, withdrawn).verdict is Verdict.WITHDRAWN
    assert report(check(CheckName.SIGNATURE, Outcome.FAILED), withdrawn).verdict is Verdict.NOT_GENUINE


GOOD = report(SIGNED, RECOGNISED)
GONE = report(SIGNED, check(CheckName.STATUS, Outcome.FAILED))
LATE = report(SIGNED, check(CheckName.VALIDITY, Outcome.CAUTION))


def shown(*children: Report, made: tuple[Check, ...] = ()) -> Report:
    return report(*made, kind=DocumentKind.PRESENTATION, children=children)


def test_a_presentation_is_what_it_holds() -> None:
    assert shown().verdict is Verdict.COULD_NOT_BE_CHECKED
    assert shown(made=(SIGNED,)).verdict is Verdict.COULD_NOT_BE_CHECKED
    assert shown(GOOD).verdict is Verdict.GENUINE_AND_CURRENT
    assert shown(LATE).verdict is Verdict.GENUINE_AND_CURRENT
    assert shown(GOOD, GONE).verdict is Verdict.GENUINE_AND_CURRENT
    assert shown(GONE, GONE).verdict is Verdict.WITHDRAWN
    assert shown(report()).verdict is Verdict.COULD_NOT_BE_CHECKED
    assert replace(GOOD, children=(GONE,)).verdict is Verdict.GENUINE_AND_CURRENT


def test_who_is_recognised() -> None:
    stranger = report(SIGNED, replace(RECOGNISED, facts={"recognised": False}))
    assert GOOD.recognition is Recognition.RECOGNISED
    assert stranger.recognition is report(SIGNED).recognition is Recognition.NOT_RECOGNISED
    odd = report(SIGNED, replace(RECOGNISED, facts={"recognised": "yes"}))
    assert odd.recognition is Recognition.NOT_RECOGNISED
    assert shown(GOOD, GOOD).recognition is Recognition.RECOGNISED
    assert shown(GOOD, stranger).recognition is Recognition.NOT_RECOGNISED
    assert shown().recognition is Recognition.NOT_RECOGNISED
    assert shown(stranger, made=(RECOGNISED,)).recognition is Recognition.NOT_RECOGNISED


def test_the_headline_is_green_for_what_is_genuine_current_and_recognised() -> None:
    assert GOOD.headline_green
    assert not report(SIGNED).headline_green
    assert not report(SIGNED, RECOGNISED, check(CheckName.VALIDITY, Outcome.CAUTION)).headline_green


# What a report tells


def test_a_report_tells_what_is_missing_anywhere_in_it() -> None:
    one = check(CheckName.STATUS, Outcome.INDETERMINATE, missing=frozenset({HERE}), wanted={HERE: Wanted.STATUS_LIST})
    two = check(CheckName.REFRESH, Outcome.INDETERMINATE, missing=frozenset({THERE}), wanted={THERE: Wanted.CREDENTIAL})
    whole = replace(report(one), children=(report(two),))
    assert whole.missing == {HERE, THERE}
    assert whole.wanted == {HERE: Wanted.STATUS_LIST, THERE: Wanted.CREDENTIAL}
    both = replace(report(one), children=(report(replace(two, wanted={HERE: Wanted.CREDENTIAL})),))
    assert both.wanted == {HERE: Wanted.CREDENTIAL}
    assert report().missing == frozenset()


def test_a_report_tells_its_place_and_its_checks() -> None:
    whole = report(check(CheckName.PARSE, Outcome.PASSED, subject="/a"), SIGNED)
    assert (whole.subject, report().subject) == ("/a", "")
    assert whole.check("signature") is whole.check(CheckName.SIGNATURE) is SIGNED
    absent = whole.check("status")
    assert (absent.name, absent.outcome) == (CheckName.STATUS, Outcome.NOT_APPLICABLE)


def test_a_report_is_read_as_it_was_written() -> None:
    problem = Problem(type="https://satchel.example/#x", title="t", detail="d", pointer="/p")
    addresses = [Url(f"https://a.example/{letter}") for letter in "abcdefghijklmnopqrst"]
    full = check(
        CheckName.STATUS,
        Outcome.INDETERMINATE,
        problems=(problem,),
        missing=frozenset(addresses),
        facts={"n": 1},
        subject="/a",
    )
    assert full.to_json() == {
        "name": "status",
        "outcome": "indeterminate",
        "problems": [problem.to_json()],
        "missing": addresses,
        "facts": {"n": 1},
        "subject": "/a",
    }
    whole = replace(report(full, SIGNED, RECOGNISED), children=(GOOD,))
    written = whole.to_json()
    assert {name: written[name] for name in ("kind", "digest", "verdict", "recognition", "headlineGreen")} == {
        "kind": "achievementCredential",
        "digest": "d",
        "verdict": "couldNotBeChecked",
        "recognition": "recognised",
        "headlineGreen": False,
    }
    assert written["children"] == [GOOD.to_json()]
    assert Report.from_json(json.loads(json.dumps(written))) == whole
    assert whole.problems == (problem,)


def test_what_a_report_was_made_from_is_no_part_of_it() -> None:
    basis = Basis(evidence=Evidence(), policy=policy(), now=NOW)
    assert replace(GOOD, basis=basis) == GOOD
    assert "basis" not in repr(GOOD)
    assert "wanted" not in repr(SIGNED)
    assert replace(SIGNED, wanted={HERE: Wanted.SCHEMA}) == SIGNED
    assert Resource(url=REVOCATIONS, body=b"", media_type="", retrieved=NOW).final == 200
