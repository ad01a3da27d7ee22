"""JSON written in the one canonical way: sorted members, no spaces, numbers as ECMAScript prints them.

The quick writer is orjson, where what it wrote shows that it wrote the canonical form; elsewhere we write ourselves.

Spec: https://www.rfc-editor.org/rfc/rfc8785
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final

import orjson

from vc.document import JsonValue, pointer
from vc.problems import MalformedValueError

_OPTIONS: Final = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)
_UNSURE: Final = re.compile(
    rb"[:,\[](?=[-0-9n])(?:null|-?(?:[0-9]{16,}|[0-9]+\.0|[0-9]+(?:\.[0-9]+)?e[-+]?[0-9]+))(?=[,}\]])",
)
"""Numbers that orjson writes in another way: integers too large to be exact, integers that are floats, those with an
exponent; and null, which is how it writes what is no number. Other fractions have the same fewest digits in both."""
_ASTRAL: Final = re.compile(rb"[\xf0-\xf4]")
_HIGH: Final = re.compile(rb"[\xee\xef]")
"""Only where both stand in names does the order by code points differ from that by UTF-16 units."""
_MAX_POSITIONAL: Final = 21
_MIN_POSITIONAL: Final = -6


def canonicalize(value: JsonValue) -> bytes:
    """The value (of JSON types alone) as canonical JSON, in UTF-8.

    Raises:
        MalformedValueError: it holds half a surrogate pair, a number that is not finite, or an integer that programs
            would round.

    Spec: https://www.rfc-editor.org/rfc/rfc8785#section-3.2

    """
    try:
        quick = orjson.dumps(value, option=_OPTIONS)
    except orjson.JSONEncodeError:
        return _thoroughly(value)
    if quick[0] in b"{[" and not _UNSURE.search(quick) and (quick.isascii() or not _mixed(quick)):
        return quick
    return _thoroughly(value)


def _mixed(quick: bytes) -> bool:
    return _ASTRAL.search(quick) is not None and _HIGH.search(quick) is not None


def _thoroughly(value: JsonValue) -> bytes:
    written: list[bytes] = []
    _write(value, written, "")
    return b"".join(written)


def _write(value: JsonValue, written: list[bytes], here: str) -> None:
    if isinstance(value, Mapping):
        separator = b"{"
        for name in sorted(value, key=_units):
            written += (separator, _text(name, here), b":")
            _write(value[name], written, here + pointer(name))
            separator = b","
        written.append(b"}" if value else b"{}")
    elif isinstance(value, (list, tuple)):
        separator = b"["
        for index, item in enumerate(value):
            written.append(separator)
            _write(item, written, here + pointer(index))
            separator = b","
        written.append(b"]" if value else b"[]")
    elif isinstance(value, str):
        written.append(_text(value, here))
    elif value is None or isinstance(value, bool):
        written.append(orjson.dumps(value))
    elif isinstance(value, (int, float)):
        written.append(_number(value, here).encode())
    else:
        raise TypeError(f"A value of the type {type(value).__name__} is not JSON.")


def _units(name: str) -> bytes:
    """What names are ordered by: their UTF-16 code units.

    Spec: https://www.rfc-editor.org/rfc/rfc8785#section-3.2.3
    """
    return name.encode("utf-16-be", "surrogatepass")


def _text(text: str, here: str) -> bytes:
    try:
        return orjson.dumps(str(text))
    except orjson.JSONEncodeError:
        raise MalformedValueError("A text holds half of a surrogate pair.", pointer=here) from None


def _number(value: float, here: str) -> str:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or number != value:
        raise MalformedValueError("A number is not one that every program reads as it is written.", pointer=here)
    return ecmascript_number(number)


def ecmascript_number(number: float) -> str:
    """A finite double as ECMAScript prints it: the fewest digits that say it; an exponent from 1e21 on and below 1e-6.

    Spec: https://tc39.es/ecma262/#sec-numeric-types-number-tostring
    """
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    mantissa, _, exponent = repr(abs(number)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    # The value is 0.digits times ten to the power of point.
    point = len(digits) - len(fraction) + int(exponent or "0")
    digits = digits.rstrip("0")
    if len(digits) <= point <= _MAX_POSITIONAL:
        return sign + digits.ljust(point, "0")
    if 0 < point <= _MAX_POSITIONAL:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if _MIN_POSITIONAL < point <= 0:
        return f"{sign}0.{digits.rjust(len(digits) - point, '0')}"
    rest = "." + digits[1:] if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{point - 1:+d}"
