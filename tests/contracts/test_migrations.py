"""For every role, on both databases: the migrations make exactly the tables that its store describes."""

import importlib
import importlib.util

import pytest

from kit.db import Database

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


def test_the_verifier_forgets_the_records_that_it_once_kept(sqlite_url):
    from kit import versions
    from verifier.store import METADATA

    database = Database(sqlite_url)
    try:
        database.upgrade("verifier.migrations")
        with database.session() as session:
            row = "INSERT INTO cached_resource VALUES ('https://a.example/c', x'00', 'application/vc', NULL, '2026-11-01')"
            session.connection().exec_driver_sql(row)
            session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
        database.upgrade("verifier.migrations")
        with database.reading() as session:
            assert session.connection().exec_driver_sql("SELECT count(*) FROM cached_resource").scalar() == 0
        assert list(versions.differences(database.engine, METADATA)) == []
    finally:
        database.close()
