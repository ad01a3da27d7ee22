"""Badges of Open Badges 2.0, handed in over HTTP: fetched where they lie, judged by their own rules, shown as what they are."""

import json

import pytest

from tests.attacks import old_badges


@pytest.fixture
def school(world):
    """The older school on the loopback world: its badge, class and issuer at addresses of their own."""
    moved = lambda value: json.loads(json.dumps(value).replace(old_badges.HOST, world.base))  # noqa: E731
    documents = {
        "badges/1": moved(old_badges.assertion()),
        "classes/welding": moved(old_badges.badge_class()),
        "issuer": moved(old_badges.profile()),
        "key": moved(old_badges.key_document()),
        "withdrawn": moved(old_badges.revocations()),
    }
    for path, value in documents.items():
        world.publish(path, json.dumps(value).encode(), "application/ld+json")
    return documents


def test_a_hosted_badge_is_fetched_where_it_lies_and_shown(check, judge, school, world):
    page = check(school["badges/1"]).text
    assert "Welding" in page
    assert "The Old School" in page
    assert f"Published by {world.base.removeprefix('http://')}. Nobody signed it." in page
    found = judge(school["badges/1"])
    assert found["verdict"] == "genuineAndCurrent"
    assert set(world.paths) >= {"/badges/1", "/classes/welding", "/issuer"}


def test_a_changed_one_is_not_genuine_and_says_nothing(check, school):
    page = check({**school["badges/1"], "narrative": "Welded a bridge."}).text
    assert "Not genuine" in page
    assert "Welded a bridge." not in page


def test_a_signed_one_and_one_that_was_withdrawn(judge, school, world):
    payload = {**school["badges/1"], "verification": {"type": "signed", "creator": f"{world.base}/key"}}
    token = old_badges.token(payload)
    assert judge(token)["verdict"] == "genuineAndCurrent"
    listed = {**school["withdrawn"], "revokedAssertions": [payload["id"]]}
    world.publish("withdrawn", json.dumps(listed).encode(), "application/json")
    assert judge(token)["verdict"] == "withdrawn"
