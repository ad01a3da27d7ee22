"""One issuer for all tests of a module about what leaves the house; each test has an organisation of its own in it."""

import itertools
import shutil

import pytest
from starlette.testclient import TestClient

from issuer.app import create_app
from issuer.service.services import Services
from issuer.store import tables
from kit.clock import FixedClock
from tests.attacks.fetching import canary
from tests.http.issuer.conftest import NOW, ORIGIN, Browser, Desk, settings_in

__all__ = ["canary", "house", "outside"]

_numbers = itertools.count(1)


class House:
    """An issuer's process."""

    def __init__(self, folder):
        self.clock = FixedClock(instant=NOW)
        self.settings = settings_in(folder)
        self.services = Services.build(self.settings, clock=self.clock)
        self.app = create_app(self.settings, services=self.services)


class Outside:
    """An organisation of the house, somebody who owns it, and what they ask for."""

    def __init__(self, house, program):
        self.house, self.services, self.clock, self.program = house, house.services, house.clock, program
        self.slug = f"maple-{next(_numbers)}"
        self.page = f"/organisations/{self.slug}"
        self.stranger = TestClient(house.app, base_url=ORIGIN, follow_redirects=False)
        self.sign_in()
        answer = self.desk.client.post("/api/organisations", json={"name": "Maple Co-op", "slug": self.slug})
        assert answer.status_code == 201, answer.text
        self.course = self.desk.achievement()

    def sign_in(self):
        """A new session: the last one is over when days have passed."""
        self.desk = Desk(self.house.app, "admin", self.slug)

    def browser(self):
        """The owner's browser."""
        return Browser(self.house.app, "admin")

    def visitor(self):
        """Somebody else's browser."""
        return Browser(self.house.app)

    def award(self, **members):
        """Award somebody something."""
        return self.desk.award(self.course, **members)

    def ask(self, method, path, **given):
        """Ask for something under ``/webhooks``."""
        return self.desk.client.request(method, f"{self.desk.base}/webhooks{path}", **given)

    def forget(self):
        """End what this organisation still wants to have sent."""
        with self.services.context.database.session() as session:
            session.query(tables.NoticeRow).delete()
            session.query(tables.WebhookRow).delete()


@pytest.fixture(scope="module")
def house(tmp_path_factory, prepared):
    folder = tmp_path_factory.mktemp("house")
    for name in ("issuer.db", "kek"):
        shutil.copy(prepared / name, folder / name)
    made = House(folder)
    yield made
    made.services.close()


@pytest.fixture
def outside(house, canary):
    made = Outside(house, canary)
    yield made
    made.forget()
