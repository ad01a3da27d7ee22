"""How handing over an award stands: told by the wallet, by the mail, and by its own page; and codes for what is chosen."""

import pytest

from tests.awarding import bring, drive
from tests.http.issuer.conftest import ORIGIN, Wallet
from tests.http.issuer.office import House, Office, uuid_of

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def house(tmp_path_factory, prepared):
    folder = tmp_path_factory.mktemp("handing")
    made = House(folder, prepared, mail_folder=folder / "mail")
    yield made
    made.close()


@pytest.fixture
def office(house):
    return Office(house)


def path_of(made):
    return made["claim"]["url"].removeprefix(ORIGIN)


def state_of(office, made):
    found = office.client.get(office.one(made)).json()
    return found["state"], found["handing"]


def found(office, **query):
    return [each["id"] for each in office.get("/credentials", **query)["items"]]


def test_a_wallet_tells_that_a_guardian_has_to_say_yes_and_nothing_else(office, house):
    made, other = office.award(), office.award()
    offer = house.stranger.post(path_of(made), json={}).json()["offer"]
    assert offer["notices"] == ["waiting"]
    for _twice in range(2):
        answer = house.stranger.post(path_of(made), json={"notice": "waiting"})
        assert (answer.status_code, answer.content) == (204, b"")
    assert state_of(office, made) == ("issued", "guardian")
    assert found(office, state="guardian") == [made["id"]]
    assert set(found(office, state="issued")) == {made["id"], other["id"]}
    assert "Waits for a guardian" in office.look(office.page(made))
    assert "Waits for a guardian" in office.look(f"{office.pages}/credentials?state=guardian")
    assert Wallet().claim(house.stranger, made["claim"]["url"], now=house.clock.now()).status_code == 200
    assert state_of(office, made) == ("claimed", None)
    house.stranger.post(path_of(made), json={"notice": "waiting"})  # too late: it is kept
    assert state_of(office, made) == ("claimed", None)


def test_a_new_link_begins_anew(office, house):
    made = office.award()
    house.stranger.post(path_of(made), json={"notice": "waiting"})
    office.client.post(f"{office.one(made)}/claim")
    assert state_of(office, made) == ("issued", None)
    assert house.stranger.post(path_of(made), json={"notice": "waiting"}).status_code == 410


@pytest.mark.parametrize("body", [{"notice": "kept"}, {"notice": 1}, {"notice": ["waiting"]}, {}])
def test_any_other_notice_is_only_a_question(office, house, body):
    made = office.award()
    assert "offer" in house.stranger.post(path_of(made), json=body).json()
    assert state_of(office, made) == ("issued", None)


def test_what_came_back_is_a_state_until_it_is_sent_anew(office):
    made = office.award()
    item = office.send(made).json()
    office.take()
    office.submit(f"{office.pages}/deliveries/{item['id']}/bounced")
    assert state_of(office, made) == ("issued", "bounced")
    assert found(office, state="bounced") == [made["id"]]
    assert "The letter came back" in office.look(f"{office.pages}/credentials")
    office.send(made)
    assert state_of(office, made) == ("issued", None)


def test_its_page_says_that_an_award_was_corrected_or_withdrawn(office, house):
    made = office.award(identifier="R-7")
    plain = house.stranger.get(path_of(made), headers=HTML)
    assert "corrected" not in plain.text
    office.correct(made, identifier="R-7")
    assert "corrected it on 23 November 2026" in house.stranger.get(path_of(made), headers=HTML).text
    office.revoke(made)
    for answer in (house.stranger.get(path_of(made), headers=HTML), house.stranger.post(path_of(made), json={})):
        assert answer.status_code == 410
        assert "withdrew this award on 2026-11-23" in answer.text
        assert "Wren" not in answer.text


def test_codes_are_printed_for_what_is_chosen_and_what_matches(office, house):
    one, two, three = (
        office.award(learnerName="Ash"),
        office.award(learnerName="Birch"),
        office.award(learnerName="Cedar"),
    )
    page = office.look(f"{office.pages}/credentials")
    assert f'name="credential" value="{uuid_of(one)}"' in page
    chosen = office.look(f"{office.pages}/codes?credential={uuid_of(one)}&credential={uuid_of(three)}")
    for made, there in ((one, True), (two, False), (three, True)):
        assert (made["claim"]["code"] in chosen) is there
    matching = office.look(f"{office.pages}/codes?q=birch&state=&achievement=")
    assert two["claim"]["code"] in matching
    assert one["claim"]["code"] not in matching
    Wallet().claim(house.stranger, two["claim"]["url"], now=house.clock.now())
    items = office.get("/codes")["items"]
    assert [(each["learnerName"], each["claim"]["code"]) for each in items] == [
        ("Ash", one["claim"]["code"]), ("Cedar", three["claim"]["code"])
    ]  # fmt: skip
    assert [each["learnerName"] for each in office.get("/codes", credential=uuid_of(three))["items"]] == ["Cedar"]
    assert office.client.get(f"{office.base}/codes", params={"credential": ["x"] * 201}).status_code == 422
    assert office.client.get(f"{office.base}/codes", params={"state": "claimed"}).status_code == 422
    assert office.get("/codes", credential="of-nobody")["items"] == []


def test_what_a_job_holds_back_has_no_codes_yet(office):
    course = office.services.achievements.one(office.at.organisation, office.course["id"])
    sheet = bring(office.services, office.at, course, [1, 2], key="s")
    job = office.services.award_jobs.issue(office.at, sheet.id, key="j", undo_minutes=15)
    drive(office.services, job.id)
    assert office.get("/codes")["items"] == []
    office.services.award_jobs.release(office.at, job.id)
    assert len(office.get("/codes")["items"]) == 2
    assert office.get("/codes", job=job.id)["items"] == office.get("/codes")["items"]


def test_O4_codes_of_another_organisation_are_not_there(office, house):
    made = office.award()
    other = Office(house)
    assert other.get("/codes", credential=uuid_of(made))["items"] == []
    assert made["claim"]["code"] not in other.look(f"{other.pages}/codes?credential={uuid_of(made)}")
