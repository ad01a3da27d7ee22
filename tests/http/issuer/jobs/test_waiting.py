"""A job that waits: for its day, for somebody to go on, for a key, for a clock that is right."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from issuer.service.awarding.sheet_views import Edit
from issuer.service.context import Actor
from issuer.store import tables
from kit.errors import BadInput, Conflict, Unavailable
from kit.jobs import STOP, Run
from kit.paging import window
from tests.awarding import drive, run_of, step
from tests.http.issuer.jobs.conftest import awards, exactly


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
