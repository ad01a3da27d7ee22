"""Coming of age, and a sign-in from an age on: what is said when, who may say that it is done, and who sees nothing."""

from datetime import date, timedelta

import pytest

from kit.errors import BadInput, Conflict, NotFound, Refused
from tests.unit.wallet.samples import PASSWORD
from wallet.service.authority import Right
from wallet.service.handover import LEARNERS, NOTICE_DAYS, Step

OF_AGE = date(2027, 3, 14)
"""Jonah's eighteenth birthday."""


def days_until(clock, day):
    return timedelta(days=(day - clock.now().date()).days)


def steps(services, actor, learner):
    return {one.step: one.done for one in services.handover.view(actor, learner).steps}


def test_the_day_is_said_sixty_days_before_and_not_earlier(services, hadleys, clock):
    clock.advance(days_until(clock, OF_AGE) - timedelta(days=NOTICE_DAYS + 1))
    assert services.handover.notices(hadleys.teresa) == []
    assert services.handover.notices(hadleys.jonah) == []
    clock.advance(timedelta(days=1))
    for actor in (hadleys.teresa, hadleys.jonah):
        (said,) = services.handover.notices(actor)
        assert (said.learner.id, said.day, said.days) == (hadleys.jonah_learner, OF_AGE, NOTICE_DAYS)
    assert services.handover.notices(hadleys.marcus) == []


def test_O6_a_second_before_midnight_a_guardian_sees_and_a_second_after_nothing(services, hadleys, clock):
    clock.advance(days_until(clock, OF_AGE) - timedelta(hours=10, seconds=1))
    assert services.handover.view(hadleys.teresa, hadleys.jonah_learner).days == 1
    clock.advance(timedelta(seconds=2))
    for look in (services.handover.view, services.people.learner):
        with pytest.raises(NotFound):
            look(hadleys.teresa, hadleys.jonah_learner)
    assert services.handover.notices(hadleys.teresa) == []
    assert services.people.learner(hadleys.jonah, hadleys.jonah_learner).learner.rights == frozenset(Right)


def test_the_learner_takes_the_steps_one_by_one_and_is_reminded_until_the_last(services, hadleys, clock):
    clock.advance(days_until(clock, OF_AGE))
    assert steps(services, hadleys.jonah, hadleys.jonah_learner) == {
        step: step is Step.SIGN_IN for step in Step
    }  # fmt: skip
    for number, step in enumerate(LEARNERS):
        (said,) = services.handover.notices(hadleys.jonah)
        assert sum(not one.done for one in said.steps) == len(LEARNERS) - number
        services.handover.take(hadleys.jonah, hadleys.jonah_learner, step)
        services.handover.take(hadleys.jonah, hadleys.jonah_learner, step)
    assert services.handover.notices(hadleys.jonah) == []
    assert services.handover.view(hadleys.jonah, hadleys.jonah_learner).finished
    services.people.change_learner(
        hadleys.jonah, hadleys.jonah_learner, name="J. Hadley", birth_date=date(2009, 3, 14), sign_in_age=None
    )
    assert services.handover.view(hadleys.jonah, hadleys.jonah_learner).finished, "a corrected name forgets no step"


def test_a_reminder_ends_after_a_year(services, hadleys, clock):
    clock.advance(days_until(clock, OF_AGE) + timedelta(days=365))
    assert services.handover.notices(hadleys.jonah) != []
    clock.advance(timedelta(days=1))
    assert services.handover.notices(hadleys.jonah) == []


def test_nobody_but_the_learner_takes_a_step_and_nobody_before_the_day(services, hadleys, clock):
    for actor in (hadleys.teresa, hadleys.jonah):
        with pytest.raises(Refused):
            services.handover.take(actor, hadleys.jonah_learner, "links")
    clock.advance(days_until(clock, OF_AGE))
    for step in ("signIn", "", "x"):
        with pytest.raises(BadInput):
            services.handover.take(hadleys.jonah, hadleys.jonah_learner, step)
    with pytest.raises(NotFound):
        services.handover.take(hadleys.teresa, hadleys.jonah_learner, "links")
    assert steps(services, hadleys.jonah, hadleys.jonah_learner)["links"] is False


def test_a_guest_whom_the_learner_invited_back_sees_the_steps_and_takes_none(services, hadleys, clock):
    clock.advance(days_until(clock, OF_AGE))
    services.people.entrust(
        hadleys.jonah, hadleys.jonah_learner, member_id=hadleys.teresa.member_id, scopes=["view"], valid_until=None
    )
    assert not any(one.mine for one in services.handover.view(hadleys.teresa, hadleys.jonah_learner).steps)
    with pytest.raises(Refused):
        services.handover.take(hadleys.teresa, hadleys.jonah_learner, "links")


def test_who_never_had_a_guardian_has_nothing_to_take_over(services, hadleys):
    with pytest.raises(NotFound):
        services.handover.view(hadleys.teresa, hadleys.teresa_learner)


def test_a_learner_of_age_without_a_sign_in_is_named_to_the_former_guardian_and_to_nobody_else(
    services, hadleys, clock
):
    services.people.entrust(
        hadleys.teresa, hadleys.wren, member_id=hadleys.marcus.member_id, scopes=["share"], valid_until=None
    )
    assert services.people.family(hadleys.teresa).left_behind == ()
    clock.advance(timedelta(days=365 * 8))
    (named,) = services.people.family(hadleys.teresa).left_behind
    assert (named.id, named.name) == (hadleys.wren, "Wren Hadley")
    assert services.people.family(hadleys.marcus).left_behind == ()
    assert services.people.family(hadleys.jonah).left_behind == ()
    token = services.invitations.invite(hadleys.teresa, kind="learner", name="Wren", learner_id=hadleys.wren)
    services.joining.join(token, login="wren", password=PASSWORD, name="Wren", family_name="")
    assert services.people.family(hadleys.teresa).left_behind == ()


def set_age(services, hadleys, learner, age, birth_date):
    services.people.change_learner(hadleys.teresa, learner, name="X", birth_date=birth_date, sign_in_age=age)


def test_a_sign_in_begins_at_the_age_that_the_guardian_set(services, hadleys, clock):
    set_age(services, hadleys, hadleys.wren, 13, date(2016, 6, 3))
    assert services.people.learner(hadleys.teresa, hadleys.wren).sign_in_day == date(2029, 6, 3)
    with pytest.raises(Conflict, match="2029-06-03"):
        services.invitations.invite(hadleys.teresa, kind="learner", name="Wren", learner_id=hadleys.wren)
    clock.advance(days_until(clock, date(2029, 6, 3)))
    assert services.invitations.invite(hadleys.teresa, kind="learner", name="Wren", learner_id=hadleys.wren)


def test_a_sign_in_that_is_there_reaches_nothing_until_the_age_that_was_set_later(services, hadleys, clock):
    set_age(services, hadleys, hadleys.jonah_learner, 18, date(2009, 3, 14))
    with pytest.raises(NotFound):
        services.people.learner(hadleys.jonah, hadleys.jonah_learner)
    clock.advance(days_until(clock, OF_AGE))
    assert services.people.learner(hadleys.jonah, hadleys.jonah_learner).learner.rights == frozenset(Right)


def test_a_link_for_a_sign_in_made_before_the_age_was_set_opens_nothing_early(services, hadleys):
    token = services.invitations.invite(hadleys.teresa, kind="learner", name="Wren", learner_id=hadleys.wren)
    set_age(services, hadleys, hadleys.wren, 13, date(2016, 6, 3))
    session = services.joining.join(token, login="wren", password=PASSWORD, name="Wren", family_name="")
    with pytest.raises(NotFound):
        services.people.learner(hadleys.actor(session), hadleys.wren)


@pytest.mark.parametrize(("age", "birth_date"), [(13, None), (-1, date(2016, 6, 3)), (19, date(2016, 6, 3))])
def test_an_age_that_cannot_be_is_refused_and_changes_nothing(services, hadleys, age, birth_date):
    with pytest.raises(BadInput) as refused:
        set_age(services, hadleys, hadleys.wren, age, birth_date)
    assert refused.value.field == "sign_in_age"
    assert services.people.learner(hadleys.teresa, hadleys.wren).learner.name == "Wren Hadley"
