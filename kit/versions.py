"""Schema versions: bringing a database to the newest, in one transaction, one process at a time.

A role keeps `migrations/versions/*.py` and nothing else; `kit.migrate` writes them.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import threading
import zlib
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from alembic.autogenerate import api as autogenerate
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData
from sqlalchemy.engine import Connection

MIGRATING = "satchel_migrating"
_TURN = threading.Lock()  # Alembic keeps its `op` in a module; threads of one process take turns
OPTIONS: dict[str, Any] = {"compare_type": True, "compare_server_default": True, "render_as_batch": True}


def scripts(package: str) -> ScriptDirectory:
    """The migrations of `package`, such as "issuer.migrations". Raises: ValueError when there is no such package."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(f"there is no package {package} to read migrations from")
    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", next(iter(spec.submodule_search_locations)).replace("%", "%%"))
    return ScriptDirectory.from_config(config)


def upgrade(engine: Engine, package: str, *, lock_file: Path | None, to: str = "heads") -> None:
    """Run what is missing up to the revision `to`, in one transaction, while nobody else does."""
    if to == "heads" and is_head(engine, package):
        return
    script = scripts(package)
    config = Config()

    def steps(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs(to, revision)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] # what alembic.command.upgrade itself calls

    migrating = engine.execution_options(**{MIGRATING: True})
    with _TURN, _file_lock(lock_file), migrating.connect() as connection:
        with connection.begin(), EnvironmentContext(config, script, fn=steps) as environment:
            _advisory_lock(connection, package)
            environment.configure(connection=connection, transactional_ddl=True, **OPTIONS)
            environment.run_migrations()
            _check_foreign_keys(connection)
        connection.invalidate()  # a SQLite connection that ran without foreign keys serves nobody else


def is_head(engine: Engine, package: str) -> bool:
    """Whether the database is at the newest revision."""
    with engine.connect() as connection:
        current = set(MigrationContext.configure(connection).get_current_heads())
    return current == set(scripts(package).get_heads())


def differences(engine: Engine, target: MetaData) -> Sequence[Any]:
    """What autogenerate would still do to make the database match `target`."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=dict(OPTIONS))
        return list(autogenerate.compare_metadata(context, target))


@contextlib.contextmanager
def _file_lock(path: Path | None) -> Generator[None]:
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _advisory_lock(connection: Connection, package: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({zlib.crc32(package.encode())})")


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration would leave rows that point nowhere, first in table {broken[0][0]}")
