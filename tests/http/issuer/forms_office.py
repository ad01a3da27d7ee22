"""An organisation that can sign in every form, in one app for a whole module of tests."""

import shutil
from datetime import timedelta

from starlette.testclient import TestClient

from issuer.app import create_app
from issuer.service.context import Actor
from kit.clock import FixedClock
from tests.http.issuer.conftest import NOW, ORIGIN, Desk, built, settings_in
from vc import is_base_proof, verify
from vc.document import listed
from vc.evidence import Evidence, Resource
from vc.policy import Policy
from vc.securing import open_document

LATER = timedelta(minutes=6)


class Office:
    """The app, its services, somebody at the desk of Maple Co-op, and a clock."""

    def __init__(self, folder, prepared, *, keys=(("p256", "selective"), ("p256", "token"))):
        for name in ("issuer.db", "kek"):
            shutil.copy(prepared / name, folder / name)
        self.clock = FixedClock(instant=NOW)
        settings = settings_in(folder)
        self.services = built(settings, self.clock)
        self.app = create_app(settings, services=self.services)
        self.stranger = TestClient(self.app, base_url=ORIGIN, follow_redirects=False)
        self.desk = Desk(self.app, "admin", "maple-co-op")
        opened = {"name": "Maple Co-op", "slug": "maple-co-op", "url": "https://maple.example.org/"}
        assert self.desk.client.post("/api/organisations", json=opened).status_code == 201
        for kind, use in keys:
            self.add_key(kind, use)
        self.clock.instant += LATER
        self.course = self.desk.achievement()

    @property
    def at(self):
        """The desk as services see it."""
        ada = self.services.accounts.find_by_login("admin")
        return self.services.organisations.enter(Actor(user_id=ada.id, name="Ada"), "maple-co-op")

    def at_course(self):
        """The course as services see it."""
        return self.services.achievements.one(self.at.organisation, self.course["id"])

    def add_key(self, kind, use):
        answer = self.desk.client.post(f"{self.desk.base}/keys", json={"kind": kind, "use": use})
        assert answer.status_code == 201, answer.text

    def verdict(self, body, more=()):
        """What a stranger says of these bytes, from what the issuer publishes."""
        policy = Policy.recommended(
            recognised=(), loopback=True, require_holder_binding=False, challenge=None, domain=None
        )
        evidence, now = Evidence(dict(more)), self.clock.now()
        while True:
            report = verify(body, evidence=evidence, policy=policy, now=now)
            if not report.missing:
                return report
            evidence |= Evidence({url: self.fetched(url) for url in report.missing})

    def fetched(self, url):
        answer = self.stranger.get(url.removeprefix(ORIGIN), headers={"Accept": "application/json"})
        assert answer.status_code == 200, (url, answer.status_code)
        return Resource(
            url=url, body=answer.content, media_type=answer.headers["content-type"], retrieved=self.clock.now()
        )

    def claim(self, wallet, award):
        """What a wallet gets for the award's link."""
        self.clock.instant += timedelta(seconds=2)
        return wallet.claim(self.stranger, award["claim"]["url"], now=self.clock.now())


def has_base(body):
    """Whether these bytes hold a base proof, which is for a holder alone."""
    return any(is_base_proof(proof) for proof in listed(open_document(body).value.get("proof")))
