"""What others say goes into awards on choice, is checked again by itself, and is mended after a compromised key."""

import json
from datetime import timedelta

from issuer.service import rechecks, vouched
from issuer.store import received
from kit.errors import Unavailable
from kit.jobs import STOP
from tests.awarding import drive
from tests.http.issuer.matrix.awarding import sheet
from tests.http.issuer.matrix.vouching import praise
from tests.http.issuer.test_endorsements import document, given
from tests.http.issuer.test_received import OURS, accepted, embedded, kind
from vc.checks import Verdict


def use(desk, found, *, in_awards=True, published=True):
    path = f"{desk.base}/received-endorsements/{found['id']}"
    return desk.client.put(path, json={"published": published, "inAwards": in_awards})


def run_due(services):
    """What the engine does in one sweep; how many were checked."""
    step = services.work.step_of(rechecks.KIND)
    runs = [run for run in services.rechecks.due() if step(run) is STOP]
    return len(runs)


def ours(other_desk, desk, **changes):
    """What the other organisation says about ours, signed, and its number there."""
    number = given(other_desk, **{"targetId": OURS, "targetName": "Maple", **changes})
    return number, document(other_desk, number).content


def test_new_awards_carry_what_was_chosen_and_are_judged_with_it(desk, other_desk, course, services, judge):
    clock = services.context.clock
    number, about_us = ours(other_desk, desk)
    theirs = accepted(desk, about_us)
    offered = accepted(desk, praise(course["iri"]))
    assert "endorsement" not in desk.document(desk.award(course)).json()["issuer"]
    assert use(desk, theirs).json()["inAwards"] is True
    use(desk, offered)
    award = desk.award(course)
    signed = desk.document(award).json()
    assert signed["issuer"]["endorsement"] == [json.loads(about_us)]
    assert signed["credentialSubject"]["achievement"]["endorsement"] == [praise(course["iri"])]
    report = judge(desk.document(award).content)
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert [child.verdict for child in report.children] == [Verdict.GENUINE_AND_CURRENT] * 2
    key = {"Idempotency-Key": "sheet"}
    made = desk.client.post(f"{desk.base}/sheets", json=sheet({"achievement": course["id"]}), headers=key).json()["id"]
    job = desk.client.post(f"{desk.base}/sheets/{made}/issue", json={}, headers=key).json()["id"]
    drive(services, job)
    several = desk.client.get(f"{desk.base}/credentials?job={job}").json()["items"]
    assert several
    for each in several:
        assert desk.document(each).json()["issuer"]["endorsement"] == [json.loads(about_us)]
    other_desk.client.post(f"{other_desk.base}/endorsements/{number}/revocation", json={"reason": "replaced"})
    clock.advance(timedelta(days=1, seconds=2))
    while run_due(services):
        pass
    with services.context.database.reading() as session:
        states = {row.id: row.state for row in session.query(received.Row)}
    assert states == {theirs["id"]: "stopped", offered["id"]: "good"}
    later = services.awards.award(services.organisations.operate(desk.slug), _draft(course), key="later")
    body, _etag = services.credentials.document(services.organisations.operate(desk.slug), later.value["id"])
    assert "endorsement" not in json.loads(body)["issuer"]
    assert judge(body).verdict is Verdict.GENUINE_AND_CURRENT
    old = judge(json.dumps(signed).encode())
    assert old.verdict is Verdict.GENUINE_BUT, "what was signed stays, and tells that it was withdrawn"


def _draft(course):
    from issuer.service.drafts import AwardDraft, ResultDraft

    return AwardDraft(
        achievement=course["id"],
        learner_name="Wren",
        identifier="R-2",
        results=(ResultDraft(description="", value="A"),),
    )


def test_only_what_holds_is_published_and_small_goes_into_awards(desk, course, monkeypatch):
    found = [accepted(desk, praise(OURS, id=f"urn:uuid:{digit * 8}-1111-4111-8111-111111111111")) for digit in "1234"]
    again = accepted(desk, praise(OURS, id="urn:uuid:11111111-1111-4111-8111-111111111111", name="Said again"))
    assert kind(use(desk, found[0], published=False)) == "bad-input"
    for each in found[:3]:
        assert use(desk, each).status_code == 200
    assert "3 in awards already" in use(desk, found[3]).text
    assert kind(use(desk, again)) == "said-twice"
    assert use(desk, found[2], in_awards=False).json()["inAwards"] is False
    monkeypatch.setattr("issuer.service.received.LARGEST_IN_AWARDS", 100)
    assert "too large" in use(desk, found[3]).text
    monkeypatch.undo()
    assert use(desk, found[3]).status_code == 200
    assert len(desk.document(desk.award(course)).json()["issuer"]["endorsement"]) == vouched.MOST_IN_AWARDS
    monkeypatch.setattr("issuer.service.received._id", lambda _row: object())
    use(desk, found[3], in_awards=False)
    assert use(desk, again).status_code == 200, "as if nobody had seen it"
    assert "endorsement" not in desk.document(desk.award(course)).json()["issuer"], "the award goes out without"


def test_R11_what_cannot_be_checked_is_tried_again_and_left_out_in_the_end(
    desk, services, stranger, clock, monkeypatch
):
    first, second = (
        accepted(desk, praise(OURS)),
        accepted(desk, praise(OURS, id="urn:uuid:22222222-1111-4111-8111-111111111111")),
    )
    assert run_due(services) == 0, "both were checked when they were accepted"
    clock.advance(timedelta(days=1))
    runs = services.rechecks.due()
    assert [run.job_id in {first["id"], second["id"]} for run in runs] == [True], "one at a time"
    assert {run.job_id for run in (*runs, *services.rechecks.due())} == {first["id"], second["id"]}, (
        "and never one twice"
    )
    assert services.rechecks.due() == []

    def nobody_answers(*_given, **_named):
        raise Unavailable

    with monkeypatch.context() as patched:
        patched.setattr(services.received, "_require_good", nobody_answers)
        for _hour in range(3):
            clock.advance(timedelta(hours=1))
            assert [run_due(services), run_due(services), run_due(services)] == [1, 1, 0]
        assert len(embedded(stranger)) == 2, "nothing was found out"
        clock.advance(timedelta(days=13))
        assert embedded(stranger) == [], "could not be checked is never valid"
        run_due(services)
    clock.advance(timedelta(hours=1))
    while run_due(services):
        pass
    assert len(embedded(stranger)) == 2


def test_what_a_compromised_key_vouched_for_is_listed_and_mended(desk, browser, judge, clock):
    kept, lost = given(desk), given(desk)
    browser.get("/organisations/maple-co-op/signing/keys/key-1/compromised")
    browser.submit("/organisations/maple-co-op/signing/keys/key-1/compromised", since="2026-11-23", words="")
    assert "What you vouched for" in browser.follow().text
    keys = f"{desk.base}/keys/key-1"
    assert {each["id"][9:] for each in desk.client.get(f"{keys}/vouched-after").json()["items"]} == {kept, lost}
    after = "/organisations/maple-co-op/signing/keys/key-1/after"
    assert browser.submit(after, chosen=kept, act="renew").status_code == 200
    assert browser.submit(after).status_code == 303
    assert "Send the new file" in browser.follow().text
    answer = desk.client.post(f"{keys}/withdrawals", json={"credentials": [lost]})
    assert answer.json() == {"done": 1, "failed": []}
    assert desk.client.post(f"{keys}/renewals", json={"credentials": [lost, kept]}).json()["done"] == 0
    clock.advance(timedelta(seconds=2))
    assert desk.client.get(f"{keys}/vouched-after").json()["total"] == 0
    renewed = document(desk, kept)
    assert renewed.json()["proof"]["verificationMethod"].endswith("#key-2")
    assert judge(renewed.content).verdict is Verdict.GENUINE_AND_CURRENT
    assert judge(document(desk, lost).content).verdict is not Verdict.GENUINE_AND_CURRENT
    assert (
        desk.client.post(f"{desk.base}/endorsements/{lost}/revocation", json={"reason": "replaced"}).status_code == 200
    )
