"""What the checks of a verdict say in detail: their facts, their places, and the borders of what they accept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.attacks.test_nested import fresh
from tests.attacks.test_tokens_judged import shown, token, verdict
from tests.attacks.world import (
    ASKED,
    DAY,
    NOW,
    SCHOOL,
    SCHOOL_DOCUMENT,
    SCHOOL_SIGNER,
    evidence,
    policy,
    resource,
    types,
    unsigned,
)
from vc import Outcome, Report, Verdict, serialize
from vc.checks import CREDENTIALS, Check, CheckName, DocumentKind, Findings
from vc.credential_checks import Context
from vc.did import DidKey, did_document
from vc.document import CREDENTIAL_LIMITS, JsonValue
from vc.jose import Jws, JwtForm, parse_compact
from vc.nested import ENDORSEMENTS, MAX_DEPTH, Judged, Part, Tally, check_part, moved, names, parts
from vc.problems import (
    BudgetExceeded,
    IssuerMismatchError,
    KindError,
    MalformedValueError,
    NotReached,
    Problem,
    ProblemError,
    Unsupported,
)
from vc.securing import is_token, open_bytes, open_value
from vc.token_checks import (
    check_token,
    check_token_signature,
    check_vocabulary,
    is_said_by_credential,
    made,
    refuse_other_owner,
    signer_of,
    token_key,
)

CLR = DocumentKind.CLR_CREDENTIAL
BADGE = DocumentKind.ACHIEVEMENT_CREDENTIAL


def context(**changes: Any) -> Context:
    """What checks are handed in the small world."""
    return Context(evidence=evidence(), policy=replace(policy(), **changes), now=NOW)


def part_of(value: Any, expected: frozenset[DocumentKind] = CREDENTIALS, number: int = 1) -> Part:
    return Part(pointer="/verifiableCredential", value=value, expected=expected, number=number)


# What a document contains


def test_parts_are_found_at_their_places_credentials_first_then_endorsements_from_the_outside_in() -> None:
    document: Any = {
        "@context": {"endorsement": "no part"},
        "evidence": [{"id": "urn:1"}, {"endorsementJwt": ["a.b.c"], "endorsement": {"n": 5}}],
        "credentialSubject": [
            {"verifiableCredential": [{"n": 1, "endorsement": {"n": 8}}, "d.e.f"]},
            "did:example:nobody",
            {"verifiableCredential": {"n": 3}},
        ],
        "endorsement": {"n": 4, "endorsement": {"n": 9}, "x": {"endorsement": {"n": 9}}},
        "proof": {"endorsement": "no part"},
    }
    credentials = [
        ("/credentialSubject/0/verifiableCredential/0", "Credential 1"),
        ("/credentialSubject/0/verifiableCredential/1", "Credential 2"),
        ("/credentialSubject/2/verifiableCredential", "Credential 3"),
    ]
    endorsements = [
        ("/endorsement", "Endorsement 1"),
        ("/evidence/1/endorsement", "Endorsement 2"),
        ("/evidence/1/endorsementJwt/0", "Endorsement 3"),
    ]
    found = parts(document, kind=CLR)
    assert [(part.pointer, part.name) for part in found] == [*credentials, *endorsements]
    assert [part.value for part in found[3:]] == [document["endorsement"], {"n": 5}, "a.b.c"]
    assert [part.expected for part in found] == [CREDENTIALS] * 3 + [ENDORSEMENTS] * 3
    assert [(part.pointer, part.name) for part in parts(document, kind=BADGE)] == endorsements
    assert parts(document, kind=BADGE, text=b"{}") == ()
    assert len(parts(document, kind=BADGE, text=b'{"endorsement":{}}')) == 3
    assert len(parts({"a": {"endorsementJwt": "a.b.c"}}, kind=BADGE)) == 1
    deep_first: Any = {"a": {"b": {"endorsement": {}}}, "further": {"endorsement": {}}}
    assert [part.pointer for part in parts(deep_first, kind=BADGE)] == ["/further/endorsement", "/a/b/endorsement"]


def test_the_parts_of_a_presentation_are_its_credentials_alone() -> None:
    document: Any = {"verifiableCredential": {"n": 1}, "endorsement": {"n": 2}}
    (only,) = parts(document, kind=DocumentKind.PRESENTATION)
    assert (only.pointer, only.value, only.number) == ("/verifiableCredential", {"n": 1}, 1)
    assert parts({}, kind=DocumentKind.PRESENTATION) == ()


def test_a_part_is_known_by_what_it_says_and_a_text_is_not_the_object_that_it_spells() -> None:
    assert part_of("é").digest == hashlib.sha256("é".encode()).hexdigest()
    assert part_of("\ud800").digest == hashlib.sha256(b"?").hexdigest()
    assert part_of({"a": 1}).digest == hashlib.sha256(b'{"a":1}').hexdigest()
    assert part_of({"a": 1}).digest == part_of('{"a":1}').digest
    assert part_of({"a": 1}).key != part_of('{"a":1}').key
    assert part_of({"a": 1}).key == part_of({"a": 1}, number=2).key
    assert part_of({"a": 1}).key != part_of({"a": 1}, ENDORSEMENTS).key


def test_parts_are_counted_over_the_whole_of_what_was_handed_in() -> None:
    tally = Tally()
    tally.add(2, most=5, depth=0)
    tally.add(3, most=5, depth=MAX_DEPTH - 1)
    tally.add(0, most=5, depth=MAX_DEPTH)
    with pytest.raises(BudgetExceeded) as refused:
        tally.add(1, most=5, depth=1)
    assert refused.value.pointer == "/verifiableCredential"
    assert refused.value.detail == "It contains 6 signed parts or more; at most 5 are looked at."
    with pytest.raises(BudgetExceeded, match="deep"):
        Tally().add(1, most=5, depth=MAX_DEPTH)


def test_a_report_that_moves_takes_its_checks_and_its_children_along() -> None:
    inner = Report(document_kind=BADGE, digest="i", checks=(check(CheckName.KIND, subject="/a/x"),))
    outer = Report(document_kind=CLR, digest="o", checks=(check(CheckName.KIND, subject="/a"),), children=(inner,))
    there = moved(Judged(report=outer, document={"n": 1}, subject="/a"), "/b/0")
    assert (there.subject, there.document) == ("/b/0", {"n": 1})
    assert [found.subject for found in there.report.checks] == ["/b/0"]
    assert [found.subject for found in there.report.children[0].checks] == ["/b/0/x"]


def check(name: CheckName, outcome: Outcome = Outcome.PASSED, *, subject: str = "", title: str = "") -> Check:
    problems = tuple(
        Problem(type="https://satchel.example/#x", title=said, detail="", pointer=None)
        for said in (title, "more")
        if title
    )
    return Check(name=name, outcome=outcome, subject=subject, problems=problems)


SIGNED = check(CheckName.SIGNATURE)
VERDICTS = [
    ([SIGNED], Verdict.GENUINE_AND_CURRENT, None, Outcome.PASSED),
    (
        [check(CheckName.SIGNATURE, Outcome.FAILED)],
        Verdict.NOT_GENUINE,
        "Endorsement 7 is not genuine.",
        Outcome.FAILED,
    ),
    (
        [SIGNED, check(CheckName.SCHEMA, Outcome.FAILED)],
        Verdict.COULD_NOT_BE_CHECKED,
        "Endorsement 7 could not be checked.",
        Outcome.INDETERMINATE,
    ),
    (
        [SIGNED, check(CheckName.STATUS, Outcome.FAILED)],
        Verdict.WITHDRAWN,
        "Endorsement 7 has been withdrawn.",
        Outcome.CAUTION,
    ),
    (
        [
            SIGNED,
            check(CheckName.VALIDITY, Outcome.CAUTION, title="Expired"),
            check(CheckName.STATUS, Outcome.CAUTION, title="Suspended"),
        ],
        Verdict.GENUINE_BUT,
        "Endorsement 7 is genuine, but: Expired Suspended.",
        Outcome.CAUTION,
    ),
]


@pytest.mark.parametrize(("made_of", "said", "sentence", "outcome"), VERDICTS)
def test_what_the_verdict_on_a_part_means_is_said_and_named(
    made_of: list[Check], said: Verdict, sentence: str | None, outcome: Outcome
) -> None:
    report = Report(document_kind=BADGE, digest="", checks=tuple(made_of))
    findings = endorsed_findings(report, {"credentialSubject": {"id": "urn:a"}, "issuer": "urn:i"})
    assert report.verdict is said
    assert [problem.detail for problem in findings.problems] == ([sentence] if sentence else [])
    assert {problem.pointer for problem in findings.problems} <= {"/verifiableCredential"}
    assert findings.outcome() is outcome
    assert findings.facts == {
        "verdict": said.value,
        "part": "endorsement",
        "number": 7,
        "selfEndorsement": False,
    }


def endorsed_findings(report: Report, endorsement: Any) -> Findings:
    findings = Findings()
    part = part_of({}, ENDORSEMENTS, 7)
    judged = Judged(report=report, document=endorsement, subject="")
    check_part(findings, document={"issuer": "urn:j"}, named=frozenset({"urn:a"}), part=part, judged=judged)
    return findings


GOOD = Report(document_kind=BADGE, digest="", checks=(SIGNED,))


@pytest.mark.parametrize(
    "subject",
    [None, [], "urn:a", {}, {"id": 1}, {"id": "urn:b"}, [{"id": "urn:a"}, {"id": "urn:b"}], [{"id": "urn:a"}, {}]],
)
def test_an_endorsement_that_is_not_wholly_about_what_is_there_is_told(subject: JsonValue) -> None:
    findings = endorsed_findings(GOOD, {"credentialSubject": subject})
    assert findings.outcome() is Outcome.CAUTION
    assert [problem.pointer for problem in findings.problems] == ["/verifiableCredential"]


def test_an_endorsement_of_several_things_that_are_all_there_is_fine() -> None:
    about = {"credentialSubject": [{"id": "urn:a"}, {"id": "urn:a"}], "issuer": {"id": "urn:j"}}
    findings = endorsed_findings(GOOD, about)
    assert findings.outcome() is Outcome.PASSED
    assert findings.facts["selfEndorsement"] is True


def test_a_credential_in_a_presentation_is_no_endorsement() -> None:
    findings = Findings()
    judged = Judged(report=GOOD, document={}, subject="")
    check_part(findings, document={}, named=frozenset(), part=part_of({}), judged=judged)
    assert findings.facts == {"verdict": "genuineAndCurrent", "part": "credential", "number": 1}


def test_what_endorsements_may_be_about_is_every_id_in_the_document_s_own_words() -> None:
    document: Any = {
        "id": "urn:a",
        "x": [{"id": "urn:b", "y": {"id": "urn:c"}}, "urn:no", {"id": 1}],
        "endorsement": {"id": "urn:no"},
        "endorsementJwt": {"id": "urn:no"},
        "verifiableCredential": [{"id": "urn:no"}],
        "proof": {"id": "urn:no"},
        "@context": {"id": "urn:no"},
    }
    assert names(document, (part_of({}), part_of({}, ENDORSEMENTS))) == {"urn:a", "urn:b", "urn:c"}
    assert names(document, (part_of({}),)) == frozenset()
    assert names(document, ()) == frozenset()


# What was handed in, opened


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"a.b", True), (b" a.b.c\n", True), (b"a.", True), (b"a", False), (b".a", False), (b"{a.b}", False)],
)
def test_what_is_a_token(data: bytes, expected: bool) -> None:
    assert is_token(data) is expected


@pytest.mark.parametrize("value", [[], 1, None, True])
def test_what_is_neither_an_object_nor_a_text_holds_nothing(value: JsonValue) -> None:
    with pytest.raises(KindError):
        open_value(value)


def test_a_file_is_read_within_the_limits_given() -> None:
    with pytest.raises(ProblemError):
        open_bytes(serialize(unsigned()), limits=replace(CREDENTIAL_LIMITS, max_bytes=100))
    assert open_bytes(serialize(unsigned()), limits=CREDENTIAL_LIMITS).jws is None
    on_a_line = open_bytes(b" " + token().encode() + b"\r\n", limits=CREDENTIAL_LIMITS)
    assert on_a_line.jws == parse_compact(token())


# Tokens


def said(jws: Jws, **claims: Any) -> Jws:
    return replace(jws, payload={**jws.payload, **claims})


END = datetime(2027, 1, 1, tzinfo=UTC)


def at(seconds: int) -> int:
    return int(END.timestamp()) + seconds


@pytest.mark.parametrize(
    ("pointer", "claims", "dates", "expected"),
    [
        ("/exp", {"exp": at(0)}, {"validUntil": "2027-01-01T00:00:00Z"}, True),
        ("/exp", {"exp": at(0)}, {"validUntil": "2027-01-01T00:00:00.5Z"}, True),
        ("/exp", {"exp": at(1)}, {"validUntil": "2027-01-01T00:00:00Z"}, True),
        ("/exp", {"exp": at(-1)}, {"validUntil": "2027-01-01T00:00:00Z"}, False),
        ("/exp", {"exp": at(0)}, {}, False),
        ("/exp", {"exp": at(0)}, {"validUntil": "tomorrow"}, False),
        ("/exp", {"nbf": at(0)}, {"validUntil": "2027-01-01T00:00:00Z"}, False),
        ("/nbf", {"nbf": at(0)}, {"validFrom": "2027-01-01T00:00:00Z"}, True),
        ("/nbf", {"nbf": at(-1)}, {"validFrom": "2027-01-01T00:00:00Z"}, True),
        ("/nbf", {"nbf": at(1)}, {"validFrom": "2027-01-01T00:00:00Z"}, False),
        ("/nbf", {"nbf": at(0)}, {}, False),
        ("/iat", {"iat": at(0)}, {"validFrom": "2027-01-01T00:00:00Z"}, False),
    ],
)
def test_a_token_is_out_of_its_time_as_its_credential_is(
    pointer: str, claims: dict[str, int], dates: dict[str, str], expected: bool
) -> None:
    jws = replace(parse_compact(token(form=JwtForm.VC_JWT)), payload=claims)
    document: Mapping[str, Any] = {"@context": ["https://www.w3.org/ns/credentials/v2"], **dates}
    problem = MalformedValueError("It is out of its time.", pointer=pointer)
    assert is_said_by_credential(problem, jws, document) is expected
    shown_one = replace(jws, form=JwtForm.VP_JWT)
    assert is_said_by_credential(problem, shown_one, document) is False


def test_a_token_that_ended_with_its_credential_is_no_worse_than_that() -> None:
    jws = replace(parse_compact(token(form=JwtForm.VC_JWT)), payload={"exp": at(0)})
    document: Any = {"@context": ["https://www.w3.org/ns/credentials/v2"], "validUntil": "2027-01-01T00:00:00Z"}
    together, apart = Findings(), Findings()
    check_token(together, jws=jws, document=document, context=context())
    check_token(apart, jws=jws, document={"@context": document["@context"]}, context=context())
    assert (together.outcome(), apart.outcome()) == (Outcome.PASSED, Outcome.FAILED)


def test_when_a_token_says_that_it_was_made() -> None:
    jws = replace(parse_compact(token()), payload={"iat": at(0), "nbf": at(5)})
    assert made(jws) == END
    assert made(replace(jws, payload={"iat": "yesterday", "nbf": at(0)})) == END
    assert made(replace(jws, payload={"nbf": at(0)})) == END
    assert made(replace(jws, payload={"exp": at(0)})) is None


def test_who_a_token_says_signed_it() -> None:
    jws = parse_compact(token())
    assert signer_of(jws, party="did:example:1") == "did:example:1"
    assert signer_of(replace(jws, key_id="did:example:2#a#b"), party=None) == "did:example:2"
    assert signer_of(replace(jws, key_id="key-1"), party=None) is None
    assert signer_of(replace(jws, key_id=None), party=None) is None


def test_a_key_that_is_somebody_else_s_is_refused_at_its_place() -> None:
    with pytest.raises(IssuerMismatchError) as refused:
        refuse_other_owner("did:a:1#k", controller="did:a:1", owner="did:a:2", context=context())
    assert refused.value.pointer == "/kid"
    refuse_other_owner("did:a:1#k", controller="did:a:1", owner="did:a:1", context=context())
    with pytest.raises(Unsupported):
        refuse_other_owner("did:a:1#k", controller="did:a:1", owner="urn:uuid:1", context=context())
    stranger = replace(parse_compact(token()), key_id="did:web:other.example#key-1")
    with pytest.raises(IssuerMismatchError, match=r"did:web:other\.example#key-1 belongs"):
        token_key(stranger, party=SCHOOL, relationship="assertionMethod", context=context())
    with pytest.raises(ProblemError) as unreadable:
        token_key(replace(stranger, key_id="did:#key"), party=SCHOOL, relationship="assertionMethod", context=context())
    assert unreadable.value.pointer == "/kid"
    with pytest.raises(NotReached):
        token_key(replace(stranger, key_id=None), party=None, relationship="assertionMethod", context=context())


def test_the_key_of_a_token_serves_the_purpose_that_it_is_listed_for() -> None:
    jws = parse_compact(token())
    method = token_key(jws, party=SCHOOL, relationship="assertionMethod", context=context())
    assert method.controller == SCHOOL
    with pytest.raises(ProblemError):
        token_key(jws, party=SCHOOL, relationship="capabilityInvocation", context=context())


def test_a_key_that_had_ended_when_the_token_was_made_is_told_of_the_whole_token() -> None:
    key = DidKey(fragment="key-1", public_key=SCHOOL_SIGNER.public_key, revoked=NOW - 90 * DAY)
    gone = resource(SCHOOL_DOCUMENT, did_document(SCHOOL, [key]))
    problems = verdict(token(), gone).check(CheckName.ISSUER_KEY).problems
    assert [problem.pointer for problem in problems] == [""]


def test_without_a_key_a_token_s_signature_is_an_open_question() -> None:
    findings = Findings()
    check_token_signature(findings, jws=parse_compact(token()), method=None)
    assert findings.outcome() is Outcome.INDETERMINATE
    assert [problem.type for problem in findings.problems] == [NotReached.type]


def test_what_a_token_says_of_itself_is_in_the_facts() -> None:
    text = token(form=JwtForm.VC_JWT)
    facts = verdict(text).check(CheckName.PROOF_POLICY).facts
    assert (facts["algorithm"], facts["form"]) == ("EdDSA", "vc+jwt")
    assert ("created" in facts) is (made(parse_compact(text)) is not None)
    assert verdict(shown(fresh(1)), **ASKED).check(CheckName.PROOF_POLICY).facts["created"] == "2027-03-03T10:02:00Z"


def test_a_credential_is_not_asked_what_a_presentation_is() -> None:
    assert not {"INVALID_CHALLENGE_ERROR", "INVALID_DOMAIN_ERROR"} & types(verdict(token(), **ASKED))


def test_a_refused_algorithm_is_named_with_its_place() -> None:
    report = judge_with(token().encode(), algorithms=frozenset({"ES256"}))
    (problem,) = report.check(CheckName.PROOF_POLICY).problems
    assert (problem.pointer, "EdDSA" in problem.detail) == ("/alg", True)


def judge_with(data: bytes, **changes: Any) -> Report:
    from vc import verify

    return verify(data, evidence=evidence(), policy=replace(policy(), **changes), now=NOW)


def test_an_undefined_word_of_a_token_is_told_with_its_place() -> None:
    document = unsigned()
    document["credentialSubject"]["gpa"] = "4.0"
    findings = Findings()
    here = context()
    from vc.jsonld import CREDENTIAL_BUDGET

    check_vocabulary(findings, document=document, budget=CREDENTIAL_BUDGET, processor=here.processor)
    assert str(findings.facts["undefined"]).endswith("(/credentialSubject/gpa)")
