"""JSON cut into its values, each as the very characters that stand there: what was signed is never written anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

_DECODER: Final = json.JSONDecoder()
_SPACE: Final = " \t\r\n"


def sequence(text: str) -> list[str]:
    """The values that stand one after another in a text, such as two records pasted below one another.

    Raises: json.JSONDecodeError, RecursionError.
    """
    found, at = [], _skip(text, 0)
    while at < len(text):
        end = _DECODER.raw_decode(text, at)[1]
        found.append(text[at:end])
        at = _skip(text, end)
    return found


def elements(array: str) -> Iterator[str]:
    """The elements of an array, a text that has been read as one already."""
    at = _skip(array, 1)
    while array[at] != "]":
        end = _DECODER.raw_decode(array, at)[1]
        yield array[at:end]
        at = _past_comma(array, end)


def members(item: str) -> Iterator[tuple[str, str]]:
    """Name and value of each member of an object, a text that has been read as one already; a name may come twice."""
    at = _skip(item, 1)
    while item[at] != "}":
        name, end = _DECODER.raw_decode(item, at)
        start = _skip(item, _skip(item, end) + 1)
        end = _DECODER.raw_decode(item, start)[1]
        yield name, item[start:end]
        at = _past_comma(item, end)


def _past_comma(text: str, at: int) -> int:
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at
