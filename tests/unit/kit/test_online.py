"""The loop around the verdict: what it asks for, when it stops, and that what it returns can be replayed."""

import time
from dataclasses import replace

import pytest

from kit.fetch import verify_online
from kit.fetch.online import ROUNDS
from tests.attacks import world
from vc import Verdict, serialize, verify
from vc.evidence import Resource


class Shelf:
    """A fetcher that has everything of the small world at hand, and counts what it is asked for."""

    def __init__(self, *, delay=0.0, broken=(), error="timeout"):
        self.asked, self.delay, self.broken, self.error = [], delay, set(broken), error
        self.has = world.evidence().resources

    def fetch(self, urls, **options):
        self.asked.append(list(urls))
        time.sleep(self.delay)
        return {url: self.one(url) for url in urls}

    def one(self, url):
        if url in self.has and url not in self.broken:
            return self.has[url]
        return Resource(url=url, body=b"", media_type="", retrieved=world.NOW, final=0, error=self.error)


def judge(shelf, document=None, **options):
    data = serialize(document if document is not None else world.signed())
    return verify_online(data, fetcher=shelf, policy=world.policy(), now=world.NOW, **options)


def test_it_fetches_what_is_lacking_and_stops_when_nothing_is():
    shelf = Shelf()
    report, evidence = judge(shelf)
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert {url for asked in shelf.asked for url in asked} == set(evidence.resources)
    assert len(shelf.asked) <= ROUNDS
    assert len([url for asked in shelf.asked for url in asked]) == len(evidence.resources)


def test_what_it_returns_can_be_replayed_offline():
    report, evidence = judge(Shelf())
    again = verify(serialize(world.signed()), evidence=evidence, policy=world.policy(), now=world.NOW)
    assert again.to_json() == report.to_json()


@pytest.mark.parametrize("broken", [world.SCHOOL_DOCUMENT, world.REVOCATIONS, world.SUSPENSIONS])
def test_what_cannot_be_had_is_never_green(broken):
    report, _evidence = judge(Shelf(broken=[broken]))
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert not report.headline_green


def test_what_failed_is_not_asked_for_again():
    shelf = Shelf(broken=[world.REVOCATIONS])
    judge(shelf)
    assert sum(url == world.REVOCATIONS for asked in shelf.asked for url in asked) == 1


def test_time_that_is_up_is_could_not_be_checked():
    started = time.monotonic()
    report, evidence = judge(Shelf(delay=0.2), seconds=0.1)
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert time.monotonic() - started < 2
    assert "timeout" in {resource.error for resource in evidence.resources.values()}


def test_evidence_that_is_known_is_not_fetched():
    shelf = Shelf()
    report, _evidence = judge(shelf, evidence=world.evidence())
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert shelf.asked == []


def test_i15_a_document_cannot_make_us_fetch_without_end(monkeypatch):
    shelf = Shelf()
    lacking = frozenset(f"https://victim.example/{number}" for number in range(1000))

    class Greedy:
        children, wanted = (), {}
        missing = lacking

    monkeypatch.setattr("kit.fetch.online.verify", lambda *_given, **_named: Greedy())
    _report, evidence = judge(shelf)
    assert len([url for asked in shelf.asked for url in asked]) == 8
    assert sum(resource.error == "too-many-fetches" for resource in evidence.resources.values()) == 992


def test_a_report_that_never_ends_wanting_ends(monkeypatch):
    shelf = Shelf()
    wants = iter(range(100))

    class Greedy:
        children, wanted = (), {}

        @property
        def missing(self):
            return frozenset({f"https://issuer.example/{next(wants)}"})

    monkeypatch.setattr("kit.fetch.online.verify", lambda *_given, **_named: Greedy())
    judge(shelf)
    assert len(shelf.asked) == ROUNDS


def test_a_stale_copy_keeps_its_age():
    stale = replace(world.evidence().resources[world.REVOCATIONS], from_cache=True)

    class Old(Shelf):
        def one(self, url):
            return stale if url == world.REVOCATIONS else super().one(url)

    _report, evidence = judge(Old())
    assert evidence.resources[world.REVOCATIONS].retrieved == stale.retrieved


def test_a_document_cannot_make_us_keep_more_than_so_much(monkeypatch):
    most = sum(len(resource.body) for resource in world.evidence().resources.values())
    monkeypatch.setattr("kit.fetch.online.MAX_EVIDENCE_BYTES", most)
    assert judge(Shelf())[0].verdict is Verdict.GENUINE_AND_CURRENT
    monkeypatch.setattr("kit.fetch.online.MAX_EVIDENCE_BYTES", most - 1)
    report, evidence = judge(Shelf())
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert evidence.size < most
    assert "too-large" in {resource.error for resource in evidence.resources.values()}


def test_many_addresses_are_asked_for_in_parts():
    shelf = Shelf()
    shelf.has = dict(shelf.has)
    credentials = []
    for number in range(1, 14):
        document = world.unsigned(number)
        for entry in document["credentialStatus"]:
            entry["statusListCredential"] += f"/{number}"
        credentials.append(world.sign(document))
    report, _evidence = judge(shelf, world.present(*credentials))
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert max(len(asked) for asked in shelf.asked) == 32
