"""F6, F5 by the verifier itself: over a socket it fetches the identifier document and the lists, and says what it finds."""

import contextlib
import json
import secrets
import socket
import threading
import time
from datetime import timedelta

import uvicorn
from starlette.testclient import TestClient

from issuer.app import create_app as issuer_app
from issuer.settings import IssuerSettings
from kit.vault import create_key_file
from tests.issuing import Workshop
from verifier.app import build_services, create_app
from verifier.settings import VerifierSettings


@contextlib.contextmanager
def issuing(folder):
    """An issuer on loopback with one organisation."""
    create_key_file(folder / "kek")
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    settings = IssuerSettings(
        database_url=f"sqlite:///{folder}/issuer.db",
        data_dir=folder,
        public_url=f"http://localhost:{port}",
        port=port,
        key_file=folder / "kek",
        loopback=True,
        job_processes=0,
    )
    shop = Workshop(settings)
    config = uvicorn.Config(
        issuer_app(settings, services=shop.services), log_config=None, lifespan="off", access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield shop
    finally:
        server.should_exit = True
        thread.join(5)
        listener.close()
        shop.close()


def verdicts(folder, clock, bodies):
    """What a verifier that knows nothing yet says of each."""
    folder.mkdir()
    settings = VerifierSettings(
        database_url=f"sqlite:///{folder}/verifier.db",
        data_dir=folder,
        public_url="http://localhost:8003",
        port=8003,
        key_hex=secrets.token_hex(32),
        loopback=True,
    )
    services = build_services(settings, clock=clock)
    with TestClient(create_app(settings, services=services), base_url="http://localhost:8003") as client:
        found = []
        for body in bodies:
            answer = client.post(
                "/api/verify",
                content=json.dumps({"input": body.decode()}),
                headers={"Content-Type": "application/json"},
            )
            assert answer.status_code == 200, answer.text
            found.append(answer.json()["verdict"])
        return found


def test_F6_F5_the_verifier_finds_an_award_of_each_epoch_genuine_and_none_of_a_stolen_one(tmp_path):
    with issuing(tmp_path) as shop:
        clock, keys = shop.services.context.clock, shop.services.keys
        awards = [shop.award(0, "k-0").value["id"]]
        for number in (1, 2, 3):
            keys.rotate(shop.desk, kind="ed25519", use="proof")
            clock.advance(timedelta(minutes=5))
            awards.append(shop.award(number, f"k-{number}").value["id"])
        bodies = [shop.services.credentials.document(shop.desk, each)[0] for each in awards]
        for number, body in enumerate(bodies, 1):
            assert f"#key-{number}".encode() in body
        assert verdicts(tmp_path / "before", clock, bodies) == ["genuineAndCurrent"] * 4
        keys.compromised(shop.desk, "key-2", since="2026-11-23T00:00:00Z", words="")
        clock.advance(timedelta(minutes=6))
        after = verdicts(tmp_path / "after", clock, bodies)
        assert [each == "genuineAndCurrent" for each in after] == [True, False, True, True]
        assert keys.renew(shop.desk, "key-2", [awards[1]]).done == 1
        body = shop.services.credentials.document(shop.desk, awards[1])[0]
        assert verdicts(tmp_path / "mended", clock, [body]) == ["genuineAndCurrent"]
