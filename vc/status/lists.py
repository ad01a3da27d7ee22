"""Status lists as credentials: ours written, anybody's read.

Spec: https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistcredential
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal, Self, TypeAlias

from vc.checks import Report
from vc.credential import CONTEXT, text_of, texts_of
from vc.document import JsonObject, JsonValue, listed, pointer
from vc.problems import (
    BudgetExceeded,
    MalformedValueError,
    ProblemError,
    StatusVerificationError,
    Url,
)
from vc.status.bits import MINIMUM_ENTRIES, decode_list, encode_list, read_entry
from vc.status.entries import ListForm, StatusListEntry
from vc.status.journal import write_journal
from vc.status.reasons import MESSAGE_SIZE, Reason
from vc.timestamps import format_timestamp

Purpose: TypeAlias = Literal["revocation", "suspension", "message"]
PURPOSES: Final[tuple[Purpose, ...]] = ("revocation", "suspension", "message")
"""The purposes of our own lists."""
MAX_EXPANDED: Final = 64 << 20
SHORTEST_LIFE: Final = timedelta(seconds=60)
LONGEST_LIFE: Final = timedelta(hours=24)


def build_status_list(
    *,
    id: str,  # noqa: A002 - the member's name
    issuer: str,
    purpose: Purpose,
    set_indices: Iterable[int],
    messages: Mapping[int, Reason],
    valid_from: datetime,
    valid_until: datetime,
    ttl_ms: int,
    since: Mapping[int, date] | None = None,
    length: int = MINIMUM_ENTRIES,
) -> JsonObject:
    """An unsigned BitstringStatusListCredential. ``messages`` are the reasons of a ``message`` list, by position.

    ``since`` says from which day each position has been set; it is published in the signed ``description``.

    Raises:
        ValueError: the list would end before it starts, or a position lies outside.

    Spec: https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistcredential

    """
    if valid_until <= valid_from:
        raise ValueError("A status list ends after it starts.")
    if purpose == "message":
        values = {index: reason.value for index, reason in messages.items()}
        encoded = encode_list(values, length=-(-length // 8) * 8, size=MESSAGE_SIZE)
    else:
        encoded = encode_list(set_indices, length=length)
    document: dict[str, JsonValue] = {
        "@context": [CONTEXT],
        "id": id,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": format_timestamp(valid_from),
        "validUntil": format_timestamp(valid_until),
    }
    if since:
        document["description"] = write_journal(since)
    document["credentialSubject"] = {
        "id": f"{id}#list",
        "type": "BitstringStatusList",
        "statusPurpose": purpose,
        "encodedList": encoded,
        "ttl": ttl_ms,
    }
    return document


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """A status list whose credential has been verified: its address, purposes, bits, and its journal.

    ``life`` is how long a copy may be relied on, as the list says itself; ``None`` when it does not say.
    """

    id: str
    purposes: tuple[str, ...]
    bits: bytes
    description: str
    form: ListForm
    life: timedelta | None

    @classmethod
    def parse(cls, document: JsonObject, *, url: str) -> Self:
        """The list in a status list credential that was fetched from ``url``.

        Raises:
            StatusVerificationError: another list's id, or no list at all.
            StatusListLengthError: too short.

        Spec: https://www.w3.org/TR/vc-bitstring-status-list/#validate-algorithm

        """
        if document.get("id") != url:
            raise StatusVerificationError("The list that came back has another address than the one asked for.")
        stated = document.get("credentialSubject")
        subject: JsonObject = stated if isinstance(stated, Mapping) else {}
        forms = [form for form in ListForm if form.list_type in listed(subject.get("type"))]
        if len(forms) != 1:
            raise StatusVerificationError("What came back is not a status list.")
        encoded = subject.get("encodedList")
        if not isinstance(encoded, str):
            raise StatusVerificationError("The status list holds no list.", pointer=pointer("credentialSubject"))
        try:
            purposes = texts_of(subject, "statusPurpose")
            description = text_of(document, "description") or ""
        except MalformedValueError as error:
            raise StatusVerificationError(error.detail) from None
        return cls(
            id=url,
            purposes=purposes,
            bits=decode_list(encoded, multibase=forms[0] is ListForm.BITSTRING),
            description=description,
            form=forms[0],
            life=life_of(subject.get("ttl")),
        )

    def value(self, entry: StatusListEntry) -> int:
        """What the list says at the entry's position.

        Raises:
            StatusVerificationError: the list is for another purpose, or of the older or newer form.
            RangeError: there is no such position.

        Spec: https://www.w3.org/TR/vc-bitstring-status-list/#validate-algorithm

        """
        refuse_other_list(self, entry)
        return read_entry(self.bits, index=entry.index, size=entry.size)


def refuse_other_list(status_list: StatusList, entry: StatusListEntry) -> None:
    """Refuse a list of another form, or for another purpose, than the entry says.

    Raises:
        StatusVerificationError: it is one.

    """
    if entry.form is not status_list.form:
        raise StatusVerificationError(f"The entry is one of a {entry.form.list_type}; the list is none.")
    # "If the status purpose of the entry does not equal a statusPurpose of the list": STATUS_VERIFICATION_ERROR
    if entry.purpose not in status_list.purposes:
        raise StatusVerificationError(f"The list is for {', '.join(status_list.purposes)}, not for {entry.purpose}.")


def life_of(ttl: JsonValue) -> timedelta | None:
    """How long a copy may be relied on: the ``ttl`` in milliseconds, between a minute and a day, whatever it says.

    Raises:
        StatusVerificationError: it is no number of milliseconds.

    Spec: https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistcredential

    """
    if ttl is None:
        return None
    if isinstance(ttl, bool) or not isinstance(ttl, int | float) or ttl < 0:
        raise StatusVerificationError("The list's ttl is not a number of milliseconds.", pointer="/credentialSubject")
    longest = LONGEST_LIFE / timedelta(milliseconds=1)
    return max(SHORTEST_LIFE, timedelta(milliseconds=min(ttl, longest)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadList:
    """What came of reading a list: whose it is (``None``: unreadable), from when, and the list or why there is none.

    ``report`` is the verdict on the list itself, where there is one.
    """

    issuer: str | None
    valid_from: JsonValue
    content: StatusList | ProblemError
    report: Report | None = None


@dataclass(slots=True)
class ReadLists:
    """The lists that one verdict has read already, and how many bytes they came to."""

    read: dict[Url, ReadList] = field(default_factory=dict)
    expanded: int = 0

    def refuse_more(self) -> None:
        """Stop when one verdict has expanded 64 MiB: a small file can hold a large list, and a document many files.

        Raises:
            BudgetExceeded: it has.

        """
        if self.expanded >= MAX_EXPANDED:
            raise BudgetExceeded(f"The status lists come to more than {MAX_EXPANDED} bytes.")
