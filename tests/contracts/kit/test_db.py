import contextlib
import multiprocessing
import os
import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from kit import disk
from kit.db import Database
from kit.errors import NoRoom, Unavailable


def names(database, sample):
    with database.reading() as session:
        return set(session.execute(select(sample.thing.c.name)).scalars())


def test_a_session_commits_once_at_its_end(database, sample):
    with database.session() as session:
        session.execute(insert(sample.thing).values(name="kept"))
        assert names(database, sample) == set()
    assert names(database, sample) == {"kept"}


def test_a_session_that_raises_leaves_nothing(database, sample):
    with pytest.raises(KeyError), database.session() as session:  # noqa: PT012
        session.execute(insert(sample.thing).values(name="lost"))
        raise KeyError
    assert names(database, sample) == set()


def test_a_reading_session_cannot_write(database, sample):
    with pytest.raises(Exception, match=r"(?i)read.?only"), database.reading() as session:
        session.execute(insert(sample.thing).values(name="sneaked in"))
    assert names(database, sample) == set()


def test_a_row_that_points_nowhere_is_refused(database, sample):
    with pytest.raises(IntegrityError), database.session() as session:
        session.execute(insert(sample.part).values(thing_id=99))


def test_an_instant_comes_back_aware_and_in_utc(database, sample):
    given = datetime(2027, 3, 3, 12, 30, 5, 123456, tzinfo=timezone(timedelta(hours=2)))
    with database.session() as session:
        session.execute(insert(sample.thing).values(at=given))
    with database.reading() as session:
        found = session.execute(select(sample.thing.c.at)).scalar_one()
    assert found == given
    assert found.utcoffset() == timedelta(0)


def test_a_naive_instant_is_refused(database, sample):
    with pytest.raises(StatementError, match="aware"), database.session() as session:
        session.execute(insert(sample.thing).values(at=datetime(2027, 3, 3)))  # noqa: DTZ001


def test_concurrent_increments_are_none_of_them_lost(database, sample):
    with database.session() as session:
        session.execute(insert(sample.thing).values(id=1, name="0"))

    def add_ten():
        for _turn in range(10):
            with database.session() as session:
                query = select(sample.thing.c.name).where(sample.thing.c.id == 1).with_for_update()
                count = int(session.execute(query).scalar_one())
                session.execute(sample.thing.update().values(name=str(count + 1)))

    threads = [threading.Thread(target=add_ten) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(database, sample) == {"40"}


def test_sqlite_promises_are_kept_on_every_connection(sqlite_url):
    database = Database(sqlite_url)
    with database.reading() as session:
        found = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    database.close()


def test_a_database_that_is_not_there_is_unavailable_not_a_crash(tmp_path):
    for url in (f"sqlite:///{tmp_path}/no/such/folder.db", "postgresql+psycopg://nobody@127.0.0.1:1/none"):
        database = Database(url)
        with pytest.raises(Unavailable):
            database.check()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "postgresql+asyncpg://x/y"])
def test_other_kinds_of_database_are_refused_in_words(url):
    with pytest.raises(ValueError, match="database"):
        Database(url)


def test_a_full_disk_is_unavailable(sqlite_url, sample):
    database = Database(sqlite_url)
    sample.metadata.create_all(database.engine)
    with pytest.raises(Unavailable), database.session() as session:  # noqa: PT012
        session.execute(text("PRAGMA max_page_count=1"))
        for number in range(2000):
            session.execute(insert(sample.thing).values(name=f"{number:040d}", at=datetime.now(UTC)))
    assert names(database, sample) == set()
    database.close()


@pytest.mark.postgres
def test_a_connection_that_was_cut_is_replaced(postgres_url):
    database = Database(postgres_url)
    database.check()
    other = Database(postgres_url)
    with other.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    other.close()
    database.check()
    database.close()


@pytest.mark.postgres
def test_a_pool_that_is_used_up_says_so_within_a_second(postgres_url):
    database = Database(postgres_url)
    held = [database.engine.connect() for _place in range(20)]
    with pytest.raises(Unavailable) as refused:
        database.check()
    assert refused.value.retry_after == 1
    for connection in held:
        connection.close()
    database.check()
    database.close()


def test_a_sqlite_database_is_its_owners_alone(tmp_path):
    path = tmp_path / "role.db"
    for _round in range(2):
        database = Database(f"sqlite:///{path}")
        try:
            with database.session() as session:
                session.connection().exec_driver_sql("CREATE TABLE IF NOT EXISTS thing (id INTEGER)")
                modes = {found.name: found.stat().st_mode & 0o777 for found in tmp_path.iterdir()}
            assert set(modes.values()) == {0o600}, modes
            assert "role.db" in modes
        finally:
            database.close()
        path.chmod(0o644)  # as an earlier version left it


def _write_and_leave(url, number):
    database = Database(url)
    with database.session() as session:
        session.execute(text("INSERT INTO thing VALUES (:number)"), {"number": number})
    database.close()


def test_another_process_that_leaves_takes_nothing_that_this_one_writes_later(sqlite_url):
    """A process that opens and closes the file itself drops its locks: then whoever leaves takes the log away."""
    database = Database(sqlite_url)
    with database.session() as session:
        session.execute(text("CREATE TABLE thing (number INTEGER)"))
    others = multiprocessing.get_context("spawn")
    for number in range(2):
        with contextlib.ExitStack() as stack:
            for _more in range(4):  # several connections, opened after the first
                stack.enter_context(database.reading()).execute(text("SELECT count(*) FROM thing"))
        other = others.Process(target=_write_and_leave, args=(sqlite_url, number))
        other.start()
        other.join()
        assert other.exitcode == 0
        with database.session() as session:
            session.execute(text("INSERT INTO thing VALUES (:number)"), {"number": number + 10})
    database.close()
    fresh = Database(sqlite_url)
    with fresh.reading() as session:
        assert set(session.scalars(text("SELECT number FROM thing"))) == {0, 1, 10, 11}
    fresh.close()


def test_R8_a_full_disk_is_an_outage_of_writing_alone_and_ends_without_a_restart(database, sample):
    with pytest.raises(NoRoom), database.session() as session:  # noqa: PT012
        session.execute(insert(sample.thing).values(name="lost"))
        _fill(session, database, sample)
    assert names(database, sample) == set()
    if database.is_sqlite:
        with database.session() as session:
            session.execute(text("PRAGMA max_page_count=1000000"))
    with database.session() as session:
        session.execute(insert(sample.thing).values(name="kept"))
    assert names(database, sample) == {"kept"}


def _fill(session, database, sample):
    """SQLite may not grow any more; PostgreSQL says what it says then."""
    if database.is_sqlite:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count={pages}"))
        session.execute(insert(sample.thing).values(name="x" * 1_000_000))
    else:
        session.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$"))


def test_R8_whether_it_writes_again_is_found_out_by_writing(database, monkeypatch):
    database.check_writing()
    with pytest.raises(NoRoom), database.session():
        raise NoRoom
    monkeypatch.setattr(disk, "LITTLE", 1 << 62)
    with pytest.raises(NoRoom):
        database.check_writing()
    if database.is_sqlite:
        with pytest.raises(NoRoom):
            database.check_writing()
    monkeypatch.undo()
    database.check_writing()


def test_R8_a_commit_that_may_be_lost_ends_the_process(database, monkeypatch):
    class Ended(BaseException):
        pass

    def ended(status):
        raise Ended(status)

    said = sqlite3.OperationalError("disk I/O error")
    said.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    monkeypatch.setattr(os, "_exit", ended)
    with pytest.raises(Ended, match="74"), database.session():
        raise OperationalError("COMMIT", {}, said)
