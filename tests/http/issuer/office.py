"""One app for a module of tests, and an organisation of its own for each test: opening a server takes its time."""

import itertools
import json
import secrets
import shutil

from starlette.testclient import TestClient

from issuer.app import create_app
from issuer.service.context import Actor
from issuer.service.posting import KIND
from issuer.store import tables
from kit.clock import FixedClock
from kit.jobs import GO, Run
from tests.http.issuer.conftest import COURSE, NOW, ORIGIN, built, settings_in

_numbers = itertools.count(1)
WREN = "wren@family.example.org"


class House:
    """A server, with a clock and whatever settings are given."""

    def __init__(self, folder, prepared, **settings):
        for name in ("issuer.db", "kek"):
            shutil.copy(prepared / name, folder / name)
        self.settings = settings_in(folder, **settings)
        self.clock = FixedClock(instant=NOW)
        self.services = built(self.settings, self.clock)
        self.app = create_app(self.settings, services=self.services)
        self.admin = self.services.accounts.find_by_login("admin")
        self.stranger = TestClient(self.app, base_url=ORIGIN, follow_redirects=False)

    def client(self, **headers):
        made = TestClient(self.app, base_url=ORIGIN, follow_redirects=False)
        with self.services.context.database.session() as session:
            token = self.services.accounts.open_session(session, self.admin.id)
        made.headers.update({"Authorization": f"Bearer {token}", **headers})
        return made

    def close(self):
        self.services.close()


class Office:
    """An organisation of the house, and its owner's two clients: for programs and for pages."""

    def __init__(self, house, **organisation):
        self.house, self.services, self.clock = house, house.services, house.clock
        self.slug = f"office-{next(_numbers)}"
        self.sign_in()
        given = {"name": "Maple Co-op", "slug": self.slug, "email": "office@maple.example.org", **organisation}
        answer = self.client.post("/api/organisations", json=given)
        assert answer.status_code == 201, answer.text
        self.at = self.services.organisations.enter(Actor(user_id=house.admin.id, name="Ada"), self.slug)
        self.course = self.achievement()

    def sign_in(self):
        """Sessions end with time."""
        self.client, self.browser = self.house.client(), self.house.client(Accept="text/html")

    @property
    def base(self):
        return f"/api/organisations/{self.slug}"

    @property
    def pages(self):
        return f"/organisations/{self.slug}"

    def achievement(self, **members):
        return self.client.post(f"{self.base}/achievements", json={**COURSE, **members}).json()

    def award(self, **members):
        """An award to Wren, who has an address, unless something else is said."""
        body = {"learnerName": "Wren Hadley", "identifier": WREN, "results": [{"value": "A-"}], **members}
        body.setdefault("achievement", self.course["id"])
        answer = self.client.post(f"{self.base}/awards", json=body, headers={"Idempotency-Key": secrets.token_hex(8)})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def correct(self, made, **members):
        body = {"achievement": self.course["id"], "learnerName": "Wren Hadley", "results": [{"value": "B"}], **members}
        key = {"Idempotency-Key": secrets.token_hex(8)}
        answer = self.client.post(f"{self.one(made)}/reissue", json=body, headers=key)
        assert answer.status_code == 201, answer.text

    def revoke(self, made, reason="requirementsNotMet"):
        answer = self.client.post(f"{self.one(made)}/revocation", json={"reason": reason, "note": ""})
        assert answer.status_code == 200, answer.text

    def one(self, made):
        return f"{self.base}/credentials/{uuid_of(made)}"

    def page(self, made):
        return f"{self.pages}/credentials/{uuid_of(made)}"

    def get(self, path, **query):
        """What a program is answered."""
        return self.client.get(f"{self.base}{path}", params=query).json()

    def look(self, path):
        """A page, as a person sees it."""
        answer = self.browser.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def submit(self, path, **fields):
        """A form; where it leads to."""
        answer = self.browser.post(path, data=fields)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    # letters

    def send(self, made, **body):
        return self.client.post(f"{self.one(made)}/deliveries", json=body)

    def letters(self, **query):
        return self.get("/deliveries", size=200, **query)["items"]

    def states(self, **query):
        return [each["state"] for each in self.letters(**query)]

    def run(self):
        with self.services.context.database.reading() as session:
            return Run(
                KIND, self.at.organisation.id, session.get(tables.DeliveryRunRow, self.at.organisation.id).attempt
            )

    def step(self, run=None):
        return self.services.work.step_of(KIND)(run or self.run())

    def take(self):
        """Let the engine do what it would; what it said last."""
        for _ in range(200):
            said = self.step()
            if said != GO:
                return said
        raise AssertionError("it did not end")

    def sweep(self):
        """What the engine finds every so often."""
        found = [run for find in self.services.work._sweeps for run in find()]
        return [run for run in found if (run.kind, run.job_id) == (KIND, self.at.organisation.id)]

    def later(self, by):
        """Some time later: whatever the engine then finds is done. Whether there was anything."""
        self.clock.advance(by)
        self.sign_in()
        found = self.sweep()
        for run in found:
            if self.step(run) == GO:
                self.take()
        return bool(found)

    def acts(self, action):
        """What the audit's rows about this organisation's acts of a kind say."""
        rows = self.get("/audit", size=200)["items"]
        return [row["detail"] for row in rows if row["action"] == action]


def uuid_of(made):
    return made["id"].removeprefix("urn:uuid:")


def said(answer):
    return json.dumps(answer.json())
