"""Adding several things at the door: pages without a script, and the API."""

import re

import pytest

from tests.unit.kit.intake.pictures import pdf
from tests.unit.kit.intake.test_several import packed
from tests.unit.wallet.samples import award

FORGED = award(9).replace(b"ten kilograms", b"one kilogram ")


@pytest.fixture
def add(hadleys):
    """The page on which a family adds what it has for Wren."""
    return f"/learners/{hadleys.wren}/add"


def files(*given):
    return [("file", (f"{number}.json", data, "application/json")) for number, data in enumerate(given)]


def test_several_files_get_one_answer_each(browser, services, hadleys, add):
    teresa = browser("teresa")
    sent = teresa.post(add, {}, files=files(award(1), award(2, title="Raft"), FORGED, b"hello"))
    told = teresa.follow(sent).text
    assert sent.headers["location"].startswith("/imports/")
    for words in (
        "Added",
        "Kept apart",
        "Cannot be read",
        "Raft",
        "3.json",
        "neither a link nor a record",
        "changed after",
    ):
        assert words in told
    assert len(services.credentials.search(hadleys.teresa, hadleys.wren, "")) == 2
    again = teresa.post(add, {}, files=files(award(1), FORGED), follow=True).text
    assert "Already here" in again
    assert "Brought before" in again
    page = teresa.get(f"/learners/{hadleys.wren}").text
    assert f'href="/learners/{hadleys.wren}/apart"' in page
    assert "1 thing" in page


def test_two_awards_in_one_pdf_are_both_added(browser, add):
    both = pdf(("first.json", award(5)), ("second.json", award(6, title="Canoe building")))
    told = browser("teresa").post(add, {}, files={"file": ("both.pdf", both, "application/pdf")}, follow=True).text
    assert "Canoe building" in told
    assert "Bridge building" in told
    assert "Kept apart" not in told


def test_one_that_does_not_pass_leads_to_where_it_is_kept_apart(browser, services, hadleys, add):
    teresa = browser("teresa")
    sent = teresa.post(add, {"text": FORGED.decode()})
    item = sent.headers["location"]
    page = teresa.follow(sent).text
    assert "kept apart, and is no award" in page
    assert "Ask the provider for the original." in page
    assert teresa.get(f"{item}/file").content == FORGED
    assert teresa.get(f"{item}/file").headers["content-type"] == "application/octet-stream"
    assert "It stays apart" in teresa.post(f"{item}/attempt", {}, page=item, follow=True).text
    asked = teresa.get(f"{item}/remove").text
    assert "cannot be taken back" in asked
    gone = teresa.post(f"{item}/remove", {}, page=f"{item}/remove", follow=True).text
    assert "Nothing is kept apart." in gone
    assert teresa.get(item).status_code == 404


def test_M1_what_is_kept_apart_is_shown_as_text(browser, hadleys, add):
    title = "<script>alert(1)</script>"
    evil = award(9, title=title, issuer_name=title).replace(b"ten kilograms", b"one kilogram ")
    teresa = browser("teresa")
    sent = teresa.post(add, {}, files=[("file", ("<img src=x>.json", evil, "text/html"))])
    for page in (sent.headers["location"], f"/learners/{hadleys.wren}/apart", f"{sent.headers['location']}/remove"):
        told = teresa.get(page).text
        assert "<script>alert" not in told
        assert "<img src=x" not in told
        assert "&lt;script&gt;" in told


def test_a_minor_asks_and_the_guardian_says_yes_or_no_on_the_page(browser, hadleys):
    jonah, teresa, page = browser("jonah"), browser("teresa"), f"/learners/{hadleys.jonah_learner}"
    sent = jonah.post(f"{page}/add", {}, files=files(award(1), award(2, title="Raft"), award(3, title="Kite")))
    where = sent.headers["location"]
    assert "Waiting for Teresa" in jonah.follow(sent).text
    assert "Keep all of them" not in jonah.get(where).text
    assert "would like to add 3 awards" in teresa.get(page).text
    assert "would like to add 3 awards" in teresa.get("/").text
    told = teresa.get(where).text
    assert "3 awards are genuine and wait for you." in told
    refusal, attempt = (re.findall(rf'action="(/import-items/[^"]+/{act})"', told) for act in ("refusal", "attempt"))
    item = refusal[0].removesuffix("/refusal")
    assert "until you say yes" in teresa.get(item).text
    assert "As soon as Teresa approves" in jonah.get(item).text
    assert f"{item}/attempt" not in jonah.get(item).text
    assert "Declined" in teresa.post(refusal[0], {}, page=where, follow=True).text
    assert "Kept." in teresa.post(attempt[1], {}, page=where, follow=True).text
    after = teresa.post(f"{where}/approval", {}, page=where, follow=True).text
    assert "Waiting for" not in after
    seen = jonah.get(where).text
    assert ("Declined" in seen, "Added" in seen) == (True, True)
    assert "Kite" in jonah.get(page).text
    assert jonah.post(f"{where}/approval", {}, page=where).status_code == 403


def test_a_claim_link_among_others_leads_to_its_offer(browser, add):
    text = f"https://maple.example/claim/abcdefgh1234\n{award(1).decode()}"
    teresa = browser("teresa")
    alone = teresa.post(add, {"text": "https://maple.example/claim/abcdefgh1234"})
    assert alone.headers["location"].startswith("/claim?offer=")
    told = teresa.post(add, {"text": text.split("\n", maxsplit=1)[0]}, files=files(award(1)), follow=True).text
    assert "Waits to be claimed" in told
    assert 'name="offer" value="https://maple.example/claim/abcdefgh1234"' in told


def test_without_a_script_a_long_import_goes_on_by_a_button(browser, services, hadleys, add, monkeypatch):
    monkeypatch.setattr("wallet.service.importing.STEP_SECONDS", 0.0)
    monkeypatch.setitem(services.imports.go_on.__func__.__kwdefaults__, "seconds", 0.0)
    teresa = browser("teresa")
    sent = teresa.post(add, {}, files=files(award(1), award(2), award(3)))
    where = sent.headers["location"]
    assert "1 of 3 looked at" in teresa.follow(sent).text
    assert "not looked at yet" in teresa.get(f"/learners/{hadleys.wren}").text
    for words in ("2 of 3 looked at", "Add more"):
        assert words in teresa.post(f"{where}/steps", {}, page=where, follow=True).text
    assert len(services.credentials.search(hadleys.teresa, hadleys.wren, "")) == 3


def test_a_long_list_comes_in_pages(browser, api, hadleys):
    data = packed({f"{number}.txt": f"no {number}" for number in range(60)} | {"a.json": award(1)})
    teresa = api("teresa")
    made = teresa.post(
        f"/api/learners/{hadleys.wren}/imports", content=data, headers={"content-type": "application/zip"}
    )
    assert made.status_code == 201, made.text
    where = f"/imports/{made.json()['id']}"
    page = browser("teresa").get(f"{where}?page=2").text
    assert page.count("Cannot be read") >= 10
    assert (made.json()["total"], made.json()["left"]) == (61, 1)
    after = teresa.post(f"/api{where}/steps").json()
    assert (after["left"], after["counts"]) == (0, {"added": 1, "unreadable": 60})
    assert len(teresa.get(f"/api{where}?page=2&size=60").json()["items"]["items"]) == 1
    assert browser("teresa").get(f"{where}?page=x").status_code == 422


def test_a_program_brings_looks_decides_and_deletes(api, hadleys):
    teresa, jonah = api("teresa"), api("jonah")
    body = b"[" + award(1) + b"," + award(2) + b"," + FORGED + b"]"
    path = f"/api/learners/{hadleys.jonah_learner}"
    made = jonah.post(f"{path}/imports", content=body, headers={"content-type": "application/json"}).json()
    looked = jonah.post(f"/api/imports/{made['id']}/steps").json()
    first, second, third = looked["items"]["items"]
    assert [each["state"] for each in (first, second, third)] == ["asked", "asked", "apart"]
    assert third["why"]["kind"] == "not-genuine"
    assert teresa.get(f"{path}/imports").json()["items"][0]["asked"] == 2
    assert jonah.post(f"/api/import-items/{first['id']}/attempt").status_code == 403
    assert teresa.post(f"/api/import-items/{first['id']}/refusal").json()["item"]["state"] == "declined"
    assert teresa.post(f"/api/import-items/{first['id']}/refusal").status_code == 409
    assert teresa.post(f"/api/imports/{made['id']}/approval").json()["counts"] == {
        "declined": 1,
        "added": 1,
        "apart": 1,
    }
    assert teresa.get(f"{path}/apart").json()["total"] == 1
    assert teresa.get(f"/api/import-items/{third['id']}").json()["report"]["verdict"] == "notGenuine"
    assert teresa.get(f"/api/import-items/{third['id']}/document").content == FORGED
    assert teresa.post(f"/api/import-items/{third['id']}/attempt").json()["item"]["state"] == "apart"
    assert teresa.delete(f"/api/import-items/{third['id']}").status_code == 204
    assert teresa.delete(f"/api/import-items/{third['id']}").status_code == 404
    refused = teresa.post(f"{path}/imports", content=b"hello", headers={"content-type": "text/plain"})
    assert (refused.status_code, refused.json()["field"]) == (422, "file")


def test_somebody_who_may_only_look_sees_the_list_and_no_buttons(browser, hadleys, add):
    where = browser("teresa").post(add, {}, files=files(award(1), FORGED)).headers["location"]
    marcus = browser("marcus")
    told = marcus.get(where).text
    assert "Kept apart" in told
    item = re.search(r"/import-items/[\w-]+", told)[0]
    for act in ("attempt", "remove"):
        assert f"{item}/{act}" not in marcus.get(item).text
        assert marcus.post(f"{item}/{act}", {}, page=item).status_code == 403
    assert marcus.post(f"{where}/steps", {}, page=where).status_code == 403
