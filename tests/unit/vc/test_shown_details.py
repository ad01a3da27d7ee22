"""What the checks of a presentation and of newer versions say in detail: facts, places, and borders."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.attacks.test_nested import fresh
from tests.attacks.world import (
    ASKED,
    LEARNER,
    NOW,
    evidence,
    judge,
    policy,
    present,
)
from vc import Evidence, Outcome, Report, Resource, Url, Verdict
from vc.checks import Check, CheckName, DocumentKind, Findings
from vc.credential_checks import Context
from vc.presentation_checks import (
    check_answer,
    check_binding,
    check_holder,
    check_no_binding,
    refuse_unsigned_claims,
    subjects_of,
)
from vc.problems import (
    IssuerMismatchError,
    Unsupported,
)
from vc.refresh_checks import check_refresh, is_older, refuse_other


def context(**changes: Any) -> Context:
    """What checks are handed in the small world."""
    return Context(evidence=evidence(), policy=replace(policy(), **changes), now=NOW)


# Presentations


def test_an_answer_to_another_question_is_told_at_its_place() -> None:
    document = present(fresh(1))
    report = judge(document, challenge="c-2", domain="https://other.example")
    found = {problem.pointer: problem.detail for problem in report.check(CheckName.PROOF_POLICY).problems}
    assert set(found) == {"/proof/domain", "/proof/challenge"}
    assert found["/proof/domain"] == "It was made for https://reader.example, not for https://other.example."


def answered(domains: tuple[str, ...], answer: str | None, **asked: Any) -> list[tuple[str | None, str]]:
    findings = Findings()
    proof: Any = SimpleNamespace(domains=domains, challenge=answer, pointer="/proof/1")
    check_answer(findings, proofs=[proof], context=context(**asked))
    return [(problem.pointer, problem.detail) for problem in findings.problems]


def test_an_answer_is_compared_with_what_was_asked_and_with_nothing_else() -> None:
    assert answered(("https://reader.example",), "c-1", **ASKED) == []
    assert answered((), None) == []
    assert answered(("https://other.example",), "c-1") == []
    nowhere = ("/proof/1/domain", "It was made for nobody, not for https://reader.example.")
    twice = ("/proof/1/domain", "It was made for a, b, not for https://reader.example.")
    other = ("/proof/1/challenge", "It answers another request than the one that was made.")
    assert answered((), "c-2", **ASKED) == [nowhere, other]
    assert answered(("a", "b"), "c-1", **ASKED) == [twice]


def test_an_unsigned_presentation_says_nothing_of_its_own() -> None:
    envelope = dict.fromkeys(["@context", "id", "type", "verifiableCredential", "holder"], "x")
    refuse_unsigned_claims(envelope)
    with pytest.raises(Unsupported) as refused:
        refuse_unsigned_claims({**envelope, "zeal": 1, "name": "x"})
    assert refused.value.pointer == "/name"
    assert refused.value.detail.endswith(": name, zeal.")
    with pytest.raises(Unsupported) as refused:
        refuse_unsigned_claims({"a" * 500: 1})
    assert len(refused.value.detail) == 300


def test_the_holder_named_is_among_those_who_signed() -> None:
    findings = Findings()
    check_holder(findings, document={"holder": "did:a"}, holders=["did:b", "did:a"])
    assert findings.facts["holders"] == ["did:b", "did:a"]
    check_holder(findings, document={}, holders=[])
    assert findings.facts["holders"] == []
    with pytest.raises(IssuerMismatchError) as refused:
        check_holder(findings, document={"holder": "did:c"}, holders=["did:a"])
    assert refused.value.pointer == "/holder"


def bound(
    subjects: list[Any], *, signature: Outcome = Outcome.PASSED, holders: Any = ("did:a",), **changes: Any
) -> Any:
    findings = Findings()
    credentials: Any = [(f"/verifiableCredential/{n}", {"credentialSubject": it}) for n, it in enumerate(subjects)]
    document = changes.pop("document", {})
    check_binding(
        findings,
        credentials=credentials,
        document=document,
        holders=holders,
        signature=signature,
        context=context(**({"challenge": "c", "domain": "https://reader.example"} | changes)),
    )
    return findings


def test_bound_is_who_holds_the_key_of_every_subject() -> None:
    findings = bound([{"id": "did:a"}, [{"id": "did:a"}, {"id": "did:b"}]], holders=["did:a", "did:b"])
    assert findings.facts == {"holders": ["did:a", "did:b"], "binding": "bound"}
    assert findings.outcome() is Outcome.PASSED


@pytest.mark.parametrize("stranger", [{"id": "did:c"}, {}, [], "did:a", [{"id": "did:a"}, {"id": "did:c"}]])
def test_a_credential_about_somebody_else_is_named(stranger: Any) -> None:
    findings = bound([{"id": "did:a"}, stranger])
    assert findings.facts == {"holders": ["did:a"], "notBound": ["/verifiableCredential/1"], "binding": "notBound"}
    assert [problem.detail for problem in findings.problems] == [
        "Not every credential is bound to the person who shows it."
    ]


def test_nothing_is_bound_without_a_signature_or_a_question() -> None:
    unsigned_one = bound([{"id": "did:a"}], signature=Outcome.FAILED)
    assert unsigned_one.facts == {"holders": [], "binding": "notChecked"}
    assert unsigned_one.outcome() is Outcome.CAUTION
    unasked = bound([{"id": "did:a"}], challenge=None, domain=None)
    assert unasked.facts == {"holders": ["did:a"], "binding": "notChecked"}
    assert unasked.outcome() is Outcome.NOT_APPLICABLE
    assert bound([], challenge=None, domain=None, require_holder_binding=True).outcome() is Outcome.CAUTION
    named = bound([], signature=Outcome.NOT_APPLICABLE, document={"holder": LEARNER}, challenge=None, domain=None)
    assert [problem.pointer for problem in named.problems] == ["/holder"]
    assert not bound([], signature=Outcome.PASSED, document={"holder": LEARNER}, challenge=None, domain=None).problems
    assert not bound([], signature=Outcome.NOT_APPLICABLE, challenge=None, domain=None).problems


def test_a_file_by_itself_binds_nobody() -> None:
    findings = Findings()
    check_no_binding(findings, context=context())
    assert (findings.facts, findings.outcome()) == ({"binding": "notChecked"}, Outcome.NOT_APPLICABLE)
    asked = Findings()
    check_no_binding(asked, context=context(require_holder_binding=True))
    assert asked.outcome() is Outcome.CAUTION
    assert subjects_of({"credentialSubject": [{"id": "a"}, {}]}) == ("a", None)
    assert subjects_of({"credentialSubject": 1}) == ()


# Newer versions


def refreshed(service: Any, **changes: Any) -> Findings:
    findings = Findings()

    def never(_body: bytes) -> Any:
        raise AssertionError("nobody is asked")

    check_refresh(
        findings,
        document={"refreshService": service},
        signature=Outcome.PASSED,
        context=context(**changes),
        judge=never,
    )
    return findings


OURS = "1EdTechCredentialRefresh"


@pytest.mark.parametrize(
    ("service", "address"),
    [
        ({"id": "urn:1", "type": "Other"}, "urn:1"),
        ([{"id": "urn:1", "type": "Other"}, {"id": "urn:2", "type": "Another"}], "urn:1"),
        ([{"type": "Other"}], ""),
        (["urn:0", {"id": "urn:2", "type": ["Other", OURS]}], "urn:2"),
        ([{"id": "urn:1", "type": "Other"}, {"id": "urn:2", "type": OURS}, {"id": "urn:3", "type": OURS}], "urn:2"),
        ({"type": OURS}, ""),
        ({"id": "u" * 3_000, "type": OURS}, "u" * 2_048),
        ({"id": "u" * 3_000, "type": "Other"}, "u" * 2_048),
    ],
)
def test_the_address_of_newer_versions_is_told_and_nobody_asked(service: Any, address: str) -> None:
    findings = refreshed(service)
    assert findings.facts == {"service": address, "followed": False}
    assert findings.outcome() is Outcome.NOT_APPLICABLE


def test_without_a_service_there_is_nothing_to_tell() -> None:
    assert refreshed("urn:1", follow_refresh=True).facts == {}
    other = refreshed({"id": "urn:1", "type": "Other"}, follow_refresh=True)
    assert other.facts == {"service": "urn:1", "followed": False}
    bad = refreshed({"id": "urn:1", "type": OURS}, follow_refresh=True)
    assert bad.facts["followed"] is True
    assert bad.facts["unused"]
    assert bad.outcome() is Outcome.NOT_APPLICABLE


def test_what_is_another_credential_or_older_is_no_newer_version() -> None:
    mine: Any = {"id": "urn:1", "issuer": "did:a", "validFrom": "2027-01-01T00:00:00Z"}
    assert refuse_other(mine, mine) is None
    assert refuse_other(mine, {**mine, "id": "urn:2"}) == "What came back is another credential."
    assert refuse_other({"issuer": "did:a"}, {"issuer": "did:a"}) == "What came back is another credential."
    assert refuse_other(mine, {**mine, "issuer": {"id": "did:b"}}) == "What came back is by another issuer."
    v2 = {"@context": ["https://www.w3.org/ns/credentials/v2"]}
    early, late = ({**v2, "validFrom": f"2027-01-0{day}T00:00:00Z"} for day in (1, 2))
    assert is_older(early, late)
    assert not is_older(late, early)
    assert not is_older(late, late)
    assert not is_older(v2, late)
    assert not is_older(early, v2)


def test_what_came_of_asking_is_told_with_its_time() -> None:
    service = Url("https://school.example/newest")
    mine: Any = {"id": "urn:1", "issuer": "did:a", "refreshService": {"id": service, "type": OURS}}
    report = Report(document_kind=DocumentKind.CREDENTIAL, digest="", checks=())

    def asked(answer: Any, **changes: Any) -> Any:
        found = Resource(url=service, body=b"{}", media_type="", retrieved=NOW, **changes)
        held = replace(context(follow_refresh=True), evidence=Evidence({service: found}))
        findings = Findings()
        check_refresh(
            findings, document=mine, signature=Outcome.PASSED, context=held, judge=lambda _body: (answer, report)
        )
        return findings.facts

    common = {"service": service, "followed": True, "asked": NOW.isoformat()}
    assert asked({**mine, "id": "urn:2"}) == {**common, "unused": "What came back is another credential."}
    assert asked(mine) == common
    assert asked(mine, error="timeout") == {**common, "unused": "timeout"}


@pytest.mark.parametrize(
    ("verdict", "checks", "outcome"),
    [
        (Verdict.GENUINE_AND_CURRENT, {}, Outcome.CAUTION),
        (Verdict.GENUINE_BUT, {CheckName.VALIDITY: Outcome.CAUTION}, Outcome.CAUTION),
        (Verdict.WITHDRAWN, {CheckName.STATUS: Outcome.FAILED}, Outcome.CAUTION),
        (Verdict.NOT_GENUINE, {CheckName.CONTEXTS: Outcome.FAILED}, Outcome.NOT_APPLICABLE),
        (Verdict.COULD_NOT_BE_CHECKED, {CheckName.STATUS: Outcome.INDETERMINATE}, Outcome.NOT_APPLICABLE),
    ],
)
def test_only_what_its_issuer_signed_is_a_newer_version(
    verdict: Verdict, checks: dict[CheckName, Outcome], outcome: Outcome
) -> None:
    service = Url("https://school.example/newest")
    mine: Any = {"id": "urn:1", "issuer": "did:a", "refreshService": {"id": service, "type": OURS}}
    made = {CheckName.SIGNATURE: Outcome.PASSED} | checks
    report = Report(
        document_kind=DocumentKind.CREDENTIAL,
        digest="",
        checks=tuple(Check(name=name, outcome=found) for name, found in made.items()),
    )
    assert report.verdict is verdict
    held = Evidence({service: Resource(url=service, body=b"{}", media_type="", retrieved=NOW)})
    findings = Findings()
    check_refresh(
        findings,
        document=mine,
        signature=Outcome.PASSED,
        context=replace(context(follow_refresh=True), evidence=held),
        judge=lambda _body: ({**mine, "name": "Newer"}, report),
    )
    assert (findings.outcome(), findings.facts["newer"]) == (outcome, verdict.value)
