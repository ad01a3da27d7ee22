"""Copies of what was fetched, and many fetches at once: no host, slow name or stale copy harms what others asked for."""

import socket
import threading
import time
from datetime import timedelta

import pytest

from kit.fetch import CREDENTIAL, MemoryCache, Reason
from kit.fetch.fetcher import AT_ONCE
from kit.fetch.network import SystemNetwork
from tests.attacks.fetching import (
    PUBLIC,
    Canary,
    canary,
    clock,
    fetcher,
    flood,
    local,
    make_fetcher,
    reason,
    redirect_to,
    say_nothing,
)
from vc.evidence import Resource

__all__ = ["canary", "clock", "fetcher", "local", "make_fetcher"]


def with_etag(handler):
    if handler.headers.get("If-None-Match") == '"1"':
        handler.send_response(304)
        handler.end_headers()
    else:
        handler.reply(b'{"list":1}', ETag='"1"')


def test_a_copy_is_asked_about_and_never_passed_off_as_fresh(local, canary, clock):
    url = f"http://localhost:{canary.port}/status/1"
    canary.answer = with_etag
    first = local.fetch([url])[url]
    clock.advance(timedelta(hours=4))
    again = local.fetch([url])[url]
    assert (again.body, again.from_cache, again.retrieved) == (first.body, True, clock.now())
    assert [asked[2].get("If-None-Match") for asked in canary.asked] == [None, '"1"']
    clock.advance(timedelta(hours=4))
    canary.answer = lambda handler: handler.reply(b"", status=500)
    gone = local.fetch([url])[url]
    assert (gone.error, gone.body) == ("http-status", b"")
    assert local.last_good(url) == again.retrieved
    stale = local.fetch([url], stale_within=timedelta(hours=5))[url]
    assert (stale.error, stale.from_cache, stale.retrieved) == (None, True, again.retrieved)
    assert local.fetch([url], stale_within=timedelta(hours=3))[url].error == "http-status"


def test_H14_bulk_reuses_a_recent_copy_and_says_so(local, canary, clock):
    url = f"http://localhost:{canary.port}/status/1"
    retrieved = local.fetch([url])[url].retrieved
    clock.advance(timedelta(seconds=30))
    again = local.fetch([url], reuse_within=timedelta(minutes=1))[url]
    assert (again.from_cache, again.retrieved, canary.connections) == (True, retrieved, 1)


def test_a_304_for_something_we_never_had_is_no_answer(local, canary):
    canary.answer = lambda handler: handler.reply(b"", status=304)
    assert reason(local, f"http://localhost:{canary.port}/") == "http-status"


def test_I9_a_changed_document_replaces_the_copy_at_once(local, canary):
    url = f"http://localhost:{canary.port}/did.json"
    canary.answer = lambda handler: handler.reply(b"1", kind="application/did+json", ETag='"1"')
    local.fetch([url])
    canary.answer = lambda handler: handler.reply(b"2", kind="application/did+json", ETag='"2"')
    assert local.fetch([url])[url].body == b"2"


def test_the_cache_is_bounded(clock):
    cache = MemoryCache(entries=3, total=100)
    for number in range(5):
        cache.put(Resource(url=str(number), body=b"x" * 10, media_type="", retrieved=clock.now()))
    assert [cache.get(str(number)) is not None for number in range(5)] == [False, False, True, True, True]
    cache.put(Resource(url="big", body=b"x" * 90, media_type="", retrieved=clock.now()))
    assert cache.get("4") is not None
    assert cache.get("2") is None


# -- many at once --------------------------------------------------------------------------------------------------


def test_I15_at_most_two_at_a_time_per_host(local, canary):
    busy, most, lock = 0, 0, threading.Lock()

    def answer(handler):
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.05)
        with lock:
            busy -= 1
        handler.reply(b"{}")

    canary.answer = answer
    found = local.fetch([f"http://localhost:{canary.port}/{number}" for number in range(12)])
    assert all(resource.error is None for resource in found.values())
    assert most == 2


def test_R11_a_host_that_keeps_failing_is_left_alone_for_a_while(local, canary, clock):
    canary.answer = lambda handler: handler.reply(b"", status=503)
    url = f"http://localhost:{canary.port}/"
    for _try in range(5):
        assert reason(local, url) == "http-status"
    assert reason(local, url) == "unreachable"
    assert canary.connections == 5
    clock.advance(timedelta(seconds=10))
    canary.answer = lambda handler: handler.reply(b"{}")
    assert reason(local, url) is None
    assert reason(local, url) is None


def test_R11_everything_is_over_by_the_deadline(local, canary):
    canary.answer = say_nothing
    started = time.monotonic()
    found = local.fetch([f"http://localhost:{canary.port}/{number}" for number in range(10)], seconds=1.0)
    assert {resource.error for resource in found.values()} == {"timeout"}
    assert len(found) == 10
    assert time.monotonic() - started < 1.5


def test_posting_brings_any_status_and_never_follows(local, canary):
    canary.answer = lambda handler: handler.reply(
        handler.received, status=409, kind="application/problem+json; charset=utf-8"
    )
    reply = local.post_json(f"http://localhost:{canary.port}/claim/x", {"ü": 1})
    assert (reply.status, reply.media_type, reply.json(), reply.error) == (
        409,
        "application/problem+json",
        {"ü": 1},
        None,
    )
    canary.answer = redirect_to("/elsewhere")
    assert local.post_json(f"http://localhost:{canary.port}/", {}).status == 302
    assert canary.connections == 2
    assert local.post_json("https://10.0.0.1/", {}).error is Reason.REFUSED_ADDRESS
    canary.answer = flood
    assert local.post_json(f"http://localhost:{canary.port}/", {}).error is Reason.TOO_LARGE


class Names:
    """A resolver that hangs for some names, until the test lets go."""

    def __init__(self):
        self.asked = []
        self.free = threading.Event()

    def __call__(self, host, port, **_kinds):
        self.asked.append(host)
        if host.startswith("slow"):
            self.free.wait(20)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, port))]


@pytest.fixture
def names(monkeypatch):
    made = Names()
    monkeypatch.setattr(socket, "getaddrinfo", made)
    yield made
    made.free.set()


def test_I5_names_that_are_never_answered_hold_up_no_others(names):
    network = SystemNetwork()
    for number in range(40):
        with pytest.raises(TimeoutError):
            network.resolve(f"slow{number}.example", 443, timeout=0.01)
    began = time.monotonic()
    assert network.resolve("quick.example", 443, timeout=3) == [PUBLIC]
    assert time.monotonic() - began < 1
    held = [thread for thread in threading.enumerate() if thread.name == "resolve"]
    assert all(thread.daemon for thread in held), "a process that ends waits for none of them"


def test_I5_a_name_that_is_never_answered_holds_one_thread_however_often_it_is_asked_for(names):
    network = SystemNetwork()
    for _number in range(30):
        with pytest.raises(TimeoutError):
            network.resolve("slow.example", 443, timeout=0.01)
    assert names.asked == ["slow.example"]


def test_I5_look_ups_are_bounded_and_their_places_come_back(names, monkeypatch):
    monkeypatch.setattr("kit.fetch.network._LOOKUPS", 2)
    network = SystemNetwork()
    for host in ("slow1.example", "slow2.example", "quick.example"):
        with pytest.raises(TimeoutError):
            network.resolve(host, 443, timeout=0.01)
    assert names.asked == ["slow1.example", "slow2.example"]
    names.free.set()
    assert network.resolve("quick.example", 443, timeout=3) == [PUBLIC]
    assert network.resolve("slow1.example", 443, timeout=3) == [PUBLIC]


def test_I5_a_name_that_is_none_is_told_as_such(monkeypatch):
    def unknown(*_names, **_kinds):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    network = SystemNetwork()
    for _time in range(2):
        with pytest.raises(OSError, match="not known"):
            network.resolve("nobody.example", 443, timeout=1)


def slow(handler):
    time.sleep(1)
    handler.reply(b"{}")


def test_I5_slow_hosts_of_one_document_hold_up_no_other(local, canary):
    servers = [Canary() for _number in range(8)]
    for server in servers:
        server.answer = slow
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    urls = [f"http://localhost:{server.port}/{number}" for number in range(4) for server in servers]
    found = []
    first = threading.Thread(target=lambda: found.append(local.fetch(urls, kind=CREDENTIAL, seconds=2)))
    first.start()
    time.sleep(0.2)
    began = time.monotonic()
    assert reason(local, f"http://localhost:{canary.port}/") is None
    assert time.monotonic() - began < 0.7
    assert sum(server.connections for server in servers) <= AT_ONCE
    first.join()
    assert [resource.url for resource in found[0].values()] == urls
    assert {resource.error for resource in found[0].values()} == {None, "timeout"}
    for server in servers:
        server.shutdown()
        server.server_close()


def test_I5_a_host_is_not_called_slow_for_the_time_that_others_used_up(local, canary):
    canary.answer = slow
    for number in range(8):
        found = local.fetch([f"http://localhost:{canary.port}/{number}"], kind=CREDENTIAL, seconds=0.1)
        assert {resource.error for resource in found.values()} == {"timeout"}
    canary.answer = lambda handler: handler.reply(b"{}")
    assert reason(local, f"http://localhost:{canary.port}/") is None


def test_what_is_about_a_person_is_not_kept(local, canary):
    url = f"http://localhost:{canary.port}/credential"
    canary.answer = with_etag
    for _round in range(2):
        assert local.get(url, kind=CREDENTIAL).body == b'{"list":1}'
    assert [asked[2].get("If-None-Match") for asked in canary.asked] == [None, None]
    assert local.cache.get(url) is None
    assert local.last_good(url) is None
