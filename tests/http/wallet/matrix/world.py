"""One wallet with a family in it, everybody who may come, and one of each kind of thing; put back after what changes it."""

import io
import json
import re
import sqlite3
from datetime import date, timedelta

from anyio.from_thread import start_blocking_portal
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import insert, text

from kit.accounts.values import passkey_place
from kit.clock import FixedClock
from kit.paging import window
from kit.pictures import baked_block
from tests.http.wallet.conftest import ORIGIN, Browser
from tests.http.wallet.hosting.program import OB, Program
from tests.http.wallet.matrix.people import DATED, MAJORITY, PEOPLE
from tests.http.wallet.matrix.route import filled
from tests.unit.wallet.samples import NOW, PASSWORD, award, settings, strangers, wallet
from wallet import store
from wallet.app import create_app
from wallet.service.core import new_id
from wallet.service.import_views import Given
from wallet.service.share_views import Choice
from wallet.service.works import Made

TODAY = NOW.date()
LEARNER, OWN_WORDS = "Jonah Zebrafinch", "Kestrel"
"""The name and the word that nobody may read who may not look at the learner's things."""
BIRTH = (TODAY + timedelta(days=MAJORITY)).replace(year=TODAY.year - 18)
PASSPHRASE = "otter lantern maple river thimble"
LINK = "http://localhost:9/claim/x"
OF_VISITS = {"account_session", "account_challenge", "challenge", "host_client"}
"""What anybody's visit changes, or only the state of whoever comes."""
NEVER = "00000000-0000-4000-8000-00000000cafe"
OWN = frozenset({"form", "step", "name", "link", "birth", "soon", "later", "offered", "asks", "edition", "icon"})
"""What is no id of somebody's thing."""
GUARDIANS = {
    "marcus": ["view", "receive", "share", "manage"], "leaver": ["view", "receive", "share", "manage"],
    "barred": ["view", "receive", "share", "manage"], "dated": ["view", "receive", "share", "manage"],
    "view": ["view"], "receive": ["receive"], "share": ["share"], "manage": ["manage"],
}  # fmt: skip


def _day(number):
    return (TODAY + timedelta(days=number)).isoformat()


def picture():
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "orange").save(file, "PNG")
    return file.getvalue()


class World:
    """The wallet in process. `ids` has one thing of each kind of Jonah's; `actors` everybody by sign-in name."""

    def __init__(self, folder):
        self.clock = FixedClock(instant=NOW)
        self.services = wallet(folder, self.clock, verifier_url=None)
        self.app = create_app(settings(folder), services=self.services)
        self._loop = start_blocking_portal()  # one event loop for all requests
        self.loop = self._loop.__enter__()
        self.actors, self.sessions, self.clients, self.forms, self.nevers = {}, {}, {}, {}, {}
        self.ids = {
            "form": "png",
            "step": "links",
            "name": "wallet.css",
            "link": LINK,
            "passkey": "d" * 64,
            "icon": "192",
        }
        self.ids |= {"birth": BIRTH.isoformat(), "soon": _day(10), "later": _day(25)}
        self._everybody()
        self._things()
        self._asked()
        self._brought()
        self._program()
        self._restored()
        self._passkey()
        self._count_changes()
        self.beside = sqlite3.connect(folder / "wallet.db", isolation_level=None)
        self.beside.execute("PRAGMA synchronous = OFF")
        self.kept = self._copy()

    # -- making -------------------------------------------------------------------------------------------------------

    def _account(self, login, scope="member"):
        return self.services.tools.accounts.create_user(login=login, password=PASSWORD, name=login, scope=scope)

    def _everybody(self):
        people = self.services.people
        self.operator = self._account("operator", scope="administrator")
        with self.services.tools.database.session() as session:
            made = self.services.tools.accounts.create_user(
                login="teresa", password=PASSWORD, name="Teresa", scope="member", session=session
            )
            teresa = people.found_family(session, made.id, family_name="Hadley", my_name="Teresa")
        self.actors["teresa"] = teresa
        self.ids["learner"] = people.add_learner(teresa, name=LEARNER, birth_date=BIRTH, myself=False)
        self.sibling = people.add_learner(teresa, name="Wren Hadley", birth_date=date(2012, 6, 3), myself=False)
        self._join("jonah", kind="learner", learner=self.ids["learner"])
        self._join("wren", kind="learner", learner=self.sibling)
        for login, scopes in GUARDIANS.items():
            until = TODAY + timedelta(days=DATED) if login == "dated" else None
            self._join(login, kind="guardian", learner=self.ids["learner"], scopes=scopes, valid_until=until)
        self.actors["olga"], self.theirs = strangers(self.services)
        self.ids["copied"] = f"learner={self.ids['learner']}"
        self.ids["member"] = self.actors["view"].member_id
        self.ids["signs_in"] = self.actors["jonah"].member_id

    def _join(self, login, *, kind, learner, **given):
        services = self.services
        token = services.invitations.invite(self.actors["teresa"], kind=kind, name=login, learner_id=learner, **given)
        opened = services.joining.join(token, login=login, password=PASSWORD, name=login.title(), family_name="")
        account = services.tools.accounts.current(opened)
        self.actors[login] = services.people.actor(account.id)

    def say_about_learner(self, **changed):
        """Change what the family knows of Jonah."""
        known = {"name": LEARNER, "birth_date": BIRTH, "sign_in_age": None}
        self.services.people.change_learner(self.actors["teresa"], self.ids["learner"], **(known | changed))

    def _things(self):
        services, teresa, jonah, ids = self.services, self.actors["teresa"], self.actors["jonah"], self.ids
        learner, titled = ids["learner"], f"{OWN_WORDS} bridge"
        ids["credential"] = services.credentials.add_file(teresa, learner, award(1, title=titled)).credential_id
        ids["another"] = services.credentials.add_file(teresa, learner, award(2, title=titled)).credential_id
        ids["bound"] = self._bound()
        ids["pictured"] = services.credentials.add_file(
            teresa, learner, baked_block("x", award(6, title=titled), form="png")
        ).credential_id
        ids["binned"] = services.credentials.add_file(teresa, learner, award(3, title=titled)).credential_id
        services.credentials.remove(teresa, ids["binned"])
        choice = Choice(
            credential_ids=(ids["credential"],), recipient=f"{OWN_WORDS} college", purpose="",
            until=TODAY + timedelta(days=20), shown_name=LEARNER,
        )  # fmt: skip
        ids["share"] = services.shares.create(jonah, learner, choice)
        ids["working_share"] = services.shares.create(teresa, learner, choice)
        shown = services.shares.share(teresa, ids["working_share"])
        ids["token"], ids["code"] = shown.token, shown.code
        ids["permission"] = services.allowing.allow(teresa, learner, f"{OWN_WORDS} school")
        ids["collection"] = services.arranging.make(teresa, learner, name=f"{OWN_WORDS}s")
        services.arranging.put(teresa, ids["collection"], [ids["credential"]])
        made = Made(title=f"{OWN_WORDS} drawing", words="", credential_id=ids["credential"])
        ids["work"] = services.works.add(teresa, learner, made, file=picture())
        found = services.people.learner(teresa, learner).guardianships
        ids["guardianship"] = next(one.id for one in found if one.member_id == ids["member"])
        ids["invited"] = services.invitations.invite(
            teresa, kind="guardian", name=f"{OWN_WORDS} aunt", learner_id=learner, scopes=["view"]
        )
        (waiting,) = services.people.family(teresa).invitations
        ids["invitation"] = waiting.id
        ids["place"] = services.tools.accounts.invite(scope="member", invited_by=self.operator.id).token

    def _bound(self):
        """An award that is bound to a key of the learner's."""
        services, teresa = self.services, self.actors["teresa"]
        with services.tools.database.session() as session:
            home = services.people.open(session, teresa)
            made = services.tools.keystore.new_learner_key("did:web:maple.example")
            key = store.LearnerKey(
                id=new_id(), family_id=teresa.family_id, learner_id=self.ids["learner"], created_at=home.now, version=0,
                issuer_index=b"x" * 32,
            )  # fmt: skip
            home.learner(self.ids["learner"]).seal(key, made.secret)
            session.add(key)
        data = award(5, title=f"{OWN_WORDS} sailing", subject=made.did)
        return services.credentials.add_file(teresa, self.ids["learner"], data).credential_id

    def _asked(self):
        """A claim that waits, one that was approved and not fetched, and a court order that was lifted."""
        tools, jonah = self.services.tools, self.actors["jonah"]
        said = dict.fromkeys(("issuerId", "issuerName", "achievementId", "title", "description", "meantFor"), OWN_WORDS)
        with tools.database.session() as session:
            opened = self.services.people.open(session, jonah).learner(self.ids["learner"])
            for kind, state in (("claim", "waiting"), ("approved", "approved")):
                row = store.Claim(
                    id=f"{kind:-<36}", family_id=jonah.family_id, learner_id=opened.id, offer_index=kind.encode() * 4,
                    state=state, started_by=jonah.member_id, started_at=tools.clock.now(), version=0,
                    decided_by=self.actors["teresa"].member_id if state == "approved" else None,
                    decided_at=tools.clock.now() if state == "approved" else None,
                )  # fmt: skip
                told = {"link": LINK, "offer": {**said, "origin": "http://localhost:9"}, "problem": ""}
                self.services.claims._seal(opened, row, told)
                session.add(row)
                self.ids[kind] = row.id

    def _brought(self):
        """What came in several at once: one that does not pass, and one that waits for a guardian."""
        services = self.services
        for who, kind, data in (
            ("teresa", "", award(9, title=OWN_WORDS).replace(b"ten kilograms", b"one kilogram ")),
            ("jonah", "asked", award(8, title=OWN_WORDS)),
        ):
            actor = self.actors[who]
            brought = services.imports.take(actor, self.ids["learner"], [Given(name=f"{OWN_WORDS}.json", data=data)])
            services.imports.go_on(actor, brought)
            (item,) = services.import_showing.look(actor, brought, window(page=None)).items.items
            self.ids[kind or "import"], self.ids[f"{kind}_item".strip("_")] = brought, item.id

    def _restored(self):
        """The family's archive, brought here again by the guardian who saved it."""
        services, teresa = self.services, self.actors["teresa"]
        sealed = b"".join(services.packing.pack(teresa, passphrase=PASSPHRASE, again=PASSPHRASE).chunks())
        self.ids["restoration"] = services.restoring.begin(teresa, sealed, passphrase=PASSPHRASE, mine=False).id
        services.restoring.drive(teresa, self.ids["restoration"], lambda _done, _of: None)

    def _program(self):
        browser, jonah = Browser(self.app).sign_in("teresa"), Browser(self.app).sign_in("jonah")
        self.program = Program(self.app).connect(browser, self.ids["learner"])
        kept = self.program.put(award(4, title=f"{OWN_WORDS} swimming"))
        assert kept.status_code == 201, kept.text
        other = Program(self.app, client_name="Oak Badges", software_id="oak")
        other.ask(jonah, self.ids["learner"])
        with self.services.tools.database.session() as session:
            for row in session.query(store.HostConnection).all():
                waits = row.state == "waiting"
                self.ids["connection" if waits else "connected"] = row.id
                opened = self.services.people.open(session, self.actors["teresa"]).learner(row.learner_id)
                opened.seal(row, {**opened.open(row), "proposal": "" if waits else "Jo Zebrafinch"})
        self.ids["profile"] = self.program.client.get(f"{OB}/profile", headers=self.program.bearer).json()["id"]
        self.ids["refresh"] = self.program.tokens["refresh_token"]
        self.ids["edition"] = f"{self.ids['credential']} 1"
        address = self.program.address()
        self.ids["asks"] = address.partition("?")[2]
        fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', browser.get(address).text)
        self.asked = {name: value.replace("&amp;", "&") for name, value in fields}

    def _passkey(self):
        tools = self.services.tools
        row = {
            "id": self.ids["passkey"], "account_id": self.actors["teresa"].user_id, "credential": b"x",
            "public_key": b"x", "sign_count": 0, "transports": "", "backed_up": False, "name": tools.accounts.seal("Teresa's", context=passkey_place(self.ids["passkey"])),
            "created": tools.clock.now(),
        }  # fmt: skip
        with tools.database.session() as session:
            session.execute(insert(store.ACCOUNTS.passkey).values(row))

    def _count_changes(self):
        with self.services.tools.database.session() as session:
            session.execute(text("CREATE TABLE changes (count INTEGER NOT NULL)"))
            session.execute(text("INSERT INTO changes VALUES (0)"))
            names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
            for name in names:
                if name in OF_VISITS or name.startswith("sqlite_") or name == "changes":
                    continue
                for act in ("INSERT", "UPDATE", "DELETE"):
                    trigger = f'CREATE TRIGGER "watch {act} {name}" AFTER {act} ON "{name}"'
                    session.execute(text(f"{trigger} BEGIN UPDATE changes SET count = count + 1; END"))

    def close(self):
        """Leave nothing open."""
        self._loop.__exit__(None, None, None)
        self.beside.close()
        self.services.tools.fetcher.close()
        self.services.tools.database.close()

    # -- as it was ----------------------------------------------------------------------------------------------------

    def _copy(self):
        kept = sqlite3.connect(":memory:")
        self.beside.backup(kept)
        self.seen = self.written()
        return kept

    def restore(self, kept):
        """Put the database back to a copy of it, if anything was written since."""
        if self.written() != self.seen:
            kept.backup(self.beside)
            self.seen = self.written()

    def written(self):
        """A number that is another one once anybody but ourselves has written."""
        return self.beside.execute("PRAGMA data_version").fetchone()[0]

    def changes(self):
        """How many rows were put in, changed or taken out so far, but for visits."""
        return self.beside.execute("SELECT count FROM changes").fetchone()[0]

    def come(self, person):
        """Let it be somebody's day, with a session of theirs that was there before anything happened; the copy."""
        self.kept.backup(self.beside)
        self.clock.instant = NOW
        if person.login:
            account = self.services.tools.accounts.find_by_login(person.login)
            self.clock.instant = NOW + timedelta(days=person.day)
            with self.services.tools.database.session() as session:
                self.sessions[person.name] = self.services.tools.accounts.open_session(session, account.id)
        self.clock.instant = NOW + timedelta(days=person.day)
        if person.before:
            person.before(self)
        number = PEOPLE.index(person) + 1
        client = TestClient(self.app, base_url=ORIGIN, follow_redirects=False, client=(f"10.0.0.{number}", 50_000))
        client.portal = self.loop
        self.clients[person.name] = client
        page = self.clients[person.name].get("/sign-in", headers={"Accept": "text/html"})
        token = page.text.partition('name="csrf" value="')[2].partition('"')[0]
        self.forms[person.name] = (dict(page.cookies), token)
        self.person = person
        return self._copy()

    def ready(self, route):
        """Let happen what comes before a request; how much had changed then."""
        if route.first:
            today, self.clock.instant = self.clock.instant, NOW
            route.first(self)
            self.clock.instant = today
        return self.changes()

    # -- asking -------------------------------------------------------------------------------------------------------

    def ask(self, person, route, ids=None):
        """Send a route's example as somebody."""
        ids = self.ids if ids is None else ids
        client = self.clients[person.name]
        if not person.link:
            ids = {**ids, "token": "x" * 22, "code": "22222222", "place": "x" * 43, "invited": "x" * 22}
        client.cookies.clear()
        headers = {"Accept": "application/json" if route.for_programs else "text/html", "Origin": ORIGIN}
        if person.login:
            headers["Authorization"] = f"Bearer {self.sessions[person.name]}"
        elif person.program:
            headers |= self.program.basic if route.path.startswith("/oauth/") else self.program.bearer
        given, body = {}, None if route.body is None else filled(route.body, ids)
        if route.file:
            given["content"] = route.file
            headers["Content-Type"] = "application/json" if route.file[:1] == b"{" else "application/octet-stream"
        elif route.for_programs and body is not None:
            given["content"] = json.dumps(body)
            headers["Content-Type"] = "application/json"
        elif route.method == "POST" and not route.for_programs:
            cookies, token = self.forms[person.name]
            client.cookies.update(cookies)
            given["data"] = {**(self.asked if route.asked else {}), **(body or {}), "csrf": token}
        return client.request(route.method, route.address(ids), headers=headers, **given)
