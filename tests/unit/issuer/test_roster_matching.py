"""Whether a row of a roster is somebody who is here: by what tells learners apart, never by name alone."""

from datetime import UTC, date, datetime

import pytest

from issuer.service.learner_keys import LearnerKeys, name_words
from issuer.service.roster.fields import status_of
from issuer.service.roster.lines import Reading, read_row
from issuer.service.roster.matching import CLASH, EXACT, NEW, UNSURE, Directory, Entry
from issuer.service.roster.values import LearnerDraft, merged, read_learner, split_name
from kit.sheets import Cell, Kind, Order, Row
from kit.vault import Vault

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WREN = {"given_name": "Wren", "family_name": "Hadley"}
BORN = {"birth_date": "2016-06-03"}
OTHER = {"birth_date": "2009-03-14"}


def learner(**said):
    values, problems = read_learner(LearnerDraft(**{**WREN, **said}), before=None, now=NOW)
    assert problems == []
    return values


def known(*people):
    return Directory(Entry(id=f"l{place}", values=learner(**said)) for place, said in enumerate(people))


@pytest.mark.parametrize(
    ("here", "row", "kind"),
    [
        (BORN, BORN, EXACT),
        (BORN, OTHER, NEW),  # the same name, another birthday
        (BORN, {}, UNSURE),
        ({}, BORN, UNSURE),
        ({}, {}, UNSURE),
        ({"number": "17"}, {"number": "17"}, EXACT),
        ({"number": "17"}, {"number": "18"}, NEW),
        ({"number": "17"}, {}, UNSURE),
        ({**BORN, "number": "17"}, {**OTHER, "number": "17"}, CLASH),
        ({**BORN, "number": "17"}, {**BORN, "number": "18"}, UNSURE),
        ({**BORN, "number": "17"}, {**BORN, "number": "17", "given_name": "Renata"}, EXACT),
        ({"number": "17"}, {"number": "17", "given_name": "Jonah"}, UNSURE),
        (BORN, {**BORN, "number": "17"}, EXACT),  # the number that was made gives way to the school's
        ({"mail": "w@h.example.org"}, {"mail": "W@H.example.org"}, EXACT),
        ({"mail": "w@h.example.org"}, {"mail": "w@h.example.org", "given_name": "Jonah"}, NEW),
        (BORN, {**BORN, "given_name": "WRÉN"}, EXACT),
        (BORN, {**BORN, "given_name": "Hadley", "family_name": "Wren"}, EXACT),
        (BORN, {**BORN, "given_name": "Wrеn"}, NEW),  # its first e is a Cyrillic letter
        ({}, {"given_name": "Jonah"}, NEW),
    ],
)
def test_who_a_row_is(here, row, kind):
    assert known(here).match(learner(**row)).kind == kind


def test_two_of_one_name_are_both_asked_about():
    people = known(BORN, {"number": "3"})
    assert len(people.match(learner()).candidates) == 2


def test_of_two_with_one_address_and_name_nobody_is_chosen():
    mail = {"mail": "family@h.example.org"}
    assert known({**mail, "number": "1"}, {**mail, "number": "2"}).match(learner(**mail)).kind == UNSURE


def test_what_a_row_leaves_open_stays():
    before = learner(**BORN, guardian_name="Teresa Hadley", number="17")
    after = merged(before, learner(guardian_mail="t@h.example.org"))
    assert (after.birth_date, after.guardian_name, after.number) == (date(2016, 6, 3), "Teresa Hadley", "17")
    assert after.guardian_mail == "t@h.example.org"


def test_the_same_name_parted_otherwise_is_no_change():
    before = learner(given_name="Ana", family_name="García López")
    given, family = split_name("Ana García López")
    assert merged(before, learner(given_name=given, family_name=family)) == before
    assert merged(before, learner(given_name="Anna", family_name="García López")).given_name == "Anna"


@pytest.mark.parametrize(
    ("name", "parts"),
    [("Wren Hadley", ("Wren", "Hadley")), ("Hadley, Wren", ("Wren", "Hadley")), ("Wren", ("Wren", ""))],
)
def test_a_whole_name_is_parted(name, parts):
    assert split_name(name) == parts
    assert name_words(name) == name_words(" ".join(parts).strip())


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"given_name": "", "family_name": ""}, "given_name"),
        ({"birth_date": "2027-01-01"}, "birth_date"),
        ({"birth_date": "1816-06-03"}, "birth_date"),
        ({"birth_date": "June"}, "birth_date"),
        ({"mail": "no address"}, "mail"),
        ({"guardian_mail": "a@b"}, "guardian_mail"),
        ({"given_name": "W\x00ren"}, "given_name"),
        ({"state": "gone"}, "state"),
        ({"note": "n" * 2001}, "note"),
    ],
)
def test_what_is_wrong_names_its_field(said, field):
    _values, problems = read_learner(LearnerDraft(**{**WREN, **said}), before=None, now=NOW)
    assert [each.field for each in problems] == [field]


def row_of(*texts, order=None, accepted=()):
    names = ("given_name", "family_name", "full_name", "number", "birth_date", "mail", "guardian_name",
             "guardian_mail", "offering_code", "enrolled_on", "status", "notes")  # fmt: skip
    cells = tuple(Cell(text, Kind.TEXT if text else Kind.EMPTY) for text in texts)
    columns = {name: place if place < len(texts) else None for place, name in enumerate(names)}
    return read_row(Row(7, cells), Reading(columns=columns, order=order, now=NOW, accepted=frozenset(accepted)))


def test_a_row_says_everything_that_is_wrong_with_it_at_once():
    said = row_of("Wr\u0435n", "Hadley", "", "", "03/06/2016", "none", "", "", "", "", "perhaps")
    assert sorted((each.code, each.field) for each in said.problems) == [
        ("bad", "mail"),
        ("bad", "status"),
        ("dayEither", "birth_date"),
        ("oddName", "full_name"),
    ]
    assert row_of("Wr\u0435n", "Hadley", accepted=[7]).problems == ()


def test_days_are_read_in_the_order_of_the_sheet():
    assert row_of("Wren", "", "", "", "03/06/2016", order=Order.DAY_FIRST).learner.birth_date == date(2016, 6, 3)
    assert row_of("Wren", "", "", "", "03/06/2016", order=Order.MONTH_FIRST).learner.birth_date == date(2016, 3, 6)
    assert [each.code for each in row_of("Wren", "", "", "", "32/13/2016").problems] == ["bad"]


@pytest.mark.parametrize(
    ("word", "status"),
    [("", "active"), ("Completed", "completed"), ("in_progress", "active"), ("BAJA", "withdrawn"), ("perhaps", None)],
)
def test_a_status_is_a_known_word(word, status):
    assert status_of(word) == status


def test_keys_of_two_organisations_have_nothing_in_common():
    vault = Vault(b"k" * 32)
    one, other = LearnerKeys(vault, "a"), LearnerKeys(vault, "b")
    assert one.number("17") == one.number(" 17 ") != other.number("17")
    assert one.number("17") != one.mail("17")
    assert one.person("Wren Hadley", date(2016, 6, 3)) == one.person("Hadley, Wren", date(2016, 6, 3))
    assert one.person("Wren Hadley", None) is one.number("") is None
