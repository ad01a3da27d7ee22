"""Hours of a class: logged in one column, and signed where what the class awards is marked by them."""

import json

import pytest

from issuer.store import tables
from tests.awarding import drive
from tests.http.issuer.conftest import COURSE
from tests.http.issuer.test_classes import Class, jobs_done
from tests.http.issuer.test_marks_sheets import brought, put_right, save

HOURS = {"name": "Hours at the bench", "resultType": "ext:hoursAttended", "requiredValue": "20"}
GRADE = {"name": "Grade", "resultType": "LetterGrade", "allowedValues": ["A", "B", "C"]}


@pytest.fixture
def workshop(house):
    return Class(house, results=[HOURS, GRADE])


def signed(workshop, award):
    """What an award says of each mark, by the mark's name."""
    document = workshop.desk.document(award).json()["credentialSubject"]
    names = {each["id"]: each["name"] for each in document["achievement"]["resultDescription"]}
    return {names[each["resultDescription"]]: each["value"] for each in document["result"]}


def signed_key(house, workshop):
    """The identifier of the description of hours."""
    with house.services.context.database.reading() as session:
        (row,) = session.query(tables.AchievementVersionRow).filter_by(achievement_id=workshop.achievement["id"])
        return json.loads(row.body)["resultDescription"][0]["id"]


def test_hours_of_the_class_are_signed_with_its_marks(house, workshop):
    assert list(workshop.keys) == ["Grade", "Hours", "Finished", "Finished on"], "one column of hours, not two"
    workshop.put((0, "Grade", "A", ""), (0, "Hours", "28,50", ""))
    sheet = workshop.award("one")
    assert sheet["counts"] == {"ok": 1, "later": 2}
    (award,) = jobs_done(house, workshop, sheet, "j")
    assert signed(workshop, award) == {"Hours at the bench": "28.5", "Grade": "A"}
    kinds = workshop.desk.document(award).json()["credentialSubject"]["achievement"]["resultDescription"]
    assert [each["resultType"] for each in kinds] == ["ext:hoursAttended", "LetterGrade"]


def test_hours_alone_are_no_mark_yet_unless_they_are_all_there_is(house, workshop):
    workshop.put((0, "Hours", "3", ""), (1, "Grade", "B", ""))
    assert workshop.award("one")["counts"] == {"later": 2, "problem": 1}, "Ida has a grade and no hours: that is asked"
    choir = Class(house, results=[HOURS])
    choir.put((0, "Hours", "60", ""))
    (award,) = jobs_done(house, choir, choir.award("one"), "j")
    assert signed(choir, award) == {"Hours at the bench": "60"}


def test_more_hours_later_are_a_correction(house, workshop):
    workshop.put((0, "Grade", "A", ""), (0, "Hours", "28", ""))
    jobs_done(house, workshop, workshop.award("one"), "j1")
    workshop.put((0, "Hours", "28.0", None))
    assert workshop.award("two")["counts"] == {"already": 1, "later": 2}
    workshop.put((0, "Hours", "31", "28"))
    sheet = workshop.award("three")
    (line,) = workshop.client.get(
        f"{workshop.api}/sheets/{sheet['id']}/rows", params={"only": "already"}
    ).json()["items"]  # fmt: skip
    assert [problem["code"] for problem in line["problems"]] == ["awardedOtherwise"]


def test_hours_are_no_cell_under_the_name_of_their_mark(house, workshop):
    cell = {"learner": workshop.learners[0], "column": signed_key(house, workshop), "value": "3", "before": ""}
    answer = workshop.client.put(workshop.marks, json={"cells": [cell]})
    assert answer.status_code == 422, answer.text


def test_a_sheet_of_marks_brings_hours_into_their_one_column(workshop):
    sheets = f"{workshop.api}/offerings/{workshop.id}/marks/imports"
    report = brought(workshop, sheets, 'Number,Hours logged,Grade\n1,"12,5",A\n')
    assert save(workshop, sheets, report)
    assert (workshop.cell(0, "Hours"), workshop.cell(0, "Grade")) == ("12.5", "A")


def test_a_sheet_of_awards_brings_hours_as_a_mark(house, workshop):
    text = 'Name,Number,Hours logged,Grade\nAsh Hadley,1,"12,5",A\nIda Hadley,2,many,B\n'
    answer = workshop.client.post(
        f"{workshop.api}/sheets?achievement={workshop.achievement['id']}",
        content=text, headers={"Content-Type": "text/csv", "Idempotency-Key": "s"},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    sheet = answer.json()
    assert sheet["counts"] == {"ok": 1, "problem": 1}
    (line,) = workshop.client.get(
        f"{workshop.api}/sheets/{sheet['id']}/rows", params={"only": "problem"}
    ).json()["items"]  # fmt: skip
    assert [problem["field"] for problem in line["problems"]] == ["mark0"]
    said = {"Idempotency-Key": "j"}
    job = workshop.client.post(f"{workshop.api}/sheets/{sheet['id']}/issue", json={}, headers=said).json()["id"]
    drive(house.services, job)
    (award,) = workshop.client.get(f"{workshop.api}/credentials").json()["items"]
    assert signed(workshop, award) == {"Hours at the bench": "12.5", "Grade": "A"}


@pytest.mark.parametrize("value", ["many", "-1", "1e3", "10001", "1.234", "٣"])
def test_what_is_no_number_of_hours_is_no_mark(workshop, value):
    answer = workshop.desk.post_award(workshop.achievement, results=[{"description": HOURS["name"], "value": value}])
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == "results/0/value"


@pytest.mark.parametrize(
    ("results", "field"),
    [
        ([HOURS, HOURS | {"name": "More"}], "results/1/resultType"),
        ([HOURS | {"allowedValues": ["20", "40"]}], "results/0/allowedValues"),
        ([HOURS | {"levels": [{"name": "Few"}]}], "results/0/levels"),
    ],
)
def test_hours_are_one_number(desk, results, field):
    answer = desk.client.post(f"{desk.base}/achievements", json={**COURSE, "results": results})
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_the_class_says_where_its_hours_go(house, workshop):
    person = house.people.client
    assert "Hours go into the award, as “Hours at the bench”." in person.get(workshop.page).text
    silent = Class(house, results=[GRADE])
    page = person.get(silent.page).text
    assert "Hours stay in this list" in page
    assert f"/achievements/{silent.achievement['id']}/edit" in page


def test_a_sheet_of_marks_shows_no_second_column_of_hours(workshop):
    sheets = f"{workshop.api}/offerings/{workshop.id}/marks/imports"
    report = brought(workshop, sheets, "Number,Hours at the bench,Grade\n1,7,A\n")
    assert list(report["columns"]) == [
        "givenName", "familyName", "fullName", "number", "mail", "mark1", "hours", "completedOn", "status",
    ], json.dumps(report["columns"])  # fmt: skip
    report = put_right(workshop, sheets, report, columns={"hours": 1})
    assert save(workshop, sheets, report)
    assert workshop.cell(0, "Hours") == "7"
