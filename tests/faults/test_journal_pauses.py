"""The status journal and pauses: the newest line of an entry counts, wherever it stands; a withdrawal stays."""

import json
from datetime import timedelta

import pytest

from issuer.store import identities, status
from satchel.ledgers import JOURNAL, settle_lost
from tests.faults.test_journal import LATER, NOW, Desk


class PausingDesk(Desk):
    """A desk that pauses and lifts."""

    def open_pauses(self):
        with self.database.session() as session:
            identity = identities.present(session, "org-1")
            return status.add_list(session, identity, "suspension", length=131_072, now=NOW).id

    def pause(self, list_id, position, *, at=LATER):
        with self.database.session() as session:
            return status.suspend(session, list_id=list_id, position=position, now=at)

    def lift(self, list_id, position, *, at=LATER):
        with self.database.session() as session:
            return status.lift(session, list_id=list_id, position=position, now=at)


@pytest.fixture
def desk(tmp_path):
    made = PausingDesk(tmp_path)
    made.open_organisation()
    yield made
    made.database.close()


def test_an_older_database_learns_of_pauses_and_that_they_were_lifted(desk, tmp_path):
    pauses = desk.open_pauses()
    lifted, again, fresh = (desk.take(pauses) for _ in range(3))
    desk.pause(pauses, lifted)
    desk.pause(pauses, again)
    copy = desk.copy(tmp_path / "older.db")
    desk.lift(pauses, lifted)
    desk.lift(pauses, again)
    desk.pause(pauses, again)
    desk.pause(pauses, fresh)
    later = desk.take(pauses)
    desk.pause(pauses, later)
    desk.lift(pauses, later)

    desk.reopen(from_copy=copy)
    done = desk.replay()
    assert (done.indices, done.entries) == (1, 4)
    assert desk.set_positions(pauses) == {again, fresh}
    assert not desk.replay().changed_database


def test_a_journal_that_knows_less_than_the_database_takes_nothing_back(desk):
    pauses = desk.open_pauses()
    position, lifted = desk.take(pauses), desk.take(pauses)
    desk.pause(pauses, position)
    desk.pause(pauses, lifted)
    before = desk.path.read_bytes()
    desk.lift(pauses, lifted)
    desk.lift(pauses, position)
    desk.pause(pauses, position)
    desk.path.write_bytes(before)
    done = desk.replay()
    assert (done.lines, done.changed_database) == (2, False)
    assert desk.set_positions(pauses) == {position}
    desk.path.unlink()
    desk.replay()
    assert not desk.replay().changed_database
    assert desk.set_positions(pauses) == {position}


def test_a_line_that_takes_a_withdrawal_back_counts_for_nothing(desk, tmp_path):
    list_id = desk.open_list()
    position = desk.take(list_id)
    copy = desk.copy(tmp_path / "older.db")
    desk.revoke(list_id, position)
    at = (LATER + timedelta(days=1)).isoformat()
    desk.journal.append([{"set": list_id, "index": position, "value": 0, "at": at}])
    desk.reopen(from_copy=copy)
    assert desk.replay().entries == 1
    assert desk.set_positions(list_id) == {position}
    assert not desk.replay().changed_database


def test_of_two_copies_of_a_journal_the_later_line_counts_in_any_order(desk, tmp_path):
    """A journal that was cut short and went on, and the backup's: a restore puts one after the other."""
    pauses = desk.open_pauses()
    position, other = desk.take(pauses), desk.take(pauses)
    desk.pause(pauses, position)
    desk.pause(pauses, other)
    copy = desk.copy(tmp_path / "older.db")
    short = desk.path.read_bytes()
    desk.lift(pauses, position)
    desk.pause(pauses, position)
    saved = tmp_path / "saved.journal"
    saved.write_bytes(desk.path.read_bytes())
    desk.lift(pauses, position)
    desk.lift(pauses, other)
    lines = desk.path.read_bytes().splitlines(keepends=True)
    desk.path.write_bytes(short + b"".join(lines[-2:]))

    settle_lost(JOURNAL, desk.path, saved)
    assert sum("set" in json.loads(line) for line in desk.path.read_bytes().splitlines()) == 6
    desk.reopen(from_copy=copy)
    desk.replay()
    assert desk.set_positions(pauses) == set()
