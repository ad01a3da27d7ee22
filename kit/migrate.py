"""Writing a migration: `python -m kit.migrate issuer "Describe the change"`.

Compares `issuer.store.METADATA` with what the migrations make of an empty database, and writes the difference down as
the next file of `issuer/migrations/versions`, for you to read and correct. What autogenerate does not see (triggers,
data) is added by hand: `kit.audit.install_guards(op.get_bind())` after the audit table.
"""

from __future__ import annotations

import argparse
import importlib
import tempfile
import textwrap
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import api as autogenerate
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext
from sqlalchemy import DefaultClause, MetaData
from sqlalchemy.sql.elements import False_, True_

from kit.db import Database
from kit.versions import OPTIONS, scripts


def write_revision(role: str, message: str, target: MetaData) -> Path:
    """Write the next revision file of `role`, from what its migrations make to what `target` says."""
    package = f"{role}.migrations"
    script = scripts(package)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        database.upgrade(package)
        with database.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={**OPTIONS, "user_module_prefix": "kit.db."})
            plan = autogenerate.produce_migrations(context, target)
        database.close()
    assert plan.upgrade_ops is not None
    body = autogenerate.render_python_code(
        plan.upgrade_ops, render_as_batch=True, render_item=_render, user_module_prefix="kit.db."
    )
    versions = Path(script.versions)
    versions.mkdir(exist_ok=True)
    number = f"{len(list(versions.glob('[0-9]*.py'))) + 1:04d}"
    path = versions / f"{number}_{'_'.join(message.lower().split())[:40].strip('._')}.py"
    path.write_text(_FILE.format(message=message, number=number, head=script.get_current_head(), body=body.strip()))
    return path


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """A true or false default as both databases read it: SQLite's own 0 is no boolean to PostgreSQL."""
    if kind == "server_default" and isinstance(item, DefaultClause):
        if isinstance(item.arg, False_):
            return "sa.false()"
        if isinstance(item.arg, True_):
            return "sa.true()"
    return False


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
