"""Learners on the roster: found, edited, erased; and which awards are theirs."""

import re

import pytest
from sqlalchemy import select

from issuer.pages import learners
from issuer.store import tables

WREN = {
    "givenName": "Wrenna",
    "familyName": "Canaryhadley",
    "number": "R-77",
    "birthDate": "2016-06-03",
    "mail": "wrenna@canaryhadley.example.org",
    "guardianName": "Teresa Canaryguard",
    "guardianMail": "teresa@canaryguard.example.org",
    "note": "canarynote: allergic to nuts",
}


@pytest.fixture
def desk(house):
    return house.desk()


@pytest.fixture
def course(desk):
    return desk.achievement()


@pytest.fixture
def learn(desk):
    def learn(**members):
        answer = desk.client.post(f"{desk.base}/learners", json={**WREN, **members})
        assert answer.status_code == 201, answer.text
        return answer.json()

    return learn


def test_a_learner_is_added_found_and_changed_by_forms(house, desk):
    browser, base = house.people, f"/organisations/{desk.slug}/learners"
    browser.get(f"{base}/new")
    browser.submit(f"{base}/new", **WREN)
    page = browser.follow()
    assert "Wrenna Canaryhadley" in page.text
    assert "teresa@canaryguard.example.org" in page.text
    one = re.search(rf"{base}/([0-9a-f-]{{36}})/edit", page.text)[1]
    assert 'value="2016-06-03"' in browser.get(f"{base}/{one}/edit").text
    browser.submit(f"{base}/{one}/edit", **{**WREN, "givenName": "Wren", "state": "left"})
    assert "Wren Canaryhadley" in browser.follow().text
    assert "Canaryhadley" not in browser.get(f"{base}?state=active&q=canary").text.partition("<table")[2]
    stale = browser.get(f"{base}/{one}/edit") and browser.submit(f"{base}/{one}/edit", **{**WREN, "version": "1"})
    assert stale.status_code == 409
    wrong = browser.submit(f"{base}/{one}/edit", **{**WREN, "birthDate": "2031-01-01"})
    assert wrong.status_code == 422
    assert 'id="f-birthDate-error"' in wrong.text


def test_an_offering_that_is_not_in_the_list_is_searched_for(house, desk, learn, monkeypatch):
    monkeypatch.setattr(learners, "MOST_CHOICES", 2)
    for title in ("Bridges", "Botany", "Zither"):
        answer = desk.client.post(f"{desk.base}/offerings", json={"title": title, "code": title[:4].upper()})
        assert answer.status_code == 201, answer.text
    path = f"/organisations/{desk.slug}/learners/{learn()['id']}"

    def listed(query=""):
        page = house.people.client.get(f"{path}{query}").text
        return page, re.findall(r">([A-Z][a-z]+) \([A-Z]{4}\)</option>", page)

    page, some = listed()
    assert (len(some), "1 more offering is not in the list." in page) == (2, True)
    found = [name for title in ("brid", "BOTA", "zith") for name in listed(f"?q={title}")[1]]
    assert found == ["Bridges", "Botany", "Zither"]
    page, none = listed("?q=%25")
    assert (none, "Nothing matches." in page) == ([], True)
    monkeypatch.setattr(learners, "MOST_CHOICES", 3)
    assert 'type="search"' not in listed()[0], "a short list needs no search"


@pytest.mark.parametrize(
    ("q", "found"),
    [("wrenna", 1), ("canary wrenna", 1), ("R-77", 1), ("wrenna@canaryhadley.example.org", 1), ("R-7", 0), ("%", 0),
     ("teresa", 0), ("2016", 0)],
)  # fmt: skip
def test_a_learner_is_found_by_name_number_or_address(desk, learn, q, found):
    learn()
    answer = desk.client.get(f"{desk.base}/learners", params={"q": q})
    assert (answer.json()["total"], "birthDate" in answer.text) == (found, False)


def test_the_roster_pages(desk, learn):
    for number in range(3):
        learn(number=f"N-{number}", givenName=f"Ash{number}")
    page = desk.client.get(f"{desk.base}/learners", params={"size": 2, "page": 2}).json()
    assert (len(page["items"]), page["total"], page["next"]) == (1, 3, None)


def test_nobody_gets_somebody_elses_number_or_is_there_twice(desk, learn):
    learn()
    same_number = {**WREN, "givenName": "Jonah", "birthDate": ""}
    assert desk.client.post(f"{desk.base}/learners", json=same_number).status_code == 409
    same_person = {**WREN, "number": ""}
    assert desk.client.post(f"{desk.base}/learners", json=same_person).status_code == 409
    namesake = learn(number="", birthDate="2012-01-01")
    assert re.fullmatch(r"R-[2-9A-Z]{7}", namesake["number"])
    kept = desk.client.put(f"{desk.base}/learners/{namesake['id']}", json={**WREN, "number": "", "birthDate": ""})
    assert kept.json()["number"] == namesake["number"]


def test_awards_and_learners_meet_by_number_or_address_and_never_by_name(desk, learn, course):
    before = desk.award(course, learnerName="W.", identifier="r-77")
    by_name = desk.award(course, learnerName="Wrenna Canaryhadley", identifier="R-9")
    learner = learn()
    after = desk.award(course, learnerName="Wren", identifier="wrenna@canaryhadley.example.org")
    found = desk.client.get(f"{desk.base}/learners/{learner['id']}").json()
    assert {each["id"] for each in found["awards"]} == {before["id"], after["id"]}
    assert by_name["id"] not in str(found)


def test_an_address_that_two_learners_share_is_nobodys(desk, learn, course):
    one, other = learn(), learn(number="R-78", givenName="Jonah", birthDate="2009-03-14")
    desk.award(course, identifier=WREN["mail"])
    for each in (one, other):
        assert desk.client.get(f"{desk.base}/learners/{each['id']}").json()["awards"] == []


def test_K1_what_is_kept_of_a_learner_is_sealed_but_for_the_name(house, learn):
    learn()
    house.services.context.database.forget()
    stored = b"".join(path.read_bytes() for path in house.settings.data_dir.rglob("*") if path.is_file())
    assert b"Canaryhadley" in stored  # the name is searched
    for canary in (b"anaryguard", b"anarynote", b"2016-06-03", b"R-77", b"wrenna@"):
        assert canary not in stored


def test_K2_what_is_sealed_for_one_learner_does_not_open_for_another(desk, learn, house):
    one, other = learn(), learn(number="R-78", givenName="Jonah", birthDate="2009-03-14")
    with house.services.context.database.session() as session:
        rows = {row.id: row for row in session.scalars(select(tables.LearnerRow))}
        rows[other["id"]].private_sealed = rows[one["id"]].private_sealed
    assert desk.client.get(f"{desk.base}/learners/{other['id']}").status_code == 503


def test_one_question_is_asked_before_somebody_is_erased(house, desk, learn):
    browser, base = house.people, f"/organisations/{desk.slug}/learners"
    learner = learn()
    page = browser.get(f"{base}/{learner['id']}/erase")
    assert "Erase Wrenna Canaryhadley for good?" in page.text
    browser.submit(f"{base}/{learner['id']}/erase")
    assert "Canaryhadley" not in browser.follow().text


def test_the_page_of_a_learner_says_that_an_award_is_paused(house, desk, learn, course):
    learner = learn()
    award = desk.award(course, identifier="R-77")
    with house.services.context.database.session() as session:
        row = session.get(tables.CredentialRow, award["id"])
        row.suspended = row.created
    text = house.people.get(f"/organisations/{desk.slug}/learners/{learner['id']}").text
    assert "Paused" in text
    assert "Not claimed yet" not in text
