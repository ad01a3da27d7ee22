"""What becomes of awards: one issuer for all tests of a file, each of which looks at awards of its own."""

import shutil

import pytest
from starlette.testclient import TestClient

from issuer.app import create_app
from kit.clock import FixedClock
from tests.http.issuer.conftest import NOW, ORIGIN, Browser, Desk, built, settings_in


@pytest.fixture(scope="module")
def clock():
    return FixedClock(instant=NOW)


@pytest.fixture(scope="module")
def services(tmp_path_factory, prepared, clock):
    folder = tmp_path_factory.mktemp("afterwards")
    for name in ("issuer.db", "kek"):
        shutil.copy(prepared / name, folder / name)
    return built(settings_in(folder), clock)


@pytest.fixture(scope="module")
def app(services):
    return create_app(services.context.settings, services=services)


@pytest.fixture(scope="module")
def stranger(app):
    with TestClient(app, base_url=ORIGIN, follow_redirects=False) as made:
        yield made


@pytest.fixture(scope="module")
def desk(app, stranger):
    made = Desk(app, "admin", "maple-co-op")
    made.client.post("/api/organisations", json={"name": "Maple Co-op", "slug": "maple-co-op"})
    return made


@pytest.fixture(scope="module")
def browser(app, desk):
    return Browser(app, "admin")
