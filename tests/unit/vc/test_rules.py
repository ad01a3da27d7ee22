"""The rules that no schema states: dates that exist, references that lead somewhere."""

import copy
from typing import Any

import pytest

from tests import whole_documents as whole
from vc import DocumentKind
from vc.credential import CONTEXT, CONTEXT_1
from vc.document import written
from vc.problems import MalformedDateError
from vc.rules import rules

BADGE, CLR = DocumentKind.ACHIEVEMENT_CREDENTIAL, DocumentKind.CLR_CREDENTIAL
ENDORSEMENT, CREDENTIAL = DocumentKind.ENDORSEMENT_CREDENTIAL, DocumentKind.CREDENTIAL
PLACES = "credentialSubject/achievement/"


def with_member(document: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    """The document with something else at the place; ``...`` leaves it out."""
    changed = copy.deepcopy(document)
    *way, last = [int(part) if part.isdigit() else part for part in place.split("/")]
    holder: Any = changed
    for part in way:
        holder = holder[part]
    if value is ...:
        del holder[last]
    else:
        holder[last] = value
    return changed


def broken(document: dict[str, Any], kind: DocumentKind) -> list[str | None]:
    """Where a rule is broken."""
    return [problem.pointer for problem in rules(document, kind=kind)]


@pytest.mark.parametrize("edition", [1, 2])
def test_documents_with_every_member_break_no_rule(edition: int) -> None:
    for kind, document in (
        (BADGE, whole.badge(edition)),
        (ENDORSEMENT, whole.endorsement(edition)),
        (CLR, whole.record()),
        (CREDENTIAL, {"@context": [CONTEXT]}),
        (DocumentKind.PRESENTATION, {"validFrom": "no date of validity"}),
    ):
        assert broken(document, kind) == []


@pytest.mark.parametrize(
    ("place", "value", "where"),
    [
        ("credentialSubject/id", ..., []),
        ("credentialSubject/identifier", ..., []),
        ("credentialSubject/identifier/0/identityHash", "sha256$00", ["/credentialSubject/identifier/0/identityHash"]),
        (
            "credentialSubject/identifier/0/identityHash",
            "a@b.example",
            ["/credentialSubject/identifier/0/identityHash"],
        ),
        ("credentialSubject/identifier/0/identityHash", ..., ["/credentialSubject/identifier/0/identityHash"]),
        ("credentialSubject/identifier/0/identityHash", "md5$" + "0" * 32, []),
        ("credentialSubject/identifier/0/salt", ..., []),
        (PLACES + "criteria/id", ..., []),
        (PLACES + "criteria", {}, ["/credentialSubject/achievement/criteria"]),
        (PLACES + "criteria", ..., ["/credentialSubject/achievement/criteria"]),
        (PLACES + "resultDescription/0/requiredLevel", "urn:x:1", [f"/{PLACES}resultDescription/0/requiredLevel"]),
        (PLACES + "resultDescription/0/requiredLevel", ..., []),
        ("credentialSubject/result/0/resultDescription", "urn:x:1", ["/credentialSubject/result/0"]),
        ("credentialSubject/result/0/resultDescription", ..., []),
        ("credentialSubject/result/0/achievedLevel", "urn:x:1", ["/credentialSubject/result/0"]),
        ("credentialSubject/result/0/status", ..., []),
        ("credentialSubject/result/0/value", 5, []),
        ("credentialSubject/result", [5], ["/credentialSubject/result/0"]),
        ("credentialSubject/achievement", "x", ["/credentialSubject/achievement"]),
        ("credentialSchema", [{"id": "https://a.example/", "type": "JsonSchema"}], ["/credentialSchema"]),
        ("credentialSchema", ..., []),
        ("awardedDate", "2026-02-30T00:00:00Z", ["/awardedDate"]),
        ("credentialSubject/activityStartDate", "2026-01-01T24:00:00Z", ["/credentialSubject/activityStartDate"]),
        ("issuer/dateOfBirth", "1970-02-30", ["/issuer/dateOfBirth"]),
        ("evidence/0/activityEndDate", "2026-13-01T00:00:00Z", ["/evidence/0/activityEndDate"]),
    ],
)
def test_rules_of_a_badge(place: str, value: Any, where: list[str]) -> None:
    assert broken(with_member(whole.badge(), place, value), BADGE) == where


def test_a_badge_for_nobody() -> None:
    document = with_member(whole.badge(), "credentialSubject/id", ...)
    del document["credentialSubject"]["identifier"]
    assert broken(document, BADGE) == ["/credentialSubject"]


def test_a_status_is_asked_for_where_the_result_is_one() -> None:
    document = with_member(whole.badge(), PLACES + "resultDescription/0/resultType", "Status")
    assert broken(document, BADGE) == []
    assert broken(with_member(document, "credentialSubject/result/0/status", ...), BADGE) == [
        "/credentialSubject/result/0"
    ]


@pytest.mark.parametrize(
    ("place", "value", "where"),
    [
        ("credentialSubject/verifiableCredential", [], ["/credentialSubject/verifiableCredential", "/credentialSubject/association/0/sourceId"]),
        ("credentialSubject/achievement", ..., ["/credentialSubject/association/0/targetId"]),
        ("credentialSubject/achievement/0/criteria", {}, ["/credentialSubject/achievement/0/criteria"]),
        ("credentialSubject/association/0/sourceId", "urn:x:1", ["/credentialSubject/association/0/sourceId"]),
        ("credentialSubject/association/0/targetId", whole.COURSE, []),
        ("credentialSubject/association", [5], ["/credentialSubject/association/0"]),
        ("credentialSubject/identifier/0/hashed", False, []),
        ("credentialSubject/verifiableCredential/0/credentialSubject/achievement", 5, ["/credentialSubject/achievement"]),
    ],
)  # fmt: skip
def test_rules_of_a_learner_record(place: str, value: Any, where: list[str]) -> None:
    assert broken(with_member(whole.record(), place, value), CLR) == where


def test_a_learner_record_for_nobody_and_with_other_schemas_only() -> None:
    document = whole.record()
    del document["credentialSubject"]["id"], document["credentialSubject"]["identifier"]
    assert broken(document, CLR) == ["/credentialSubject"]
    assert broken(with_member(whole.record(), "credentialSchema/0/type", "X"), CLR) == ["/credentialSchema"]


def test_rules_of_an_endorsement() -> None:
    assert broken(with_member(whole.endorsement(), "credentialSchema/0/type", "X"), ENDORSEMENT) == [
        "/credentialSchema"
    ]
    assert broken(with_member(whole.endorsement(), "credentialSchema", "X"), ENDORSEMENT) == ["/credentialSchema/0"]


def test_what_another_vocabulary_calls_a_date_is_its_own_affair() -> None:
    document = {"@context": [CONTEXT], "credentialSubject": {"dateOfBirth": "about 1970", "awardedDate": "May"}}
    assert broken(document, CREDENTIAL) == []
    assert broken({"@context": [CONTEXT]}, ENDORSEMENT) == []
    assert broken({**document, "awardedDate": "May"}, ENDORSEMENT) == [
        "/credentialSubject/dateOfBirth",
        "/credentialSubject/awardedDate",
        "/awardedDate",
    ]


def test_the_dates_of_an_endorsement_are_its_own() -> None:
    for place in ("endorsement/0/", "issuer/endorsement/0/", "proof/0/"):
        assert broken(with_member(whole.badge(), place + "awardedDate", "May"), BADGE) == []
    assert broken(with_member(whole.endorsement(), "awardedDate", "May"), ENDORSEMENT) == ["/awardedDate"]


def test_what_is_judged_by_itself_keeps_its_dates() -> None:
    term = {"awardedDate": {"@id": "https://vocabulary.example/awarded"}}
    document = with_member(whole.badge(), "@context", [*whole.badge()["@context"], term])
    assert broken(document, BADGE) == []
    assert broken(with_member(whole.record(), "credentialSubject/verifiableCredential/0/awardedDate", "May"), CLR) == []


@pytest.mark.parametrize("name", ["awardedDate", "activityStartDate", "activityEndDate", "dateOfBirth"])
def test_a_date_that_is_none_is_found_in_what_was_written(name: str) -> None:
    """Which words stand anywhere in the document is asked first."""
    document: Any = {"@context": [CONTEXT], "credentialSubject": {name: "May"}}
    found = [problem.pointer for problem in rules(document, kind=ENDORSEMENT, text=written(document))]
    assert found == [f"/credentialSubject/{name}"]


# A33: every way to write a date that has misled somebody, and where it is refused.
DATES = [
    "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-12-31T23:59:60Z", "2026-01-01t00:00:00z",
    "2026-01-01 00:00:00Z", "2026-01-01T00:00:00", "2026-01-01", "10000-01-01T00:00:00Z", "2026-01-01T00:00:00+15:00",
    "2026-01-01T00:00:00-00:60", "0000-01-01T00:00:00Z", "", 5, None, [], {},
]  # fmt: skip


@pytest.mark.parametrize("date", DATES, ids=str)
@pytest.mark.parametrize(
    ("context", "name"),
    [(CONTEXT, "validFrom"), (CONTEXT, "validUntil"), (CONTEXT_1, "issuanceDate"), (CONTEXT_1, "expirationDate")],
)
def test_A33_dates_that_are_none_are_refused(context: str, name: str, date: Any) -> None:
    problems = list(rules({"@context": [context], name: date}, kind=CREDENTIAL))
    assert [(type(problem), problem.pointer) for problem in problems] == [(MalformedDateError, f"/{name}")]


@pytest.mark.parametrize(
    ("context", "start", "end"),
    [(CONTEXT, "validFrom", "validUntil"), (CONTEXT_1, "issuanceDate", "expirationDate")],
)
def test_A33_a_credential_does_not_end_before_it_starts(context: str, start: str, end: str) -> None:
    moments = {start: "2026-01-02T00:00:00Z", end: "2026-01-01T23:59:59Z"}
    assert broken({"@context": [context], **moments}, CREDENTIAL) == [f"/{end}"]
    same = {start: "2026-01-02T00:00:00Z", end: "2026-01-02T02:00:00+02:00"}
    assert broken({"@context": [context], **same}, CREDENTIAL) == []
    for name, moment in same.items():
        assert broken({"@context": [context], name: moment}, CREDENTIAL) == []
