"""One position in one list, as a credential names it.

Spec: https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistentry
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Self

from vc.document import JsonObject, JsonValue, listed
from vc.problems import RangeError, StatusVerificationError, Unsupported
from vc.status.reasons import MESSAGE_SIZE, Reason

_INDEX: Final = re.compile("0|[1-9][0-9]{0,9}")
_STATUS: Final = re.compile("0x[0-9a-fA-F]{1,2}")
_MAX_REFERENCES: Final = 8


class ListForm(Enum):
    """The two forms of a list of bits; the value is the type of a credential's entry.

    Spec: https://www.w3.org/TR/vc-bitstring-status-list/, https://www.w3.org/TR/2023/WD-vc-status-list-20230427/
    """

    BITSTRING = "BitstringStatusListEntry"
    STATUS_LIST_2021 = "StatusList2021Entry"

    @property
    def list_type(self) -> str:
        """The type of the list itself."""
        return "BitstringStatusList" if self is ListForm.BITSTRING else "StatusList2021"

    @property
    def purposes(self) -> frozenset[str]:
        """The purposes that the specification gives a meaning."""
        older = frozenset({"revocation", "suspension"})
        return older | {"message", "refresh"} if self is ListForm.BITSTRING else older


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusListEntry:
    """One position in one list: where the list is, which position, what it says, and how many bits it has.

    ``messages`` are the sentences for the values 0, 1, … of a list with more than one bit; ``references`` are addresses
    where the issuer explains them.
    """

    list_url: str
    index: int
    purpose: str
    size: int = 1
    messages: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    form: ListForm = ListForm.BITSTRING

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
            "type": self.form.value,
            "statusPurpose": self.purpose,
            "statusListIndex": str(self.index),
            "statusListCredential": self.list_url,
        }
        if self.size > 1:
            entry["statusSize"] = self.size
            entry["statusMessage"] = [
                {"status": f"0x{value:x}", "message": message} for value, message in enumerate(self.messages)
            ]
        if self.references:
            entry["statusReference"] = list(self.references)
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
        types = listed(entry.get("type"))
        forms = [form for form in ListForm if form.value in types]
        if len(forms) != 1:
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
        if forms[0] is ListForm.STATUS_LIST_2021 and size != 1:
            raise StatusVerificationError("A position of a StatusList2021 has one bit.", pointer=here + "/statusSize")
        return cls(
            list_url=url,
            index=int(index),
            purpose=purpose,
            size=size,
            messages=_messages(entry, size, here),
            references=_references(entry, here),
            form=forms[0],
        )


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


def _references(entry: JsonObject, here: str) -> tuple[str, ...]:
    """The addresses in ``statusReference``; they are shown, never fetched."""
    found = listed(entry.get("statusReference"))
    if len(found) > _MAX_REFERENCES or not all(isinstance(item, str) for item in found):
        raise StatusVerificationError("The status references are not addresses.", pointer=here + "/statusReference")
    return tuple(item for item in found if isinstance(item, str))


def message_for(entry: StatusListEntry, value: int) -> str | None:
    """The sentence that goes with a value, ``None`` when the entry has none."""
    return entry.messages[value] if value < len(entry.messages) else None
