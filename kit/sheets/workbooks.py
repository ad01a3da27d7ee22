"""Workbooks (XLSX), opened in a process of their own that may take so much and so long, and no more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from kit.apart import Apart, EndedError
from kit.sheets.refusals import Refusal, SheetRefused
from kit.sheets.table import Gathering, Kind, Sheet, SheetLimits, Source

OPENING: Final = Apart(
    script=Path(__file__).with_name("opening.py"),
    memory_bytes=512 << 20,
    processor_seconds=18,
    seconds=20.0,
    patience=20.0,
)
_KINDS: Final = {kind.value: kind for kind in Kind}


def read_workbook(data: bytes, *, limits: SheetLimits, tab: str | None) -> Sheet:
    """The table on one sheet of a workbook: `tab` by name, else the first that is not hidden.

    Raises: SheetRefused, also when the file used up the time or brought the process down; Unavailable when too many
    are being opened at this moment.
    """
    found = _answer(data, limits, tab)
    gathering = Gathering(limits)
    for number, hidden, cells in found["rows"]:
        gathering.add(number, [(column, _KINDS[kind], text) for column, kind, text in cells], hidden=hidden)
    if not gathering.rows:
        raise SheetRefused(Refusal.EMPTY)
    return Sheet(
        source=Source.WORKBOOK,
        header=gathering.rows[0],
        rows=tuple(gathering.rows[1:]),
        tabs=tuple(found["tabs"]),
        tab=found["tab"],
    )


def _answer(data: bytes, limits: SheetLimits, tab: str | None) -> Mapping[str, Any]:
    request = json.dumps({"tab": tab, "limits": asdict(limits)}).encode() + b"\n"
    try:
        found = OPENING.answer(data=request + data)
    except EndedError:
        raise SheetRefused(Refusal.TOO_LONG) from None
    fault = found.get("fault")
    if fault is not None:
        most = {"rows": limits.rows, "columns": limits.columns}.get(fault, 0)
        raise SheetRefused(Refusal(fault), most=most)
    return found
