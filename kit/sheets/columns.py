"""Which column holds which field: guessed from the header, then from what stands under it, to be shown and corrected.

A guess is a proposal. A column is given to one field at most, a field to one column at most; what nobody can tell stays
open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kit.sheets.fields import Field, Shape
from kit.sheets.refusals import Refusal, SheetRefused
from kit.sheets.table import Kind, Row, Sheet
from kit.sheets.values import Order, read_day

_HEADER_ROWS: Final = 5
_SAMPLE: Final = 20
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_APART: Final = re.compile(r"[^a-z0-9]+")
_MAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[A-Za-z]{2,24}")
_ADDRESS: Final = re.compile(r"https?://\S+")
_SUFFIXES: Final = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md", "hijo"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """`columns`: for every field its column (from 0) or None. `sure` are the fields whose header is a known name."""

    columns: Mapping[str, int | None]
    sure: frozenset[str]

    def name_of(self, row: Row) -> str:
        """The learner's name in a row: of one column, or of two (`given_name`, `family_name`) joined.

        "Hadley, Wren" in one column is turned; "Hadley, Jr." is not.
        """
        full = row.at(self.columns.get("full_name")).text
        if not full:
            parts = (row.at(self.columns.get(key)).text for key in ("given_name", "family_name"))
            return " ".join(part for part in parts if part)
        family, comma, given = (part.strip() for part in full.partition(","))
        turned = comma and family and given and "," not in given and given.rstrip(".").casefold() not in _SUFFIXES
        return f"{given} {family}" if turned else full


def folded(text: str) -> str:
    """A header as it is compared: small letters without accents, words apart by one blank: ``learner given name``."""
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", text))
    return _APART.sub(" ", "".join(sign for sign in plain.casefold() if not unicodedata.combining(sign))).strip()


def headed(sheet: Sheet, fields: Sequence[Field]) -> Sheet:
    """The sheet with its true header: a title above the header is passed over.

    Raises: SheetRefused, when two rows next to each other are headers.
    """
    rows = (sheet.header, *sheet.rows[: _HEADER_ROWS - 1])
    known = [_known(row, fields) for row in rows]
    best = max(range(len(rows)), key=lambda at: known[at])
    if known[best] < 2:
        best = 0
    if best + 1 < len(rows) and known[best] >= 2 and known[best + 1] >= 2:
        raise SheetRefused(Refusal.TWO_HEADERS, place=f"{rows[best].number}–{rows[best + 1].number}")
    return sheet.headed_by(rows[best].number)


def guess(sheet: Sheet, fields: Sequence[Field]) -> Guess:
    """The columns of `fields`; of two that fit one column, the better and then the earlier field gets it."""
    headers = [folded(text) for text in sheet.headers]
    scored = sorted(
        (-score, place, column)
        for place, field in enumerate(fields)
        for column, header in enumerate(headers)
        if (score := _score(header, field))
    )
    columns: dict[str, int | None] = {field.key: None for field in fields}
    sure: set[str] = set()
    taken: set[int] = set()
    for negative, place, column in scored:
        key = fields[place].key
        if columns[key] is None and column not in taken:
            columns[key] = column
            taken.add(column)
            if -negative >= _EXACT:
                sure.add(key)
    _by_values(sheet, fields, columns, taken)
    return Guess(columns=columns, sure=frozenset(sure))


_EXACT: Final = 1000


def _score(header: str, field: Field) -> int:
    """How well a folded header fits a field: its own name, then the longest of its names within it; 0 is not at all."""
    if not header:
        return 0
    if header in field.names:
        return _EXACT + (header == field.names[0])
    words = header.split()
    if any(word in words for word in field.without):
        return 0
    within = [name for name in field.names if f" {name} " in f" {header} "]
    return max((len(name.split()) * 10 + len(name) // 4 for name in within), default=0)


def _known(row: Row, fields: Sequence[Field]) -> int:
    """How many cells of a row are exactly the name of a field."""
    names = {name for field in fields for name in field.names}
    return sum(cell.kind is Kind.TEXT and folded(cell.text) in names for cell in row.cells)


def _by_values(sheet: Sheet, fields: Sequence[Field], columns: dict[str, int | None], taken: set[int]) -> None:
    """Give a field that has a shape of its own the only column left whose values have it, if it is the only one."""
    open_columns = [column for column in range(sheet.width) if column not in taken]
    for shape in (Shape.MAIL, Shape.DAY, Shape.ADDRESS):
        wanting = [field.key for field in fields if field.shape is shape and columns[field.key] is None]
        having = [column for column in open_columns if column not in taken and _has(sheet, column, shape)]
        if len(wanting) == 1 and len(having) == 1:
            columns[wanting[0]] = having[0]
            taken.add(having[0])


def _has(sheet: Sheet, column: int, shape: Shape) -> bool:
    texts = [text for row in sheet.rows[:_SAMPLE] if (text := row.at(column).text)]
    fits = {
        Shape.MAIL: lambda text: _MAIL.fullmatch(text) is not None,
        Shape.ADDRESS: lambda text: _ADDRESS.fullmatch(text) is not None,
        Shape.DAY: lambda text: (
            read_day(text, order=Order.DAY_FIRST).day is not None
            or read_day(text, order=Order.MONTH_FIRST).day is not None
        ),
    }[shape]
    return bool(texts) and all(map(fits, texts))
