"""For every role, on both databases: the migrations make exactly the tables that its store describes."""

import importlib
import importlib.util
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from kit import versions
from kit.accounts import Accounts, account_tables
from kit.accounts.values import digest
from kit.clock import FixedClock
from kit.db import Database, metadata

ROLES = ["issuer", "wallet", "verifier", "registrar"]


@pytest.fixture(params=ROLES)
def role(request):
    assert importlib.util.find_spec(f"{request.param}.store") is not None, f"the {request.param} has no store"
    return request.param


def test_upgrading_an_empty_database_leaves_no_difference(role, database_url):
    database = Database(database_url)
    package = f"{role}.migrations"
    try:
        assert not database.revision_is_head(package)
        database.upgrade(package)
        assert database.revision_is_head(package)
        target = importlib.import_module(f"{role}.store").METADATA
        assert list(database.differences(target)) == []
    finally:
        database.close()


def upgrade_to(database, package, revision):
    """Bring a database to one revision and no further."""
    lock = database.path.with_suffix(".lock") if database.path else None
    versions.upgrade(database.engine, package, lock_file=lock, to=revision)


def test_the_verifier_forgets_the_records_that_it_once_kept(sqlite_url):
    from verifier.store import METADATA

    database = Database(sqlite_url)
    try:
        upgrade_to(database, "verifier.migrations", "0001")
        with database.session() as session:
            row = "INSERT INTO cached_resource VALUES ('https://a.example/c', x'00', 'application/vc', NULL, '2026-11-01')"
            session.connection().exec_driver_sql(row)
        database.upgrade("verifier.migrations")
        with database.reading() as session:
            assert session.connection().exec_driver_sql("SELECT count(*) FROM cached_resource").scalar() == 0
        assert list(versions.differences(database.engine, METADATA)) == []
    finally:
        database.close()


@pytest.mark.parametrize("role", ["issuer", "wallet", "verifier"])
def test_whoever_is_signed_in_when_passkeys_come_stays_signed_in(role, database_url):
    package = f"{role}.migrations"
    passkeys = next(each for each in versions.scripts(package).walk_revisions() if each.doc.startswith("Passkeys"))
    database = Database(database_url)
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    try:
        upgrade_to(database, package, passkeys.down_revision)
        with database.session() as session:
            account = {"id": "a" * 36, "login": "ana", "name": b"Ana", "password": "-", "scope": "staff"}
            session.execute(
                text("INSERT INTO account VALUES (:id, :login, :name, :password, :scope, :no, :now)"),
                {**account, "no": False, "now": now},
            )
            session.execute(
                text("INSERT INTO account_session VALUES (:token, :account, :now, :now)"),
                {"token": digest("token"), "account": "a" * 36, "now": now},
            )
        database.upgrade(package)
        tables = account_tables(metadata())
        clock = FixedClock(instant=now)
        kept = {"database": database, "tables": tables, "clock": clock, "login_key": None, "vault": None}
        assert Accounts(**kept).current("token").id == "a" * 36
        assert Accounts(**kept, passkeys_required=True).current("token") is None, "no passkey opened that session"
        assert list(database.differences(importlib.import_module(f"{role}.store").METADATA)) == []
    finally:
        database.close()
