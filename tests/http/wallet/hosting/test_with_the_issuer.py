"""The issuer's own client against this host, both as servers: register, ask, put, correct, and end it."""

import re
import threading
import time
from urllib.parse import urlsplit

import httpx2
import pytest
import uvicorn

from kit.clock import SystemClock
from kit.paging import window
from kit.server import configuration
from tests.http.wallet.provider import Issuer
from tests.ports import free_port
from tests.unit.wallet.samples import Hadleys, settings, wallet
from wallet.app import create_app


class Host:
    """A wallet that runs as a server, with the Hadleys in it."""

    def __init__(self, folder):
        port = free_port()
        self.url = f"http://localhost:{port}"
        more = {"public_url": self.url, "port": port}
        self.services = wallet(folder, SystemClock(), **more)
        self.hadleys = Hadleys(self.services)
        given = settings(folder, **more)
        app = create_app(given, services=self.services)
        self.server = uvicorn.Server(configuration(app, given))
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.02)

    def stop(self):
        self.server.should_exit = True
        self.thread.join(10)


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    running = Issuer(tmp_path_factory.mktemp("issuer"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    running = Host(tmp_path_factory.mktemp("host"))
    yield running
    running.stop()


class Person:
    """Somebody's browser on both sites, without a script."""

    def __init__(self):
        self.client = httpx2.Client(follow_redirects=False, headers={"accept": "text/html"})

    def get(self, url):
        return self.client.get(url)

    def send(self, page, action, **fields):
        """Fill in a form of a page and send it."""
        found = self.client.get(page)
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', found.text)[1]
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(action))
        return self.client.post(action, data={"csrf": token, **fields}, headers={"origin": origin})


def sent(issuer):
    """Send everything that is due."""
    while issuer.services.pushes.send_one():
        pass


def test_an_award_goes_from_the_issuer_into_a_childs_wallet_and_its_correction_after_it(issuer, host):
    issuer.ok(issuer.client.put("/api/organisations/maple/settings", json={"elsewhere": "guardians"}))
    given = issuer.ok(
        issuer.client.post(
            "/api/organisations/maple/awards",
            json={"achievement": issuer.achievement, "learnerName": "Wren", "identifier": "R-9"},
            headers={"Idempotency-Key": "host"},
        )
    )
    link, person = given["claim"]["url"], Person()
    there = person.send(
        f"{link}/elsewhere", f"{link}/elsewhere", host=host.url, hand="guardian", code=given["claim"]["code"]
    )
    assert there.status_code == 200, there.text
    way = re.search(r'<a class="button main" href="([^"]+)" rel="noreferrer">', there.text)[1].replace("&amp;", "&")
    assert way.startswith(f"{host.url}/oauth/authorize?")
    to_sign_in = person.get(way)
    page = host.url + to_sign_in.headers["location"]
    asked = urlsplit(way)
    back = person.send(
        page, f"{host.url}/sign-in", login="teresa", password="patchwork quilt 42", next=f"{asked.path}?{asked.query}"
    )
    assert host.url + back.headers["location"] == way, "the question comes after the sign-in"
    shown = person.get(way).text
    fields = {
        name: value.replace("&amp;", "&") for name, value in re.findall(r'hidden" name="(\w+)" value="([^"]*)"', shown)
    }
    fields.pop("csrf")
    scopes = re.findall(r'name="scopes" value="([^"]+)"', shown)
    allowed = person.send(
        way, f"{host.url}/oauth/authorize", **fields, learner=host.hadleys.wren, scopes=scopes, do="allow"
    )
    assert allowed.status_code == 303, allowed.text
    assert allowed.headers["location"].startswith(f"{issuer.url}/hosts/")
    assert person.get(allowed.headers["location"]).status_code == 303
    sent(issuer)
    services, teresa = host.services, host.hadleys.teresa
    (card,) = services.credentials.search(teresa, host.hadleys.wren, "")
    assert (card.title, card.issuer_name) == ("Bridge building", "Maple Co-op")
    base = f"/api/organisations/maple/credentials/{given['id']}"
    signed = issuer.client.get(f"{base}/document").content
    assert services.credentials.document(teresa, card.id) == signed, "byte for byte"
    body = {"achievement": issuer.achievement, "learnerName": "Wren", "identifier": "R-9", "term": "Spring 2026"}
    issuer.ok(issuer.client.post(f"{base}/reissue", json=body, headers={"Idempotency-Key": "again"}))
    sent(issuer)
    newest = services.credentials.document(teresa, card.id)
    assert newest == issuer.client.get(f"{base}/document").content != signed
    person.client.close()
    kinds = {act.kind for act in _connection(host).acts.items}
    assert kinds == {"created", "replaced"}


def _connection(host):
    connections, teresa = host.services.hosting.connections, host.hadleys.teresa
    (line,) = connections.page(teresa, host.hadleys.wren, window(page=1)).items
    return connections.look(teresa, line.id, window(page=1))
