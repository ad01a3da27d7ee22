"""A sheet is awarded by a job: once, whoever drops it again, and through every crash."""

import random
import threading

import pytest
from sqlalchemy import func, select

from issuer.service.award_reading import Award
from issuer.service.awarding.sheet_views import Edit
from issuer.store import tables
from kit.errors import Conflict
from kit.paging import window
from tests.awarding import drive, step
from tests.http.issuer.jobs.conftest import awards, exactly
from vc.checks import Verdict

MANY = 1_000


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
    assert len(awards(services)) == 4, "what was corrected is not taken back (test_corrections_undone)"


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


def test_G20_every_row_has_an_index_and_a_salt_of_its_own(services, issued):
    issued(range(50))
    with services.context.database.reading() as session:
        places = session.execute(select(tables.StatusEntryRow.list_id, tables.StatusEntryRow.position)).all()
        sealed = session.execute(select(tables.CredentialRow.id, tables.CredentialRow.draft_sealed)).all()
    assert len(set(places)) == 100
    open_text = services.context.keystore.open_text
    salts = {Award.from_json(open_text(each, context=f"issuer/credential/{id_}/award")).salt for id_, each in sealed}
    assert len(salts) == 50
