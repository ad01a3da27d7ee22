"""Days and codes in cells: read in one way only, or somebody is asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Final

from kit.sheets.table import Kind, Sheet

_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?z?)?")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_EITHER: Final = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4})(?: 0{1,2}:00(?::00)?)?")
_DAY_MONTH: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th|o|°)?\.?(?: de)? ([a-z]+)\.?,?(?: del?)? (\d{4})")
_MONTH_DAY: Final = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_ENGLISH: Final = (
    "january february march april may june july august september october november december"
)  # fmt: skip
_SPANISH: Final = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"


def _months() -> dict[str, int]:
    found = {"sept": 9, "setiembre": 9, "set": 9}
    for names in (_ENGLISH, _SPANISH):
        for number, name in enumerate(names.split(), start=1):
            found[name] = found[name[:3]] = number
    return found


_MONTHS: Final[Mapping[str, int]] = MappingProxyType(_months())


_CODE_DIGITS: Final = 4


class Order(Enum):
    """Which of two small numbers in a day is the month."""

    DAY_FIRST = "dayFirst"
    MONTH_FIRST = "monthFirst"


@dataclass(frozen=True, slots=True)
class DayRead:
    """The day that a text says: `day`, or none; with `other` it says either, and somebody has to choose the order."""

    day: date | None
    other: date | None = None


def read_day(text: str, *, order: Order | None) -> DayRead:
    """The day in a text: ISO 8601, with a month's name in English or Spanish, or in small numbers.

    `order` is what somebody chose, or what the column shows (`order_of`); None while nobody knows: then `day` is with
    the month first, `other` with the day first. A year has four digits.
    """
    text = " ".join(_folded(text).split())
    for form in (_ISO, _COMPACT):
        if found := form.fullmatch(text):
            return DayRead(_day(found[1], found[2], found[3]))
    if found := _DAY_MONTH.fullmatch(text):
        return DayRead(_day(found[3], _MONTHS.get(found[2]), found[1]))
    if found := _MONTH_DAY.fullmatch(text):
        return DayRead(_day(found[3], _MONTHS.get(found[1]), found[2]))
    if found := _EITHER.fullmatch(text):
        return _either(found[1], found[3], found[4], order)
    return DayRead(None)


def order_of(texts: Iterable[str]) -> Order | None:
    """The order that the days of a column show: 14/3/2009 has its day first. None when they show none, or both."""
    shown: set[Order] = set()
    for text in texts:
        found = _EITHER.fullmatch(" ".join(_folded(text).split()))
        if found is None:
            continue
        first, second = int(found[1]), int(found[3])
        if first > 12 >= second:
            shown.add(Order.DAY_FIRST)
        elif second > 12 >= first:
            shown.add(Order.MONTH_FIRST)
    return shown.pop() if len(shown) == 1 else None


def _either(first: str, second: str, year: str, order: Order | None) -> DayRead:
    month_first, day_first = _day(year, first, second), _day(year, second, first)
    if order is not None:
        return DayRead(month_first if order is Order.MONTH_FIRST else day_first)
    if month_first is None or day_first is None or month_first == day_first:
        return DayRead(month_first or day_first)
    return DayRead(month_first, day_first)


def _day(year: str, month: str | int | None, day: str) -> date | None:
    try:
        return date(int(year), int(month or 0), int(day))
    except ValueError:
        return None


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def zeros_dropped(sheet: Sheet, column: int) -> bool:
    """Whether a column of codes, such as roster numbers, seems to have lost digits in a spreadsheet program.

    It has when some of its codes are numbers of different lengths (1, 2, 3 … of a class are not codes), or stand
    beside texts that begin with a zero; and when a number has more than 15 digits, or an exponent: spreadsheets keep
    no more.
    """
    cells = [cell for row in sheet.rows if (cell := row.at(column)).kind is not Kind.EMPTY]
    numbers = [cell.text for cell in cells if cell.kind is Kind.NUMBER]
    if any(re.fullmatch(r"\d(?:[.,]\d+)?[eE]\+?\d+", cell.text) for cell in cells):
        return True
    if any(len(text) > 15 for text in numbers):
        return True
    padded = any(cell.text.startswith("0") and len(cell.text) > 1 for cell in cells)
    unpadded = [text for text in numbers if not text.startswith("0")]
    lengths = {len(text) for text in unpadded}
    return bool(unpadded) and (padded or (len(lengths) > 1 and max(lengths) >= _CODE_DIGITS))
