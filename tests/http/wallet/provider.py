"""A real issuer, which runs beside the wallet as a server on this machine."""

import json
import re
import secrets
import threading
import time

import httpx2
import uvicorn

from issuer.app import create_app as create_issuer
from issuer.service.organisations import FROM_THE_START
from issuer.settings import IssuerSettings
from issuer.store import tables
from kit.server import configuration
from tests.ports import free_port
from tests.unit.wallet.samples import PASSWORD


class Issuer:
    """A running issuer with one organisation, "maple", and one achievement."""

    def __init__(self, folder, wallet_url="http://localhost:8002"):
        port = free_port()
        self.url = f"http://localhost:{port}"
        settings = IssuerSettings(
            database_url=f"sqlite:///{folder}/issuer.db", data_dir=folder, public_url=self.url, port=port, key_hex="7c" * 32,
            loopback=True, wallet_url=wallet_url,
        )  # fmt: skip
        app = create_issuer(settings)
        self.services = app.state.services
        self.services.accounts.create_user(login="hannah", password=PASSWORD, name="Hannah", scope="administrator")
        self.server = uvicorn.Server(configuration(app, settings))
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.02)
        self.client = httpx2.Client(base_url=self.url)
        token = self.client.post("/api/session", json={"login": "hannah", "password": PASSWORD}).json()["token"]
        self.client.headers["authorization"] = f"Bearer {token}"
        self.ok(self.client.post("/api/organisations", json={"name": "Maple Co-op", "slug": "maple", "kind": "coop"}))
        body = {"name": "Bridge building", "description": "From plan to load test.", "criteriaNarrative": "Build it."}
        self.achievement = self.ok(self.client.post("/api/organisations/maple/achievements", json=body))["id"]

    @staticmethod
    def ok(answer):
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    def award(self, name="Wren", number="17", **members):
        """A claim link for a new award, and the award's id."""
        made = self.ok(
            self.client.post(
                "/api/organisations/maple/awards",
                json={"achievement": self.achievement, "learnerName": name, "identifier": number, **members},
                headers={"Idempotency-Key": secrets.token_hex(8)},
            )
        )
        text = json.dumps(made)
        return re.search(rf"{self.url}/claim/[\w-]+", text)[0], made["id"]

    def revoke(self, credential_id):
        path = f"/api/organisations/maple/credentials/{credential_id}/revocation"
        return self.ok(self.client.post(path, json={"reason": "issuedInError"}))

    def stop(self):
        self.client.close()
        self.server.should_exit = True
        self.thread.join(10)

    def add_key(self, kind, use):
        """A key for a further form, in use at once: nobody has read the document without it."""
        made = self.ok(self.client.post("/api/organisations/maple/keys", json={"kind": kind, "use": use}))
        with self.services.context.database.session() as session:
            row = session.query(tables.SigningKeyRow).filter_by(fragment=made["name"]).one()
            row.in_use_from = FROM_THE_START
