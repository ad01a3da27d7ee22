"""Two organisations on one server, everybody who might ask, and things with ids made when a request needs them."""

import json
import secrets
from datetime import timedelta

from sqlalchemy import text
from starlette.testclient import TestClient

from issuer.app import create_app
from issuer.service.context import Actor
from issuer.store import tables
from kit.clock import FixedClock
from tests.awarding import drive
from tests.http.issuer import matrix
from tests.http.issuer.conftest import NOW, ORIGIN, PASSWORD, Wallet, built
from tests.http.issuer.matrix.awarding import sheet
from tests.http.issuer.matrix.route import fresh

# What anybody's visit changes, or only the state of whoever is asking.
OF_VISITS = {"account_session", "challenge"}


class Ids(dict):
    """The ids of one request in one organisation: each is made when it is asked for, and `used` tells which were."""

    def __init__(self, tenant):
        super().__init__()
        self.tenant = tenant

    def but(self, **changed):
        """The same ids, some of them exchanged."""
        other = Ids(self.tenant)
        other.update(self, **changed)
        return other

    def __missing__(self, kind):
        self[kind] = matrix.MAKERS[kind](Making(self.tenant, self))
        return self[kind]


class Making:
    """What a maker has at hand: the owner's session at one organisation, and the ids made so far."""

    def __init__(self, tenant, ids):
        self.world, self.slug, self.ids = tenant.world, tenant.slug, ids
        self._owner = tenant.owner

    def _sent(self, method, path, *, headers_more=(), **given):
        headers = {**self.world.bearer(self._owner), "Idempotency-Key": secrets.token_hex(8), **dict(headers_more)}
        answer = self.world.client.request(method, f"/api/organisations/{self.slug}{path}", headers=headers, **given)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def get(self, path):
        return self._sent("GET", path)

    def post(self, path, body):
        return self._sent("POST", path, json=body)

    def post_file(self, path, data):
        return self._sent("POST", path, content=data, headers_more={"Content-Type": "application/octet-stream"})

    def award(self):
        learner = {"learnerName": "Jonah Hadley", "identifier": "R-1017", "results": [{"value": "A-"}]}
        return self.post("/awards", {"achievement": self.ids["achievement"], **learner})

    def claimed(self):
        award = self.award()
        answer = Wallet().claim(self.world.client, award["claim"]["url"], now=self.world.clock.now())
        assert answer.status_code == 200, answer.text
        return award["id"].removeprefix("urn:uuid:")

    def signed_job(self):
        """A job that is through, and waits to be handed out or undone."""
        made = self.post("/sheets", sheet(self.ids))["id"]
        job = self.post(f"/sheets/{made}/issue", {})["id"]
        drive(self.world.services, job)
        return job

    def unsure_sheet(self):
        """A sheet that can be read in two ways: nobody said how its letters were saved."""
        text = "Name,Roster number,Final grade\nZoë Hadley,R-1,A-".encode("latin-1")
        path = f"/sheets?achievement={self.ids['achievement']}"
        return self._sent("POST", path, content=text, headers_more={"Content-Type": "text/csv"})["id"]

    def held(self):
        """An offering that awards something, with somebody in it."""
        said = {"title": "Bridges", "achievement": self.ids["achievement"]}
        offering = self.post("/offerings", said)["id"]
        learner = self.post("/learners", {"givenName": "Wren", "familyName": fresh("Hadley")})["id"]
        self._sent("PUT", f"/learners/{learner}/enrolments/{offering}", json={})
        return offering

    def result_description(self):
        found = self.get(f"/achievements/{self.ids['achievement']}")
        return found["document"]["resultDescription"][0]["id"]

    def invitation(self):
        return self.post("/invitations", {"role": "issuer", "label": "Ash"})["url"]

    def member(self):
        token = self.invitation().rpartition("/")[2]
        login = fresh("ash")
        self.world.services.people.join(token, login=login, password=PASSWORD, name="Ash")
        return self.world.services.accounts.find_by_login(login).id


class Tenant:
    """One of the two organisations."""

    def __init__(self, world, slug, owner):
        self.world, self.slug, self.owner = world, slug, owner
        self.standing = Ids(self)

    def ids(self):
        """Ids of things that nobody has used."""
        return Ids(self)


class World:
    """The issuer in process with both organisations, and `people` by name."""

    def __init__(self, settings):
        self.clock = FixedClock(instant=NOW)
        self.services = built(settings, self.clock)
        self._count_changes()
        self.app = create_app(settings, services=self.services)
        self.client = TestClient(self.app, base_url=ORIGIN, follow_redirects=False, client=("127.0.0.1", 50_000))
        self.people = {}
        self.tenants = {slug: self._open(slug) for slug in (matrix.HERE, matrix.ELSEWHERE)}
        for person in matrix.PEOPLE:
            if person.signed_in:
                self.people[person.name] = self.account(fresh("p"), scope=person.scope)
                if person.works_at:
                    self._let_in(self.people[person.name], person)

    def _open(self, slug):
        owner = self.account(f"first-{slug}", scope="administrator")
        answer = self.client.post(
            "/api/organisations", json={"name": slug.title(), "slug": slug}, headers=self.bearer(owner)
        )
        assert answer.status_code == 201, answer.text
        return Tenant(self, slug, owner)

    def _let_in(self, account, person):
        tenant = self.tenants[person.works_at]
        url = Making(tenant, {}).post("/invitations", {"role": person.role, "label": person.name})["url"]
        actor = Actor(user_id=account.id, name=account.name, scope=account.scope)
        self.services.people.accept(actor, url.rpartition("/")[2])

    def account(self, login, *, scope="staff"):
        """A new account."""
        self.services.accounts.create_user(login=login, password=PASSWORD, name=login.title(), scope=scope)
        return self.services.accounts.find_by_login(login)

    def login(self):
        """The sign-in name of a new account."""
        made = fresh("ash")
        self.account(made)
        return made

    def place(self):
        return self.services.accounts.invite(scope="staff", invited_by=self.tenants[matrix.HERE].owner.id)

    def place_id(self):
        self.place()
        answer = self.client.get("/api/accounts", headers=self.bearer(self.tenants[matrix.HERE].owner))
        return answer.json()["invitations"][-1]["id"]

    def bearer(self, account):
        """A fresh session of an account."""
        with self.services.context.database.session() as session:
            return {"Authorization": f"Bearer {self.services.accounts.open_session(session, account.id)}"}

    def ask(self, person, route, ids, *, body_ids=None):
        """Send a route's example as somebody, a second after the request before."""
        self.clock.advance(timedelta(seconds=1))
        self.client.cookies.clear()
        account = self.people.get(person.name)
        if account and route.spends:
            account = self.account(fresh("ash"), scope=person.scope)
        headers = self.bearer(account) if account else {}
        headers |= {"Accept": "application/json" if route.for_programs else "text/html", "Idempotency-Key": ids["key"]}
        given = {}
        body = route.body(ids if body_ids is None else body_ids) if route.body else None
        if route.file:
            given["content"] = route.file
            headers["Content-Type"] = "application/octet-stream"
        elif route.for_programs and body is not None:
            given["content"] = json.dumps(body)  # as ASCII: half a character can be said, too
            headers["Content-Type"] = "application/json"
        elif route.method == "POST" and not route.for_programs:
            # A form of nobody's carries its page's token; a session in a header needs none.
            page = self.client.get("/claim", headers={"Accept": "text/html"})
            token = page.text.partition('name="csrf" value="')[2].partition('"')[0]
            given["data"] = {**(body or {}), "csrf": token}
        return self.client.request(route.method, route.address(ids), headers=headers, **given)

    def changes(self):
        """How many rows were put in, changed or taken out so far, but for visits."""
        with self.services.context.database.reading() as session:
            return session.scalar(text("SELECT count FROM changes"))

    def _count_changes(self):
        with self.services.context.database.session() as session:
            session.execute(text("CREATE TABLE changes (count INTEGER NOT NULL)"))
            session.execute(text("INSERT INTO changes VALUES (0)"))
            for table in tables.Model.metadata.sorted_tables:
                for act in ("INSERT", "UPDATE", "DELETE") if table.name not in OF_VISITS else ():
                    trigger = f'CREATE TRIGGER "watch {act} {table.name}" AFTER {act} ON "{table.name}"'
                    session.execute(text(f"{trigger} BEGIN UPDATE changes SET count = count + 1; END"))
