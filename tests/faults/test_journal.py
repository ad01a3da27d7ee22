"""The status journal: whichever of journal and database knows less is mended before anything is served."""

import fcntl
import json
import multiprocessing
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from issuer.store import METADATA, identities, journal, replaying, status
from issuer.store.tables import IdentityRow, OrganisationRow, StatusEntryRow, StatusListRow
from kit.db import Database
from kit.errors import NoRoom, Unavailable

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Desk:
    """An issuer's database and journal, without an issuer around them."""

    def __init__(self, folder):
        self.file = folder / "issuer.db"
        self.journal = journal.Journal(folder / journal.FILE_NAME)
        self.path = folder / journal.FILE_NAME
        self.database = self._open()

    def _open(self):
        database = Database(f"sqlite:///{self.file}")
        METADATA.create_all(database.engine)
        self.journal.attach(database)
        return database

    def reopen(self, *, from_copy=None):
        self.database.close()
        if from_copy is not None:
            for path in self.file.parent.glob("issuer.db*"):
                path.unlink()
            shutil.copy(from_copy, self.file)
        self.database = self._open()

    def copy(self, target):
        with self.database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("VACUUM INTO ?", (str(target),))
        return target

    def open_organisation(self):
        with self.database.session() as session:
            session.add(
                OrganisationRow(
                    id="org-1", slug="coop", did="did:web:localhost%3A1:orgs:coop", name="Co-op", kind="coop", url="",
                    email="", description="", address=None, created=NOW, updated=NOW,
                )
            )  # fmt: skip
            session.flush()
            session.add(IdentityRow(id="org-1", organisation_id="org-1", method="web", did="did:web:x", since=NOW))

    def open_list(self):
        with self.database.session() as session:
            identity = identities.present(session, "org-1")
            return status.add_list(session, identity, "revocation", length=131_072, now=NOW).id

    def take(self, list_id, *, then=None):
        """Take an index for nobody: the law under test is the index's, not the credential's."""
        with self.database.session() as session:
            row = session.get_one(StatusListRow, list_id)
            position = status.allocate(session, status_list=row, credential_id=None, now=NOW)
            if then is not None:
                raise then
            return position

    def revoke(self, list_id, position):
        with self.database.session() as session:
            return status.set_value(session, list_id=list_id, position=position, value=1, now=LATER)

    def replay(self):
        return replaying.replay(self.database, self.journal, now=LATER, finish=lambda _session, _rows: None)

    def set_positions(self, list_id):
        with self.database.reading() as session:
            return set(status.set_entries(session, list_id))

    def taken(self, list_id):
        with self.database.reading() as session:
            rows = session.query(StatusEntryRow).filter(StatusEntryRow.list_id == list_id)
            return {row.position for row in rows}


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    made.open_organisation()
    yield made
    made.database.close()


def test_an_older_database_is_brought_up_to_the_journal(desk, tmp_path):
    list_id = desk.open_list()
    before = desk.take(list_id)
    copy = desk.copy(tmp_path / "older.db")
    after = desk.take(list_id)
    desk.revoke(list_id, before)
    desk.revoke(list_id, after)
    second = desk.open_list()
    desk.take(second)

    desk.reopen(from_copy=copy)
    assert desk.set_positions(list_id) == set()
    done = desk.replay()

    assert (done.lists, done.indices, done.entries) == (1, 2, 2)
    assert desk.set_positions(list_id) == {before, after}
    assert desk.taken(list_id) == {before, after}
    with desk.database.reading() as session:
        row = session.get_one(StatusListRow, list_id)
        assert row.changes > row.rendered_changes, "the list is signed anew before it is served"


def test_a_second_replay_changes_nothing(desk, tmp_path):
    list_id = desk.open_list()
    copy = desk.copy(tmp_path / "older.db")
    desk.revoke(list_id, desk.take(list_id))
    desk.reopen(from_copy=copy)
    assert desk.replay().changed_database
    size = desk.path.stat().st_size
    again = desk.replay()
    assert not again.changed_database
    assert again.lines == 0
    assert desk.path.stat().st_size == size


def test_a_database_older_than_its_journal_file_is_written_down(desk):
    list_id = desk.open_list()
    position = desk.take(list_id)
    desk.revoke(list_id, position)
    desk.path.unlink()
    assert desk.replay().lines == 3
    assert {tuple(sorted(line)) for line in desk.journal.lines()} >= {("index", "taken")}
    assert not desk.replay().changed_database


def test_what_was_rolled_back_is_not_written(desk):
    list_id = desk.open_list()
    size = desk.path.stat().st_size
    with pytest.raises(RuntimeError, match="power"):
        desk.take(list_id, then=RuntimeError("power"))
    assert desk.path.stat().st_size == size
    desk.take(list_id)
    assert len(list(desk.journal.lines())) == 2


def test_a_line_is_on_the_disk_before_the_commit(desk, monkeypatch):
    list_id = desk.open_list()

    def full(lines):
        if lines:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(desk.journal, "append", full)
    with pytest.raises(Unavailable):
        desk.take(list_id)
    assert desk.taken(list_id) == set(), "no index is given out that the journal does not know"


def test_a_line_cut_off_by_a_crash_is_dropped(desk):
    list_id = desk.open_list()
    with desk.path.open("ab") as file:
        file.write(b'{"taken":"' + list_id.encode())
    assert len(list(desk.journal.lines())) == 1
    position = desk.take(list_id)
    assert [line.get("index") for line in desk.journal.lines()] == [None, position]


def test_a_line_that_the_disk_takes_in_pieces_is_written_whole(desk, monkeypatch):
    list_id = desk.open_list()
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, bytes(data[:7])))
    position = desk.take(list_id)
    assert [line.get("index") for line in desk.journal.lines()] == [None, position]


@pytest.mark.parametrize("stage", ["write", "nothing"])
def test_a_line_that_was_not_kept_is_not_acknowledged(desk, monkeypatch, stage):
    list_id = desk.open_list()
    size = desk.path.stat().st_size
    write = os.write
    given = []

    def full(descriptor, data):
        given.append(descriptor)
        if stage == "nothing":
            return 0
        if stage == "write" and len(given) > 1:
            raise OSError(28, "No space left on device")
        return write(descriptor, bytes(data[:7]) if stage == "write" else data)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(NoRoom):
        desk.take(list_id)
    monkeypatch.undo()
    assert desk.path.stat().st_size == size, "half a line would be taken for one that a crash cut off"
    assert desk.taken(list_id) == set()
    position = desk.take(list_id)
    assert [line.get("index") for line in desk.journal.lines()] == [None, position]


def test_R8_a_disk_that_cannot_say_whether_it_kept_a_line_ends_the_process(desk, monkeypatch):
    class Ended(BaseException):
        pass

    def broken(descriptor):
        raise OSError(5, "Input/output error")

    def ended(status):
        raise Ended(status)

    list_id = desk.open_list()
    monkeypatch.setattr(os, "fsync", broken)
    monkeypatch.setattr(os, "_exit", ended)
    with pytest.raises(Ended, match="74"):
        desk.take(list_id)
    monkeypatch.undo()
    assert desk.taken(list_id) == set()


def test_the_folder_is_on_the_disk_too(desk, monkeypatch):
    synced = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda one: synced.append(Path(f"/proc/self/fd/{one}").readlink()) or fsync(one))
    desk.open_list()
    assert synced == [desk.path, desk.path.parent]


def test_a_damaged_line_is_named(desk):
    desk.open_list()
    with desk.path.open("ab") as file:
        file.write(b"not json\n")
        file.write(json.dumps({"taken": "x", "index": 1}).encode() + b"\n")
    with pytest.raises(ValueError, match="line 2"):
        desk.replay()


def test_without_the_newest_journal_every_list_is_closed_and_numbers_skip_ahead(desk):
    first = desk.open_list()
    desk.take(first)
    with desk.path.open("a", encoding="utf-8") as file:
        file.write('{"restored":true}\n')
    assert desk.replay().closed == 1
    with desk.database.session() as session:
        assert status.open_list(session, "org-1", "revocation") is None
        identity = identities.present(session, "org-1")
        assert status.add_list(session, identity, "revocation", length=131_072, now=LATER).number > 1000
    assert desk.replay().closed == 0, "the new list stays open"


def _write(path, number):
    for place in range(150):
        journal.Journal(path).append([{"taken": f"list-{number}", "index": index} for index in (place, place + 1000)])


def test_processes_write_whole_lines_into_one_journal(desk):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write, args=(desk.path, number)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 3
    lines = list(desk.journal.lines())
    assert len(lines) == 3 * 300
    for number in range(3):
        ours = [line["index"] for line in lines if line["taken"] == f"list-{number}"]
        assert ours == [index for place in range(150) for index in (place, place + 1000)]


def test_while_somebody_else_writes_nobody_mends_or_cuts_off(desk, monkeypatch):
    list_id = desk.open_list()
    monkeypatch.setattr(journal, "PATIENCE", 0.05)
    with desk.path.open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.write(b'{"taken":"half')
        other.flush()
        size = desk.path.stat().st_size
        with pytest.raises(Unavailable):
            desk.take(list_id)
        assert desk.path.stat().st_size == size
    assert desk.taken(list_id) == set()
    position = desk.take(list_id)
    assert [line.get("index") for line in desk.journal.lines()] == [None, position]


def test_an_index_that_another_process_is_just_committing_stays_its_own(desk, monkeypatch):
    """The journal has the line before the commit: a replay that reads in between must not fail, nor take it away."""
    list_id = desk.open_list()
    read = replaying._read_database

    def read_and_commit(session):
        known = read(session)
        values = {"list_id": list_id, "position": 7, "organisation_id": "org-1", "credential_id": None, "value": 0}
        session.add(StatusEntryRow(**values))
        session.flush()
        return known

    desk.journal.append([{"taken": list_id, "index": 7}])
    monkeypatch.setattr(replaying, "_read_database", read_and_commit)
    assert desk.replay().indices == 0
    assert desk.taken(list_id) == {7}


def test_what_another_process_commits_during_a_replay_is_not_written_down_twice(desk, monkeypatch):
    """Between reading the journal and reading the database others take indices: the journal has their lines already."""
    list_id = desk.open_list()
    desk.take(list_id)
    read, taken = replaying._read_journal, []

    def read_and_take(written):
        state = read(written)
        if not taken:
            taken.append(desk.take(list_id))
        return state

    monkeypatch.setattr(replaying, "_read_journal", read_and_take)
    done = desk.replay()
    assert (done.lines, done.changed_database) == (0, False)
    assert [line["index"] for line in desk.journal.lines() if "taken" in line].count(taken[0]) == 1


def test_a_list_that_is_opened_again_is_signed_by_the_identifier_that_opened_it(desk, tmp_path):
    """After a restore from before the move, what moved is not known: then nobody is believed to have signed it."""
    before = desk.copy(tmp_path / "before")
    keys = desk.open_list()
    with desk.database.session() as session:
        identities.present(session, "org-1").until = NOW
        session.flush()
        session.add(IdentityRow(id="web", organisation_id="org-1", method="web2", did="did:web:y", since=NOW))
    moved = desk.copy(tmp_path / "moved")
    webs = desk.open_list()
    for copy, expected in ((moved, {keys: "org-1", webs: "web"}), (before, {keys: "org-1", webs: "org-1"})):
        desk.reopen(from_copy=copy)
        desk.replay()
        with desk.database.reading() as session:
            assert {each: session.get_one(StatusListRow, each).identity_id for each in expected} == expected
