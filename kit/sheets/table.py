"""A table as it was read: rows of cells, each with the place that a person knows it by.

Text is in NFC and without blanks around it; line breaks inside a cell are line feeds. What a formula says is never
kept: a cell that holds one is known as such and is otherwise empty.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, NamedTuple

from kit.sheets.refusals import Refusal, SheetRefused

_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_UNUSUAL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_QUOTED_VALUE: Final = re.compile(r'="([^"=]*)"')
_BREAKS: Final = re.compile("\r\n?|\u2028|\u2029")
FORMULA_SIGNS: Final = "=+\\-@＝＋－＠"
"""What a spreadsheet takes for the beginning of a formula, in the form of a regular expression's class."""
_KEPT_AS_TEXT: Final = re.compile(rf"(^|[;,\n\"])([^\S\n]*)'(?='*[{FORMULA_SIGNS}])")


class Kind(Enum):
    """What a cell holds. `DATE` is ISO 8601 text; `NUMBER` is the number as the file's program shows it."""

    EMPTY = "-"
    TEXT = "t"
    NUMBER = "n"
    DATE = "d"
    FORMULA = "f"
    ERROR = "e"


class Cell(NamedTuple):
    """One cell; the text of anything but `TEXT`, `NUMBER` and `DATE` is empty."""

    text: str
    kind: Kind


NOTHING: Final = Cell("", Kind.EMPTY)
_FORMULA: Final = Cell("", Kind.FORMULA)
_ERROR: Final = Cell("", Kind.ERROR)


class Row(NamedTuple):
    """One row that is not empty: its number in the file (from 1), and whether the file hides it from its reader."""

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False

    def at(self, column: int | None) -> Cell:
        """The cell of a column (from 0); an empty one where the row ends earlier, and for no column."""
        return self.cells[column] if column is not None and column < len(self.cells) else NOTHING


class Source(Enum):
    """In what a sheet came."""

    SEPARATED = "separated"
    WORKBOOK = "workbook"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLimits:
    """How much is read: bytes of the file, rows under the header, columns, characters of a cell, cells that hold
    something, characters of all of them, and for workbooks the unpacked bytes and the parts of the package.
    """

    file_bytes: int
    rows: int
    columns: int
    cell_characters: int
    cells: int
    characters: int
    unpacked_bytes: int
    parts: int


LIMITS: Final = SheetLimits(
    file_bytes=10_000_000,
    rows=20_000,
    columns=200,
    cell_characters=2_000,
    cells=500_000,
    characters=20_000_000,
    unpacked_bytes=64 << 20,
    parts=400,
)
"""A school's year and a district's term fit; a larger sheet is told to be split."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table: its header, and the rows under it in their order, at least one row in all.

    `encoding` and `delimiter` are those of a text file (empty for a workbook). `sure` is false when the encoding was
    guessed: somebody looks at `sample` and says whether it reads well. `tabs` are a workbook's visible sheets, `tab`
    the one that was read.
    """

    source: Source
    header: Row
    rows: tuple[Row, ...]
    encoding: str = ""
    delimiter: str = ""
    sure: bool = True
    sample: str = ""
    tabs: tuple[str, ...] = ()
    tab: str = ""

    @property
    def headers(self) -> list[str]:
        """The texts of the header row."""
        return [cell.text for cell in self.header.cells]

    @property
    def width(self) -> int:
        """How many columns hold anything."""
        return max(len(row.cells) for row in (self.header, *self.rows))

    @property
    def hidden(self) -> int:
        """How many rows the file hides, by a filter for example."""
        return sum(row.hidden for row in self.rows)

    def headed_by(self, number: int) -> Sheet:
        """The same with another of its rows as the header; what stands above it is left out.

        Raises: KeyError, when there is no such row.
        """
        rows = (self.header, *self.rows)
        for at, row in enumerate(rows):
            if row.number == number:
                return replace(self, header=row, rows=rows[at + 1 :])
        raise KeyError(number)

    def need_values(self, columns: Iterable[int | None]) -> None:
        """Let through only a sheet that holds values, and no formulas or errors, in these columns.

        What stands in other columns, such as a column of sums, is nobody's business. Raises: SheetRefused, naming the
        first cell.
        """
        wanted = [column for column in columns if column is not None]
        for row in (self.header, *self.rows):
            for column in wanted:
                kind = row.at(column).kind
                if kind is Kind.FORMULA or kind is Kind.ERROR:
                    refusal = Refusal.FORMULA if kind is Kind.FORMULA else Refusal.ERROR_VALUE
                    raise SheetRefused(refusal, place=place_of(row.number, column))


def place_of(row: int, column: int) -> str:
    """A cell as a spreadsheet names it: row from 1, column from 0: ``C7``."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


class Gathering:
    """Rows as they are read, held against the limits: whatever a sheet comes in, the same rules are for all."""

    def __init__(self, limits: SheetLimits) -> None:
        self._limits = limits
        self._cells = 0
        self._characters = 0
        self.rows: list[Row] = []

    def add(self, number: int, cells: Sequence[tuple[int, Kind, str]], *, hidden: bool = False) -> None:
        """Take a row's cells: column (from 0, rising), kind and text. A row without any is passed over.

        Raises: SheetRefused.
        """
        found: list[Cell] = []
        for column, kind, text in cells:
            cell = self._cell(number, column, kind, text)
            if cell.kind is not Kind.EMPTY:
                if column >= self._limits.columns:
                    raise SheetRefused(Refusal.COLUMNS, most=self._limits.columns)
                found.extend([NOTHING] * (column - len(found)))
                found.append(cell)
                self._cells += 1
                self._characters += len(cell.text)
        if not found:
            return
        if len(self.rows) > self._limits.rows:
            raise SheetRefused(Refusal.ROWS, most=self._limits.rows)
        if self._cells > self._limits.cells or self._characters > self._limits.characters:
            raise SheetRefused(Refusal.CELLS)
        self.rows.append(Row(number, tuple(found), hidden))

    def _cell(self, number: int, column: int, kind: Kind, text: str) -> Cell:
        if kind is Kind.FORMULA:
            return _FORMULA
        if kind is Kind.ERROR:
            return _ERROR
        if not text:
            return NOTHING
        if len(text) > self._limits.cell_characters:
            raise SheetRefused(Refusal.LONG_CELL, place=place_of(number, column), most=self._limits.cell_characters)
        if _UNUSUAL.search(text):
            if _CONTROL.search(text):
                raise SheetRefused(Refusal.CONTROL, place=place_of(number, column))
            text = _BREAKS.sub("\n", text)
        text = text.strip()
        if not text.isascii():
            text = unicodedata.normalize("NFC", text.strip("\ufeff\u200b").strip())
        if not text:
            return NOTHING
        if kind is Kind.TEXT and text[0] in "=＝":
            quoted = _QUOTED_VALUE.fullmatch(text)
            return Cell(quoted[1].strip(), kind) if quoted else _FORMULA
        return Cell(_KEPT_AS_TEXT.sub(r"\1\2", text) if "'" in text else text, kind)
