"""`satchel issue FILE` and the issuer's own command: a sheet from the command line, to a real issuer process."""

import json
import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import text

from kit.db import Database
from kit.vault import create_key_file
from tests.awarding import sheet_text
from tests.faults.test_issuer_kill import PASSWORD, ROOT, Server
from tests.faults.test_sheet_kill import COURSE


@pytest.fixture
def server(tmp_path):
    create_key_file(tmp_path / "kek")
    made = Server(tmp_path, f"sqlite:///{tmp_path}/issuer.db")
    made.command("init", "--login", "admin", given=PASSWORD + "\n")
    made.start()
    _, answer = made.ask("POST", "/api/session", {"login": "admin", "password": PASSWORD})
    token = json.loads(answer)["token"]
    made.ask("POST", "/api/organisations", {"name": "Maple"}, token=token)
    made.ask("POST", "/api/organisations/maple/achievements", COURSE, token=token)
    yield made
    made.kill()


@pytest.fixture
def issue(server, tmp_path):
    def issue(content, *options):
        path = tmp_path / "awards.csv"
        path.write_text(content, encoding="utf-8")
        words = ["issue", str(path), "--issuer", f"http://localhost:{server.port}", "--organisation", "maple"]
        return subprocess.run(
            [sys.executable, "-m", "satchel", *words, "--achievement", "Algebra", "--login", "admin", *options],
            cwd=ROOT,
            input=PASSWORD + "\n",
            text=True,
            capture_output=True,
            check=False,
            timeout=120,
        )

    return issue


def test_a_sheet_is_awarded_from_the_command_line_once(server, issue, tmp_path):
    done = issue(sheet_text(range(12), marks={3: "Z"}))
    assert done.returncode == 2, done.stderr
    assert "Row 5: “Z” is not a mark here. Use one of: A, B." in done.stderr
    done = issue(sheet_text(range(12)), "--format", "vc-jwt")
    assert done.returncode == 2, done.stderr
    assert "Keys and lists" in done.stderr, "there is no key for tokens"
    done = issue(sheet_text(range(12), marks={3: "Z"}), "--good-rows")
    assert done.returncode == 0, done.stderr
    assert "11 awarded, 0 awarded before, 0 could not be signed." in done.stdout
    assert "handed out at" in done.stdout
    done = issue(sheet_text(reversed(range(12))), "--undo-minutes", "0", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["done"], told["state"]) == (1, "released")
    done = issue(sheet_text(reversed(range(12))))
    assert "Nothing is awarded twice" in done.stdout
    database = Database(f"sqlite:///{tmp_path}/issuer.db")
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM credential WHERE state = 'issued'")).scalar_one() == 12
    database.close()


def _work(environment):
    return subprocess.Popen(
        [sys.executable, "-m", "issuer", "work"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_worker_of_its_own_needs_postgresql(server):
    process = _work(server.environment)
    _out, error = process.communicate(timeout=60)
    assert process.returncode == 64
    assert "PostgreSQL" in error


@pytest.mark.slow
@pytest.mark.postgres
def test_a_worker_of_its_own_works_until_it_is_told_to_stop(request, tmp_path):
    create_key_file(tmp_path / "kek")
    made = Server(tmp_path, request.getfixturevalue("postgres_url"))
    made.command("init", "--login", "admin", given=PASSWORD + "\n")
    process = _work({**os.environ, **made.environment, "SATCHEL_ISSUER_WORKER_NAME": "second"})
    try:
        assert json.loads(process.stdout.readline()) == {"event": "working", "role": "issuer", "worker": "second"}
        process.send_signal(signal.SIGTERM)
        _out, error = process.communicate(timeout=30)
        assert process.returncode == 0, error
    finally:
        process.kill()
