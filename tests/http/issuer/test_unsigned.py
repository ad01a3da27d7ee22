"""The page of what was not signed when the server's address changed, its panel, its API and its command."""

from datetime import timedelta

import pytest

from issuer import cli
from issuer.service.services import Services
from tests.http.issuer.office import House, Office
from tests.unsigned import strand

ENGLISH, SPANISH = {"Accept-Language": "en"}, {"Accept-Language": "es"}


@pytest.fixture(scope="module")
def house(tmp_path_factory, prepared):
    made = House(tmp_path_factory.mktemp("unsigned"), prepared)
    yield made
    made.close()


@pytest.fixture
def office(house):
    return Office(house)


def stranded(office, count):
    """So many intents, a second after one another."""
    made = []
    for number in range(count):
        office.clock.advance(timedelta(seconds=1))
        made.append(strand(office.services, office.slug, office.house.admin, office.course["id"], number))
    return made


def test_the_desk_says_so_in_words_and_one_button_makes_it_anew(office):
    assert "Say what becomes of them" not in office.look(office.pages)
    first, second, third = stranded(office, 3)
    desk = office.look(office.pages)
    assert "3 were about to be signed when this server’s address changed." in desk
    page = office.look(f"{office.pages}/unsigned")
    assert page.count("Learner ") == 3
    assert "Make all of them anew" in page
    spanish = office.browser.get(f"{office.pages}/unsigned", headers=SPANISH).text
    assert spanish.count("Rehacerlo<") == 3
    assert office.submit(f"{office.pages}/unsigned/{first}/anew") == f"{office.pages}/unsigned"
    assert "It is made anew and signed under the present address." in office.look(f"{office.pages}/unsigned")
    office.submit(f"{office.pages}/unsigned/{first}/anew")
    assert "Somebody said already what becomes of this" in office.look(f"{office.pages}/unsigned")
    office.submit(f"{office.pages}/unsigned/{second}/leave")
    assert "It is left out. Nobody gets it." in office.look(f"{office.pages}/unsigned")
    office.submit(f"{office.pages}/unsigned/anew")
    assert "One is made anew." in office.look(f"{office.pages}/unsigned")
    assert "Nothing waits here." in office.look(f"{office.pages}/unsigned")
    assert third not in office.look(office.pages)
    names = {each["learnerName"] for each in office.get("/credentials", size=50)["items"]}
    assert names == {"Learner 0", "Learner 2"}
    happened = office.look(f"{office.pages}/audit")
    assert happened.count("Made anew what was not signed") == 2
    assert happened.count("Left out what was not signed") == 1


def test_programs_list_them_in_pages_and_settle_each_once(office):
    first, second = stranded(office, 2)
    found = office.get("/unsigned", size=1)
    assert (found["total"], [each["id"] for each in found["items"]]) == (2, [first])
    assert {name: found["items"][0][name] for name in ("kind", "learnerName", "job", "canLeaveOut")} == {
        "kind": "award", "learnerName": "Learner 0", "job": None, "canLeaveOut": True,
    }  # fmt: skip
    made = office.client.post(f"{office.base}/unsigned/{first}/anew")
    assert made.status_code == 200, made.text
    assert office.client.get(office.one({"id": made.json()["credential"]})).status_code == 200
    assert office.client.post(f"{office.base}/unsigned/{first}/anew").status_code == 409
    assert office.client.delete(f"{office.base}/unsigned/{second}").status_code == 204
    assert office.client.delete(f"{office.base}/unsigned/{second}").status_code == 409
    assert office.get("/unsigned")["items"] == []


def test_the_command_counts_and_makes_all_anew_and_prints_no_name(office, monkeypatch, capsys):
    stranded(office, 2)
    monkeypatch.setattr(Services, "build", lambda _settings: office.services)
    monkeypatch.setattr(Services, "close", lambda _self: None)
    monkeypatch.setattr(cli, "IssuerSettings", lambda: office.house.settings)
    assert cli.main(["unsigned", "--organisation", office.slug]) == 0
    assert capsys.readouterr().out == "Not signed since the server's address changed: 2.\n"
    assert cli.main(["unsigned", "--organisation", office.slug, "--anew"]) == 0
    said = capsys.readouterr().out
    assert said == "Made anew: 2.\nNot signed since the server's address changed: 0.\n"
    assert "Learner" not in said
