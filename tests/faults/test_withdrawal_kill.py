"""kill -9 while many awards are withdrawn: each exactly once, whatever the moment.

A few hundred awards, killed twice; ``SATCHEL_WITHDRAWALS=5000`` asks for more of both.
"""

import json
import os
import random
import time
from http.client import HTTPException

import pytest
from sqlalchemy import text

from issuer.store.tables import AUDIT
from kit import audit
from kit.db import Database
from kit.vault import create_key_file
from tests.awarding import sheet_text
from tests.faults.test_issuer_kill import PASSWORD, Server
from tests.faults.test_sheet_kill import COURSE

AWARDS = int(os.environ.get("SATCHEL_WITHDRAWALS", "300"))
KILLS = 2 if AWARDS <= 300 else 10
SEED = 20261123
BASE = "/api/organisations/maple"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_R1_each_award_is_withdrawn_once_whatever_the_moment_of_the_kills(kind, request, tmp_path):
    url = f"sqlite:///{tmp_path}/issuer.db" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    create_key_file(tmp_path / "kek")
    server = Server(tmp_path, url)
    server.command("init", "--login", "admin", given=PASSWORD + "\n")
    server.start()
    try:
        _torment(server, _awards(server))
    finally:
        if server.process.poll() is None:
            server.kill()
    _check(url)


def _ask(server, path, body, token, key="k"):
    status, answer = server.ask("POST", path, body, token=token, key=key, seconds=240)
    assert status in {200, 201}, answer
    return json.loads(answer)


def _wait(server, token, path):
    """What it comes to, at its end; the server may be away for a while."""
    end = time.monotonic() + 240
    while time.monotonic() < end:
        try:
            status, answer = server.ask("GET", path, token=token, seconds=60)
        except (OSError, HTTPException):
            status = 0
        found = json.loads(answer) if status == 200 else {}
        if found.get("finished"):
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come to an end")


def _awards(server):
    """So many awards from a sheet; the token of who made them."""
    token = _ask(server, "/api/session", {"login": "admin", "password": PASSWORD}, None)["token"]
    _ask(server, "/api/organisations", {"name": "Maple"}, token)
    achievement = _ask(server, f"{BASE}/achievements", COURSE, token)["id"]
    sheet = _ask(server, f"{BASE}/sheets", {"achievement": achievement, "text": sheet_text(range(AWARDS))}, token)
    job = _ask(server, f"{BASE}/sheets/{sheet['id']}/issue", {"undoMinutes": 0}, token)
    assert _wait(server, token, f"{BASE}/jobs/{job['id']}")["done"] == AWARDS
    return token


def _torment(server, token):
    """Begin to withdraw them, kill it at some moments, and see it through."""
    seen = _ask(server, f"{BASE}/withdrawals", {}, token)
    asked = {"seen": seen["seen"], "count": AWARDS, "reason": "requirementsNotMet", "apply": True}
    begun = _ask(server, f"{BASE}/withdrawals", asked, token)
    dice = random.Random(SEED)
    for _kill in range(KILLS):
        time.sleep(dice.uniform(0.0, 0.2))
        server.kill()
        server.start()
        assert _ask(server, f"{BASE}/withdrawals", asked, token)["id"] == begun["id"], "the same request"
    found = _wait(server, token, f"{BASE}/withdrawals/{begun['id']}")
    assert (found["state"], found["done"], found["already"]) == ("done", AWARDS, 0)
    server.kill()


def _check(url):
    database = Database(url)
    with database.reading() as session:

        def one(words):
            return session.execute(text(words)).scalar_one()

        assert one("SELECT count(*) FROM credential WHERE state = 'revoked'") == AWARDS
        assert one("SELECT count(*) FROM withdrawal_line WHERE state = 'withdrawn'") == AWARDS
        for action in ("credential.revoke", "claim.recall"):
            told = session.execute(text(f"SELECT object_id FROM audit WHERE action = '{action}'")).scalars().all()
            assert len(told) == len(set(told)) == AWARDS
        set_ = "SELECT count(*) FROM status_entry e JOIN status_list l ON l.id = e.list_id WHERE e.value <> 0 AND "
        assert one(f"{set_} l.purpose = 'revocation'") == one(f"{set_} l.purpose = 'message'") == AWARDS
        assert one("SELECT count(*) FROM claim WHERE secrets_sealed IS NOT NULL") == 0
        assert audit.verify_chain(session, AUDIT) is None
    database.close()
