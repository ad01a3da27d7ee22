"""Databases with the newest tables of the issuer, which are made once and then copied."""

import shutil

import pytest
from sqlalchemy import make_url

from kit import versions
from kit.db import Database
from tests.conftest import postgres_database


def _upgraded(url, lock):
    database = Database(url)
    versions.upgrade(database.engine, "issuer.migrations", lock_file=lock, to="heads")
    database.close()


@pytest.fixture(scope="session")
def issuer_file(tmp_path_factory):
    """A SQLite database with the issuer's tables and nothing in them."""
    folder = tmp_path_factory.mktemp("newest")
    _upgraded(f"sqlite:///{folder}/role.db", folder / "role.lock")
    return folder / "role.db"


@pytest.fixture(scope="session")
def issuer_template(postgres_server):
    """The name of a PostgreSQL database with the issuer's tables and nothing in them."""
    with postgres_database(postgres_server) as url:
        _upgraded(url, None)
        yield make_url(url).database


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def issuer_url(request, tmp_path):
    """The address of a database with the issuer's tables; the test runs once on each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("issuer_file"), tmp_path / "role.db")
        yield f"sqlite:///{tmp_path}/role.db"
    else:
        server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("issuer_template")
        with postgres_database(server, template=template) as url:
            yield url
