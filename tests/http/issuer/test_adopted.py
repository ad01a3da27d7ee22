"""A custodian: the first server is gone, and awards are still genuine, because another one answers in its place."""

import hashlib
import io
import json
import threading
import time
import zipfile

import pytest
import uvicorn
from starlette.testclient import TestClient

from issuer.app import create_app
from issuer.cli import main
from issuer.service.services import Services
from issuer.service.snapshots import Snapshot
from issuer.settings import IssuerSettings
from kit.clock import SystemClock
from kit.errors import BadInput, Conflict, NotFound, Unavailable
from kit.fetch import Fetcher, verify_online
from kit.server import configuration
from tests.http.issuer.conftest import COURSE, PASSWORD, Desk
from tests.http.issuer.test_closing import WANTED
from tests.http.issuer.test_endorsements import HTML
from tests.ports import free_port
from vc.checks import Verdict
from vc.document import CREDENTIAL_LIMITS, parse
from vc.policy import Policy

BASE = "/orgs/maple-co-op"


def settings_of(folder, port, name):
    return IssuerSettings(
        database_url=f"sqlite:///{folder}/issuer.db", data_dir=folder, public_url=f"http://{name}:{port}", port=port,
        key_hex="7c" * 32, loopback=True, fetch_ports=(port,), fetch_private_hosts=("localhost",),
    )  # fmt: skip


class Server:
    """A server on this machine, while the block lasts."""

    def __init__(self, app, settings):
        self.server = uvicorn.Server(configuration(app, settings))
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def __exit__(self, *_error):
        self.server.should_exit = True
        self.thread.join(timeout=10)


class School:
    """An organisation that awarded two, withdrew one and closed; its server runs no more."""

    def __init__(self, folder, port):
        self.url = f"http://localhost:{port}"
        services = Services.build(settings_of(folder, port, "localhost"))
        services.accounts.create_user(login="admin", password=PASSWORD, name="Ada", scope="administrator")
        app = create_app(services.context.settings, services=services)
        with TestClient(app, base_url=self.url) as stranger:
            desk = Desk(app, "admin", "maple-co-op")
            desk.client.base_url = self.url
            desk.client.post("/api/organisations", json={"name": "Maple Co-op", "slug": "maple-co-op"})
            course = desk.achievement(**{name: COURSE[name] for name in COURSE if name != "alignments"})
            awards = [desk.award(course), desk.award(course)]
            self.good, self.withdrawn = (desk.document(award).content for award in awards)
            desk.revoke(awards[1])
            body = {**WANTED, "successorId": ""}
            desk.client.post(f"{desk.base}/closing", json=body, headers={"Idempotency-Key": "k"})
            self.file = stranger.get(f"{BASE}/closed.zip").content
            self.served = {
                path: stranger.get(f"{BASE}/{path}").content for path in ("did.json", "keys/key-1", "closed")
            }
            time.sleep(1)
            answer = desk.client.post(f"{desk.base}/closing/renewal", headers={"Idempotency-Key": "anew"})
            assert answer.status_code == 201, answer.text
            self.newer = stranger.get(f"{BASE}/closed.zip").content

    def newest_fingerprint(self):
        with zipfile.ZipFile(io.BytesIO(self.newer)) as archive:
            text = hashlib.sha256(archive.read("closing.json")).hexdigest()
        return " ".join(text[place : place + 4] for place in range(0, 64, 4))


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture(scope="module")
def school(tmp_path_factory, port):
    return School(tmp_path_factory.mktemp("school"), port)


@pytest.fixture(scope="module")
def settings(tmp_path_factory, port):
    """Those of the custodian: it calls itself 127.0.0.1, and the school was called localhost."""
    return settings_of(tmp_path_factory.mktemp("custodian"), port, "127.0.0.1")


@pytest.fixture(scope="module")
def custodian(settings):
    services = Services.build(settings)
    yield services
    services.close()


def verdict(body, settings):
    fetcher = Fetcher.from_settings(settings, clock=SystemClock())
    policy = Policy.recommended(recognised=(), loopback=True, require_holder_binding=False, challenge=None, domain=None)
    document = parse(body, limits=CREDENTIAL_LIMITS)
    report, _evidence = verify_online(document, fetcher=fetcher, policy=policy, now=SystemClock().now())
    fetcher.close()
    return report.verdict


def changed(file, **bodies):
    """The file with other bytes under some names; None leaves one out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            body = bodies.get(name.partition(".")[0].replace("/", "_"), old.read(name))
            if body is not None:
                new.writestr(name, body)
    return out.getvalue()


def test_the_first_server_is_gone_and_an_award_is_still_genuine(school, custodian, settings, port):
    assert verdict(school.good, settings) is Verdict.COULD_NOT_BE_CHECKED
    kept = custodian.adoption.adopt(school.file)
    assert (kept.host, kept.name) == (f"localhost:{port}", "Maple Co-op")
    assert custodian.adoption.adopt(school.file) == kept
    app = create_app(settings, services=custodian)
    with Server(app, settings):
        assert verdict(school.good, settings) is Verdict.GENUINE_AND_CURRENT
        assert verdict(school.withdrawn, settings) is Verdict.WITHDRAWN
        assert verdict(school.served["closed"], settings) is Verdict.GENUINE_AND_CURRENT
    there = TestClient(app, base_url=school.url, follow_redirects=False)
    for path, body in school.served.items():
        assert there.get(f"{BASE}/{path}").content == body
    assert there.get(f"{BASE}/closed.zip").content == school.file
    assert there.get(f"{BASE}/status/1").headers["access-control-allow-origin"] == "*"
    page = there.get(f"{BASE}/closed", headers=HTML | {"Accept-Language": "es"})
    assert (page.status_code, "Maple Co-op" in page.text, kept.fingerprint in page.text) == (200, True, True)
    assert there.get(BASE).headers["location"] == f"{BASE}/closed"
    assert there.get(f"{BASE}/achievements/x", headers=HTML).headers["location"] == f"{BASE}/closed"
    for path in (
        "/",
        "/sign-in",
        "/api/openapi.json",
        "/orgs/another/did.json",
        f"{BASE}x/did.json",
        f"{BASE}/status/9",
    ):
        assert there.get(path).status_code == 404, path
    assert there.post("/api/session", json={"login": "admin", "password": PASSWORD}).status_code == 404
    assert there.post(f"{BASE}/closed").status_code == 404
    own = TestClient(app, base_url=settings.public_url, follow_redirects=False)
    assert own.get(f"{BASE}/did.json").status_code == 404
    assert own.get("/sign-in").status_code == 200


def test_a_newer_snapshot_takes_the_place_of_an_older_one_and_never_the_other_way(school, custodian):
    custodian.adoption.adopt(school.newer)
    assert len(custodian.adoption.listing()) == 1
    with pytest.raises(Conflict):
        custodian.adoption.adopt(school.file)
    custodian.adoption.forget(custodian.adoption.listing()[0].did)
    assert custodian.adoption.listing() == []
    with pytest.raises(NotFound):
        custodian.adoption.forget("did:web:nobody.example")
    assert custodian.organisations.audit_broken_at() is None


def test_what_is_not_whole_genuine_and_of_another_server_is_refused(school, custodian, tmp_path, port):
    def resigned(change):
        document = json.loads(school.served["closed"])
        change(document)
        return changed(school.file, closing=json.dumps(document).encode())

    def named(**members):
        return resigned(lambda document: document["relatedResource"][0].update(members))

    with zipfile.ZipFile(io.BytesIO(school.file)) as archive:
        listed = json.loads(archive.read("status/1.json"))
    for file in (
        b"", b"{}", b"PK\x03\x04", school.file[:-30], school.file[:200] + b"\0" * 40 + school.file[240:],
        changed(school.file, closing=None), changed(school.file, did=None), changed(school.file, status_1=None),
        changed(school.file, status_1=json.dumps({**listed, "validUntil": "2099-01-01T00:00:00Z"}).encode()),
        changed(school.file, closing=b"[]"), changed(school.file, closing=b"{}"), changed(school.file, closing=school.good),
        resigned(lambda document: document.update(description="Something else.")),
        resigned(lambda document: document["credentialSubject"].pop()),
        resigned(lambda document: document["issuer"].update(id="did:web:cedar.example")),
        resigned(lambda document: document.update(issuer="did:web:localhost:orgs:x")),
        resigned(lambda document: document.update(relatedResource=[])),
        resigned(lambda document: document.update(awardedDate="yesterday")),
        named(id="https://elsewhere.example/did.json"), named(id=f"{school.url}{BASE}/../did.json"), named(mediaType="text/html"),
        named(mediaType=7), named(id=f"{school.url}{BASE}/other.json"),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            custodian.adoption.adopt(file)
    own = Services.build(settings_of(tmp_path, port, "localhost"))
    with pytest.raises(BadInput, match="publishes under that name itself"):
        own.adoption.adopt(school.file)
    own.close()
    assert custodian.adoption.listing() == []


def test_a_file_that_swells_is_refused(custodian):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("closing.json", b"\0" * (9 * 1024 * 1024))
    with pytest.raises(BadInput):
        custodian.adoption.adopt(out.getvalue())
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as made:
        for number in range(2001):
            made.writestr(str(number), b"")
    with pytest.raises(BadInput):
        custodian.adoption.adopt(many.getvalue())


def test_the_operator_adopts_from_the_command_line(school, custodian, tmp_path, monkeypatch, capsys):
    settings = custodian.context.settings
    given = {"database_url": settings.database_url, "data_dir": settings.data_dir, "public_url": settings.public_url}
    for name, value in {**given, "port": settings.port, "key_hex": "7c" * 32, "loopback": "true"}.items():
        monkeypatch.setenv(f"SATCHEL_ISSUER_{name.upper()}", str(value))
    file = tmp_path / "maple.zip"
    file.write_bytes(school.newer)
    assert main(["adopt", str(file)]) == 0
    told = capsys.readouterr().out
    did = custodian.adoption.listing()[0].did
    assert (did in told, school.newest_fingerprint() in told) == (True, True)
    file.write_bytes(b"nothing")
    assert main(["adopt", str(file)]) == 1
    assert "not the snapshot" in capsys.readouterr().err
    assert main(["adopt"]) == 0
    assert did in capsys.readouterr().out
    assert main(["adopt", "--forget", did]) == 0
    assert custodian.adoption.listing() == []


@pytest.mark.parametrize("url", ["https://oak.example", "javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_who_takes_over_has_a_web_address_whatever_was_signed(url):
    document = {
        "issuer": {"id": "did:web:a.example:orgs:a"},
        "awardedDate": "2026-11-23T09:00:00Z",
        "validFrom": "2026-11-23T09:00:00Z",
        "credentialSubject": [{"id": "did:web:a.example:orgs:a", "name": "A"}, {"name": "Oak", "url": url}],
    }
    if url.startswith("https:"):
        assert Snapshot.read(document).custodian.url == url
    else:
        with pytest.raises(BadInput):
            Snapshot.read(document)


def test_a_probe_is_answered_while_the_database_is_gone(custodian, monkeypatch):
    def gone(_host):
        raise Unavailable

    app = create_app(custodian.context.settings, services=custodian)
    monkeypatch.setattr(custodian.adoption, "keeps", gone)
    probe = TestClient(app, base_url="http://10.0.0.7")
    assert probe.get("/healthz").status_code == 200
    assert TestClient(app, base_url="http://localhost:1").get("/").status_code == 503
