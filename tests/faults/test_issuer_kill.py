"""kill -9 at random instants: nothing acknowledged is lost, nothing is done twice, the audit holds together.

A real issuer process on loopback, clients that repeat each request under its key until it is answered, and a nemesis
that kills the process and starts it again. Seeded; at least 200 awards in all; bounded to a minute on each database.
"""

import json
import os
import random
import secrets
import signal
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from sqlalchemy import text

from kit import audit
from kit.db import Database
from kit.vault import create_key_file
from tests.ports import free_port

SEED = 20261123
AWARDS = 200
CLIENTS = 4
DEADLINE = 55
ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "four words in a row"


class Server:
    """An issuer process that can be killed and started again on the same port."""

    def __init__(self, folder, database_url):
        self.port = free_port()
        self.environment = {
            **os.environ,
            "SATCHEL_ISSUER_DATABASE_URL": database_url,
            "SATCHEL_ISSUER_DATA_DIR": str(folder),
            "SATCHEL_ISSUER_PUBLIC_URL": f"http://localhost:{self.port}",
            "SATCHEL_ISSUER_PORT": str(self.port),
            "SATCHEL_ISSUER_KEY_FILE": str(folder / "kek"),
            "SATCHEL_ISSUER_LOOPBACK": "true",
        }
        self.process = None

    def command(self, *words, given=""):
        done = subprocess.run(
            [sys.executable, "-m", "issuer", *words],
            cwd=ROOT,
            env=self.environment,
            input=given,
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "issuer", "serve"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        line = self.process.stdout.readline()
        assert json.loads(line)["event"] == "listening", line

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def ask(self, method, path, body=None, *, token=None, key=None, seconds=10):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        headers = {"Host": f"localhost:{self.port}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        try:
            connection.request(method, path, body=None if body is None else json.dumps(body), headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


class Client(threading.Thread):
    """Awards until told to stop; repeats a request, under its key, until somebody answers it."""

    def __init__(self, server, *, token, achievement, stop, acknowledged, lock):
        super().__init__(daemon=True)
        self.server, self.token, self.achievement = server, token, achievement
        self.stop, self.acknowledged, self.lock = stop, acknowledged, lock
        self.broken = []

    def run(self):
        while not self.stop.is_set():
            key = secrets.token_hex(8)
            body = {"achievement": self.achievement, "learnerName": f"L {key}", "identifier": key}
            while not self.stop.is_set():
                try:
                    status, answer = self.server.ask(
                        "POST", "/api/organisations/maple/awards", body, token=self.token, key=key
                    )
                except (OSError, HTTPException):
                    time.sleep(0.05)
                    continue
                if status == 201:
                    with self.lock:
                        self.acknowledged[key] = (body, answer)
                    break
                if status not in {409, 429, 503}:
                    self.broken.append((status, answer))
                    return
                time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_no_kill_loses_or_repeats_anything(kind, request, tmp_path):
    database_url = f"sqlite:///{tmp_path}/issuer.db" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    create_key_file(tmp_path / "kek")
    server = Server(tmp_path, database_url)
    server.command("init", "--login", "admin", given=PASSWORD + "\n")
    server.start()
    try:
        kills, acknowledged = _torment(server)
        _check(server, database_url, acknowledged)
    finally:
        if server.process.poll() is None:
            server.kill()
    assert len(acknowledged) >= AWARDS, f"only {len(acknowledged)} awards in the time there was"
    assert kills >= 3


def _torment(server):
    dice = random.Random(SEED)
    status, answer = server.ask("POST", "/api/session", {"login": "admin", "password": PASSWORD})
    assert status == 201, answer
    token = json.loads(answer)["token"]
    status, answer = server.ask("POST", "/api/organisations", {"name": "Maple"}, token=token)
    assert status == 201, answer
    course = {"name": "Algebra", "description": "d", "criteriaNarrative": "c", "achievementType": "Course"}
    status, answer = server.ask("POST", "/api/organisations/maple/achievements", course, token=token)
    assert status == 201, answer
    achievement = json.loads(answer)["id"]
    stop, lock, acknowledged, kills = threading.Event(), threading.Lock(), {}, 0
    shared = {"token": token, "achievement": achievement, "stop": stop, "acknowledged": acknowledged, "lock": lock}
    clients = [Client(server, **shared) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end and (len(acknowledged) < AWARDS or kills < 3):
        time.sleep(dice.uniform(0.3, 2.5))
        server.kill()
        kills += 1
        server.start()
        time.sleep(dice.uniform(0.5, 1.5))
    stop.set()
    for client in clients:
        client.join(20)
        assert client.broken == []
    server.kill()
    server.start()
    for key, (body, first) in list(acknowledged.items())[:: max(1, len(acknowledged) // 20)]:
        status, again = server.ask("POST", "/api/organisations/maple/awards", body, token=token, key=key)
        assert (status, again) == (201, first), "the same key gives the same bytes, kill or no kill"
    return kills, acknowledged


def _check(server, database_url, acknowledged):
    server.kill()
    database = Database(database_url)
    from issuer.store.tables import AUDIT

    with database.reading() as session:
        issued = set(session.execute(text("SELECT id FROM credential WHERE state = 'issued'")).scalars())
        signed = session.execute(text("SELECT credential_id FROM signed_credential")).scalars().all()
        awarded = session.execute(text("SELECT object_id FROM audit WHERE action = 'credential.award'")).scalars().all()
        entries = session.execute(text("SELECT list_id, position, credential_id FROM status_entry")).all()
        pending = session.execute(text("SELECT count(*) FROM intent WHERE state = 'pending'")).scalar_one()
        assert audit.verify_chain(session, AUDIT) is None
    database.close()
    promised = {json.loads(answer)["id"] for _body, answer in acknowledged.values()}
    assert promised <= issued, "an acknowledged credential is lost"
    assert len(promised) == len(acknowledged), "two keys got one credential"
    assert len(signed) == len(set(signed)) == len(issued)
    assert len(awarded) == len(set(awarded)) == len(signed), "one audit row for each signature, no more, no fewer"
    places = [(list_id, position) for list_id, position, _credential in entries]
    assert len(places) == len(set(places))
    # An index without a credential was written to the journal by a transaction that a kill kept from committing.
    assert sum(credential is not None for _list, _position, credential in entries) == 2 * len(issued)
    assert pending == 0, "recovery finished what the kills left behind"
