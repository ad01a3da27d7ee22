"""A learner is erased: no file of ours holds them any more, and what was signed is checked and withdrawn as before."""

import shutil
from datetime import timedelta

import pytest
from sqlalchemy import select

from issuer.store import tables
from tests.http.issuer.conftest import ORIGIN
from tests.http.issuer.test_learners import WREN
from vc.checks import Verdict

CANARIES = (b"anaryhadley", b"Wrenna", b"wrenna", b"anaryguard", b"anarynote", b"2016-06-03", b"anarywork")


@pytest.fixture
def learn(desk):
    def learn(**members):
        return desk.client.post(f"{desk.base}/learners", json={**WREN, **members}).json()

    return learn


@pytest.fixture
def erased(desk, learn, course, wallet):
    """A learner with a claimed award, an unclaimed one and a correction, and then without."""
    learner = learn()
    offering = desk.client.post(f"{desk.base}/offerings", json={"title": "Clay"}).json()
    said = {"learnerName": "Wrenna Canaryhadley", "identifier": "R-77", "showName": True, "narrative": "canarywork"}
    said["evidence"] = [{"url": "https://portfolio.canaryhadley.example.org/bridge", "name": "canarywork"}]
    claimed, unclaimed = desk.award(course, **said), desk.award(course, **said, term="Spring")
    assert wallet.claim(desk.client, claimed["claim"]["url"]).status_code == 200
    kept = {each["id"]: desk.document(each).content for each in (claimed, unclaimed)}
    assert b"canarywork" in kept[claimed["id"]]
    sheet = f"First name,Last name,Birth date,Code\nWrenna,Canaryhadley,2016-06-03,{offering['code']}\n"
    report = desk.client.post(f"{desk.base}/imports", json={"text": sheet}, headers={"Idempotency-Key": "k"}).json()
    applied = desk.client.post(f"{desk.base}/imports/{report['id']}/apply", json={"seen": report["seen"]})
    assert applied.status_code == 200
    desk.client.post(f"{desk.base}/imports", json={"text": sheet}, headers={"Idempotency-Key": "left open"})
    answer = desk.client.delete(f"{desk.base}/learners/{learner['id']}")
    assert answer.status_code == 204, answer.text
    return learner, (claimed, unclaimed), kept


def test_O10_an_erased_learner_is_in_no_file_of_ours(desk, erased, settings, services, tmp_path):
    learner, _awards, _kept = erased
    shutil.copytree(settings.data_dir, tmp_path / "copied")
    found = {
        (path.name, canary)
        for path in (tmp_path / "copied").rglob("*")
        if path.is_file()
        for canary in CANARIES
        if canary in path.read_bytes()
    }
    assert found == set()
    assert desk.client.get(f"{desk.base}/learners/{learner['id']}").status_code == 404
    assert desk.client.get(f"{desk.base}/learners", params={"q": "wrenna", "state": "all"}).json()["total"] == 0
    with services.context.database.reading() as session:
        assert session.scalars(select(tables.EnrolmentRow)).all() == []
        row = session.get(tables.LearnerRow, learner["id"])
        assert {row.given_name, row.family_name, row.folded, row.name_words} == {""}
        assert row.private_sealed is row.number_key is row.mail_key is row.person_key is None
        for credential in session.scalars(select(tables.CredentialRow)):
            award = services.awards.opened(credential)
            assert (award.learner_name, award.identifier, award.results, award.narrative) == ("–", "", (), "")
        for answer in session.scalars(select(tables.IdempotencyRow)):
            text = services.context.keystore.open_text(
                answer.response_sealed, context=f"issuer/idempotency/{answer.organisation_id}/{answer.key}"
            )
            assert "anary" not in text
            assert "claim" not in text
    assert services.organisations.audit_broken_at() is None


def test_O11_what_was_signed_for_an_erased_learner_verifies_and_can_be_withdrawn(desk, erased, judge, course, clock):
    _learner, awards, kept = erased
    for award in awards:
        assert judge(kept[award["id"]]).verdict is Verdict.GENUINE_AND_CURRENT
        assert desk.document(award).status_code == 410
        assert desk.client.get(desk.credential(award)).json()["learnerName"] == "–"
        assert desk.revoke(award).status_code == 200
        clock.advance(timedelta(seconds=2))
        assert judge(kept[award["id"]]).verdict is Verdict.WITHDRAWN
    again = desk.award(course, learnerName="Wrenna Canaryhadley", identifier="R-77")
    assert judge(desk.document(again).content).verdict is Verdict.GENUINE_AND_CURRENT


def test_nobody_claims_corrects_or_releases_what_was_erased(desk, erased, stranger, wallet, course):
    _learner, (claimed, unclaimed), _kept = erased
    for award in (claimed, unclaimed):
        path = award["claim"]["url"].removeprefix(ORIGIN)
        assert stranger.post(path, json={}).status_code == 410
        body = {"achievement": course["id"], "learnerName": "Wren", "identifier": "R-77"}
        one = desk.credential(award)
        headers = {"Idempotency-Key": "again-" + award["id"]}
        assert desk.client.post(f"{one}/reissue", json=body, headers=headers).status_code == 409
        assert desk.client.post(f"{one}/claim", json={}).status_code in {404, 405, 409}
    assert desk.client.post(f"{desk.credential(claimed)}/release", headers={"Idempotency-Key": "r"}).status_code == 409
    replayed = desk.client.get(desk.credential(unclaimed))
    assert "anary" not in replayed.text


def test_an_award_that_is_being_signed_keeps_its_learner_for_a_moment(desk, learn, course, services):
    learner = learn()
    desk.award(course, identifier="R-77")
    with services.context.database.session() as session:
        intent = session.scalars(select(tables.IntentRow)).one()
        intent.state = "pending"
    assert desk.client.delete(f"{desk.base}/learners/{learner['id']}").status_code == 409
    assert desk.client.get(f"{desk.base}/learners/{learner['id']}").json()["givenName"] == "Wrenna"


EMPTIED = {"claim", "credential", "enrolment", "host_attempt", "intent", "learner", "mark", "public_page", "push",
           "room_guest", "roster_import", "sheet_line", "signed_credential", "source_key", "suspension", "delivery"}  # fmt: skip
SAYS_NOTHING = {"award_once", "closing", "closing_file", "endorsement", "status_entry", "withdrawal_line"}
"""Freed, about others, or a place in a list."""


def test_O10_whatever_belongs_to_an_award_or_a_learner_is_thought_of_when_one_is_erased():
    """A new table that points at either is emptied in issuer/store/erasing.py, or named above with its reason."""
    pointing = {
        table.name
        for table in tables.Model.metadata.sorted_tables
        if {"credential_id", "learner_id"} & set(table.columns.keys())
    }
    assert pointing - EMPTIED == SAYS_NOTHING


def test_the_page_of_an_erased_award_says_so_and_offers_only_to_withdraw(desk, erased, browser):
    _learner, awards, _kept = erased
    for award in awards:
        path = desk.credential(award).removeprefix("/api")
        page = browser.get(path)
        assert page.status_code == 200, page.text
        assert "What was known of this award was erased" in page.text
        assert f"{path}/withdraw" in page.text
        assert f"{path}/correct" not in page.text
        assert f"{path}/release" not in page.text
        assert browser.get(f"{path}/correct").status_code == 409


def test_O10_what_the_learner_typed_on_a_phone_goes_too(desk, learn, course, services):
    learner = learn()
    room = desk.client.post(f"{desk.base}/rooms", json={"achievement": course["id"]}).json()
    place = f"{desk.base}/rooms/{room['id']}"
    ticket = services.rooms.enter(room["url"].rpartition("/")[2], name="Wrenna", client="198.51.100.7")
    services.rooms.enter(room["url"].rpartition("/")[2], name="Otto", client="198.51.100.8")
    guests = {each["name"]: each["id"] for each in desk.client.get(place).json()["guests"]}
    body = {"approved": True, "identifier": WREN["number"], "results": [{"value": "B"}]}
    done = desk.client.post(f"{place}/guests/{guests['Wrenna']}", json=body)
    assert done.json()["state"] == "approved", done.text
    assert desk.client.delete(f"{desk.base}/learners/{learner['id']}").status_code == 204
    assert [each["name"] for each in desk.client.get(place).json()["guests"]] == ["Otto"]
    assert desk.client.get(f"/api/tickets/{ticket}").status_code == 404
