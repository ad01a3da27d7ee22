"""Attacks on the verifier through what it is handed: addresses that lead inside, schemes that are no links."""

import copy
import secrets
import socket
import threading

import pytest
from starlette.testclient import TestClient

from verifier.app import build_services, create_app
from verifier.settings import VerifierSettings


class Canary:
    """A door on loopback that counts who knocks."""

    def __init__(self):
        self.hits = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.hits += 1
            connection.close()

    def close(self):
        self._socket.close()


@pytest.fixture
def canary():
    made = Canary()
    yield made
    made.close()


@pytest.fixture
def public(tmp_path, clock):
    """A verifier as it stands on the internet: no loopback."""
    settings = VerifierSettings(
        database_url=f"sqlite:///{tmp_path}/public.db",
        data_dir=tmp_path,
        public_url="https://verifier.example",
        port=8003,
        key_hex=secrets.token_hex(32),
    )
    app = create_app(settings, services=build_services(settings, clock=clock))
    with TestClient(app, base_url="https://verifier.example") as made:
        yield made


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/",
        "https://127.0.0.1:{port}/",
        "https://localhost:{port}/",
        "https://LOCALHOST:{port}/",
        "https://localhost.:{port}/",
        "https://[::1]:{port}/",
        "https://[::ffff:127.0.0.1]:{port}/",
        "https://127.1:{port}/",
        "https://0x7f.1:{port}/",
        "https://0x7f000001:{port}/",
        "https://2130706433:{port}/",
        "https://017700000001:{port}/",
        "https://0:{port}/",
        "https://0.0.0.0:{port}/",
        "https://127.0.0.1:{port}/s/AAAAAAAAAAAAAAAAAAAAAA",
        "https://localhost:{port}/s/AAAAAAAAAAAAAAAAAAAAAA",
        "https://verifier.example@127.0.0.1:{port}/",
        "https://verifier.example\\@127.0.0.1:{port}/",
        "127.0.0.1:{port}/x",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00::1]/",
    ],
)
def test_an_address_never_leads_inside(public, canary, address):
    answer = public.post("/api/verify", json={"input": address.format(port=canary.port)})
    assert answer.status_code in {422, 502}
    assert canary.hits == 0


def test_open_and_closed_doors_sound_the_same(public, canary):
    open_door = public.post("/api/verify", json={"input": f"https://localhost:{canary.port}/"}).json()
    closed_door = public.post("/api/verify", json={"input": "https://localhost:1/"}).json()
    assert {**open_door, "reference": ""} == {**closed_door, "reference": ""}


def test_what_a_credential_names_never_leads_inside(public, world, canary):
    provider = world.provider()
    badge = copy.deepcopy(provider.badge())
    badge.pop("proof")
    badge["credentialStatus"]["statusListCredential"] = f"https://127.0.0.1:{canary.port}/list"
    badge["credentialSchema"] = [{"id": f"https://127.0.0.1:{canary.port}/schema", "type": "JsonSchema"}]
    badge["credentialSubject"]["achievement"]["image"] = {
        "id": f"https://127.0.0.1:{canary.port}/picture.png",
        "type": "Image",
    }
    found = public.post("/api/verify", json={"input": provider.sign(badge)}).json()
    assert not found["headlineGreen"]
    assert found["verdict"] != "genuineAndCurrent"
    assert canary.hits == 0
    assert world.paths == []


@pytest.mark.parametrize(
    "did", ["did:web:127.0.0.1%3A{port}", "did:web:localhost%3A{port}", "did:web:2130706433%3A{port}"]
)
def test_an_issuers_identifier_never_leads_inside(public, world, canary, did):
    badge = copy.deepcopy(world.provider().badge(index=None))
    badge["issuer"]["id"] = did.format(port=canary.port)
    badge["proof"]["verificationMethod"] = badge["issuer"]["id"] + "#key-1"
    found = public.post("/api/verify", json={"input": badge}).json()
    assert found["verdict"] in {"couldNotBeChecked", "notGenuine"}
    assert canary.hits == 0


def test_a_redirect_is_not_followed_inside(world, client):
    answer = client.post("/api/verify", json={"input": f"{world.base}/redirect"})
    assert answer.status_code == 502


@pytest.mark.parametrize(
    "payload",
    [
        "javascript:alert(document.domain)",
        "java\tscript:alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "ftp://x.example/a",
        "intent://x#Intent;scheme=https;end",
        "openid-credential-offer://?credential_offer_uri=https://x.example",
        "openid4vp://?request_uri=https://x.example",
        "blob:https://x.example/1",
        "wallet://share/1",
        "//evil.example/s/AAAAAAAAAAAAAAAAAAAAAA",
    ],
)
def test_what_a_code_may_hold_and_is_no_link_is_refused(client, payload):
    answer = client.post("/api/verify", json={"input": payload})
    assert answer.status_code == 422
    assert "forged" not in answer.text


def test_nothing_of_a_record_is_in_the_log(world, judge, client, caplog):
    share_page = judge(world.provider().badge(learner="Canary Quetzal", name="Canary Course"))
    client.get(f"/api/verdicts/{share_page['id']}")
    assert "Canary" not in caplog.text
    assert share_page["id"] not in caplog.text
    assert share_page["id"] not in str([getattr(record, "fields", {}) for record in caplog.records])
