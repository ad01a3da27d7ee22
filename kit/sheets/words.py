"""A sentence and a remedy for each reason why a sheet cannot be read, and for what looks odd in a cell."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.errors import BadInput, RequestError, TooLarge
from kit.i18n import Message, _
from kit.sheets.looks import Look
from kit.sheets.refusals import Refusal, SheetRefused
from kit.sheets.table import Sheet

_SAVE: Final = _("Open it in your spreadsheet program, save it as CSV or XLSX, and drop that file.")
_SPLIT: Final = _("Split the sheet, and drop one part after the other.")

_WORDS: Final[Mapping[Refusal, tuple[Message, Message]]] = MappingProxyType(
    {
        Refusal.EMPTY: (
            _("There is nothing in this sheet."),
            _("Choose the sheet that has a header row and at least one row under it."),
        ),
        Refusal.NOT_A_TABLE: (_("This is not a table."), _("Save it as CSV or XLSX and drop it again.")),
        Refusal.OTHER_PROGRAM: (_("This is the file of a spreadsheet program that is not read here."), _SAVE),
        Refusal.OLD_FORM: (_("This is an Excel file in its old form (XLS)."), _SAVE),
        Refusal.MACRO: (
            _("This workbook holds macros, which are small programs. It was not opened."),
            _("Save it as XLSX (a workbook without macros) or as CSV, and drop that file."),
        ),
        Refusal.LOCKED: (
            _("This workbook is locked with a password."),
            _("Save a copy of it without a password, and drop that file."),
        ),
        Refusal.DAMAGED: (_("This workbook is damaged and could not be opened."), _SAVE),
        Refusal.ENTITIES: (
            _("This workbook defines entities, with which one file can be read in many ways. It was not opened."),
            _SAVE,
        ),
        Refusal.TOO_LARGE: (_("This file is larger than what is read here: %(most)s bytes."), _SPLIT),
        Refusal.UNPACKED: (
            _("Unpacked, this workbook is larger than what is read here."),
            _("Save only the sheet that is needed, as CSV, and drop that file."),
        ),
        Refusal.ROWS: (_("There are too many rows; %(most)s fit at a time."), _SPLIT),
        Refusal.COLUMNS: (
            _("There are too many columns; %(most)s fit."),
            _("Take out the columns that are not needed."),
        ),
        Refusal.CELLS: (_("There is more in this sheet than is read at a time."), _SPLIT),
        Refusal.LONG_CELL: (
            _("Cell %(place)s holds more than %(most)s characters."),
            _("Shorten it. Whole documents belong behind a link."),
        ),
        Refusal.CONTROL: (
            _("Cell %(place)s holds an invisible control character."),
            _("Type it again by hand instead of pasting it."),
        ),
        Refusal.QUOTES: (
            _("In line %(place)s, a quotation mark is never closed, or something follows that does not belong there."),
            _("Close it, or save the sheet as CSV again from your spreadsheet program."),
        ),
        Refusal.ENCODING: (
            _("The letters of this file cannot be read in the way that was chosen."),
            _("Choose another way in which the file could have been saved."),
        ),
        Refusal.MIXED: (
            _("The letters of this file were saved in two ways; line %(place)s is not like those before or after it."),
            _("Save it anew as “CSV UTF-8” from your spreadsheet program, and look at the letters with accents."),
        ),
        Refusal.NO_SUCH_TAB: (
            _("There is no sheet of that name in this workbook, or it is hidden."),
            _("Choose one of its sheets."),
        ),
        Refusal.TWO_HEADERS: (
            _("Rows %(place)s are both headers."),
            _("Keep one header row: delete the other one, and save the sheet again."),
        ),
        Refusal.FORMULA: (
            _("Cell %(place)s holds a formula."),
            _("Copy the column and paste the values only."),
        ),
        Refusal.ERROR_VALUE: (
            _("Cell %(place)s holds an error of the spreadsheet instead of a value."),
            _("Correct it, then copy the column and paste the values only."),
        ),
        Refusal.TOO_LONG: (
            _("Opening this file took more time or room than any honest sheet needs, so it was given up."),
            _("Save only the sheet that is needed, as CSV, and drop that file."),
        ),
    }
)  # fmt: skip
_TOO_LARGE: Final = frozenset(
    {Refusal.TOO_LARGE, Refusal.UNPACKED, Refusal.ROWS, Refusal.COLUMNS, Refusal.CELLS, Refusal.TOO_LONG}
)

_LOOKS: Final[Mapping[Look, tuple[Message, Message]]] = MappingProxyType(
    {
        Look.TWO_ALPHABETS: (
            _("“%(word)s” has letters of two alphabets that look alike."),
            _("Type it again."),
        ),
        Look.ODD_LETTERS: (
            _("“%(word)s” has signs that only look like letters."),
            _("Type it again."),
        ),
        Look.MARKS: (
            _("“%(word)s” has more marks above and below its letters than any language has."),
            _("Type it again."),
        ),
        Look.INVISIBLE: (
            _("“%(word)s” holds something that cannot be seen."),
            _("Type it again by hand instead of pasting it."),
        ),
    }
)


def explained(error: SheetRefused, *, field: str) -> RequestError:
    """The refusal as an answer to the person who handed the sheet in: what it is, where, what to do.

    It is TooLarge (413) when there is too much of something, else BadInput (422).
    """
    detail, remedy = _WORDS[error.refusal]
    parameters = {"place": error.place, "most": f"{error.most:,}".replace(",", "\u202f")}
    named = Message(detail.singular, parameters=tuple((name, parameters[name]) for name in _places(detail)))
    kind = TooLarge if error.refusal in _TOO_LARGE else BadInput
    return kind(named, title=_("This sheet cannot be read as it is"), field=field, remedy=remedy)


def odd(look: Look, word: str) -> tuple[Message, Message]:
    """What is odd in a word, and what to do about it."""
    detail, remedy = _LOOKS[look]
    return Message(detail.singular, parameters=(("word", word),)), remedy


def encoding_question(sheet: Sheet) -> Message | None:
    """The question for whoever handed in a file whose encoding had to be guessed."""
    if sheet.sure:
        return None
    return _("Does “%(sample)s” look right? If not, choose how the file was saved.", sample=sheet.sample)


def zeros_question(header: str) -> Message:
    """The caution for a column of codes in which a spreadsheet seems to have dropped zeros (`zeros_dropped`)."""
    return _(
        "In the column “%(header)s”, the spreadsheet may have dropped zeros at the beginning, or digits at the end. "
        "Compare the numbers with your list.",
        header=header,
    )


def _places(message: Message) -> list[str]:
    return [name for name in ("place", "most") if f"%({name})s" in message.singular]
