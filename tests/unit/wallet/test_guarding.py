"""Attacks O6 and O10 on guardians, sign-ins and birth dates: nobody is taken over, nobody is left behind."""

from datetime import date, timedelta

import pytest

from kit.errors import BadInput, Conflict, Gone, NotFound, Refused
from tests.unit.wallet.samples import PASSWORD
from wallet import store
from wallet.service.authority import Right

ALL = ["view", "receive", "share", "manage"]


def trust(services, hadleys, *scopes, giver=None, who=None, until=None):
    services.people.entrust(
        giver or hadleys.teresa,
        hadleys.wren,
        member_id=(who or hadleys.marcus).member_id,
        scopes=scopes,
        valid_until=until,
    )


def guardianship(services, hadleys, name, learner=None):
    given = services.people.learner(hadleys.teresa, learner or hadleys.wren).guardianships
    return next(one.id for one in given if one.member_name == name)


def join(services, hadleys, token, login="third"):
    return hadleys.actor(services.joining.join(token, login=login, password=PASSWORD, name=login, family_name=""))


def rights(services, actor, learner):
    return services.people.learner(actor, learner).learner.rights


@pytest.mark.parametrize("scopes", [["view"], ["receive"], ["share"]])
def test_a_guardian_who_may_not_manage_does_not_become_the_child(services, hadleys, scopes):
    """Attack O10."""
    trust(services, hadleys, *scopes)
    with pytest.raises(Refused):
        services.invitations.invite(hadleys.marcus, kind="learner", name="Wren", learner_id=hadleys.wren)


def test_a_former_guardian_reaches_a_learner_of_age_only_if_nobody_else_can(services, hadleys, clock):
    """Attack O6: who could manage may hand over; who could look may not, and nobody may once there is a sign-in."""
    clock.advance(timedelta(days=365 * 8))
    with pytest.raises(NotFound):
        services.invitations.invite(hadleys.marcus, kind="learner", name="Wren", learner_id=hadleys.wren)
    token = services.invitations.invite(hadleys.teresa, kind="learner", name="Wren", learner_id=hadleys.wren)
    wren = join(services, hadleys, token, "wren")
    assert rights(services, wren, hadleys.wren) == frozenset(Right)
    with pytest.raises(NotFound):
        services.invitations.invite(hadleys.teresa, kind="learner", name="Wren", learner_id=hadleys.wren)


def test_a_guardianship_that_was_ended_opens_no_way_back_at_majority(services, hadleys, clock):
    """Attack O6."""
    trust(services, hadleys, *ALL)
    services.people.end_guardianship(hadleys.teresa, guardianship(services, hadleys, "Marcus"))
    clock.advance(timedelta(days=365 * 8))
    with pytest.raises(NotFound):
        services.invitations.invite(hadleys.marcus, kind="learner", name="Wren", learner_id=hadleys.wren)


def names(services, actor):
    return {one.name for one in services.people.family(actor).members}


def test_who_is_beside_no_learner_any_more_is_told_of_nobody_in_the_family(services, hadleys, clock):
    """Attack O6: names of the family go with the say, on the day itself too."""
    everybody = names(services, hadleys.teresa)
    assert {"Teresa", "Marcus", "Jonah"} <= everybody
    trust(services, hadleys, "view", until=clock.now().date() + timedelta(days=2))
    assert names(services, hadleys.marcus) == {"Marcus", "Teresa"}
    assert names(services, hadleys.jonah) == {"Jonah", "Teresa"}
    clock.advance(timedelta(days=2))
    assert names(services, hadleys.marcus) == {"Marcus"}
    assert names(services, hadleys.teresa) == everybody


def test_who_manages_one_learner_chooses_among_everybody(services, hadleys):
    trust(services, hadleys, *ALL)
    assert names(services, hadleys.marcus) == names(services, hadleys.teresa)


@pytest.mark.parametrize("kind", ["learner", "guardian"])
def test_an_invitation_of_a_guardian_who_is_out_opens_nothing(services, hadleys, kind):
    """Attack O6: the say ends, and the links made with it."""
    trust(services, hadleys, *ALL)
    token = services.invitations.invite(
        hadleys.marcus, kind=kind, name="X", learner_id=hadleys.wren, scopes=["manage"] if kind == "guardian" else []
    )
    services.people.end_guardianship(hadleys.teresa, guardianship(services, hadleys, "Marcus"))
    with pytest.raises(Gone):
        join(services, hadleys, token)


def test_a_guardian_gives_no_more_than_they_hold(services, hadleys):
    """Attack O10."""
    trust(services, hadleys, "manage")
    for scopes in (["share"], ["receive"], ALL):
        with pytest.raises(Refused):
            services.invitations.invite(
                hadleys.marcus, kind="guardian", name="Accomplice", learner_id=hadleys.wren, scopes=scopes
            )
        with pytest.raises(Refused):
            trust(services, hadleys, *scopes, giver=hadleys.marcus, who=hadleys.jonah)
    trust(services, hadleys, "view", giver=hadleys.marcus, who=hadleys.jonah)
    assert rights(services, hadleys.jonah, hadleys.wren) == {Right.VIEW}


@pytest.mark.parametrize("scopes", [["manage"], ALL])
def test_an_invited_guardian_does_not_put_the_parent_out(services, hadleys, scopes):
    """Attack O10: neither by ending, nor by narrowing, nor by a birth date, nor by an accomplice."""
    token = services.invitations.invite(
        hadleys.teresa, kind="guardian", name="Gran", learner_id=hadleys.wren, scopes=scopes
    )
    gran = join(services, hadleys, token)
    with pytest.raises(Refused):
        services.people.end_guardianship(gran, guardianship(services, hadleys, "Teresa"))
    with pytest.raises(Refused):
        trust(services, hadleys, "view", giver=gran, who=hadleys.teresa)
    child = services.invitations.invite(gran, kind="learner", name="Wren", learner_id=hadleys.wren)
    join(services, hadleys, child, "not-wren")
    with pytest.raises(Refused):
        services.people.change_learner(gran, hadleys.wren, name="Wren", birth_date=date(1990, 1, 1), sign_in_age=None)
    assert Right.MANAGE in rights(services, hadleys.teresa, hadleys.wren)


def test_a_guardian_does_not_end_a_wider_guardianship_than_their_own(services, hadleys):
    trust(services, hadleys, *ALL, who=hadleys.jonah)
    trust(services, hadleys, "manage")
    with pytest.raises(Refused):
        services.people.end_guardianship(hadleys.marcus, guardianship(services, hadleys, "Jonah"))
    services.people.end_guardianship(hadleys.teresa, guardianship(services, hadleys, "Jonah"))


def test_a_manager_takes_a_wrong_sign_in_away_and_it_is_out_at_once(services, hadleys):
    """Attack O6."""
    with pytest.raises(NotFound):
        services.people.detach_sign_in(hadleys.marcus, hadleys.jonah_learner)
    services.people.detach_sign_in(hadleys.teresa, hadleys.jonah_learner)
    with pytest.raises(NotFound):
        services.people.learner(hadleys.jonah, hadleys.jonah_learner)
    with pytest.raises(Conflict):
        services.people.detach_sign_in(hadleys.teresa, hadleys.jonah_learner)
    token = services.invitations.invite(hadleys.teresa, kind="learner", name="Jonah", learner_id=hadleys.jonah_learner)
    assert Right.VIEW in rights(services, join(services, hadleys, token), hadleys.jonah_learner)


def test_nobody_takes_the_sign_in_of_a_learner_who_decides_alone(services, hadleys, clock):
    clock.advance(timedelta(days=365))
    services.people.entrust(
        hadleys.jonah, hadleys.jonah_learner, member_id=hadleys.teresa.member_id, scopes=ALL, valid_until=None
    )
    for actor in (hadleys.teresa, hadleys.jonah):
        with pytest.raises(Refused):
            services.people.detach_sign_in(actor, hadleys.jonah_learner)


def test_a_birth_date_that_makes_a_new_child_an_adult_is_refused_and_stores_nothing(services, hadleys):
    with pytest.raises(BadInput) as caught:
        services.people.add_learner(hadleys.teresa, name="Kit", birth_date=date(2002, 1, 1), myself=False)
    assert caught.value.field == "birth_date"
    with services.tools.database.reading() as session:
        assert len(store.people.learners(session, hadleys.teresa.family_id)) == 3


def test_a_birth_date_that_makes_an_adult_a_child_without_a_guardian_is_refused(services, hadleys):
    with pytest.raises(BadInput):
        services.people.change_learner(
            hadleys.teresa, hadleys.teresa_learner, name="Teresa", birth_date=date(2025, 1, 22), sign_in_age=None
        )
    assert Right.MANAGE in rights(services, hadleys.teresa, hadleys.teresa_learner)


def test_a_typo_in_a_birth_date_orphans_nobody(services, hadleys):
    with pytest.raises(BadInput):
        services.people.change_learner(
            hadleys.teresa, hadleys.wren, name="Wren", birth_date=date(1994, 6, 3), sign_in_age=None
        )
    assert services.people.learner(hadleys.teresa, hadleys.wren).birth_date == date(2016, 6, 3)


def test_the_founding_guardian_may_write_that_a_learner_with_a_sign_in_is_of_age(services, hadleys):
    services.people.change_learner(
        hadleys.teresa, hadleys.jonah_learner, name="Jonah", birth_date=date(2008, 3, 14), sign_in_age=None
    )
    assert rights(services, hadleys.jonah, hadleys.jonah_learner) == frozenset(Right)


def test_a_later_birth_date_lengthens_the_say_with_it(services, hadleys, clock):
    services.people.change_learner(
        hadleys.teresa, hadleys.jonah_learner, name="Jonah", birth_date=date(2012, 3, 14), sign_in_age=None
    )
    clock.advance(timedelta(days=365 * 2))
    assert Right.MANAGE in rights(services, hadleys.teresa, hadleys.jonah_learner)


def test_the_last_guardian_who_may_manage_a_minor_cannot_leave(services, hadleys):
    mine = guardianship(services, hadleys, "Teresa")
    with pytest.raises(Conflict):
        services.people.end_guardianship(hadleys.teresa, mine)
    trust(services, hadleys, "manage", until=date(2026, 12, 24))
    with pytest.raises(Conflict):
        services.people.end_guardianship(hadleys.teresa, mine)
    trust(services, hadleys, "manage")
    services.people.end_guardianship(hadleys.teresa, mine)
    assert Right.MANAGE in rights(services, hadleys.marcus, hadleys.wren)
    (last,) = services.people.learner(hadleys.marcus, hadleys.wren).guardianships
    with pytest.raises(Conflict):
        services.people.end_guardianship(hadleys.marcus, last.id)


def test_a_guardian_who_may_only_look_leaves_when_they_like(services, hadleys):
    services.people.end_guardianship(hadleys.marcus, guardianship(services, hadleys, "Marcus"))
    with pytest.raises(NotFound):
        services.people.learner(hadleys.marcus, hadleys.wren)
