"""The rate card: at the desk, for everybody as page, JSON and sheet, and brought in by a sheet that is looked at first."""

import csv
import io
import json
import re
from collections import defaultdict

import pytest

from issuer.service.offering_sheets import CATALOGUE_LIMITS
from kit.sheets import read_sheet
from tests.architecture.catalogue import ROOT
from tests.http.issuer import matrix

BASE = "/organisations/maple-co-op/offerings"
CARD = "/orgs/maple-co-op/catalogue"
HTML = {"Accept": "text/html"}
HEALTH = {
    "title": "Health online",
    "code": "HEALTH",
    "kind": "online_self_paced",
    "gradesOrAges": "9-12",
    "term": "Spring 2027",
    "credits": 0.5,
    "price": 180,
    "pricePer": "course",
    "schedule": "Tue 09:15-11:15",
    "seats": 10,
    "seatsTaken": 9,
    "instructorName": "Ida Brandvold",
    "instructorEmail": "ida@maple.example.org",
    "counts": [{"program": "Prairie Bridge", "area": "Health", "credits": 0.5}],
}
FIELDS = {"title": "Clay", "kind": "class", "creditUnit": "carnegie", "state": "open"}


@pytest.fixture
def offer(desk):
    def offer(**members):
        answer = desk.client.post(f"{desk.base}/offerings", json={**HEALTH, **members})
        assert answer.status_code == 201, answer.text
        return answer.json()

    return offer


@pytest.fixture
def health(offer):
    return offer()


def bring(desk, sheet, **members):
    return desk.client.post(f"{desk.base}/offerings/import", json={"sheet": sheet, **members})


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_an_offering_is_put_on_the_card_by_a_form(browser, desk):
    browser.get(f"{BASE}/new")
    browser.submit(
        f"{BASE}/new",
        **FIELDS,
        price="$38.50",
        pricePer="hour",
        schedule="Mon, Fri 3-4 pm",
        funding="family",
        **{"counts/1/program": "Oak", "counts/1/area": "Arts", "counts/1/credits": "0,25"},
    )
    page = browser.follow()
    assert page.status_code == 200
    shown = text_of(page)
    for words in ("$38.50 per hour", "Monday 15:00–16:00", "Friday 15:00–16:00", "Families pay",
                  "Counts as 0.25 Arts at Oak, says Maple Co-op."):  # fmt: skip
        assert words in shown
    assert "Clay" in browser.get(BASE).text
    assert "CLAY" in browser.page.text


def test_what_stands_in_a_new_form_is_in_the_readers_language(browser, desk):
    assert 'value="semester"' in browser.get(f"{BASE}/new").text
    assert 'value="semestre"' in browser.get(f"{BASE}/new?lang=es").text


def test_a_form_that_is_wrong_comes_back_as_it_was(browser, desk):
    browser.get(f"{BASE}/new")
    page = browser.submit(f"{BASE}/new", **FIELDS, schedule="Tus 9:00-10:00", price="38", location="Hall <B>")
    assert page.status_code == 422
    assert "“Tus” is not a day of the week." in page.text
    assert 'value="Hall &lt;B&gt;"' in page.text
    assert desk.client.get(f"{desk.base}/offerings").json()["total"] == 0


def test_another_program_is_a_row_more_and_saves_nothing(browser, desk):
    browser.get(f"{BASE}/new")
    page = browser.submit(f"{BASE}/new", title="Clay", do="row", **{"counts/0/program": "Oak"})
    assert page.status_code == 200
    assert 'name="counts/1/program"' in page.text
    assert 'value="Oak"' in page.text
    assert desk.client.get(f"{desk.base}/offerings").json()["total"] == 0


def test_an_offering_is_changed_where_it_stands(browser, desk, health):
    page = browser.get(f"{BASE}/{health['id']}/edit")
    assert 'value="ida@maple.example.org"' in page.text
    assert 'value="Prairie Bridge"' in page.text
    kept = {"counts/0/program": "Prairie Bridge", "counts/0/area": "Health", "counts/0/credits": "0.5"}
    browser.submit(f"{BASE}/{health['id']}/edit", **FIELDS, code="HEALTH", price="190", **kept)
    assert "$190" in browser.follow().text
    browser.get(f"{BASE}/{health['id']}/edit")
    stale = browser.submit(f"{BASE}/{health['id']}/edit", **{**FIELDS, "version": "1"})
    assert stale.status_code == 409
    browser.get(f"{BASE}/{health['id']}/edit")
    stale = browser.submit(f"{BASE}/{health['id']}/edit", **{**FIELDS, "version": "9" * 5000})
    assert stale.status_code == 409
    found = desk.client.get(f"{desk.base}/offerings/{health['id']}").json()
    assert (found["price"], found["version"], found["counts"][0]["credits"]) == (190, 2, 0.5)


def test_what_is_closed_is_off_the_card_and_can_be_opened_again(browser, desk, health, visitor):
    address = f"/orgs/maple-co-op/offerings/{health['id']}"
    for state, total, status in [("closed", 0, 200), ("draft", 0, 404), ("full", 1, 200), ("open", 1, 200)]:
        browser.get(f"{BASE}/{health['id']}")
        browser.submit(f"{BASE}/{health['id']}/state", state=state)
        assert browser.follow().status_code == 200
        assert desk.client.get(CARD).json()["total"] == total
        assert visitor.get(address).status_code == status
    browser.get(f"{BASE}/{health['id']}")
    assert browser.submit(f"{BASE}/{health['id']}/state", state="sold").status_code == 422


def test_everybody_sees_the_card_as_a_page_and_as_json(stranger, health):
    page = stranger.get(CARD, headers=HTML)
    assert page.headers["content-type"].startswith("text/html")
    shown = text_of(page)
    for words in ("Health online", "$180 per course", "Grades 9 to 12", "Tuesday 09:15–11:15", "1 seat left",
                  "Counts as 0.5 Health at Prairie Bridge, says Maple Co-op."):  # fmt: skip
        assert words in shown
    data = stranger.get(CARD)
    assert data.headers["content-type"] == "application/json"
    assert data.headers["access-control-allow-origin"] == "*"
    assert data.headers["vary"] == "Accept"
    assert "set-cookie" not in data.headers
    found = data.json()
    assert (found["total"], found["next"], found["organisation"]["name"]) == (1, None, "Maple Co-op")
    item = found["items"][0]
    assert (item["price"], item["seatsLeft"], item["meets"]) == (
        180,
        1,
        [{"day": "tue", "start": "09:15", "end": "11:15"}],
    )
    assert item["counts"][0]["statedBy"] == "provider"
    assert stranger.get(CARD, headers={"If-None-Match": data.headers["etag"]}).status_code == 304
    one = stranger.get(item["url"].removeprefix("http://localhost:8001"))
    assert one.json()["title"] == "Health online"
    assert "Health online" in stranger.get(item["url"].removeprefix("http://localhost:8001"), headers=HTML).text


def test_the_card_is_narrowed_in_its_address(stranger, offer):
    offer()
    offer(code="ALG", title="Algebra II", gradesOrAges="6-8", price=840)
    for asked, codes in [
        ("?grade=7", ["ALG"]),
        ("?price=200", ["HEALTH"]),
        ("?day=tue&q=alg", ["ALG"]),
        ("?age=9", []),
    ]:
        found = stranger.get(CARD + asked).json()
        assert [item["code"] for item in found["items"]] == codes, asked
        page = stranger.get(CARD + asked, headers=HTML)
        assert ("Algebra II" in page.text) == ("ALG" in codes)
    assert stranger.get(f"{CARD}?grade=13").status_code == 422
    page = stranger.get(f"{CARD}?grade=thirteen", headers=HTML)
    assert page.status_code == 422
    assert 'value="thirteen"' in page.text
    assert stranger.get(f"{CARD}?size=1").json()["next"] == 2
    second = stranger.get(f"{CARD}?size=1&page=2").json()
    assert [item["code"] for item in second["items"]] == ["HEALTH"]


def test_the_card_is_in_spanish(stranger, health):
    page = text_of(stranger.get(f"{CARD}?lang=es", headers=HTML))
    for words in ("Tarifario", "180 US$ por curso", "Martes, 09:15–11:15", "1 plaza libre",
                  "Cuenta como 0,5 de Health en Prairie Bridge, según Maple Co-op."):  # fmt: skip
        assert words in page.replace("\xa0", " ")


def test_O9_nobody_who_learns_and_no_address_of_whoever_teaches_is_on_the_card(stranger, desk, course, health):
    desk.award(course, learnerName="Canary Hadley", identifier="R-CANARY")
    paths = [CARD, f"{CARD}.csv", f"/orgs/maple-co-op/offerings/{health['id']}"]
    for path in paths:
        for accept in ("text/html", "application/json"):
            answer = stranger.get(path, headers={"Accept": accept})
            assert answer.status_code == 200
            assert "Ida Brandvold" in answer.text or path == CARD
            for secret in ("Canary", "CANARY", "ida@maple", "instructorEmail", "instructor_email"):
                assert secret not in answer.text, (path, accept)


def test_only_the_rate_card_may_be_listed_by_search_engines(desk, stranger, offer, services):
    """Nothing else says so, whoever asks: pages of people stay out."""
    shown, closed = offer(), offer(code="OLD", state="closed")
    findable = {"/orgs/{slug}", "/orgs/{slug}/catalogue", "/orgs/{slug}/offerings/{offering_id}"}
    findable.add("/orgs/{slug}/achievements/{achievement_id}")
    ids = defaultdict(lambda: "nothing", slug="maple-co-op", offering=shown["id"], name="page.css", list_number="1")
    ids["achievement"] = desk.achievement()["id"]
    asked = set()
    for route in matrix.ROUTES:
        if route.method != "GET":
            continue
        for client in (desk.client, stranger):
            for accept in ("text/html", "application/json"):
                answer = client.get(route.address(ids), headers={"Accept": accept})
                allowed = route.path in findable
                assert answer.headers["x-robots-tag"] == ("all" if allowed else "noindex, nofollow"), route.path
                if allowed:
                    assert answer.status_code == 200
                    asked.add(route.path)
    assert asked == findable
    for path in (
        f"{CARD}?grade=9",
        f"{CARD}?grade=99",
        f"/orgs/maple-co-op/offerings/{closed['id']}",
        "/orgs/maple-co-op/offerings/none",
        "/orgs/nobody/catalogue",
        f"{CARD}.csv",
    ):
        for accept in ("text/html", "application/json"):
            assert "noindex" in stranger.get(path, headers={"Accept": accept}).headers["x-robots-tag"], path
    etag = stranger.get(CARD).headers["etag"]
    again = stranger.get(CARD, headers={"If-None-Match": etag})
    assert (again.status_code, again.headers["x-robots-tag"]) == (304, "all")


def test_the_header_for_search_engines_is_written_in_few_places():
    written = {path.name for path in (ROOT / "issuer").rglob("*.py") if "X-Robots-Tag" in path.read_text("utf-8")}
    assert written == {"app.py", "catalogue.py", "offerings.py", "public.py"}


def test_the_template_comes_in_and_goes_out(desk, shared):
    sheet = (shared / "education/fixtures/csv/provider-catalogue.csv").read_text(encoding="utf-8")
    looked = bring(desk, sheet).json()
    assert (looked["applied"], looked["new"], looked["problems"], looked["cautions"]) == (False, 2, 0, [])
    assert len(looked["columns"]) == 24
    assert desk.client.get(f"{desk.base}/offerings").json()["total"] == 0
    done = bring(desk, sheet, apply=True, seen=looked["seen"])
    assert (done.status_code, done.json()["applied"]) == (200, True)
    exported = desk.client.get(f"{desk.base}/offerings/export.csv")
    assert exported.headers["content-disposition"] == 'attachment; filename="maple-co-op-rate-card.csv"'
    rows = list(csv.DictReader(io.StringIO(exported.content.decode("utf-8-sig"))))
    for given, found in zip(csv.DictReader(io.StringIO(sheet)), rows, strict=True):
        given["proposed_credits"] = given["proposed_credits"].removesuffix(".0")
        assert {name: found[name] for name in given} == given
    again = bring(desk, exported.content.decode("utf-8-sig")).json()
    assert (again["same"], again["problems"], again["changed"], again["new"]) == (2, 0, 0, 0)


def test_the_whole_sample_comes_in_by_a_sheet(desk, stranger, shared):
    sample = json.loads((shared / "education/sample-family.json").read_text(encoding="utf-8"))["catalogue"]
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(["offering_code", "title", "kind", "grades_or_ages", "term", "proposed_credits", "sced_code", "price",
                    "price_per", "seats", "seats_taken", "schedule", "funding", "skills"])  # fmt: skip
    for each in sample:
        write.writerow([
            each["id"], each["title"], each["kind"], each["gradesOrAges"], each["term"], each["credits"],
            (each["sced"] or {}).get("code"), each["price"]["amount"], each["price"]["per"], each["seats"],
            each["seatsTaken"], each["schedule"], ";".join(each["funding"]), ";".join(each["alignments"]),
        ])  # fmt: skip
    looked = bring(desk, out.getvalue()).json()
    assert (looked["new"], looked["problems"]) == (18, 0), looked["rows"]
    assert bring(desk, out.getvalue(), apply=True, seen=looked["seen"]).status_code == 200
    found = {item["code"]: item for item in stranger.get(CARD).json()["items"]}
    for each in sample:
        item = found[each["id"]]
        assert (item["price"], item["credits"], item["seats"]) == (
            each["price"]["amount"],
            each["credits"],
            each["seats"],
        )
    full = [each["id"] for each in sample if each["seats"] and each["seats"] == each["seatsTaken"]]
    assert sorted(code for code, item in found.items() if item["state"] == "full") == sorted(full) != []


def test_each_problem_of_each_row_is_told_and_nothing_changes(browser, desk, health):
    sheet = (
        "Code;Title;Schedule;Grades;SCED;Price;Seats;Start date\n"
        "HEALTH;Health;Tus 9:00-10:00;4-6;3003;180,50;10;2027-01-11\n"
        "A;Clay;;6-Apr;;much;ten;03/04/2027\n"
        ";Nameless;;;;;;\n"
        "A;Twice;;;;;;\n"
    )
    before = desk.client.get(f"{desk.base}/offerings/export.csv").content
    browser.get(f"{BASE}/import")
    page = browser.submit(f"{BASE}/import", sheet=sheet)
    assert page.status_code == 200
    shown = text_of(page)
    for words in (
        "4 rows have problems.",
        "“Tus” is not a day of the week.",
        "“3003” is not a SCED code.",
        "The spreadsheet took this for a day: “6-Apr”.",
        "“much” is not a price.",
        "“ten” is not a whole number",
        "“03/04/2027” could be 2027-03-04 or 2027-04-03.",
        "This row has no code.",
        "The same code stands in row 5, too.",
        "The same code stands in row 3, too.",
    ):
        assert words in shown, words
    assert 'value="apply"' not in page.text
    seen = re.search(r'name="seen" value="(\w+)"', page.text)[1]
    refused = browser.submit(f"{BASE}/import", sheet=sheet, do="apply", seen=seen)
    assert refused.status_code == 422
    assert "Nothing was changed." in refused.text
    assert desk.client.get(f"{desk.base}/offerings/export.csv").content == before
    assert bring(desk, sheet, apply=True, seen=seen).status_code == 422


def test_a_sheet_is_looked_at_and_then_said_yes_to(browser, desk, health):
    browser.get(f"{BASE}/import")
    page = browser.submit(f"{BASE}/import", sheet="Our classes\n\ncode,title\nHEALTH,Health\nCLAY,Clay\n")
    assert "Change the rate card: 2 rows" in page.text
    assert re.findall(r'<td data-label="Row" class="numeric">(\d+)</td>', page.text) == ["4", "5"]
    text = re.search(r'name="sheet"[^>]*>(.*?)</textarea>', page.text, re.DOTALL)[1].replace("&#34;", '"')
    browser.submit(f"{BASE}/import", sheet=text, do="apply")
    assert "1 new, 1 changed" in browser.follow().text
    found = desk.client.get(f"{desk.base}/offerings/{health['id']}").json()
    assert (found["title"], found["price"], found["instructorEmail"]) == ("Health", 180, "ida@maple.example.org")


def test_a_column_can_be_chosen_by_hand(browser, desk):
    browser.get(f"{BASE}/import")
    sheet = "code,title,what we ask\nCLAY,Clay,95\n"
    page = browser.submit(f"{BASE}/import", sheet=sheet)
    seen = {"sheet": sheet, "columns/price": "2", "columns/offering_code": "0", "columns/title": "1"}
    page = browser.submit(f"{BASE}/import", do="look", **seen)
    assert page.status_code == 200
    browser.submit(f"{BASE}/import", do="apply", **seen)
    browser.follow()
    assert desk.client.get(CARD).json()["items"][0]["price"] == 95
    for column in ("9", "x", "-1", "99999"):
        assert bring(desk, sheet, columns={"price": column}).status_code == 422
    assert bring(desk, sheet, columns={"nothing": "1"}).status_code == 422


def test_a_long_sheet_is_shown_by_pages(browser, desk):
    sheet = "code,title\n" + "".join(f"C{number},Class {number}\n" for number in range(120))
    browser.get(f"{BASE}/import")
    page = browser.submit(f"{BASE}/import", sheet=sheet)
    assert page.text.count('data-label="Row"') == 50
    third = browser.submit(f"{BASE}/import", sheet=sheet, page="3")
    assert third.text.count('data-label="Row"') == 20
    assert "Class 119" in third.text


@pytest.mark.parametrize(
    ("sheet", "status", "words"),
    [
        ("", 422, "There is nothing in this sheet."),
        ("code,title\n", 422, "There is nothing in this sheet."),
        ("title\nClay\n", 422, "No column of this sheet holds “Code”."),
        ("code\nCLAY\n", 422, "No column of this sheet holds “Title”."),
        ("code,title\nCLAY,=1+1\n", 422, "Cell B2 holds a formula."),
        ('{"a": [1]}', 422, "This is not a table."),
        ('code,title\nA,"never closed\n', 422, "quotation mark"),
        ("code,title\n" + "A,B\n" * 2001, 413, "There are too many rows"),
    ],
)  # fmt: skip
def test_O2_what_is_no_rate_card_is_refused_in_words(browser, desk, sheet, status, words):
    browser.get(f"{BASE}/import")
    page = browser.submit(f"{BASE}/import", sheet=sheet)
    assert page.status_code == status
    assert words in text_of(page)
    assert bring(desk, sheet).status_code == status


def test_O1_no_spreadsheet_runs_what_goes_out(desk, stranger, offer):
    offer(title='=HYPERLINK("http://evil.example")', description="@SUM(1)", skills=["+1", "-1"], term="\t=1")
    for body in (
        desk.client.get(f"{desk.base}/offerings/export.csv").content,
        stranger.get(f"{CARD}.csv").content,
    ):
        assert body.startswith(b"\xef\xbb\xbf")
        cells = [cell for row in csv.reader(io.StringIO(body.decode("utf-8-sig"))) for cell in row]
        assert not [cell for cell in cells if re.match(r"\s*[=+\-@]", cell)]
        assert read_sheet(body, limits=CATALOGUE_LIMITS).rows[0].at(1).text.startswith("=HYPERLINK")


def test_an_achievement_of_another_organisation_is_none(desk, other_desk, health):
    theirs = other_desk.achievement()
    answer = desk.client.post(f"{desk.base}/offerings", json={**HEALTH, "code": "X", "achievement": theirs["id"]})
    assert (answer.status_code, answer.json()["field"]) == (422, "achievement")


def test_every_act_is_in_the_audit_in_words(browser, desk, health):
    desk.client.put(f"{desk.base}/offerings/{health['id']}", json=HEALTH)
    desk.client.put(f"{desk.base}/offerings/{health['id']}/state", json={"state": "closed"})
    seen = bring(desk, "code,title\nCLAY,Clay\n").json()["seen"]
    bring(desk, "code,title\nCLAY,Clay\n", apply=True, seen=seen)
    actions = [row["action"] for row in desk.client.get(f"{desk.base}/audit").json()["items"]]
    assert actions[:4] == ["offering.import", "offering.state", "offering.edit", "offering.create"]
    page = browser.get("/organisations/maple-co-op/audit")
    for words in ("Read a sheet into the rate card", "Put something on the rate card"):
        assert words in page.text


def test_a_file_is_brought_as_it_is(browser, desk):
    browser.get(f"{BASE}/import")
    token = re.search(r'name="csrf" value="([^"]+)"', browser.page.text)[1]
    data = "código;título;precio\nCLAY;Cerámica;95,50\n".encode("cp1252")
    page = browser.client.post(
        f"{BASE}/import", data={"csrf": token}, files={"file": ("tarifas.csv", data, "text/csv")}
    )
    assert page.status_code == 200
    assert "Cerámica" in page.text
    assert "look right?" in page.text
    assert "Change the rate card: 1 row" in page.text
