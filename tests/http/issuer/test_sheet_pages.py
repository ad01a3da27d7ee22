"""The three screens of a sheet of awards, as a browser without JavaScript uses them."""

import html
import re

import pytest

from tests.http.issuer.html_forms import fields_of
from tests.http.issuer.test_sheets import HEADER, ROWS

BASE = "/organisations/maple-co-op/sheets"


class Screens:
    """Somebody at the desk with the pages of one sheet."""

    def __init__(self, person, course):
        self.person, self.course, self.path = person, course, None

    def bring(self, text=None, *, file=None, **fields):
        page = self.person.get(f"{BASE}/new")
        given = {**fields_of(page.text), "achievement": self.course["id"], "text": text or "", **fields}
        files = {"file": file} if file else {"file": ("", b"")}
        return self.person.post(f"{BASE}/new", data=given, files=files)

    def open(self, text=None):
        answer = self.bring(text or "\n".join([HEADER, *ROWS]))
        assert answer.status_code == 303, answer.text
        self.path = answer.headers["location"]
        return self

    def see(self, part="", **query):
        answer = self.person.get(self.path + part, params=query)
        assert answer.status_code == 200, answer.text
        return html.unescape(answer.text)

    def send(self, part, *, page=None, **changed):
        given = fields_of(page or self.see())
        return self.person.post(self.path + part, data={**given, **{k: v for k, v in changed.items() if v is not None}})

    def save(self, values, *, do="save", page=None):
        given = fields_of(page or self.person.get(self.path).text)
        return self.person.post(f"{self.path}/rows", data={**given, **values, "do": do})

    def counts(self):
        """How many rows are in each state, by its word on the page."""
        found = re.search(r'<nav class="tabs".*?</nav>', self.see(), re.DOTALL)[0]
        return {word.strip(): int(n) for word, n in re.findall(r'>([^<>]+) <b class="number">(\d+)</b>', found)}


@pytest.fixture
def screens(browser, course):
    return Screens(browser.client, course)


@pytest.fixture
def at(screens):
    return screens.open()


def test_a_pasted_sheet_is_read_and_its_problems_come_first_in_words(at):
    page = at.see()
    assert at.counts() == {"To look at": 4, "Ready": 2, "All": 6}
    assert page.index("“Z” is not a mark here.") < page.index("Wren Hadley")
    assert re.search(r'name="rows/3/mark0"', page)
    assert "Go on with 2, keep 4 for later" in page
    assert "D3" in page


def test_a_file_is_read_and_keeps_its_name(screens):
    answer = screens.bring(file=("spring.csv", "\n".join([HEADER, ROWS[0]]).encode(), "text/csv"))
    screens.path = answer.headers["location"]
    assert "spring.csv" in screens.see()
    assert "Go on with 1<" in screens.see()
    assert "spring.csv" in screens.person.get(BASE).text


def test_a_blank_first_heading_shifts_no_column(screens):
    at = screens.open("\tName\tRoster number\tFinal grade\n1\tWren Hadley\tR-1\tA")
    assert at.counts() == {"Ready": 1, "All": 1}


def test_the_same_page_sent_twice_brings_one_sheet_and_another_file_another(screens):
    page = screens.person.get(f"{BASE}/new").text
    given = {**fields_of(page), "achievement": screens.course["id"]}
    where = [
        screens.person.post(f"{BASE}/new", data={**given, "text": f"{HEADER}\n{row}"}).headers["location"]
        for row in (ROWS[0], ROWS[0], ROWS[1])
    ]
    assert where[0] == where[1] != where[2]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": ""}, "There is no sheet yet. Choose a file"),
        ({"achievement": "", "text": "a"}, "Nothing was chosen here."),
        ({"achievement": "nowhere", "text": "Name\nWren"}, "This achievement cannot be awarded."),
        ({"text": "Name,Roster number,Final grade\n=HYPERLINK(1),R-1,A"}, "holds a formula"),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_pasted_stays(screens, fields, said):
    answer = screens.bring(**fields)
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    assert fields_of(answer.text)["text"] == fields["text"]


def test_rows_are_corrected_in_place_and_only_what_was_changed(at):
    answer = at.save({"rows/3/mark0": "B+", "rows/4/completed_on": "2026-04-03", "rows/7/later": "1"})
    assert answer.status_code == 303
    assert at.counts() == {"To look at": 1, "Ready": 4, "Kept for later": 1, "All": 6}
    lines = at.person.get(f"/api{at.path}/rows").json()["items"]
    assert {line["number"]: line["fixed"] for line in lines if line["fixed"]} == {3: ["mark0"], 4: ["completedOn"]}


def test_sending_a_page_unchanged_corrects_nothing(screens):
    at = screens.open("Name,Roster number,Final grade\n\u202eWren,R-1,A\nАsh Pine,1E+15,Z")
    before = at.counts()
    assert at.save({}).status_code == 303
    assert at.counts() == before
    assert all(line["fixed"] == [] for line in at.person.get(f"/api{at.path}/rows").json()["items"])


def test_the_way_on_takes_what_was_typed_with_it(at):
    answer = at.save({"rows/3/mark0": "B+"}, do="preview")
    assert answer.headers["location"] == f"{at.path}/preview"
    page = at.see("/preview")
    assert "3 awards, signed by Maple Co-op." in page
    assert "3 rows stay in the sheet for later." in page
    assert "Wren Hadley" in page


def test_somebody_elses_correction_is_not_written_over(at):
    page = at.person.get(at.path).text
    assert at.save({"rows/3/mark0": "B+"}).status_code == 303
    answer = at.save({"rows/3/mark0": "C"}, page=page)
    assert answer.status_code == 409
    assert "changed in the meantime" in answer.text
    lines = at.person.get(f"/api{at.path}/rows").json()["items"]
    assert lines[1]["values"]["mark0"] == "B+"


def test_what_cannot_be_typed_is_said_at_its_cell_and_stays(at):
    answer = at.save({"rows/7/given_name": "x" * 2001, "rows/3/mark0": "B+"})
    assert answer.status_code == 422
    assert fields_of(answer.text)["rows/7/given_name"] == "x" * 2001
    assert fields_of(answer.text)["rows/3/mark0"] == "B+"
    assert at.counts()["To look at"] == 4


def test_a_question_is_answered_by_a_tick(at):
    at.save({"rows/7/given_name": "Robin"})
    assert at.save({"rows/7/accept": "1"}).status_code == 303
    assert at.counts()["Ready"] == 3


def test_a_row_that_is_ready_is_changed_in_every_cell(at):
    page = at.person.get(at.path, params={"only": "ok", "row": "2"}).text
    assert 'name="rows/2/comment"' in page
    assert 'name="rows/5/comment"' not in page
    assert at.save({"rows/2/given_name": "Robin"}, page=page).status_code == 303
    assert "Robin Hadley" in at.see(only="ok")


def test_ticked_rows_are_kept_for_later_and_taken_in_again(at):
    given = fields_of(at.person.get(at.path, params={"only": "ok"}).text)
    assert at.person.post(f"{at.path}/rows", data={**given, "row": ["2", "5"], "do": "later"}).status_code == 303
    assert at.counts()["Kept for later"] == 2
    given = fields_of(at.person.get(at.path, params={"only": "later"}).text)
    at.person.post(f"{at.path}/rows", data={**given, "row": ["2"], "do": "now"})
    assert at.counts()["Kept for later"] == 1


def test_columns_and_days_are_chosen(at):
    given = fields_of(at.person.get(at.path).text)
    assert given["columns/number"] == "2"
    answer = at.person.post(f"{at.path}/columns", data={**given, "dayOrder": "dayFirst"})
    assert answer.status_code == 303
    assert at.counts()["Ready"] == 3
    answer = at.person.post(f"{at.path}/columns", data={**given, "columns/term": "99"})
    assert answer.status_code == 422
    assert "There is no such column." in answer.text


def test_letters_that_were_guessed_are_asked_about(screens):
    answer = screens.bring(file=("a.csv", "Name,Roster number,Final grade\nZoë Hadley,R-1,A".encode("latin-1")))
    screens.path = answer.headers["location"]
    page = screens.see()
    assert "Does “" in page
    given = fields_of(page)
    assert screens.person.post(f"{screens.path}/reading", data={**given, "encoding": "macintosh"}).status_code == 303
    assert "Zoë" not in screens.see()


def test_what_was_awarded_before_is_told(at, desk, course):
    at.save({"rows/3/mark0": "B"})
    page = at.see("/preview")
    assert "awarded before" not in page
    assert desk.client.get(f"/api{at.path}").json()["ready"] == 3


def test_without_a_good_row_there_is_no_way_on(screens):
    at = screens.open("Name,Roster number,Final grade\nWren Hadley,R-1,Z")
    assert "No row is ready yet." in at.see()
    assert at.person.get(f"{at.path}/preview").status_code == 409
    assert at.save({}, do="preview").headers["location"].startswith(at.path)


def test_a_sheet_is_put_away_after_one_question(at):
    assert "What its 6 rows say is erased here" in at.see("/discard")
    assert at.person.post(f"{at.path}/discard", data=fields_of(at.see("/discard"))).status_code == 303
    assert at.person.get(at.path).status_code == 404
    assert at.path not in at.person.get(BASE).text


def test_a_page_has_a_hundred_rows_and_can_be_sent(screens):
    at = screens.open("\n".join(["Name,Roster number,Final grade", *(f"Ash {n},R-{n},Z" for n in range(230))]))
    page = at.person.get(at.path, params={"only": "problem", "page": "3"}).text
    assert 'name="rows/231/mark0"' in page
    assert 'name="rows/3/mark0"' not in page
    assert at.save({"rows/231/mark0": "A"}, page=page).headers["location"].endswith("only=problem&page=3")
    assert at.counts()["Ready"] == 1
    assert at.save({f"rows/{n}/mark0": "A" for n in range(2, 102)}).status_code == 303
    assert at.counts()["Ready"] == 101


def test_it_speaks_spanish(at):
    page = at.person.get(at.path, headers={"Accept-Language": "es"}).text
    assert "¿Está bien así?" in page
    assert "Seguir con 2 y dejar 4 para después" in page
