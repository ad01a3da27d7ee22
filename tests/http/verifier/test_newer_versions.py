"""A newer version is asked for where a reader wishes that, and nowhere else; a second check keeps to the wish."""

from datetime import timedelta

import pytest

from tests.http.verifier.world import NOW
from vc.document import serialize
from vc.timestamps import format_timestamp

EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"


@pytest.fixture
def old(world):
    """A badge whose issuer gives out a newer version of it."""
    provider = world.provider()
    unsigned = {name: value for name, value in provider.badge().items() if name != "proof"}
    unsigned["@context"] = [*unsigned["@context"], EXTENSIONS]
    unsigned["refreshService"] = {"id": f"{world.base}/newest/7", "type": "1EdTechCredentialRefresh"}
    newer = provider.sign({**unsigned, "validFrom": format_timestamp(NOW - timedelta(days=1))})
    world.publish("newest/7", serialize(newer))
    return provider.sign(unsigned)


def asked(world):
    return world.paths.count("/newest/7")


def test_nobody_is_asked_unless_somebody_wishes_it(world, old, judge, check):
    assert judge(old)["verdict"] == "genuineAndCurrent"
    check(old)
    assert asked(world) == 0


def test_the_page_asks_and_asks_again(world, old, client, check):
    page = check(old, newer="yes")
    assert "Genuine, but there is a newer version" in page.text
    assert asked(world) == 1
    again = client.post(f"{page.url.path}/check-again")
    assert "Genuine, but there is a newer version" in again.text
    assert asked(world) == 2


def test_what_was_wished_stays_wished_when_something_was_wrong(check):
    assert 'name="newer" value="yes" checked' in check("no record", newer="yes").text
    assert 'name="newer" value="yes" checked' not in check("no record").text


@pytest.mark.parametrize("form", [True, False], ids=["form", "JSON"])
def test_programs_ask_too(world, old, client, form):
    if form:
        answer = client.post("/api/verify", data={"input": serialize(old).decode(), "newer": "yes"})
    else:
        answer = client.post("/api/verify", json={"input": old, "options": {"newer": True}})
    assert answer.json()["verdict"] == "genuineBut"
    assert asked(world) == 1
