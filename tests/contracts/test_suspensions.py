"""Pauses on SQLite and on PostgreSQL: lists of suspensions may be set back, others may not, whoever asks at once."""

import secrets
import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from issuer.service.drafts import AchievementDraft
from issuer.store import journal, replaying, status, tables
from kit.errors import Conflict, NotFound
from kit.paging import Window
from tests.issuing import NOW, Workshop, settings

LICENCE = AchievementDraft(name="Belay licence", description="d", criteria_narrative="c", achievement_type="License")


class Shop(Workshop):
    """A workshop whose clock moves, with a licence that can be paused."""

    def __init__(self, given):
        super().__init__(given)
        self.licence = self.services.achievements.create(self.desk, LICENCE)
        self.plain, self.achievement = self.achievement, self.licence

    def make(self, number=1):
        return self.award(number, secrets.token_hex(8)).value["id"]

    def entry(self, credential_id):
        with self.services.context.database.reading() as session:
            found = status.of_credential(session, credential_id)
            return next((entry, row) for entry, row in found if row.purpose == "suspension")

    def lines(self, credential_id):
        entry, row = self.entry(credential_id)
        written = journal.Journal(self.services.context.settings.data_dir / journal.FILE_NAME)
        return [line for line in written.lines() if line.get("set") == row.id and line["index"] == entry.position]

    def run(self, statement):
        with self.services.context.database.session() as session:
            session.execute(text(statement))


@pytest.fixture
def shop(issuer_url, tmp_path):
    made = Shop(settings(tmp_path, issuer_url))
    yield made
    made.close()


@pytest.fixture
def one_shop(sqlite_url, tmp_path):
    """On one database only: what the store does not decide."""
    made = Shop(settings(tmp_path, sqlite_url))
    yield made
    made.close()


def test_H19_a_pause_can_be_lifted_and_set_again_and_nothing_else_can(shop):
    uuid = shop.make()
    for _time in range(2):
        assert shop.services.suspensions.suspend(shop.desk, uuid, reason="late").suspended is not None
        assert shop.entry(uuid)[0].value == 1
        assert shop.services.suspensions.lift(shop.desk, uuid).suspended is None
        assert shop.entry(uuid)[0].value == 0
    shop.services.suspensions.suspend(shop.desk, uuid, reason="late")
    shop.services.credentials.revoke(shop.desk, uuid, reason="replaced", note="")
    only = "list_id IN (SELECT id FROM status_list WHERE purpose {} 'suspension')"
    for refused in (
        f"UPDATE status_entry SET value = 0 WHERE value <> 0 AND {only.format('<>')}",
        "UPDATE status_entry SET value = 0 WHERE value <> 0",
        f"UPDATE status_entry SET value = 2 WHERE value = 1 AND {only.format('=')}",
        f"UPDATE status_entry SET position = position + 1 WHERE {only.format('=')}",
        f"UPDATE status_entry SET credential_id = NULL WHERE {only.format('=')}",
        f"DELETE FROM status_entry WHERE {only.format('=')}",
        "UPDATE status_list SET purpose = 'suspension' WHERE purpose = 'revocation'",
    ):
        with pytest.raises(DBAPIError):
            shop.run(refused)
    shop.run(f"UPDATE status_entry SET value = 0 WHERE {only.format('=')}")


def test_every_line_of_an_entry_is_later_than_the_one_before(shop):
    uuid = shop.make()
    for _time in range(2):
        shop.services.suspensions.suspend(shop.desk, uuid, reason="late")
        shop.services.suspensions.suspend(shop.desk, uuid, reason="again")
        shop.services.suspensions.lift(shop.desk, uuid)
        shop.services.suspensions.lift(shop.desk, uuid)
    found = [(line["value"], line["at"]) for line in shop.lines(uuid)]
    assert found == [(1 - place % 2, (NOW + timedelta(seconds=place)).isoformat()) for place in range(4)]
    pauses = shop.services.suspensions.history(shop.desk, uuid)
    assert [(pause.reason, pause.lifted) for pause in pauses] == [("late", NOW), ("late", NOW)]


def test_pausing_twice_at_once_is_one_pause(shop):
    uuid = shop.make()
    start, errors = threading.Barrier(4), []

    def pause():
        start.wait()
        try:
            shop.services.suspensions.suspend(shop.desk, uuid, reason="late")
        except Exception as error:  # noqa: BLE001 - a thread reports whatever went wrong
            errors.append(error)

    threads = [threading.Thread(target=pause) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(shop.services.suspensions.history(shop.desk, uuid)) == len(shop.lines(uuid)) == 1
    acts = [row.action for row in shop.services.credentials.story(shop.desk, uuid)]
    assert acts == ["credential.award", "credential.suspend"]


def test_only_what_was_awarded_with_the_possibility_is_paused(one_shop):
    shop = one_shop
    made = shop.make()
    shop.services.achievements.edit(
        shop.desk, shop.licence.id, AchievementDraft(**{**_members(LICENCE), "pausable": False}), version=None
    )
    later = shop.make(2)
    assert shop.services.suspensions.suspend(shop.desk, made, reason="late").suspended == NOW
    with pytest.raises(Conflict, match="without a pause"):
        shop.services.suspensions.suspend(shop.desk, later, reason="late")
    shop.achievement = shop.plain
    with pytest.raises(Conflict, match="without a pause"):
        shop.services.suspensions.suspend(shop.desk, shop.make(3), reason="late")
    assert shop.services.suspensions.lift(shop.desk, later).suspended is None
    with pytest.raises(NotFound):
        shop.services.suspensions.lift(shop.desk, "nothing")


def test_awards_by_the_hundred_can_be_paused_too(one_shop):
    shop = one_shop
    frozen = shop.freeze(3)
    assert all(hasattr(signed, "body") for signed in shop.finish(frozen))
    ids = [each.credential_id for each in frozen]
    assert shop.services.suspensions.suspend(shop.desk, ids[1], reason="late").suspended == NOW
    found = shop.services.credentials.listing(shop.desk, Window(number=1, size=10), state="paused")
    assert [item.id for item in found.items] == [ids[1]]
    shop.services.credentials.revoke(shop.desk, ids[1], reason="replaced", note="")
    assert shop.services.credentials.listing(shop.desk, Window(number=1, size=10), state="paused").total == 0


def again(database, written):
    return replaying.replay(database, written, now=NOW, finish=lambda _session, _rows: None)


def test_a_journal_of_later_pauses_is_followed_and_an_earlier_one_is_not(shop):
    """What a process reads while others go on: the latest moment counts, whatever was read first."""
    uuid = shop.make()
    shop.services.suspensions.suspend(shop.desk, uuid, reason="late")
    entry, row = shop.entry(uuid)
    written = journal.Journal(shop.services.context.settings.data_dir / journal.FILE_NAME)
    line = {"set": row.id, "index": entry.position}
    written.append([{**line, "value": 0, "at": (NOW - timedelta(hours=1)).isoformat()}])
    database = shop.services.context.database
    assert not again(database, written).changed_database
    assert shop.entry(uuid)[0].value == 1

    written.append([{**line, "value": 0, "at": (NOW + timedelta(hours=1)).isoformat()}])
    assert again(database, written).entries == 1
    assert shop.entry(uuid)[0].value == 0
    assert shop.services.credentials.one(shop.desk, uuid).suspended is None
    assert shop.services.suspensions.history(shop.desk, uuid)[0].lifted == NOW + timedelta(hours=1)
    assert again(database, written).changed_database is False

    # and what is done now is later than all of it, although the clock stands before
    assert shop.services.suspensions.suspend(shop.desk, uuid, reason="late").suspended == NOW
    assert shop.entry(uuid)[0].changed == NOW + timedelta(hours=1, seconds=1)
    assert not again(database, written).changed_database
    with database.reading() as session:
        assert session.get(tables.CredentialRow, uuid).suspended == NOW


def _members(draft):
    return {name: getattr(draft, name) for name in draft.__slots__}
