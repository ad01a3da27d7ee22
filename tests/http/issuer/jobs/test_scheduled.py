"""A sheet that is awarded on its day: what happened meanwhile is seen, and nothing is awarded wrongly."""

from datetime import UTC, timedelta

import pytest
from sqlalchemy import func, select

from issuer.service.awarding import scheduling
from issuer.service.context import Actor
from issuer.service.roster.values import LearnerDraft
from issuer.store import tables
from kit import zones
from kit.errors import BadInput, Conflict
from kit.jobs import STOP
from tests.awarding import drive
from tests.http.issuer.jobs.conftest import awards, exactly

DAY = "2026-11-24T08:00:00Z"


@pytest.fixture
def later(issued):
    """A job for these roster numbers that waits for tomorrow."""
    return lambda numbers, **more: issued(numbers, driven=False, starts=DAY, **more)


@pytest.fixture
def bea(services, at):
    """Another person who may award here."""
    made = services.accounts.create_user(login="bea", password="four words in a row", name="Bea", scope="staff")
    actor = Actor(user_id=made.id, name="Bea")
    services.people.accept(actor, services.people.invite(at, role="issuer", label="Bea"))
    return services.organisations.enter(actor, "maple-co-op")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (("now", "2026-11-24", "08:00"), "day"),
        (("later", "", "08:00"), "day"),
        (("later", "2027-02-30", "08:00"), "day"),
        (("later", "24.11.2026", "08:00"), "day"),
        (("later", "2026-11-24", ""), "time"),
        (("later", "2026-11-24", "25:00"), "time"),
        (("later", "2026-11-24", "08:00+02:00"), "time"),
        (("later", "2026-11-24", "0800"), "time"),
    ],
)
def test_a_time_that_cannot_be_is_refused_where_it_was_typed(given, field):
    with pytest.raises(BadInput) as refused:
        scheduling.chosen(*given, UTC)
    assert refused.value.field == field


def test_what_was_chosen_is_a_time_or_now():
    ohio = zones.of("America/New_York")
    assert scheduling.chosen("later", "2026-11-24", "08:05", UTC).text == "2026-11-24T08:05:00Z"
    assert scheduling.chosen("later", "2026-11-24", "20:05", ohio).text == "2026-11-25T01:05:00Z"
    assert scheduling.chosen("now", "", "08:00", ohio) is scheduling.chosen("", "", "", ohio) is None


def test_the_past_is_no_time_to_award_but_a_request_that_comes_again_is_answered(services, at, dropped, clock):
    sheet = dropped(range(2))
    for over in ("2026-11-23T09:00:00Z", "2026-11-22", "2027-11-24"):
        with pytest.raises(BadInput):
            services.award_jobs.issue(at, sheet.id, key="k", starts=over)
    job = services.award_jobs.issue(at, sheet.id, key="k", starts=DAY)
    clock.advance(timedelta(days=2))
    assert services.award_jobs.issue(at, sheet.id, key="k", starts=DAY).id == job.id


def test_awarding_before_its_time_is_done_at_once_and_once(services, at, later):
    job = later(range(3))
    assert services.award_jobs.begin_now(at, job.id).state == "queued"
    assert services.award_jobs.begin_now(at, job.id).state == "queued"
    drive(services, job.id)
    exactly(services, 3)
    with pytest.raises(Conflict):
        services.award_jobs.begin_now(at, job.id)


def test_calling_it_off_gives_every_row_back(services, at, later, clock):
    job = later(range(3))
    services.award_jobs.undo(at, job.id)
    drive(services, job.id)
    clock.advance(timedelta(days=2))
    assert services.award_jobs.lapsed() == []
    assert awards(services) == []
    assert services.sheets.one(at, job.sheet_id).counts == {"ok": 3}
    again = services.award_jobs.issue(at, job.sheet_id, key="again")
    drive(services, again.id)
    exactly(services, 3)


def test_who_was_awarded_meanwhile_is_not_awarded_again_and_who_was_erased_not_at_all(
    services, at, issued, later, clock
):
    job = later(range(4))
    drive(services, issued(range(2), driven=False).id)
    wren = services.learners.add(at, LearnerDraft(given_name="Wren", family_name="Hadley", number="R-3"))
    services.erasing.erase(at, wren.id)
    clock.advance(timedelta(days=1))
    drive(services, job.id)
    found = services.award_jobs.one(at, job.id)
    assert (found.done, found.repeated, found.refused) == (1, 2, 1)
    assert "Learner 3" not in [name for name, _state in awards(services)]


def test_what_would_stop_it_is_said_before_its_day_and_stops_it_then(services, at, algebra, later, clock):
    job = later(range(2))
    assert services.award_jobs.obstacle(at, job.id) is None
    services.achievements.retire(at, algebra.id, retired=True)
    assert "taken off the list" in str(services.award_jobs.obstacle(at, job.id))
    clock.advance(timedelta(days=1))
    assert drive(services, job.id) == STOP
    found = services.award_jobs.one(at, job.id)
    assert (found.state, found.problem) == ("paused", "achievement")
    assert awards(services) == []


def test_nothing_is_awarded_in_the_name_of_somebody_who_may_not_sign_in_any_more(services, at, dropped, bea, clock):
    job = services.award_jobs.issue(bea, dropped(range(2)).id, key="k", starts=DAY)
    services.accounts.disable(bea.actor.user_id)
    assert "may not award here any more" in str(services.award_jobs.obstacle(at, job.id))
    clock.advance(timedelta(days=1))
    assert drive(services, job.id) == STOP
    assert awards(services) == []
    services.award_jobs.resume(at, job.id)
    drive(services, job.id)
    exactly(services, 2)


def test_a_key_that_is_no_longer_safe_signs_nothing_of_it(services, at, later, clock):
    job = later(range(2))
    services.keys.compromised(at, "key-1", since="", words="")
    clock.advance(timedelta(days=1))
    drive(services, job.id)
    exactly(services, 2)
    with services.context.database.reading() as session:
        keys = select(tables.SigningKeyRow.fragment).where(tables.SigningKeyRow.id.in_(select(tables.IntentRow.key_id)))
        assert session.scalars(keys).all() == ["key-2"]


def test_an_organisation_cannot_close_over_what_waits_for_its_day(services, at, later):
    job = later(range(2))
    assert services.closing.prepare(at).counts.jobs == 1
    services.award_jobs.undo(at, job.id)
    drive(services, job.id)
    assert services.closing.prepare(at).counts.jobs == 0


def test_a_sheet_that_waits_for_months_is_kept_for_its_rows_and_a_month_longer(services, at, dropped, clock):
    job = services.award_jobs.issue(at, dropped(range(2)).id, key="k", starts="2027-03-01T08:00:00Z", undo_minutes=0)
    clock.advance(timedelta(days=98))
    assert services.sheets.forget_old() == 0
    drive(services, job.id)
    exactly(services, 2)
    assert services.sheets.forget_old() == 0
    clock.advance(timedelta(days=31))
    assert services.sheets.forget_old() == 1
    with services.context.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.CredentialRow)) == 2
