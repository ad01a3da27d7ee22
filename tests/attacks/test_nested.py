"""A21 and what follows from it: what a transcript or a badge contains is judged by itself, counts, and is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.attacks.nested import ENDORSER, endorsement, transcript, transcript_of
from tests.attacks.world import (
    ASKED,
    ATTACKER_SIGNER,
    INDEX,
    LEARNER,
    NOW,
    REVOCATIONS,
    SCHOOL_DOCUMENT,
    judge,
    plain,
    present,
    resource,
    sign,
    signed,
    status_list,
    unsigned,
)
from vc import Outcome, Report, Verdict, verify
from vc.checks import CheckName, DocumentKind
from vc.nested import MAX_DEPTH
from vc.problems import ProblemError

AT = "/credentialSubject/verifiableCredential/"


def named(report: Report) -> dict[str, Outcome]:
    """What the document says of each part, by the part's place."""
    return {check.subject: check.outcome for check in report.checks if check.name is CheckName.CREDENTIAL}


def fresh(number: int, **changes: Any) -> dict[str, Any]:
    """An honest badge without a status, so that each stands alone."""
    document = unsigned(number, **changes)
    del document["credentialStatus"]
    return sign(document)


def test_a_transcript_of_genuine_credentials_is_genuine() -> None:
    report = judge(transcript(fresh(1), fresh(2)))
    assert report.document_kind is DocumentKind.CLR_CREDENTIAL
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert named(report) == {AT + "0": Outcome.PASSED, AT + "1": Outcome.PASSED}
    assert [child.verdict for child in report.children] == [Verdict.GENUINE_AND_CURRENT] * 2
    assert {check.subject for check in report.children[1].checks} == {AT + "1"}


def test_A21_one_tampered_line_of_five_makes_the_transcript_not_genuine_and_is_named() -> None:
    lines = [fresh(number) for number in range(1, 6)]
    lines[3]["credentialSubject"]["achievement"]["name"] = "Brain Surgery"
    report = judge(transcript(*lines))
    assert report.check("signature").outcome is Outcome.PASSED
    assert report.verdict is Verdict.NOT_GENUINE
    assert [child.verdict for child in report.children].count(Verdict.GENUINE_AND_CURRENT) == 4
    failed = [place for place, outcome in named(report).items() if outcome is Outcome.FAILED]
    assert failed == [AT + "3"]
    assert "Credential 4 is not genuine." in [problem.detail for problem in report.problems]


def test_A21_a_line_signed_by_somebody_else_makes_the_transcript_not_genuine() -> None:
    foreign = sign({k: v for k, v in unsigned().items() if k != "credentialStatus"}, signer=ATTACKER_SIGNER)
    assert judge(transcript(fresh(2), foreign)).verdict is Verdict.NOT_GENUINE


def test_A21_an_unsigned_line_makes_the_transcript_not_genuine() -> None:
    bare = {k: v for k, v in fresh(1).items() if k != "proof"}
    assert judge(transcript(bare, fresh(2))).verdict is Verdict.NOT_GENUINE


def test_a_withdrawn_line_leaves_the_rest_standing_and_is_named() -> None:
    withdrawn = resource(REVOCATIONS, status_list(set_indices=(INDEX,)))
    report = judge(transcript(fresh(2), signed(1)), withdrawn)
    assert report.verdict is Verdict.GENUINE_BUT
    assert [child.verdict for child in report.children] == [Verdict.GENUINE_AND_CURRENT, Verdict.WITHDRAWN]
    assert named(report)[AT + "1"] is Outcome.CAUTION


def test_an_expired_line_leaves_the_rest_standing_and_is_named() -> None:
    ended = sign(
        {**{k: v for k, v in unsigned().items() if k != "credentialStatus"}, "validUntil": "2027-01-31T00:00:00Z"}
    )
    report = judge(transcript(fresh(2), ended))
    assert report.verdict is Verdict.GENUINE_BUT
    assert "Credential 2 is genuine, but: Expired." in [problem.detail for problem in report.problems]


def test_a_line_that_cannot_be_checked_leaves_the_transcript_unchecked() -> None:
    report = judge(transcript(fresh(2), signed(1)), replace(resource(REVOCATIONS, status_list()), error="unreachable"))
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert report.children[0].verdict is Verdict.GENUINE_AND_CURRENT


def test_a_transcript_that_was_itself_changed_is_not_genuine_however_good_its_lines() -> None:
    report = judge({**transcript(fresh(1)), "name": "Diploma"})
    assert report.verdict is Verdict.NOT_GENUINE
    assert report.children[0].verdict is Verdict.GENUINE_AND_CURRENT


def test_a_transcript_of_nothing_does_not_pass() -> None:
    report = judge(transcript())
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_a_line_that_stands_twice_is_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import vc.credential_checks as checks

    judged = []
    original = checks.check_signatures

    def counted(findings: Any, **given: Any) -> None:
        judged.append(given["document"].get("id"))
        original(findings, **given)

    monkeypatch.setattr(checks, "check_signatures", counted)
    line = fresh(1)
    report = judge(present(line, line, line), **ASKED)
    assert judged.count(line["id"]) == 1
    assert [child.checks[0].subject for child in report.children] == [f"/verifiableCredential/{n}" for n in range(3)]
    assert report.verdict is Verdict.GENUINE_AND_CURRENT


def test_a_presentation_of_a_transcript_names_the_line_inside_it() -> None:
    line = fresh(1)
    line["credentialSubject"]["term"] = "Autumn"
    report = judge(present(transcript(line)), **ASKED)
    assert report.verdict is Verdict.NOT_GENUINE
    (inner,) = report.children
    assert named(inner) == {"/verifiableCredential/0" + AT + "0": Outcome.FAILED}


def within(number: int, *lines: dict[str, Any]) -> dict[str, Any]:
    """A transcript of its own id, about a learner of its own."""
    document = transcript_of(*lines, id=f"urn:uuid:5b6a5a7e-0000-4000-8000-00000000c0{number:02}")
    document["credentialSubject"]["id"] = f"did:example:learner-{number}"
    return sign(document)


def test_what_is_nested_deeper_than_anybody_needs_is_not_looked_at() -> None:
    inner: dict[str, Any] = fresh(1)
    for depth in range(MAX_DEPTH + 1):
        inner = within(depth, inner)
    report = judge(inner)
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    for _ in range(MAX_DEPTH):
        (report,) = report.children
    assert report.check("kind").outcome is Outcome.INDETERMINATE
    assert not report.children


def test_more_parts_than_the_policy_looks_at_are_not_looked_at_wherever_they_lie() -> None:
    from tests.attacks.world import evidence, policy
    from vc import serialize

    document = within(1, within(2, fresh(1), fresh(2)), fresh(3))
    few = replace(policy(), max_children=3)
    report = verify(serialize(document), evidence=evidence(), policy=few, now=NOW)
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_the_evidence_that_a_line_lacks_is_asked_for_once_and_kept_for_the_next_round() -> None:
    from tests.attacks.world import evidence, policy
    from vc import Evidence, serialize

    document = serialize(transcript(signed(1), signed(2)))
    first = verify(document, evidence=Evidence(), policy=policy(), now=NOW)
    assert first.missing == {SCHOOL_DOCUMENT}
    known = evidence()
    second = verify(
        document, evidence=Evidence({SCHOOL_DOCUMENT: known[SCHOOL_DOCUMENT]}), policy=policy(), now=NOW, previous=first
    )
    assert REVOCATIONS in second.missing
    third = verify(document, evidence=known, policy=policy(), now=NOW, previous=second)
    assert third.verdict is Verdict.GENUINE_AND_CURRENT
    assert third == verify(document, evidence=known, policy=policy(), now=NOW)


# Endorsements


def endorsed(*endorsements: Any, at: str = "achievement") -> dict[str, Any]:
    document = {k: v for k, v in unsigned().items() if k != "credentialStatus"}
    place = document["credentialSubject"]["achievement"] if at == "achievement" else document
    place["endorsement"] = list(endorsements)
    return sign(document)


@pytest.mark.parametrize("at", ["achievement", "credential"])
def test_an_endorsement_inside_a_badge_is_judged_by_itself(at: str) -> None:
    report = judge(endorsed(endorsement(), at=at))
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    (child,) = report.children
    assert child.document_kind is DocumentKind.ENDORSEMENT_CREDENTIAL
    assert child.check("recognition").facts["issuer"] == ENDORSER


def test_A21_a_tampered_endorsement_makes_the_badge_not_genuine_and_is_named() -> None:
    praise = endorsement()
    praise["credentialSubject"]["endorsementComment"] = "The best school in the world."
    report = judge(endorsed(praise))
    assert report.verdict is Verdict.NOT_GENUINE
    assert "Endorsement 1 is not genuine." in [problem.detail for problem in report.problems]


def test_A21_a_badge_in_the_place_of_an_endorsement_does_not_pass() -> None:
    report = judge(endorsed(fresh(2)))
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_an_endorsement_of_something_else_is_told() -> None:
    report = judge(endorsed(endorsement(of="https://other.example/achievements/9")))
    assert report.verdict is Verdict.GENUINE_BUT
    assert "Endorsement 1 is about something else than what it is attached to." in [
        problem.detail for problem in report.problems
    ]


def test_an_endorsement_of_the_credential_itself_is_judged() -> None:
    document = {k: v for k, v in unsigned().items() if k != "credentialStatus"}
    document["endorsement"] = [endorsement(of=document["id"])]
    report = judge(sign(document))
    assert report.verdict is Verdict.GENUINE_AND_CURRENT, [p.detail for p in report.problems]
    changed = sign(document)
    changed["endorsement"][0]["credentialSubject"]["endorsementComment"] = "The best."
    assert judge(changed).verdict is Verdict.NOT_GENUINE


def test_S1_what_an_endorsement_says_of_the_credential_is_not_what_the_credential_says() -> None:
    document = {k: v for k, v in unsigned().items() if k != "credentialStatus"}
    praise = {k: v for k, v in endorsement(of=document["id"]).items() if k != "proof"}
    praise["credentialSubject"]["description"] = "With honours"
    from tests.attacks.nested import ENDORSER_SIGNER

    signed_praise = sign(praise, signer=ENDORSER_SIGNER)
    honest = sign(document | {"description": "Plain", "endorsement": [endorsement(of=document["id"])]})
    assert judge(honest).verdict is Verdict.GENUINE_AND_CURRENT
    with pytest.raises(ProblemError):
        sign(document | {"description": "Plain", "endorsement": [signed_praise]})


def test_F13_praise_by_oneself_is_told() -> None:
    from tests.attacks.world import SCHOOL

    own = {k: v for k, v in endorsement().items() if k != "proof"} | {
        "issuer": {"id": SCHOOL, "type": ["Profile"], "name": "River School"}
    }
    report = judge(endorsed(sign(own)))
    assert report.checks[-1].facts["selfEndorsement"] is True
    assert judge(endorsed(endorsement())).checks[-1].facts["selfEndorsement"] is False


def test_an_endorsement_in_a_transcripts_line_counts_for_the_line() -> None:
    praise = endorsement()
    praise["name"] = "Changed"
    report = judge(transcript(endorsed(praise), fresh(2)))
    assert [child.verdict for child in report.children] == [Verdict.NOT_GENUINE, Verdict.GENUINE_AND_CURRENT]
    assert report.verdict is Verdict.NOT_GENUINE


def test_a_learner_s_presentation_of_a_transcript_is_bound_by_its_subject() -> None:
    report = judge(present(transcript(fresh(1))), **ASKED)
    assert report.check("holder-binding").facts["binding"] == "bound"
    other = plain(transcript_of(fresh(1)))
    other["credentialSubject"]["id"] = "did:example:somebody"
    report = judge(present(sign(other)), **ASKED)
    assert report.check("holder-binding").facts["binding"] == "notBound"
    assert LEARNER


def test_a_line_begins_later_than_the_transcript_says_so() -> None:
    early = sign(
        {**{k: v for k, v in unsigned().items() if k != "credentialStatus"}, "validFrom": "2027-06-01T00:00:00Z"},
        created=NOW - timedelta(days=1),
    )
    assert judge(transcript(early)).verdict is Verdict.GENUINE_BUT
