"""Sheets and jobs of one organisation, and what must be true of what they made."""

import itertools

import pytest
from sqlalchemy import func, select

from issuer.service.context import Actor
from issuer.store import tables
from tests.awarding import achievement, bring, drive

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
