"""Tables that leave as CSV, safe in whatever spreadsheet opens them.

A text that a spreadsheet would take for a formula gets an apostrophe before it, which spreadsheets take for "this is
text", and which `read_sheet` takes away again. That also holds inside a text, after what another program could take for
a separator: one that splits at semicolons opens `"a;=1"` as two cells. Everything is quoted.

Spec: OWASP, CSV Injection.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from kit.sheets.table import FORMULA_SIGNS

MEDIA_TYPE: Final = "text/csv; charset=utf-8"
_DANGER: Final = re.compile(rf"(^|[;,\n\"])([^\S\n]*)(?='*[{FORMULA_SIGNS}])")
_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")

Value = str | int | Decimal | date | None


def neutralised(text: str) -> str:
    """`text` so that no spreadsheet runs any of it; `read_sheet` gives back the same text.

    Blanks around it, tabs and invisible characters do not survive; a number in text stays text.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _DANGER.sub(r"\1\2'", _UNSEEN.sub("", lines).strip())


def to_csv(headers: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """A CSV file: UTF-8 with its mark (spreadsheets take it for something else without), CRLF, all of it quoted.

    Numbers and days are written as they are: they cannot be formulas. Raises: ValueError for a row of another width.
    """
    lines = [_line(headers)]
    for row in rows:
        if len(row) != len(headers):
            raise ValueError(f"a row of {len(row)} values under {len(headers)} headers")
        lines.append(_line(row))
    return codecs.BOM_UTF8 + "".join(lines).encode()


def _line(values: Sequence[Value]) -> str:
    return ",".join('"' + _shown(value).replace('"', '""') + '"' for value in values) + "\r\n"


def _shown(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return neutralised(value)
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)
