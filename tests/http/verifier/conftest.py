"""The verifier in process, with a world on loopback to look at."""

import json
import secrets

import pytest
from starlette.testclient import TestClient

from kit.clock import FixedClock
from tests.http.verifier.world import NOW, World
from vc.document import serialize
from verifier.app import build_services, create_app
from verifier.settings import VerifierSettings

PASSWORD = "four words in a row"


@pytest.fixture
def world():
    made = World()
    yield made
    made.close()


@pytest.fixture
def clock():
    return FixedClock(instant=NOW)


@pytest.fixture
def settings(tmp_path):
    return VerifierSettings(
        database_url=f"sqlite:///{tmp_path}/verifier.db",
        data_dir=tmp_path,
        public_url="http://localhost:8003",
        port=8003,
        key_hex=secrets.token_hex(32),
        loopback=True,
    )


@pytest.fixture
def services(settings, clock):
    return build_services(settings, clock=clock)


@pytest.fixture
def client(settings, services):
    with TestClient(create_app(settings, services=services), base_url="http://localhost:8003") as made:
        made.headers["Accept"] = "text/html"
        yield made


@pytest.fixture
def check(client):
    """Hand a document or a link in by the form and give the verdict's page."""

    def handed_in(what, **fields):
        text = what if isinstance(what, str) else serialize(what).decode()
        return client.post("/verify", data={"input": text, **fields})

    return handed_in


@pytest.fixture
def judge(client):
    """Hand a document or a link in over the API and give the JSON."""

    def handed_in(what, **members):
        text = what if isinstance(what, str) else serialize(what).decode()
        answer = client.post(
            "/api/verify", content=json.dumps({"input": text, **members}), headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    return handed_in


@pytest.fixture
def signed_in(client, services):
    """Sign somebody in and give the client."""
    services.accounts.create_user(login="ana", password=PASSWORD, name="Ana", scope="administrator")
    token = client.post("/api/session", json={"login": "ana", "password": PASSWORD}).json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"
    return client
