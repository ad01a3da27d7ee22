from datetime import date

import pytest

from wallet.service.authority import (
    GRANTED,
    Relation,
    Right,
    Scope,
    Standing,
    birthday,
    parse_scopes,
    write_scopes,
    years_between,
)

BIRTH = date(2009, 3, 14)
MAJORITY = date(2027, 3, 14)
EVERYTHING = frozenset(Scope)


def standing(*relations, member_id="jonah", birth_date=BIRTH):
    return Standing(member_id=member_id, birth_date=birth_date, relations=relations, majority_age=18)


def guardian(member_id="teresa", scopes=EVERYTHING, until=None, basis="guardian", founding=False):
    return Relation(member_id=member_id, scopes=scopes, basis=basis, valid_until=until, founding=founding)


def test_a_guardians_say_ends_on_the_day_of_majority_and_not_before():
    jonah = standing(guardian())
    assert Right.SHARE in jonah.rights("teresa", date(2027, 3, 13))
    assert jonah.rights("teresa", MAJORITY) == frozenset()


def test_the_learner_decides_alone_from_the_day_of_majority():
    jonah = standing(guardian())
    assert Right.SHARE not in jonah.rights("jonah", date(2027, 3, 13))
    assert jonah.rights("jonah", MAJORITY) == frozenset(Right)


def test_a_guardianship_ends_on_its_day_even_if_the_learner_is_younger():
    wren = standing(guardian(until=date(2026, 12, 1)), birth_date=date(2016, 6, 3), member_id=None)
    assert wren.rights("teresa", date(2026, 11, 30))
    assert not wren.rights("teresa", date(2026, 12, 1))


def test_what_a_learner_of_age_granted_outlives_majority_but_not_its_own_day():
    jonah = standing(guardian(scopes=frozenset({Scope.VIEW}), until=date(2028, 1, 1), basis=GRANTED))
    assert jonah.rights("teresa", MAJORITY) == {Right.VIEW}
    assert not jonah.rights("teresa", date(2028, 1, 1))


def test_without_a_birth_date_a_guardian_makes_a_minor_and_none_makes_an_adult():
    assert standing(guardian(), birth_date=None).minor(MAJORITY)
    assert not standing(birth_date=None).minor(MAJORITY)
    assert standing(birth_date=None).rights("jonah", MAJORITY) == frozenset(Right)


def test_a_minor_without_any_guardian_may_look_but_not_approve():
    rights = standing().rights("jonah", date(2026, 1, 1))
    assert Right.VIEW in rights
    assert not rights & {Right.SHARE, Right.RECEIVE, Right.MANAGE}


@pytest.mark.parametrize(
    ("scope", "allowed", "refused"),
    [
        (Scope.VIEW, Right.VIEW, Right.START_SHARE),
        (Scope.RECEIVE, Right.RECEIVE, Right.SHARE),
        (Scope.SHARE, Right.SHARE, Right.RECEIVE),
        (Scope.MANAGE, Right.MANAGE, Right.SHARE),
    ],
)
def test_a_scope_gives_what_it_says_and_no_more(scope, allowed, refused):
    rights = standing(guardian(scopes=frozenset({scope}))).rights("teresa", date(2026, 1, 1))
    assert allowed in rights
    assert refused not in rights


def test_nobody_elses_guardian_has_any_right():
    assert standing(guardian()).rights("olga", date(2026, 1, 1)) == frozenset()


def test_approvers_are_those_with_the_scope_in_force():
    jonah = standing(
        guardian(scopes=frozenset({Scope.VIEW})), guardian("marcus"), guardian("gone", until=date(2020, 1, 1))
    )
    assert jonah.approvers(Right.SHARE, date(2026, 1, 1)) == ["marcus"]


def test_a_leap_day_child_is_of_age_on_the_first_of_march():
    assert birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert years_between(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert years_between(date(2008, 2, 29), date(2026, 3, 1)) == 18


def test_scopes_are_written_in_one_order_and_unknown_ones_refused():
    assert write_scopes(parse_scopes(["share", "view"])) == "view share"
    with pytest.raises(ValueError):
        parse_scopes(["rule"])
