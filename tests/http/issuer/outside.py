"""One issuer, with one organisation, for all tests of a module about what leaves the house."""

import shutil
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from issuer.app import create_app
from issuer.store import tables
from kit.clock import FixedClock
from tests.http.issuer.conftest import NOW, ORIGIN, Browser, Desk, built, settings_in

__all__ = ["house", "outside"]


class House:
    """An issuer's process."""

    def __init__(self, folder):
        self.clock = FixedClock(instant=NOW)
        self.settings = settings_in(folder)
        self.services = built(self.settings, self.clock)
        self.app = create_app(self.settings, services=self.services)


class Outside:
    """An organisation of the house, somebody who owns it, and what they ask for."""

    def __init__(self, house):
        self.house, self.services, self.clock = house, house.services, house.clock
        self.slug = "maple-co-op"
        self.page = f"/organisations/{self.slug}"
        self.stranger = TestClient(house.app, base_url=ORIGIN, follow_redirects=False)
        self.sign_in()
        answer = self.desk.client.post("/api/organisations", json={"name": "Maple Co-op", "slug": self.slug})
        assert answer.status_code == 201, answer.text
        self.course = self.desk.achievement()

    def sign_in(self):
        """A new session: the last one is over when days have passed."""
        self.desk, self._signed_in = Desk(self.house.app, "admin", self.slug), self.clock.now()

    def wake(self):
        """Begin a test: the session of the last one may be over."""
        if self.clock.now() - self._signed_in > timedelta(hours=1):
            self.sign_in()
        return self

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
        gone = (tables.NoticeRow, tables.WebhookRow, tables.PushRow, tables.HostAttemptRow, tables.HostRow)
        with self.services.context.database.session() as session:
            for each in gone:
                session.query(each).delete()


@pytest.fixture(scope="module")
def house(tmp_path_factory, prepared):
    folder = tmp_path_factory.mktemp("house")
    for name in ("issuer.db", "kek"):
        shutil.copy(prepared / name, folder / name)
    made = House(folder)
    yield made
    made.services.close()


@pytest.fixture(scope="module")
def outside(house):
    return Outside(house)
