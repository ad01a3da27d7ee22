"""DBOS as we run it: one function of its, one queue, no pickle, no log of its own, and nothing that leaves the machine.

Everything here that looks roundabout has a reason:
* Its rows say by themselves how they are written, and it would unpickle those that say so, whatever serializer it was
  given: whoever can write the engine's file could run code. So pickle is taken out of it (`without_pickle`).
* Its file would be readable by everybody (`private_file`). A file that is damaged is thrown away: it holds nothing that
  the rows do not know better.
* Its version of the application would be a hash of our source, and after an upgrade nothing would go on; its name for
  this process would be the same everywhere.
* Its log lines hold whatever an error says; ours say where it happened (`quieted`).
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
from pathlib import Path
from typing import Any, Final

import dbos
from dbos._serialization import DBOSPortableJSONSerializer, DefaultSerializer
from sqlalchemy import make_url

from kit.jobs.seam import ENGINE_FILE

APPLICATION_VERSION: Final = "1"
"""Raised only together with an empty queue: runs of another version are not taken up."""

POSTGRES_SCHEMA: Final = "dbos"
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def address_beside(database_url: str, data_dir: Path) -> str:
    """Where the engine of a role keeps its own: a file in the role's folder, or the role's database on PostgreSQL."""
    if make_url(database_url).get_backend_name() == "sqlite":
        return f"sqlite:///{data_dir.absolute() / ENGINE_FILE}"
    return database_url


def configuration(*, role: str, worker: str, address: str, lanes: int) -> dbos.DBOSConfig:
    """Give the engine's settings. Raises: RuntimeError where the environment sends it to somebody else's machines."""
    if os.environ.get("DBOS__CLOUD"):
        raise RuntimeError("DBOS__CLOUD is set: jobs run on this machine and tell nobody. Unset it.")
    return {
        "name": f"satchel-{role}",
        "system_database_url": address,
        "dbos_system_schema": POSTGRES_SCHEMA,
        "application_version": APPLICATION_VERSION,
        "executor_id": f"{role}-{worker}",
        "serializer": DBOSPortableJSONSerializer(),
        "enable_otlp": False,
        "log_level": "WARNING",
        "console_log_level": "CRITICAL",
        "max_executor_threads": lanes + 4,
        "sys_db_pool_size": lanes + 4,
        "use_listen_notify": False,
    }


class PickleRefused(ValueError):  # noqa: N818 - an answer, not a defect
    """A row of the engine asked to be unpickled; the engine drops it."""


def _refuse(*_given: object) -> Any:
    raise PickleRefused("The engine of jobs reads no pickles.")


def _nothing(*_given: object) -> str:
    return "null"


def without_pickle() -> None:
    """Take pickle out of the engine, for good, in this process: none is read, and none is written."""
    for way, instead in (("deserialize", _refuse), ("serialize", _nothing)):
        setattr(DefaultSerializer, way, instead)


def private_file(address: str) -> None:
    """Make the engine's file, or mend it: for nobody else's eyes, and readable as a database at all."""
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        return
    path = Path(url.database or "")
    if _is_damaged(path):
        for each in (path, path.with_name(f"{path.name}-journal")):
            each.unlink(missing_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    path.chmod(0o600)  # what SQLite lays beside it gets the same


def _is_damaged(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=5.0)) as connection:
            found: object = connection.execute("PRAGMA quick_check(1)").fetchone()
            return found != ("ok",)
    except sqlite3.DatabaseError as error:
        return error.sqlite_errorcode & 0xFF in _DAMAGED


class _Places(logging.Filter):
    """Puts the place of a line where its text was."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass, without its text."""
        record.msg, record.args = f"engine of jobs: {record.module}.{record.funcName}:{record.lineno}", ()
        return True


_PLACES: Final = _Places()


def quieted() -> None:
    """Send the engine's warnings through the log of this process, and nothing anywhere else."""
    logger = logging.getLogger("dbos")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    logger.propagate = True
    logger.addFilter(_PLACES)
