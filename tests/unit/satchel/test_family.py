"""The sample family stands on the calendar of the seeding day, whole and with its distances kept."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from satchel.demo import family


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2027, 3, 1), date(2031, 2, 28)])
def test_every_distance_between_two_dates_is_kept(day):
    home = family.load(as_of=date(2026, 11, 22))
    moved = family.load(as_of=day)
    distance = day - home.as_of
    assert moved.as_of == day
    for before, after in zip(home.awards, moved.awards, strict=True):
        assert after.valid_from - before.valid_from == distance
        assert after.awarded - before.awarded == distance
    for person, before in home.people.items():
        if before.birth_date:
            assert moved.people[person].birth_date - before.birth_date == distance


def test_school_years_in_words_move_by_whole_years():
    assert family.shifted("Spring 2025-26", days=30) == "Spring 2025-26"
    assert family.shifted("Spring 2025-26", days=366) == "Spring 2026-27"
    assert family.shifted("Full year 1999-00", days=366) == "Full year 1999-00", "not a school year of the sample"
    assert family.shifted("Fall 2026", days=731) == "Fall 2028"
    assert family.shifted("2026-11-22", days=1) == "2026-11-23"
    assert family.shifted("2026-10-02T09:30:00Z", days=30) == "2026-11-01T09:30:00Z"


def test_identifiers_and_numbers_do_not_move():
    raw = json.loads(family.sample_bytes())
    moved = family.shifted(raw, days=400)

    def numbers(node):
        if isinstance(node, dict):
            return [found for value in node.values() for found in numbers(value)]
        if isinstance(node, list):
            return [found for value in node for found in numbers(value)]
        return [node] if isinstance(node, (int, float)) or (isinstance(node, str) and "urn:uuid" in node) else []

    assert numbers(raw) == numbers(moved)
    assert moved["asOf"] == "2027-12-27"


def test_the_sample_tells_a_correction_and_a_revocation():
    sample = family.load(as_of=date(2026, 11, 22))
    (geometry,) = [award for award in sample.awards if award.first_result]
    assert (geometry.name, geometry.first_result, geometry.result) == ("Geometry", "B-", "B")
    assert geometry.valid_from > geometry.awarded
    (ceramics,) = [award for award in sample.awards if award.revoked_on]
    assert ceramics.name == "Ceramics II"
    assert ceramics.revocation_reason == "issued to the wrong learner of the same family name"
    assert ceramics.revoked_on == datetime(2026, 10, 2, 9, 30, tzinfo=UTC)


def test_the_sample_is_whole():
    sample = family.load(as_of=date(2026, 11, 22))
    assert len(sample.awards) == 35
    assert {award.learner for award in sample.awards} == set(sample.learners)
    assert all(award.provider in sample.providers for award in sample.awards)
    assert len({provider.slug for provider in sample.providers.values()}) == len(sample.providers)
    assert sample.people["p-wren"].email is None, "a child has no e-mail address"
    assert all(share.purpose for share in sample.shares)
    assert max(award.awarded for award in sample.awards) <= datetime(2026, 11, 22, tzinfo=UTC) + timedelta(days=1)


def test_corrections_of_the_copy_are_said_in_the_file():
    raw = json.loads(family.sample_bytes())
    gaps = raw["learners"]["wren"]["expected"]["gaps"]
    provisional = {skill["skill"] for skill in raw["learners"]["wren"]["expected"]["skills"] if skill["provisional"]}
    assert not [gap for gap in gaps if gap["code"] == "SKILL_WEAK" and gap["skill"] in provisional]
    short = {
        gap["requirement"] for gap in raw["learners"]["jonah"]["transcript"]["expected"]["gaps"] if "requirement" in gap
    }
    assert {"health", "elect"} <= short
    assert "Corrected" in raw["note"]
