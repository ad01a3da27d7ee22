"""The guards of the one HTTP client: with each, nothing inside is reached; without it, the canary is."""

from __future__ import annotations

import ssl
import threading
import time
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpcore2
import pytest

from kit.fetch import CREDENTIAL, DID_DOCUMENT, Fetcher
from kit.fetch import fetcher as fetcher_module
from kit.fetch.network import Deadline, GuardedBackend
from kit.fetch.urls import Target
from tests.attacks.fetching import (
    PUBLIC,
    Elsewhere,
    canary,
    certificate,
    clock,
    local,
    make_fetcher,
    reason,
    redirect_to,
    secured,
)

__all__ = ["canary", "clock", "local", "make_fetcher"]

INSIDE = "https://issuer.example/did.json"


def any_target(url: str, **_: Any) -> Target:
    """A URL read as the standard library reads it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return Target(url=url, scheme="http", host=host, port=443, path="/", local=False, named=False)


@pytest.mark.parametrize(
    ("attack", "url"),
    [
        ("I1", "https://2130706433/did.json"),
        ("I7", "https://intranet/did.json"),
        ("I14", "gopher://issuer.example/_x"),
        ("I16", "http://ex.org/\\@127.0.0.1/"),
    ],
)
def test_I1_I7_I14_I16_without_the_guard_any_address_is_asked_for(
    attack: str, url: str, make_fetcher: Any, canary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = Elsewhere(canary, PUBLIC)
    assert attack
    assert reason(make_fetcher(network=network), url) == "refused-address"
    assert network.resolved == []
    monkeypatch.setattr("kit.fetch.fetcher.parse_target", any_target)
    assert reason(make_fetcher(network=network), url) is None
    assert canary.connections == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "64:ff9b::7f00:1", "192.0.0.192"])
def test_I2_without_the_guard_an_inner_address_is_dialled(
    address: str, make_fetcher: Any, canary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = Elsewhere(canary, address)
    assert reason(make_fetcher(network=network), INSIDE) == "refused-address"
    assert network.dialled == []
    monkeypatch.setattr("kit.fetch.network.is_public", lambda text: True)
    reason(make_fetcher(network=network), INSIDE)
    assert network.dialled == [address]


def test_I3_without_the_guard_the_second_answer_is_dialled(
    make_fetcher: Any, canary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A resolver that is asked once to check and once to connect may answer twice."""
    network = Elsewhere(canary, PUBLIC, "127.0.0.1")
    reason(make_fetcher(network=network), INSIDE)
    assert network.dialled == [PUBLIC]
    network = Elsewhere(canary, PUBLIC, "127.0.0.1")

    def checked_then_asked_again(self: GuardedBackend, host: str, port: int, **_: Any) -> httpcore2.NetworkStream:
        assert all(map(self._allowed, self._network.resolve(host, port, timeout=1)))
        (address,) = self._network.resolve(host, port, timeout=1)
        return self._network.dial(address, port, timeout=1)

    monkeypatch.setattr(GuardedBackend, "connect_tcp", checked_then_asked_again)
    reason(make_fetcher(network=network), INSIDE)
    assert network.dialled == ["127.0.0.1"]


def test_I4_without_the_guard_a_redirect_leads_inside(local: Any, canary: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    place = f"http://127.0.0.1:{canary.port}\\@issuer.example/"
    canary.answer = redirect_to(place)
    assert reason(local, f"http://localhost:{canary.port}/") == "refused-address"
    assert canary.connections == 1
    checked = fetcher_module.parse_target
    own = checked(f"http://localhost:{canary.port}/inside", loopback=True, ports=frozenset(), private_hosts=frozenset())
    monkeypatch.setattr(
        "kit.fetch.fetcher.parse_target", lambda url, **options: own if "\\" in url else checked(url, **options)
    )
    canary.answer = redirect_to(place)
    assert reason(local, f"http://localhost:{canary.port}/") is None
    assert canary.asked[-1][1] == "/inside"


def test_I4_without_the_guard_a_list_of_keys_is_had_from_elsewhere(local: Any, canary: Any) -> None:
    url, kind = f"http://localhost:{canary.port}/did.json", replace(DID_DOCUMENT, media_types=("application/vc",))
    canary.answer = redirect_to("/other")
    assert reason(local, url, kind=kind) == "http-status"
    canary.answer = redirect_to("/other")
    assert reason(local, url, kind=replace(kind, redirects=3)) is None


def test_I5_without_the_deadline_a_host_that_trickles_is_waited_for(
    local: Any, canary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()

    def slowly(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/vc")
        handler.end_headers()
        for _part in range(4):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            released.wait(0.1)

    canary.answer = slowly
    asked = {"seconds": 0.2}
    assert local.post_json(f"http://localhost:{canary.port}/", {}, **asked).error is not None
    monkeypatch.setattr(Deadline, "left", lambda self: 5.0)
    assert local.post_json(f"http://localhost:{canary.port}/", {}, **asked).error is None


def test_I5_without_its_bound_a_flood_is_read(local: Any, canary: Any) -> None:
    body = b" " * (DID_DOCUMENT.max_bytes + 1)
    canary.answer = lambda handler: handler.reply(body, kind="application/did+json")
    url = f"http://localhost:{canary.port}/did.json"
    assert reason(local, url, kind=DID_DOCUMENT) == "too-large"
    assert reason(local, url, kind=replace(DID_DOCUMENT, max_bytes=len(body))) is None


def test_I11_without_the_guard_anybodys_certificate_will_do(make_fetcher: Any, canary: Any, tmp_path: Any) -> None:
    secured(canary, certificate(tmp_path, "attacker.example"))
    fetcher: Fetcher = make_fetcher(network=Elsewhere(canary, PUBLIC))
    assert reason(fetcher, "https://issuer.example/") == "tls"
    assert canary.asked == []
    fetcher._ssl.check_hostname = False
    fetcher._ssl.verify_mode = ssl.CERT_NONE
    assert reason(fetcher, "https://issuer.example/") is None


def test_I12_without_the_guard_an_open_port_is_told_from_a_closed_one(
    make_fetcher: Any, canary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Inside(Elsewhere):
        def dial(self, address: str, port: int, *, timeout: float) -> httpcore2.NetworkStream:
            if port != canary.port:
                raise httpcore2.ConnectError
            return super().dial(address, port, timeout=timeout)

    ports = (canary.port, 1)

    def reasons() -> set[str | None]:
        fetcher = make_fetcher(network=Inside(canary, "10.0.0.1"), ports=ports)
        return {reason(fetcher, f"https://issuer.example:{port}/") for port in ports}

    assert reasons() == {"refused-address"}
    monkeypatch.setattr("kit.fetch.network.is_public", lambda text: True)
    assert len(reasons()) == 2


def test_I15_without_the_guard_a_host_is_asked_by_everybody_at_once(
    local: Any, canary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = threading.Lock()
    now, most = 0, 0

    def answer(handler: Any) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.1)
        with lock:
            now -= 1
        handler.reply(b"{}")

    canary.answer = answer
    urls = [f"http://localhost:{canary.port}/{number}" for number in range(4)]
    local.fetch(urls, kind=CREDENTIAL)
    assert most == 2
    monkeypatch.setattr("kit.fetch.hosts.PER_HOST", 4)
    most = 0
    fresh = Fetcher(clock=local.clock, loopback=True, ca_file=None)
    try:
        fresh.fetch(urls, kind=CREDENTIAL)
    finally:
        fresh.close()
    assert most > 2
