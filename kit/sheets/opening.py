"""Opens one hostile workbook, in a process of its own: `python -I opening.py < request > table.json`.

A request is a line of JSON, `{"tab": text or null, "limits": {…}}` (`SheetLimits`, by name), and then the file. The
process has no settings, keys or database of ours, and the system bounds what it takes. The directory of the package is
judged before the library sees anything, and parts are unpacked only as far as the directory says that they go. This
module stands alone on purpose and imports nothing of ours.

It answers one JSON object: `{"tabs": [text, …], "tab": text, "rows": [[number, hidden, [[column, kind, text], …]], …]}`
with the kinds of `kit.sheets.table.Kind`, or `{"fault": text}`, the value of a `Refusal`.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import sys
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

_LAST_ROW = 1_048_576
_LAST_COLUMN = 16_384
_MANIFEST = "[Content_Types].xml"
_TABLES = (b"spreadsheetml.sheet.main+xml", b"spreadsheetml.template.main+xml")
_ESCAPED_BREAKS = re.compile("_x000[dD]_\r?\n?|_x000[aA]_")


class FaultError(Exception):
    """The workbook cannot be used; its one argument is the fault."""


def check_package(archive: zipfile.ZipFile, limits: dict[str, int]) -> None:
    """Let through only the package of a workbook without macros or a password, in bounds. Raises: FaultError."""
    members = archive.infolist()
    names = {member.filename.lower() for member in members}
    if len(members) > limits["parts"] or sum(member.file_size for member in members) > limits["unpacked_bytes"]:
        raise FaultError("unpacked")
    if any(member.flag_bits & 1 for member in members):
        raise FaultError("locked")
    if len(names) != len(members) or not all(map(_plain, members)):
        raise FaultError("damaged")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise FaultError("macro")
    if _MANIFEST.lower() not in names:
        raise FaultError("otherProgram" if "mimetype" in names or "index/document.iwa" in names else "notATable")
    manifest = archive.read(_MANIFEST)
    if b"macroEnabled" in manifest:
        raise FaultError("macro")
    if b"sheet.binary" in manifest:
        raise FaultError("otherProgram")
    if not any(each in manifest for each in _TABLES):
        raise FaultError("notATable")


def _plain(member: zipfile.ZipInfo) -> bool:
    name = member.filename
    outside = name.startswith("/") or ".." in name.split("/") or "\\" in name or ":" in name
    return not outside and member.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def table(data: bytes, tab: str | None, limits: dict[str, int]) -> dict[str, Any]:
    """The cells of the tab that was asked for, else of the first that is not hidden. Raises: FaultError, and whatever
    a damaged file makes the library raise.
    """
    from openpyxl.reader.excel import ExcelReader, apply_stylesheet  # noqa: PLC0415 - after the bounds are set

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        check_package(archive, limits)
    reader = ExcelReader(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    seen = {
        sheet.name: related.target
        for sheet, related in reader.parser.find_sheets()
        if sheet.state == "visible" and related.target in reader.valid_files and "chartsheet" not in related.Type
    }
    if not seen:
        raise FaultError("empty")
    if tab is not None and tab not in seen:
        raise FaultError("noSuchTab")
    chosen = tab if tab is not None else next(iter(seen))
    return {"tabs": list(seen), "tab": chosen, "rows": list(rows(reader, seen[chosen], limits))}


def rows(reader: Any, part: str, limits: dict[str, int]) -> Iterator[list[Any]]:
    """Each row that holds anything: number, whether it is hidden, cells. Raises: FaultError."""
    from openpyxl.worksheet._reader import WorkSheetParser  # noqa: PLC0415 - its own rows are padded without bound

    class Parser(WorkSheetParser):  # type: ignore[misc]
        def parse_row(self, element: Any) -> Any:
            if len(element) > _LAST_COLUMN:
                raise FaultError("columns")
            return super().parse_row(element)

    workbook = reader.wb
    formats = [code_of(workbook, style.numFmtId) for style in workbook._cell_styles]  # noqa: SLF001
    with reader.archive.open(part) as source:
        parser = Parser(
            source,
            reader.shared_strings,
            epoch=workbook.epoch,
            date_formats=workbook._date_formats,  # noqa: SLF001
            timedelta_formats=workbook._timedelta_formats,  # noqa: SLF001
        )
        before = taken = characters = found_rows = 0
        for number, cells in parser.parse():
            if not before < number <= _LAST_ROW:
                raise FaultError("damaged")
            before = number
            hidden = parser.row_dimensions.pop(str(number), {}).get("hidden") in {"1", "true"}
            found = row(cells, formats, limits)
            if not found:
                continue
            found_rows += 1
            taken += len(found)
            characters += sum(len(text) for _column, _kind, text in found)
            if found_rows > limits["rows"] + 1:
                raise FaultError("rows")
            if taken > limits["cells"] or characters > limits["characters"]:
                raise FaultError("cells")
            yield [number, hidden, found]


def row(cells: list[dict[str, Any]], formats: list[str], limits: dict[str, int]) -> list[list[Any]]:
    """Column (from 0), kind and text of each cell of a row that holds anything. Raises: FaultError."""
    found: list[list[Any]] = []
    before = 0
    for cell in cells:
        if cell["column"] <= before:  # two programs could take it for two tables
            raise FaultError("damaged")
        before = cell["column"]
        kind, text = reading(cell, formats)
        if kind == "-":
            continue
        if before > limits["columns"]:
            raise FaultError("columns")
        found.append([before - 1, kind, text])
    return found


def reading(cell: dict[str, Any], formats: list[str]) -> tuple[str, str]:
    """Kind and text of a cell, as a spreadsheet program would show it."""
    value, kind = cell["value"], cell["data_type"]
    if kind in "fe":
        return kind, ""
    if value is None or value == "":
        return "-", ""
    if kind == "b":
        return "t", "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return "t", _ESCAPED_BREAKS.sub("\n", value)
    if kind == "n":
        return "n", number(value, formats[cell["style_id"]])
    if isinstance(value, datetime):
        clock = value.timetz().replace(microsecond=0)
        return "d", value.date().isoformat() + (f" {clock.isoformat()}" if clock.isoformat() != "00:00:00" else "")
    return ("d" if isinstance(value, date) else "t"), str(value)


def number(value: float, code: str) -> str:
    """A number in the way of its format, as far as that changes what it says: 93 %, 00123."""
    exact = Decimal(value) if isinstance(value, int) else Decimal(format(value, ".15g"))  # no more digits are shown
    if not exact.is_finite():
        raise FaultError("damaged")
    if "%" in code:
        return plain(exact * 100) + "%"
    if exact == exact.to_integral_value() and exact >= 0 and re.fullmatch("0{2,20}", code):
        return plain(exact).zfill(len(code))
    return plain(exact)


def plain(exact: Decimal) -> str:
    """The digits without an exponent where that is short, and without zeros that say nothing."""
    if abs(exact.adjusted()) > 20:
        return str(exact)
    text = format(exact, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def code_of(workbook: Any, number_format: int) -> str:
    """The format that a number in a style refers to."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE  # noqa: PLC0415

    if number_format < BUILTIN_FORMATS_MAX_SIZE:
        return str(BUILTIN_FORMATS.get(number_format, "General"))
    return str(workbook._number_formats[number_format - BUILTIN_FORMATS_MAX_SIZE])  # noqa: SLF001


def answer(data: bytes, tab: str | None, limits: dict[str, int]) -> dict[str, Any]:
    """The table, or what is wrong with it."""
    try:
        return table(data, tab, limits)
    except FaultError as error:
        return {"fault": error.args[0]}
    except MemoryError:
        return {"fault": "unpacked"}
    except Exception as error:  # noqa: BLE001 - whatever a file makes a library do, the answer is that it is damaged
        return {"fault": "entities" if type(error).__name__ in {"EntitiesForbidden", "DTDForbidden"} else "damaged"}


def main() -> None:
    """Read standard input, write the table."""
    os.environ["OPENPYXL_LXML"] = "False"  # one reader of XML, the one without entities
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    request = json.loads(sys.stdin.buffer.readline())
    found = answer(sys.stdin.buffer.read(), request["tab"], request["limits"])
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
