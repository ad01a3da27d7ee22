"""A journal of the status lists that lies outside the database, so that restoring an older backup cannot undo them.

One append-only file in the role's data directory, one JSON object a line: a list was opened, an index was taken, an
entry was set (or, of a list of suspensions, set back to 0). A line is on the disk *before* the transaction that it
belongs to commits; a line whose transaction never committed is harmless (an index is left unused; a withdrawal or a
pause that somebody asked for is carried out, `issuer.store.replaying`).

Left out: which credential an index belongs to. The journal holds no personal data and may be copied to another
machine freely.
"""

import contextlib
import errno
import fcntl
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from issuer.store.tables import StatusListRow
from kit import disk
from kit.db import Database
from kit.errors import NoRoom, Unavailable

FILE_NAME = "status.journal"
PATIENCE = 5.0
"""Seconds to wait for somebody else's line to be written, as long as the database waits for a lock."""

Line = Mapping[str, Any]


class Journal:
    """The journal file of one issuer. Processes on one machine may share it: whoever writes holds the file's lock."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def attach(self, database: Database) -> None:
        """From now on, write down what sessions of this database do to status lists, before each commit."""
        database.engine.update_execution_options(status_journal=self)
        event.listen(database.engine, "commit", self._before_commit)
        event.listen(database.engine, "rollback", _forget)

    def lines(self) -> Iterator[Line]:
        """Read the journal from its beginning. A last line that a crash cut off is left out.

        Raises: ValueError naming the line where the file is damaged elsewhere.
        """
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                if not raw.endswith(b"\n"):
                    return
                try:
                    line = json.loads(raw)
                except ValueError as error:
                    raise ValueError(
                        f"{self._path}, line {number}, is not readable. Restore this file from its newest copy: "
                        "it keeps revocations from being undone."
                    ) from error
                yield line

    def append(self, lines: Iterable[Line]) -> None:
        """Write lines and wait until they are on the disk. Raises: OSError when the disk refuses.

        Does not come back when the disk cannot say whether it kept them (`kit.disk.synced`).
        """
        text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
        if not text:
            return
        descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _hold(descriptor)
            _mend_tail(descriptor)
            _write_whole(descriptor, text.encode())
            _sync_folder(self._path.parent)
        finally:
            os.close(descriptor)  # and with it the lock

    def _before_commit(self, connection: Connection) -> None:
        lines = connection.info.pop("status_journal", ())
        try:
            self.append(lines)
        except OSError as error:
            raise (NoRoom() if disk.takes_nothing(error) else Unavailable()) from error


def _forget(connection: Connection) -> None:
    connection.info.pop("status_journal", None)


def _hold(descriptor: int) -> None:
    """Take the file's lock, which other threads and processes respect; it ends with the descriptor, or the process.

    Raises: OSError when somebody held it for five seconds.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise
            time.sleep(0.001)
        else:
            return


def _mend_tail(descriptor: int) -> None:
    """Cut off a last line without an end: the crash that left it also kept its transaction from committing."""
    size = os.fstat(descriptor).st_size
    if size == 0 or os.pread(descriptor, 1, size - 1) == b"\n":
        return
    kept = 0
    step = 65536
    for start in range((size - 1) // step * step, -1, -step):
        found = os.pread(descriptor, step, start).rfind(b"\n")
        if found >= 0:
            kept = start + found + 1
            break
    os.ftruncate(descriptor, kept)


def _write_whole(descriptor: int, data: bytes) -> None:
    """Write all of `data` and wait for the disk, or leave the file as it was. Raises: OSError."""
    before = os.fstat(descriptor).st_size
    try:
        left = memoryview(data)
        while left:
            written = os.write(descriptor, left)
            if written <= 0:
                raise OSError(errno.EIO, "The disk took nothing.")
            left = left[written:]
    except OSError:
        with contextlib.suppress(OSError):  # what cannot be cut off now has no end, or belongs to no commit: harmless
            os.ftruncate(descriptor, before)
        raise
    disk.synced(descriptor)


def _sync_folder(folder: Path) -> None:
    """Have the file's name on the disk too: a new file whose folder is lost is lost."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        disk.synced(descriptor)
    finally:
        os.close(descriptor)


def note(session: Session, line: Line) -> None:
    """Have a line written before this session commits; nothing where no journal is attached."""
    connection = session.connection()
    if connection.get_execution_options().get("status_journal") is not None:
        connection.info.setdefault("status_journal", []).append(dict(line))


def opened(session: Session, status_list: StatusListRow) -> None:
    """Note that a list was opened."""
    note(session, opening(status_list))


def taken(session: Session, list_id: str, position: int) -> None:
    """Note that an index was taken."""
    note(session, {"taken": list_id, "index": position})


def set_to(session: Session, list_id: str, position: int, value: int, *, now: datetime) -> None:
    """Note that an entry was set, or lifted: then the value is 0."""
    note(session, {"set": list_id, "index": position, "value": value, "at": written_moment(now)})


def opening(status_list: StatusListRow) -> Line:
    """The line of a list that was opened."""
    return {
        "list": status_list.id,
        "organisation": status_list.organisation_id,
        "identity": status_list.identity_id,
        "number": status_list.number,
        "purpose": status_list.purpose,
        "length": status_list.length,
        "at": written_moment(status_list.opened),
    }


def written_moment(at: datetime) -> str:
    """An instant as lines have it."""
    return at.astimezone(UTC).isoformat()
