"""The rules that no schema states: dates that exist, references that lead somewhere, digests that are right."""

import base64
import copy
import hashlib
from typing import Any

import pytest

from tests import whole_documents as whole
from vc import DocumentKind, jsonld
from vc.credential import CONTEXT, CONTEXT_1
from vc.multibase import encode_multibase
from vc.problems import MalformedDateError, MalformedValueError, SchemaViolationError, Unsupported
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


DATA = jsonld.context_bytes(CONTEXT) or b""
OTHER = b"something else"


def sri(name: str, data: bytes) -> str:
    return f"{name}-{base64.b64encode(hashlib.new(name, data).digest()).decode()}"


def multibase(header: bytes, data: bytes, encoding: str = "u", name: str = "sha256") -> str:
    return encode_multibase(header + hashlib.new(name, data).digest(), encoding=encoding)


@pytest.mark.parametrize(
    ("resource", "problem"),
    [
        ({"digestSRI": sri("sha384", DATA)}, None),
        ({"digestSRI": [sri("sha256", DATA), sri("sha512", DATA) + "?ct=application/ld+json"]}, None),
        ({"digestSRI": f"{sri('sha512', DATA)} {sri('sha256', OTHER)}"}, None),
        ({"digestSRI": f"{sri('sha512', OTHER)} {sri('sha256', DATA)}"}, SchemaViolationError),
        ({"digestSRI": "sha384-NSOcNpmdIVUxIJGvGUoe22FjTWrXiaXlsZ8q6912LdnR3KraQO2n75Ica4wK4Qeg"}, None),
        ({"digestSRI": sri("sha384", OTHER)}, SchemaViolationError),
        ({"digestSRI": "md5-AAAA"}, Unsupported),
        ({"digestSRI": "sha256-A"}, MalformedValueError),
        ({"digestMultibase": multibase(b"\x12\x20", DATA)}, None),
        ({"digestMultibase": multibase(b"\x12\x20", DATA, "z")}, None),
        ({"digestMultibase": multibase(b"", DATA)}, None),
        ({"digestMultibase": multibase(b"\x20\x30", DATA, name="sha384")}, None),
        ({"digestMultibase": multibase(b"\x13\x40", DATA, name="sha512")}, None),
        ({"digestMultibase": multibase(b"\x13\x20", DATA)}, SchemaViolationError),
        ({"digestSRI": sri("sha256", DATA).replace("=", "*=")}, MalformedValueError),
        ({"digestMultibase": "uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k"}, None),
        ({"digestMultibase": "uM4RgWQc3RUDtjJCSgTJtTfvpZ7SPEg_LNO0ESlovQC0"}, SchemaViolationError),
        ({"digestMultibase": "xAAAA"}, MalformedValueError),
        ({"digestMultibase": [5]}, MalformedValueError),
        ({}, SchemaViolationError),
        ({"id": "https://a.example/", "digestSRI": "md5-AAAA"}, None),
        ({"id": 5}, MalformedValueError),
    ],
)
def test_digests_of_related_resources(resource: dict[str, Any], problem: type[Exception] | None) -> None:
    for related in ({"id": CONTEXT, **resource}, [{"id": CONTEXT, **resource}]):
        found = list(rules({"@context": [CONTEXT], "relatedResource": related}, kind=CREDENTIAL))
        assert [type(item) for item in found] == ([] if problem is None else [problem])
        assert all((item.pointer or "").startswith("/relatedResource") for item in found)


def test_a_resource_is_named_once_and_has_a_digest() -> None:
    one = {"id": CONTEXT, "digestSRI": sri("sha256", DATA)}
    document = {"@context": [CONTEXT], "relatedResource": [one, one]}
    assert broken(document, CREDENTIAL) == ["/relatedResource/1/id"]
    assert broken({"@context": [CONTEXT], "relatedResource": "x"}, CREDENTIAL) == ["/relatedResource/0"]
