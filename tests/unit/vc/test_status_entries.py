"""The entries and the journal of status lists at every border: written, and read strictly."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from vc.problems import ProblemError, RangeError, StatusVerificationError, Unsupported
from vc.status import (
    MESSAGE_SIZE,
    ListForm,
    Reason,
    StatusListEntry,
    entry_key,
    message_for,
    read_journal,
    reason_of,
    write_journal,
)

BASE: dict[str, Any] = {
    "id": "urn:l#7",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "7",
    "statusListCredential": "urn:l",
}
HERE = "/credentialStatus"


def said(*texts: str) -> list[dict[str, str]]:
    return [{"status": f"0x{value:x}", "message": text} for value, text in enumerate(texts)]


def parse(**changes: Any) -> StatusListEntry:
    entry = {name: value for name, value in (BASE | changes).items() if value is not None}
    return StatusListEntry.parse(entry, here=HERE)


def test_an_entry_is_written_as_it_is_read() -> None:
    plain = StatusListEntry(list_url="urn:l", index=7, purpose="revocation")
    assert plain.to_json() == BASE
    assert parse() == plain
    full = StatusListEntry(
        list_url="urn:l",
        index=7,
        purpose="message",
        size=2,
        messages=("a", "b", "c", "d"),
        references=("urn:r", "urn:s"),
    )
    assert full.to_json() == {
        **BASE,
        "statusPurpose": "message",
        "statusSize": 2,
        "statusMessage": said("a", "b", "c", "d"),
        "statusReference": ["urn:r", "urn:s"],
    }
    assert parse(**full.to_json()) == full
    wide = replace(full, size=4, messages=tuple("abcdefghijklmnop"))
    assert wide.to_json()["statusMessage"][10:12] == [  # type: ignore[index]
        {"status": "0xa", "message": "k"},
        {"status": "0xb", "message": "l"},
    ]
    assert parse(**wide.to_json()) == wide
    ours = StatusListEntry.reason(list_url="urn:l", index=7)
    assert StatusListEntry(list_url="urn:l", index=7, purpose="message").to_json() == ours.to_json()
    assert (ours.size, ours.messages) == (3, tuple(reason.sentence for reason in Reason))
    assert message_for(full, 3) == "d"
    assert message_for(plain, 0) is None
    assert entry_key("urn:l", 7) == "urn:l#7"


@pytest.mark.parametrize(
    ("changes", "problem", "place"),
    [
        ({"type": "Dog"}, Unsupported, ""),
        ({"type": ["BitstringStatusListEntry", "StatusList2021Entry"]}, Unsupported, ""),
        ({"statusListCredential": None}, StatusVerificationError, ""),
        ({"statusListCredential": 5}, StatusVerificationError, ""),
        ({"statusPurpose": None}, StatusVerificationError, ""),
        ({"statusPurpose": ["revocation"]}, StatusVerificationError, ""),
        ({"statusListIndex": 7}, RangeError, "/statusListIndex"),
        ({"statusListIndex": "07"}, RangeError, "/statusListIndex"),
        ({"statusListIndex": "-7"}, RangeError, "/statusListIndex"),
        ({"statusListIndex": "1" * 11}, RangeError, "/statusListIndex"),
        ({"statusSize": True}, StatusVerificationError, "/statusSize"),
        ({"statusSize": "1"}, StatusVerificationError, "/statusSize"),
        ({"statusSize": 0}, StatusVerificationError, "/statusSize"),
        ({"statusSize": 9, "statusMessage": said(*"x" * 512)}, StatusVerificationError, "/statusSize"),
        ({"type": "StatusList2021Entry", "statusSize": 2}, StatusVerificationError, "/statusSize"),
        ({"statusSize": 2}, StatusVerificationError, ""),
        ({"statusPurpose": "message"}, StatusVerificationError, ""),
        ({"statusMessage": said("a")}, StatusVerificationError, "/statusMessage"),
        ({"statusMessage": ["a", "b"]}, StatusVerificationError, "/statusMessage"),
        (
            {"statusMessage": [{"status": "0", "message": "a"}, *said("a", "b")[1:]]},
            StatusVerificationError,
            "/statusMessage",
        ),
        (
            {"statusMessage": [{"status": "0x000", "message": "a"}, *said("a", "b")[1:]]},
            StatusVerificationError,
            "/statusMessage",
        ),
        (
            {"statusMessage": [{"status": "0x0", "message": 1}, *said("a", "b")[1:]]},
            StatusVerificationError,
            "/statusMessage",
        ),
        ({"statusMessage": said("a", "b", "c")}, StatusVerificationError, "/statusMessage"),
        ({"statusReference": ["urn:r"] * 9}, StatusVerificationError, "/statusReference"),
        ({"statusReference": ["urn:r", 1]}, StatusVerificationError, "/statusReference"),
    ],
)
def test_what_is_no_entry_is_refused_at_its_place(
    changes: dict[str, Any], problem: type[ProblemError], place: str
) -> None:
    with pytest.raises(problem) as refused:
        parse(**changes)
    assert type(refused.value) is problem
    assert refused.value.pointer == HERE + place


def test_what_is_just_an_entry_is_read() -> None:
    assert parse(statusSize=8, statusMessage=said(*"x" * 256)).size == 8
    assert parse(statusSize=1).messages == ()
    assert parse(statusMessage=[{"status": "0x1", "message": "b"}, {"status": "0x00", "message": "a"}]).messages == (
        "a",
        "b",
    )
    assert parse(statusReference=["urn:r"] * 8).references == ("urn:r",) * 8
    assert parse(statusReference="urn:r").references == ("urn:r",)
    assert parse(statusListIndex="0").index == 0
    older = parse(type=["StatusList2021Entry", "Other"], statusSize=1)
    assert older.form is ListForm.STATUS_LIST_2021
    assert (older.form.list_type, older.form.purposes) == ("StatusList2021", {"revocation", "suspension"})
    newer = ListForm.BITSTRING
    assert (newer.list_type, newer.purposes) == (
        "BitstringStatusList",
        {"revocation", "suspension", "message", "refresh"},
    )


def test_the_journal_is_read_as_it_was_written() -> None:
    days = {12: date(2027, 3, 3), 40_012: date(2027, 3, 3), 7: date(2027, 3, 9)}
    text = write_journal(days)
    assert text == "Set since the day before the colon: 2027-03-03: 12 40012; 2027-03-09: 7."
    assert {index: read_journal(text, index=index) for index in days} == days
    assert [read_journal(text, index=index) for index in (1, 2, 400, 40_01, 2027)] == [None] * 5
    assert read_journal(text[:-1], index=7) is None
    assert read_journal(text[1:], index=7) is None
    assert read_journal(text.replace("2027-03-09", "2027-13-09"), index=7) is None
    assert read_journal(text.replace("2027-03-09", "20270309"), index=7) is None
    assert read_journal(text.replace("2027-03-09", "2027-W10-2"), index=7) is None
    assert read_journal(text.replace("2027-03-03: ", ""), index=12) is None


def test_the_journal_is_in_order_and_its_first_word_counts() -> None:
    first, second = date(2027, 3, 3), date(2027, 3, 9)
    assert write_journal({7: second, 40_012: first, 12: first}) == write_journal({12: first, 40_012: first, 7: second})
    text = "Set since the day before the colon: 2027-03-03: 7 9; 2027-03-09: 7."
    assert [read_journal(text, index=index) for index in (7, 9)] == [first, first]


def test_the_reasons_are_known_by_their_sentences() -> None:
    assert {reason_of(reason.sentence) for reason in Reason} == set(Reason)
    assert reason_of("It was lost.") is None
    assert [reason.value for reason in Reason] == list(range(2**MESSAGE_SIZE))
    assert [reason.code for reason in Reason] == [
        "notStated",
        "issuedInError",
        "replaced",
        "wrongPerson",
        "requirementsNotMet",
        "learnerAsked",
        "providerClosed",
        "keyCompromised",
    ]
