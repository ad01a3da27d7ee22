"""What is written about the APIs is true: the examples of docs/api.md are run, and every route is described."""

import json
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import jsonschema
import pytest
from starlette.testclient import TestClient

from issuer.app import create_app as issuer_app
from issuer.service.services import Services
from issuer.settings import IssuerSettings
from kit.clock import FixedClock
from kit.web.vc_api import OPEN_BADGES
from kit.web.vc_api import is_for_programs as for_programs
from tests import selective
from tests.http.wallet.routes import every_route
from tests.unit.wallet import samples
from vc.presentation import build
from vc.proof import add_proof
from verifier.app import build_services as verifier_services
from verifier.app import create_app as verifier_app
from verifier.settings import VerifierSettings
from wallet import store
from wallet.app import create_app as wallet_app

PORTS = {"issuer": 8001, "wallet": 8002, "verifier": 8003}
DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```bash\n# (\d+)\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
STUB = "#!/bin/sh\nexec {python} -c 'import json, sys; print(json.dumps(sys.argv[1:]))' \"$@\"\n"
PASSWORD = "four words in a row"
COURSE = {"name": "Algebra I", "description": "Functions.", "criteriaNarrative": "Pass the test."}


class Roles:
    """The three roles in process, and what the examples of the documents stand on."""

    def __init__(self, folder):
        self.clock = FixedClock(instant=samples.NOW)
        self.services, self.clients, self.apps = {}, {}, {}
        self.values = {role: {} for role in PORTS}
        for role in PORTS:
            (folder / role).mkdir()
        self._verifier(folder / "verifier")
        self._issuer(folder / "issuer")
        self._wallet(folder / "wallet")

    def _add(self, role, app, values):
        self.apps[role], self.values[role] = app, values
        self.clients[role] = TestClient(app, base_url=f"http://localhost:{PORTS[role]}")

    @staticmethod
    def _given(role, folder):
        return {
            "database_url": f"sqlite:///{folder}/it.db", "data_dir": folder, "key_hex": secrets.token_hex(32),
            "public_url": f"http://localhost:{PORTS[role]}", "port": PORTS[role], "loopback": True,
        }  # fmt: skip

    def _verifier(self, folder):
        settings = VerifierSettings(**self._given("verifier", folder))
        made = verifier_services(settings, clock=self.clock)
        learner = samples.signer(3)
        did = learner.verification_method.partition("#")[0]
        credential = json.loads(samples.award(subject=did))
        presentation = add_proof(
            build([credential], id=None, holder=did), signer=learner, suite="eddsa-rdfc-2022",
            purpose="authentication", created=samples.NOW, challenge="4kTq1bX0", domain="https://admissions.example",
        )  # fmt: skip
        values = {"CREDENTIAL": json.dumps(credential), "PRESENTATION": json.dumps(presentation), "DID": did}
        self._add("verifier", verifier_app(settings, services=made), values)

    def _issuer(self, folder):
        settings = IssuerSettings(**self._given("issuer", folder))
        made = Services.build(settings, clock=self.clock)
        made.accounts.create_user(login="ana", password=PASSWORD, name="Ana", scope="administrator")
        self._add("issuer", issuer_app(settings, services=made), {})
        client = self.clients["issuer"]
        token = client.post("/api/session", json={"login": "ana", "password": PASSWORD}).json()["token"]
        bearer = {"Authorization": f"Bearer {token}", "Idempotency-Key": "first"}
        client.post("/api/organisations", json={"name": "Maple", "slug": "maple"}, headers=bearer)
        base = "/api/organisations/maple"
        course = client.post(f"{base}/achievements", json=COURSE, headers=bearer).json()
        award = {"achievement": course["id"], "learnerName": "Jonah", "identifier": "R-1"}
        issued = client.post(f"{base}/awards", json=award, headers=bearer).json()["id"]
        self.values["issuer"] = {"TOKEN": token, "ACHIEVEMENT": course["iri"], "ISSUED": issued}

    def _wallet(self, folder):
        made = samples.wallet(folder, self.clock)
        family = samples.Hadleys(made)
        learner = family.jonah_learner
        with made.tools.database.session() as session:
            home = made.people.open(session, family.teresa)
            key = made.tools.keystore.new_learner_key("did:web:maple.example")
            row = store.LearnerKey(
                id="k" * 36, family_id=family.teresa.family_id, learner_id=learner, issuer_index=b"i" * 32,
                created_at=home.now, version=0,
            )  # fmt: skip
            home.learner(learner).seal(row, key.secret)
            session.add(row)
        kept = made.credentials.add_file(family.teresa, learner, samples.award(subject=key.did)).credential_id
        self._add("wallet", wallet_app(samples.settings(folder), services=made), {})
        signed_in = self.clients["wallet"].post("/api/session", json={"login": "teresa", "password": samples.PASSWORD})
        base = json.dumps(selective.issue(selective.plain()))
        self.values["wallet"] = {"TOKEN": signed_in.json()["token"], "LEARNER": learner, "AWARD": kept, "BASE": base}


def is_for_programs(path):
    """Whether an address is described with a role's API: a host's addresses are, by their standard, at /discovery."""
    return for_programs(path) and not path.startswith(OPEN_BADGES)


@pytest.fixture(scope="module")
def roles(tmp_path_factory):
    return Roles(tmp_path_factory.mktemp("roles"))


def arguments_of(command, values, folder):
    """What the shell hands to curl, by the shell itself."""
    stub = folder / "curl"
    stub.write_text(STUB.format(python=sys.executable), encoding="utf-8")
    stub.chmod(0o700)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", **values}
    done = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def sent(client, arguments):
    """The request that curl would send, sent."""
    assert arguments[0] == "-s"
    url, rest = arguments[1], arguments[2:]
    headers = dict(value.split(": ", 1) for flag, value in zip(rest[::2], rest[1::2], strict=True) if flag == "-H")
    bodies = [value for flag, value in zip(rest[::2], rest[1::2], strict=True) if flag == "-d"]
    method = "POST" if bodies else "GET"
    return client.request(method, urlsplit(url).path, content=bodies[0] if bodies else None, headers=headers)


@pytest.mark.parametrize(
    ("status", "command"), EXAMPLES, ids=[re.search(r"800\d(/[\w/.]+)", c)[1] for _s, c in EXAMPLES]
)
def test_an_example_of_the_documents_does_what_it_says(roles, tmp_path, status, command):
    port = re.search(r"localhost:(\d+)", command)[1]
    role = next(name for name, its in PORTS.items() if str(its) == port)
    answer = sent(roles.clients[role], arguments_of(command, roles.values[role], tmp_path))
    assert answer.status_code == int(status), answer.text
    operation = described(roles.apps[role].openapi(), answer.request)
    content = operation["responses"][status]["content"]["application/json"]
    jsonschema.validate(answer.json(), content["schema"])
    jsonschema.validate(content["example"], content["schema"])
    if "requestBody" in operation:
        asked = operation["requestBody"]["content"]["application/json"]
        jsonschema.validate(json.loads(answer.request.content), asked["schema"])
        jsonschema.validate(asked["example"], asked["schema"])


def described(description, request):
    """The description of the operation that a request was sent to."""
    for path, methods in description["paths"].items():
        if re.fullmatch(re.sub(r"\{[^}]+\}", ".+", path), request.url.path):
            return methods[request.method.lower()]
    raise AssertionError(request.url.path)


@pytest.mark.parametrize("role", PORTS)
def test_every_json_route_is_described_and_every_reference_leads_somewhere(roles, role):
    app = roles.apps[role]
    description = app.openapi()
    paths = {re.sub(r":path\}", "}", path): methods for path, methods in every_route(app) if is_for_programs(path)}
    assert len(paths) > 10
    for path, methods in paths.items():
        if path == "/api/openapi.json" or methods == {"OPTIONS"}:
            continue
        assert path in description["paths"], path
    known = description["components"]["schemas"]
    for reference in references(description):
        assert reference.rpartition("/")[2] in known, reference


@pytest.mark.parametrize("role", PORTS)
def test_every_route_of_the_standard_has_an_example_in_the_documents(roles, role):
    told = {
        re.search(rf"{PORTS[role]}(/[\w/.]+)", command)[1] for _s, command in EXAMPLES if str(PORTS[role]) in command
    }
    for path, _methods in every_route(roles.apps[role]):
        if is_for_programs(path) and not path.startswith("/api/"):
            assert any(path.startswith(each.rstrip("/")) for each in told), path
            operation = next(iter(roles.apps[role].openapi()["paths"][path.replace(":path}", "}")].values()))
            assert operation["summary"]
            assert all("example" in one for each in operation["responses"].values() for one in shown(each))


def shown(response):
    """The contents of a response that is not a problem, which every route has alike."""
    return [
        one
        for kind, one in response.get("content", {}).items()
        if kind == "application/json"
        and one["schema"].get("title") != "HTTPValidationError"
        and "$ref" not in one["schema"]
    ]


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


@pytest.mark.parametrize("role", ["issuer", "wallet"])
def test_O4_no_route_of_the_standard_opens_to_a_stranger(roles, role):
    stranger = TestClient(roles.apps[role], base_url=f"http://localhost:{PORTS[role]}")
    tried = [path for path, _methods in every_route(roles.apps[role]) if is_for_programs(path) and "/api/" not in path]
    assert len(tried) >= 2
    for path in tried:
        answer = stranger.post(path, json={}, headers={"Idempotency-Key": "k"})
        assert answer.status_code == 401, path
        assert answer.headers["content-type"] == "application/problem+json"
        assert roles.apps[role].openapi()["paths"][path]["post"]["security"] == [{"session": []}]
