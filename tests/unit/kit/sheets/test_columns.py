"""Which column is which is guessed as people name them, in both languages; what nobody can tell stays open."""

from pathlib import Path

import pytest

from kit.sheets import FIELDS, LIMITS, Refusal, SheetRefused, fields, folded, guess, headed, read_sheet

FIXTURES = Path(__file__).parents[5] / "shared" / "education" / "fixtures" / "csv"
AWARD = fields(
    "given_name", "family_name", "full_name", "number", "mail", "birth_date", "mark", "completed_on", "comment"
)
ROSTER = fields(
    "offering_code", "given_name", "family_name", "full_name", "birth_date", "guardian_name", "guardian_mail", "mail",
    "enrolled_on", "status", "notes", "number",
)  # fmt: skip
RESULTS = fields(
    "offering_code", "family_name", "given_name", "full_name", "birth_date", "status", "mark", "grade_scale", "percent",
    "credits", "hours", "completed_on", "skill", "skill_level", "evidence_url", "comment", "number",
)  # fmt: skip
CATALOGUE = fields(
    "offering_code", "title", "grades_or_ages", "term", "start_date", "end_date", "weekly_hours", "weeks", "total_hours",
    "proposed_credits", "sced_code", "subject", "level", "price", "price_per", "seats", "location", "schedule",
    "instructor_name", "instructor_mail", "description", "skills", "prerequisites", "assessment_method",
)  # fmt: skip


def sheet_of(*rows, separator=";"):
    return read_sheet("\n".join(separator.join(row) for row in rows).encode(), limits=LIMITS)


def guessed(headers, wanted, *rows):
    found = guess(sheet_of(headers, *(rows or [["x"] * len(headers)])), wanted)
    return {key: headers[column] for key, column in found.columns.items() if column is not None}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "wanted"), [("provider-roster", ROSTER), ("provider-results", RESULTS), ("provider-catalogue", CATALOGUE)]
)
def test_our_templates_are_understood_without_a_question(name, wanted):
    sheet = read_sheet((FIXTURES / f"{name}.csv").read_bytes(), limits=LIMITS)
    found = guess(headed(sheet, wanted), wanted)
    expected = {
        field.key: folded(header) for header in sheet.headers for field in wanted if field.names[0] == folded(header)
    }
    columns = {key: folded(sheet.headers[column]) for key, column in found.columns.items() if column is not None}
    assert columns == expected
    assert set(columns.values()) == {folded(header) for header in sheet.headers}
    assert found.sure == set(expected)


@pytest.mark.shared
def test_users_of_a_district_are_understood_and_the_password_is_nobodys_field():
    sheet = read_sheet((FIXTURES / "oneroster-1.1" / "users.csv").read_bytes(), limits=LIMITS)
    found = guess(sheet, fields("given_name", "family_name", "full_name", "number", "mail", "status"))
    named = {key: sheet.headers[column] for key, column in found.columns.items() if column is not None}
    assert named == {
        "given_name": "givenName",
        "family_name": "familyName",
        "number": "sourcedId",
        "mail": "email",
        "status": "status",
    }


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["First Name", "Last Name", "Student ID", "E-mail", "Grade"],
         {"given_name": "First Name", "family_name": "Last Name", "number": "Student ID", "mail": "E-mail", "mark": "Grade"}),
        (["Nombre", "Apellidos", "Nº", "Correo electrónico", "Calificación", "Fecha"],
         {"given_name": "Nombre", "family_name": "Apellidos", "number": "Nº", "mail": "Correo electrónico", "mark": "Calificación", "completed_on": "Fecha"}),
        (["Alumno", "Matrícula", "Fecha de nacimiento", "Nota final", "Observación"],
         {"full_name": "Alumno", "number": "Matrícula", "birth_date": "Fecha de nacimiento", "mark": "Nota final"}),
        (["Name of student", "DOB", "Final grade (A-F)"], {"full_name": "Name of student", "birth_date": "DOB", "mark": "Final grade (A-F)"}),
        (["STUDENT_FIRST_NAME", "studentLastName"], {"given_name": "STUDENT_FIRST_NAME", "family_name": "studentLastName"}),
        (["Nombre y apellidos", "Curso"], {"full_name": "Nombre y apellidos"}),
        (["foo", "bar", ""], {}),
    ],
)  # fmt: skip
def test_headers_are_understood_in_both_languages(headers, expected):
    assert guessed(headers, AWARD) == expected


@pytest.mark.parametrize(
    "headers",
    [["Parent email", "Teacher e-mail"], ["Correo de la madre", "Email del tutor"], ["Mother's name", "Instructor name"], ["Parent first name", "Guardian last name"],
     ["School name", "Emergency contact email"], ["Course name", "File name"]],
)  # fmt: skip
def test_what_belongs_to_an_adult_is_never_taken_for_the_learners(headers):
    assert not {"mail", "full_name", "given_name", "family_name"} & set(guessed(headers, AWARD))


def test_each_goes_to_the_one_it_fits_best_and_to_no_other():
    headers = ["Email", "Guardian email", "Guardian", "Student"]
    assert guessed(headers, ROSTER) == {
        "mail": "Email", "guardian_mail": "Guardian email", "guardian_name": "Guardian", "full_name": "Student",
    }  # fmt: skip
    assert guessed(["Name", "Name"], AWARD) == {"full_name": "Name"}


def test_what_stands_under_a_header_helps_where_there_is_one_answer_only():
    rows = [["Wren", "wren@hadley.example", "3/6/2016"], ["Jonah", "jonah@hadley.example", "14/3/2009"]]
    wanted = fields("full_name", "mail", "completed_on")
    found = guess(sheet_of(["Student", "contacto", "cuando"], *rows), wanted)
    assert found.columns == {"full_name": 0, "mail": 1, "completed_on": 2}
    assert found.sure == {"full_name"}
    two_days = guess(sheet_of(["Student", "a", "b"], ["Wren", "2016-06-03", "2026-12-15"]), wanted)
    assert two_days.columns["completed_on"] is None
    both = guess(
        sheet_of(["Student", "cuando"], ["Wren", "2016-06-03"]), fields("full_name", "birth_date", "completed_on")
    )
    assert both.columns == {"full_name": 0, "birth_date": None, "completed_on": None}


def test_no_column_is_given_twice():
    every = tuple(FIELDS.values())
    found = guess(sheet_of([field.names[0] for field in every], ["x"] * len(every)), every)
    columns = [column for column in found.columns.values() if column is not None]
    assert len(columns) == len(set(columns)) == len(every)


def test_the_names_of_fields_are_written_as_they_are_compared():
    wrong = [
        (field.key, name)
        for field in FIELDS.values()
        for name in (*field.names, *field.without)
        if folded(name) != name
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("learner_given_name", "learner given name"),
        ("givenName", "given name"),
        ("  Año—Clase ", "ano clase"),
        ("E-Mail", "e mail"),
        ("Nº", "no"),
        ("日本", ""),
        ("ID", "id"),
    ],
)
def test_headers_are_folded(header, said):
    assert folded(header) == said


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("Wren Hadley", "Wren Hadley"),
        ("Hadley, Wren", "Wren Hadley"),
        ("Martin King, Jr.", "Martin King, Jr."),
        ("a, b, c", "a, b, c"),
        ("Hadley,", "Hadley,"),
        (", x", ", x"),
    ],
)
def test_a_name_in_one_column_is_turned_when_it_has_a_comma(cell, name):
    sheet = sheet_of(["Student", "Mark"], [cell, "A"])
    assert guess(sheet, AWARD).name_of(sheet.rows[0]) == name


def test_a_name_in_two_columns_is_joined():
    sheet = sheet_of(["Last name", "First name"], ["Hadley", "Wren"], ["", "Jonah"], ["Cher", ""])
    found = guess(sheet, AWARD)
    assert [found.name_of(row) for row in sheet.rows] == ["Wren Hadley", "Jonah", "Cher"]


def test_a_title_above_the_header_is_passed_over():
    sheet = sheet_of(["Spring grades of the maple group"], ["Name", "Mark"], ["Wren", "A"])
    assert (headed(sheet, AWARD).headers, len(headed(sheet, AWARD).rows)) == (["Name", "Mark"], 1)
    unknown = sheet_of(["foo", "bar"], ["Wren", "A"])
    assert headed(unknown, AWARD) == unknown
    only = sheet_of(["Name"])
    assert headed(only, AWARD) == only


def test_two_headers_are_refused_with_their_rows():
    sheet = sheet_of(["title"], ["Name", "Mark", "Date"], ["nombre", "nota", "fecha"], ["Wren", "A", "2026-12-15"])
    with pytest.raises(SheetRefused) as caught:
        headed(sheet, AWARD)
    assert (caught.value.refusal, caught.value.place) == (Refusal.TWO_HEADERS, "2–3")


def test_an_unknown_field_is_an_error_of_the_program():
    with pytest.raises(KeyError):
        fields("shoe_size")
