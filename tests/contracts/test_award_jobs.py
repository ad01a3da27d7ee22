"""Jobs that award sheets, on both databases: the same file at once, and steps that run twice at once."""

import threading

import pytest
from sqlalchemy import func, select

from issuer.store import tables
from tests.awarding import achievement, bring, drive, run_of
from tests.issuing import Workshop, settings

ROWS = 250


@pytest.fixture
def shop(tmp_path, issuer_url):
    made = Workshop(settings(tmp_path, issuer_url, job_processes=0))
    yield made
    made.services.close()


def at_once(*works):
    """Do these at once; what went wrong is raised."""
    start, errors = threading.Barrier(len(works)), []

    def run(work):
        start.wait()
        try:
            work()
        except Exception as error:  # noqa: BLE001 - a thread reports whatever went wrong
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def counted(shop):
    with shop.services.context.database.reading() as session:

        def number(table, *where):
            return session.scalar(select(func.count()).select_from(table).where(*where))

        return {
            "issued": number(tables.CredentialRow, tables.CredentialRow.state == "issued"),
            "others": number(tables.CredentialRow, tables.CredentialRow.state != "issued"),
            "signed": number(tables.SignedCredentialRow),
            "claims": number(tables.ClaimRow),
            "once": number(tables.AwardOnceRow),
            "acts": number(tables.AUDIT, tables.AUDIT.c.action == "credential.award"),
        }


WHOLE = {"issued": ROWS, "others": 0, "signed": ROWS, "claims": ROWS, "once": ROWS, "acts": ROWS}


def test_the_same_rows_in_two_sheets_at_once_are_awarded_once(shop):
    course = achievement(shop.services, shop.desk)
    sheets = [
        bring(shop.services, shop.desk, course, numbers, key=str(key))
        for key, numbers in enumerate((range(ROWS), reversed(range(ROWS))))
    ]
    jobs = [shop.services.award_jobs.issue(shop.desk, sheet.id, key="k").id for sheet in sheets]
    at_once(*(lambda job=job: drive(shop.services, job) for job in jobs))
    assert counted(shop) == WHOLE
    done = [shop.services.award_jobs.one(shop.desk, job) for job in jobs]
    assert [job.done + job.repeated for job in done] == [ROWS, ROWS]
    assert shop.services.organisations.audit_broken_at() is None


def test_a_step_that_runs_twice_at_once_awards_once(shop):
    course = achievement(shop.services, shop.desk)
    sheet = bring(shop.services, shop.desk, course, range(ROWS), key="s")
    job = shop.services.award_jobs.issue(shop.desk, sheet.id, key="k").id
    run = run_of(shop.services, job)
    step = shop.services.work.step_of(run.kind)

    def work():
        while step(run).seconds == 0.0:
            pass

    at_once(work, work)
    drive(shop.services, job)
    assert counted(shop) == WHOLE
    found = shop.services.award_jobs.one(shop.desk, job)
    assert (found.done, found.repeated, found.refused) == (ROWS, 0, 0)


def test_undoing_and_handing_out_at_once_does_one_of_them(shop):
    course = achievement(shop.services, shop.desk)
    sheet = bring(shop.services, shop.desk, course, range(5), key="s")
    job = shop.services.award_jobs.issue(shop.desk, sheet.id, key="k").id
    drive(shop.services, job)
    answers = []

    def ask(act):
        def work():
            try:
                answers.append(act(shop.desk, job).state)
            except Exception as error:  # noqa: BLE001 - one of the two is refused
                answers.append(type(error).__name__)

        return work

    at_once(ask(shop.services.award_jobs.undo), ask(shop.services.award_jobs.release))
    assert sorted(answers) in (["Conflict", "released"], ["Conflict", "undoing"])
