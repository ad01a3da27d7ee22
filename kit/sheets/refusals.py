"""Why a sheet cannot be read. Nothing of a refused sheet is used, and nothing that is stored was changed."""

from __future__ import annotations

from enum import Enum


class Refusal(Enum):
    """The reasons; `kit.sheets.words` holds a sentence and a remedy for each."""

    EMPTY = "empty"
    NOT_A_TABLE = "notATable"
    OTHER_PROGRAM = "otherProgram"
    OLD_FORM = "oldForm"
    MACRO = "macro"
    LOCKED = "locked"
    DAMAGED = "damaged"
    ENTITIES = "entities"
    TOO_LARGE = "tooLarge"
    UNPACKED = "unpacked"
    ROWS = "rows"
    COLUMNS = "columns"
    CELLS = "cells"
    LONG_CELL = "longCell"
    CONTROL = "control"
    QUOTES = "quotes"
    ENCODING = "encoding"
    MIXED = "mixed"
    NO_SUCH_TAB = "noSuchTab"
    TWO_HEADERS = "twoHeaders"
    FORMULA = "formula"
    ERROR_VALUE = "errorValue"
    TOO_LONG = "tooLong"


class SheetRefused(Exception):  # noqa: N818 - a refusal is an answer
    """A sheet, or one of its cells, cannot be used.

    `place` is a cell ("C7"), a row ("7") or a line ("7"), as the refusal has it; `most` is the limit that was passed.
    Neither ever holds what stands in a cell.
    """

    def __init__(self, refusal: Refusal, *, place: str = "", most: int = 0) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.place = place
        self.most = most
