"""What looks odd in a text that people read: letters that stand in for others, marks in heaps, what cannot be seen.

None of it makes a text wrong; whoever brings the sheet is asked to look again before it is signed.

Spec: Unicode Technical Standard 39, in part (scripts within one word); the script is read off the names of the letters.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from typing import Final

MOST_MARKS: Final = 3
"""Combining marks in succession, after NFC. Vietnamese, Hebrew and Thai get along with two or three."""

_WORD: Final = re.compile(r"\S+")
_ALIKE: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "GEORGIAN"})
_JOINERS: Final = "\u200c\u200d"
"""They shape letters in Persian and in the languages of India."""


class Look(Enum):
    """What is odd."""

    TWO_ALPHABETS = "twoAlphabets"
    ODD_LETTERS = "oddLetters"
    MARKS = "marks"
    INVISIBLE = "invisible"


def odd_look(text: str) -> tuple[Look, str] | None:
    """The first odd word in a text, as `(what, word)`, with what cannot be seen taken out of the word."""
    if text.isascii():
        return None
    for word in _WORD.findall(text):
        look = None if word.isascii() else _of_word(word)
        if look is not None:
            return look, _shown(word)
    return None


def _of_word(word: str) -> Look | None:
    scripts: set[str] = set()
    marks = 0
    letters_before = False
    for sign in unicodedata.normalize("NFC", word):
        category = unicodedata.category(sign)
        if category in {"Cc", "Cf", "Cs", "Co", "Cn"} and not (sign in _JOINERS and letters_before):
            return Look.INVISIBLE
        marks = marks + 1 if category[0] == "M" else 0
        if marks > MOST_MARKS:
            return Look.MARKS
        if category[0] == "L":
            letters_before = not sign.isascii()
            script = unicodedata.name(sign, "").split(" ")[0]
            if script in {"FULLWIDTH", "MATHEMATICAL", "HALFWIDTH", "CIRCLED"} or sign in "ſﬀﬁﬂﬃﬄﬅﬆ\u212a\u212b":
                return Look.ODD_LETTERS
            scripts.add(script)
    return Look.TWO_ALPHABETS if len(scripts & _ALIKE) > 1 else None


def _shown(word: str) -> str:
    """At most 40 signs of a word, safe to be put into a sentence."""
    seen: list[str] = []
    for sign in word:
        mark = unicodedata.category(sign)[0] == "M"
        if unicodedata.category(sign)[0] != "C" and not (mark and len(seen) > 1 and _is_mark(seen[-1])):
            seen.append(sign)
    return "".join(seen)[:40]


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "M"
