"""Answering a verifier and asking a provider, in a browser without JavaScript and over the API."""

import html
import json
import re

import pytest

from tests.unit.wallet.desk import Desk, asked
from tests.unit.wallet.partial import year
from tests.unit.wallet.samples import award, keep_bound
from tests.unit.wallet.test_share_parts import keep as keep_original
from tests.unit.wallet.test_sharing import shared

SITE = "https://admissions.example"


@pytest.fixture
def desk():
    made = Desk()
    yield made
    made.stop()


def field(page, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return html.unescape(found[1])


def test_a_minor_reads_a_request_a_guardian_approves_and_it_is_sent(services, hadleys, browser, desk):
    kept = keep_bound(services, hadleys.teresa, hadleys.jonah_learner)
    jonah, teresa = browser("jonah"), browser("teresa")
    path = f"/learners/{hadleys.jonah_learner}/answer"
    assert "Somebody asks for awards" in jonah.get(path).text
    sheet = jonah.post(path, {"request": desk.link, "do": "read"}).text
    assert "localhost asks for awards" in sheet
    assert "For admission." in sheet
    assert "1 award fits" in sheet
    filled = {"request": field(sheet, "request"), "credentials": kept, "previewed": field(sheet, "previewed")}
    assert desk.taken == []
    made = jonah.post(path, {**filled, "do": "share"})
    assert made.status_code == 303, made.text
    share = made.headers["location"]
    page = jonah.get(share).text
    assert "An answer to localhost" in page
    assert "Send the answer" not in page
    assert "/s/" not in page
    assert jonah.post(f"{share}/answer", {"do": "send"}).status_code == 409
    teresa.post(f"{share}/approve")
    assert "Send the answer" in jonah.get(share).text
    assert "Answered" in jonah.post(f"{share}/answer", {"do": "send"}, follow=True).text
    assert len(desk.taken) == 1
    assert jonah.post(path, {**filled, "do": "share"}).status_code == 409


def test_nothing_is_made_of_what_was_not_previewed(services, hadleys, browser):
    one = keep_bound(services, hadleys.teresa, hadleys.teresa_learner)
    two = keep_bound(services, hadleys.teresa, hadleys.teresa_learner, 2)
    teresa, path = browser("teresa"), f"/learners/{hadleys.teresa_learner}/answer"
    sheet = teresa.post(path, {"request": json.dumps(asked(SITE)), "do": "read"}).text
    filled = {"request": field(sheet, "request"), "previewed": field(sheet, "previewed"), "do": "share"}
    again = teresa.post(path, {**filled, "credentials": [one, two]})
    assert again.status_code == 200
    assert "Look once more" in again.text
    assert services.shares.shares(hadleys.teresa, hadleys.teresa_learner) == []


@pytest.mark.parametrize("text", ["", "javascript:alert(1)", "<script>alert(1)</script>", "{}"])
def test_what_is_no_request_is_said_on_the_form(hadleys, browser, text):
    answer = browser("teresa").post(f"/learners/{hadleys.teresa_learner}/answer", {"request": text, "do": "read"})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


def test_a_provider_is_asked_sees_it_and_answers_and_the_family_is_told(services, hadleys, browser):
    kept = services.credentials.add_file(hadleys.teresa, hadleys.teresa_learner, award()).credential_id
    teresa, path = browser("teresa"), f"/learners/{hadleys.teresa_learner}/share"
    sheet = teresa.get(f"{path}?pick={kept}&ask=confirmation").text
    assert "Ask a provider to confirm" in sheet
    filled = {
        "ask": "confirmation", "credentials": kept, "recipient": "Maple Co-op", "until": "2026-12-01",
        "words": "Was it <b>you</b>?", "show_name": "yes", "shown_name": "Teresa Hadley", "do": "preview",
    }  # fmt: skip
    preview = teresa.post(path, filled).text
    assert "Was it &lt;b&gt;you" in preview
    page = teresa.post(path, {**filled, "do": "share", "previewed": field(preview, "previewed")}, follow=True).text
    assert "No answer yet" in page
    token = re.search(r"/s/([A-Za-z0-9_-]{22})", page)[1]
    provider = browser()
    front = provider.get(f"/s/{token}").text
    assert "Teresa" not in front
    assert "Was it" not in front
    record = provider.post(f"/s/{token}", {"reader": "Hannah"}, page=f"/s/{token}").text
    assert "You are asked to confirm this" in record
    assert "Was it &lt;b&gt;you" in record
    opened = re.search(r'action="/s/([\w-]+)/answer"', record)[1]
    wrong = provider.post(f"/s/{opened}/answer", {"offer": "x", "do": "confirm"}, page=f"/s/{token}")
    assert wrong.status_code == 422
    done = provider.post(
        f"/s/{opened}/answer", {"offer": "https://maple.example/claim/abc", "do": "confirm", "said": "Yes."},
        page=f"/s/{token}",
    )  # fmt: skip
    assert "Thank you" in done.text
    share = services.shares.shares(hadleys.teresa, hadleys.teresa_learner)[0]
    told = teresa.get(f"/shares/{share.id}").text
    assert "An award came for an answer" in told
    assert 'value="https://maple.example/claim/abc"' in told
    assert "An award came for an answer" in teresa.get(f"/learners/{hadleys.teresa_learner}/shares").text


def test_programs_of_the_family_read_take_up_and_send(services, hadleys, api, desk):
    kept = keep_bound(services, hadleys.teresa, hadleys.teresa_learner)
    teresa = api("teresa")
    told = teresa.post(f"/api/learners/{hadleys.teresa_learner}/requests", json={"request": desk.link}).json()
    assert (told["host"], told["sentTo"], told["picked"]) == ("localhost", desk.link, [kept])
    assert told["wanted"] == [{"reason": "For admission.", "required": True, "credentials": [kept]}]
    body = {"request": told["request"], "credentials": [kept]}
    made = teresa.post(f"/api/learners/{hadleys.teresa_learner}/answers", json=body)
    assert (made.status_code, made.json()["state"]) == (201, "active")
    share = made.json()["share"]
    view = teresa.get(f"/api/shares/{share}").json()
    assert (view["link"], view["token"], view["code"], view["ask"]["kind"]) == (None, "", "", "question")
    assert teresa.post(f"/api/shares/{share}/answer", json={"send": True}).json() == {"share": share, "sent": True}
    assert teresa.post(f"/api/shares/{share}/answer", json={"send": False}).status_code == 409
    assert len(desk.taken) == 1
    asked_ = teresa.post(
        "/api/shares",
        json={
            "learner": hadleys.teresa_learner,
            "credentials": [kept],
            "recipient": "Maple",
            "confirmation": "Please?",
        },
    ).json()
    assert (asked_["ask"]["words"], asked_["ask"]["state"]) == ("Please?", "open")


def test_the_preview_says_what_the_readers_page_says_word_for_word(services, hadleys, browser):
    """Sheet, the family's page and the reader's page, for all of one award and a part of another."""
    one = services.credentials.add_file(hadleys.teresa, hadleys.teresa_learner, award(narrative="Built.")).credential_id
    two = keep_original(services, hadleys, year())
    line = services.shares.lines(hadleys.teresa, two)[0].pointer
    teresa, path = browser("teresa"), f"/learners/{hadleys.teresa_learner}/share"
    filled = {
        "credentials": [one, two], "recipient": "Brightwater", "until": "2026-12-01", "show_name": "yes",
        "shown_name": "T. Hadley", "parted": two, "parts": f"{two} {line}",
    }  # fmt: skip
    sheet = teresa.post(path, {**filled, "do": "preview"}).text
    made = teresa.post(path, {**filled, "do": "share", "previewed": field(sheet, "previewed")}, follow=True).text
    token = re.search(r"/s/([A-Za-z0-9_-]{22})", made)[1]
    read = browser().post(f"/s/{token}", {}, page=f"/s/{token}").text
    said = [words_of(page) for page in (sheet, made, read)]
    assert said[0] == said[1] == said[2]
    assert "A part: 1 of 33 lines" in said[0]


def words_of(page):
    """The words on the paper of a page."""
    paper = re.search(r'<div class="paper"[^>]*>(.*?)(?=</section>|<form)', page, re.DOTALL)[1]
    return " ".join(re.sub(r"<[^>]*>", " ", paper).split())


def test_who_opened_it_is_paged_on_the_page_and_for_programs(services, hadleys, browser, api):
    kept = services.credentials.add_file(hadleys.teresa, hadleys.teresa_learner, award()).credential_id
    view = shared(services, hadleys.teresa, hadleys.teresa_learner, kept)
    for number in range(51):
        services.reading.record(view.token, reader=f"Reader {number}")
    first, second = (browser("teresa").get(f"/shares/{view.id}?page={page}").text for page in (1, 2))
    assert (first.count("The record was read"), second.count("The record was read")) == (50, 1)
    told = api("teresa").get(f"/api/shares/{view.id}/openings?page=2&size=25").json()
    assert (len(told["items"]), told["pages"], told["total"]) == (25, 3, 51)
    assert not any("address" in name or name == "ip" for name in told["items"][0])
