"""Signed texts as they can be shown: without what turns the words around them, or piles signs on one another.

Only what is shown is made legible. What was signed stays as it is, and is what is kept, checked, saved and handed on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, cast

from vc.document import JsonObject, JsonValue

MOST_MARKS: Final = 8
"""How many marks one letter carries at most. No script needs half as many."""
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


def legible(document: JsonObject) -> JsonObject:
    """The document with each of its texts made legible; names of members stay."""
    return cast("JsonObject", _legible(document))


def legible_text(text: str) -> str:
    """The text without embeddings, overrides and isolates, and with at most `MOST_MARKS` marks on one letter."""
    if text.isascii():
        return text
    kept, marks = [], 0
    for sign in _TURNING.sub("", text):
        marks = marks + 1 if unicodedata.category(sign) in {"Mn", "Me"} else 0
        if marks <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def _legible(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return legible_text(value)
    if isinstance(value, Mapping):
        return {name: _legible(each) for name, each in value.items()}
    if isinstance(value, Sequence):
        return [_legible(each) for each in value]
    return value
