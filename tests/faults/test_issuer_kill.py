"""kill -9 at random instants: nothing acknowledged is lost, nothing is done twice, the audit holds together.

A real issuer process on loopback, clients that repeat each request under its key until it is answered, and a nemesis
that kills the process and starts it again. Three of ten requests were asked before, or are asked by somebody else at
the same moment. Seeded; 300 requests of four clients on each database, and as many kills as fit in. More is asked for by
``SATCHEL_REQUESTS=10000``, by ``SATCHEL_KILLS=1000`` (so many, however many requests that takes) and ``SATCHEL_CLIENTS=8``.
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
REQUESTS = int(os.environ.get("SATCHEL_REQUESTS", "300"))
CLIENTS = int(os.environ.get("SATCHEL_CLIENTS", "4"))
KILLS = int(os.environ.get("SATCHEL_KILLS", str(max(3, REQUESTS // 30))))
"""Each costs seconds in which nothing is asked; so many, and the rest of the requests in peace."""
LEAST_KILLS = KILLS if "SATCHEL_KILLS" in os.environ else 3
DUPLICATES = 0.3
DEADLINE = 900 + REQUESTS / 2 + LEAST_KILLS * 20
"""Seconds until somebody has to look; a machine that is busy with other things takes its time."""
ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "four words in a row"


class Server:
    """A role's process, usually an issuer's, that can be killed and started again on the same port."""

    def __init__(self, folder, database_url, role="issuer", **settings):
        self.port, self.role = free_port(), role
        given = {
            "database_url": database_url,
            "data_dir": str(folder),
            "public_url": f"http://localhost:{self.port}",
            "port": str(self.port),
            "key_file": str(folder / "kek"),
            "loopback": "true",
        } | settings
        self.environment = {**os.environ, **{f"SATCHEL_{role}_{name}".upper(): each for name, each in given.items()}}
        self.process = None
        self.starts = []
        """Seconds from each start until it listened."""

    def command(self, *words, given=""):
        done = subprocess.run(
            [sys.executable, "-m", self.role, *words],
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
        begun = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", self.role, "serve"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        line = self.process.stdout.readline()
        assert json.loads(line)["event"] == "listening", line
        self.starts.append(time.monotonic() - begun)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def ask(self, method, path, body=None, *, token=None, key=None, seconds=10):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        headers = {"Host": f"localhost:{self.port}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        try:
            sent = body if body is None or isinstance(body, bytes) else json.dumps(body)
            connection.request(method, path, body=sent, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


class Asked:
    """What was asked so far, by key, and the bytes that were answered."""

    def __init__(self):
        self.lock, self.bodies, self.answers, self.count, self.broken = threading.Lock(), {}, {}, 0, []

    def one(self, dice, achievement):
        """A request: a new one, or one that somebody asked before or asks at this moment."""
        with self.lock:
            if self.bodies and dice.random() < DUPLICATES:
                return dice.choice([*list(self.bodies.items())[-CLIENTS:], *self.bodies.items()])
            key = secrets.token_hex(8)
            self.bodies[key] = {"achievement": achievement, "learnerName": f"L {key}", "identifier": key}
            return key, self.bodies[key]

    def told(self, key, status, answer):
        """Whether that is the answer to the request; keeps what must not be."""
        with self.lock:
            if status == 201 and self.answers.setdefault(key, answer) == answer:
                self.count += 1
                return True
            if status not in {409, 429, 503}:
                self.broken.append((key, status, answer))
                return True
            return False


class Client(threading.Thread):
    """Awards until told to stop; repeats a request, under its key, until somebody answers it."""

    def __init__(self, server, asked, *, token, achievement, stop, dice):
        super().__init__(daemon=True)
        self.server, self.asked, self.token, self.achievement = server, asked, token, achievement
        self.stop, self.dice = stop, dice

    def run(self):
        while not self.stop.is_set():
            key, body = self.asked.one(self.dice, self.achievement)
            while not self.stop.is_set():
                try:
                    answer = self.server.ask("POST", "/api/organisations/maple/awards", body, token=self.token, key=key)
                except (OSError, HTTPException):
                    time.sleep(0.05)
                    continue
                if self.asked.told(key, *answer):
                    break
                time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_R1_R2_no_kill_loses_or_repeats_anything(kind, request, tmp_path):
    database_url = f"sqlite:///{tmp_path}/issuer.db" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    create_key_file(tmp_path / "kek")
    server = Server(tmp_path, database_url)
    server.command("init", "--login", "admin", given=PASSWORD + "\n")
    server.start()
    try:
        kills, asked = _torment(server)
        _check(server, database_url, asked.answers)
    finally:
        if server.process.poll() is None:
            server.kill()
    assert asked.count >= REQUESTS, f"only {asked.count} requests in the time there was"
    assert asked.count - len(asked.answers) > REQUESTS * DUPLICATES / 2, "many were asked before"
    assert kills >= LEAST_KILLS
    starts = sorted(server.starts)
    request.node.user_properties += [
        ("requests", asked.count),
        ("kills", kills),
        ("start, median s", round(starts[len(starts) // 2], 1)),
        ("start, longest s", round(starts[-1], 1)),
    ]


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
    stop, asked, kills = threading.Event(), Asked(), 0
    clients = [
        Client(server, asked, token=token, achievement=achievement, stop=stop, dice=random.Random(SEED + number))
        for number in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end and (asked.count < REQUESTS or kills < LEAST_KILLS):
        time.sleep(dice.uniform(0.3, 2.5))
        if kills == KILLS:
            continue
        server.kill()
        kills += 1
        server.start()
        time.sleep(dice.uniform(0.5, 1.5))
    stop.set()
    for client in clients:
        client.join(20)
    assert asked.broken == []
    server.kill()
    server.start()
    for key in list(asked.answers)[:: max(1, len(asked.answers) // 20)]:
        again = server.ask("POST", "/api/organisations/maple/awards", asked.bodies[key], token=token, key=key)
        assert again == (201, asked.answers[key]), "the same key gives the same bytes, kill or no kill"
        other = {**asked.bodies[key], "identifier": "somebody else"}
        assert server.ask("POST", "/api/organisations/maple/awards", other, token=token, key=key)[0] == 422
    return kills, asked


def _check(server, database_url, answers):
    server.kill()
    database = Database(database_url)
    from issuer.store.tables import AUDIT

    _intact(database)
    with database.reading() as session:
        issued = set(session.execute(text("SELECT id FROM credential WHERE state = 'issued'")).scalars())
        signed = session.execute(text("SELECT credential_id FROM signed_credential")).scalars().all()
        awarded = session.execute(text("SELECT object_id FROM audit WHERE action = 'credential.award'")).scalars().all()
        entries = session.execute(text("SELECT list_id, position, credential_id FROM status_entry")).all()
        pending = session.execute(text("SELECT count(*) FROM intent WHERE state = 'pending'")).scalar_one()
        assert audit.verify_chain(session, AUDIT) is None
    database.close()
    promised = {json.loads(answer)["id"] for answer in answers.values()}
    assert promised <= issued, "an acknowledged credential is lost"
    assert len(promised) == len(answers), "two keys got one credential"
    assert len(signed) == len(set(signed)) == len(issued)
    assert len(awarded) == len(set(awarded)) == len(signed), "one audit row for each signature, no more, no fewer"
    places = [(list_id, position) for list_id, position, _credential in entries]
    assert len(places) == len(set(places))
    # An index without a credential was written to the journal by a transaction that a kill kept from committing.
    assert sum(credential is not None for _list, _position, credential in entries) == 2 * len(issued)
    assert pending == 0, "recovery finished what the kills left behind"


def _intact(database):
    """What the database itself says of its files; PostgreSQL can be asked where its `amcheck` is installed."""
    with database.engine.begin() as connection:
        if database.is_sqlite:
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        elif connection.execute(text("SELECT 1 FROM pg_available_extensions WHERE name = 'amcheck'")).scalar():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS amcheck"))
            trees = "relkind = 'i' AND relam = (SELECT oid FROM pg_am WHERE amname = 'btree') AND relpersistence = 'p'"
            connection.execute(text(f"SELECT bt_index_check(oid, true) FROM pg_class WHERE {trees}")).all()
            tables = "relkind = 'r' AND relpersistence = 'p'"
            found = text(f"SELECT v.* FROM pg_class c, verify_heapam(c.oid) v WHERE {tables}")
            assert connection.execute(found).all() == []
