"""One role's database: SQLite in a file, or PostgreSQL. The same promises from both.

Rules:
1. What was committed survives a power cut (SQLite: WAL and synchronous=FULL, asserted on every connection).
2. Writing sessions take the write lock when they begin (BEGIN IMMEDIATE), so that none fails half way for lack of it.
3. A session commits once, at its end, or not at all. Reading sessions cannot write.
4. A database that is gone is `kit.errors.Unavailable` within seconds, never a thread that waits. One whose disk is full
   is read on; writing is `NoRoom`. One whose disk cannot say whether it kept a commit ends the process (`kit.disk`).
5. What was deleted or overwritten is gone from the file (SQLite: secure_delete), and after `forget` from its log.
Left out: retries. A caller that may repeat itself knows it; this module does not.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Engine, MetaData, create_engine, event, exc, make_url
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from kit import disk, versions
from kit.errors import NoRoom, Unavailable

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 5000}
_POSTGRES_OPTIONS = (
    "-c timezone=UTC -c synchronous_commit=on -c statement_timeout=15000 "
    "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000"
)


def metadata() -> MetaData:
    """A fresh `MetaData` whose constraints are named by rule, so that migrations can name them too."""
    return MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Takes aware datetimes only, gives aware UTC ones back, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC. Raises: ValueError for a naive datetime."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored instant must be aware; give the datetime a timezone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the instant back, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """A role's database.

    `url` is `sqlite:///path/to/file.db` or `postgresql+psycopg://…`. Nothing is opened until the first session.
    Raises: ValueError for any other kind of address.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if not parsed.database or parsed.database == ":memory:":
                raise ValueError(
                    "database_url must name a file: a database in memory would lose what it promised to keep"
                )
            self.engine = _sqlite_engine(url)
        elif parsed.drivername == "postgresql+psycopg":
            self.engine = _postgres_engine(url)
        else:
            raise ValueError("database_url must start with sqlite:/// or postgresql+psycopg://")
        self.path = Path(parsed.database or "") if self.is_sqlite else None
        self._refused = False
        self._reader = self.engine.execution_options(satchel_reading=True, postgresql_readonly=True)

    @contextlib.contextmanager
    def session(self) -> Generator[Session]:
        """A session that may write. Commits once when the block ends, rolls back when it raises.

        Raises: Unavailable when the database cannot be reached or is locked for too long; NoRoom, which is one, too.
        """
        try:
            with translated(), Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        except NoRoom:
            self._refused = True
            raise

    @contextlib.contextmanager
    def reading(self) -> Generator[Session]:
        """A session that may only read; it waits for no writer. Raises: Unavailable, as `session` does."""
        with (
            translated(writing=False),
            Session(self._reader, expire_on_commit=False, autoflush=False) as session,
            session.begin(),
        ):
            yield session

    def check(self) -> None:
        """Ask the database for a row. Raises: Unavailable."""
        with self.reading() as session:
            session.connection().exec_driver_sql("SELECT 1")

    def check_writing(self) -> None:
        """Return unless a session was refused for want of room, and would be again. Raises: Unavailable.

        SQLite writes a page to find out; of PostgreSQL it is only known that it refused since this was asked last.
        """
        if not self._refused:
            return
        self._refused = False
        if self.path is None:
            raise NoRoom
        if disk.is_full(self.path.absolute().parent):
            self._refused = True
            raise NoRoom
        with self.session() as session:
            connection = session.connection()
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            connection.exec_driver_sql(f"PRAGMA user_version={int(version)}")

    def upgrade(self, package: str) -> None:
        """Bring the schema to the newest revision of the migrations in `package` (such as "issuer.migrations").

        One transaction: a process that dies half way leaves the old version. One process at a time.
        """
        with translated():
            versions.upgrade(self.engine, package, lock_file=self._lock_file())

    def revision_is_head(self, package: str) -> bool:
        """Whether the schema is at the newest revision of `package`'s migrations."""
        with translated():
            return versions.is_head(self._reader, package)

    def differences(self, target: MetaData) -> Sequence[Any]:
        """What autogenerate would still change to make this database match `target`; empty when they agree."""
        return versions.differences(self.engine, target)

    def forget(self) -> bool:
        """Empty SQLite's log of writes into the file, so that it holds nothing any more that was overwritten since.

        False while somebody is still reading what was: then it is emptied later, by another call or at the end.
        PostgreSQL's log is its operator's; True.
        """
        if not self.is_sqlite:
            return True
        with translated(), contextlib.closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute("PRAGMA query_only=0")
            busy, _written, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _lock_file(self) -> Path | None:
        return self.path.with_name(self.path.name + ".migrating") if self.path is not None else None


_GONE = ("unable to open database", "database is locked")


@contextlib.contextmanager
def translated(*, writing: bool = True) -> Generator[None]:
    """Turn a driver's way of saying "gone", "busy" or "full" into `Unavailable`; let other errors pass.

    A refusal to write is an outage (a disk gone read-only) for who may write, and a mistake of ours for who may not.
    Does not come back when the disk cannot say whether it kept what was written.
    """
    try:
        yield
    except exc.TimeoutError as error:
        raise Unavailable(retry_after=1) from error
    except (exc.DBAPIError, sqlite3.OperationalError) as error:
        said = error.orig if isinstance(error, exc.DBAPIError) else error
        if disk.lost_something(said):
            disk.end(error)
        if disk.takes_nothing(said) and writing:
            raise NoRoom from error
        if disk.takes_nothing(said) and not _is_our_mistake(said):
            raise Unavailable from error
        if isinstance(error, sqlite3.OperationalError):
            raise Unavailable from error
        if error.connection_invalidated or isinstance(error, exc.InterfaceError) or _is_outage(error):
            raise Unavailable from error
        raise


def _is_our_mistake(said: BaseException | None) -> bool:
    """Whether a session that may only read was refused a write; it would be on an empty disk, too."""
    if isinstance(said, sqlite3.Error):
        return said.sqlite_errorcode & 0xFF == sqlite3.SQLITE_READONLY
    return getattr(said, "sqlstate", None) == "25006"


def _is_outage(error: exc.DBAPIError) -> bool:
    if not isinstance(error, exc.OperationalError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        said = str(error.orig)
        return any(words in said for words in _GONE)
    return True  # psycopg files connection, timeout and resource failures under OperationalError


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": 5.0, "check_same_thread": False},
        pool_timeout=1.0,
        pool_size=20,
    )
    event.listen(engine, "do_connect", _sqlite_private)
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_private(_dialect: Any, _record: Any, arguments: Sequence[Any], _members: Any) -> None:
    """Keep the file, and what SQLite lays beside it, from other users of this machine; made so, and mended so.

    A file that is there is never opened: closing it would drop the locks that this process has on it, and the next
    process to leave would take the log of writes away. Spec: https://www.sqlite.org/howtocorrupt.html, section 2.2
    """
    path = str(arguments[0])
    if path.startswith("file:"):
        return
    with contextlib.suppress(OSError):  # what is wrong with the place is said when SQLite opens it
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    for each in (path, f"{path}-wal", f"{path}-shm"):
        with contextlib.suppress(OSError):
            if Path(each).stat().st_mode & 0o077:
                Path(each).chmod(0o600)


def _sqlite_connect(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    # The driver's own idea of when a transaction begins is switched off; `_sqlite_begin` says it.
    connection.isolation_level = None
    for name, wanted in _PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={wanted}")
        found = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if found != wanted:
            raise RuntimeError(f"SQLite refused {name}={wanted} (it says {found}); on this disk commits are not safe")


def _sqlite_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    reading = bool(options.get("satchel_reading"))
    connection.exec_driver_sql(f"PRAGMA query_only={int(reading)}")
    if options.get(versions.MIGRATING):
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _postgres_engine(url: str) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,
        pool_size=20,
        max_overflow=0,
        pool_timeout=1.0,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={"connect_timeout": 2, "options": _POSTGRES_OPTIONS},
    )
