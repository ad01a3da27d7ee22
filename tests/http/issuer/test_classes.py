"""A class: enrolled, marked in a grid by those who may, and awarded by the road of every sheet, nobody twice."""

import json
import re

import pytest

from issuer.service.context import Actor
from issuer.store import tables
from tests.awarding import drive
from tests.http.issuer.conftest import PASSWORD, Desk
from tests.http.issuer.html_forms import fields_of

RUBRIC = {
    "name": "Bridge that carries 40 kg",
    "description": "Design, build, test.",
    "criteriaNarrative": "It holds.",
    "achievementType": "Achievement",
    "results": [
        {"name": "Design", "resultType": "RubricCriterionLevel",
         "levels": [{"name": f"Level {n}", "level": str(n)} for n in (1, 2, 3, 4)]},
        {"name": "Grade", "resultType": "LetterGrade", "allowedValues": ["A", "B", "C"]},
        {"name": "Score", "resultType": "Percent"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def teacher(house):
    """An instructor's session; she works nowhere yet."""
    house.services.accounts.create_user(login="priya", password=PASSWORD, name="Priya", scope="staff")
    return Desk(house.app, "priya")


class Class:
    """A class of three, of an organisation of its own."""

    def __init__(self, house, results=RUBRIC["results"], **offering):
        self.desk = house.desk()
        self.api, self.client = self.desk.base, self.desk.client
        self.achievement = self.desk.achievement(**(RUBRIC | {"results": results}))
        said = {
            "title": "Bridges",
            "code": "BRIDGE",
            "term": "Fall 2026",
            "achievement": self.achievement["id"],
            **offering,
        }
        self.id = self.client.post(f"{self.api}/offerings", json=said).json()["id"]
        self.learners = [self.enrolled(name, number) for name, number in (("Ash", "1"), ("Ida", "2"), ("Wren", "3"))]
        self.marks = f"{self.api}/offerings/{self.id}/marks"
        self.keys = {str(column["label"]): column["key"] for column in self.grid()["columns"]}
        self.page = f"/organisations/{self.desk.slug}/offerings/{self.id}/class"

    def enrolled(self, name, number):
        made = self.client.post(
            f"{self.api}/learners", json={"givenName": name, "familyName": "Hadley", "number": number}
        )
        answer = self.client.put(f"{self.api}/learners/{made.json()['id']}/enrolments/{self.id}", json={})
        assert answer.status_code == 204, answer.text
        return made.json()["id"]

    def grid(self, by=None):
        answer = (by or self.client).get(self.marks)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def put(self, *cells, by=None):
        said = [
            {"learner": self.learners[who], "column": self.keys[column], "value": value, "before": before}
            for who, column, value, before in cells
        ]
        return (by or self.client).put(self.marks, json={"cells": said})

    def cell(self, who, column):
        row = next(each for each in self.grid()["items"] if each["learner"] == self.learners[who])
        return row["cells"].get(self.keys[column], "")

    def award(self, key):
        answer = self.client.post(f"{self.api}/offerings/{self.id}/award", headers={"Idempotency-Key": key})
        assert answer.status_code == 201, answer.text
        return answer.json()


@pytest.fixture
def bridges(house):
    return Class(house)


@pytest.fixture
def own(house, bridges, teacher):
    """Priya works there as an instructor, and the class is hers."""
    answer = bridges.client.post(f"{bridges.api}/invitations", json={"role": "instructor", "label": "Priya"})
    account = house.services.accounts.find_by_login("priya")
    actor = Actor(user_id=account.id, name=account.name, scope=account.scope)
    house.services.people.accept(actor, answer.json()["url"].rpartition("/")[2])
    path = f"{bridges.api}/offerings/{bridges.id}/instructors"
    assert bridges.client.put(path, json={"accounts": [account.id]}).status_code == 204
    return teacher.client


def test_marks_levels_and_hours_are_written_and_read(bridges):
    cells = [(0, "Design", "4", ""), (0, "Grade", "b", ""), (0, "Score", "93,5", ""), (0, "Hours", "28,50", ""),
             (0, "Finished", "1", ""), (0, "Finished on", "2026-11-20", "")]  # fmt: skip
    assert bridges.put(*cells).json() == {"changed": 6}
    assert bridges.put(*((who, column, value, None) for who, column, value, _ in cells)).json() == {"changed": 0}
    levels = {each["label"]: each["value"] for each in bridges.grid()["columns"][0]["options"]}
    assert bridges.cell(0, "Design") == levels["Level 4"]
    assert [bridges.cell(0, name) for name in ("Grade", "Score", "Hours", "Finished", "Finished on")] == [
        "B", "93.5", "28.5", "1", "2026-11-20",
    ]  # fmt: skip
    assert bridges.put((0, "Grade", "", "B"), (0, "Hours", "", "28.5")).json() == {"changed": 2}
    assert (bridges.cell(0, "Grade"), bridges.cell(0, "Hours")) == ("", "")


@pytest.mark.parametrize(
    ("column", "value"),
    [("Design", "5"), ("Grade", "Z"), ("Score", "101"), ("Score", "-1"), ("Hours", "many"), ("Hours", "99999"),
     ("Finished", "2"), ("Finished on", "2031-01-01"), ("Finished on", "soon")],
)  # fmt: skip
def test_what_is_no_mark_is_refused_with_its_cell_and_nothing_is_kept(bridges, column, value):
    answer = bridges.put((1, "Hours", "3", ""), (2, column, value, ""))
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == f"marks/{bridges.learners[2]}/{bridges.keys[column]}"
    assert answer.json()["remedy"]
    assert bridges.cell(1, "Hours") == ""


def test_two_people_in_one_cell_are_told_and_in_two_cells_are_not(bridges):
    assert bridges.put((0, "Grade", "A", "")).status_code == 200
    clash = bridges.put((0, "Hours", "5", ""), (0, "Grade", "C", ""))
    assert clash.status_code == 409
    assert clash.json()["field"] == f"marks/{bridges.learners[0]}/{bridges.keys['Grade']}"
    assert "Ash Hadley, “Grade”: somebody else wrote “A” there meanwhile." in clash.json()["detail"]
    assert (bridges.cell(0, "Grade"), bridges.cell(0, "Hours")) == ("A", "")
    assert bridges.put((0, "Grade", "", ""), (1, "Grade", "B", "")).json() == {"changed": 1}
    assert bridges.cell(0, "Grade") == "A"  # who looked at an empty cell and left it empty changed nothing


def test_an_instructor_marks_a_class_of_her_own_and_signs_nothing(bridges, own, house):
    assert [each["name"] for each in bridges.grid(own)["items"]] == ["Ash Hadley", "Ida Hadley", "Wren Hadley"]
    assert bridges.put((0, "Grade", "A", ""), by=own).json() == {"changed": 1}
    award = own.post(f"{bridges.api}/offerings/{bridges.id}/award", headers={"Idempotency-Key": "k"})
    assert award.status_code == 403
    assert "somebody who may sign awards it" in award.json()["detail"]
    for path in ("learners", f"learners/{bridges.learners[0]}", "imports/x", "sheets"):
        assert own.get(f"{bridges.api}/{path}").status_code == 403
    assert own.put(f"{bridges.api}/learners/{bridges.learners[0]}/enrolments/{bridges.id}", json={}).status_code == 403
    assert own.put(f"{bridges.api}/offerings/{bridges.id}/instructors", json={"accounts": []}).status_code == 403
    other = bridges.client.post(f"{bridges.api}/offerings", json={"title": "Clay"}).json()["id"]
    assert own.get(f"{bridges.api}/offerings/{other}/marks").status_code == 403
    bridges.client.put(f"{bridges.api}/offerings/{bridges.id}/instructors", json={"accounts": []})
    assert own.get(bridges.marks).status_code == 403
    assert bridges.put((0, "Grade", "B", "A"), by=own).status_code == 403


def test_only_instructors_of_the_organisation_are_given_a_class(bridges, house):
    admin = house.services.accounts.find_by_login("admin").id
    for account in (admin, "nobody"):
        answer = bridges.client.put(f"{bridges.api}/offerings/{bridges.id}/instructors", json={"accounts": [account]})
        assert answer.status_code == 422


def test_O4_a_learner_or_a_class_of_others_cannot_be_named(bridges, house):
    other = Class(house)
    cell = {"learner": other.learners[0], "column": "hours", "value": "3"}
    assert bridges.client.put(bridges.marks, json={"cells": [cell]}).status_code == 404
    path = f"{bridges.api}/learners/{bridges.learners[0]}/enrolments/{other.id}"
    assert bridges.client.put(path, json={}).status_code == 404
    assert bridges.client.get(f"{bridges.api}/offerings/{other.id}/marks").status_code == 404
    assert other.cell(0, "Hours") == ""


def jobs_done(house, bridges, sheet, key):
    answer = bridges.client.post(f"{bridges.api}/sheets/{sheet['id']}/issue", json={}, headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text
    drive(house.services, answer.json()["id"])
    return bridges.client.get(f"{bridges.api}/credentials").json()["items"]


def test_a_class_is_awarded_from_its_marks_and_nobody_twice(house, bridges):
    bridges.put(
        (0, "Design", "4", ""), (0, "Grade", "A", ""), (0, "Score", "93", ""), (0, "Finished on", "2026-11-20", "")
    )
    bridges.put((1, "Design", "2", ""), (1, "Grade", "B", ""))
    sheet = bridges.award("one")
    assert sheet["counts"] == {"ok": 1, "problem": 1, "later": 1}  # Ida's score is asked about, Wren has no mark yet
    assert bridges.award("one")["id"] == sheet["id"]
    awards = jobs_done(house, bridges, sheet, "j1")
    assert [(each["learnerName"], each["mark"]) for each in awards] == [("Ash Hadley", "Level 4, A, 93")]
    learner = bridges.client.get(f"{bridges.api}/learners/{bridges.learners[0]}").json()
    assert [each["id"] for each in learner["awards"]] == [awards[0]["id"]]
    bridges.put((1, "Score", "70", ""))
    again = bridges.award("two")
    assert again["counts"] == {"ok": 1, "later": 1, "already": 1}
    assert len(jobs_done(house, bridges, again, "j2")) == 2


@pytest.mark.parametrize("term", ["", "Fall 2026"])
def test_another_day_or_another_term_on_the_card_is_no_second_award(house, term):
    bridges = Class(house, term=term)
    bridges.put((0, "Grade", "A", ""), (0, "Design", "1", ""), (0, "Score", "50", ""))
    assert len(jobs_done(house, bridges, bridges.award("one"), "j1")) == 1
    said = {"title": "Bridges", "code": "BRIDGE", "term": "Autumn", "achievement": bridges.achievement["id"]}
    assert bridges.client.put(f"{bridges.api}/offerings/{bridges.id}", json=said).status_code == 200
    bridges.put((0, "Finished on", "2026-11-01", ""))
    assert bridges.award("two")["counts"] == {"later": 2, "already": 1}


def test_a_corrected_mark_is_a_correction_of_the_award_there_is(house, bridges):
    bridges.put((0, "Grade", "A", ""), (0, "Design", "1", ""), (0, "Score", "50", ""))
    jobs_done(house, bridges, bridges.award("one"), "j1")
    bridges.put((0, "Grade", "B", "A"))
    sheet = bridges.award("two")
    line = bridges.client.get(f"{bridges.api}/sheets/{sheet['id']}/rows", params={"only": "already"}).json()["items"][0]
    assert [problem["code"] for problem in line["problems"]] == ["awardedOtherwise"]


def test_a_class_that_awards_nothing_or_is_empty_says_so(bridges):
    client, api = bridges.client, bridges.api
    for said in ({"title": "Clay"}, {"title": "Empty", "achievement": bridges.achievement["id"]}):
        made = client.post(f"{api}/offerings", json=said).json()["id"]
        answer = client.post(f"{api}/offerings/{made}/award", headers={"Idempotency-Key": said["title"]})
        assert answer.status_code == 409


def test_who_was_withdrawn_is_in_no_grid_and_an_erased_learner_neither(bridges):
    path = f"{bridges.api}/learners/{bridges.learners[0]}/enrolments/{bridges.id}"
    bridges.put((0, "Grade", "A", ""), (1, "Grade", "A", ""))
    assert bridges.client.put(path, json={"status": "withdrawn"}).status_code == 204
    assert bridges.client.delete(f"{bridges.api}/learners/{bridges.learners[1]}").status_code == 204
    assert [each["name"] for each in bridges.grid()["items"]] == ["Wren Hadley"]
    assert bridges.put((0, "Grade", "B", "A")).status_code == 404
    bridges.client.put(path, json={"status": "active"})
    assert bridges.cell(0, "Grade") == "A"


def test_the_grid_without_a_script(house, bridges):
    person = house.people.client
    page = person.get(bridges.page)
    given = fields_of(page.text)
    grade = f"marks/{bridges.learners[0]}/{bridges.keys['Grade']}"
    hours = f"marks/{bridges.learners[1]}/hours"
    assert json.loads(given[f"was/{bridges.learners[0]}"])[bridges.keys["Grade"]] == ""
    answer = person.post(bridges.page, data={**given, grade: "A", hours: "12"})
    assert answer.status_code == 303
    assert "Saved: 2 cells." in person.get(bridges.page).text
    clash = person.post(bridges.page, data={**given, grade: "C"})  # the page as it was before
    assert clash.status_code == 409
    assert 'id="cell-error"' in clash.text
    assert 'value="12"' in clash.text  # what was written by others elsewhere is shown, and not overwritten
    again = person.post(bridges.page, data={**fields_of(clash.text), grade: "C"})
    assert again.status_code == 303
    assert bridges.cell(0, "Grade") == "C"
    assert bridges.cell(1, "Hours") == "12"
    wrong = person.post(bridges.page, data={**fields_of(person.get(bridges.page).text), hours: "many"})
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.text
    page = person.get(bridges.page)
    key = re.search(r'name="key" value="([^"]+)"', page.text)[1]
    answer = person.post(bridges.page.replace("/class", "/award"), data={"csrf": given["csrf"], "key": key})
    assert answer.status_code == 303
    assert "Is this right?" in person.get(answer.headers["location"]).text


def test_a_learner_is_enrolled_on_the_learners_page(house, bridges):
    person, base = house.people.client, f"/organisations/{bridges.desk.slug}/learners/{bridges.learners[0]}"
    given = fields_of(person.get(base).text)
    answer = person.post(f"{base}/enrolments", data={**given, "offering": bridges.id, "status": "completed"})
    assert answer.headers["location"] == base
    assert bridges.cell(0, "Finished") == "1"
    with house.services.context.database.session() as session:
        session.get(tables.LearnerRow, bridges.learners[0]).state = "left"
    person.post(f"{base}/enrolments", data={**given, "offering": bridges.id, "status": "active"})
    page = person.get(base).text
    assert "The roster says that this learner left." in page
    assert "Enrolling or awarding does not change that" in page


def test_a_mark_that_is_not_given_any_more_is_cleared_by_whoever_looked_at_it(bridges):
    assert bridges.put((0, "Score", "90", "")).status_code == 200
    kept = [each for each in RUBRIC["results"] if each["name"] != "Score"]
    edited = bridges.client.put(
        f"{bridges.api}/achievements/{bridges.achievement['id']}", json={**RUBRIC, "results": kept}
    )
    assert edited.status_code == 200, edited.text
    stale = bridges.put((0, "Score", "", "85"))
    assert stale.status_code == 409, stale.text
    assert bridges.put((0, "Score", "", "90")).json() == {"changed": 1}


def test_who_does_not_work_there_any_more_gets_no_class_back_by_a_later_invitation(house, bridges, own, teacher):
    account = house.services.accounts.find_by_login("priya")
    assert bridges.client.delete(f"{bridges.api}/members/{account.id}").status_code == 204
    answer = bridges.client.post(f"{bridges.api}/invitations", json={"role": "instructor", "label": "Priya"})
    actor = Actor(user_id=account.id, name=account.name, scope=account.scope)
    house.services.people.accept(actor, answer.json()["url"].rpartition("/")[2])
    assert own.get(bridges.marks).status_code == 403
    assert bridges.grid()["instructors"] == []
