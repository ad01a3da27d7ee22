"""What waits for a second person is what was asked for: nothing else, all of it to be seen, gone with the learner."""

import shutil
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from issuer.store import tables
from tests.awarding import drive
from tests.http.issuer.conftest import Browser
from tests.http.issuer.test_approvals import World, asked, decide, seen, sheet_job, state, waiting_job, want
from tests.http.issuer.test_closing import WANTED as CLOSING


@pytest.fixture(scope="module")
def world(tmp_path_factory, prepared):
    folder = tmp_path_factory.mktemp("asked")
    for name in ("issuer.db", "kek"):
        shutil.copy(prepared / name, folder / name)
    made = World(folder)
    with TestClient(made.app):
        yield made


def test_what_is_asked_for_is_what_is_done_and_nothing_else_under_its_name(world):
    owner, issuer = world.organisation("issuer")
    want(owner, "award", "compromise")
    course = owner.achievement()
    waiting = asked(owner.post_award(course, key="k", learnerName="Wren"))
    other = owner.post_award(course, key="k", learnerName="Jonah")
    assert (other.status_code, other.json()["type"].rpartition("#")[2]) == (422, "idempotency-key-reused")
    unsafe = f"{owner.base}/keys/key-1/compromise"
    first = asked(owner.client.post(unsafe, json={"since": "2026-11-20", "note": "A lost disk"}))
    assert asked(owner.client.post(unsafe, json={"since": "2026-11-20", "note": "A lost disk"})) == first
    earlier = owner.client.post(unsafe, json={"since": "2026-11-01", "note": "A lost disk"})
    assert earlier.status_code == 409, "it does not wait, so nobody is told that it does"
    assert "Have that decided first, or take it back." in earlier.text
    assert seen(issuer, waiting)["about"]["draft"]["learnerName"] == "Wren"


def test_whoever_asked_and_may_not_do_it_any_more_is_told_so_to_whoever_decides(world):
    owner, other, issuer = world.organisation("owner", "issuer")
    want(owner, "award")
    approval = asked(issuer.post_award(owner.achievement(), key="k"))
    members = owner.client.get(f"{owner.base}/members").json()["items"]
    asker = next(each["account"] for each in members if each["role"] == "issuer")
    assert owner.client.put(f"{owner.base}/members/{asker}", json={"role": "viewer"}).status_code == 200
    late = decide(other, approval)
    assert (late.status_code, late.json()["detail"]) == (
        409,
        "Whoever asked for this may not do it any more. Refuse it.",
    )
    assert decide(other, approval, granted=False).json()["state"] == "refused"


def test_O10_what_waits_about_a_learner_who_is_erased_is_taken_back(world):
    owner, issuer = world.organisation("issuer")
    course = owner.achievement()
    learner = owner.client.post(f"{owner.base}/learners", json={"givenName": "Wren", "number": "R-77"}).json()
    award = owner.award(course, learnerName="Wren", identifier="R-77")
    want(owner, "award")
    body = {"achievement": course["id"], "learnerName": "Wren", "identifier": "R-77"}
    reissue = f"{owner.credential(award)}/reissue"
    done = asked(owner.client.post(reissue, json=body, headers={"Idempotency-Key": "c0"}))
    assert decide(issuer, done, words="Wren did it.").status_code == 200
    refused = asked(owner.post_award(course, key="a0", learnerName="Wren", identifier="R-77"))
    assert decide(issuer, refused, granted=False, words="Wren never came.").json()["words"] == "Wren never came."
    correction = asked(owner.client.post(reissue, json=body, headers={"Idempotency-Key": "c1"}))
    more = asked(owner.post_award(course, key="a1", learnerName="Wren", identifier="r-77"))
    others = asked(owner.post_award(course, key="a2", learnerName="Wren", identifier="R-78"))
    assert owner.client.delete(f"{owner.base}/learners/{learner['id']}").status_code == 204
    assert [seen(owner, each)["state"] for each in (correction, more, others)] == ["withdrawn", "withdrawn", "asked"]
    assert [seen(owner, each)["words"] for each in (done, refused)] == ["", ""]
    with world.services.context.database.reading() as session:
        assert [session.get(tables.ApprovalRow, each).about_sealed for each in (correction, more)] == [None, None]
    world.acts(owner)


def test_whoever_decides_sees_all_that_will_be_signed(world):
    owner, _issuer = world.organisation("issuer")
    want(owner, "award")
    said = {
        "learnerName": "Wren Canary", "identifier": "R-1", "showName": True, "adult": True, "awardedDate": "2026-11-02",
        "activityStartDate": "2026-09-01", "activityEndDate": "2026-11-01", "validFrom": "2026-11-03",
        "validUntil": "2030-01-01", "term": "Fall 26", "role": "Team lead", "narrative": "Built it",
        "creditsEarned": 0.5, "format": "eddsa-rdfc-2022",
        "evidence": [{"url": "https://work.example.org/1", "name": "Bridge", "description": "40 kg", "narrative": "Held"}],
    }  # fmt: skip
    answer = owner.post_award(owner.achievement(), key="k", **said)
    page = Browser(world.app, f"{owner.slug}-1").get(f"/organisations/{owner.slug}/approvals/{asked(answer)}").text
    texts = [text for text in said.values() if isinstance(text, str) and text != said["format"]]
    missing = [text for text in (*texts, *said["evidence"][0].values()) if text not in page]
    assert missing == []
    assert "Write the learner’s name into the award" in page
    assert "I know that the learner is 18 or older" in page


def test_a_sheet_for_a_day_is_agreed_to_with_its_day_and_an_approval_that_is_late_says_so(world):
    owner, issuer = world.organisation("issuer")
    want(owner, "sheet")
    course = owner.achievement()
    at = world.clock.now()
    late, early, sooner = (
        sheet_job(owner, course, key=f"s{number}", number=number, starts=(at + timedelta(days=number)).isoformat())[1]
        for number in (1, 9, 10)
    )
    for job in (early, sooner):
        assert decide(issuer, waiting_job(owner, job["id"])).status_code == 200
        assert state(owner, job["id"]) == "scheduled"
    now = f"{owner.base}/jobs/{sooner['id']}/now"
    assert owner.client.post(now).json()["state"] == "approval", "what was agreed to was another day"
    assert owner.client.post(now).status_code == 409
    assert "starts" not in seen(owner, waiting_job(owner, sooner["id"]))["about"]
    drive(world.services, sooner["id"])
    approval = waiting_job(owner, late["id"])
    path = f"/organisations/{owner.slug}"
    page = Browser(world.app, f"{owner.slug}-1").get(f"{path}/approvals/{approval}").text
    assert f"{at + timedelta(days=1):%Y-%m-%d %H:%M} UTC" in page
    world.later(owner, issuer, days=2)
    browser = Browser(world.app, f"{owner.slug}-1")
    assert "the time that was chosen" in browser.get(f"{path}/approvals/{approval}").text
    assert "It begins as soon as somebody agrees." in browser.get(f"{path}/jobs/{late['id']}").text
    assert decide(issuer, approval).status_code == 200
    drive(world.services, late["id"])
    assert [state(owner, job["id"]) for job in (late, early, sooner)] == ["undo", "scheduled", "approval"]


def test_a_job_for_a_day_that_was_made_before_two_were_wanted_waits_for_the_second_one(world):
    owner, issuer = world.organisation("issuer")
    course, at = owner.achievement(), world.clock.now()
    job, other = (
        sheet_job(owner, course, key=f"b{number}", number=number, starts=(at + timedelta(days=1)).isoformat())[1]
        for number in (1, 5)
    )
    assert state(owner, job["id"]) == "scheduled"
    want(owner, "sheet")
    world.later(owner, issuer, days=2)
    for each in (job, other):
        drive(world.services, each["id"])
    assert state(owner, job["id"]) == "approval"
    here = tables.CredentialRow.organisation_id == world.services.organisations.public(owner.slug).id
    assert world.rows(tables.CredentialRow, here) == 0, "nothing is signed before somebody else agrees"
    assert decide(owner, waiting_job(owner, job["id"])).status_code == 403
    assert decide(issuer, waiting_job(owner, job["id"])).status_code == 200
    assert decide(issuer, waiting_job(owner, other["id"]), granted=False).status_code == 200
    for each in (job, other):
        drive(world.services, each["id"])
    assert [state(owner, each["id"]) for each in (job, other)] == ["undo", "undone"]
    assert world.rows(tables.CredentialRow, here) == owner.client.get(f"{owner.base}/jobs/{job['id']}").json()["done"]


def withdrawal(desk, course, *, key="w1", **more):
    """A request to withdraw what was awarded of a course, as somebody sends it who looked first."""
    path, asked_for = f"{desk.base}/withdrawals", {"achievement": course["id"]}
    seen_ = desk.client.post(path, json=asked_for).json()
    whole = {**asked_for, "seen": seen_["seen"], "count": seen_["count"], "reason": "providerClosed", "apply": True}
    return desk.client.post(path, json={**whole, **more}, headers={"Idempotency-Key": key})


def test_many_awards_are_withdrawn_once_somebody_else_agreed_and_only_those_that_were_seen(world):
    owner, issuer = world.organisation("issuer")
    want(owner, "withdrawals")
    course = owner.achievement()
    made = [owner.award(course, learnerName=name, identifier=f"R-{name}") for name in ("A", "B", "C")]
    assert owner.revoke(made[0]).status_code == 200, "a single award is withdrawn at once"
    approval = asked(withdrawal(owner, course, note="They never sat it."))
    page = Browser(world.app, f"{owner.slug}-1").get(f"/organisations/{owner.slug}/approvals/{approval}").text
    assert "They never sat it." in page
    assert f"withdrawals/sure?achievement={course['id']}&amp;all=1" in page
    later = owner.award(course, identifier="R-D")
    late = decide(issuer, approval)
    assert (late.status_code, "no longer the awards that you saw" in late.text) == (409, True)
    assert seen(owner, approval)["state"] == "asked"
    assert decide(issuer, approval, granted=False).json()["state"] == "refused"
    again = asked(withdrawal(owner, course, key="w2"))
    begun = decide(issuer, again).json()["outcome"]
    job = owner.client.get(f"{owner.base}/withdrawals/{begun}").json()
    assert (job["total"], job["reason"]) == (3, "providerClosed")
    assert withdrawal(owner, course, key="w2").status_code == 201, "the same request gets what came of it"
    unsafe = owner.client.post(f"{owner.base}/keys/key-1/compromise", json={"since": "2026-11-20"})
    assert unsafe.status_code == 200
    both = {"credentials": [made[1]["id"], later["id"]]}
    mend = owner.client.post(f"{owner.base}/keys/key-1/withdrawals", json=both)
    assert (mend.status_code, "somebody else has to agree" in mend.text) == (409, True)


def test_O10_a_withdrawal_that_waits_and_means_an_erased_learner_is_taken_back(world):
    owner, _issuer = world.organisation("issuer")
    want(owner, "withdrawals")
    course, other = owner.achievement(), owner.achievement(name="Geometry")
    learner = owner.client.post(f"{owner.base}/learners", json={"givenName": "Wren", "number": "R-77"}).json()
    owner.award(course, learnerName="Wren", identifier="R-77")
    owner.award(other, learnerName="Ash", identifier="R-78")
    hers, another = (asked(withdrawal(owner, each, key=each["id"], note="Wren.")) for each in (course, other))
    assert owner.client.delete(f"{owner.base}/learners/{learner['id']}").status_code == 204
    assert [seen(owner, each)["state"] for each in (hers, another)] == ["withdrawn", "asked"]


def test_an_organisation_closes_once_somebody_else_agreed(world):
    owner, issuer = world.organisation("issuer")
    want(owner, "close")
    body = {**CLOSING, "slug": owner.slug}
    key = {"Idempotency-Key": "c"}
    assert owner.client.post(f"{owner.base}/closing", json={**body, "slug": "x"}, headers=key).status_code == 422
    approval = asked(owner.client.post(f"{owner.base}/closing", json=body, headers=key))
    owner.award(owner.achievement(), identifier="R-1")
    page = Browser(world.app, f"{owner.slug}-1").get(f"/organisations/{owner.slug}/approvals/{approval}").text
    assert CLOSING["successorName"] in page
    assert CLOSING["words"] in page
    assert decide(owner, approval).status_code == 403
    assert decide(issuer, approval).status_code == 200
    assert owner.post_award(owner.achievement(), key="late").status_code in {403, 409}
    assert owner.client.post(f"{owner.base}/closing", json=body, headers=key).status_code == 201
    assert owner.client.delete(f"{owner.base}/closing").status_code == 204, "opening again needs nobody else"
    world.acts(owner)
