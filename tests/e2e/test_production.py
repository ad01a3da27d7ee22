"""An installation as docs/operating.md describes it: `init`, then `serve` with https addresses, behind a proxy or with
a certificate of its own; reached as a proxy reaches it."""

import signal
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx2
import pytest

from satchel.demo import certificate, logins
from satchel.deployment import DEFAULT_PORTS, ROLES
from satchel.installation import CHECKOUT
from tests.e2e.conftest import base_port, clean_environment

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
PASSWORD = "one more quiet afternoon"
PUBLIC = {f"SATCHEL_{role.upper()}_PUBLIC_URL": f"https://{role}.school.example" for role in ROLES}


def satchel(*arguments, given=None, env=None):
    return subprocess.run(
        [sys.executable, "-m", "satchel", *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        env={**clean_environment(), "PYTHONPATH": str(CHECKOUT), **(env or {})},
    )


@contextmanager
def serving(folder, port, *roles, env):
    """`satchel serve` until the block ends; its output is the value. It must say that it is ready, and stop with 0."""
    out = folder / "out"
    with out.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "satchel", "serve", *roles,
                "--data", str(folder / "data"), "--base-port", str(port),
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**clean_environment(), "PYTHONPATH": str(CHECKOUT), **env},
        )  # fmt: skip
        try:
            deadline = time.monotonic() + 60
            while f"The {(roles or ROLES)[-1]} is ready" not in out.read_text():
                assert process.poll() is None, out.read_text()
                assert time.monotonic() < deadline, out.read_text()
                time.sleep(0.2)
            yield out
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(timeout=20)
    assert status == 0, out.read_text()


def proxied(port, path, **options):
    """What a proxy on this machine asks a role for somebody out there."""
    headers = {"Host": "issuer.school.example", "X-Forwarded-For": "203.0.113.7", **options.pop("headers", {})}
    with httpx2.Client(trust_env=False, timeout=20) as client:
        return client.request(
            options.pop("method", "GET"), f"http://127.0.0.1:{port}{path}", headers=headers, **options
        )


def test_init_then_serve_behind_a_proxy(tmp_path):
    port = base_port()
    data = ("--data", str(tmp_path / "data"))
    refused = satchel("init", *data, "--login", "office", given=logins.PASSWORD + "\n")
    assert (refused.returncode, "everybody knows" in refused.stderr) == (2, True)
    made = satchel("init", *data, "--login", "office", given=PASSWORD + "\n")
    assert made.returncode == 0, made.stderr
    issuer = port + DEFAULT_PORTS["issuer"] - DEFAULT_PORTS["start"]
    with serving(tmp_path, port, env=PUBLIC):
        page = proxied(issuer, "/sign-in")
        assert page.status_code == 200
        assert "max-age" in page.headers["Strict-Transport-Security"]
        assert proxied(issuer, "/", headers={"Host": "elsewhere.example"}).status_code == 421
        assert proxied(issuer, "/readyz", headers={"Host": "elsewhere.example"}).status_code == 421
        assert proxied(issuer, "/metrics").status_code == 404, "only for this machine"
        for path in ("/healthz", "/readyz", "/metrics"):
            assert httpx2.get(f"http://127.0.0.1:{issuer}{path}", trust_env=False).status_code == 200, path
        told = {"method": "POST", "json": {"login": "office", "password": PASSWORD}}
        token = proxied(issuer, "/api/session", **told).json()["token"]
        made = proxied(
            issuer, "/api/organisations", method="POST", headers={"Authorization": f"Bearer {token}"},
            json={"name": "Maple Co-op", "slug": "maple", "kind": "coop"},
        )  # fmt: skip
        assert made.status_code == 201, made.text
        did = proxied(issuer, "/orgs/maple/did.json").json()
        assert did["id"] == "did:web:issuer.school.example:orgs:maple", "what it signs is under its public address"
    (tmp_path / "data" / "issuer" / "kek").rename(tmp_path / "kek")
    with serving(tmp_path, port, "issuer", env=PUBLIC) as out:
        assert "nothing is signed or revoked" in " ".join(out.read_text().split())
        assert proxied(issuer, "/orgs/maple/did.json").status_code == 200, "still verifiable without the key"


def test_the_demos_password_opens_nothing_outside_of_a_demo(tmp_path):
    port = base_port()
    data = ("--data", str(tmp_path / "data"))
    made = satchel("init", "verifier", *data, "--loopback", "--login", "office", given=logins.PASSWORD + "\n")
    assert made.returncode == 0, made.stderr
    verifier = port + DEFAULT_PORTS["verifier"] - DEFAULT_PORTS["start"]
    with serving(tmp_path, port, "verifier", env=PUBLIC):
        answer = proxied(
            verifier, "/api/session", method="POST", headers={"Host": "verifier.school.example"},
            json={"login": "office", "password": logins.PASSWORD},
        )  # fmt: skip
        assert (answer.status_code, "everybody knows" in answer.text) == (401, True)


def test_serve_with_a_certificate_of_its_own(tmp_path):
    port = base_port()
    files = certificate.ensure(tmp_path / "certificate", address="127.0.0.1", now=datetime.now(UTC))
    data = ("--data", str(tmp_path / "data"))
    assert satchel("init", "verifier", *data, "--login", "office", given=PASSWORD + "\n").returncode == 0
    env = {**PUBLIC, "SATCHEL_VERIFIER_TLS_CERT": str(files.chain), "SATCHEL_VERIFIER_TLS_KEY": str(files.key)}
    verifier = port + DEFAULT_PORTS["verifier"] - DEFAULT_PORTS["start"]
    with serving(tmp_path, port, "verifier", env=env):
        trusted = ssl.create_default_context(cafile=str(files.authority))
        with httpx2.Client(trust_env=False, verify=trusted) as client:
            host = {"Host": "verifier.school.example"}
            assert client.get(f"https://127.0.0.1:{verifier}/sign-in", headers=host).status_code == 200
