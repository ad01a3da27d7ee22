"""A sheet is awarded by a job: once, whoever drops it again; held back, so that it can be undone; through every crash."""

import itertools
import json
import random
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from issuer.service.awarding.sheet_views import Edit
from issuer.service.context import Actor
from issuer.service.documents import Award
from issuer.store import tables
from kit.errors import BadInput, Conflict, Unavailable
from kit.jobs import STOP, Run, ThreadJobs
from kit.paging import window
from tests.awarding import achievement, bring, drive, run_of, sheet_text, step
from tests.http.issuer.conftest import ORIGIN, Wallet, bits_of
from tests.jobs_engines import until
from vc.checks import Verdict

MANY = 1_000
_keys = itertools.count(1)


@pytest.fixture
def at(services, desk):
    """Ada's desk, as services see it."""
    ada = services.accounts.find_by_login("admin")
    return services.organisations.enter(Actor(user_id=ada.id, name="Ada"), "maple-co-op")


@pytest.fixture
def algebra(services, at):
    return achievement(services, at)


@pytest.fixture
def dropped(services, at, algebra):
    """A sheet with rows for these roster numbers."""
    return lambda numbers, **more: bring(services, at, algebra, numbers, key=f"s{next(_keys)}", **more)


@pytest.fixture
def issued(services, at, dropped):
    """A job for such a sheet; driven until it rests, unless it is only to begin."""

    def issue(numbers, *, driven=True, marks=None, **more):
        sheet = dropped(numbers, marks=marks)
        job = services.award_jobs.issue(at, sheet.id, key=f"j{next(_keys)}", **more)
        if driven:
            drive(services, job.id)
        return services.award_jobs.one(at, job.id)

    return issue


def awards(services):
    """Every award that is not refused: its learner and its state."""
    with services.context.database.reading() as session:
        rows = session.execute(select(tables.CredentialRow.learner_name, tables.CredentialRow.state))
        return [(name, state) for name, state in rows if state != "refused"]


def exactly(services, count):
    """Hold what is stored to its promises: so many awards, each once, all whole."""
    with services.context.database.reading() as session:

        def number(table, *where):
            return session.scalar(select(func.count()).select_from(table).where(*where))

        assert number(tables.CredentialRow, tables.CredentialRow.state == "issued") == count
        assert number(tables.SignedCredentialRow) == count
        assert number(tables.ClaimRow, tables.ClaimRow.state == "open") == count
        assert number(tables.StatusEntryRow) == 2 * count
        assert number(tables.IntentRow, tables.IntentRow.state == "pending") == 0
        assert number(tables.AUDIT, tables.AUDIT.c.action == "credential.award") == count
        assert number(tables.AwardOnceRow, tables.AwardOnceRow.credential_id.is_not(None)) == count
        assert number(tables.AwardOnceRow) == count
        assert number(tables.IdempotencyRow) == 0, "a job's awards keep no answers"
        names = session.scalars(select(tables.CredentialRow.learner_name)).all()
    assert len(set(names)) == count
    assert services.organisations.audit_broken_at() is None


def test_every_good_row_is_awarded_once_and_the_rest_is_kept(services, at, dropped):
    sheet = dropped(range(5), marks={3: "Z"})
    sheet = services.sheets.fix(at, sheet.id, {2: Edit(later=True)})
    assert sheet.counts == {"ok": 3, "problem": 1, "later": 1}
    job = services.award_jobs.issue(at, sheet.id, key="j", version=sheet.version)
    assert (job.state, job.total) == ("queued", 3)
    with pytest.raises(Conflict):
        services.sheets.fix(at, sheet.id, {5: Edit(values={"mark0": "A"})})
    drive(services, job.id)
    exactly(services, 3)
    assert services.award_jobs.one(at, job.id).done == 3
    sheet = services.sheets.fix(at, sheet.id, {5: Edit(values={"mark0": "A"}), 2: Edit(later=False)})
    assert sheet.counts == {"ok": 2, "awarded": 3}
    second = services.award_jobs.issue(at, sheet.id, key="again")
    assert second.part == 2
    drive(services, second.id)
    exactly(services, 5)
    assert services.sheets.one(at, sheet.id).state == "done"


def test_a_thousand_rows_are_signed_in_steps(services, issued, at):
    job = issued(range(MANY))
    assert (job.state, job.done, job.refused, job.repeated) == ("undo", MANY, 0, 0)
    exactly(services, MANY)


def test_what_is_signed_is_what_a_stranger_accepts(services, issued, judge, at):
    issued(range(2))
    found = services.credentials.listing(at, window(page=1)).items[0]
    body, _etag = services.credentials.document(at, found.uuid)
    assert judge(body).verdict is Verdict.GENUINE_AND_CURRENT


def test_the_same_file_again_awards_nobody(services, issued, dropped):
    issued(range(20))
    numbers = list(range(20))
    random.Random(7).shuffle(numbers)
    assert dropped(numbers).counts == {"already": 20}
    exactly(services, 20)


def test_the_same_file_looked_at_before_and_issued_after_awards_nobody(services, at, dropped):
    one, other = dropped(range(20)), dropped(reversed(range(20)))
    jobs = [services.award_jobs.issue(at, sheet.id, key="k").id for sheet in (one, other)]
    for job in jobs:
        drive(services, job)
    exactly(services, 20)
    assert services.award_jobs.one(at, jobs[1]).repeated == 20
    assert services.sheets.one(at, other.id).counts == {"already": 20}


def test_two_people_who_drop_the_same_file_at_once_award_it_once(services, at, dropped):
    sheets = [dropped(range(60)), dropped(reversed(range(60)))]
    start, errors = threading.Barrier(2), []

    def work(sheet):
        job = services.award_jobs.issue(at, sheet.id, key="k")
        start.wait()
        try:
            drive(services, job.id)
        except Exception as error:  # noqa: BLE001 - a thread reports whatever went wrong
            errors.append(error)

    threads = [threading.Thread(target=work, args=(sheet,)) for sheet in sheets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    exactly(services, 60)


def test_one_mark_changed_is_a_correction_when_somebody_wants_it(services, at, issued, dropped, algebra):
    issued(range(4))
    sheet = dropped(range(4), marks={2: "B"})
    assert sheet.counts == {"already": 4}
    line = services.sheets.lines(at, sheet.id, window(page=1)).items[2]
    assert [problem.code for problem in line.problems] == ["awardedOtherwise"]
    with pytest.raises(Conflict):
        services.award_jobs.issue(at, sheet.id, key="k")
    sheet = services.sheets.fix(at, sheet.id, {line.number: Edit(correct=True)})
    job = services.award_jobs.issue(at, sheet.id, key="k")
    drive(services, job.id)
    assert services.award_jobs.one(at, job.id).done == 1
    with services.context.database.reading() as session:
        row = session.get(tables.CredentialRow, line.before)
        assert (row.sequence, row.summary) == (2, "B")
        assert session.scalar(select(func.count()).select_from(tables.CredentialRow)) == 4
    assert services.sheets.one(at, sheet.id).counts == {"already": 3, "awarded": 1}
    services.award_jobs.undo(at, job.id)
    drive(services, job.id)
    assert len(awards(services)) == 4, "a correction is not undone, and what it corrected neither"


def test_a_withdrawn_award_is_made_again_only_when_somebody_says_so(services, at, issued, dropped):
    issued(range(1), undo_minutes=0)
    found = services.credentials.listing(at, window(page=1)).items[0]
    services.credentials.revoke(at, found.uuid, reason="wrongPerson", note="")
    sheet = dropped(range(1))
    assert sheet.counts == {"already": 1}
    again = services.sheets.fix(at, sheet.id, {2: Edit(again=True)})
    assert again.counts == {"ok": 1}
    drive(services, services.award_jobs.issue(at, sheet.id, key="k").id)
    assert sorted(state for _name, state in awards(services)) == ["issued", "revoked"]
    assert dropped(range(1)).counts == {"already": 1}


def test_a_press_that_comes_twice_starts_one_job(services, at, dropped):
    sheet = dropped(range(3))
    one = services.award_jobs.issue(at, sheet.id, key="k")
    assert services.award_jobs.issue(at, sheet.id, key="k").id == one.id
    with pytest.raises(Conflict):
        services.award_jobs.issue(at, sheet.id, key="another press")
    drive(services, one.id)
    assert services.award_jobs.issue(at, sheet.id, key="k").id == one.id
    exactly(services, 3)


def test_a_sheet_that_somebody_changed_meanwhile_is_not_awarded(services, at, dropped):
    sheet = dropped(range(3))
    services.sheets.fix(at, sheet.id, {2: Edit(later=True)})
    with pytest.raises(Conflict):
        services.award_jobs.issue(at, sheet.id, key="k", version=sheet.version)
    assert awards(services) == []


def test_a_crash_between_freezing_and_signing_repeats_nothing(services, issued, at, monkeypatch):
    job = issued(range(30), driven=False)
    finish = services.many.finish_many
    monkeypatch.setattr(services.many.__class__, "finish_many", lambda *_given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        step(services, job.id)
    monkeypatch.setattr(services.many.__class__, "finish_many", lambda _self, *given: finish(*given))
    assert services.sheets.one(at, job.sheet_id).counts == {"frozen": 30}
    drive(services, job.id)
    exactly(services, 30)


def test_a_crash_between_signing_and_telling_repeats_nothing(services, issued, at, monkeypatch):
    from issuer.service.awarding.steps import AwardSteps

    job = issued(range(30), driven=False)
    monkeypatch.setattr(AwardSteps, "_settle", lambda *_given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        step(services, job.id)
    monkeypatch.undo()
    drive(services, job.id)
    assert services.award_jobs.one(at, job.id).done == 30
    exactly(services, 30)


def test_the_recovery_at_a_start_and_the_job_do_not_hinder_each_other(services, issued, at, monkeypatch):
    job = issued(range(30), driven=False)
    finish = services.many.finish_many
    monkeypatch.setattr(services.many.__class__, "finish_many", lambda *_given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        step(services, job.id)
    monkeypatch.setattr(services.many.__class__, "finish_many", lambda _self, *given: finish(*given))
    assert services.many.recover(limit=None) == 30
    drive(services, job.id)
    assert services.award_jobs.one(at, job.id).done == 30
    exactly(services, 30)


def test_a_run_of_an_earlier_attempt_does_nothing(services, issued, clock):
    job = issued(range(3), driven=False)
    old = run_of(services, job.id)
    clock.advance(timedelta(minutes=2))
    assert services.award_jobs.lapsed() == [Run(old.kind, old.job_id, 2)]
    assert services.award_jobs.lapsed() == []
    assert services.work.step_of(old.kind)(old) == STOP
    assert awards(services) == []
    drive(services, job.id)
    exactly(services, 3)


def test_a_pause_holds_until_somebody_goes_on(services, at, issued, clock):
    job = issued(range(3), driven=False)
    assert services.award_jobs.pause(at, job.id).state == "paused"
    assert services.award_jobs.pause(at, job.id).state == "paused"
    assert drive(services, job.id) == STOP
    clock.advance(timedelta(hours=2))
    assert services.award_jobs.lapsed() == []
    assert awards(services) == []
    assert services.award_jobs.resume(at, job.id).state == "queued"
    drive(services, job.id)
    exactly(services, 3)
    with pytest.raises(Conflict):
        services.award_jobs.pause(at, job.id)


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


def test_a_job_waits_for_its_day_and_its_proofs_are_of_that_day(services, at, issued, clock):
    job = issued(range(2), driven=False, starts="2026-11-24T08:00:00Z")
    assert job.state == "scheduled"
    assert drive(services, job.id).seconds == 3600
    assert services.award_jobs.lapsed() == []
    assert awards(services) == []
    clock.advance(timedelta(days=1))
    drive(services, job.id)
    with services.context.database.reading() as session:
        assert set(session.scalars(select(tables.IntentRow.created))) == {clock.now()}
    for odd in ("2036-01-01T00:00:00Z", "soon"):
        with pytest.raises(BadInput):
            issued(range(3, 5), driven=False, starts=odd)


def test_R10_without_the_key_file_a_job_waits_and_goes_on_by_itself(services, at, issued, settings):
    job = issued(range(450), driven=False)
    step(services, job.id)
    away = settings.key_file.with_name("away")
    settings.key_file.rename(away)
    assert step(services, job.id).seconds == 30
    found = services.award_jobs.one(at, job.id)
    assert (found.state, found.problem, found.done) == ("running", "key", 200)
    assert "key file is missing" in str(found.words)
    away.rename(settings.key_file)
    drive(services, job.id)
    found = services.award_jobs.one(at, job.id)
    assert (found.done, found.problem) == (450, None)
    exactly(services, 450)
    settings.key_file.rename(away)
    with pytest.raises(Unavailable):
        issued(range(500, 502))


def test_R9_a_clock_that_goes_back_stops_signing_until_it_is_right(services, at, issued, clock):
    job = issued(range(450), driven=False)
    step(services, job.id)
    clock.advance(timedelta(days=-1))
    assert step(services, job.id).seconds == 30
    assert services.award_jobs.one(at, job.id).problem == "clock"
    clock.advance(timedelta(days=1))
    drive(services, job.id)
    exactly(services, 450)


def test_a_job_of_somebody_who_may_not_award_any_more_waits_for_somebody_who_may(services, at, issued):
    bea = services.accounts.create_user(login="bea", password="four words in a row", name="Bea", scope="staff")
    token = services.people.invite(at, role="issuer", label="Bea")
    actor = Actor(user_id=bea.id, name="Bea")
    services.people.accept(actor, token)
    theirs = services.organisations.enter(actor, "maple-co-op")
    job = issued(range(3), driven=False)
    services.award_jobs.pause(theirs, job.id)
    services.award_jobs.resume(theirs, job.id)
    services.people.remove(at, bea.id)
    assert drive(services, job.id) == STOP
    assert services.award_jobs.one(at, job.id).problem == "actor"
    assert awards(services) == []
    services.award_jobs.resume(at, job.id)
    drive(services, job.id)
    exactly(services, 3)


def test_a_changed_achievement_stops_the_job_until_somebody_looked(services, at, issued, algebra):
    job = issued(range(3), driven=False)
    services.achievements.retire(at, algebra.id, retired=True)
    assert drive(services, job.id) == STOP
    assert services.award_jobs.one(at, job.id).problem == "achievement"
    with pytest.raises(Conflict):
        services.award_jobs.resume(at, job.id)
    services.achievements.retire(at, algebra.id, retired=False)
    services.award_jobs.resume(at, job.id)
    drive(services, job.id)
    exactly(services, 3)


def test_many_refusals_at_the_beginning_make_somebody_look(services, at, issued, monkeypatch):
    finish = services.many.finish_many

    def refusing(_self, organisation, ids):
        half = set(ids[::2])
        for intent_id in half:
            services.issuance.refuse(intent_id, detail="no", pointer="/x")
        return finish(organisation, ids)

    monkeypatch.setattr(services.many.__class__, "finish_many", refusing)
    job = issued(range(300))
    assert (job.state, job.problem, job.done, job.refused) == ("paused", "refusals", 100, 100)
    monkeypatch.undo()
    services.award_jobs.resume(at, job.id)
    drive(services, job.id)
    job = services.award_jobs.one(at, job.id)
    assert (job.state, job.done, job.refused) == ("undo", 200, 100)
    line = services.sheets.lines(at, job.sheet_id, window(page=1), only="refused").items[0]
    assert "could not be signed" in str(line.problems[0].detail)
    again = services.sheets.fix(at, job.sheet_id, {line.number: Edit(later=False)})
    assert again.counts["ok"] == 1, "whoever was refused was not awarded, and may be"


def test_nothing_of_a_learner_is_in_a_job(services, issued):
    issued(range(2))
    with services.context.database.reading() as session:
        rows = [dict(row) for row in session.execute(select(tables.JobRow.__table__)).mappings()]
    assert "Learner" not in json.dumps(rows, default=str)


def test_G20_every_row_has_an_index_and_a_salt_of_its_own(services, issued):
    issued(range(50))
    with services.context.database.reading() as session:
        places = session.execute(select(tables.StatusEntryRow.list_id, tables.StatusEntryRow.position)).all()
        sealed = session.execute(select(tables.CredentialRow.id, tables.CredentialRow.draft_sealed)).all()
    assert len(set(places)) == 100
    open_text = services.context.keystore.open_text
    salts = {Award.from_json(open_text(each, context=f"issuer/credential/{id_}/award")).salt for id_, each in sealed}
    assert len(salts) == 50


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
    assert desk.client.get(f"{base}/jobs").json()["total"] == 1
    assert desk.client.post(f"{path}/pause").status_code == 409
    assert desk.client.post(f"{path}/undo").json()["state"] in {"undoing", "undone"}
    until(lambda: desk.client.get(path).json()["state"] == "undone")
    assert desk.client.post(f"{path}/release").status_code == 409
    assert desk.client.get(f"{base}/jobs/{sheet['id']}").status_code == 404
