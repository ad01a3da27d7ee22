"""What a job signed is held back, handed out, or undone."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from issuer.store import tables
from kit.errors import Conflict
from kit.jobs import STOP, ThreadJobs
from kit.paging import window
from tests.awarding import drive, sheet_text, step
from tests.http.issuer.conftest import ORIGIN, Wallet, bits_of
from tests.http.issuer.jobs.conftest import awards
from tests.jobs_engines import until


def test_what_is_held_is_handed_out_when_the_time_is_over(services, at, issued, clock, stranger):
    job = issued(range(2))
    assert job.undo_until == clock.now() + timedelta(minutes=15)
    found = services.credentials.listing(at, window(page=1)).items[0]
    path = services.credentials.claim(at, found.uuid).url.removeprefix(ORIGIN)
    answer = stranger.post(path, json={})
    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (409, "held")
    assert "2026-11-23 09:15" in answer.json()["detail"]
    clock.advance(timedelta(minutes=15))
    assert drive(services, job.id) == STOP
    assert services.award_jobs.one(at, job.id).state == "released"
    assert Wallet().claim(stranger, ORIGIN + path, now=clock.now()).status_code == 200


def test_every_award_of_a_sheet_can_be_claimed(services, at, issued, stranger):
    issued(range(25), undo_minutes=0)
    for found in services.credentials.listing(at, window(page=1)).items:
        url = services.credentials.claim(at, found.uuid).url
        answer = Wallet().claim(stranger, url, now=services.context.now())
        assert answer.status_code == 200, answer.text
    assert {state for _name, state in awards(services)} == {"claimed"}


def test_O3_undoing_takes_everything_back_before_anybody_has_it(services, at, issued, dropped, stranger):
    job = issued(range(30))
    listed = services.credentials.listing(at, window(page=1))
    token = services.credentials.claim(at, listed.items[0].uuid).url.removeprefix(ORIGIN)
    services.award_jobs.undo(at, job.id)
    assert drive(services, job.id) == STOP
    job = services.award_jobs.one(at, job.id)
    assert (job.state, job.undone) == ("undone", 30)
    assert services.credentials.listing(at, window(page=1)).total == 0, "nobody has to look at them any more"
    assert stranger.post(token, json={}).status_code == 410
    services.context.clock.advance(timedelta(seconds=2))
    status = stranger.get("/orgs/maple-co-op/status/1", headers={"Accept": "application/json"})
    assert len(bits_of(status.content)) == 30
    with services.context.database.reading() as session:
        done = session.scalar(
            select(func.count()).select_from(tables.AUDIT).where(tables.AUDIT.c.action == "credential.undo")
        )
    assert done == 30
    assert dropped(range(30), marks={3: "B"}).counts == {"ok": 30}, "the corrected sheet may be awarded"
    again = services.sheets.choose(at, job.sheet_id, {})
    assert again.counts == {"ok": 30}
    assert services.organisations.audit_broken_at() is None


def test_undoing_in_the_middle_takes_back_what_was_signed_and_leaves_the_rest(services, at, issued):
    job = issued(range(450), driven=False)
    step(services, job.id)
    assert services.award_jobs.one(at, job.id).done == 200
    services.award_jobs.undo(at, job.id)
    drive(services, job.id)
    assert services.award_jobs.one(at, job.id).undone == 200
    assert services.sheets.one(at, job.sheet_id).counts == {"ok": 250, "undone": 200}


def test_what_was_handed_out_is_not_undone(services, at, issued):
    job = issued(range(2))
    assert services.award_jobs.release(at, job.id).state == "released"
    assert services.award_jobs.release(at, job.id).state == "released"
    with pytest.raises(Conflict) as caught:
        services.award_jobs.undo(at, job.id)
    assert "withdraw" in str(caught.value.detail)


def test_nothing_is_handed_out_before_it_is_signed(services, at, issued):
    job = issued(range(2), driven=False)
    with pytest.raises(Conflict):
        services.award_jobs.release(at, job.id)


def test_nothing_of_a_learner_is_in_a_job(services, issued):
    issued(range(2))
    with services.context.database.reading() as session:
        rows = [dict(row) for row in session.execute(select(tables.JobRow.__table__)).mappings()]
    assert "Learner" not in json.dumps(rows, default=str)


def test_programs_start_watch_and_steer_a_job(desk, services, at, algebra):
    base = "/api/organisations/maple-co-op"
    text = sheet_text(range(3))
    sheet = desk.client.post(
        f"{base}/sheets", json={"achievement": algebra.id, "text": text}, headers={"Idempotency-Key": "a"}
    ).json()
    services.work.start(ThreadJobs(role="issuer"))
    started = desk.client.post(
        f"{base}/sheets/{sheet['id']}/issue", json={"version": sheet["version"]}, headers={"Idempotency-Key": "b"}
    )
    assert started.status_code == 201, started.text
    path = f"{base}/jobs/{started.json()['id']}"
    until(lambda: desk.client.get(path).json()["state"] == "undo")
    events = desk.client.get(f"{path}/events")
    assert events.headers["content-type"].startswith("text/event-stream")
    told = json.loads(events.text.removeprefix("data: ").strip())
    assert (told["done"], told["total"], told["finished"]) == (3, 3, True)
    assert told["count"] == "3 of 3"
    spanish = desk.client.get(f"{path}/events", headers={"Accept-Language": "es"}).text.removeprefix("data: ")
    assert json.loads(spanish)["count"] == "3 de 3"
    assert desk.client.get(f"{base}/jobs").json()["total"] == 1
    assert desk.client.post(f"{path}/pause").status_code == 409
    assert desk.client.post(f"{path}/undo").json()["state"] in {"undoing", "undone"}
    until(lambda: desk.client.get(path).json()["state"] == "undone")
    assert desk.client.post(f"{path}/release").status_code == 409
    assert desk.client.get(f"{base}/jobs/{sheet['id']}").status_code == 404
