"""Bytes in, strict JSON out.

A document that two programs read differently can be signed as one thing and shown as another, so whatever the JSON
grammar leaves open is refused here: members given twice (at any depth), numbers that a double does not hold as written,
lone surrogates, control characters, a byte order mark, any encoding but UTF-8, and sizes beyond the limits that are
handed in. What this module does not do: it judges neither types nor dates nor proofs, and it never changes the bytes.

Spec: https://www.rfc-editor.org/rfc/rfc8259, https://www.rfc-editor.org/rfc/rfc7493, https://www.rfc-editor.org/rfc/rfc6901
"""

from __future__ import annotations

import decimal
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeAlias

import orjson

from vc.problems import BudgetExceeded, MalformedValueError, ParsingError

JsonValue: TypeAlias = "str | int | float | bool | Mapping[str, JsonValue] | Sequence[JsonValue] | None"
JsonObject: TypeAlias = Mapping[str, JsonValue]

MAX_INTEGER: Final = 2**53 - 1

# In what orjson writes: a control character other than tab and line ends, or any of them in a member's name.
_UNUSUAL_ESCAPE: Final = re.compile(rb'\\(?:[ubf]|[nrt](?:[^"\\]|\\.)*":)')
# A double keeps every number of this many characters that has no exponent; where a longer one, or one with an exponent,
# may stand in the bytes (or in a text that looks like it).
_MAX_DIGITS: Final = 15
_LONG_NUMBER: Final = re.compile(rb"[:,\[]\s*-?(?:[0-9.]{15}|[0-9.]+[eE])")
_CONTROLS_IN_STRINGS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_CONTROLS_IN_NAMES: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large a document may be: bytes as received, levels, values in all, values in one array, characters."""

    max_bytes: int
    max_depth: int
    max_nodes: int
    max_items: int
    max_string: int


CREDENTIAL_LIMITS: Final = Limits(
    max_bytes=1 << 20, max_depth=32, max_nodes=20_000, max_items=2_000, max_string=1 << 20
)
PRESENTATION_LIMITS: Final = Limits(
    max_bytes=16 << 20, max_depth=32, max_nodes=400_000, max_items=2_000, max_string=1 << 20
)
STATUS_LIST_LIMITS: Final = Limits(max_bytes=8 << 20, max_depth=16, max_nodes=2_000, max_items=200, max_string=8 << 20)
DID_DOCUMENT_LIMITS: Final = Limits(max_bytes=1 << 18, max_depth=16, max_nodes=5_000, max_items=500, max_string=1 << 14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The bytes as received, and what they say. The value is never changed and never written back."""

    bytes: bytes
    value: JsonObject


class _Duplicate:
    """An object in which a member was given twice."""

    __slots__ = ("name", "value")

    def __init__(self, name: str, value: dict[str, Any]) -> None:
        self.name = name
        self.value = value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Duplicate:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    seen: set[str] = set()
    name = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
    return _Duplicate(name, value)


def _constant(text: str) -> NoReturn:
    raise ParsingError(f"{text} is not a JSON number; write it as a string.")


def _fraction(text: str) -> float:
    """A number with a fraction or an exponent, if a double says what is written (one too large is found later)."""
    value = float(text)
    if math.isfinite(value) and (len(text) > _MAX_DIGITS or "e" in text.lower()):
        try:
            exact = decimal.Decimal(text) == decimal.Decimal(repr(value))
        except decimal.InvalidOperation:  # an exponent beyond any that can be compared
            exact = False
        if not exact:
            raise MalformedValueError(
                f"The number {text[:60]} is read as {value!r} by most programs; write fewer digits, or a text."
            )
    return value


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_fraction)


def parse(data: bytes, *, limits: Limits) -> Document:
    """The document in these bytes, or the first reason why it is none.

    Raises:
        ParsingError: the bytes are not one strict JSON object in UTF-8.
        MalformedValueError: a member is given twice, or a value is one that programs read differently (with a pointer).
        BudgetExceeded: the document is larger than ``limits``.

    Spec: https://www.rfc-editor.org/rfc/rfc7493#section-2

    """
    if len(data) > limits.max_bytes:
        raise BudgetExceeded(f"The file has {len(data)} bytes; at most {limits.max_bytes} are read.")
    quick = _quickly(data, limits)
    if quick is not None:
        return Document(bytes=data, value=quick)
    if data.startswith(b"\xef\xbb\xbf"):
        raise ParsingError("The file starts with a byte order mark; save it as plain UTF-8.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParsingError(f"The file is not UTF-8 text (byte {error.start}).") from None
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise BudgetExceeded(f"The file is nested deeper than {limits.max_depth} levels.") from None
    except ValueError as error:
        raise ParsingError(_where(error)) from None
    check(value, limits=limits, escapes="\\u" in text or "\x7f" in text or "\\b" in text or "\\f" in text)
    return Document(bytes=data, value=value)


def _quickly(data: bytes, limits: Limits) -> dict[str, Any] | None:
    """The object in these bytes if nothing about them is unusual; otherwise None, and the slow way says what it is.

    The quick reader keeps the last of two members with one name. That a member was dropped shows when the value is
    written again: the name's quotation marks are missing. (An escaped mark stays one; one in hexadecimal is unusual.)
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    if type(value) is not dict or len(data) > limits.max_string:
        return None
    fractions: list[float] = []
    if not _within(value, limits, fractions):
        return None
    again = orjson.dumps(value)
    unusual = (
        again.count(b'"') != data.count(b'"')
        or b"\\u0022" in data
        or b"\x7f" in again
        or (fractions and again != data and _LONG_NUMBER.search(data))
        or (b"\\" in again and _UNUSUAL_ESCAPE.search(again))
    )
    return None if unusual else value


def _within(value: dict[str, Any], limits: Limits, fractions: list[float]) -> bool:
    """Whether a value of nothing but JSON types keeps the limits and holds no number that is too large.

    The numbers that are no integers are added to ``fractions``.
    """
    level: list[Any] = [value]
    nodes, depth, max_items = 1 + len(value), 0, limits.max_items
    while level and depth < limits.max_depth and nodes <= limits.max_nodes:
        depth += 1
        below: list[Any] = []
        for container in level:
            if type(container) is list and len(container) > max_items:
                return False
            for item in container.values() if type(container) is dict else container:
                kind = type(item)
                if kind is str:
                    continue
                if kind is dict or kind is list:
                    nodes += len(item)
                    below.append(item)
                elif item is not None:
                    if not -MAX_INTEGER <= item <= MAX_INTEGER:
                        return False
                    if kind is float:
                        fractions.append(item)
        level = below
    return not level and nodes <= limits.max_nodes


def _where(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"The file is not JSON: {error.msg} (line {error.lineno}, column {error.colno})."
    return "The file holds a number too long to be read."


def check(value: object, *, limits: Limits, escapes: bool) -> None:
    """Refuse a value that ``parse`` would refuse; ``escapes`` says that strings may hold control characters."""
    if type(value) is not dict:
        if type(value) is _Duplicate:
            raise _duplicate("", value)
        raise ParsingError("The file holds JSON, but not an object: a credential starts with a brace.")
    if not _sound(value, limits, strings=escapes or limits.max_string < limits.max_bytes):
        _explain(value, "", 1, limits)
        raise BudgetExceeded(f"The file holds more than {limits.max_nodes} values.")


def _sound(value: dict[str, Any], limits: Limits, *, strings: bool) -> bool:  # noqa: PLR0912 - one pass, measured
    """Whether nothing is wrong: level by level, without pointers, because nearly every document is sound."""
    level: list[Any] = [value]
    nodes, depth = 1, 0
    while level:
        depth += 1
        if depth > limits.max_depth:
            return False
        below: list[Any] = []
        for container in level:
            nodes += len(container)
            if type(container) is dict:
                if strings and any(map(_CONTROLS_IN_NAMES.search, container)):
                    return False
                values: Any = container.values()
            else:
                if len(container) > limits.max_items:
                    return False
                values = container
            for item in values:
                kind = type(item)
                if kind is str:
                    if strings and (len(item) > limits.max_string or _CONTROLS_IN_STRINGS.search(item)):
                        return False
                elif kind is dict or kind is list:
                    below.append(item)
                elif kind is int:
                    if not -MAX_INTEGER <= item <= MAX_INTEGER:
                        return False
                elif kind is float:
                    if not abs(item) <= MAX_INTEGER:
                        return False
                elif kind is _Duplicate:
                    return False
        if nodes > limits.max_nodes:
            return False
        level = below
    return True


def _explain(value: Any, here: str, depth: int, limits: Limits) -> None:
    """Raise for the first thing that is wrong, in document order."""
    if type(value) is _Duplicate:
        raise _duplicate(here, value)
    if type(value) is dict or type(value) is list:
        if depth > limits.max_depth:
            raise BudgetExceeded(f"The file is nested deeper than {limits.max_depth} levels.", pointer=here)
        if type(value) is dict:
            for name, item in value.items():
                if _CONTROLS_IN_NAMES.search(name):
                    raise MalformedValueError("A member's name holds a control character.", pointer=here)
                _explain(item, here + pointer(name), depth + 1, limits)
            return
        if len(value) > limits.max_items:
            raise BudgetExceeded(f"A list holds more than {limits.max_items} values.", pointer=here)
        for index, item in enumerate(value):
            _explain(item, here + pointer(index), depth + 1, limits)
        return
    if type(value) is str:
        if len(value) > limits.max_string:
            raise BudgetExceeded(f"A text is longer than {limits.max_string} characters.", pointer=here)
        if found := _CONTROLS_IN_STRINGS.search(value):
            raise MalformedValueError(f"A text holds the control character U+{ord(found[0]):04X}.", pointer=here)
    elif type(value) in (int, float) and not abs(value) <= MAX_INTEGER:
        size = "finite" if math.isinf(value) else "exact"
        raise MalformedValueError(f"A number is too large to stay {size} in every program.", pointer=here)


def _duplicate(here: str, value: _Duplicate) -> MalformedValueError:
    detail = f"“{value.name}” is given twice, so two programs may read two different things."
    return MalformedValueError(detail, pointer=here + pointer(value.name))


def serialize(value: JsonObject) -> bytes:
    """Compact UTF-8 JSON, members in the order given; for documents that we make.

    Raises:
        ValueError: the value is not one that ``parse`` would read back.

    """
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise ValueError(str(error)) from None


def pointer(*parts: str | int) -> str:
    """The JSON Pointer of these member names and array positions: ``pointer("a/b", 0) == "/a~1b/0"``.

    Spec: https://www.rfc-editor.org/rfc/rfc6901#section-3
    """
    if len(parts) == 1 and isinstance(parts[0], str) and "/" not in parts[0] and "~" not in parts[0]:
        return "/" + parts[0]
    return "".join(["/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts])


def written(value: JsonObject) -> bytes | None:
    """A value as compact JSON, for ``mentions`` and ``is_within``; ``None`` for one that ``parse`` cannot have made."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return None


def mentions(text: bytes | None, *names: bytes) -> bool:
    """Whether any of these member names (in quotation marks) may stand anywhere in a value; never False when one does.

    ``text`` is the value as ``written``. It is quick, for checks that have to look at every node of a document and
    mostly find nothing.
    """
    return text is None or any(name in text for name in names)


def is_within(text: bytes | None, limits: Limits) -> bool:
    """Whether a value that was read within ``PRESENTATION_LIMITS`` is too short to break narrower limits.

    ``text`` is the value as ``written``. Every value in it takes two bytes or more: its own, and the comma or bracket
    beside it.
    """
    wide = PRESENTATION_LIMITS
    is_only_shorter = (
        limits.max_depth >= wide.max_depth
        and limits.max_items >= wide.max_items
        and limits.max_string >= wide.max_string
    )
    return text is not None and is_only_shorter and len(text) <= 2 * limits.max_nodes


def at(value: JsonValue, path: str) -> JsonValue:
    """What stands at a JSON Pointer.

    Raises:
        KeyError: nothing stands there.

    Spec: https://www.rfc-editor.org/rfc/rfc6901#section-4

    """
    if not path:
        return value
    if not path.startswith("/"):
        raise KeyError(path)
    for part in path[1:].split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif isinstance(value, list) and re.fullmatch("0|[1-9][0-9]{0,8}", name) and int(name) < len(value):
            value = value[int(name)]
        else:
            raise KeyError(path)
    return value


def listed(value: JsonValue) -> list[JsonValue]:
    """A value that may stand alone or in an array, as a list; an absent one (``None``) as an empty list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
