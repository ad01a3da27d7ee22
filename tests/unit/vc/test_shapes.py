"""The shapes of credentials and presentations that the official suites send, and what we say to each.

Spec: https://www.w3.org/TR/vc-data-model-2.0/#verifiable-credentials, https://w3c-ccg.github.io/vc-api/
"""

import copy
from typing import Any

import pytest

from vc import DocumentKind
from vc.credential import CONTEXT, CONTEXT_1
from vc.problems import ProblemError
from vc.rules import rules
from vc.schema import violations

CREDENTIAL: dict[str, Any] = {
    "@context": [CONTEXT],
    "id": "urn:uuid:5b6a5a7e-0000-4000-8000-0000000000d1",
    "type": ["VerifiableCredential"],
    "issuer": "did:example:1",
    "validFrom": "2026-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:2"},
}
OLDER: dict[str, Any] = {
    **{name: value for name, value in CREDENTIAL.items() if name != "validFrom"},
    "@context": [CONTEXT_1],
    "issuanceDate": "2026-01-01T00:00:00Z",
}
PRESENTATION: dict[str, Any] = {"@context": [CONTEXT], "type": ["VerifiablePresentation"], "holder": "did:example:1"}
WORDS = {"@value": "Name", "@language": "en"}


def found(document: dict[str, Any], kind: DocumentKind = DocumentKind.CREDENTIAL) -> list[ProblemError]:
    """What is wrong with the shape of a document."""
    return [*violations(document, kind=kind), *rules(document, kind=kind)]


def changed(document: dict[str, Any], member: str, value: Any) -> dict[str, Any]:
    """The document with another member; ``...`` leaves it out."""
    copied = {name: item for name, item in copy.deepcopy(document).items() if name != member}
    return copied if value is ... else copied | {member: value}


BOTH: list[tuple[str, list[Any]]] = [
    ("@context", [..., None, 5, {}, [], ["https://a.example/"], [5]]),
    ("type", [..., None, 5, {}, [], ["Other"], ["VerifiableCredential", 5], "Other"]),
    ("id", [None, 5, {}, [], ["urn:x:1"], "not-a-url", "a b:c"]),
    (
        "issuer",
        [..., None, True, 5, [], {}, "fake-issuer", ["did:example:1"], {"id": None}, {"id": "x"}, {"name": "x"}],
    ),
    ("credentialSubject", [..., None, 5, "did:example:2", [], {}, [{}], ["x"], {"id": ["did:x:1"]}, {"id": "x"}]),
    ("credentialStatus", [None, 5, "x", {}, {"id": "urn:x:1"}, {"type": 5}, [{}], {"type": "T", "id": ["urn:x:1"]}]),
    ("credentialStatus", [{"type": "T", "id": "x y"}, {"type": []}, []]),
    ("credentialSchema", [None, "urn:x:1", {}, {"type": "T"}, {"id": "urn:x:1"}, {"id": "x", "type": "T"}]),
    ("termsOfUse", [None, "urn:x:1", {}, {"id": "urn:x:1"}, {"type": 5}, [{"type": "T"}, {}]]),
    ("evidence", [None, "urn:x:1", {}, {"id": "urn:x:1"}, {"type": None}, [{"type": "T"}, {}]]),
    ("refreshService", [None, "urn:x:1", {}, {"id": "urn:x:1"}, {"type": {}}]),
    (
        "proof",
        [None, "x", 5, ["x"], {}, {"type": 5}, {"type": "T", "proofPurpose": 5}, {"type": "T", "proofValue": []}],
    ),
    ("proof", [{"type": "T", "verificationMethod": 5}, {"type": "T", "verificationMethod": {}}]),
]
NEWER: list[tuple[str, list[Any]]] = [
    ("@context", [CONTEXT, ["https://a.example/", CONTEXT]]),
    ("validFrom", [None, 5, "yesterday", "2026-01-01", "2026-02-30T00:00:00Z"]),
    ("validUntil", [None, "2025-12-31T23:59:59Z", "2027-01-01T00:00:00"]),
    ("name", [5, {}, {"@value": 5}, {"@language": "en"}, WORDS | {"more": "x"}, [WORDS, 5], {"en": "Name"}]),
    ("description", [None, {"@value": "x", "@direction": "up"}, {"@value": "x", "@type": "T"}]),
    ("issuer", [{"id": "did:example:1", "name": WORDS | {"url": "x"}}, {"id": "did:example:1", "description": 5}]),
    ("relatedResource", [CONTEXT, [CONTEXT], {}, {"id": "x", "digestSRI": "y"}, {"id": CONTEXT}]),
]
OLD: list[tuple[str, list[Any]]] = [
    ("@context", [CONTEXT_1]),
    ("type", ["VerifiableCredential"]),
    ("issuanceDate", [..., None, 5, "yesterday", "2026-01-01"]),
    ("expirationDate", ["2025-12-31T23:59:59Z", "2027-01-01"]),
]
REFUSED = [
    *((CREDENTIAL, member, value) for member, values in BOTH + NEWER for value in values),
    *((OLDER, member, value) for member, values in BOTH + OLD for value in values),
]


@pytest.mark.parametrize(
    ("document", "member", "value"),
    REFUSED,
    ids=[f"{number}-{member}" for number, (_, member, _) in enumerate(REFUSED)],
)
def test_shapes_that_are_refused(document: dict[str, Any], member: str, value: Any) -> None:
    problems = found(changed(document, member, value))
    assert problems
    assert all(problem.pointer is not None and problem.detail.endswith(".") for problem in problems)


ACCEPTED: list[tuple[str, list[Any]]] = [
    ("@context", [[CONTEXT, {"T": "https://a.example/T"}], [CONTEXT, "https://a.example/"]]),
    ("id", [..., "did:example:1", "https://a.example/1"]),
    ("type", ["VerifiableCredential", ["https://a.example/T", "VerifiableCredential"], ["VerifiableCredential", "T"]]),
    ("issuer", [{"id": "did:example:1", "name": "Name", "description": WORDS}, {"id": "https://a.example/"}]),
    ("issuer", [{"id": "did:example:1", "name": [WORDS, {"@value": "Nom", "@language": "fr", "@direction": "ltr"}]}]),
    ("credentialSubject", [[{"id": "did:x:1"}, {"name": "x"}], {"name": "x"}]),
    ("validFrom", [..., "1900-01-01T00:00:00Z", "2026-01-01T00:00:00.123Z", "2026-01-01T00:00:00-05:00"]),
    ("validUntil", ["2999-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00"]),
    ("name", ["Name", WORDS, [WORDS, {"@value": "Nombre", "@language": "es"}]]),
    ("description", ["x", {"@value": "x", "@language": "ar", "@direction": "rtl"}]),
    ("credentialStatus", [{"type": "Unknown"}, [{"type": "T", "id": "urn:x:1"}, {"type": ["T", "U"]}]]),
    ("credentialSchema", [{"id": "urn:x:1", "type": "T"}, [{"id": "urn:x:1", "type": ["T"]}]]),
    ("termsOfUse", [{"type": "T"}, [{"type": "T", "id": "urn:x:1"}]]),
    ("evidence", [{"type": "T"}, [{"type": ["T"]}, {"type": "U", "name": "x"}]]),
    ("refreshService", [{"type": "T", "id": "urn:x:1"}, [{"type": "T"}]]),
    ("proof", [{"type": "T", "verificationMethod": {"id": "did:x:1#1", "type": "Multikey"}}]),
]


@pytest.mark.parametrize("member", sorted({member for member, _ in ACCEPTED}))
def test_shapes_that_are_accepted(member: str) -> None:
    for value in (value for name, values in ACCEPTED for value in values if name == member):
        assert [problem.detail for problem in found(changed(CREDENTIAL, member, value))] == [], value


def test_an_older_credential_may_give_its_issuer_as_an_object_and_its_dates_twice() -> None:
    more = {"issuer": {"id": "did:example:1", "name": "x"}, "validFrom": "2026-01-01T00:00:00Z"}
    assert found({**OLDER, **more, "expirationDate": "2027-01-01T00:00:00Z"}) == []
    assert found({**OLDER, "validUntil": "2025-12-31T00:00:00Z"})


@pytest.mark.parametrize(
    ("member", "value", "accepted"),
    [
        ("holder", ..., True),
        ("holder", {"id": "did:example:1"}, True),
        ("holder", {"name": "x"}, False),
        ("holder", "x", False),
        ("holder", 5, False),
        ("id", "urn:x:1", True),
        ("id", "x", False),
        ("type", ["VerifiablePresentation", "T"], True),
        ("type", ["T"], False),
        ("type", ..., False),
        ("@context", ["https://a.example/"], False),
        ("@context", ..., False),
        ("verifiableCredential", [], True),
        ("verifiableCredential", [CREDENTIAL, OLDER], True),
        ("verifiableCredential", CREDENTIAL, True),
        ("verifiableCredential", ["eyJ.eyJ.c2ln"], False),
        ("verifiableCredential", [{"type": "VerifiableCredential"}], False),
        ("verifiableCredential", 5, False),
    ],
    ids=[str(number) for number in range(18)],
)
def test_shapes_of_presentations(member: str, value: Any, accepted: bool) -> None:
    for context in (CONTEXT, CONTEXT_1):
        document = changed(PRESENTATION | {"@context": [context]}, member, value)
        problems = found(document, DocumentKind.PRESENTATION)
        token = value == ["eyJ.eyJ.c2ln"] and context == CONTEXT_1  # VCDM 1.1 §6.3.1: a presentation may hold tokens
        assert (problems == []) is (accepted or token)
