"""The issuer in process: an administrator, an organisation, somebody at another organisation."""

import base64
import html
import json
import re
import secrets
import shutil
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from issuer.app import create_app
from issuer.service.services import Services
from issuer.settings import IssuerSettings
from kit.accounts.passwords import Passwords
from kit.clock import FixedClock
from kit.vault import create_key_file
from vc.did import key_did
from vc.document import serialize
from vc.keys import Ed25519Signer
from vc.presentation import build
from vc.proof import add_proof

ORIGIN = "http://localhost:8001"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "four words in a row"

COURSE = {
    "name": "Algebra I",
    "description": "Linear equations and functions.",
    "criteriaNarrative": "Pass the final assessment with 70 % or better.",
    "achievementType": "Course",
    "humanCode": "02052",
    "fieldOfStudy": "mathematics",
    "creditsAvailable": 1.0,
    "tags": ["algebra", "mathematics"],
    "alignments": [
        {
            "targetName": "Solve linear equations",
            "targetUrl": "https://frameworks.example.org/HSA-REI.B.3",
            "targetCode": "HSA-REI.B.3",
            "targetType": "CFItem",
        }
    ],
    "results": [{"name": "Final grade", "resultType": "LetterGrade", "allowedValues": ["A", "A-", "B+", "B", "C"]}],
    "inLanguage": "en",
}


_CASE = "https://frameworks.example.org/ims/case/v1p1"
CASE = {
    "CFDocument": {
        "identifier": "d1",
        "uri": f"{_CASE}/CFDocuments/d1",
        "creator": "Cedar Bend",
        "title": "Cedar Bend standards",
        "version": "2",
        "language": "en",
        "notes": "Free to use.",
    },
    "CFItems": [
        {"identifier": "i2", "uri": f"{_CASE}/CFItems/i2", "humanCodingScheme": "CB.N.1", "fullStatement": "Compare\nfractions", "educationLevel": ["04", "05"]},
        {"identifier": "i1", "uri": f"{_CASE}/CFItems/i1", "humanCodingScheme": "CB.N", "fullStatement": "Número y fracción"},
        {"identifier": "i3", "uri": f"{_CASE}/CFItems/i3", "humanCodingScheme": "CB.W", "fullStatement": "Write about 50% of n_1", "educationLevel": ["KG"]},
    ],
    "CFAssociations": [
        {"associationType": "isChildOf", "originNodeURI": {"identifier": "i2"}, "destinationNodeURI": {"identifier": "i1"}},
        {"associationType": "isRelatedTo", "originNodeURI": {"identifier": "i1"}, "destinationNodeURI": {"identifier": "i3"}},
    ],
}  # fmt: skip


LIGHT = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def clock():
    return FixedClock(instant=NOW)


def settings_in(folder, **members):
    return IssuerSettings(
        database_url=f"sqlite:///{folder}/issuer.db",
        data_dir=folder,
        public_url=ORIGIN,
        port=8001,
        key_file=folder / "kek",
        loopback=True,
        wallet_url="http://localhost:8002",
        **members,
    )


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """An issuer's folder with an administrator in it, to be copied: migrations and passwords take their time."""
    folder = tmp_path_factory.mktemp("prepared")
    create_key_file(folder / "kek")
    made = built(settings_in(folder), FixedClock(instant=NOW))
    made.accounts.create_user(login="admin", password=PASSWORD, name="Ada", scope="administrator")
    made.context.keystore.vault()
    made.close()
    return folder


@pytest.fixture
def settings(tmp_path, prepared):
    for name in ("issuer.db", "kek"):
        shutil.copy(prepared / name, tmp_path / name)
    return settings_in(tmp_path)


def built(settings, clock):
    """Services whose passwords cost nothing: what they cost is tested where they are kept."""
    made = Services.build(settings, clock=clock)
    made.accounts._passwords = LIGHT
    return made


@pytest.fixture
def services(settings, clock):
    return built(settings, clock)


@pytest.fixture
def app(settings, services):
    return create_app(settings, services=services)


@pytest.fixture
def stranger(app):
    """Nobody signed in; closes the app at the end."""
    with TestClient(app, base_url=ORIGIN, follow_redirects=False) as made:
        yield made


class Desk:
    """A program with a session, at one organisation."""

    def __init__(self, app, login, slug=None):
        self.client = TestClient(app, base_url=ORIGIN, follow_redirects=False)
        token = self.client.post("/api/session", json={"login": login, "password": PASSWORD}).json()["token"]
        self.client.headers["Authorization"] = f"Bearer {token}"
        self.slug = slug

    @property
    def base(self):
        return f"/api/organisations/{self.slug}"

    def achievement(self, **members):
        answer = self.client.post(f"{self.base}/achievements", json={**COURSE, **members})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def post_award(self, achievement, *, key=None, **members):
        body = {
            "achievement": achievement["id"],
            "learnerName": "Jonah Hadley",
            "identifier": "R-1017",
            "results": [{"value": "A-"}],
            **members,
        }
        return self.client.post(
            f"{self.base}/awards", json=body, headers={"Idempotency-Key": key or secrets.token_hex(8)}
        )

    def award(self, achievement, **members):
        answer = self.post_award(achievement, **members)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def credential(self, award):
        return f"{self.base}/credentials/{award['id'].removeprefix('urn:uuid:')}"

    def document(self, award):
        return self.client.get(f"{self.credential(award)}/document")

    def revoke(self, award, reason="wrongPerson", note="", **members):
        return self.client.post(
            f"{self.credential(award)}/revocation", json={"reason": reason, "note": note, **members}
        )


@pytest.fixture
def desk(app, stranger):
    made = Desk(app, "admin", "maple-co-op")
    answer = made.client.post(
        "/api/organisations",
        json={
            "name": "Maple Co-op",
            "slug": "maple-co-op",
            "kind": "coop",
            "url": "https://maple.example.org/",
            "email": "office@maple.example.org",
            "description": "Families who teach together.",
        },
    )
    assert answer.status_code == 201, answer.text
    return made


@pytest.fixture
def other_desk(app, services, desk):
    """Another organisation on the same server, with people of its own."""
    services.accounts.create_user(login="rosa", password=PASSWORD, name="Rosa", scope="staff")
    administrator = Desk(app, "admin", "alvarez")
    answer = administrator.client.post("/api/organisations", json={"name": "Alvarez Writing", "slug": "alvarez"})
    assert answer.status_code == 201
    link = administrator.client.post(
        "/api/organisations/alvarez/invitations", json={"role": "owner", "label": "Rosa"}
    ).json()["url"]
    from issuer.service.context import Actor

    rosa = services.accounts.find_by_login("rosa")
    services.people.accept(Actor(user_id=rosa.id, name=rosa.name, scope=rosa.scope), link.rpartition("/")[2])
    return Desk(app, "rosa", "alvarez")


@pytest.fixture
def course(desk):
    return desk.achievement()


class Wallet:
    """A learner's key, and how it answers a claim."""

    def __init__(self):
        seed = secrets.token_bytes(32)
        public = Ed25519Signer(seed, "").public_key
        self.did = key_did(public)
        self.signer = Ed25519Signer(seed, f"{self.did}#{public.multikey}")

    def presentation(self, request, *, now=NOW, **changes):
        asked = {**request["verifiablePresentationRequest"], **changes}
        return add_proof(
            build((), id=None, holder=self.did),
            signer=self.signer,
            suite="eddsa-rdfc-2022",
            purpose="authentication",
            created=now,
            challenge=asked["challenge"],
            domain=asked["domain"],
        )

    def claim(self, client, url, *, now=NOW):
        path = url.removeprefix(ORIGIN)
        asked = client.post(path, json={})
        assert asked.status_code == 200, asked.text
        return self.answer(client, path, self.presentation(asked.json(), now=now))

    @staticmethod
    def answer(client, path, presentation):
        return client.post(
            path,
            content=serialize({"verifiablePresentation": presentation}),
            headers={"Content-Type": "application/json"},
        )


class Browser:
    """A person's browser: cookies, forms with their token, redirects followed by hand."""

    def __init__(self, app, login=None):
        self.client = TestClient(app, base_url=ORIGIN, follow_redirects=False)
        self.client.headers["Accept"] = "text/html,application/xhtml+xml,*/*;q=0.8"
        if login:
            self.page = self.client.get("/sign-in")
            assert self.submit("/sign-in", login=login, password=PASSWORD).status_code == 303

    def get(self, path):
        self.page = self.client.get(path)
        return self.page

    def submit(self, path, *, files=None, **fields):
        found = re.search(r'name="csrf" value="([^"]+)"', self.page.text)
        token = {"csrf": found[1]} if found else {}
        self.page = self.client.post(path, data={**self.hidden(), **token, **fields}, files=files)
        return self.page

    def hidden(self):
        return {
            html.unescape(name): html.unescape(value)
            for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.page.text)
        }

    def follow(self):
        assert self.page.status_code == 303, self.page.text
        return self.get(self.page.headers["location"])


@pytest.fixture
def browser(app, services, stranger):
    return Browser(app, "admin")


@pytest.fixture
def visitor(app, stranger):
    return Browser(app)


@pytest.fixture
def wallet():
    return Wallet()


@pytest.fixture
def judge(stranger, clock):
    """The verdict on a credential from what the issuer itself publishes, fetched like anybody's."""
    from vc import verify
    from vc.document import CREDENTIAL_LIMITS, parse
    from vc.evidence import Evidence, Resource
    from vc.policy import Policy

    def verdict(body):
        policy = Policy.recommended(
            recognised=(), loopback=True, require_holder_binding=False, challenge=None, domain=None
        )
        evidence = Evidence({})
        for _round in range(4):
            report = verify(parse(body, limits=CREDENTIAL_LIMITS), evidence=evidence, policy=policy, now=clock.now())
            if not report.missing:
                return report
            found = {}
            for url in report.missing:
                answer = stranger.get(url.removeprefix(ORIGIN), headers={"Accept": "application/json"})
                assert answer.status_code == 200, (url, answer.status_code)
                found[url] = Resource(
                    url=url,
                    body=answer.content,
                    media_type=answer.headers["content-type"],
                    retrieved=clock.now(),
                )
            evidence |= Evidence(found)
        return report

    return verdict


def bits_of(document):
    """The positions that a status list sets."""
    from vc.status import decode_list

    value = json.loads(document) if isinstance(document, bytes) else document
    subject = value["credentialSubject"]
    size = 3 if subject["statusPurpose"] == "message" else 1
    bits = decode_list(subject["encodedList"])
    text = "".join(f"{byte:08b}" for byte in bits)
    return {
        place // size: int(text[place : place + size], 2)
        for place in range(0, len(text) - size + 1, size)
        if "1" in text[place : place + size]
    }


def b64(data):
    return base64.b64encode(data).decode()


class House:
    """One app for the tests of a module: each test gets an organisation of its own in it."""

    def __init__(self, settings):
        self.settings, self.clock = settings, FixedClock(instant=NOW)
        self.services = built(settings, self.clock)
        self.app = create_app(settings, services=self.services)
        self.office = Desk(self.app, "admin")
        self.people = Browser(self.app, "admin")

    def desk(self, **members):
        """The desk of a new organisation."""
        slug = f"house-{secrets.token_hex(4)}"
        answer = self.office.client.post("/api/organisations", json={"name": "Maple Co-op", "slug": slug, **members})
        assert answer.status_code == 201, answer.text
        made = object.__new__(Desk)
        made.client, made.slug = self.office.client, slug
        return made

    def close(self):
        self.services.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory, prepared):
    folder = tmp_path_factory.mktemp("house")
    for name in ("issuer.db", "kek"):
        shutil.copy(prepared / name, folder / name)
    made = House(settings_in(folder))
    yield made
    made.close()
