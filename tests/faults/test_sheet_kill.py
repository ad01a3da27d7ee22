"""kill -9 while a sheet is being awarded: every row once, whatever the moment.

A real issuer process with its engine of jobs, one sheet, and a nemesis that kills the process at random moments of the
work and starts it again. A thousand rows; ``SATCHEL_SHEET_ROWS=10000`` asks for more.
"""

import json
import os
import random
import time
from http.client import HTTPException
from pathlib import Path

import pytest
from sqlalchemy import text

from kit import audit
from kit.db import Database
from kit.vault import create_key_file
from tests.awarding import sheet_text
from tests.faults.test_issuer_kill import PASSWORD, Server

SEED = 20261123
ROWS = int(os.environ.get("SATCHEL_SHEET_ROWS", "1000"))
KILLS = 5
PATIENCE = 240 + ROWS / 10
COURSE = {
    "name": "Algebra",
    "description": "d",
    "criteriaNarrative": "c",
    "achievementType": "Course",
    "results": [{"name": "Final grade", "resultType": "LetterGrade", "allowedValues": ["A", "B"]}],
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_R1_every_row_is_awarded_once_whatever_the_moment_of_the_kills(kind, request, tmp_path):
    database_url = f"sqlite:///{tmp_path}/issuer.db" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    create_key_file(tmp_path / "kek")
    server = Server(tmp_path, database_url)
    server.command("init", "--login", "admin", given=PASSWORD + "\n")
    server.start()
    try:
        token, job = _begin(server)
        memory = _torment(server, token, job)
        _check(server, database_url)
    finally:
        if server.process.poll() is None:
            server.kill()
    assert max(memory) < 400, "what it holds does not grow with the sheet"


def _post(server, path, body, token, key="k"):
    status, answer = server.ask("POST", path, body, token=token, key=key, seconds=240)
    assert status == 201, answer
    return json.loads(answer)


def _begin(server):
    token = _post(server, "/api/session", {"login": "admin", "password": PASSWORD}, None)["token"]
    _post(server, "/api/organisations", {"name": "Maple"}, token)
    base = "/api/organisations/maple"
    achievement = _post(server, f"{base}/achievements", COURSE, token)["id"]
    sheet = _post(server, f"{base}/sheets", {"achievement": achievement, "text": sheet_text(range(ROWS))}, token)
    assert sheet["counts"] == {"ok": ROWS}
    job = _post(server, f"{base}/sheets/{sheet['id']}/issue", {}, token)
    return token, f"{base}/jobs/{job['id']}"


def _torment(server, token, job):
    """Kill it when it has come so far, and look at it until it is through."""
    dice = random.Random(SEED)
    moments = sorted(dice.randrange(ROWS * 7 // 10) for _ in range(KILLS))
    memory, end = [], time.monotonic() + PATIENCE
    while True:
        assert time.monotonic() < end, "it did not come to an end"
        try:
            status, answer = server.ask("GET", job, token=token)
        except (OSError, HTTPException):
            status = 0
        found = json.loads(answer) if status == 200 else {}
        if found.get("finished"):
            assert moments == [], "it was through before it was killed five times"
            assert (found["done"], found["repeated"], found["refused"]) == (ROWS, 0, 0)
            return memory
        if found and moments and found["done"] >= moments[0]:
            moments.pop(0)
            time.sleep(dice.uniform(0.0, 0.3))
            server.kill()
            server.start()
        memory.append(_megabytes(server.process.pid))
        time.sleep(0.1)


def _megabytes(pid):
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


def _check(server, database_url):
    server.kill()
    database = Database(database_url)
    from issuer.store.tables import AUDIT

    with database.reading() as session:

        def column(words):
            return session.execute(text(words)).scalars().all()

        issued = column("SELECT id FROM credential WHERE state = 'issued'")
        others = column("SELECT id FROM credential WHERE state <> 'issued'")
        names = column("SELECT learner_name FROM credential")
        signed = column("SELECT credential_id FROM signed_credential")
        awarded = column("SELECT object_id FROM audit WHERE action = 'credential.award'")
        entries = session.execute(
            text("SELECT list_id, position FROM status_entry WHERE credential_id IS NOT NULL")
        ).all()
        claims = column("SELECT credential_id FROM claim WHERE state = 'open'")
        once = column("SELECT credential_id FROM award_once")
        pending = column("SELECT id FROM intent WHERE state = 'pending'")
        answers = column("SELECT key FROM idempotency")
        assert audit.verify_chain(session, AUDIT) is None
    database.close()
    assert (len(issued), others, pending, answers) == (ROWS, [], [], [])
    for found in (names, signed, awarded, claims, once):
        assert len(found) == len(set(found)) == ROWS
    assert len(entries) == len(set(entries)) == 2 * ROWS
