"""Lines of a sheet: what they say, every problem at once, and whether they were awarded before."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.service.achievements import Achievement
from issuer.service.award_reading import read_award
from issuer.service.awarding import judging
from issuer.service.awarding.fields import columns_of, known, name_of, sheet_fields
from issuer.service.awarding.fingerprints import fingerprinting
from issuer.service.awarding.judging import changed, correction_of, fingerprint_of, judge
from issuer.service.awarding.reading import Rules, Written, read_line
from issuer.store.sheets import Before
from kit.sheets import LIMITS, Cell, Kind, Order, headed, read_pasted
from kit.vault import Vault

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
GRADE = {
    "id": "urn:uuid:1",
    "type": ["ResultDescription"],
    "name": "Final grade",
    "resultType": "LetterGrade",
    "allowedValue": ["A", "A-", "B+", "B"],
}
RUBRIC = {
    "id": "urn:uuid:2",
    "type": ["ResultDescription"],
    "name": "Teamwork",
    "resultType": "RubricCriterionLevel",
    "rubricCriterionLevel": [
        {"id": "urn:uuid:21", "name": "Beginning", "level": "1"},
        {"id": "urn:uuid:22", "name": "Proficient", "level": "3", "points": "30"},
        {"id": "urn:uuid:23", "name": "Advanced", "level": "4", "points": "30"},
    ],
}


def achievement(*results):
    return Achievement(
        id="a1",
        iri="https://maple.example/a1",
        version=1,
        active=True,
        name="Algebra",
        kind="Course",
        body={"resultDescription": list(results)},
        updated=NOW,
        format="",
    )


def sheet_lines(text, *, of=None, order=None, **said):
    """What each line of a pasted sheet says."""
    of = of or achievement(GRADE)
    sheet = headed(read_pasted(text, limits=LIMITS), known(of))
    rules = Rules(columns=columns_of(sheet, of), achievement=of, order=order, now=NOW, loopback=False)
    fixed = said.pop("fixed", {})
    return [read_line(Written(cells=row.cells, fixed=fixed, **said), rules) for row in sheet.rows]


def one(text, **said):
    (found,) = sheet_lines(text, **said)
    return found


def codes(read):
    return [(problem.code, problem.field) for problem in read.problems]


def test_a_line_is_an_award():
    read = one(
        "First name\tLast name\tRoster number\tFinal grade\tCompleted on\tTerm\tCredits\tEvidence\tComment\n"
        "Wren\tHadley\t00123\ta-\t3 June 2026\tFall\t0,5\thttps://work.example/1\tFine work"
    )
    award = read.award
    assert (award.learner_name, award.identifier, award.identifier_type) == ("Wren Hadley", "00123", "identifier")
    assert award.results == ({"resultDescription": "urn:uuid:1", "value": "A-"},)
    assert award.awarded == datetime(2026, 6, 3, 12, tzinfo=UTC)
    assert (award.term, award.credits_earned, award.narrative) == ("Fall", 0.5, "Fine work")
    assert award.evidence == ({"id": "https://work.example/1"},)
    assert read.who == ("identifier", "00123")
    assert read.when == "Fall"


def test_every_problem_of_a_line_is_told_at_once_with_its_field():
    read = one("Name,Number,Final grade,Date,Credits,Link\n,,Z,31.2.2026,many,ftp://x")
    assert codes(read) == [
        ("bad", "full_name"),
        ("bad", "number"),
        ("unknownMark", "mark0"),
        ("bad", "completed_on"),
        ("bad", "credits"),
        ("bad", "evidence_url"),
    ]
    assert read.award is None
    assert read.who is None
    assert all(problem.remedy for problem in read.problems)


def test_an_e_mail_address_tells_learners_apart_where_there_is_no_number():
    assert one("Name,Email\nWren Hadley,Wren@Maple.example").who == ("emailAddress", "wren@maple.example")
    assert codes(one("Name,Email\nWren Hadley,wren at maple")) == [("bad", "mail")]


def test_a_guardian_is_nobody_who_is_awarded():
    of = achievement()
    sheet = headed(
        read_pasted("Name,Roster number,Birth date,Guardian email\nWren,1,2014-01-02,a@b.example", limits=LIMITS),
        known(of),
    )
    columns = columns_of(sheet, of)
    assert {key for key, column in columns.items() if column is not None} == {"full_name", "number"}


@pytest.mark.parametrize(
    ("typed", "level"),
    [("Proficient", "urn:uuid:22"), ("advanced", "urn:uuid:23"), ("3", "urn:uuid:22"), ("4.0", "urn:uuid:23")],
)
def test_a_level_is_found_by_its_name_or_its_number(typed, level):
    read = one(f"Name,Number,Teamwork\nWren,1,{typed}", of=achievement(RUBRIC))
    assert read.award.results[0]["achievedLevel"] == level


@pytest.mark.parametrize("typed", ["2", "30", "Expert"])
def test_a_level_that_nobody_can_tell_is_asked_for(typed):
    read = one(f"Name,Number,Teamwork\nWren,1,{typed}", of=achievement(RUBRIC))
    assert codes(read) == [("unknownMark", "mark0")]
    assert read.problems[0].choices == ("Beginning", "Proficient", "Advanced")


def test_two_marks_have_two_columns():
    read = one("Name,Number,Teamwork,Final grade\nWren,1,4,B", of=achievement(GRADE, RUBRIC))
    assert [result["resultDescription"] for result in read.award.results] == ["urn:uuid:1", "urn:uuid:2"]
    labels = [(field.key, str(field.label)) for field in sheet_fields(achievement(GRADE, RUBRIC))]
    assert ("mark0", "Final grade") in labels
    assert ("mark1", "Teamwork") in labels


def test_a_missing_mark_is_asked_about_and_may_be_left_out():
    text = "Name,Number,Final grade,Term\nWren,1,,Fall"
    assert codes(one(text)) == [("noMark", "mark0")]
    assert one(text, accepted=frozenset({"noMark"})).award.results == ()


def test_a_day_that_can_be_read_in_two_ways_is_asked_about():
    text = "Name,Number,Final grade,Completed on\nWren,1,A,03/04/2026"
    read = one(text)
    assert codes(read) == [("dayEither", "completed_on")]
    assert read.problems[0].choices == ("2026-03-04", "2026-04-03")
    assert one(text, order=Order.DAY_FIRST).award.awarded.date().isoformat() == "2026-04-03"
    assert one(text, fixed={"completed_on": "2026-03-04"}).award.awarded.date().isoformat() == "2026-03-04"


def test_M10_letters_of_two_alphabets_are_asked_about_and_what_is_hidden_is_refused():
    read = one("Name,Number\nWrеn Hadley,1")
    assert codes(read) == [("oddName", "full_name")]
    assert read.problems[0].acceptable
    assert one("Name,Number\nWrеn Hadley,1", accepted=frozenset({"oddName"})).award is not None
    hidden = one("Name,Number\nWren \u202eyeldaH,1", accepted=frozenset({"oddName"}))
    assert hidden.award is None
    number = one("Name,Number\nWren,R-1\u0430b", accepted=frozenset({"oddName"}))
    assert codes(number) == [("oddName", "number")], "what tells learners apart is not taken as it looks"


def test_a_number_that_a_program_shortened_is_not_taken():
    of = achievement()
    rules = Rules(columns={"full_name": 0, "number": 1}, achievement=of, order=None, now=NOW, loopback=False)
    for shown in ("1.2E+15", "1234567890123450"):
        cells = (Cell("Wren", Kind.TEXT), Cell(shown, Kind.NUMBER))
        assert codes(read_line(Written(cells=cells, fixed={}), rules)) == [("bad", "number")]
        assert read_line(Written(cells=cells, fixed={"number": "1200000000000001"}), rules).award is not None


def test_names_are_joined_and_turned():
    assert name_of({"given_name": "Wren", "family_name": "Hadley"}) == "Wren Hadley"
    assert name_of({"full_name": "Hadley, Wren"}) == "Wren Hadley"
    assert name_of({}) == ""


@given(st.lists(st.text(max_size=40), min_size=3, max_size=8))
def test_whatever_stands_in_cells_has_an_award_or_a_problem(texts):
    of = achievement(GRADE, RUBRIC)
    keys = [field.key for field in sheet_fields(of)]
    columns = dict(zip(keys[2:], range(len(texts)), strict=False))
    cells = tuple(Cell(text, Kind.TEXT if text else Kind.EMPTY) for text in texts)
    read = read_line(
        Written(cells=cells, fixed={}),
        Rules(columns=columns, achievement=of, order=None, now=NOW, loopback=False),
    )
    assert (read.award is None) == bool(read.problems)
    assert {problem.field for problem in read.problems} <= {*keys}


def test_what_was_said_about_a_line_is_kept_with_it():
    written = Written(
        cells=(Cell("Zoë", Kind.TEXT), Cell("", Kind.EMPTY), Cell("1", Kind.NUMBER)),
        fixed={"number": "R-1"},
        accepted=frozenset({"oddName"}),
        again=True,
        correct=True,
    )
    assert Written.from_json(written.to_json()) == written


MAKE = fingerprinting(Vault(bytes(32)), "o1")


def test_O4_a_fingerprint_is_of_one_organisation_and_one_key():
    said = ("a1", "identifier", "R-1", "Fall")
    assert MAKE(*said) == MAKE("a1", "identifier", " r-1", "FALL")
    others = [fingerprinting(Vault(bytes(32)), "o2"), fingerprinting(Vault(b"1" * 32), "o1")]
    assert len({MAKE(*said), *(other(*said) for other in others)}) == 3
    near = [
        ("a2", *said[1:]),
        ("a1", "emailAddress", "R-1", "Fall"),
        ("a1", "identifier", "R-2", "Fall"),
        (*said[:3], ""),
    ]
    assert len({MAKE(*said), *(MAKE(*each) for each in near)}) == 5


def test_a_mark_makes_no_other_award_but_a_term_does():
    def fingerprint(line):
        return fingerprint_of(one(f"Name,Number,Final grade,Term,Completed on\n{line}"), "a1", MAKE)

    assert fingerprint("Wren,1,A,Fall,2026-06-03") == fingerprint("Wren H,1,B,fall,2026-06-04")
    assert fingerprint("Wren,1,A,,2026-06-03") != fingerprint("Wren,1,A,,2026-06-04")
    assert fingerprint("Wren,1,A,Spring,") != fingerprint("Wren,1,A,Fall,")
    assert fingerprint("Wren,1,A,Fall,yesterday") is None


def judged(text, *, state="issued", before="Wren Hadley,1,A,Fall", first=None, **said):
    """What a line is, when another one was awarded before."""
    header = "Name,Number,Final grade,Term\n"
    old = one(header + before)
    award = read_award(old.draft, achievement=achievement(GRADE), now=NOW, loopback=False)
    known_ = Before(
        credential_id="urn:uuid:c",
        ordinal=0,
        state=state,
        summary="A",
        awarded=NOW,
        made=NOW,
        draft_sealed=b"",
        sequence=1,
    )
    read = one(header + text)
    fingerprint = fingerprint_of(read, "a1", MAKE)
    return judge(
        5,
        Written(cells=(), fixed={}, **said),
        read,
        fingerprint=fingerprint,
        first={fingerprint: first or 5},
        before={fingerprint_of(old, "a1", MAKE): known_},
        opened=lambda _before: award,
        zone=UTC,
    )


def test_the_same_again_is_awarded_already():
    found = judged("Wren Hadley,1,A,Fall")
    assert (found.state, found.codes) == (judging.ALREADY, "awardedBefore")
    assert "2026-11-23" in str(found.problems[0].detail)


def test_another_mark_is_a_correction_that_somebody_has_to_want():
    found = judged("Wren Hadley,1,B,Fall")
    assert (found.state, found.codes, found.problems[0].field) == (judging.ALREADY, "awardedOtherwise", "mark0")
    assert "“A”" in str(found.problems[0].detail)
    assert "“B”" in str(found.problems[0].remedy)
    wanted = judged("Wren Hadley,1,B,Fall", correct=True)
    assert (wanted.state, wanted.correction, wanted.codes) == (judging.OK, True, "correction")


def test_wanting_a_correction_of_what_is_the_same_awards_nothing():
    assert judged("Wren Hadley,1,A,Fall", correct=True, again=True).state == judging.ALREADY


def test_a_withdrawn_award_is_made_again_only_when_somebody_says_so():
    assert judged("Wren Hadley,1,A,Fall", state="revoked").codes == "withdrawnBefore"
    found = judged("Wren Hadley,1,A,Fall", state="revoked", again=True)
    assert (found.state, found.correction) == (judging.OK, False)


def test_the_same_learner_twice_in_a_sheet_is_asked_about():
    found = judged("Wren Hadley,2,A,Fall", first=3)
    assert (found.state, found.codes) == (judging.PROBLEM, "twice")
    assert "3" in str(found.problems[0].detail)


def test_a_correction_changes_what_the_sheet_says_and_nothing_else():
    old = one("Name,Number,Final grade,Term,Comment,Link\nWren Hadley,1,A,Fall,Fine,https://work.example/1").award
    read = one("Name,Number,Final grade,Term,Credits,Link\nWren Hadley Pine,1,B,Fall,0.5,https://work.example/2")
    assert [(each.field, each.before, each.after) for each in changed(read, old, UTC)] == [
        ("mark0", "A", "B"),
        ("full_name", "Wren Hadley", "Wren Hadley Pine"),
        ("credits", "", "0.5"),
        ("evidence_url", "", "https://work.example/2"),
    ]
    award = read_award(correction_of(read, old, "a1", UTC), achievement=achievement(GRADE), now=NOW, loopback=False)
    assert (award.learner_name, award.narrative, award.credits_earned) == ("Wren Hadley Pine", "Fine", 0.5)
    assert [piece["id"] for piece in award.evidence] == ["https://work.example/1", "https://work.example/2"]
    assert award.awarded == old.awarded
