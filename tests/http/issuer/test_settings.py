"""What an organisation wants otherwise than the server: kept, shown, on record, and held to by what it is about."""

import pytest

from issuer.service.organisation_settings import OrganisationSettings
from issuer.store import tables
from tests.awarding import drive
from tests.http.issuer.conftest import Browser, Desk

SERVERS = {
    "undoMinutes": 15,
    "claimDays": 180,
    "familyLanguage": "",
    "elsewhere": "",
    "secondPerson": [],
    "format": "eddsa-rdfc-2022",
}
PAGE = "/organisations/maple-co-op/settings"


def put(desk, **members):
    return desk.client.put(f"{desk.base}/settings", json=members)


def sheet_of(desk, course, *, key, number=1, **members):
    """A sheet of one row, and the job that awards it."""
    text = f"Name,Roster number,Final grade\nJonah Hadley,R-{number},A-"
    sheet = desk.client.post(
        f"{desk.base}/sheets", json={"achievement": course["id"], "text": text}, headers={"Idempotency-Key": key}
    ).json()["id"]
    answer = desk.client.post(f"{desk.base}/sheets/{sheet}/issue", json=members, headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_settings_are_kept_with_their_version_on_record_and_for_one_organisation(desk, other_desk, services):
    empty = {
        "undoMinutes": None,
        "claimDays": None,
        "familyLanguage": "",
        "elsewhere": "",
        "secondPerson": [],
        "format": "",
    }
    nothing = {**empty, "version": 0, "server": SERVERS}
    assert desk.client.get(f"{desk.base}/settings").json() == nothing
    wanted = {"undoMinutes": 0, "claimDays": 30, "familyLanguage": "es", "elsewhere": "guardians"}
    answer = put(desk, **wanted, version=0)
    assert answer.json() == {**nothing, **wanted, "version": 1}
    assert put(desk, **wanted).json()["version"] == 1, "the same again changes nothing"
    late = put(desk, undoMinutes=5, version=0)
    assert (late.status_code, late.json()["detail"]) == (
        409,
        "Somebody changed the settings in the meantime. Look at them again.",
    )
    assert desk.client.get(f"{desk.base}/settings").json() == answer.json()
    assert other_desk.client.get(f"{other_desk.base}/settings").json() == nothing
    with services.context.database.reading() as session:
        acts = session.execute(tables.AUDIT.select().where(tables.AUDIT.c.action == "organisation.settings")).all()
    assert len(acts) == 1
    back = put(desk)
    assert back.json() == {**nothing, "version": 2}, "what is left out is done as the server does it"


def test_what_cannot_be_set_is_refused_by_its_name(desk):
    for field, value in [
        ("undoMinutes", 61),
        ("undoMinutes", -1),
        ("undoMinutes", "soon"),
        ("claimDays", 0),
        ("claimDays", 10**30),
        ("familyLanguage", "de"),
        ("elsewhere", "anybody"),
        ("passkeys", True),
    ]:
        answer = put(desk, **{field: value})
        assert (answer.status_code, field in answer.text) == (422, True), (field, value)
    assert desk.client.get(f"{desk.base}/settings").json()["version"] == 0


def test_a_row_that_says_something_unknown_is_not_guessed():
    with pytest.raises(ValueError, match="unknown settings of an organisation: colour"):
        OrganisationSettings.of({"undo_minutes": 5, "colour": "red"})


def test_what_a_sheet_awarded_is_held_back_as_long_as_the_organisation_wants(desk, course, services):
    put(desk, undoMinutes=30)
    held = sheet_of(desk, course, key="one")
    drive(services, held)
    found = desk.client.get(f"{desk.base}/jobs/{held}").json()
    assert (found["state"], found["undoUntil"]) == ("undo", "2026-11-23T09:30:00Z")
    chosen = sheet_of(desk, course, key="two", number=2, undoMinutes=5)
    drive(services, chosen)
    assert desk.client.get(f"{desk.base}/jobs/{chosen}").json()["undoUntil"] == "2026-11-23T09:05:00Z"
    put(desk, undoMinutes=0)
    at_once = sheet_of(desk, course, key="three", number=3)
    drive(services, at_once)
    assert desk.client.get(f"{desk.base}/jobs/{at_once}").json()["state"] == "released"


def test_codes_hold_as_long_as_wanted_and_are_printed_in_the_language_of_the_families(app, desk, course, services):
    put(desk, claimDays=2, familyLanguage="es", undoMinutes=0)
    single = desk.award(course, identifier="R-9")
    assert single["claim"]["expires"] == "2026-11-25T09:00:00Z"
    job = sheet_of(desk, course, key="one")
    drive(services, job)
    page = Browser(app, "admin")
    codes = page.get(f"/organisations/maple-co-op/jobs/{job}/codes").text
    assert '<div lang="es">' in codes
    assert "25 de noviembre de 2026" in codes, "as many days for each of many"
    assert "Codes to print" in codes, "the page itself is for whoever reads it"
    sheet = page.get(f"/organisations/maple-co-op/credentials/{single['id'].removeprefix('urn:uuid:')}/sheet").text
    assert '<article class="paper claim-sheet" lang="es">' in sheet
    assert "Escanea el cuadrado" in sheet
    assert "Back to the award" in sheet


def test_the_page_keeps_what_was_typed_when_it_cannot_be_used(app, desk):
    owner = Browser(app, "admin")
    owner.get(PAGE)
    wrong = owner.submit(PAGE, undoMinutes="0,5", claimDays="30", familyLanguage="es")
    assert wrong.status_code == 422
    assert "Give a whole number from 0 to 60." in wrong.text
    assert 'value="0,5"' in wrong.text
    assert 'value="30"' in wrong.text
    assert owner.submit(PAGE, undoMinutes="5", claimDays="", familyLanguage="es").status_code == 303
    saved = owner.follow().text
    assert "The settings are saved." in saved
    assert 'value="5"' in saved
    assert '<option value="es" selected>' in saved
    assert (
        Desk(app, "admin", "maple-co-op").client.get("/api/organisations/maple-co-op/settings").json()["claimDays"]
        is None
    )
