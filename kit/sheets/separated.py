"""Text with a separator between its values: CSV, TSV, and what is pasted from a spreadsheet.

The encoding is told by its mark, else by being UTF-8; else it is guessed, and somebody is asked whether it reads well.
The separator is counted outside quotes: a comma inside "0,5" separates nothing in a file that has semicolons.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Final, NamedTuple

from kit.sheets.refusals import Refusal, SheetRefused
from kit.sheets.table import Gathering, Kind, Sheet, SheetLimits, Source

ENCODINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "utf-8": "Unicode (UTF-8)",
        "utf-16": "Unicode (UTF-16)",
        "windows-1252": "Windows (Western, 1252)",
        "macintosh": "Mac OS Roman",
        "ibm850": "MS-DOS (850)",
    }
)
"""The encodings that somebody can choose from, with the names that programs show for them."""

SEPARATORS: Final = ",;\t|"
_GUESSED: Final = ("windows-1252", "macintosh", "ibm850")
_LETTERS: Final = frozenset("áéíóúüñçàèìòùâêîôûäëïöåæøœßãõýÁÉÍÓÚÜÑÇÀÈÂÊÎÔÛÄÖÅØŒ¡¿ªº’“”–—€")
_LOOKED_AT: Final = 50
_TITLES: Final = 4
_LONGEST_SAMPLE: Final = 60


class _Decoded(NamedTuple):
    text: str
    encoding: str
    sure: bool


def read_separated(data: bytes, *, limits: SheetLimits, encoding: str | None) -> Sheet:
    """The table in a text. Raises: SheetRefused."""
    decoded = _decode(data, encoding)
    text = decoded.text
    if "\x00" in text:
        raise SheetRefused(Refusal.NOT_A_TABLE)
    separator, skipped = _separator(text)
    gathering = Gathering(limits)
    for number, values in _records(text, separator, limits):
        if number > skipped:
            gathering.add(number, [(at, Kind.TEXT, value) for at, value in enumerate(values) if value])
    if not gathering.rows:
        raise SheetRefused(Refusal.EMPTY)
    sample = "" if decoded.sure else _sample(gathering)
    return Sheet(
        source=Source.SEPARATED,
        header=gathering.rows[0],
        rows=tuple(gathering.rows[1:]),
        encoding=decoded.encoding,
        delimiter=separator,
        sure=decoded.sure,
        sample=sample,
    )


def _decode(data: bytes, encoding: str | None) -> _Decoded:
    """Text, encoding, and whether that is sure. Raises: SheetRefused."""
    if encoding is not None:
        if encoding not in ENCODINGS:
            raise SheetRefused(Refusal.ENCODING)
        return _as_chosen(data, encoding)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _as_chosen(data, "utf-16")
    try:
        return _Decoded(data.decode("utf-8-sig"), "utf-8", sure=True)
    except UnicodeDecodeError:
        pass
    if b"\x00" in data:
        raise SheetRefused(Refusal.NOT_A_TABLE)
    _refuse_mixed(data)
    readings = [reading for name in _GUESSED if (reading := _reading(data, name)) is not None]
    return max(readings, key=lambda reading: _plausible(reading.text))  # the first of equals; ibm850 reads anything


def _as_chosen(data: bytes, encoding: str) -> _Decoded:
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    if encoding == "utf-16" and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codec = "utf-16-le"
    try:
        return _Decoded(data.decode(codec), encoding, sure=True)
    except UnicodeDecodeError:
        raise SheetRefused(Refusal.ENCODING) from None


def _reading(data: bytes, encoding: str) -> _Decoded | None:
    codec = {"macintosh": "mac_roman", "ibm850": "cp850"}.get(encoding, "cp1252")
    try:
        return _Decoded(data.decode(codec), encoding, sure=False)
    except UnicodeDecodeError:
        return None


def _plausible(text: str) -> int:
    """How many of the signs beyond ASCII are letters of Western languages, less those that are not."""
    counted = Counter(sign for sign in text if sign > "\x7f")
    return sum(count if sign in _LETTERS else -count for sign, count in counted.items())


def _refuse_mixed(data: bytes) -> None:
    """Refuse a text of which some lines are UTF-8 and some are not: no reading of it is right everywhere."""
    as_utf8, first_other = False, 0
    for number, line in enumerate(data.splitlines(), start=1):
        if line.isascii():
            continue
        try:
            line.decode()
            as_utf8 = True
        except UnicodeDecodeError:
            first_other = first_other or number
        if as_utf8 and first_other:
            raise SheetRefused(Refusal.MIXED, place=str(first_other))


def _separator(text: str) -> tuple[str, int]:
    """What separates the values, and how many lines at the beginning only say so (``sep=;``)."""
    first = text[:20].splitlines()[:1]
    if first and len(first[0]) == 5 and first[0].lower().startswith("sep=") and first[0][4] in SEPARATORS:
        return first[0][4], 1
    counts = _counts(text)
    if not counts:
        return "\t", 0
    header = counts[0]
    same = {sign: sum(line[sign] == header[sign] for line in counts) for sign in SEPARATORS if header[sign]}
    if same:
        return max(same, key=lambda sign: (same[sign], header[sign])), 0
    return _under_a_title(counts[1:]), 0


def _under_a_title(counts: list[Counter[str]]) -> str:
    """What separates the values of the lines under one that has no separator: a title, or the only header.

    A comma and a blank separate nothing here: under the header "Student" stands "Hadley, Wren". Where nothing does, a
    tab is as good as any.
    """
    found: dict[str, int] = {}
    for sign in SEPARATORS:
        tight = [line[sign] - line[sign + " "] for line in counts]
        first = next((count for count in tight[:_TITLES] if count), 0)
        if first and tight.count(first) > 1:
            found[sign] = tight.count(first)
    return max(found, key=lambda sign: found[sign], default="\t")


def _counts(text: str) -> list[Counter[str]]:
    """How often each separator stands outside quotes, for each of the first records that are not empty."""
    found: list[Counter[str]] = []
    current: Counter[str] = Counter()
    quoted = False
    blank = True
    for sign, after in pairwise(text[: 1 << 18] + "\n"):
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in "\r\n":
            if not blank:
                found.append(current)
            if len(found) == _LOOKED_AT:
                return found
            current, blank = Counter(), True
            continue
        elif not quoted and sign in SEPARATORS:
            current[sign] += 1
            current[sign + after] += 1
        blank = blank and sign.isspace()
    return found if blank else [*found, current]


def _records(text: str, separator: str, limits: SheetLimits) -> Iterator[tuple[int, list[str]]]:
    """Number (from 1, as a spreadsheet counts rows) and values of each record. Raises: SheetRefused."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        begun = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a quote that is never closed, or that something follows
            raise SheetRefused(Refusal.QUOTES, place=str(begun)) from None
        number += 1
        if len(values) > limits.columns and any(value.strip() for value in values[limits.columns :]):
            raise SheetRefused(Refusal.COLUMNS, most=limits.columns)
        yield number, values[: limits.columns]


def _sample(gathering: Gathering) -> str:
    """A text in which the encoding shows."""
    for row in gathering.rows:
        for cell in row.cells:
            if not cell.text.isascii():
                at = next(place for place, sign in enumerate(cell.text) if not sign.isascii())
                begin = max(0, at - _LONGEST_SAMPLE // 2)
                return cell.text[begin : begin + _LONGEST_SAMPLE]
    return ""
