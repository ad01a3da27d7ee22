"""Canonical JSON: the numbers of RFC 8785's appendix, the order of names, and what has no canonical form."""

import struct
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest

from vc import jcs
from vc.jcs import canonicalize
from vc.problems import MalformedValueError

# RFC 8785, appendix B: the bits of a double, and how it is printed.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}


@pytest.mark.parametrize(("bits", "printed"), NUMBERS.items())
def test_the_numbers_of_the_appendix(bits: str, printed: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonicalize({"n": number}) == b'{"n":%b}' % printed.encode()
    assert canonicalize([number]) == b"[%b]" % printed.encode()
    assert canonicalize(number) == printed.encode()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1.0, "1"),
        (-0.0, "0"),
        (1.5, "1.5"),
        (4.50, "4.5"),
        (2e-3, "0.002"),
        (1e-7, "1e-7"),
        ([1.5e-7, 2.5e25], "[1.5e-7,2.5e+25]"),
        ([0.5, -0.1, 0.01, 0.000001, 1.0], "[0.5,-0.1,0.01,0.000001,1]"),
        ([12.5, 999999999999999.9, 1e20, 1.0], "[12.5,999999999999999.9,100000000000000000000,1]"),
        (123456789012345680000.0, "123456789012345680000"),
        (2**53, "9007199254740992"),
        (10**15, "1000000000000000"),
        (1e30, "1e+30"),
        (0, "0"),
        (-5, "-5"),
        (True, "true"),
        (None, "null"),
        ([], "[]"),
        ({}, "{}"),
        ({"a": [], "b": {}}, '{"a":[],"b":{}}'),
        ([None, 1.0, [], {}, ["x", False]], '[null,1,[],{},["x",false]]'),
        ('\u20ac$\x0f\nA\'B"\\\\"/', '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
        ("\x7f\u2028", '"\x7f\u2028"'),
        ({"b": "null", "a": ":1.5", "c": "[12345678901234567"}, '{"a":":1.5","b":"null","c":"[12345678901234567"}'),
        (MappingProxyType({"b": (1, 2.0), "a": 1}), '{"a":1,"b":[1,2]}'),
    ],
    ids=str,
)
def test_values(value: Any, written: str) -> None:
    assert canonicalize(value) == written.encode()


def test_names_are_ordered_by_their_utf_16_units() -> None:
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\u00f6"]
    expected = ["\r", "1", "\x80", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    written = canonicalize(dict.fromkeys(names, 0)).decode().replace("\\r", "\r")
    assert written == "{" + ",".join(f'"{name}":0' for name in expected) + "}"


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": ["\ud800"]}, "/a/0"),
        ({"\udfff": 1}, ""),
        ({"a/b": float("nan")}, "/a~1b"),
        ([float("inf")], "/0"),
        ([-float("inf")], "/0"),
        ([2**53 + 1], "/0"),
        ([10**400], "/0"),
    ],
    ids=str,
)
def test_what_has_no_canonical_form_is_refused_where_it_stands(value: Any, place: str) -> None:
    with pytest.raises(MalformedValueError) as caught:
        canonicalize(value)
    assert caught.value.pointer == place


@pytest.mark.parametrize("value", [{1: "a"}, {"a": datetime(2026, 1, 1, tzinfo=UTC)}, [b"x"]], ids=str)
def test_what_is_no_json_is_no_document(value: Any) -> None:
    with pytest.raises((TypeError, AttributeError)):
        canonicalize(value)


def test_the_quick_writer_is_used_for_what_credentials_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jcs, "_thoroughly", lambda value: b"slow")
    assert canonicalize({"b": "Jos\u00e9 \U0001f393", "a": [1, 2]}) == '{"a":[1,2],"b":"Jos\u00e9 \U0001f393"}'.encode()
    assert canonicalize({"a": 1.5}) == b'{"a":1.5}'
    assert canonicalize({"a": 1.0}) == canonicalize({"a": None}) == canonicalize([1e16]) == b"slow"
