"""A journal of the status lists that lies outside the database, so that restoring an older backup cannot undo them.

One append-only file in the role's data directory, one JSON object a line: a list was opened, an index was taken, an
entry was set (or, of a list of suspensions, set back to 0). A line is on the disk *before* the transaction that it
belongs to commits; a line whose transaction never committed is harmless (an index is left unused; a revocation or a
pause that somebody asked for is carried out). `replay`
compares the journal with the database before anything is served, and mends whichever of the two knows less:

1. an index that the journal knows and the database does not is taken for good, by nobody;
2. an entry that the journal knows as set is set again, and its credential is revoked again. What was set stays set,
whatever a line says later; of a list of suspensions the line with the latest moment counts, wherever it stands;
3. a list that the journal knows and the database does not is opened again under its number, with its entries;
4. after a restore without the journal (`RESTORED`), every open list is closed and numbers skip ahead, since nobody
knows what was taken; 5. what the database knows and the journal does not (an installation older than the journal) is
written down.

Left out: which credential an index belongs to. The journal holds no personal data and may be copied to another
machine freely.
"""

import contextlib
import errno
import fcntl
import json
import os
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from issuer.store import suspensions
from issuer.store.credentials import insert_if_new
from issuer.store.suspensions import SUSPENSION
from issuer.store.tables import CredentialRow, OrganisationRow, StatusEntryRow, StatusListRow
from kit.db import Database
from kit.errors import Unavailable
from vc.status import Reason

FILE_NAME = "status.journal"
NUMBERS_SKIPPED = 1000
PATIENCE = 5.0
"""Seconds to wait for somebody else's line to be written, as long as the database waits for a lock."""

_REPLAY_LOCK = 0x5A7C8E1B

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
        """Write lines and wait until they are on the disk. Raises: OSError when the disk refuses."""
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
            raise Unavailable from error


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
        os.fsync(descriptor)
    except OSError:
        with contextlib.suppress(OSError):  # what cannot be cut off now has no end, or belongs to no commit: harmless
            os.ftruncate(descriptor, before)
        raise


def _sync_folder(folder: Path) -> None:
    """Have the file's name on the disk too: a new file whose folder is lost is lost."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def note(session: Session, line: Line) -> None:
    """Have a line written before this session commits; nothing where no journal is attached."""
    connection = session.connection()
    if connection.get_execution_options().get("status_journal") is not None:
        connection.info.setdefault("status_journal", []).append(dict(line))


def opened(session: Session, status_list: StatusListRow) -> None:
    """Note that a list was opened."""
    note(session, _opening(status_list))


def taken(session: Session, list_id: str, position: int) -> None:
    """Note that an index was taken."""
    note(session, {"taken": list_id, "index": position})


def set_to(session: Session, list_id: str, position: int, value: int, *, now: datetime) -> None:
    """Note that an entry was set, or lifted: then the value is 0."""
    note(session, {"set": list_id, "index": position, "value": value, "at": _text(now)})


def _opening(status_list: StatusListRow) -> Line:
    return {
        "list": status_list.id,
        "organisation": status_list.organisation_id,
        "number": status_list.number,
        "purpose": status_list.purpose,
        "length": status_list.length,
        "at": _text(status_list.opened),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a replay did: lists opened again, indices taken by nobody, entries set again (or lifted again), lists
    closed, lines added to the journal.
    """

    lists: int
    indices: int
    entries: int
    closed: int
    lines: int

    @property
    def changed_database(self) -> bool:
        """Whether the database knew less than the journal."""
        return bool(self.lists or self.indices or self.entries or self.closed)


@dataclass(slots=True, kw_only=True)
class _State:
    """One side's knowledge: lists by id, taken indices by list, set entries by list and index: to what, and when.

    An entry of a list of suspensions that was lifted is there with the value 0.
    """

    lists: dict[str, Line]
    taken: dict[str, set[int]]
    set: dict[tuple[str, int], tuple[int, str]]
    restored: bool = False

    def may_lift(self, list_id: str) -> bool:
        """Whether entries of this list go back to 0."""
        return list_id in self.lists and self.lists[list_id]["purpose"] == SUSPENSION

    def learn(self, list_id: str, position: int, value: int, at: str) -> None:
        """Note what an entry was set to, unless that is older, or takes back what stays."""
        before = self.set.get((list_id, position))
        if self.may_lift(list_id):
            newer = before is None or _moment(at) >= _moment(before[1])
        else:
            newer = value > (0 if before is None else before[0])
        if newer:
            self.set[(list_id, position)] = (value, at)


def replay(database: Database, journal: Journal, *, now: datetime) -> Replayed:
    """Bring database and journal to the same knowledge, in one transaction; call it before serving.

    Raises: ValueError when the journal is damaged; OSError when it cannot be written; kit.errors.Unavailable.
    """
    with database.session() as session:
        if not database.is_sqlite:  # there, the transaction itself keeps others from writing
            session.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({_REPLAY_LOCK})")
        written = _read_journal(journal)
        known = _read_database(session)
        organisations = set(session.scalars(select(OrganisationRow.id)))
        lost = [line for key, line in written.lists.items() if key not in known.lists]
        reopened = _reopen(session, [line for line in lost if line["organisation"] in organisations])
        there = known.lists.keys() | reopened
        closed = _close_open_lists(session, now=now) if written.restored else 0
        burnt = _burn(session, written, known, there)
        entries = _set_again(session, written, known, there)
        missing = _unwritten(written, known)
        if missing:  # others may have committed since the journal was read: their lines are in it by now
            missing = _unwritten(_read_journal(journal), known)
    if written.restored:
        missing.append({"closed": True, "at": _text(now)})
    journal.append(missing)
    return Replayed(lists=len(reopened), indices=burnt, entries=entries, closed=closed, lines=len(missing))


def _read_journal(journal: Journal) -> _State:
    state = _State(lists={}, taken={}, set={})
    turns: list[Line] = []
    for line in journal.lines():
        if "list" in line:
            state.lists[line["list"]] = line
        elif "taken" in line:
            state.taken.setdefault(line["taken"], set()).add(line["index"])
        elif "set" in line:
            state.taken.setdefault(line["set"], set()).add(line["index"])
            turns.append(line)
        elif "restored" in line:
            state.restored = True
        elif "closed" in line:
            state.restored = False
    for line in turns:  # after all lists are known, whatever their order in a journal made of two copies
        state.learn(line["set"], line["index"], line["value"], line["at"])
    return state


def _read_database(session: Session) -> _State:
    state = _State(lists={}, taken={}, set={})
    for row in session.scalars(select(StatusListRow)):
        state.lists[row.id] = _opening(row)
    rows = session.execute(
        select(StatusEntryRow.list_id, StatusEntryRow.position, StatusEntryRow.value, StatusEntryRow.changed)
    )
    for list_id, position, value, changed in rows:
        state.taken.setdefault(list_id, set()).add(position)
        if value or (changed is not None and state.may_lift(list_id)):
            state.set[(list_id, position)] = (value, _text(changed) if changed else "")
    return state


def _reopen(session: Session, lost: Iterable[Line]) -> set[str]:
    """Open again, already closed to new entries, the lists that only the journal knows. `changes` makes them be signed
    anew.
    """
    reopened = set()
    for line in lost:
        at = datetime.fromisoformat(line["at"])
        insert_if_new(  # another process may be committing this very row
            session,
            StatusListRow,
            id=line["list"],
            organisation_id=line["organisation"],
            number=line["number"],
            purpose=line["purpose"],
            length=line["length"],
            opened=at,
            full=at,
            changes=1,
            rendered_changes=0,
        )
        reopened.add(line["list"])
    return reopened


def _close_open_lists(session: Session, *, now: datetime) -> int:
    """Close every open list and leave a gap in the numbers, so that nothing lost is ever given out a second time.

    The gap is held open by an empty, closed list with a number far ahead.
    """
    newest: dict[str, StatusListRow] = {}
    count = 0
    for row in session.scalars(select(StatusListRow).order_by(StatusListRow.number)):
        newest[row.organisation_id] = row
        if row.full is None:
            row.full = now
            count += 1
    for organisation_id, row in newest.items():
        session.add(
            StatusListRow(
                id=str(uuid.uuid4()),
                organisation_id=organisation_id,
                number=row.number + NUMBERS_SKIPPED,
                purpose=row.purpose,
                length=row.length,
                opened=now,
                full=now,
                changes=1,
                rendered_changes=0,
            )
        )
    session.flush()
    return count


def _burn(session: Session, written: _State, known: _State, there: set[str]) -> int:
    count = 0
    for list_id, positions in written.taken.items():
        if list_id not in there:
            continue
        organisation = session.get_one(StatusListRow, list_id).organisation_id
        for position in sorted(positions - known.taken.get(list_id, set())):
            # Another process may be committing this very index: then it is not lost, and stays as that one took it.
            count += insert_if_new(
                session,
                StatusEntryRow,
                list_id=list_id,
                position=position,
                organisation_id=organisation,
                credential_id=None,
                value=0,
            )
    return count


def _set_again(session: Session, written: _State, known: _State, there: set[str]) -> int:
    count = 0
    for (list_id, position), (value, at) in written.set.items():
        if list_id not in there or not _knows_better(written, known, list_id, position):
            continue
        when = datetime.fromisoformat(at)
        entry = session.get_one(StatusEntryRow, (list_id, position))
        status_list = session.get_one(StatusListRow, list_id)
        if status_list.purpose == SUSPENSION:
            count += suspensions.turn_again(session, entry, status_list, value=value, when=when)
            continue
        entry.value, entry.changed = value, when
        status_list.changes += 1
        if entry.credential_id is not None:
            _withdraw_again(session, entry.credential_id, status_list.purpose, value, when)
        count += 1
    session.flush()
    return count


def _knows_better(one: _State, other: _State, list_id: str, position: int) -> bool:
    """Whether one side knows something of an entry that the other one does not know, or not any more."""
    here, there = one.set[(list_id, position)], other.set.get((list_id, position))
    may_lift = one.may_lift(list_id) or other.may_lift(list_id)
    return there is None or (may_lift and _moment(here[1]) > _moment(there[1]))


def _withdraw_again(session: Session, credential_id: str, purpose: str, value: int, when: datetime) -> None:
    credential = session.get_one(CredentialRow, credential_id)
    if purpose == "revocation":
        credential.state = "revoked"
        credential.revoked = credential.revoked or when
    elif purpose == "message" and credential.revocation_reason is None:
        credential.revocation_reason = Reason(value).code


def _unwritten(written: _State, known: _State) -> list[Line]:
    lines: list[Line] = [line for key, line in known.lists.items() if key not in written.lists]
    for list_id, positions in known.taken.items():
        new = sorted(positions - written.taken.get(list_id, set()))
        lines.extend({"taken": list_id, "index": position} for position in new)
    for (list_id, position), (value, at) in known.set.items():
        if _knows_better(known, written, list_id, position):
            lines.append({"set": list_id, "index": position, "value": value, "at": at or _text(datetime.now(UTC))})
    return lines


def _moment(at: str) -> datetime:
    """An instant of a line; the beginning of time where none is known."""
    return datetime.fromisoformat(at) if at else datetime.min.replace(tzinfo=UTC)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
