"""The bits of a status list at every border: packed, unpacked, and looked up."""

from __future__ import annotations

import gzip
import random
import zlib

import pytest

from vc.multibase import base64url_decode, base64url_encode
from vc.problems import RangeError, StatusListLengthError, StatusVerificationError
from vc.status import decode_list, encode_list, read_entry

LENGTH = 131_072
LARGEST = 2 << 20


def packed(data: bytes) -> str:
    return "u" + base64url_encode(gzip.compress(data, mtime=0))


def test_positions_are_packed_from_the_left() -> None:
    bits = decode_list(encode_list((0, 7, 8, LENGTH - 1), length=LENGTH))
    assert bits == b"\x81\x80" + bytes(16_381) + b"\x01"
    assert decode_list(encode_list((0,), length=LENGTH))[:2] == b"\x80\x00"
    assert decode_list(encode_list({1: 5, 2: 0}, length=LENGTH, size=3))[:2] == b"\x14\x00"
    assert base64url_decode(encode_list((), length=LENGTH)[1:])[4:8] == bytes(4)


@pytest.mark.parametrize(
    ("values", "length", "size"),
    [
        ({-1: 1}, LENGTH, 1),
        ({LENGTH: 1}, LENGTH, 1),
        ({0: 2}, LENGTH, 1),
        ({0: -1}, LENGTH, 1),
        ({0: 8}, LENGTH, 3),
        ({}, LENGTH - 8, 1),
        ({}, LENGTH + 1, 1),
        ({}, LARGEST * 8 + 8, 1),
        ({}, LARGEST * 4, 3),
    ],
)
def test_what_does_not_fit_is_refused(values: dict[int, int], length: int, size: int) -> None:
    with pytest.raises(ValueError, match="entries"):
        encode_list(values, length=length, size=size)


def test_what_just_fits_is_packed() -> None:
    assert read_entry(decode_list(encode_list({0: 7}, length=LENGTH, size=3)), index=0, size=3) == 7
    assert len(decode_list(encode_list((), length=LARGEST * 8))) == LARGEST


@pytest.mark.parametrize(
    ("encoded", "words"),
    [
        ("z1", "cannot be read"),
        ("u" + base64url_encode(zlib.compress(bytes(16_384))), "not compressed with gzip"),
        (packed(bytes(LARGEST + 1)), "more than"),
        ("u" + base64url_encode(gzip.compress(bytes(16_384), mtime=0)[:-4]), "cut off"),
        ("u" + base64url_encode(gzip.compress(bytes(16_384), mtime=0) + b"x"), "something follows"),
    ],
)
def test_what_is_no_list_says_why(encoded: str, words: str) -> None:
    with pytest.raises(StatusVerificationError, match=words):
        decode_list(encoded)


def test_the_shortest_list_and_one_too_short() -> None:
    assert decode_list(packed(bytes(16_384))) == bytes(16_384)
    with pytest.raises(StatusListLengthError):
        decode_list(packed(bytes(16_383)))


def test_a_list_that_repeats_itself_from_afar_is_unpacked() -> None:
    data = random.Random(1).randbytes(20_000) * 2
    assert decode_list(packed(data)) == data
    assert decode_list(packed(data)[1:], multibase=False) == data


def test_the_largest_list_is_read_though_nothing_in_it_repeats() -> None:
    data = random.Random(2).randbytes(LARGEST)
    assert decode_list(packed(data)) == data


def test_a_long_text_around_a_short_list_is_refused() -> None:
    """The name of a file in the header of gzip may be of any length."""
    short = gzip.compress(bytes(16_384), mtime=0)
    for length, refused in ((2_300_000, False), (2_400_000, True)):
        encoded = "u" + base64url_encode(short[:3] + b"\x08" + short[4:10] + b"a" * length + b"\0" + short[10:])
        if not refused:
            assert decode_list(encoded) == bytes(16_384)
            continue
        with pytest.raises(StatusVerificationError, match="cannot be read"):
            decode_list(encoded)


def test_the_last_position_and_the_one_after() -> None:
    bits = bytes(16_383) + b"\x01"
    assert read_entry(bits, index=LENGTH - 1, size=1) == 1
    assert read_entry(bits, index=LENGTH - 2, size=1) == 0
    with pytest.raises(RangeError):
        read_entry(bits, index=LENGTH, size=1)
    for short, size in ((bits, 2), (bits[1:], 1)):
        with pytest.raises(StatusListLengthError):
            read_entry(short, index=0, size=size)
    wide = b"\x01\x80" + bytes(49_149) + b"\x05"
    assert [read_entry(wide, index=index, size=3) for index in (2, 3, LENGTH - 1)] == [3, 0, 5]
    with pytest.raises(RangeError):
        read_entry(wide, index=LENGTH, size=3)
