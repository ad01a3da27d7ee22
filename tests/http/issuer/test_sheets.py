"""Sheets of awards: dropped, looked at, corrected in place, kept for later, previewed, put away."""

import io
import json
import zipfile

import pytest
from sqlalchemy import func, select

from issuer.store import tables
from tests.http.issuer.conftest import COURSE

HEADER = "First name,Last name,Roster number,Final grade,Completed on,Guardian email"
ROWS = [
    "Wren,Hadley,R-1,A,2026-06-03,guardian@hadley.example",
    "Jonah,Hadley,R-2,Z,2026-06-03,",
    "Ash,Pine,R-3,B,03/04/2026,",
    "Ash,Pine,R-3,B,2026-06-03,",
    "Ash,P.,R-3,B,2026-06-03,",
    ",,R-5,,,",
]


@pytest.fixture
def bring(desk, course):
    """Bring a sheet as a file; give the answer."""

    def bring(text=None, *, key="k1", **query):
        data = text if isinstance(text, bytes) else (text or "\n".join([HEADER, *ROWS])).encode()
        return desk.client.post(
            "/api/organisations/maple-co-op/sheets",
            params={"achievement": course["id"], **query},
            content=data,
            headers={"Content-Type": "text/csv", "Idempotency-Key": key},
        )

    return bring


@pytest.fixture
def sheet(bring):
    answer = bring()
    assert answer.status_code == 201, answer.text
    return answer.json()


class Sheets:
    def __init__(self, desk, sheet):
        self.desk, self.path = desk, f"/api/organisations/maple-co-op/sheets/{sheet['id']}"

    def get(self, part="", **query):
        return self.desk.client.get(self.path + part, params=query)

    def lines(self, **query):
        return {line["number"]: line for line in self.get("/rows", **query).json()["items"]}

    def states(self):
        return {number: line["state"] for number, line in self.lines().items()}

    def put(self, part, body, *, status=200):
        answer = self.desk.client.put(self.path + part, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def fix(self, *rows, status=200):
        return self.put("/rows", {"rows": list(rows)}, status=status)


@pytest.fixture
def at(desk, sheet):
    return Sheets(desk, sheet)


def test_a_sheet_is_looked_at_line_by_line(sheet, at, course):
    assert sheet["achievement"] == course["id"]
    assert sheet["counts"] == {"ok": 2, "problem": 4}
    assert (sheet["total"], sheet["ready"], sheet["state"], sheet["version"]) == (6, 2, "open", 1)
    assert sheet["columns"]["number"] == 2
    assert sheet["columns"]["mark0"] == 3
    assert "guardianMail" not in sheet["columns"]
    lines = at.lines()
    assert at.states() == {2: "ok", 3: "problem", 4: "problem", 5: "ok", 6: "problem", 7: "problem"}
    assert [problem["code"] for problem in lines[3]["problems"]] == ["unknownMark"]
    assert lines[3]["problems"][0]["detail"] == "“Z” is not a mark here."
    assert lines[3]["places"]["mark0"] == "D3"
    assert lines[4]["problems"][0]["choices"] == ["2026-03-04", "2026-04-03"]
    assert [problem["code"] for problem in lines[6]["problems"]] == ["twice"]
    assert {problem["field"] for problem in lines[7]["problems"]} == {"fullName", "mark0"}


def test_it_is_told_in_the_language_of_who_asks(desk, at):
    answer = desk.client.get(f"{at.path}/rows", headers={"Accept-Language": "es"})
    assert answer.json()["items"][1]["problems"][0]["detail"] == "«Z» no es una calificación de aquí."


def test_lines_are_corrected_in_place_and_only_those(at):
    found = at.fix(
        {"number": 3, "values": {"mark0": "B+"}},
        {"number": 4, "values": {"completedOn": "2026-04-03"}},
        {"number": 7, "later": True},
    )
    assert found["counts"] == {"ok": 4, "problem": 1, "later": 1}
    assert found["version"] == 2
    lines = at.lines()
    assert lines[3]["values"]["mark0"] == "B+"
    assert lines[3]["fixed"] == ["mark0"]
    assert lines[2]["fixed"] == []


def test_a_correction_frees_the_line_that_was_the_same(at):
    found = at.fix({"number": 5, "values": {"number": "R-4"}})
    assert at.states()[6] == "ok"
    assert found["counts"]["ok"] == 3
    at.fix({"number": 5, "values": {"number": "r-3"}})
    assert (at.states()[5], at.states()[6]) == ("ok", "problem")
    at.fix({"number": 5, "later": True})
    assert (at.states()[5], at.states()[6]) == ("later", "ok")
    at.fix({"number": 5, "later": False})
    assert (at.states()[5], at.states()[6]) == ("ok", "problem")


def test_a_question_is_answered_for_the_line_it_was_asked_about(at):
    at.fix({"number": 7, "values": {"givenName": "Robin"}})
    assert [problem["code"] for problem in at.lines()[7]["problems"]] == ["noMark"]
    at.fix({"number": 7, "accept": True})
    assert at.states()[7] == "ok"
    at.fix({"number": 7, "accept": False})
    assert at.states()[7] == "problem"


def test_what_comes_first_in_a_day_is_said_once_for_all(at):
    found = at.put("/columns", {"dayOrder": "dayFirst"})
    assert found["dayOrder"] == "dayFirst"
    assert at.states()[4] == "ok"
    assert at.lines()[4]["values"]["completedOn"] == "03/04/2026"


def test_another_column_loses_no_correction(at):
    at.fix({"number": 3, "values": {"mark0": "B+"}}, {"number": 5, "later": True})
    found = at.put("/columns", {"columns": {"term": 4, "completedOn": None}})
    assert found["columns"]["term"] == 4
    assert found["columns"]["completedOn"] is None
    assert at.states()[3] == "ok"
    assert at.states()[5] == "later"
    assert at.lines()[4]["values"]["term"] == "03/04/2026"


@pytest.mark.parametrize(
    ("columns", "field"),
    [({"term": 99}, "columns/term"), ({"nobody": 1}, "columns/nobody"), ({"term": 1, "comment": 1}, "columns/term")],
)
def test_a_column_that_cannot_be_is_refused(at, columns, field):
    assert at.put("/columns", {"columns": columns}, status=422)["field"] == field


def test_a_line_that_is_not_there_is_refused_and_nothing_changes(at):
    answer = at.fix({"number": 3, "values": {"mark0": "B"}}, {"number": 99, "later": True}, status=422)
    assert answer["field"] == "rows/99"
    assert at.states()[3] == "problem"
    assert at.fix({"number": 3, "values": {"salary": "1"}}, status=422)["field"] == "rows/3/salary"
    assert at.fix({"number": 3, "values": {"mark0": "\u202e"}}, status=422)["field"] == "rows/3/mark0"


def test_lines_come_by_page_and_by_state(at):
    page = at.get("/rows", size=2, page=2).json()
    assert ([line["number"] for line in page["items"]], page["total"], page["next"]) == ([4, 5], 6, 3)
    assert set(at.lines(only="ok")) == {2, 5}
    assert at.get("/rows", only="sold").status_code == 422


def test_one_award_is_shown_before_anything_is_signed(at, services):
    found = at.get("/preview").json()
    assert (found["row"], found["learnerName"]) == (2, "Wren Hadley")
    subject = found["document"]["credentialSubject"]
    assert subject["result"][0]["value"] == "A"
    assert "proof" not in found["document"]
    with services.context.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.CredentialRow)) == 0
        assert session.scalar(select(func.count()).select_from(tables.StatusEntryRow)) == 0
    at.fix({"number": 2, "later": True}, {"number": 5, "later": True}, {"number": 6, "later": True})
    assert at.get("/preview").status_code == 409


def test_the_same_request_is_one_sheet(bring, desk):
    one, again = bring(), bring()
    assert one.json()["id"] == again.json()["id"]
    other = bring(f"{HEADER}\nWren,Hadley,R-1,B,,")
    assert (other.status_code, other.json()["type"].rpartition("#")[2]) == (422, "idempotency-key-reused")
    assert bring(key="k2").json()["id"] != one.json()["id"]
    listed = desk.client.get("/api/organisations/maple-co-op/sheets").json()
    assert listed["total"] == 2


def test_a_sheet_is_put_away_and_what_it_said_is_gone(at, desk, services):
    assert desk.client.delete(at.path).status_code == 204
    assert at.get().status_code == 404
    assert desk.client.get("/api/organisations/maple-co-op/sheets").json()["total"] == 0
    with services.context.database.reading() as session:
        assert session.scalars(select(tables.SheetLineRow.cells_sealed)).all() == [None] * 6
        assert session.scalars(select(tables.SheetRow.about_sealed)).all() == [None]


def test_a_sheet_that_nobody_touches_is_erased_after_a_month(at, services, clock):
    from datetime import timedelta

    clock.advance(timedelta(days=29))
    assert services.sheets.forget_old() == 0
    clock.advance(timedelta(days=2))
    assert services.sheets.forget_old() == 1
    with services.context.database.reading() as session:
        assert session.scalars(select(tables.SheetLineRow.cells_sealed)).all() == [None] * 6


def test_nothing_of_a_learner_is_readable_in_the_database(sheet, settings):
    stored = b"".join(path.read_bytes() for path in settings.data_dir.glob("issuer.db*"))
    for word in (b"Jonah", b"guardian@hadley", b"R-2"):
        assert word not in stored


def test_a_file_whose_letters_are_not_sure_is_read_anew(bring, desk):
    text = f"{HEADER}\nZo\u00eb,Hadley,R-1,A,,".encode("cp1252")
    sheet = bring(text).json()
    assert sheet["notes"][0]["code"] == "encoding"
    at = Sheets(desk, sheet)
    assert sheet["encoding"] == "windows-1252"
    again = at.put("/reading", {"encoding": "macintosh"})
    assert again["id"] == sheet["id"]
    assert again["version"] == 2


def test_a_file_that_is_sure_is_read_in_one_way(at):
    at.put("/reading", {"encoding": "utf-8"}, status=409)


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"%PDF-1.7 nothing", 422, "This is not a table."),
        (b"", 422, "There is nothing in this sheet."),
        (HEADER.encode(), 422, "There is nothing in this sheet."),
        (f'{HEADER}\nWren,Hadley,R-1,"=1+1",,'.encode(), 422, "Cell D2 holds a formula."),
        (f"{HEADER}\n".encode() + b"Wren,Hadley,R-1,A,,\n" * 20_001, 413, "There are too many rows"),
        (b"a,b\n" + b"x" * 10_000_001, 413, "This file is larger"),
    ],
    ids=["a PDF", "nothing", "no rows", "a formula", "too many rows", "too large"],
)
def test_O2_what_is_no_sheet_is_refused_with_its_place_and_nothing_is_kept(bring, services, data, status, words):
    answer = bring(data)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"].startswith(words)
    assert answer.json()["field"] == "file"
    with services.context.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.SheetRow)) == 0


def test_O2_a_bomb_is_given_up(bring):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("xl/worksheets/sheet1.xml", b"0" * (80 << 20))
    assert bring(packed.getvalue()).status_code in {413, 422}


def test_O4_the_achievement_of_others_is_none(bring, other_desk):
    foreign = other_desk.achievement()
    answer = bring(achievement=foreign["id"])
    assert (answer.status_code, answer.json()["field"]) == (422, "achievement")


def test_a_changed_achievement_is_looked_at_anew(at, desk, course):
    wider = {**COURSE, "results": [{**COURSE["results"][0], "allowedValues": ["A", "A-", "B+", "B", "C", "Z"]}]}
    path = f"/api/organisations/maple-co-op/achievements/{course['id']}"
    assert desk.client.put(path, json=wider).status_code == 200
    assert at.get().json()["counts"]["ok"] == 3
    assert at.states()[3] == "ok"


def test_R10_without_the_key_file_nothing_is_read_and_nothing_is_lost(at, settings):
    hidden = settings.key_file.with_name("away")
    settings.key_file.rename(hidden)
    assert at.get().status_code == 503
    hidden.rename(settings.key_file)
    assert at.get().json()["counts"] == {"ok": 2, "problem": 4}


def test_what_happened_is_in_the_audit_without_names(sheet, desk, at):
    desk.client.delete(at.path)
    rows = desk.client.get("/api/organisations/maple-co-op/audit").json()["items"]
    found = [(row["action"], row["object"], row["detail"]) for row in rows if row["action"].startswith("sheet.")]
    assert found == [("sheet.discard", sheet["id"], {}), ("sheet.receive", sheet["id"], {"rows": 6})]
    assert "Hadley" not in json.dumps(rows)
