"""Status lists: whether a credential is still upheld, without telling its issuer who asks.

A list is a signed credential whose ``encodedList`` holds one position per credential. Ours are of three purposes:
*revocation* and *suspension* (one bit) and *message* (three bits: why it was withdrawn, from a fixed vocabulary). The
day from which a position was set is published, too, in the list's signed ``description`` (docs/adr/0003). Lists of
others are read in both forms, the older StatusList2021 too, and with messages of their own.

entries           one position, as a credential names it     bits       packing and unpacking, within bounds
lists             the list as a credential                   reasons    why our issuers withdraw
journal           since when                                 revocation_list   the unsigned lists of 1EdTech

Spec: https://www.w3.org/TR/vc-bitstring-status-list/
"""

from vc.status.bits import MAX_LIST_BYTES, MINIMUM_ENTRIES, decode_list, encode_list, read_entry
from vc.status.entries import ListForm, StatusListEntry, entry_key, message_for
from vc.status.journal import read_journal, write_journal
from vc.status.lists import PURPOSES, Purpose, ReadList, ReadLists, StatusList, build_status_list, life_of
from vc.status.reasons import MESSAGE_SIZE, Reason, reason_of
from vc.status.revocation_list import REVOCATION_LIST_TYPE, RevocationList

__all__ = [
    "MAX_LIST_BYTES",
    "MESSAGE_SIZE",
    "MINIMUM_ENTRIES",
    "PURPOSES",
    "REVOCATION_LIST_TYPE",
    "ListForm",
    "Purpose",
    "ReadList",
    "ReadLists",
    "Reason",
    "RevocationList",
    "StatusList",
    "StatusListEntry",
    "build_status_list",
    "decode_list",
    "encode_list",
    "entry_key",
    "life_of",
    "message_for",
    "read_entry",
    "read_journal",
    "reason_of",
    "write_journal",
]
