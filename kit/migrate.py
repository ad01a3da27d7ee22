"""Schema migrations, run from the program. A role keeps `migrations/versions/*.py` and nothing else.

The whole way from one version to the newest is one transaction, on SQLite too, and one process walks it at a time.
To write a migration: `python -m kit.migrate issuer "Describe the change"` compares `issuer.store.METADATA` with what
the migrations make of an empty database, and writes the difference down for you to read.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import importlib
import importlib.util
import tempfile
import textwrap
import threading
import zlib
from collections.abc import Iterator, Sequence
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
_OPTIONS: dict[str, Any] = {"compare_type": True, "compare_server_default": True, "render_as_batch": True}


def scripts(package: str) -> ScriptDirectory:
    """The migrations of `package`, such as "issuer.migrations". Raises: ValueError when there is no such package."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(f"there is no package {package} to read migrations from")
    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", next(iter(spec.submodule_search_locations)).replace("%", "%%"))
    return ScriptDirectory.from_config(config)


def upgrade(engine: Engine, package: str, *, lock_file: Path | None) -> None:
    """Run what is missing, in one transaction, while nobody else does."""
    script = scripts(package)
    config = Config()

    def steps(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs("heads", revision)  # noqa: SLF001 # what alembic.command.upgrade itself calls

    migrating = engine.execution_options(**{MIGRATING: True})
    with _TURN, _file_lock(lock_file), migrating.connect() as connection:
        with connection.begin(), EnvironmentContext(config, script, fn=steps) as environment:
            _advisory_lock(connection, package)
            environment.configure(connection=connection, transactional_ddl=True, **_OPTIONS)
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
        context = MigrationContext.configure(connection, opts=dict(_OPTIONS))
        return list(autogenerate.compare_metadata(context, target))


@contextlib.contextmanager
def _file_lock(path: Path | None) -> Iterator[None]:
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


def write_revision(role: str, message: str, target: MetaData) -> Path:
    """Write the next revision file of `role`, from what its migrations make to what `target` says."""
    from kit.db import Database  # noqa: PLC0415 # a developer's command; the module itself must not import db

    package = f"{role}.migrations"
    script = scripts(package)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        database.upgrade(package)
        with database.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={**_OPTIONS, "user_module_prefix": "kit.db."})
            plan = autogenerate.produce_migrations(context, target)
        database.close()
    assert plan.upgrade_ops is not None
    body = autogenerate.render_python_code(plan.upgrade_ops, render_as_batch=True, user_module_prefix="kit.db.")
    versions = Path(script.versions)
    versions.mkdir(exist_ok=True)
    number = f"{len(list(versions.glob('[0-9]*.py'))) + 1:04d}"
    path = versions / f"{number}_{'_'.join(message.lower().split())[:40].strip('._')}.py"
    path.write_text(_FILE.format(message=message, number=number, head=script.get_current_head(), body=body.strip()))
    return path


_FILE = textwrap.dedent('''\
    """{message}."""

    import sqlalchemy as sa
    from alembic import op

    import kit.db

    revision = "{number}"
    down_revision = {head!r}


    def upgrade() -> None:
        {body}
''')


def main() -> None:
    """Write a revision: `python -m kit.migrate ROLE "What changes"`."""
    parser = argparse.ArgumentParser(prog="python -m kit.migrate", description=main.__doc__)
    parser.add_argument("role")
    parser.add_argument("message")
    given = parser.parse_args()
    target = importlib.import_module(f"{given.role}.store").METADATA
    print(write_revision(given.role, given.message, target))  # noqa: T201


if __name__ == "__main__":
    main()
