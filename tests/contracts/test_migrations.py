"""For every role, on both databases: the migrations make exactly the tables that its store describes."""

import importlib
import importlib.util

import pytest

from kit.db import Database

ROLES = ["issuer", "wallet", "verifier", "registrar"]


@pytest.fixture(params=ROLES)
def role(request):
    if importlib.util.find_spec(f"{request.param}.store") is None:
        pytest.skip(f"the {request.param} keeps nothing yet")
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
