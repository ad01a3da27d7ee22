"""What the checks of one credential say in detail: its kind, its form, when it holds, and who vouches for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.attacks.world import (
    ATTACKER,
    DAY,
    NOW,
    SCHOOL,
    evidence,
    policy,
    resource,
    unsigned,
)
from vc import Outcome, RecognisedIssuer, Url, jsonld
from vc import credential_checks as checks
from vc.checks import DocumentKind, Findings
from vc.credential import CONTEXT
from vc.credential_checks import Context
from vc.problems import (
    DataLossError,
    ExpiredCaution,
    KindError,
    MalformedDateError,
    MalformedValueError,
    NotReached,
    NotYetValidCaution,
    ProblemError,
    UnrecognisedIssuerCaution,
    Unsupported,
)

BADGE = DocumentKind.ACHIEVEMENT_CREDENTIAL
SKEW = timedelta(seconds=300)


def context(*found: Any, **changes: Any) -> Context:
    """What checks are handed in the small world."""
    return Context(evidence=evidence(*found), policy=replace(policy(), **changes), now=NOW)


def details(findings: Findings) -> list[tuple[str, str | None]]:
    """The types and the places of what was found."""
    return [(problem.type.rsplit("#", 1)[1], problem.pointer) for problem in findings.problems]


def name_of(problem: type[ProblemError]) -> str:
    return problem.type.rsplit("#", 1)[1]


# Which kind of document it is


def kind_of(types: Any, *meant: str, first: Any = CONTEXT) -> DocumentKind:
    """The kind of a document of these types, which mean these IRIs."""

    def type_iris(_document: Any, pointer: str) -> frozenset[str]:
        assert pointer == ""
        return frozenset(meant)

    processor: Any = SimpleNamespace(type_iris=type_iris)
    return checks.kind_of({"@context": [first], "type": types}, processor=processor)


NAMES = {
    "BitstringStatusListCredential": DocumentKind.STATUS_LIST,
    "StatusList2021Credential": DocumentKind.STATUS_LIST,
    "AchievementCredential": BADGE,
    "OpenBadgeCredential": BADGE,
    "EndorsementCredential": DocumentKind.ENDORSEMENT_CREDENTIAL,
    "ClrCredential": DocumentKind.CLR_CREDENTIAL,
}
MEANINGS = {
    "https://www.w3.org/ns/credentials/status#BitstringStatusListCredential": DocumentKind.STATUS_LIST,
    "https://w3id.org/vc/status-list#StatusList2021Credential": DocumentKind.STATUS_LIST,
    "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential": BADGE,
    "https://purl.imsglobal.org/spec/vc/ob/vocab.html#EndorsementCredential": DocumentKind.ENDORSEMENT_CREDENTIAL,
    "https://purl.imsglobal.org/spec/vc/clr/vocab.html#ClrCredential": DocumentKind.CLR_CREDENTIAL,
}
CREDENTIALS = "https://www.w3.org/2018/credentials#"


def test_the_kind_of_a_document_is_what_its_types_say() -> None:
    assert kind_of("VerifiableCredential") is DocumentKind.CREDENTIAL
    assert kind_of(["VerifiableCredential", "Other", {"a": 1}], "urn:other") is DocumentKind.CREDENTIAL
    assert kind_of(["VerifiablePresentation"]) is DocumentKind.PRESENTATION
    assert {name: kind_of(["VerifiableCredential", name]) for name in NAMES} == NAMES


def test_the_kind_of_a_document_is_what_its_types_mean() -> None:
    assert kind_of("X", CREDENTIALS + "VerifiableCredential") is DocumentKind.CREDENTIAL
    assert kind_of("X", CREDENTIALS + "VerifiablePresentation") is DocumentKind.PRESENTATION
    assert {iri: kind_of("VerifiableCredential", iri) for iri in MEANINGS} == MEANINGS


def refused(problem: type[ProblemError], types: Any, *meant: str, **more: Any) -> str:
    with pytest.raises(problem) as found:
        kind_of(types, *meant, **more)
    assert type(found.value) is problem
    return found.value.detail


def test_what_is_no_one_kind_is_refused() -> None:
    assert "neither" in refused(KindError, ["OpenBadgeCredential"])
    assert "first context" in refused(KindError, ["VerifiableCredential"], first="urn:x")
    for name in ("EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"):
        assert name in refused(Unsupported, ["VerifiableCredential", name])
        assert name in refused(Unsupported, ["VerifiableCredential", "X"], CREDENTIALS + name)
    both = refused(KindError, ["VerifiableCredential", "OpenBadgeCredential", "ClrCredential"])
    assert both == "This says that it is several things at once: achievementCredential and clrCredential."
    everything = refused(KindError, ["VerifiablePresentation", *NAMES])
    names = "achievementCredential and clrCredential and endorsementCredential and presentation and statusList"
    assert everything == f"This says that it is several things at once: {names}."
    assert "a credential and a presentation" in refused(KindError, ["VerifiableCredential", "VerifiablePresentation"])
    meant = CREDENTIALS + "VerifiableCredential"
    assert "a credential and a presentation" in refused(KindError, ["VerifiablePresentation"], meant)


def test_types_that_cannot_be_read_are_taken_as_they_stand() -> None:
    assert checks.kind_of(unsigned(), processor=jsonld.PINNED) is BADGE
    odd = {**unsigned(), "@context": [CONTEXT, "https://contexts.example/unknown"]}
    assert checks.kind_of(odd, processor=jsonld.PINNED) is BADGE


def test_one_verdict_reads_the_keys_of_a_controller_once() -> None:
    here = context()
    assert here.controller(SCHOOL) is here.controller(SCHOOL)


@pytest.mark.parametrize("inline_contexts", [False, True])
def test_a_direction_of_a_text_is_not_signed_by_most_and_is_refused(inline_contexts: bool) -> None:
    document = unsigned(name={"@value": "Welding", "@language": "en", "@direction": "ltr"})
    with pytest.raises(DataLossError, match="@direction"):
        context(inline_contexts=inline_contexts).processor.gate(document)


# Its form, and the schemas that it names

ELSEWHERE = Url("https://school.example/schema")
CARRIED = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
SCHEMA_TYPE = "1EdTechJsonSchemaValidator2019"


def held(document: Any, *found: Any, kind: DocumentKind = BADGE, signature: Outcome = Outcome.PASSED) -> Findings:
    """What the check of a document's form finds."""
    findings = Findings()
    here = context(*found)
    with findings.attempt():
        checks.check_schema(findings, document=document, text=None, kind=kind, signature=signature, context=here)
    return findings


def test_rules_are_asked_when_the_form_is_right() -> None:
    assert held(unsigned()).outcome() is Outcome.PASSED
    backwards = {"validUntil": "2020-01-01T00:00:00Z"}
    assert details(held(unsigned(**backwards))) == [(name_of(MalformedDateError), "/validUntil")]
    wrong = details(held(unsigned(name=5, **backwards)))
    assert [place for _, place in wrong] == ["/name"]


def named(*entries: Any, **more: Any) -> Findings:
    return held(unsigned(credentialSchema=list(entries)), **more)


def test_a_schema_that_is_carried_is_asked_and_one_that_is_none_is_told_at_its_place() -> None:
    ours = {"id": CARRIED, "type": SCHEMA_TYPE}
    assert named(ours).outcome() is Outcome.PASSED
    findings = named(ours, {"id": "urn:x", "type": "Other"})
    assert details(findings) == [(name_of(Unsupported), "/credentialSchema/1")]
    assert [place for _, place in details(named("text"))] == ["/credentialSchema/0"]


def test_a_schema_is_fetched_once_it_is_clear_that_the_issuer_named_it() -> None:
    entry = {"id": ELSEWHERE, "type": SCHEMA_TYPE}
    assert named(entry).missing == {ELSEWHERE}
    for signature in (Outcome.FAILED, Outcome.INDETERMINATE):
        findings = named(entry, signature=signature)
        assert (findings.missing, findings.outcome()) == (set(), Outcome.INDETERMINATE)
        assert details(findings) == [(name_of(NotReached), None)]
    document = unsigned(credentialSchema=[entry])
    shown = held(document, signature=Outcome.NOT_APPLICABLE)
    assert [(problem.detail, problem.pointer) for problem in shown.problems] == [
        (f"The schema {ELSEWHERE} is not one that we carry.", "/credentialSchema/0")
    ]
    for schema, outcome in ({"required": ["id"]}, Outcome.PASSED), ({"required": ["age"]}, Outcome.FAILED):
        found = resource(ELSEWHERE, schema, media_type="application/schema+json")
        assert held(document, found).outcome() is outcome


# When it holds


def dated(**dates: datetime) -> Findings:
    findings = Findings()
    document = {"@context": [CONTEXT]} | {name: date.isoformat() for name, date in dates.items()}
    with findings.attempt():
        checks.check_validity(findings, document=document, context=context())
    return findings


def test_when_a_credential_holds() -> None:
    second = timedelta(seconds=1)
    begins, ends = [(name_of(NotYetValidCaution), "/validFrom")], [(name_of(ExpiredCaution), "/validUntil")]
    broken = [(name_of(MalformedDateError), "/validUntil")]
    for dates, expected in (
        ({}, []),
        ({"validFrom": NOW + SKEW}, []),
        ({"validFrom": NOW + SKEW + second}, begins),
        ({"validUntil": NOW}, []),
        ({"validUntil": NOW - second}, ends),
        ({"validFrom": NOW, "validUntil": NOW}, []),
        ({"validFrom": NOW, "validUntil": NOW - second}, broken),
    ):
        assert details(dated(**dates)) == expected, dates
    assert dated().facts == {}
    assert dated(validFrom=NOW, validUntil=NOW + DAY).facts == {
        "validFrom": "2027-03-03T10:02:00Z",
        "validUntil": "2027-03-04T10:02:00Z",
    }


# Who vouches for it


def recognised(
    issuer: Any, *entries: RecognisedIssuer, signature: Outcome = Outcome.PASSED, **changes: Any
) -> Findings:
    findings = Findings()
    here = context(recognised=entries, **changes)
    checks.check_recognition(findings, document={"issuer": issuer}, signature=signature, context=here)
    return findings


def test_what_somebody_says_of_themself_is_told_as_that() -> None:
    def told(subject: Any) -> Any:
        findings, here = Findings(), context()
        document = {"issuer": {"id": SCHOOL}, "credentialSubject": subject}
        checks.check_recognition(findings, document=document, signature=Outcome.PASSED, context=here)
        return findings.facts.get("ownWord")

    assert told({"id": SCHOOL}) is True
    assert told([{"id": SCHOOL}, {"id": SCHOOL}]) is True
    for other in ({"id": ATTACKER}, {}, [], None, SCHOOL, [{"id": SCHOOL}, {"id": ATTACKER}], [{"id": SCHOOL}, 1]):
        assert told(other) is None, other


def test_who_vouches_for_an_issuer_is_told() -> None:
    listed = RecognisedIssuer(did=SCHOOL, name="River School", list_name="Our list", note="Since May.")
    findings = recognised({"id": SCHOOL}, listed)
    told = {"issuer": SCHOOL, "name": "River School", "listName": "Our list", "note": "Since May."}
    assert findings.facts == {**told, "recognised": True}
    assert findings.outcome() is Outcome.PASSED
    forged = recognised(SCHOOL, listed, signature=Outcome.FAILED)
    assert forged.facts == {**told, "recognised": False}
    nobody = recognised(ATTACKER, listed)
    assert nobody.facts == {"issuer": ATTACKER, "recognised": False}
    assert nobody.outcome() is Outcome.NOT_APPLICABLE
    wished = recognised(None, listed, require_recognition=True)
    assert wished.facts == {"issuer": None, "recognised": False}
    assert details(wished) == [(name_of(UnrecognisedIssuerCaution), "/issuer")]


def test_a_document_names_its_party() -> None:
    assert checks.party_of({"issuer": {"id": SCHOOL}}, "issuer") == SCHOOL
    for member in ("issuer", "holder"):
        with pytest.raises(MalformedValueError) as refused_one:
            checks.party_of({}, member)
        assert refused_one.value.pointer == "/" + member
