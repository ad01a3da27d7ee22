"""What the verifier's store promises, on SQLite and on PostgreSQL alike."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import text

from kit.db import Database
from kit.vault import VaultError
from verifier import store
from verifier.service.findings import StatusFinding
from verifier.service.memory import Memory

NOW = datetime(2027, 3, 3, 10, 2, tzinfo=UTC)
LIST = "https://maple.example/orgs/coop/status/1"
DID = "did:web:maple.example:orgs:coop"


@pytest.fixture
def database(database_url):
    found = Database(database_url)
    found.upgrade("verifier.migrations")
    yield found
    found.close()


def entry(did=DID, name="Maple Co-op", **changes):
    values = {"list_name": "Providers", "note": "", "added": NOW, "added_by": "ana"} | changes
    return store.Entry(did=did, name=name, **values)


def test_the_migrations_make_what_the_tables_say(database):
    assert database.differences(store.METADATA) == []
    assert database.revision_is_head("verifier.migrations")


class TestVerdicts:
    def test_a_verdict_is_found_by_its_id_alone(self, database):
        verdict_id = store.new_verdict_id()
        with database.session() as session:
            store.keep_verdict(session, verdict_id, b"about Jonah", created=NOW, expires=NOW + timedelta(days=30))
        with database.reading() as session:
            assert store.find_verdict(session, verdict_id, now=NOW) == b"about Jonah"
            assert store.find_verdict(session, store.new_verdict_id(), now=NOW) is None

    def test_the_database_alone_shows_neither_id_nor_content(self, database):
        verdict_id = store.new_verdict_id()
        with database.session() as session:
            store.keep_verdict(session, verdict_id, b"about Jonah", created=NOW, expires=NOW + timedelta(days=30))
        with database.reading() as session:
            row = session.execute(text("SELECT * FROM verdict")).one()
        assert verdict_id not in str(row)
        assert b"Jonah" not in bytes(row.sealed)

    def test_a_swapped_row_does_not_open(self, database):
        first, second = store.new_verdict_id(), store.new_verdict_id()
        with database.session() as session:
            for verdict_id in (first, second):
                store.keep_verdict(
                    session, verdict_id, verdict_id.encode(), created=NOW, expires=NOW + timedelta(days=1)
                )
            rows = session.execute(text("SELECT locator, sealed FROM verdict")).all()
            for mine, other in (rows, rows[::-1]):
                session.execute(
                    text("UPDATE verdict SET sealed = :sealed WHERE locator = :locator"),
                    {"sealed": other.sealed, "locator": mine.locator},
                )
        with database.reading() as session, pytest.raises(VaultError):
            store.find_verdict(session, first, now=NOW)

    def test_an_expired_verdict_is_gone_before_and_after_the_sweep(self, database):
        verdict_id, later = store.new_verdict_id(), NOW + timedelta(days=30)
        with database.session() as session:
            store.keep_verdict(session, verdict_id, b"x", created=NOW, expires=later)
        with database.session() as session:
            assert store.find_verdict(session, verdict_id, now=later) is None
            assert store.sweep_verdicts(session, now=later - timedelta(seconds=1)) == 0
            assert store.sweep_verdicts(session, now=later) == 1
            assert store.count_verdicts(session) == 0

    def test_a_thousand_ids_are_distinct_and_long(self):
        ids = {store.new_verdict_id() for _ in range(1000)}
        assert len(ids) == 1000
        assert {len(i) for i in ids} == {22}


class TestMemory:
    def test_the_first_sighting_stays(self, database):
        with database.session() as session:
            assert store.first_seen(session, LIST, 7, "revocation", now=NOW) == NOW
        with database.session() as session:
            later = NOW + timedelta(hours=5)
            assert store.first_seen(session, LIST, 7, "revocation", now=later) == NOW
            assert store.first_seen(session, LIST, 7, "suspension", now=later) == later
            assert store.first_seen(session, LIST, 8, "revocation", now=later) == later

    def test_a_pause_that_was_lifted_and_comes_again_is_a_new_one(self, database):
        later, finding = NOW + timedelta(hours=5), partial(StatusFinding, list_url=LIST, index=7)
        memory = Memory(database=database)
        for purpose in ("suspension", "revocation"):
            memory.first_seen([finding(purpose=purpose, value=1)], now=NOW)
            memory.forget_lifted([finding(purpose=purpose, value=1), finding(purpose="message", value=0)])
            assert memory.first_seen([finding(purpose=purpose, value=1)], now=later) == {f"{LIST}#7": NOW}
            memory.forget_lifted([finding(purpose=purpose, value=0)])
        assert memory.first_seen([finding(purpose="suspension", value=1)], now=later) == {f"{LIST}#7": later}
        assert memory.first_seen([finding(purpose="revocation", value=1)], now=later) == {f"{LIST}#7": NOW}

    def test_an_older_version_of_a_list_is_told(self, database):
        def version(valid_from, body):
            return store.SeenList(
                list_url=LIST, valid_from=valid_from, retrieved=NOW, media_type="application/vc", body=body
            )

        with database.session() as session:
            assert store.remember_list(session, version(NOW, b"today's"))
            assert not store.remember_list(session, version(NOW - timedelta(days=1), b"yesterday's"))
            assert store.newest_list(session, LIST).body == b"today's"
            assert store.remember_list(session, version(NOW + timedelta(days=1), b"tomorrow's"))
            assert store.newest_list(session, LIST).body == b"tomorrow's"
            assert store.newest_list(session, LIST + "0") is None

    def test_a_resource_is_replaced_and_swept(self, database):
        old = store.CachedResource(url=LIST, body=b"a", media_type="application/vc", etag='"1"', retrieved=NOW)
        new = store.CachedResource(
            url=LIST, body=b"b", media_type="application/vc", etag="x" * 600, retrieved=NOW + timedelta(days=1)
        )
        with database.session() as session:
            store.cache_resource(session, old)
            assert store.cached_resource(session, LIST) == old
            store.cache_resource(session, new)
            found = store.cached_resource(session, LIST)
            assert (found.body, found.etag) == (b"b", None)
            assert store.sweep_resources(session, before=NOW + timedelta(days=1)) == 0
            assert store.sweep_resources(session, before=NOW + timedelta(days=2)) == 1

    def test_an_address_that_does_not_fit_is_not_remembered(self, database):
        url = "https://x.example/" + "a" * 3000
        with database.session() as session:
            assert store.first_seen(session, url, 1, "revocation", now=NOW) == NOW
            store.cache_resource(
                session, store.CachedResource(url=url, body=b"", media_type="", etag=None, retrieved=NOW)
            )
            assert store.cached_resource(session, url) is None


class TestRecognised:
    def test_entries_come_by_name_and_page(self, database):
        with database.session() as session:
            for number, name in enumerate(("cedar", "Alder", "Birch")):
                store.write_entry(
                    session, f"{DID}{number}", entry(f"{DID}{number}", name), batch="b", at=NOW, actor="ana"
                )
        with database.reading() as session:
            items, total = store.entries(session, search="", offset=1, limit=1)
            assert ([e.name for _, e in items], total) == (["Birch"], 3)
            assert store.entries(session, search="ALDER", offset=0, limit=9)[1] == 1
            assert store.entries(session, search="100%", offset=0, limit=9)[1] == 0
            assert len(store.all_entries(session)) == 3

    def test_every_change_keeps_before_and_after(self, database):
        renamed = entry(name="Maple Cooperative")
        with database.session() as session:
            added = store.write_entry(session, DID, entry(), batch="1", at=NOW, actor="ana")
            changed = store.write_entry(session, DID, renamed, batch="2", at=NOW, actor="ben")
            removed = store.write_entry(session, DID, None, batch="3", at=NOW, actor="ana")
        assert (added.before, added.after) == (None, entry())
        assert (changed.before, changed.after) == (entry(), renamed)
        assert (removed.before, removed.after) == (renamed, None)
        with database.session() as session:
            assert store.entry_by_did(session, DID) is None
            assert store.changes(session, batch="2") == [changed]
            assert [c.batch for c in store.latest_changes(session, limit=2)] == ["3", "2"]
            assert store.mark_undone(session, removed.id, by=added.id)
            assert not store.mark_undone(session, removed.id, by=added.id)
