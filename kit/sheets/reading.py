"""From any bytes to the table in them: the first bytes decide what is opened, and how. A name decides nothing."""

from __future__ import annotations

import re
from typing import Final

from kit.sheets.refusals import Refusal, SheetRefused
from kit.sheets.separated import read_separated
from kit.sheets.table import Sheet, SheetLimits
from kit.sheets.workbooks import read_workbook

_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
_NO_TABLE: Final = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"{\\rtf", b"\x7fELF",
)  # fmt: skip
_OTHER_TEXT: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*+(?:<|\{|\[\s*+[\[{\"])")


def read_sheet(data: bytes, *, limits: SheetLimits, encoding: str | None = None, tab: str | None = None) -> Sheet:
    """The table in a file, or in what was pasted (as UTF-8).

    `encoding` (of `ENCODINGS`) and `tab` are what somebody chose where the file leaves a choice; they are passed over
    where it leaves none. Raises: SheetRefused; Unavailable when too many workbooks are being opened.
    """
    if len(data) > limits.file_bytes:
        raise SheetRefused(Refusal.TOO_LARGE, most=limits.file_bytes)
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise SheetRefused(Refusal.EMPTY)
    if data.startswith(b"PK\x03\x04"):
        return read_workbook(data, limits=limits, tab=tab)
    if data.startswith(_OLD_OFFICE):
        raise SheetRefused(Refusal.LOCKED if _LOCKED in data else Refusal.OLD_FORM)
    if data.startswith((*_NO_TABLE, b"PK")) or _OTHER_TEXT.match(data):
        raise SheetRefused(Refusal.NOT_A_TABLE)
    return read_separated(data, limits=limits, encoding=encoding)


def read_pasted(text: str, *, limits: SheetLimits) -> Sheet:
    """The table in a text that somebody pasted. Raises: SheetRefused."""
    return read_sheet(text.encode("utf-8", "surrogatepass"), limits=limits, encoding="utf-8")
