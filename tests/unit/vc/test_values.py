"""Small values: documents, pointers, dates, multibase, keys, policies, lists, problems, reports."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.attacks.world import (
    ASKED,
    DAY,
    NOW,
    evidence,
    judge,
    plain,
    policy,
    present,
    resource,
    sign,
    signed,
    status_list,
    types,
    unsigned,
)
from vc import (
    Check,
    CheckName,
    Document,
    DocumentKind,
    Ed25519Signer,
    Evidence,
    Outcome,
    P256Signer,
    Policy,
    ProblemError,
    PublicKey,
    Recognition,
    Report,
    StatusListEntry,
    Url,
    Verdict,
    VerifiedCredential,
    add_proof,
    at,
    build_status_list,
    parse,
    pointer,
    serialize,
    verify,
)
from vc.checks import Findings
from vc.credential_checks import Context
from vc.document import CREDENTIAL_LIMITS, PRESENTATION_LIMITS, Limits, check, is_within, mentions, written
from vc.keys import KeyKind
from vc.multibase import base58btc_decode, base58btc_encode, base64url_decode, decode_multibase
from vc.presentation_checks import check_binding
from vc.problems import ALL_PROBLEMS, MissingEvidence, ParsingError, Problem, ProofGenerationError
from vc.schema import violations
from vc.status import Reason, StatusList, encode_list, message_for, read_journal, reason_of
from vc.status_checks import check_status
from vc.timestamps import format_timestamp, parse_timestamp


def test_every_problem_has_a_type_a_title_and_a_sentence() -> None:
    assert len(ALL_PROBLEMS) > 40
    assert all(title and type_.startswith("https://") for type_, title in ALL_PROBLEMS.items())
    problem = Problem(type="t", title="T", detail="d")
    assert problem.to_json() == {"type": "t", "title": "T", "detail": "d"}
    assert Problem.from_json(problem.to_json()) == problem


def test_pointers_lead_where_they_say() -> None:
    value = {"a/b": [{"~": 1}], "": 2}
    assert at(value, pointer("a/b", 0, "~")) == 1
    assert at(value, "") == value
    assert at(value, "/") == 2
    for path in ("a", "/x", "/a~1b/01", "/a~1b/1", "/a~1b/x", "/a~1b/0/~0/z"):
        with pytest.raises(KeyError):
            at(value, path)


def test_what_we_write_is_read_back() -> None:
    assert parse(serialize({"a": ["é", 1, None]}), limits=CREDENTIAL_LIMITS).value == {"a": ["é", 1, None]}
    with pytest.raises(ValueError, match="serializable"):
        serialize({"a": object()})  # type: ignore[dict-item]


@pytest.mark.parametrize("text", ['{"a":"\\u0022"}', '{"a":"\\u00e9\\u0022"}'])
def test_unusual_spellings_are_read_the_slow_way(text: str) -> None:
    assert parse(text.encode(), limits=CREDENTIAL_LIMITS).value == json.loads(text)


def test_limits_are_kept_and_say_where() -> None:
    small = Limits(max_bytes=200, max_depth=3, max_nodes=9, max_items=3, max_string=20)
    assert parse(b'{"a": [1, 2]}', limits=small)
    for data, place in (
        (b'{"a": "0123456789012345678901"}', "/a"),
        (b'{"a": [1, 2, 3, 4]}', "/a"),
        (b'{"a": {"b": {"c": {"d": 1}}}}', "/a/b/c"),
        (b'{"a": [1, 2, 3], "b": [1, 2, 3], "c": [1, 2, 3]}', None),
        (b'{"a": ["\\u0041", 1e300]}', "/a/1"),
    ):
        with pytest.raises(ProblemError) as caught:
            parse(data, limits=small)
        assert caught.value.pointer == place
    with pytest.raises(ParsingError):
        check([], limits=small, escapes=False)


def test_a_short_text_keeps_narrower_limits() -> None:
    narrow = replace(PRESENTATION_LIMITS, max_nodes=4)
    for value in ({}, {"": 1}, {"": []}, {"": [1, 2]}, {"": [1, 2, 3]}, {"": {"": {"": 1}}}, {"": [[], [1], {}]}):
        text = written(value)
        if is_within(text, narrow):
            check(value, limits=narrow, escapes=False)
    assert is_within(written({"": [1]}), narrow)
    assert not is_within(written({"": [1, 2, 3]}), narrow)
    assert not is_within(None, narrow)
    for stricter in ({"max_depth": 31}, {"max_items": 1_999}, {"max_string": 8}):
        assert not is_within(b"{}", replace(PRESENTATION_LIMITS, **stricter))


def test_what_was_not_read_is_looked_at_in_full() -> None:
    assert written({"": object()}) is None  # type: ignore[dict-item]
    assert mentions(None, b'"endorsement"')
    assert not mentions(written({"name": '"endorsement"'}), b'"endorsement"')


def test_a_document_that_was_made_by_hand_keeps_the_limits_of_reading() -> None:
    value = {**signed(), "tag": ["x"] * 2_001}
    report = verify(Document(bytes=b"{}", value=value), evidence=evidence(), policy=policy(), now=NOW)
    assert report.document_kind is DocumentKind.UNKNOWN
    assert [problem.pointer for problem in report.problems] == ["/tag"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-03-03T10:02:00Z", NOW),
        ("2027-03-03T11:02:00+01:00", NOW),
        ("2027-03-03T05:02:00.000000-05:00", NOW),
        ("2027-03-03T10:02:00.123456789Z", NOW.replace(microsecond=123456)),
    ],
)
def test_dates_that_are(text: str, moment: datetime) -> None:
    assert parse_timestamp(text, pointer="") == moment


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "2027-01-01T00:00:00+01:60", "2027-01-01T00:00:00-14:01"]
)
def test_dates_that_are_not(text: str) -> None:
    with pytest.raises(ProblemError):
        parse_timestamp(text, pointer="/x")


def test_a_moment_is_written_in_utc() -> None:
    assert format_timestamp(NOW.astimezone(timezone(timedelta(hours=5)))) == "2027-03-03T10:02:00Z"


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0\1", b"hello", bytes(range(40))])
def test_base58_comes_back(data: bytes) -> None:
    assert base58btc_decode(base58btc_encode(data)) == data


@pytest.mark.parametrize("text", ["A", "AB", "A=", "A+", "AAB="])
def test_base64url_in_one_spelling(text: str) -> None:
    with pytest.raises(ProblemError):
        base64url_decode(text)


def test_multibase_reads_only_what_is_asked_for() -> None:
    assert decode_multibase("uAA", encodings="zu", max_length=9) == b"\0"
    for text in ("", "mAA", "zz0", "z" * 10, 5):
        with pytest.raises(ProblemError):
            decode_multibase(text, encodings="zu", max_length=9)  # type: ignore[arg-type]


def test_keys_have_the_length_of_their_kind() -> None:
    with pytest.raises(ProblemError):
        PublicKey(kind=KeyKind.ED25519, raw=b"\1" * 33)
    assert P256Signer(b"\1" * 32, "").public_key.multikey.startswith("zDn")
    for seed in (bytes(32), b"\xff" * 32, b"\1" * 31):
        with pytest.raises(ValueError, match="P-256 seed"):
            _ = P256Signer(seed, "").public_key


def test_a_policy_that_accepts_nothing_or_asks_by_halves() -> None:
    with pytest.raises(ValueError, match="nothing"):
        replace(policy(), suites=frozenset())
    with pytest.raises(ValueError, match="together"):
        replace(policy(), challenge="c")
    assert Policy.from_json(json.loads(serialize(policy(**ASKED).to_json()))) == policy(**ASKED)


PROOF: dict[str, Any] = {
    "suite": "eddsa-rdfc-2022",
    "purpose": "assertionMethod",
    "created": NOW,
    "challenge": None,
    "domain": None,
}


@pytest.mark.parametrize(
    "changes",
    [
        {"suite": "bbs-2023"},
        {"purpose": "keyAgreement"},
        {"challenge": "c"},
        {"challenge": "c", "domain": "d"},
        {"purpose": "authentication"},
        {"purpose": "authentication", "challenge": "c"},
        {"created": NOW.replace(tzinfo=None)},
    ],
    ids=str,
)
def test_proofs_that_are_not_asked_for_in_a_sound_way(changes: dict) -> None:
    with pytest.raises(ValueError, match=r"suite|challenge|zone"):
        add_proof(unsigned(), signer=Ed25519Signer(b"\1" * 32, "did:web:a.example#k"), **(PROOF | changes))


def test_a_fifth_proof_is_not_made() -> None:
    document = signed()
    document["proof"] = [document["proof"]] * 4
    with pytest.raises(ProofGenerationError, match="4 proofs"):
        add_proof(document, signer=Ed25519Signer(b"\1" * 32, "did:web:a.example#k"), **PROOF)


def test_status_lists_that_are_not_built() -> None:
    for length, values in ((131_071, ()), (131_073, ()), (131_072, (131_072,)), (131_072, (-1,)), (1 << 28, ())):
        with pytest.raises(ValueError, match=r"list|fit"):
            encode_list(values, length=length)
    with pytest.raises(ValueError, match="fit"):
        encode_list({1: 8}, length=131_072, size=3)
    with pytest.raises(ValueError, match="ends after"):
        build_status_list(
            id="urn:x:1", issuer="did:web:a.example", purpose="revocation", set_indices=(), messages={}, valid_from=NOW, valid_until=NOW, ttl_ms=1
        )  # fmt: skip


def test_status_entries_come_back() -> None:
    for entry in (
        StatusListEntry(list_url="https://a.example/1", index=7, purpose="revocation"),
        StatusListEntry.reason(list_url="https://a.example/3", index=7),
    ):
        assert StatusListEntry.parse(entry.to_json(), here="") == entry
    bare = StatusListEntry(list_url="https://a.example/3", index=7, purpose="message")
    assert bare.to_json()["statusSize"] == 3
    with pytest.raises(ProblemError):
        StatusListEntry.parse({**bare.to_json(), "statusMessage": [{"status": "0x1"}]}, here="")
    with pytest.raises(ProblemError, match="not supported"):
        StatusListEntry.parse({**bare.to_json(), "type": "https://example.org/Another"}, here="")
    missing = {name: value for name, value in bare.to_json().items() if name != "statusMessage"}
    with pytest.raises(ProblemError, match="messages"):
        StatusListEntry.parse(missing, here="")


def test_every_reason_has_one_sentence_and_one_code() -> None:
    assert {reason_of(reason.sentence) for reason in Reason} == set(Reason)
    assert [reason.code for reason in Reason][:3] == ["notStated", "issuedInError", "replaced"]
    assert message_for(StatusListEntry(list_url="u", index=0, purpose="message"), 1) is None


@pytest.mark.parametrize(
    "text", ["", "Set since the day before the colon: 2027-13-41: 5.", "Set since the day before the colon: x."]
)
def test_journals_that_are_none(text: str) -> None:
    assert read_journal(text, index=5) is None


def test_a_list_with_odd_texts_cannot_be_relied_on() -> None:
    document = plain(status_list(since={3: date(2027, 1, 1)}))
    document["credentialSubject"]["statusPurpose"] = [5]
    with pytest.raises(ProblemError):
        StatusList.parse(document, url=document["id"])
    document["credentialSubject"]["encodedList"] = 5
    with pytest.raises(ProblemError, match="holds no list"):
        StatusList.parse(document, url=document["id"])
    with pytest.raises(ProblemError, match="not a status list"):
        StatusList.parse({**document, "credentialSubject": {}}, url=document["id"])


def context() -> Context:
    return Context(evidence=evidence(), policy=policy(), now=NOW)


def test_a_status_entry_that_is_no_object_is_a_doubt() -> None:
    findings = Findings()

    def judge_nothing(document: Any) -> Report:
        raise AssertionError

    check_status(findings, document={"credentialStatus": ["x"]}, context=context(), judge=judge_nothing)
    assert findings.outcome() is Outcome.INDETERMINATE


def test_subjects_that_cannot_be_read_are_bound_to_nobody() -> None:
    shown = present(signed())
    for child in ({}, {"credentialSubject": "x"}):
        findings = Findings()
        asked = Context(evidence=evidence(), policy=policy(**ASKED), now=NOW)
        check_binding(
            findings,
            credentials=[("/verifiableCredential/0", child)],
            document={"verifiableCredential": [child]},
            holders=[shown["holder"]],
            signature=Outcome.PASSED,
            context=asked,
        )
        assert findings.facts["binding"] == "notBound"


def test_no_checks_at_all_is_not_a_pass() -> None:
    empty = Report(document_kind=DocumentKind.CREDENTIAL, digest="", checks=())
    assert empty.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert empty.recognition is Recognition.NOT_RECOGNISED
    passed = Check(name=CheckName.SCHEMA, outcome=Outcome.PASSED)
    assert replace(empty, checks=(passed,)).verdict is Verdict.COULD_NOT_BE_CHECKED


def test_a_report_belongs_to_its_document_and_its_moment_has_a_zone() -> None:
    report = judge(signed())
    with pytest.raises(ValueError, match="another document"):
        verify(serialize(signed(2)), evidence=Evidence(), policy=policy(), now=NOW, previous=report)
    with pytest.raises(ValueError, match="zone"):
        verify(serialize(signed()), evidence=Evidence(), policy=policy(), now=NOW.replace(tzinfo=None))


def test_recognition_of_a_presentation_is_that_of_all_it_shows() -> None:
    assert judge(present(signed(), signed(2)), **ASKED).headline_green
    other = judge(present(signed()), recognised=[], **ASKED)
    assert other.verdict is Verdict.GENUINE_AND_CURRENT
    assert other.recognition is Recognition.NOT_RECOGNISED
    nothing = judge(present(), **ASKED)
    assert (nothing.verdict, nothing.recognition) == (Verdict.COULD_NOT_BE_CHECKED, Recognition.NOT_RECOGNISED)
    assert nothing.check("holder-binding").facts["binding"] == "bound"


def test_recognition_may_be_asked_for() -> None:
    strict = replace(policy(recognised=[]), require_recognition=True)
    report = verify(serialize(signed()), evidence=evidence(), policy=strict, now=NOW)
    assert report.verdict is Verdict.GENUINE_BUT
    assert types(report) == {"unrecognised-issuer"}


def test_only_a_genuine_report_makes_a_verified_credential() -> None:
    document = parse(serialize(signed()), limits=CREDENTIAL_LIMITS)
    verified = VerifiedCredential.of(document, judge(document.bytes))
    assert verified.view.name == "Welding I"
    assert verified.cautions == ()
    late = parse(serialize(sign(unsigned(validUntil=format_timestamp(NOW - DAY)))), limits=CREDENTIAL_LIMITS)
    assert [problem.title for problem in VerifiedCredential.of(late, judge(late.bytes)).cautions] == ["Expired"]
    with pytest.raises(ValueError, match="another document"):
        VerifiedCredential.of(document, judge(late.bytes))
    unknown = verify(document, evidence=Evidence(), policy=policy(), now=NOW)
    with pytest.raises(ValueError, match="couldNotBeChecked"):
        VerifiedCredential.of(document, unknown)
    shown = present(signed())
    del shown["proof"]
    bare = parse(serialize(shown), limits=CREDENTIAL_LIMITS)
    with pytest.raises(ValueError, match="Nothing was signed"):
        VerifiedCredential.of(bare, judge(bare.bytes))


def test_a_child_can_be_taken_out_of_its_presentation() -> None:
    report = judge(present(signed()), **ASKED)
    child = parse(serialize(signed()), limits=CREDENTIAL_LIMITS)
    assert VerifiedCredential.of(child, report.children[0]).view.name == "Welding I"


def test_evidence_adds_up() -> None:
    one = Evidence({Url("https://a.example"): resource("https://a.example", b"1")})
    two = Evidence(first_seen={"https://a.example#1": NOW})
    both = one | two
    assert both.first_seen == two.first_seen
    assert Evidence.from_json(json.loads(serialize(both.to_json()))) == both
    with pytest.raises(MissingEvidence):
        both[Url("https://b.example")]


def test_a_document_of_no_known_data_model_is_no_credential() -> None:
    other = {**signed(), "@context": ["https://school.example/"]}
    assert types(judge(other)) == {"kind"}


def test_a_plain_credential_is_judged_without_the_rules_of_badges() -> None:
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": unsigned()["issuer"]["id"],
        "credentialSubject": {"id": "did:example:1"},
    }
    report = judge(sign(document))
    assert (report.document_kind, report.verdict) == (DocumentKind.CREDENTIAL, Verdict.GENUINE_AND_CURRENT)
    assert list(violations({**document, "issuer": 5}, kind=DocumentKind.CREDENTIAL))


def test_a_document_without_an_issuer_is_nobodys() -> None:
    document = signed()
    del document["issuer"]
    assert judge(document).verdict is Verdict.NOT_GENUINE
