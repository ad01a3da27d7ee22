"""What must outlive the database: a file of ids beside it, flushed before the rows change.

A backup that is restored later is older than some of what was decided. The journal says what was destroyed and whose
say was ended, and each start does it again where a restored database no longer knows. A last line that a crash cut off
is left out when the journal is read, and cut off before the next one is written: what it says had not happened yet, and
whoever asked was not told so.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

JOURNAL: Final = "wallet-erased.jsonl"
_KEPT: Final = ("kind", "id", "learner", "member")


def write_journal(folder: Path, *, kind: str, row_id: str, at: datetime, **ids: str) -> None:
    """Append one line, on disk when this returns. `ids` are further ids (`learner`, `member`); never a name."""
    line = json.dumps({"kind": kind, "id": row_id, **ids, "at": at.isoformat()}) + "\n"
    with (folder / JOURNAL).open("a+b") as stream:
        _mend_tail(stream.fileno())
        stream.write(line.encode())
        stream.flush()
        os.fsync(stream.fileno())


def read_journal(path: Path) -> Iterator[dict[str, str]]:
    """The lines of a journal (`kind`, `id`, further ids); none when there is no file, and no torn last one.

    Raises: ValueError naming a line that is damaged elsewhere.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if not raw.endswith(b"\n"):
                return
            try:
                line = json.loads(raw)
                read = {"kind": str(line["kind"]), "id": str(line["id"])}
                yield {name: str(line[name]) for name in _KEPT if name in line} | read
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(
                    f"{path}, line {number}, is not readable. Restore this file from its newest copy: it keeps what "
                    "was deleted for good from coming back."
                ) from error


def _mend_tail(descriptor: int) -> None:
    """Cut off a last line without an end."""
    size = os.fstat(descriptor).st_size
    kept, step = size, 4096
    while kept and os.pread(descriptor, 1, kept - 1) != b"\n":
        start = max(0, kept - step)
        found = os.pread(descriptor, kept - start, start).rfind(b"\n")
        kept = start + found + 1 if found >= 0 else start
    if kept != size:
        os.ftruncate(descriptor, kept)
