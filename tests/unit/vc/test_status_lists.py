"""Status lists as credentials at every border: built, read strictly, and the unsigned lists of ids."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest

from vc.document import serialize
from vc.problems import BudgetExceeded, ProblemError, StatusVerificationError
from vc.status import (
    PURPOSES,
    ListForm,
    Purpose,
    ReadLists,
    Reason,
    RevocationList,
    StatusList,
    StatusListEntry,
    build_status_list,
    decode_list,
    encode_list,
    read_entry,
)

LENGTH = 131_072
LIST = "https://school.example/status/1"
IDS = "https://school.example/withdrawn.json"
START = datetime(2027, 3, 1, tzinfo=UTC)
END = datetime(2027, 3, 8, tzinfo=UTC)
PACKED = encode_list((5,), length=LENGTH)
SUBJECT = {"type": "BitstringStatusList", "statusPurpose": "revocation", "encodedList": PACKED}


def built(purpose: Purpose = "revocation", **changes: Any) -> Any:
    members: Any = {
        "id": LIST,
        "issuer": "did:web:school.example",
        "purpose": purpose,
        "set_indices": (5,),
        "messages": {6: Reason.REPLACED},
        "valid_from": START,
        "valid_until": END,
        "ttl_ms": 300_000,
    }
    return build_status_list(**(members | changes))


def read(subject: Any = None, **changes: Any) -> StatusList:
    document: Any = {"id": LIST, "credentialSubject": SUBJECT if subject is None else subject} | changes
    return StatusList.parse(document, url=LIST)


# The list that is signed


def test_a_list_is_built_with_all_that_a_verifier_asks() -> None:
    document = built()
    assert document == {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": LIST,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": "did:web:school.example",
        "validFrom": "2027-03-01T00:00:00Z",
        "validUntil": "2027-03-08T00:00:00Z",
        "credentialSubject": {
            "id": f"{LIST}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": PACKED,
            "ttl": 300_000,
        },
    }
    assert built(since={5: date(2027, 3, 2)})["description"].endswith("2027-03-02: 5.")


def test_our_own_lists_are_of_three_purposes() -> None:
    assert PURPOSES == get_args(Purpose) == ("revocation", "suspension", "message")
    assert [built(purpose)["credentialSubject"]["statusPurpose"] for purpose in PURPOSES] == list(PURPOSES)


def test_a_list_of_reasons_is_rounded_up_to_whole_bytes() -> None:
    bits = decode_list(built("message", length=LENGTH + 1)["credentialSubject"]["encodedList"])
    assert len(bits) == (LENGTH + 8) * 3 // 8
    assert [read_entry(bits, index=index, size=3) for index in (5, 6)] == [0, Reason.REPLACED.value]
    assert len(decode_list(built("message")["credentialSubject"]["encodedList"])) == LENGTH * 3 // 8


def test_a_list_ends_after_it_starts() -> None:
    for end in (START, START - timedelta(seconds=1)):
        with pytest.raises(ValueError, match="ends after it starts"):
            built(valid_until=end)
    assert built(valid_until=START + timedelta(seconds=1))["validUntil"] == "2027-03-01T00:00:01Z"


def test_a_list_is_read_as_it_was_built() -> None:
    found = StatusList.parse(built(since={5: date(2027, 3, 2)}), url=LIST)
    assert (found.id, found.purposes, found.form) == (LIST, ("revocation",), ListForm.BITSTRING)
    assert found.life == timedelta(minutes=5)
    assert found.description.endswith("2027-03-02: 5.")
    assert found.bits == decode_list(PACKED)
    assert read().description == ""
    assert read().life is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": LIST + "0"}, "another address"),
        ({"id": None}, "another address"),
        ({"subject": "text"}, "not a status list"),
        ({"subject": [SUBJECT]}, "not a status list"),
        ({"subject": SUBJECT | {"type": "List"}}, "not a status list"),
        ({"subject": SUBJECT | {"encodedList": 5}}, "holds no list"),
        ({"subject": {**SUBJECT, "encodedList": None}}, "holds no list"),
        ({"subject": SUBJECT | {"statusPurpose": 5}}, "something else than texts"),
        ({"description": ["a"]}, "not a text"),
        ({"subject": SUBJECT | {"ttl": "5"}}, "ttl"),
    ],
)
def test_what_is_no_list_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(StatusVerificationError, match=words) as refused:
        read(**changes)
    assert type(refused.value) is StatusVerificationError


def test_a_list_answers_for_its_own_purpose_only() -> None:
    found = read()
    entry = StatusListEntry(list_url=LIST, index=5, purpose="revocation")
    assert found.value(entry) == 1
    with pytest.raises(StatusVerificationError, match="not for suspension"):
        found.value(StatusListEntry(list_url=LIST, index=5, purpose="suspension"))


def test_one_verdict_expands_so_much_and_no_more() -> None:
    ReadLists(expanded=(64 << 20) - 1).refuse_more()
    with pytest.raises(BudgetExceeded):
        ReadLists(expanded=64 << 20).refuse_more()


# The list that nobody signed


def unsigned(*entries: Any, **changes: Any) -> bytes:
    return serialize({"id": IDS, "issuer": "did:web:school.example", "revokedCredential": list(entries)} | changes)


def refused(body: bytes) -> ProblemError:
    with pytest.raises(StatusVerificationError) as found:
        RevocationList.parse(body, url=IDS)
    return found.value


def test_an_unsigned_list_names_its_issuer_and_its_credentials() -> None:
    body = unsigned({"id": "urn:a", "revocationReason": "Twice."}, {"id": "urn:b"}, {"id": "urn:c", "revoked": False})
    found = RevocationList.parse(body, url=IDS)
    assert (found.issuer, dict(found.revoked)) == ("did:web:school.example", {"urn:a": "Twice.", "urn:b": ""})
    assert "names no issuer" in refused(unsigned(issuer=None)).detail
    assert "names no issuer" in refused(serialize({"id": IDS, "issuer": "urn:x"})).detail
    assert "another address" in refused(unsigned(id="urn:other")).detail
    assert refused(unsigned({"id": "urn:a"}, {"id": 5})).pointer == "/revokedCredential/1"


def test_an_unsigned_list_is_so_large_and_no_larger() -> None:
    """2 MiB, eight levels, 200,000 values in all, 50,000 in one list, 16,384 characters in a text."""
    body = unsigned()
    assert not RevocationList.parse(body.ljust(2 << 20), url=IDS).revoked
    assert "2097152 are read" in refused(body.ljust((2 << 20) + 1)).detail
    entry = {"id": "urn:a"}
    for largest, larger, words in (
        (unsigned(more=[[[[[[[]]]]]]]), unsigned(more=[[[[[[[[]]]]]]]]), "8 levels"),
        (unsigned(*[entry] * 50_000), unsigned(*[entry] * 50_001), "more than 50000 values"),
        (unsigned(more="a" * 16_384), unsigned(more="a" * 16_385), "16384 characters"),
        # beside the document itself and its members, four lists of 40,000 and one of what is left
        (
            unsigned(more=[[0] * 40_000] * 4 + [[0] * 39_990]),
            unsigned(more=[[0] * 40_000] * 4 + [[0] * 39_991]),
            "more than 200000 values",
        ),
    ):
        RevocationList.parse(largest, url=IDS)
        assert words in refused(larger).detail
