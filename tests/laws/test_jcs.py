"""Laws of canonical JSON: both writers agree, what is written reads back, and nothing else would do."""

import json
import math
import struct
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from vc.jcs import _thoroughly, canonicalize, ecmascript_number

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=5)),
    max_leaves=20,
)


@given(VALUES)
def test_both_writers_agree(value: Any) -> None:
    assert canonicalize(value) == _thoroughly(value)


@given(VALUES)
def test_it_reads_back_and_is_written_the_same_again(value: Any) -> None:
    written = canonicalize(value)
    again = json.loads(written, parse_int=float)
    assert again == value
    assert canonicalize(again) == written


@given(st.dictionaries(TEXTS, st.integers(0, 9), max_size=8), st.randoms())
def test_the_order_given_does_not_matter(value: dict[str, int], random: Any) -> None:
    items = list(value.items())
    random.shuffle(items)
    assert canonicalize(dict(items)) == canonicalize(value)


BITS = st.binary(min_size=8, max_size=8).map(lambda bits: struct.unpack(">d", bits)[0]).filter(math.isfinite)


@given(st.one_of(BITS, st.floats(-1, 1), st.floats(-1e22, 1e22), st.integers(-(10**22), 10**22).map(float)))
def test_a_number_is_printed_as_ecmascript_prints_it(number: float) -> None:
    """The rules of Number::toString, worked out anew from the shortest digits that Python prints."""
    printed = ecmascript_number(number)
    assert float(printed) == number
    assert not printed.startswith(("-0", "0")) or number == 0 or "." in printed
    size = abs(number)
    assert ("e" in printed) == (size != 0 and (size >= 1e21 or size < 1e-6))
    assert ("." in printed.split("e")[0]) == (not number.is_integer() if "e" not in printed else "." in printed)
    digits = printed.lstrip("-").split("e")[0].replace(".", "").strip("0")
    assert digits == repr(size).split("e")[0].replace(".", "").strip("0")
