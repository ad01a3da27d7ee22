"""Sheets of 10,000 rows and 12 columns: how long reading them takes, and what the process apart takes for it."""

from __future__ import annotations

import datetime as dt
import io
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict

from openpyxl import Workbook

from kit.sheets import LIMITS, opening, read_sheet, workbooks
from tests.bench.pairs import Row

ROWS = 10_000
_SMALL = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-I", sys.argv[1]], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
ROUNDS = 5
HEADERS = (
    "offering_code", "learner_family_name", "learner_given_name", "learner_birth_date", "status", "final_grade",
    "percent", "credits_requested", "hours_logged", "completed_on", "skill", "comment",
)  # fmt: skip


def _rows() -> Iterator[list[object]]:
    for number in range(ROWS):
        born, done = dt.date(2016, 6, 3), dt.date(2026, 12, 15)
        yield ["BRIDGE-F26", f"Hadley{number}", f"Zoë{number}", born, "completed", "B+", 93.5, 1, 28, done, "PB.E.2",
               f"Carried {number} kg, and more"]  # fmt: skip


def _text() -> bytes:
    lines = [",".join(HEADERS)]
    lines += [",".join(f'"{value}"' if "," in str(value) else str(value) for value in row) for row in _rows()]
    return "\r\n".join(lines).encode()


def _workbook() -> bytes:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    for row in (list(HEADERS), *_rows()):
        sheet.append(row)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _seconds(data: bytes) -> float:
    """Processor time of this process and of the one that it starts."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.process_time()
    assert len(read_sheet(data, limits=LIMITS).rows) == ROWS
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    children = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.process_time() - start + children


def _megabytes(data: bytes) -> float:
    """The most that the process apart held while it opened a workbook.

    A process of a few megabytes starts it: the system counts what its parent held at that moment, too.
    """
    request = json.dumps({"tab": None, "limits": asdict(LIMITS)}).encode() + b"\n" + data
    small = [sys.executable, "-I", "-c", _SMALL, opening.__file__]
    return int(subprocess.run(small, input=request, capture_output=True, check=True).stdout) / 1024


def sheets() -> Iterator[Row]:
    """A district's sheet is read while somebody waits."""
    for kind, data, target in (("CSV", _text(), 0.5), ("XLSX", _workbook(), 5.0)):
        rounds = [_seconds(data) for _ in range(ROUNDS)]
        note = f"lowest {min(rounds):.2f}, highest {max(rounds):.2f}; {len(data):,} bytes"
        value = statistics.median(rounds)
        yield Row(what=f"sheet of 10,000 × 12, {kind}", value=value, unit="s", target=target, at_least=False, note=note)
    value = _megabytes(data)
    note = f"bound at {workbooks.OPENING.memory_bytes >> 20} MB"
    yield Row(what="memory of the process that opens it", value=value, unit="MB", target=128, at_least=False, note=note)
