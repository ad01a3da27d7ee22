"""The pages of coming of age and of court orders, and the same by the API."""

import re
from datetime import timedelta

import pytest

from tests.unit.wallet.samples import PASSWORD

BIRTHDAY = timedelta(days=111)
"""From the test's day to 14 March 2027, when Jonah is eighteen."""


@pytest.fixture
def office(services):
    return services.tools.accounts.create_user(login="office", password=PASSWORD, name="Office", scope="administrator")


def test_the_steps_are_said_to_the_guardian_before_and_taken_by_the_learner_after(browser, hadleys, clock):
    clock.advance(BIRTHDAY - timedelta(days=5))
    teresa, jonah = browser("teresa"), browser("jonah")
    page = f"/learners/{hadleys.jonah_learner}/handover"
    for told in (teresa.get("/").text, teresa.get("/people").text):
        assert "In 5 days. From then on no guardian sees these awards" in told
    assert "You see nothing from then on" in teresa.get(page).text
    assert "What happens then" in teresa.get(f"/learners/{hadleys.jonah_learner}/about").text
    assert "I have done this" not in jonah.get(page).text
    clock.advance(timedelta(days=5))
    teresa, jonah = browser("teresa"), browser("jonah")
    assert teresa.get(page).status_code == 404
    home = jonah.follow(jonah.get("/")).text
    assert "These awards are yours alone now" in home
    assert "4 steps are left." in home
    for step in ("recovery", "links", "people", "copy"):
        assert jonah.post(page, {"step": step}).status_code == 303
    assert "yours alone" not in jonah.follow(jonah.get("/")).text
    assert jonah.post(page, {"step": "signIn"}).status_code == 422


def test_the_age_for_a_sign_in_is_set_on_the_page_and_keeps_the_link_back(browser, hadleys):
    teresa, page = browser("teresa"), f"/learners/{hadleys.wren}/about"
    typed = {"name": "Wren Hadley", "birth_date": "2016-06-03"}
    wrong = teresa.post(page, typed | {"sign_in_age": "when tall"})
    assert wrong.status_code == 422
    assert "A sign-in cannot begin at that age." in wrong.text
    assert 'value="when tall"' in wrong.text
    assert "From 3 June 2029 on" in teresa.post(page, typed | {"sign_in_age": "13"}, follow=True).text
    early = teresa.post(f"/learners/{hadleys.wren}/invitations", {"kind": "learner", "name": "Wren"})
    assert early.status_code == 409


def test_a_court_order_is_looked_up_recorded_and_lifted_by_the_operator(browser, hadleys, office):
    desk, teresa = browser("office"), browser("teresa")
    assert "Court orders" in desk.get("/start").text
    page = desk.get("/court-orders")
    assert page.status_code == 200
    missing = desk.post("/court-orders/search", {"login": "nobody"})
    assert missing.status_code == 404
    assert "Ask for the exact name" in missing.text
    found = desk.post("/court-orders/search", {"login": "marcus"}).text
    assert "Wren Hadley" in found
    assert "Jonah" not in found
    sent = {"learner": hadleys.wren, "member": hadleys.marcus.member_id}
    assert "teresa" not in found
    bare = desk.post("/court-orders", sent | {"reference": ""})
    assert bare.status_code == 422
    done = desk.post("/court-orders", sent | {"reference": "Polk 17-442", "stop_links": "yes"}, follow=True).text
    assert "Ended. 0 links were stopped." in done
    assert "Polk 17-442" in done
    assert browser("marcus").get(f"/learners/{hadleys.wren}").status_code == 404
    order = re.search(r"/court-orders/([0-9a-f-]{36})/lift", done)[1]
    assert "Lifted." in desk.post(f"/court-orders/{order}/lift", follow=True).text
    for path in ("/court-orders", "/court-orders/search"):
        assert teresa.post(path, sent | {"login": "marcus"}).status_code == 403
    assert teresa.get("/court-orders").status_code == 403


def test_the_same_by_the_api(api, hadleys, office, clock):
    desk, teresa = api("office"), api("teresa")
    (found,) = desk.post("/api/court-orders/search", json={"login": "marcus"}).json()["items"]
    sent = {"learner": found["learnerId"], "member": found["memberId"], "reference": "Polk 17-442", "stopLinks": True}
    assert desk.post("/api/court-orders", json={**sent, "stopLinks": None}).status_code == 422
    made = desk.post("/api/court-orders", json=sent)
    assert (made.status_code, made.json()["linksStopped"]) == (201, 0)
    listed = desk.get("/api/court-orders").json()
    assert (listed["total"], listed["items"][0]["reference"]) == (1, "Polk 17-442")
    assert teresa.get("/api/court-orders").status_code == 403
    assert desk.post(f"/api/court-orders/{made.json()['id']}/lifting").status_code == 204
    assert desk.post("/api/court-orders/appointments", json={"learner": hadleys.wren, "name": "G"}).status_code == 409

    handover = f"/api/learners/{hadleys.jonah_learner}/handover"
    assert teresa.get(handover).json()["days"] == 111
    changed = teresa.patch(
        f"/api/learners/{hadleys.wren}", json={"name": "Wren", "birthDate": "2016-06-03", "signInAge": 13}
    )
    assert changed.json()["signInAge"] == 13
    kept = teresa.patch(f"/api/learners/{hadleys.wren}", json={"name": "Wren H", "birthDate": "2016-06-03"})
    assert kept.json()["signInAge"] == 13, "what was not said stays"
    clock.advance(BIRTHDAY)
    jonah = api("jonah")
    assert jonah.put(f"{handover}/links").status_code == 204
    assert [one["done"] for one in jonah.get(handover).json()["steps"]] == [True, False, True, False, False]
