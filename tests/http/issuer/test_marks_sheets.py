"""Marks of a class from a sheet: old and new are seen first, put right, and saved by the rules of the grid."""

import itertools

import pytest
from sqlalchemy import select

from issuer.service.context import Actor
from issuer.service.roster.marks import imports
from issuer.store import tables
from tests.http.issuer.conftest import PASSWORD, Desk
from tests.http.issuer.html_forms import fields_of
from tests.http.issuer.test_classes import Class

SHEET = (
    "Roster number,Name,Design,Grade,Score,Hours,Completed on,Status\n"
    '1,Ash Hadley,4,b,"93,5","28,50",2026-11-20,completed\n'
    "2,Ida Hadley,Level 2,,80 %,,,active\n"
)
_keys = itertools.count(1)


@pytest.fixture
def bridges(house):
    return Class(house)


@pytest.fixture
def sheets(bridges):
    return f"{bridges.api}/offerings/{bridges.id}/marks/imports"


@pytest.fixture(scope="module")
def teacher(house):
    house.services.accounts.create_user(login="priya", password=PASSWORD, name="Priya", scope="staff")
    return Desk(house.app, "priya").client


def send(client, sheets, text, *, key=None):
    key = {"Idempotency-Key": key or f"marks-{next(_keys)}"}
    if isinstance(text, bytes):
        return client.post(sheets, content=text, headers=key | {"Content-Type": "text/csv"})
    return client.post(sheets, json={"text": text}, headers=key)


def brought(bridges, sheets, text):
    answer = send(bridges.client, sheets, text)
    assert answer.status_code == 201, answer.text
    return answer.json()


def put_right(bridges, sheets, report, **said):
    answer = bridges.client.put(f"{sheets}/{report['id']}", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


def save(bridges, sheets, report):
    answer = bridges.client.post(f"{sheets}/{report['id']}/apply", json={"seen": report["seen"]})
    assert answer.status_code == 200, answer.text
    return answer.json()


def problems(report):
    return {row["number"]: [each["field"] for each in row["problems"]] for row in report["rows"] if row["problems"]}


def test_marks_levels_and_hours_are_seen_old_and_new_and_saved_once(bridges, sheets):
    bridges.put((0, "Grade", "A", ""))
    report = brought(bridges, sheets, SHEET)
    assert report["counts"] == {"changed": 2}
    first = {each["column"]: each["words"] for each in report["rows"][0]["cells"]}
    assert first[bridges.keys["Design"]] == ["", "Level 4"], "a level by its number"
    assert first[bridges.keys["Grade"]] == ["A", "B"]
    assert (first["hours"], first["completedOn"]) == (["", "28.5"], ["", "2026-11-20"])
    assert bridges.cell(0, "Grade") == "A"
    save(bridges, sheets, report)
    written = [bridges.cell(0, name) for name in ("Grade", "Score", "Hours", "Finished", "Finished on")]
    assert written == ["B", "93.5", "28.5", "1", "2026-11-20"]
    assert (bridges.cell(1, "Score"), bridges.cell(1, "Grade")) == ("80", ""), "an empty cell says nothing"
    again = brought(bridges, sheets, SHEET)
    assert (again["counts"], [row["cells"] for row in again["rows"]]) == ({"same": 2}, [[], []])
    assert bridges.client.get(f"{sheets}/{report['id']}").status_code == 404


def test_a_learner_is_told_by_number_by_mail_and_by_a_name_that_is_one_learners_alone(bridges, sheets):
    learner = f"{bridges.api}/learners/{bridges.learners[2]}"
    said = {"givenName": "Wren", "familyName": "Hadley", "number": "3", "mail": "Wren@hadley.example.org"}
    assert bridges.client.put(learner, json=said).status_code == 200
    bridges.learners.append(bridges.enrolled("Ash", "4"))
    text = (
        "Number,E-mail,Name,Grade\n4,,Ash Hadley,A\n,WREN@hadley.example.org,,B\n,,Ida Hadley,C\n,,Ash Hadley,C\n"
        ",,Nobody Here,A\n9,,Wren Hadley,A\n2,,Wren Reyes,A\n,,,A\n"
    )
    report = brought(bridges, sheets, text)
    assert [row["learner"] for row in report["rows"][:3]] == [bridges.learners[each] for each in (3, 2, 1)]
    assert problems(report) == {
        5: ["fullName"], 6: ["fullName"], 7: ["number"], 8: ["number"], 9: ["fullName"],
    }  # fmt: skip
    report = put_right(bridges, sheets, report, fixed={"5/who": bridges.learners[0], "7/number": "3"})
    assert report["rows"][3]["learner"] == bridges.learners[0]
    assert (problems(report)[3], problems(report)[7]) == (["mark1"], ["mark1"]), "two grades of the same learner"
    said = {row["number"]: row["problems"][0]["detail"] for row in report["rows"] if row["number"] in {3, 7}}
    assert ("row 7 says something else" in said[3], "row 3 says something else" in said[7]) == (True, True)
    save(bridges, sheets, report)
    assert [bridges.cell(each, "Grade") for each in range(4)] == ["C", "C", "", "A"], "nobody guesses which is right"


def test_what_is_no_mark_is_put_right_in_place_or_left_out(bridges, sheets):
    text = "Number,Design,Grade,Score,Hours,Completed on,Status\n1,9,Z,101,many,03/04/2026,withdrawn\n2,1,A,,,,\n"
    report = brought(bridges, sheets, text)
    assert problems(report) == {2: ["mark0", "mark1", "mark2", "hours", "completedOn", "status"]}
    assert all(each["detail"] and each["remedy"] for each in report["rows"][0]["problems"])
    fixed = {"2/mark0": "Level 3", "2/mark1": "C", "2/mark2": "10,5", "2/hours": "2", "2/status": "active"}
    report = put_right(bridges, sheets, report, fixed=fixed, dayOrder="dayFirst")
    assert report["counts"] == {"changed": 2}
    left = put_right(bridges, sheets, report, fixed={"2/mark1": ""})
    assert problems(left) == {2: ["mark1"]}
    save(bridges, sheets, left)
    assert (bridges.cell(0, "Hours"), bridges.cell(1, "Grade")) == ("", "A")
    one = brought(bridges, sheets, text)
    for wrong in ({"fixed": {"x": "1"}}, {"fixed": {"2/hours": "x" * 300}}, {"columns": {"hours": 99}},
                  {"columns": {"nothing": 0}}, {"dayOrder": "no"}):  # fmt: skip
        assert bridges.client.put(f"{sheets}/{one['id']}", json=wrong).status_code == 422
    assert bridges.client.put(f"{sheets}/{one['id']}", json={"version": 7}).status_code == 409


def test_more_cells_than_can_be_saved_is_said_when_it_is_looked_at(bridges, sheets, house, monkeypatch):
    monkeypatch.setattr(imports, "MOST_CELLS", 2)
    report = brought(bridges, sheets, SHEET)
    assert "at most 2 can be saved at a time" in report["cautions"][0]
    path = f"{bridges.page}/sheet/{report['id']}"
    page = house.people.client.get(path).text
    assert "at most 2 can be saved at a time" in page
    assert f"{path}/apply" not in page, "there is no button that cannot work"
    monkeypatch.setattr(imports, "MOST_CELLS", 2000)
    assert f"{path}/apply" in house.people.client.get(path).text


def test_somebody_else_wrote_meanwhile(bridges, sheets):
    report = brought(bridges, sheets, SHEET)
    bridges.put((0, "Grade", "C", ""))
    answer = bridges.client.post(f"{sheets}/{report['id']}/apply", json={"seen": report["seen"]})
    assert answer.status_code == 409
    assert bridges.cell(0, "Hours") == ""


def test_a_press_twice_is_one_sheet_and_it_is_of_one_class_alone(bridges, sheets, house):
    one, other = (send(bridges.client, sheets, SHEET, key="press").json() for _ in range(2))
    assert one["id"] == other["id"]
    assert send(bridges.client, sheets, SHEET + "3,,,A,,,,\n", key="press").status_code == 422
    clay = bridges.client.post(f"{bridges.api}/offerings", json={"title": "Clay"}).json()["id"]
    assert bridges.client.get(f"{bridges.api}/offerings/{clay}/marks/imports/{one['id']}").status_code == 404
    assert bridges.client.get(f"{bridges.api}/imports/{one['id']}").status_code == 404
    with house.services.context.database.reading() as session:
        row = session.get(tables.RosterImportRow, one["id"])
        assert b"Hadley" not in row.content_sealed
    assert bridges.client.delete(f"{bridges.api}/learners/{bridges.learners[0]}").status_code == 204
    with house.services.context.database.reading() as session:
        content = select(tables.RosterImportRow.content_sealed).where(tables.RosterImportRow.id == one["id"])
        assert session.scalar(content) is None, "erasing reaches it"


@pytest.mark.parametrize("text", ["", "{}", "Number,Grade\n1,=1+1\n", "Number\n" + "x" * 3000 + "\n", b"\x00\x01"])
def test_O2_a_sheet_of_marks_that_cannot_be_read_is_refused_in_words(bridges, sheets, text):
    answer = send(bridges.client, sheets, text)
    assert answer.status_code in {413, 422}
    assert answer.json()["detail"]


def test_an_instructor_brings_marks_to_a_class_of_her_own_and_to_no_other(bridges, sheets, teacher, house):
    assert send(teacher, sheets, SHEET).status_code == 404
    answer = bridges.client.post(f"{bridges.api}/invitations", json={"role": "instructor", "label": "Priya"})
    account = house.services.accounts.find_by_login("priya")
    actor = Actor(user_id=account.id, name=account.name, scope=account.scope)
    house.services.people.accept(actor, answer.json()["url"].rpartition("/")[2])
    theirs = brought(bridges, sheets, SHEET)["id"]
    assert send(teacher, sheets, SHEET).status_code == 403
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "", {}),
        ("POST", "/apply", {"seen": "x"}),
        ("DELETE", "", None),
    ):
        assert teacher.request(method, f"{sheets}/{theirs}{path}", json=body).status_code == 403
    path = f"{bridges.api}/offerings/{bridges.id}/instructors"
    assert bridges.client.put(path, json={"accounts": [account.id]}).status_code == 204
    report = send(teacher, sheets, SHEET).json()
    assert teacher.post(f"{sheets}/{report['id']}/apply", json={"seen": report["seen"]}).status_code == 200
    assert bridges.cell(0, "Hours") == "28.5"


def test_the_screens_without_a_script(bridges, house):
    person, path = house.people.client, f"{bridges.page}/sheet"
    assert f'href="{path}"' in person.get(bridges.page).text
    given = {**fields_of(person.get(path).text), "text": SHEET + "9,Wren Hadley,,A,,,,\n"}
    wrong = person.post(path, data={**given, "text": "{}"}, files={"file": ("", b"")})
    assert (wrong.status_code, "This is not a table." in wrong.text) == (422, True)
    answer = person.post(path, data=given, files={"file": ("", b"")})
    assert answer.status_code == 303, answer.text
    at = answer.headers["location"]
    page = person.get(at)
    assert "Nobody in this class has “9”." in page.text
    answer = person.post(f"{at}/answers", data={**fields_of(page.text), "fixed/4/who": bridges.learners[2]})
    assert answer.status_code == 303
    page = person.get(f"{at}?only=all")
    assert "Save 9 cells" in page.text
    seen = page.text.partition('name="seen" value="')[2].partition('"')[0]
    token = {"csrf": given["csrf"]}
    answer = person.post(f"{at}/apply", data={**token, "seen": "another"})
    assert answer.status_code == 409
    answer = person.post(f"{at}/apply", data={**token, "seen": seen})
    assert answer.headers["location"] == bridges.page
    assert "Saved: 9 cells." in person.get(bridges.page).text
    again = person.post(path, data={**given, "key": "another"}, files={"file": ("", b"")}).headers["location"]
    assert person.post(f"{again}/discard", data=token).headers["location"] == bridges.page
    assert person.get(again).status_code == 404


@pytest.mark.parametrize("names", [("Effort",), ("Effort", "Design"), ("Effort", "Design", "Grade", "Score", "Care")])
def test_columns_are_looked_for_anew_when_the_class_awards_something_else_meanwhile(bridges, sheets, house, names):
    report = brought(bridges, sheets, "Roster number,Design\n1,4\n2,odd\n")
    put_right(bridges, sheets, report, fixed={"3/mark0": "3"})
    given = [{"name": name, "resultType": "Percent"} for name in names]
    other = bridges.desk.achievement(name="Towers", results=given)
    said = {"title": "Bridges", "code": "BRIDGE", "achievement": other["id"]}
    assert bridges.client.put(f"{bridges.api}/offerings/{bridges.id}", json=said).status_code == 200
    now = bridges.client.get(f"{sheets}/{report['id']}").json()
    labels = [str(each["label"]) for each in bridges.grid()["columns"]]
    cells = [labels[[each["key"] for each in bridges.grid()["columns"]].index(cell["column"])]
             for row in now["rows"] for cell in row["cells"]]  # fmt: skip
    assert cells == (["Design"] if "Design" in names else []), "never into another mark"
    assert house.people.client.get(f"{bridges.page}/sheet/{report['id']}").status_code == 200
    put_right(bridges, sheets, report, columns={"mark0": None})
