"""When something meets and whom it is for, out of the words that people write: ``Tue 09:15-11:15``, ``4-6``.

Words that hold no times are left as words. Words that hold times are read whole or refused: a day that is none, an end
before its beginning. English and Spanish; 24 hours, or with am and pm.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from types import MappingProxyType
from typing import Final

from kit.errors import BadInput
from kit.i18n import _

WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WORDS: Final = (
    ("mon monday mondays lun lunes", "mon"),
    ("tue tues tuesday tuesdays mar martes", "tue"),
    ("wed weds wednesday wednesdays mie miercoles", "wed"),
    ("thu thur thurs thursday thursdays jue jueves", "thu"),
    ("fri friday fridays vie viernes", "fri"),
    ("sat saturday saturdays sab sabado sabados", "sat"),
    ("sun sunday sundays dom domingo domingos", "sun"),
)
_DAYS: Final[Mapping[str, str]] = MappingProxyType({word: day for words, day in _WORDS for word in words.split()})
_EVERY: Final = frozenset({"daily", "weekdays", "diario", "diariamente"})
_BETWEEN: Final = frozenset({"and", "y", "e", "from", "de", "at", "a", "las", "los", "el", "la", "every", "cada"})
_CLOCK: Final = r"(\d{1,2})(?:[:.h](\d{2}))?\s*([ap]\.?m\.?)?"
_TIMES: Final = re.compile(rf"{_CLOCK}\s*(?:-|–|—|to|a|hasta)\s*{_CLOCK}(?![\d:])")
_WORD: Final = re.compile(r"[a-z]+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_RANGE: Final = re.compile(r"([a-z]+)\s*(?:-|–|to|a)\s*([a-z]+)")
_SPAN: Final = re.compile(
    r"(?:grades?|grados?|ages?|edad(?:es)?|cursos?)?\s*"
    r"(?:(pre-?k|k|\d{1,2})(?:st|nd|rd|th|o)?\s*(?:-|–|to|a)\s*)?(k|\d{1,2})(?:st|nd|rd|th|o)?\s*(\+|and up|y mas)?\s*"
    r"(years?(?: old)?|anos|grades?|grados?)?"
)
_AGES: Final = re.compile(r"age|edad|year|ano")
_OLDEST: Final = 99
_LAST_GRADE: Final = 12


@dataclass(frozen=True, slots=True, order=True)
class Meeting:
    """One meeting of the week: ``day`` (``mon`` to ``sun``), its beginning and its end."""

    day: str
    start: time
    end: time

    @property
    def place(self) -> tuple[int, time]:
        """Where it stands in the week."""
        return WEEK.index(self.day), self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """For which grades (kindergarten is 0, the year before -1) or ages; None where the words do not say."""

    grades: tuple[int, int] | None = None
    ages: tuple[int, int] | None = None


def plain(text: str) -> str:
    """Small letters without accents."""
    found = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in found if not unicodedata.combining(sign))


def meetings(text: str, *, field: str) -> tuple[Meeting, ...]:
    """The meetings in a schedule, in the order of the week; none where it holds no times.

    Days stand before their times; ``Mon, Fri 13:10-13:55`` meets twice, ``Mon-Fri`` five times. Raises: BadInput.
    """
    folded = plain(text)
    found: set[Meeting] = set()
    begin = 0
    for match in _TIMES.finditer(folded):
        days = _days(folded[begin : match.start()], text, field, sure=any(match.group(2, 3, 5, 6)))
        begin = match.end()
        if not days:
            continue
        start, end = _clock(match, field)
        found |= {Meeting(day, start, end) for day in days}
    return tuple(sorted(found, key=lambda each: each.place))


def audience(text: str) -> Audience:
    """Whom ``4-6``, ``K-2``, ``8-12 years``, ``10+`` or ``adult`` is for."""
    folded = " ".join(plain(text).split())
    if folded in {"adult", "adults", "adulto", "adultos", "personas adultas"}:
        return Audience(ages=(18, _OLDEST))
    match = _SPAN.fullmatch(folded)
    if match is None:
        return Audience()
    first, last, open_ended, _unit = match.groups()
    of_ages = _AGES.search(folded) is not None
    low = _number(first or last)
    high = (_OLDEST if of_ages else _LAST_GRADE) if open_ended else _number(last)
    if low > high or (not of_ages and high > _LAST_GRADE):
        return Audience()
    return Audience(ages=(low, high)) if of_ages else Audience(grades=(low, high))


def _number(text: str) -> int:
    return {"k": 0, "prek": -1, "pre-k": -1}.get(text, 0) if not text.isdigit() else int(text)


def _days(folded: str, whole: str, field: str, *, sure: bool) -> tuple[str, ...]:
    """The days named in the words before a time; none when no word is there.

    ``sure``: what follows can only be a time (9:00-11:00, not 4-6). Raises: BadInput for another word then.
    """
    words = _WORD.findall(folded)
    if not words:
        return ()
    if between := _RANGE.search(folded):
        first, last = _DAYS.get(between[1]), _DAYS.get(between[2])
        if first and last:
            start, end = WEEK.index(first), WEEK.index(last)
            if start < end:
                rest = folded[: between.start()] + " " + folded[between.end() :]
                return (*WEEK[start : end + 1], *_days(rest, whole, field, sure=sure))
    named = [word for word in words if word not in _BETWEEN]
    days = [day for word in named if (day := _DAYS.get(word))]
    if any(word in _EVERY for word in named):
        days += WEEK[:5]
    unknown = [word for word in named if word not in _DAYS and word not in _EVERY]
    if unknown and not days and sure:
        raise BadInput(
            _("“%(word)s” is not a day of the week.", word=_as_typed(unknown[-1], whole)[:40]),
            field=field,
            remedy=_("Write days and times as Tue 09:15-11:15, or leave the times out."),
        )
    return tuple(days)


def _as_typed(word: str, text: str) -> str:
    return next((each for each in _LETTERS.findall(text) if plain(each) == word), word)


def _clock(match: re.Match[str], field: str) -> tuple[time, time]:
    first_hour, first_minute, first_half, last_hour, last_minute, last_half = match.groups()
    end = _time(last_hour, last_minute, last_half)
    start = _time(first_hour, first_minute, first_half)
    if start and end and not first_half and last_half:
        with_half = _time(first_hour, first_minute, last_half)
        start = with_half if with_half and with_half < end else start
    if start is None or end is None:
        raise BadInput(
            _("“%(times)s” is not a time of the day.", times=match[0]),
            field=field,
            remedy=_("Write days and times as Tue 09:15-11:15, or leave the times out."),
        )
    if end <= start:
        raise BadInput(
            _("“%(times)s” ends before it begins.", times=match[0]),
            field=field,
            remedy=_("Write times of 24 hours such as 13:10-13:55, or with am and pm."),
        )
    return start, end


def _time(hour: str, minute: str | None, half: str | None) -> time | None:
    number = int(hour)
    if half:
        if not 1 <= number <= 12:
            return None
        number = number % 12 + (12 if half.startswith("p") else 0)
    return time(number, int(minute or 0)) if number < 24 and int(minute or 0) < 60 else None
