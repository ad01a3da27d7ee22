"""One issuer for each file of tests here: with an organisation of one's own, another one, and somebody at a browser."""

import shutil

import pytest
from starlette.testclient import TestClient

from issuer.app import create_app
from kit.clock import FixedClock
from tests.http.issuer import conftest as above


@pytest.fixture(scope="module")
def clock():
    return FixedClock(instant=above.NOW)


@pytest.fixture(scope="module")
def services(prepared, tmp_path_factory, clock):
    folder = tmp_path_factory.mktemp("profiles")
    for name in ("issuer.db", "kek"):
        shutil.copy(prepared / name, folder / name)
    return above.built(above.settings_in(folder), clock)


@pytest.fixture(scope="module")
def app(services):
    return create_app(services.context.settings, services=services)


@pytest.fixture(scope="module")
def stranger(app):
    with TestClient(app, base_url=above.ORIGIN, follow_redirects=False) as made:
        yield made


@pytest.fixture(scope="module")
def opened(app, stranger):
    made = above.Desk(app, "admin", "maple-co-op")
    for slug, name in (("maple-co-op", "Maple Co-op"), ("alvarez", "Alvarez Writing")):
        answer = made.client.post("/api/organisations", json={"name": name, "slug": slug})
        assert answer.status_code == 201, answer.text
    return made


@pytest.fixture(scope="module")
def other_desk(app, opened):
    return above.Desk(app, "admin", "alvarez")


BEFORE = {
    "name": "Maple Co-op",
    "kind": "coop",
    "url": "https://maple.example.org/",
    "email": "office@maple.example.org",
    "description": "Families who teach together.",
}


@pytest.fixture
def desk(opened):
    """A session at Maple Co-op, whose profile says what it did in the beginning."""
    assert opened.client.put(opened.base, json=BEFORE).status_code == 200
    return opened


@pytest.fixture(scope="module")
def person(app, opened):
    return above.Browser(app, "admin")


@pytest.fixture
def send(person):
    """Send a form as somebody signed in: `send(path, fields, files=…, status=…)` gives the page that answers."""

    def sent(path, fields, *, files=None, status=303):
        person.get(path)
        page = person.submit(path, files=files, **fields)
        assert page.status_code == status, page.text
        return page.text

    return sent


@pytest.fixture
def see(person):
    return lambda path: person.get(path).text
