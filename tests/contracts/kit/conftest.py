"""A small role's tables, made directly or by its migrations."""

import textwrap

import pytest
from sqlalchemy import Column, ForeignKey, Integer, String, Table

from kit import audit, db, vault
from kit.accounts import account_tables


class Sample:
    def __init__(self):
        self.metadata = db.metadata()
        self.accounts = account_tables(self.metadata)
        self.audit = audit.audit_table(self.metadata, detail_keys={"reason", "count"})
        self.vault = vault.vault_table(self.metadata)
        self.thing = Table(
            "thing",
            self.metadata,
            Column("id", Integer, primary_key=True),
            Column("at", db.UtcDateTime, nullable=True),
            Column("name", String(40), unique=True),
        )
        self.part = Table(
            "part",
            self.metadata,
            Column("id", Integer, primary_key=True),
            Column("thing_id", ForeignKey("thing.id"), nullable=False),
        )


@pytest.fixture
def sample():
    return Sample()


@pytest.fixture
def database(database_url, sample):
    database = db.Database(database_url)
    sample.metadata.create_all(database.engine)
    with database.session() as session:
        audit.install_guards(session.connection())
    yield database
    database.close()


@pytest.fixture
def migrations(tmp_path, monkeypatch):
    """A package of migrations that a test may add to: `migrations.add("0001", None, "op.create_table(…)")`."""
    name = f"sample_{tmp_path.name.replace('-', '_')}"
    folder = tmp_path / name / "migrations"
    (folder / "versions").mkdir(parents=True)
    (tmp_path / name / "__init__.py").touch()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)

    class Migrations:
        role = name
        package = f"{name}.migrations"

        @staticmethod
        def add(revision, down, body):
            head = f"import sqlalchemy as sa\nfrom alembic import op\nrevision={revision!r}\ndown_revision={down!r}\n"
            text = f"{head}def upgrade():\n{textwrap.indent(textwrap.dedent(body), '    ')}\n"
            (folder / "versions" / f"{revision}.py").write_text(text)

    return Migrations
