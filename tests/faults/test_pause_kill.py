"""kill -9 the moment after a pause, a lifting or a withdrawal was acknowledged: the published list says so all the same.

One round of three kills; ``SATCHEL_PAUSE_ROUNDS=17`` asks for the fifty of R4.
"""

import json
import os
import time

import pytest

from kit.vault import create_key_file
from tests.faults.test_issuer_kill import PASSWORD, Server
from vc.status import decode_list, read_entry

ROUNDS = int(os.environ.get("SATCHEL_PAUSE_ROUNDS", "1"))
SECONDS = 5.0
"""Within which a change has to be seen (R4)."""
BASE = "/api/organisations/maple"
LICENCE = {"name": "Belay", "description": "d", "criteriaNarrative": "c", "achievementType": "License"}


class Office:
    """A server with an organisation, and somebody who works there."""

    def __init__(self, folder, database_url):
        create_key_file(folder / "kek")
        self.server = Server(folder, database_url)
        self.server.command("init", "--login", "admin", given=PASSWORD + "\n")
        self.server.start()
        self.token = None
        self.token = self.ask("POST", "/api/session", {"login": "admin", "password": PASSWORD})["token"]
        self.ask("POST", "/api/organisations", {"name": "Maple"})
        self.licence = self.ask("POST", f"{BASE}/achievements", LICENCE)["id"]

    def ask(self, method, path, body=None, key=None):
        status, answer = self.server.ask(method, path, body, token=self.token, key=key, seconds=60)
        assert status in {200, 201}, (path, answer)
        return json.loads(answer)

    def award(self, number):
        body = {"achievement": self.licence, "learnerName": "Wren", "identifier": f"R-{number}"}
        uuid = self.ask("POST", f"{BASE}/awards", body, key=f"k-{number}")["id"].removeprefix("urn:uuid:")
        entries = self.ask("GET", f"{BASE}/credentials/{uuid}/document")["credentialStatus"]
        return f"{BASE}/credentials/{uuid}", {entry["statusPurpose"]: entry for entry in entries}

    def is_set(self, entry):
        path = entry["statusListCredential"].partition(f":{self.server.port}")[2]
        encoded = self.ask("GET", path)["credentialSubject"]["encodedList"]
        return bool(read_entry(decode_list(encoded), index=int(entry["statusListIndex"]), size=1))

    def killed_and_back(self, entry, *, wanted):
        """Kill it, start it, and wait until the list says what is wanted."""
        self.server.kill()
        self.server.start()
        end = time.monotonic() + SECONDS
        while self.is_set(entry) is not wanted:
            assert time.monotonic() < end, "what was acknowledged is not in the list"
            time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_R4_what_was_acknowledged_is_seen_after_a_kill(kind, request, tmp_path):
    url = f"sqlite:///{tmp_path}/issuer.db" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    office = Office(tmp_path, url)
    try:
        for number in range(ROUNDS):
            award, entries = office.award(number)
            office.ask("PUT", f"{award}/suspension", {"reason": "The renewal is late."})
            office.killed_and_back(entries["suspension"], wanted=True)
            office.ask("DELETE", f"{award}/suspension")
            office.killed_and_back(entries["suspension"], wanted=False)
            assert office.ask("GET", award)["suspended"] is None
            office.ask("POST", f"{award}/revocation", {"reason": "issuedInError"})
            office.killed_and_back(entries["revocation"], wanted=True)
            assert office.ask("GET", award)["state"] == "revoked"
    finally:
        if office.server.process.poll() is None:
            office.server.kill()
