"""Bitstring Status Lists: whether a credential is still upheld, without telling its issuer who asks.

A list is a signed credential whose ``encodedList`` holds one position per credential. Ours are of three purposes:
*revocation* and *suspension* (one bit) and *message* (three bits: why it was withdrawn, from a fixed vocabulary). The
day from which a position was set is published, too, in the list's signed ``description`` (docs/adr/0003).

Spec: https://www.w3.org/TR/vc-bitstring-status-list/
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType
from typing import Final, Literal, Self, TypeAlias

from vc.credential import CONTEXT, text_of, texts_of
from vc.document import JsonObject, JsonValue, listed, pointer
from vc.multibase import base64url_encode, decode_multibase
from vc.problems import (
    BudgetExceeded,
    MalformedValueError,
    ProblemError,
    RangeError,
    StatusListLengthError,
    StatusVerificationError,
    Unsupported,
    Url,
)
from vc.timestamps import format_timestamp

Purpose: TypeAlias = Literal["revocation", "suspension", "message"]
PURPOSES: Final[tuple[Purpose, ...]] = ("revocation", "suspension", "message")
MINIMUM_ENTRIES: Final = 131_072
# 2 MiB are 16,777,216 positions, 128 times the least: whoever withdraws more opens another list. What one verdict may
# be made to expand follows from this number.
MAX_LIST_BYTES: Final = 2 << 20
MAX_ENCODED: Final = 3 << 20
MAX_EXPANDED: Final = 64 << 20
GZIP_LEVEL: Final = 6
MESSAGE_SIZE: Final = 3
_INDEX: Final = re.compile("0|[1-9][0-9]{0,9}")
_STATUS: Final = re.compile("0x[0-9a-f]{1,2}")


class Reason(Enum):
    """Why a credential was withdrawn: a fixed vocabulary, so that it can be read in every language.

    The value is the position in the ``message`` list; ``sentence`` is what other verifiers show.
    """

    NOT_STATED = 0
    ISSUED_IN_ERROR = 1
    REPLACED = 2
    WRONG_PERSON = 3
    REQUIREMENTS_NOT_MET = 4
    LEARNER_ASKED = 5
    PROVIDER_CLOSED = 6
    KEY_COMPROMISED = 7

    @property
    def code(self) -> str:
        """The name as it stands in a verdict's facts: ``issuedInError``."""
        first, *rest = self.name.lower().split("_")
        return first + "".join(word.title() for word in rest)

    @property
    def sentence(self) -> str:
        """The sentence that is published."""
        return _SENTENCES[self]


_SENTENCES: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.NOT_STATED: "No reason is given.",
        Reason.ISSUED_IN_ERROR: "It was issued in error.",
        Reason.REPLACED: "It was replaced by a corrected credential.",
        Reason.WRONG_PERSON: "It was given to the wrong person.",
        Reason.REQUIREMENTS_NOT_MET: "The requirements had not been met.",
        Reason.LEARNER_ASKED: "The learner asked for it to be withdrawn.",
        Reason.PROVIDER_CLOSED: "The provider has closed.",
        Reason.KEY_COMPROMISED: "The issuer's key was no longer safe.",
    }
)


def reason_of(sentence: str) -> Reason | None:
    """The reason that this published sentence is, ``None`` for a sentence of another issuer's."""
    return next((reason for reason, text in _SENTENCES.items() if text == sentence), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusListEntry:
    """One position in one list: where the list is, which position, what it says, and how many bits it has.

    ``messages`` are the sentences for the values 0, 1, … of a list with more than one bit.
    """

    list_url: str
    index: int
    purpose: str
    size: int = 1
    messages: tuple[str, ...] = ()

    @classmethod
    def reason(cls, *, list_url: str, index: int) -> Self:
        """The entry in which our issuers publish why they withdrew a credential."""
        sentences = tuple(reason.sentence for reason in Reason)
        return cls(list_url=list_url, index=index, purpose="message", size=MESSAGE_SIZE, messages=sentences)

    def to_json(self) -> JsonObject:
        """The ``credentialStatus`` entry.

        Spec: https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistentry
        """
        if self.purpose == "message" and not self.messages:
            return type(self).reason(list_url=self.list_url, index=self.index).to_json()
        entry: dict[str, JsonValue] = {
            "id": f"{self.list_url}#{self.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": self.purpose,
            "statusListIndex": str(self.index),
            "statusListCredential": self.list_url,
        }
        if self.size > 1:
            entry["statusSize"] = self.size
            entry["statusMessage"] = [
                {"status": f"0x{value:x}", "message": message} for value, message in enumerate(self.messages)
            ]
        return entry

    @classmethod
    def parse(cls, entry: JsonObject, *, here: str) -> Self:
        """The entry, read strictly; the URL is not judged here.

        Raises:
            Unsupported: another status method.
            StatusVerificationError: a member is missing or has the wrong form.
            RangeError: the index is no whole number.

        Spec: https://www.w3.org/TR/vc-bitstring-status-list/#validate-algorithm

        """
        if "BitstringStatusListEntry" not in listed(entry.get("type")):
            raise Unsupported(f"Status of the type {entry.get('type')!r} is not supported.", pointer=here)
        url, purpose = entry.get("statusListCredential"), entry.get("statusPurpose")
        index = entry.get("statusListIndex")
        if not isinstance(url, str) or not isinstance(purpose, str):
            raise StatusVerificationError("A status entry names no list or no purpose.", pointer=here)
        # "statusListIndex MUST be an arbitrary size integer greater than or equal to 0, expressed as a string"
        if not isinstance(index, str) or not _INDEX.fullmatch(index):
            raise RangeError("A status index is a whole number, written as text.", pointer=here + "/statusListIndex")
        size = entry.get("statusSize", 1)
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= 8:
            raise StatusVerificationError("A status has between 1 and 8 bits.", pointer=here + "/statusSize")
        messages = _messages(entry, size, here)
        return cls(list_url=url, index=int(index), purpose=purpose, size=size, messages=messages)


def _messages(entry: JsonObject, size: int, here: str) -> tuple[str, ...]:
    if "statusMessage" not in entry:
        # "If statusSize is provided and is greater than 1, then statusMessage MUST be present"
        if size > 1 or entry.get("statusPurpose") == "message":
            raise StatusVerificationError("A status of this kind comes with its messages.", pointer=here)
        return ()
    found: dict[int, str] = {}
    for item in listed(entry["statusMessage"]):
        value = item.get("status") if isinstance(item, Mapping) else None
        message = item.get("message") if isinstance(item, Mapping) else None
        if not isinstance(value, str) or not _STATUS.fullmatch(value) or not isinstance(message, str):
            raise StatusVerificationError("A status message is malformed.", pointer=here + "/statusMessage")
        found[int(value, 16)] = message
    # "the number of status messages MUST equal the number of possible messages"
    if sorted(found) != list(range(2**size)):
        raise StatusVerificationError("The status messages do not cover every value.", pointer=here + "/statusMessage")
    return tuple(found[value] for value in range(2**size))


def entry_key(list_url: str, index: int) -> str:
    """The name under which a verifier remembers when it first saw this position set."""
    return f"{list_url}#{index}"


def encode_list(values: Iterable[int] | Mapping[int, int], *, length: int, size: int = 1) -> str:
    """The ``encodedList`` of ``length`` positions of ``size`` bits: those given are set (a mapping: to which value).

    Raises:
        ValueError: fewer than 131,072 positions, or a position or value outside.

    Spec: https://www.w3.org/TR/vc-bitstring-status-list/#bitstring-generation-algorithm

    """
    # §3.3: "the bitstring MUST be at least 131,072 entries"
    if length < MINIMUM_ENTRIES or length * size % 8 or length * size > MAX_LIST_BYTES * 8:
        raise ValueError(f"A status list has at least {MINIMUM_ENTRIES} entries, and whole bytes.")
    bits = bytearray(length * size // 8)
    given = values if isinstance(values, Mapping) else dict.fromkeys(values, 1)
    for index, value in given.items():
        if not 0 <= index < length or not 0 <= value < 2**size:
            raise ValueError(f"Entry {index} = {value} does not fit into {length} entries of {size} bits.")
        # "the first index ... is located at the left-most bit"
        for offset in range(size):
            position = index * size + offset
            if value >> (size - 1 - offset) & 1:
                bits[position >> 3] |= 0x80 >> (position & 7)
    return "u" + base64url_encode(gzip.compress(bytes(bits), compresslevel=GZIP_LEVEL, mtime=0))


def decode_list(encoded: str) -> bytes:
    """The bits of an ``encodedList``, at most 2 MiB of them.

    Raises:
        StatusVerificationError: not multibase base64url, not exactly one gzip member, or larger.
        StatusListLengthError: fewer than 131,072 bits.

    Spec: https://www.w3.org/TR/vc-bitstring-status-list/#bitstring-expansion-algorithm

    """
    try:
        packed = decode_multibase(encoded, encodings="u", max_length=MAX_ENCODED)
    except MalformedValueError as error:
        raise StatusVerificationError(f"The list cannot be read: {error.detail}") from None
    expander = zlib.decompressobj(wbits=31)
    try:
        bits = expander.decompress(packed, MAX_LIST_BYTES + 1)
    except zlib.error:
        raise StatusVerificationError("The list is not compressed with gzip.") from None
    if len(bits) > MAX_LIST_BYTES:
        raise StatusVerificationError(f"The list has more than {MAX_LIST_BYTES} bytes.")
    if not expander.eof or expander.unused_data:
        raise StatusVerificationError("The list is cut off, or something follows it.")
    if len(bits) * 8 < MINIMUM_ENTRIES:
        raise StatusListLengthError(f"The list has {len(bits) * 8} entries; {MINIMUM_ENTRIES} are the least.")
    return bits


def read_entry(bits: bytes, *, index: int, size: int) -> int:
    """The value at a position.

    Raises:
        RangeError: the list has no such position.
        StatusListLengthError: it has fewer than 131,072 positions of this size.

    Spec: https://www.w3.org/TR/vc-bitstring-status-list/#validate-algorithm

    """
    if len(bits) * 8 // size < MINIMUM_ENTRIES:
        raise StatusListLengthError(f"The list has fewer than {MINIMUM_ENTRIES} entries of {size} bits.")
    # "If the index is greater than or equal to the number of entries ... an error MUST be raised": RANGE_ERROR
    if (index + 1) * size > len(bits) * 8:
        raise RangeError(f"The list has no entry {index}.")
    first, shift = index * size >> 3, index * size & 7
    window = int.from_bytes(bits[first : first + 2].ljust(2, b"\0"), "big")
    return window >> (16 - shift - size) & ((1 << size) - 1)


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


_JOURNAL: Final = "Set since the day before the colon: "
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def write_journal(since: Mapping[int, date]) -> str:
    """From which day each position has been set, as one sentence: ``… 2027-03-03: 12 40012; 2027-03-09: 7.``"""
    days: dict[date, list[int]] = {}
    for index, day in sorted(since.items()):
        days.setdefault(day, []).append(index)
    items = (f"{day.isoformat()}: {' '.join(map(str, indices))}" for day, indices in sorted(days.items()))
    return _JOURNAL + "; ".join(items) + "."


def read_journal(text: str, *, index: int) -> date | None:
    """The day from which this position has been set, if a sentence of ours says so."""
    if not text.startswith(_JOURNAL) or not text.endswith("."):
        return None
    # Found by plain searches: this runs for every withdrawn credential of a transcript, over a text of up to megabytes.
    body = text.removeprefix(_JOURNAL).removesuffix(".") + ";"
    places = [place for end in " ;" if (place := body.find(f" {index}{end}")) >= 0]
    if not places:
        return None
    colon = body.rfind(":", 0, min(places))
    day = body[max(0, colon - 10) : max(0, colon)]
    try:
        return date.fromisoformat(day) if _DAY.fullmatch(day) else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """A status list whose credential has been verified: its address, purposes, bits, and its journal."""

    id: str
    purposes: tuple[str, ...]
    bits: bytes
    description: str

    @classmethod
    def parse(cls, document: JsonObject, *, url: str) -> Self:
        """The list in a BitstringStatusListCredential that was fetched from ``url``.

        Raises:
            StatusVerificationError: another list's id, or no list at all.
            StatusListLengthError: too short.

        Spec: https://www.w3.org/TR/vc-bitstring-status-list/#validate-algorithm

        """
        if document.get("id") != url:
            raise StatusVerificationError("The list that came back has another address than the one asked for.")
        subject = document.get("credentialSubject")
        if not isinstance(subject, Mapping) or "BitstringStatusList" not in listed(subject.get("type")):
            raise StatusVerificationError("What came back is not a status list.")
        encoded = subject.get("encodedList")
        if not isinstance(encoded, str):
            raise StatusVerificationError("The status list holds no list.", pointer=pointer("credentialSubject"))
        try:
            purposes = texts_of(subject, "statusPurpose")
            description = text_of(document, "description") or ""
        except MalformedValueError as error:
            raise StatusVerificationError(error.detail) from None
        return cls(id=url, purposes=purposes, bits=decode_list(encoded), description=description)

    def value(self, entry: StatusListEntry) -> int:
        """What the list says at the entry's position.

        Raises:
            StatusVerificationError: the list is for another purpose.
            RangeError: there is no such position.

        Spec: https://www.w3.org/TR/vc-bitstring-status-list/#validate-algorithm

        """
        # "If the status purpose of the entry does not equal a statusPurpose of the list": STATUS_VERIFICATION_ERROR
        if entry.purpose not in self.purposes:
            raise StatusVerificationError(f"The list is for {', '.join(self.purposes)}, not for {entry.purpose}.")
        return read_entry(self.bits, index=entry.index, size=entry.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadList:
    """What came of reading a list: whose it is (``None``: unreadable), from when, and the list or why there is none."""

    issuer: str | None
    valid_from: JsonValue
    content: StatusList | ProblemError


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


def message_for(entry: StatusListEntry, value: int) -> str | None:
    """The sentence that goes with a value, ``None`` when the entry has none."""
    return entry.messages[value] if value < len(entry.messages) else None
