"""A status list's bits: packed and unpacked, within bounds, the first position left-most.

The older StatusList2021 packs the same bits and writes them without the multibase letter.

Spec: https://www.w3.org/TR/vc-bitstring-status-list/#algorithms
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Mapping
from typing import Final

from vc.multibase import base64url_encode, decode_multibase
from vc.problems import MalformedValueError, RangeError, StatusListLengthError, StatusVerificationError

MINIMUM_ENTRIES: Final = 131_072
# 2 MiB are 16,777,216 positions, 128 times the least: whoever withdraws more opens another list. What one verdict may
# be made to expand follows from this number.
MAX_LIST_BYTES: Final = 2 << 20
MAX_ENCODED: Final = 3 << 20
GZIP_LEVEL: Final = 6


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


def decode_list(encoded: str, *, multibase: bool = True) -> bytes:
    """The bits of an ``encodedList``, at most 2 MiB of them; without ``multibase``, as StatusList2021 writes them.

    Raises:
        StatusVerificationError: not multibase base64url, not exactly one gzip member, or larger.
        StatusListLengthError: fewer than 131,072 bits.

    Spec: https://www.w3.org/TR/vc-bitstring-status-list/#bitstring-expansion-algorithm

    """
    try:
        packed = decode_multibase(encoded if multibase else "u" + encoded, encodings="u", max_length=MAX_ENCODED)
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
