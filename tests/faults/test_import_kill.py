"""kill -9 while a family's awards come in: what was acknowledged is there, and nothing is there twice.

A real wallet process, batches of awards, and a nemesis that kills the process while it stores or looks at them and
starts it again. Every batch is brought twice, and once more until it was killed eight times; ``SATCHEL_IMPORT_KILLS=100``
asks for more.
"""

import json
import os
import random
import threading
import time
from http.client import HTTPException

import pytest

from kit import audit
from kit.db import Database
from kit.vault import create_key_file
from tests.faults.test_issuer_kill import PASSWORD, Server
from tests.unit.wallet.samples import award

SEED = 20261124
KILLS = int(os.environ.get("SATCHEL_IMPORT_KILLS", "8"))
BATCHES, SIZE = 3, 30
PATIENCE = 120 + KILLS * 15
SETTLED = {"added", "here", "apart", "known"}


def batch(number):
    """A list of awards, the last of them altered after it was signed."""
    awards = [award(number * SIZE + each, title=f"Award {number}.{each}").decode() for each in range(SIZE)]
    return f"[{','.join([*awards[:-1], awards[-1].replace('ten kilograms', 'one kilogram ')])}]".encode()


class Family:
    """A server with a family of one learner, who brings awards until each batch was acknowledged and looked at."""

    def __init__(self, folder, database_url):
        create_key_file(folder / "kek")
        self.server = Server(folder, database_url, role="wallet", signup_open="true")
        self.server.start()
        self.acknowledged, self.added, self.token = [], set(), None
        self.end = time.monotonic() + PATIENCE
        account = {"login": "teresa", "password": PASSWORD, "name": "Teresa", "familyName": "Hadley"}
        self.until("POST", "/api/accounts", account, good={201})
        self.token = json.loads(
            self.until("POST", "/api/session", {"login": "teresa", "password": PASSWORD}, good={201})
        )["token"]
        made = self.until("POST", "/api/learners", {"name": "Wren", "birthDate": "2016-06-03"}, good={201})
        self.learner = json.loads(made)["id"]

    def until(self, method, path, body=None, *, good):
        """Ask, and ask again while nobody answers."""
        while True:
            assert time.monotonic() < self.end, "it did not come to an end"
            try:
                status, answer = self.server.ask(method, path, body, token=self.token, seconds=30)
            except (OSError, HTTPException):
                time.sleep(0.05)
                continue
            assert status in good, (path, status, answer)
            return answer

    def bring(self, data):
        """Hand a batch in until that is acknowledged, and have it looked at until nothing is left."""
        made = json.loads(self.until("POST", f"/api/learners/{self.learner}/imports", data, good={201}))
        assert made["total"] == SIZE
        self.acknowledged.append(made["id"])
        self.through(made["id"])

    def through(self, import_id):
        while True:
            seen = json.loads(self.until("POST", f"/api/imports/{import_id}/steps", {}, good={200}))
            self.added |= {each["title"] for each in seen["items"]["items"] if each["state"] in {"added", "here"}}
            if not seen["left"]:
                return


def nemesis(server, over):
    """Kill it at random moments, and start it again."""
    dice = random.Random(SEED)
    while not over.wait(dice.uniform(0.1, 1.2)):
        server.kill()
        server.start()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_R1_an_import_loses_nothing_acknowledged_and_doubles_nothing(kind, request, tmp_path):
    url = f"sqlite:///{tmp_path}/wallet.db" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    family, over = Family(tmp_path, url), threading.Event()
    killer = threading.Thread(target=nemesis, args=(family.server, over))
    batches = [batch(number) for number in range(BATCHES)]
    killer.start()
    try:
        for data in batches:
            family.bring(data)
            family.bring(data)
        while len(family.server.starts) <= KILLS:
            family.bring(batches[len(family.acknowledged) % BATCHES])
    finally:
        over.set()
        killer.join()
    try:
        path = f"/api/learners/{family.learner}"
        for line in json.loads(family.until("GET", f"{path}/imports", good={200}))["items"]:
            family.through(line["id"])  # stored, though the answer was lost on the way
        for import_id in family.acknowledged:
            seen = json.loads(family.until("GET", f"/api/imports/{import_id}?size=200", good={200}))
            assert {each["state"] for each in seen["items"]["items"]} <= SETTLED
            assert seen["total"] == SIZE
        kept = json.loads(family.until("GET", f"{path}/credentials?size=200", good={200}))
        titles = [each["title"] for each in kept["items"]]
        wanted = {f"Award {number}.{each}" for number in range(BATCHES) for each in range(SIZE - 1)}
        assert (len(titles), set(titles)) == (len(wanted), wanted)
        assert family.added <= wanted
        assert json.loads(family.until("GET", f"{path}/apart", good={200}))["total"] == BATCHES
    finally:
        family.server.kill()
    _check(url)


def _check(url):
    from wallet.store import AUDIT

    database = Database(url)
    with database.reading() as session:
        assert audit.verify_chain(session, AUDIT) is None
        count = "SELECT count(*) FROM import_file"
        assert session.connection().exec_driver_sql(count).scalar() == BATCHES, "of what is done with no bytes stay"
    database.close()
