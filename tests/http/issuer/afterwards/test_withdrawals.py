"""Withdrawing many awards: on pages with their number typed, for programs, and what readers see of it."""

import json
import re

import pytest
from sqlalchemy import select

from issuer.service.withdrawing.jobs import KIND
from issuer.store import tables
from kit.jobs import GO, Run

WORKSHOP = {"name": "Knots", "description": "Ties three knots.", "criteriaNarrative": "Shown twice."}
PAGE = "/organisations/maple-co-op/withdrawals"


@pytest.fixture
def workshop(desk):
    """An achievement with three awards."""
    made = desk.client.post(f"{desk.base}/achievements", json=WORKSHOP).json()["id"]
    for name in ("Ada", "Ben", "Cy"):
        learner = {"learnerName": name, "identifier": f"R-{name}", "achievement": made}
        assert desk.client.post(
            f"{desk.base}/awards", json=learner, headers={"Idempotency-Key": made + name}
        ).is_success
    return made


@pytest.fixture
def drive(services):
    def drive(withdrawal_id):
        with services.context.database.reading() as session:
            job = session.scalar(select(tables.JobRow).where(tables.JobRow.subject == withdrawal_id))
        while services.work.step_of(KIND)(Run(KIND, job.id, job.attempt)) is GO:
            pass

    return drive


def post(desk, body, key="k"):
    return desk.client.post(f"{desk.base}/withdrawals", json=body, headers={"Idempotency-Key": key})


def test_programs_look_first_and_send_back_what_they_saw(desk, workshop, drive):
    asked = {"achievement": workshop}
    shown = post(desk, asked).json()
    assert (shown["applied"], shown["count"], len(shown["items"])) == (False, 3, 3)
    whole = {**asked, "seen": shown["seen"], "count": 3, "reason": "providerClosed", "apply": True}
    assert desk.client.post(f"{desk.base}/withdrawals", json=whole).status_code == 422, "without a key"
    assert post(desk, {**whole, "count": 2}).status_code == 422
    assert post(desk, {**whole, "seen": "0" * 32}).status_code == 409
    begun = post(desk, whole)
    assert (begun.status_code, begun.json()["state"], begun.json()["total"]) == (201, "queued", 3)
    path = f"{desk.base}/withdrawals/{begun.json()['id']}"
    drive(begun.json()["id"])
    found = desk.client.get(path).json()
    assert (found["state"], found["finished"], found["done"], found["reason"]) == ("done", True, 3, "providerClosed")
    assert post(desk, whole).json() == found, "the same key is the same withdrawal"
    events = desk.client.get(f"{path}/events").text
    assert json.loads(events.removeprefix("data: "))["done"] == 3
    assert desk.client.post(f"{path}/stop").status_code == 409
    listed = desk.client.get(f"{desk.base}/withdrawals").json()
    assert found["id"] in [item["id"] for item in listed["items"]]
    states = desk.client.get(f"{desk.base}/credentials?achievement={workshop}").json()["items"]
    assert {item["revocationReason"] for item in states} == {"providerClosed"}


class TestPages:
    def test_awards_are_chosen_seen_and_withdrawn_once_their_number_is_typed(self, browser, workshop, drive):
        shown = browser.get(f"{PAGE}/new?achievement={workshop}").text
        assert "Go on with all 3" in shown
        shown = browser.get(f"{PAGE}/sure?achievement={workshop}&all=1").text
        for words in ("Withdraw 3 awards?", "That cannot be taken back", "type their number: 3", "Ada", "Ben", "Cy"):
            assert words in shown
        browser.submit(PAGE, reason="issuedInError", note="A mix-up.", count="2")
        assert browser.page.status_code == 422
        assert "This is not their number" in browser.page.text
        assert "A mix-up." in browser.page.text, "what was typed is not lost"
        browser.submit(PAGE, reason="issuedInError", note="A mix-up.", count="3")
        place = browser.page.headers["location"]
        assert re.fullmatch(PAGE + "/[0-9a-f-]{36}", place)
        assert "Withdrawing 3 awards" in browser.follow().text
        drive(place.rpartition("/")[2])
        shown = browser.get(place).text
        for words in ("All of them are withdrawn", "A mix-up.", "It was issued in error", "3 of 3"):
            assert words in shown
        assert place in browser.get(PAGE).text
        assert (
            "There is no award here that can be withdrawn"
            in browser.get(f"{PAGE}/sure?achievement={workshop}&all=1").text
        )
        acts = browser.get("/organisations/maple-co-op/audit").text
        assert "Began to withdraw many awards" in acts
        assert "A mix-up." not in acts

    def test_some_are_ticked(self, browser, desk, workshop, drive):
        items = desk.client.get(f"{desk.base}/credentials?achievement={workshop}").json()["items"]
        uuids = {item["learnerName"]: item["id"].removeprefix("urn:uuid:") for item in items}
        browser.get(f"{PAGE}/sure?achievement={workshop}")
        assert browser.follow().url.path == f"{PAGE}/new", "nothing was ticked"
        shown = browser.get(
            f"{PAGE}/sure?achievement={workshop}&credential={uuids['Ada']}&credential={uuids['Cy']}"
        ).text
        assert "Withdraw 2 awards?" in shown
        assert "Ben" not in shown
        hidden = browser.hidden()
        fields = {**hidden, "credential": [uuids["Ada"], uuids["Cy"]]}
        browser.submit(PAGE, **fields, reason="wrongPerson", count="2")
        drive(browser.page.headers["location"].rpartition("/")[2])
        items = desk.client.get(f"{desk.base}/credentials?achievement={workshop}").json()["items"]
        assert {item["learnerName"]: item["state"] for item in items} == {
            "Ada": "revoked", "Ben": "issued", "Cy": "revoked",
        }  # fmt: skip

    def test_odd_days_are_refused_in_words_and_it_can_be_stopped(self, browser, workshop):
        shown = browser.get(f"{PAGE}/new?since=2026-02-30")
        assert (shown.status_code, "flash" in shown.text) == (422, True)
        browser.get(f"{PAGE}/sure?achievement={workshop}&all=1")
        browser.submit(PAGE, reason="issuedInError", count="3")
        place = browser.page.headers["location"]
        browser.follow()
        browser.submit(f"{place}/stop")
        assert "the rest stays as it is" in browser.follow().text


def test_the_last_day_there_is_is_a_day_like_any_other(desk, workshop):
    said = {"achievement": workshop, "since": "0001-01-01", "until": "9999-12-31"}
    found = desk.client.post(f"{desk.base}/withdrawals", json=said)
    assert (found.status_code, found.json().get("count")) == (200, 3), found.text
