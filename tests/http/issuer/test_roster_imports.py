"""A roster from a sheet: looked at before anything is kept, asked about, taken over whole, and twice the same as once."""

import io
import itertools
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from issuer.store import tables
from tests.http.issuer.html_forms import fields_of

TEMPLATE = (
    "offering_code,learner_given_name,learner_family_name,learner_birth_date,guardian_name,guardian_email,"
    "learner_email,enrolled_on,status,notes\n"
    "BRIDGE-F26,Wren,Hadley,2016-06-03,Teresa Hadley,teresa@hadley.example.org,,2026-08-20,active,\n"
    "ENVSCI-26,Jonah,Hadley,2009-03-14,Teresa Hadley,teresa@hadley.example.org,jonah@hadley.example.org,2026-08-20,"
    "active,\n"
    "ENVSCI-26,Wren,Hadley,2016-06-03,,,,2026-08-20,active,\n"
)
_keys = itertools.count(1)


@pytest.fixture
def desk(house):
    return house.desk()


@pytest.fixture
def offered(desk):
    for code in ("BRIDGE-F26", "ENVSCI-26"):
        assert desk.client.post(f"{desk.base}/offerings", json={"title": code.title(), "code": code}).status_code == 201


def bring(desk, sheet, *, key=None, **members):
    headers = {"Idempotency-Key": key or f"k{next(_keys)}"}
    if isinstance(sheet, bytes):
        answer = desk.client.post(
            f"{desk.base}/imports", content=sheet, params=members, headers=headers | {"Content-Type": "text/csv"}
        )
    else:
        answer = desk.client.post(f"{desk.base}/imports", json={"text": sheet, **members}, headers=headers)
    return answer


def brought(desk, sheet, **members):
    answer = bring(desk, sheet, **members)
    assert answer.status_code == 201, answer.text
    return answer.json()


def take_over(desk, report):
    answer = desk.client.post(f"{desk.base}/imports/{report['id']}/apply", json={"seen": report["seen"]})
    assert answer.status_code == 200, answer.text
    return answer.json()


def answered(desk, report, **answers):
    said = {"answers": {name.removeprefix("row"): value for name, value in answers.items()}}
    answer = desk.client.put(f"{desk.base}/imports/{report['id']}", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


def roster(desk):
    items = desk.client.get(f"{desk.base}/learners", params={"state": "all", "size": 200}).json()["items"]
    return [desk.client.get(f"{desk.base}/learners/{item['id']}").json() for item in items]


def kept_of(house, desk):
    """The rosters on their way in, as they are stored."""
    with house.services.context.database.reading() as session:
        mine = select(tables.OrganisationRow.id).where(tables.OrganisationRow.slug == desk.slug).scalar_subquery()
        return session.scalars(
            select(tables.RosterImportRow).where(tables.RosterImportRow.organisation_id == mine)
        ).all()


def changes(report):
    return [line["change"] for line in report["rows"]]


def test_the_template_comes_in_and_a_second_time_changes_nothing(desk, offered):
    report = brought(desk, TEMPLATE)
    assert changes(report) == ["new", "new", "changed"]
    assert roster(desk) == []
    assert take_over(desk, report)["applied"] is True
    (wren,) = (each for each in roster(desk) if each["givenName"] == "Wren")
    assert (wren["birthDate"], wren["guardianMail"]) == ("2016-06-03", "teresa@hadley.example.org")
    assert [(each["code"], each["status"], each["enrolledOn"]) for each in wren["enrolments"]] == [
        ("BRIDGE-F26", "active", "2026-08-20"),
        ("ENVSCI-26", "active", "2026-08-20"),
    ]
    again = brought(desk, TEMPLATE)
    assert again["counts"] == {"same": 3}
    before = roster(desk)
    take_over(desk, again)
    assert roster(desk) == before


def test_the_same_press_twice_brings_one_sheet_and_takes_it_over_once(desk):
    sheet = "First name,Last name,Birth date\nWren,Hadley,2016-06-03\n"
    one, other = brought(desk, sheet, key="press"), brought(desk, sheet, key="press")
    assert one["id"] == other["id"]
    assert bring(desk, sheet + "Jonah,Hadley,2009-03-14\n", key="press").status_code == 422
    take_over(desk, one)
    answer = desk.client.post(f"{desk.base}/imports/{one['id']}/apply", json={"seen": one["seen"]})
    assert answer.status_code == 404
    assert len(roster(desk)) == 1


def test_a_name_alone_is_asked_about_and_joined_only_by_an_answer(desk):
    take_over(desk, brought(desk, "First name,Last name,Birth date\nWren,Hadley,2016-06-03\n"))
    sheet = "First name,Last name,Guardian\nWren,Hadley,Teresa\nWren,Hadley,Marta\n"
    report = brought(desk, sheet)
    assert changes(report) == ["question", "question"]
    (candidate,) = report["rows"][0]["candidates"]
    assert (candidate["birthDate"], candidate["row"]) == ("2016-06-03", None)
    report = answered(desk, report, row2=candidate["id"], row3="new")
    assert changes(report) == ["changed", "new"]
    take_over(desk, report)
    assert sorted((each["guardianName"], each["birthDate"]) for each in roster(desk)) == [
        ("Marta", None),
        ("Teresa", "2016-06-03"),
    ]
    assert changes(answered(desk, brought(desk, sheet), row2=candidate["id"])) == ["same", "question"]


def test_what_was_not_answered_is_left_out(desk):
    take_over(desk, brought(desk, "Name\nWren Hadley\n"))
    report = brought(desk, "Name,Birth date\nWren Hadley,\nAsh Reyes,2015-05-05\n")
    assert changes(report) == ["question", "new"]
    take_over(desk, report)
    assert sorted(each["givenName"] for each in roster(desk)) == ["Ash", "Wren"]


def test_an_answer_can_be_taken_back_and_nonsense_is_none(desk):
    take_over(desk, brought(desk, "Name\nWren Hadley\n"))
    report = brought(desk, "Name\nWren Hadley\n")
    assert changes(answered(desk, report, row2="new")) == ["new"]
    assert changes(answered(desk, report, row2="")) == ["question"]
    assert changes(answered(desk, report, row2="accept")) == ["question"]
    for nonsense in ("maybe", "x" * 500, "00000000-0000-0000-0000-00000000000g"):
        answer = desk.client.put(f"{desk.base}/imports/{report['id']}", json={"answers": {"2": nonsense}})
        assert answer.status_code == 422
    assert changes(answered(desk, report, row2="11111111-2222-3333-4444-555555555555")) == ["question"]


def test_problems_are_said_in_words_and_the_rest_comes_in(desk, offered):
    sheet = (
        "First name,Last name,Birth date,Number,E-mail,Code,Status\n"
        "Wren,Hadley,2016-06-03,1,w@h.example.org,BRIDGE-F26,active\n"
        ",,2016-06-03,2,,,\n"
        "Jonah,Hadley,31.02.2009,3,,,\n"
        "Ash,Reyes,2015-05-05,4,none,,\n"
        "Ada,Ito,2015-05-05,5,,NOPE,\n"
        "Ida,Ito,2015-05-05,6,,BRIDGE-F26,perhaps\n"
        "W\u0433en,Hadley,2015-05-05,7,,,\n"
        "Other,Name,2001-01-01,1,,,\n"
    )
    report = brought(desk, sheet)
    assert changes(report) == ["new", *["problem"] * 7]
    fields = [[problem["field"] for problem in row["problems"]] for row in report["rows"]]
    assert fields == [
        [],
        ["givenName"],
        ["birthDate"],
        ["mail"],
        ["offeringCode"],
        ["status"],
        ["fullName"],
        ["number"],
    ]
    assert all(problem["detail"] and problem["remedy"] for row in report["rows"] for problem in row["problems"])
    assert changes(answered(desk, report, row8="accept"))[6] == "new"
    take_over(desk, answered(desk, report, row8=""))
    assert [each["givenName"] for each in roster(desk)] == ["Wren"]


def test_columns_and_the_order_of_days_can_be_chosen(desk):
    report = brought(desk, "A,B,C\nWren,Hadley,03/06/2016\n")
    assert changes(report) == ["problem"]
    columns = {"givenName": 0, "familyName": 1, "birthDate": 2}
    path = f"{desk.base}/imports/{report['id']}"
    asked = desk.client.put(path, json={"columns": columns}).json()
    assert [problem["code"] for problem in asked["rows"][0]["problems"]] == ["dayEither"]
    found = desk.client.put(path, json={"dayOrder": "dayFirst"}).json()
    assert changes(found) == ["new"]
    take_over(desk, found)
    assert roster(desk)[0]["birthDate"] == "2016-06-03"
    for wrong in ({"columns": {"nonsense": 0}}, {"columns": {"number": 9}}, {"columns": {"number": 0, "mail": 0}},
                  {"dayOrder": "backwards"}):  # fmt: skip
        one = brought(desk, "Name\nAda\n")["id"]
        assert desk.client.put(f"{desk.base}/imports/{one}", json=wrong).status_code == 422


def test_somebody_else_was_faster(desk):
    sheet = "First name,Last name,Birth date\nWren,Hadley,2016-06-03\n"
    mine, theirs = brought(desk, sheet), brought(desk, sheet)
    take_over(desk, theirs)
    answer = desk.client.post(f"{desk.base}/imports/{mine['id']}/apply", json={"seen": mine["seen"]})
    assert answer.status_code == 409
    stale = desk.client.put(f"{desk.base}/imports/{mine['id']}", json={"dayOrder": "dayFirst", "version": 7})
    assert stale.status_code == 409
    assert len(roster(desk)) == 1


def test_a_workbook_and_another_encoding_come_in(desk):
    book = openpyxl.Workbook()
    for row in (["Nombre", "Apellidos", "Fecha de nacimiento"], ["Zoë", "García López", "2016-06-03"]):
        book.active.append(row)
    stored = io.BytesIO()
    book.save(stored)
    take_over(desk, brought(desk, stored.getvalue()))
    assert roster(desk)[0]["familyName"] == "García López"
    report = brought(desk, "Name,Birth date\nZoë García López,2016-06-03\n".encode("latin-1"))
    assert changes(report) == ["same"]
    assert len(report["cautions"]) == 1


@pytest.mark.parametrize(
    "sheet", ["", "{}", "Name,Birth date\n=1+1,2016-06-03\n", "Name\n" + "x" * 3000 + "\n", "Name\n"]
)
def test_O2_what_cannot_be_read_is_refused_in_words_and_nothing_is_kept(desk, house, sheet):
    answer = bring(desk, sheet)
    assert answer.status_code in {413, 422}
    assert answer.json()["detail"]
    assert kept_of(house, desk) == []


def test_what_nobody_said_yes_to_is_erased_after_a_day(desk, house):
    brought(desk, "Name\nWren Hadley\n")
    (kept,) = kept_of(house, desk)
    assert b"Wren" not in kept.content_sealed
    with house.services.context.database.session() as session:
        session.get(tables.RosterImportRow, kept.id).expires = house.clock.now() - timedelta(seconds=1)
    assert house.services.imports.forget_old() == 1
    (kept,) = kept_of(house, desk)
    assert (kept.content_sealed, kept.state) == (None, "discarded")
    assert desk.client.get(f"{desk.base}/imports/{kept.id}").status_code == 404


def test_O4_an_answer_that_names_a_learner_of_another_organisation_is_none(desk, house):
    other_desk = house.desk()
    theirs = other_desk.client.post(f"{other_desk.base}/learners", json={"givenName": "Wren", "familyName": "Hadley"})
    take_over(desk, brought(desk, "Name\nWren Hadley\n"))
    report = brought(desk, "Name\nWren Hadley\n")
    assert changes(answered(desk, report, row2=theirs.json()["id"])) == ["question"]


def test_the_screens_without_a_script(house, desk, offered):
    person, base = house.people.client, f"/organisations/{desk.slug}"
    page = person.get(f"{base}/imports/new")
    given = {**fields_of(page.text), "text": TEMPLATE + "BRIDGE-F26,Wren,Hadley,,,,,,,\n"}
    answer = person.post(f"{base}/imports/new", data=given, files={"file": ("", b"")})
    assert answer.status_code == 303
    path = answer.headers["location"]
    page = person.get(path)
    assert "The same as in row 2" in page.text
    answers = fields_of(page.text)
    answer = person.post(f"{path}/answers", data={**answers, "answers/5": "new"})
    assert answer.status_code == 303
    page = person.get(f"{path}?only=all")
    assert "Take over 4 rows" in page.text
    seen = page.text.partition('name="seen" value="')[2].partition('"')[0]
    answer = person.post(f"{path}/apply", data={"csrf": answers["csrf"], "seen": seen})
    assert answer.headers["location"] == f"{base}/learners"
    assert "3 new, 1 changed" in person.get(f"{base}/learners").text
    assert person.get(path).status_code == 404
    wrong = person.post(f"{base}/imports/new", data={**given, "text": "{}"}, files={"file": ("", b"")})
    assert wrong.status_code == 422
    assert "This is not a table." in wrong.text
