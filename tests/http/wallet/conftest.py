import re
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from kit.clock import FixedClock
from tests.unit.wallet.samples import NOW, PASSWORD, Hadleys, settings, wallet
from wallet.app import create_app

ORIGIN = "http://localhost:8002"


class Browser:
    """A browser without JavaScript: keeps cookies, fills in the form's token, follows 303."""

    def __init__(self, app):
        self.client = TestClient(app, base_url=ORIGIN, follow_redirects=False)
        self.client.headers["accept"] = "text/html"

    def get(self, path, **more):
        return self.client.get(path, **more)

    def token(self, page="/sign-in"):
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.client.get(page).text)
        return found[1] if found else ""

    def post(self, path, data=None, *, page=None, follow=False, files=None, token=None):
        sent = {"csrf": token if token is not None else self.token(page or "/account"), **(data or {})}
        answer = self.client.post(path, data=sent, files=files, headers={"origin": ORIGIN})
        return self.follow(answer) if follow else answer

    def follow(self, answer):
        while answer.status_code == 303:
            parts = urlsplit(answer.headers["location"])
            answer = self.client.get(parts.path + (f"?{parts.query}" if parts.query else ""))
        return answer

    def sign_in(self, login, password=PASSWORD):
        answer = self.post("/sign-in", {"login": login, "password": password}, page="/sign-in")
        assert answer.status_code == 303, answer.text
        return self


@pytest.fixture
def clock():
    return FixedClock(instant=NOW)


@pytest.fixture
def services(tmp_path, clock):
    built = wallet(tmp_path, clock)
    yield built
    built.tools.fetcher.close()
    built.tools.database.close()


@pytest.fixture
def hadleys(services):
    return Hadleys(services)


@pytest.fixture
def app(services, tmp_path):
    return create_app(settings(tmp_path), services=services)


@pytest.fixture
def browser(app):
    """Makes browsers: `browser("teresa")` is signed in, `browser()` is a stranger."""

    def make(login=None):
        made = Browser(app)
        return made.sign_in(login) if login else made

    return make


@pytest.fixture
def api(app):
    """Makes API clients: `api("teresa")` carries a bearer token."""

    def make(login=None):
        client = TestClient(app, base_url=ORIGIN)
        if login:
            answer = client.post("/api/session", json={"login": login, "password": PASSWORD})
            assert answer.status_code == 201, answer.text
            client.headers["authorization"] = f"Bearer {answer.json()['token']}"
        return client

    return make
