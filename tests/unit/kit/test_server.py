"""A real server in its own process: it says when it listens, and it ends in order."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from urllib.parse import urlsplit

import pytest

from kit.clock import SystemClock
from kit.fetch import CREDENTIAL, Fetcher
from tests.attacks.fetching import certificate

PROGRAM = """
import sys, time
from starlette.requests import Request
from fastapi import APIRouter
from kit import server
from kit.clock import SystemClock
from kit.health import Health
from kit.settings import RoleSettings
from kit.web import Pages, build_app

settings = RoleSettings(_env_file=None)
router = APIRouter()

@router.get("/slow")
def slow(request: Request):
    time.sleep(1)
    return {"done": True}

role = sys.argv[1]
app = build_app(role=role, settings=settings, pages=Pages(role=role, settings=settings, clock=SystemClock()),
    routers=[router], secret=b"s" * 32, health=Health(role=role, checks={}), find_account=None,
    close=[lambda: print("closed", flush=True)])
sys.exit(server.run(app, settings, role=role))
"""


def started(package, tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([".", str(tmp_path)]),
        "SATCHEL_DATABASE_URL": f"sqlite:///{tmp_path}/x.db",
        "SATCHEL_DATA_DIR": str(tmp_path),
        "SATCHEL_PUBLIC_URL": "http://localhost:8009",
        "SATCHEL_PORT": "0",
        "SATCHEL_LOOPBACK": "true",
        **{name: value for name, value in os.environ.items() if name.startswith("SATCHEL_")},
    }
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, package],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def running(package, tmp_path):
    process = started(package, tmp_path)
    yield process
    process.kill()
    process.communicate()


def get(port, path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    answer = response.status, response.read(), dict(response.getheaders())
    connection.close()
    return answer


def test_r12_it_says_when_it_listens_and_finishes_what_it_began(running):
    line = json.loads(running.stdout.readline())
    assert line["event"] == "listening"
    assert urlsplit(line["url"]).hostname == "localhost"
    port = line["port"]
    status, _body, headers = get(port, "/healthz")
    assert (status, "server" in {name.lower() for name in headers}) == (200, False)
    answers = []
    asking = threading.Thread(target=lambda: answers.append(get(port, "/slow")[0]))
    asking.start()
    time.sleep(0.3)
    started = time.monotonic()
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate(timeout=15)
    asking.join()
    assert answers == [200]
    assert time.monotonic() - started < 10
    assert "closed" in out
    assert running.returncode == 0, "an orderly end is no death by a signal"
    assert all(json.loads(line) for line in err.splitlines())


def test_p1_the_address_asked_for_is_not_in_the_log(running):
    port = json.loads(running.stdout.readline())["port"]
    get(port, "/claim/very-secret?name=Rumpelstiltskin")
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate(timeout=15)
    assert "very-secret" not in out + err
    assert "Rumpelstiltskin" not in out + err


def test_it_speaks_tls_when_it_has_a_certificate(package, tmp_path, monkeypatch):
    path = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SATCHEL_TLS_CERT", str(path))
    monkeypatch.setenv("SATCHEL_TLS_KEY", str(path))
    monkeypatch.setenv("SATCHEL_PUBLIC_URL", "https://localhost:8009")
    process = started(package, tmp_path)
    port = json.loads(process.stdout.readline())["port"]
    fetcher = Fetcher(clock=SystemClock(), loopback=True, ca_file=path)
    assert fetcher.get(f"https://localhost:{port}/no-such-page", kind=CREDENTIAL).final == 404
    distrusting = Fetcher(clock=SystemClock(), loopback=True, ca_file=None)
    assert distrusting.get(f"https://localhost:{port}/", kind=CREDENTIAL).error == "tls"
    fetcher.close()
    distrusting.close()
    process.kill()
    process.communicate()
