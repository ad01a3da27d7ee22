"""One wallet for the tests of a module; each test has a program of its own."""

from datetime import timedelta

import pytest

from kit.clock import FixedClock
from tests.http.wallet.conftest import Browser
from tests.http.wallet.hosting.program import Program
from tests.unit.wallet.samples import NOW, PASSWORD, Hadleys, settings, strangers, wallet
from wallet.app import create_app


class Home:
    """The Hadleys, strangers beside them, and their browsers."""

    def __init__(self, folder):
        self.clock = FixedClock(instant=NOW)
        self.services = wallet(folder, self.clock, verifier_url=None)
        self.hadleys = Hadleys(self.services)
        self.olga, self.pia = strangers(self.services)
        self.app = create_app(settings(folder), services=self.services)
        self.teresa, self.jonah, self.marcus, self.olga_page = (
            Browser(self.app).sign_in(name) for name in ("teresa", "jonah", "marcus", "olga")
        )
        self.learner = self.hadleys.teresa_learner
        self.wren, self.jonah_learner = self.hadleys.wren, self.hadleys.jonah_learner

    def program(self, **more):
        """A registered program; some time after the last one, since nobody registers many at once."""
        self.clock.advance(timedelta(minutes=3))
        return Program(self.app, **more)

    def connected(self, learner=None, **more):
        """A program that Teresa allowed everything, for herself or another learner."""
        return self.program().connect(self.teresa, learner or self.learner, **more)

    def api(self, login):
        """A client of the family's API."""
        client = self.program().client
        token = client.post("/api/session", json={"login": login, "password": PASSWORD}).json()["token"]
        client.headers["authorization"] = f"Bearer {token}"
        return client


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    made = Home(tmp_path_factory.mktemp("home"))
    yield made
    made.services.tools.fetcher.close()
    made.services.tools.database.close()
