"""Attacks H1 to H17 on status lists: whatever cannot be relied on leaves the question open, and is never *valid*."""

import gzip
import zlib
from datetime import date, timedelta

import pytest

from tests.attacks.world import (
    ASKED,
    ATTACKER,
    ATTACKER_SIGNER,
    DAY,
    INDEX,
    LEARNER_SIGNER,
    NOW,
    REASONS,
    REVOCATIONS,
    SCHOOL,
    SUSPENSIONS,
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
from tests.work import calls
from vc import Evidence, Outcome, ProblemError, Url, Verdict, serialize, verify
from vc.checks import DocumentKind, Findings, Report
from vc.credential_checks import Context
from vc.multibase import base64url_encode
from vc.status import MAX_LIST_BYTES, Reason, decode_list, encode_list, entry_key, read_entry
from vc.status_checks import check_status

UNKNOWN = Verdict.COULD_NOT_BE_CHECKED


def with_list(*lists: dict, **changes: object):
    return judge(signed(), *(resource(item["id"], item, **changes) for item in lists))


def with_encoded(encoded: object):
    def change(document: dict) -> None:
        document["credentialSubject"]["encodedList"] = encoded

    return with_list(status_list(change=change))


def packed(data: bytes) -> str:
    return "u" + base64url_encode(data)


def test_a_revoked_badge_is_withdrawn_by_whom_since_when_and_why() -> None:
    lists = (
        status_list(set_indices=(INDEX,), since={INDEX: date(2027, 2, 1), 3: date(2027, 2, 1)}),
        status_list(REASONS, purpose="message", reasons={INDEX: Reason.WRONG_PERSON}),
    )
    seen = Evidence(first_seen={entry_key(REVOCATIONS, INDEX): NOW - DAY})
    held = evidence(*(resource(item["id"], item) for item in lists)) | seen
    report = verify(serialize(signed()), evidence=held, policy=policy(), now=NOW)
    assert report.verdict is Verdict.WITHDRAWN
    facts = report.check("status").facts
    assert facts["listIssuer"] == SCHOOL
    assert facts["since"] == "2027-02-01"
    assert facts["firstSeen"] == (NOW - DAY).isoformat()
    assert (facts["reason"], facts["message"]) == ("wrongPerson", "It was given to the wrong person.")
    assert types(report) == {"revoked"}


def test_a_suspended_badge_is_genuine_but_suspended() -> None:
    report = with_list(status_list(SUSPENSIONS, purpose="suspension", set_indices=(INDEX,)))
    assert report.verdict is Verdict.GENUINE_BUT
    assert types(report) == {"suspended"}


def test_a_forged_badge_is_not_called_withdrawn() -> None:
    document = signed()
    document["name"] = "Another"
    lists = status_list(set_indices=(INDEX,))
    assert judge(document, resource(REVOCATIONS, lists)).verdict is Verdict.NOT_GENUINE


def test_H1_a_list_of_another_issuer() -> None:
    stranger = status_list(issuer=ATTACKER, signer=ATTACKER_SIGNER)
    report = with_list(stranger)
    assert report.verdict is UNKNOWN
    assert "STATUS_VERIFICATION_ERROR" in types(report)
    accusing = status_list(issuer=ATTACKER, signer=ATTACKER_SIGNER, set_indices=(INDEX,))
    assert with_list(accusing).verdict is UNKNOWN


@pytest.mark.parametrize("defect", ["unsigned", "altered", "other id", "other type", "no list", "no subject"])
def test_H2_a_list_that_is_not_one(defect: str) -> None:
    document = status_list()
    if defect == "unsigned":
        del document["proof"]
    elif defect == "altered":
        document["credentialSubject"]["encodedList"] = encode_list((INDEX,), length=131_072)
    elif defect == "other id":
        document = status_list("https://school.example/orgs/river/status/9")
    elif defect == "other type":
        document = sign({**document, "type": ["VerifiableCredential"]})
    elif defect == "no list":
        document = status_list(change=lambda item: item["credentialSubject"].pop("encodedList"))
    else:
        document = status_list(change=lambda item: item.update(credentialSubject={"id": "urn:uuid:1"}))
    report = judge(signed(), resource(REVOCATIONS, document))
    assert report.verdict is UNKNOWN
    assert report.check("status").outcome is Outcome.INDETERMINATE


def test_H3_a_list_for_another_purpose() -> None:
    document = status_list(purpose="suspension", set_indices=(INDEX,))
    report = with_list(document)
    assert report.verdict is UNKNOWN
    assert "STATUS_VERIFICATION_ERROR" in types(report)


def test_H3_a_list_for_several_purposes() -> None:
    def change(document: dict) -> None:
        document["credentialSubject"]["statusPurpose"] = ["suspension", "revocation"]

    assert with_list(status_list(change=change)).verdict is Verdict.GENUINE_AND_CURRENT


@pytest.mark.parametrize(
    "index", ["131072", "-1", "abc", "1e3", "01", "9007199254740993", 70001.5, 70001, "", "1\n", "１", None]
)
def test_H4_an_index_that_is_none(index: object) -> None:
    document = unsigned()
    entry = document["credentialStatus"][0]
    if index is None:
        del entry["statusListIndex"]
    else:
        entry["statusListIndex"] = index
    report = judge(sign(document))
    assert report.verdict is UNKNOWN
    assert types(report) >= {"RANGE_ERROR"}


def bombs() -> dict[str, bytes]:
    bits = bytes(16_384)
    whole = gzip.compress(bits)
    return {
        "bomb": gzip.compress(bytes(MAX_LIST_BYTES + 1)),
        "several members": whole + whole,
        "cut off": whole[:-9],
        "trailing": whole + b"x",
        "zlib": zlib.compress(bits),
        "plain": bits,
        "nothing": b"",
    }


@pytest.mark.parametrize("kind", list(bombs()))
def test_H5_bombs_and_other_archives(kind: str) -> None:
    encoded = packed(bombs()[kind])

    def read() -> None:
        with pytest.raises(Exception, match=r"list|base64url|multibase"):
            decode_list(encoded)

    assert calls(read) < 2_000


def test_H5_a_bomb_in_a_list_leaves_the_question_open() -> None:
    assert with_encoded(packed(bombs()["bomb"])).verdict is UNKNOWN


@pytest.mark.parametrize("encoded", [base64url_encode(gzip.compress(bytes(16_384), mtime=0)), "z1", "u=", "uA", 5])
def test_H5_a_list_in_another_spelling(encoded: object) -> None:
    assert with_encoded(encoded).verdict is UNKNOWN


def test_H6_a_list_too_short_to_hide_anybody() -> None:
    report = with_encoded(packed(gzip.compress(bytes(16_383))))
    assert report.verdict is UNKNOWN
    assert "STATUS_LIST_LENGTH_ERROR" in types(report)


@pytest.mark.parametrize(
    "changes",
    [
        {"error": "the host did not answer in 3 s", "body": b"", "final": 0},
        {"final": 404},
        {"final": 500},
        {"body": b"<html>Please sign in</html>"},
        {"body": b"{}"},
        {"body": b""},
    ],
    ids=str,
)
def test_H7_an_unreachable_list_is_not_a_clean_one(changes: dict) -> None:
    body = changes.pop("body", None)
    item = resource(REVOCATIONS, status_list() if body is None else body, **changes)
    report = judge(signed(), item)
    assert report.verdict is UNKNOWN
    assert not report.headline_green
    assert types(report) & {"STATUS_RETRIEVAL_ERROR", "STATUS_VERIFICATION_ERROR"}


def test_H7_the_reason_and_the_time_are_told() -> None:
    item = resource(REVOCATIONS, b"", error="the host did not answer in 3 s")
    facts = judge(signed(), item).check("status").facts
    assert facts["reason"] == "the host did not answer in 3 s"
    assert facts["at"] == (NOW - DAY / 4).isoformat()


def test_H7_a_list_that_nobody_asked_for_yet_is_named() -> None:
    held = evidence()
    less = Evidence({url: item for url, item in held.resources.items() if url != REVOCATIONS})
    report = verify(serialize(signed()), evidence=less, policy=policy(), now=NOW)
    assert report.verdict is UNKNOWN
    assert report.missing == {REVOCATIONS}


@pytest.mark.parametrize("age", [timedelta(hours=25), timedelta(days=400), -timedelta(minutes=6)], ids=str)
def test_H8_a_list_that_is_too_old(age: timedelta) -> None:
    report = with_list(status_list(), retrieved=NOW - age)
    assert report.verdict is UNKNOWN
    assert "stale-evidence" in types(report)


def test_H8_a_list_past_its_own_end_or_before_its_start() -> None:
    late = status_list(valid_from=NOW - 9 * DAY, valid_until=NOW - 8 * DAY)
    early = status_list(valid_from=NOW + timedelta(minutes=6), valid_until=NOW + DAY)
    assert with_list(late).verdict is UNKNOWN
    assert with_list(early).verdict is UNKNOWN


def test_H15_the_first_entry_is_the_leftmost_bit() -> None:
    bits = decode_list(encode_list((0, 9), length=131_072))
    assert bits[:2] == b"\x80\x40"
    for size, index, expected in ((1, 0, 1), (1, 9, 1), (1, 8, 0), (2, 0, 2), (4, 0, 8), (8, 0, 128), (8, 1, 64)):
        assert read_entry(bits * 8, index=index, size=size) == expected
    packed_threes = decode_list(encode_list({1: 0b101, 2: 0b011}, length=131_072, size=3))
    assert packed_threes[:2] == bytes([0b00010101, 0b10000000])
    assert [read_entry(packed_threes, index=index, size=3) for index in range(4)] == [0, 5, 3, 0]


@pytest.mark.parametrize(
    "change",
    [
        {"statusSize": 0},
        {"statusSize": 9},
        {"statusSize": "3"},
        {"statusSize": True},
        {"statusMessage": [{"status": "0x0", "message": "one only"}]},
        {"statusMessage": [{"status": "zero", "message": "x"}]},
        {"statusMessage": ["x"]},
        {"statusMessage": None},
        {"statusPurpose": "applause"},
        {"statusPurpose": None},
        {"type": "StatusList2021Entry"},
        {"type": ["BitstringStatusListEntry", "StatusList2021Entry"]},
        {"type": "https://example.org/AnotherStatus"},
        {"statusReference": ["https://example.org/1", 5]},
        {"type": None},
        {"statusListCredential": 5},
    ],
    ids=str,
)
def test_H16_one_bad_entry_among_three(change: dict) -> None:
    document = unsigned()
    entry = document["credentialStatus"][2]
    for name, value in change.items():
        if value is None:
            del entry[name]
        else:
            entry[name] = value
    # Some of these cannot even be signed by our own canonicalizer; they are judged as the gate judges them.
    try:
        document = sign(document)
    except ProblemError:
        document |= {"proof": signed()["proof"]}
    assert judge(document).verdict in {UNKNOWN, Verdict.NOT_GENUINE}


def test_H16_an_entry_that_is_no_object() -> None:
    report = judge({**signed(), "credentialStatus": ["x"]})
    assert report.verdict is Verdict.NOT_GENUINE


def test_H16_a_message_in_the_issuers_own_words() -> None:
    document = unsigned()
    document["credentialStatus"][2]["statusMessage"][1]["message"] = "See the noticeboard."
    listed = status_list(REASONS, purpose="message", reasons={INDEX: Reason.ISSUED_IN_ERROR})
    report = judge(sign(document), resource(REASONS, listed))
    assert report.verdict is Verdict.GENUINE_BUT
    assert types(report) == {"status-message"}


def test_H16_a_message_list_too_short_for_its_size() -> None:
    def change(document: dict) -> None:
        document["credentialSubject"]["encodedList"] = encode_list((), length=131_072)

    listed = status_list(REASONS, purpose="message", change=change)
    assert "STATUS_LIST_LENGTH_ERROR" in types(with_list(listed))


@pytest.mark.parametrize(
    "url",
    [
        "http://school.example/status/1",
        "https://127.0.0.1/status/1",
        "https://localhost/status/1",
        "https://[::1]/status/1",
        "https://2130706433/status/1",
        "https://0x7f.1/status/1",
        "https://user:pass@school.example/status/1",
        "https://school.example/status/1#2",
        "https://school.example:0/status/1",
        "https://school.example:99999/status/1",
        "https://SCHOOL.example/status/1",
        "file:///etc/passwd",
        "https://intranet/status/1",
        "https://school.example/" + "a" * 3000,
    ],
)
def test_H17_no_request_to_a_private_place(url: str) -> None:
    document = unsigned()
    document["credentialStatus"][0]["statusListCredential"] = url
    report = judge(sign(document))
    assert report.verdict is UNKNOWN
    assert not report.missing


def test_H17_a_list_with_a_status_of_its_own() -> None:
    def change(document: dict) -> None:
        document["credentialStatus"] = plain(unsigned()["credentialStatus"][0])

    report = with_list(status_list(change=change))
    assert report.verdict is UNKNOWN
    assert not report.missing


def test_H17_nothing_is_asked_for_before_the_signature_is_known() -> None:
    document = signed()
    document["name"] = "Another"
    report = verify(serialize(document), evidence=Evidence(), policy=policy(), now=NOW)
    assert report.missing == {Url("https://school.example/orgs/river/did.json")}


def test_a_list_whose_keys_are_elsewhere_asks_for_them() -> None:
    learner_did = LEARNER_SIGNER.verification_method.split("#")[0]
    assert judge(signed()).verdict is Verdict.GENUINE_AND_CURRENT
    assert learner_did.startswith("did:key:")


def repeated(number: int) -> dict:
    """A signed badge whose first status entry, which has an id, is repeated: the signature covers a set."""
    document = signed()
    document["credentialStatus"] += [document["credentialStatus"][0]] * number
    return document


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []

    def decode(encoded: str, **options: bool) -> bytes:
        calls.append(encoded)
        return decode_list(encoded, **options)

    monkeypatch.setattr("vc.status.lists.decode_list", decode)
    return calls


def test_H18_a_repeated_entry_is_refused_and_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = counted(monkeypatch)
    for number, most in ((1, 3), (5, 3), (300, 0)):
        calls.clear()
        report = judge(repeated(number))
        assert report.verdict not in {Verdict.GENUINE_AND_CURRENT, Verdict.GENUINE_BUT}
        assert len(calls) <= most


def test_H18_a_repeated_entry_is_doubted_whatever_the_gate_says() -> None:
    entry = signed()["credentialStatus"][0]
    for number, problem in ((2, "STATUS_VERIFICATION_ERROR"), (9, "budget-exceeded")):
        findings = Findings()
        context = Context(evidence=evidence(), policy=policy(), now=NOW)
        document = {"issuer": SCHOOL, "credentialStatus": [entry] * number}
        check_status(
            findings,
            document=document,
            context=context,
            judge=lambda _: ({"issuer": SCHOOL}, Report(document_kind=DocumentKind.STATUS_LIST, digest="", checks=())),
        )
        assert findings.outcome() is Outcome.INDETERMINATE
        assert problem in {found.type.rsplit("#", 1)[1] for found in findings.problems}


def test_H18_a_list_is_read_once_for_a_whole_transcript(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = counted(monkeypatch)
    assert judge(present(*(signed(number) for number in range(1, 6))), **ASKED).headline_green
    assert len(calls) == 3
    calls.clear()
    bad = resource(REVOCATIONS, status_list(change=lambda item: item["credentialSubject"].update(encodedList="uA")))
    assert judge(present(*(signed(number) for number in range(1, 6))), bad, **ASKED).verdict is UNKNOWN
    assert len(calls) == 3


def test_H18_one_verdict_expands_so_much_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vc.status.lists.MAX_EXPANDED", 16_384)
    report = judge(signed())
    assert report.verdict is UNKNOWN
    assert "budget-exceeded" in types(report)
