"""Where an organisation lives: its days and hours are those of its people, and what is signed stays in UTC."""

import shutil
from datetime import UTC, datetime

import pytest

from issuer.service.beginning import BeginningDraft
from issuer.settings import IssuerSettings
from kit.errors import BadInput
from tests.http.issuer.conftest import PASSWORD, Browser, Desk, built, settings_in

OHIO, MADRID = "America/New_York", "Europe/Madrid"
EVENING = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
"""Half past eight on Monday, the 23rd, in Ohio; half past two on Tuesday in Madrid."""

PLACE = "/organisations/maple-co-op"


def live(desk, zone):
    """Let an organisation live there."""
    known = desk.client.get(desk.base).json()
    kept = {name: known[name] for name in ("name", "kind", "url", "email", "description")}
    answer = desk.client.put(desk.base, json={**kept, "timeZone": zone})
    assert (answer.status_code, answer.json()["timeZone"]) == (200, zone), answer.text


@pytest.fixture
def desk(desk):
    live(desk, OHIO)
    return desk


@pytest.fixture
def evening(app, desk, other_desk, clock):
    """Both desks in the evening of Ohio, signed in anew: one there, one in Madrid."""
    live(other_desk, MADRID)
    clock.instant = EVENING
    return Desk(app, "admin", desk.slug), Desk(app, "rosa", other_desk.slug)


def test_a_sheet_begins_when_the_clocks_of_the_place_say_so(services, dropped, browser, desk):
    sheet = dropped(range(2)).id
    preview, issue = f"{PLACE}/sheets/{sheet}/preview", f"{PLACE}/sheets/{sheet}/issue"
    page = browser.get(f"{preview}?lang=es").text
    assert "Hora (New York)" in page
    assert "Ahora es: 23 de noviembre de 2026, 04:00 EST." in page
    later = {"when": "later", "day": "2027-03-14", "time": "02:30"}
    skipped = browser.submit(issue, **later)
    assert skipped.status_code == 422
    assert "Ese día no existen las 02:30: el reloj se adelanta. Use otra hora, como las 03:00." in skipped.text
    assert 'value="02:30"' in skipped.text
    browser.get(f"{preview}?lang=en")
    assert "There is no 02:30 on that day" in browser.submit(issue, **later).text
    assert desk.client.get(f"{desk.base}/jobs").json()["total"] == 0
    browser.submit(issue, **later | {"day": "2026-11-27", "time": "17:00"})
    page = browser.follow().text
    assert "It begins at 27 November 2026, 17:00 EST." in page
    assert "comes twice" not in page
    [job] = desk.client.get(f"{desk.base}/jobs").json()["items"]
    assert job["starts"] == "2026-11-27T22:00:00Z"
    second = dropped(range(5, 7)).id
    browser.get(f"{PLACE}/sheets/{second}/preview")
    browser.submit(f"{PLACE}/sheets/{second}/issue", **later | {"day": "2027-11-07", "time": "01:30"})
    page = browser.follow().text
    assert "This hour comes twice that night: it begins at the first, in EDT." in page
    assert "7 November 2027, 01:30 EDT" in page


def test_two_organisations_of_one_server_each_see_their_own_hours(app, evening):
    for each in evening:
        each.achievement(name="Weaving")
    desk, browser = evening[0], Browser(app, "admin")
    assert "23 November 2026, 20:30 EST" in browser.get(f"{PLACE}/audit").text
    assert "CET" not in browser.page.text
    theirs = Browser(app, "rosa").get("/organisations/alvarez/audit").text
    assert "24 November 2026, 02:30 CET" in theirs
    assert "EST" not in theirs
    times = [row["at"] for row in desk.client.get(f"{desk.base}/audit").json()["items"]]
    assert times[0] == "2026-11-24T01:30:00Z"


def test_what_is_awarded_in_the_evening_was_earned_that_day(app, evening):
    desk, other_desk = evening
    browser = Browser(app, "admin")
    ours, theirs = desk.achievement(), other_desk.achievement()
    award = desk.award(ours)
    document = desk.document(award).json()
    assert document["awardedDate"] == document["validFrom"] == "2026-11-24T01:30:00Z", "signed in UTC"
    uuid = award["id"].removeprefix("urn:uuid:")
    for language, day in (("en", "23 November 2026"), ("es", "23 de noviembre de 2026")):
        page = browser.get(f"{PLACE}/credentials/{uuid}?lang={language}").text
        assert f"<dd>{day}</dd>" in page
        assert "24 " + day[3:] not in page
    tomorrow = desk.post_award(ours, awardedDate="2026-11-24", identifier="R-2")
    assert (tomorrow.status_code, tomorrow.json()["field"]) == (422, "awardedDate")
    assert other_desk.award(theirs, awardedDate="2026-11-24")
    named = desk.award(ours, awardedDate="2026-11-23", identifier="R-3")
    assert desk.document(named).json()["awardedDate"] == "2026-11-23T12:00:00Z"
    for day, count in (("2026-11-23", 2), ("2026-11-24", 0), ("2026-11-22", 0)):
        found = desk.client.post(f"{desk.base}/withdrawals", json={"since": day, "until": day})
        assert (found.status_code, found.json().get("count")) == (200, count), found.text
    assert desk.revoke(award).status_code == 200
    link = desk.client.get(f"{desk.credential(award)}").json()
    assert link["revoked"] == "2026-11-24T01:30:00Z"


def test_today_is_the_day_of_the_place(evening):
    desk, other_desk = evening
    born = {"givenName": "Wren", "familyName": "Hadley", "number": "R-1", "birthDate": "2026-11-24"}
    refused = desk.client.post(f"{desk.base}/learners", json=born)
    assert (refused.status_code, "future" in refused.json()["detail"]) == (422, True), refused.text
    assert other_desk.client.post(f"{other_desk.base}/learners", json=born).status_code == 201


def test_who_has_not_said_where_they_live_is_asked_on_the_desk_and_has_utc_until_then(other_desk, app, desk, browser):
    rosa = Browser(app, "rosa")
    place = "/organisations/alvarez"
    assert other_desk.client.get(other_desk.base).json()["timeZone"] == ""
    assert "Where are you?" in rosa.get(place).text
    assert "Where are you?" not in browser.get(PLACE).text
    assert "09:00 UTC" in rosa.get(f"{place}/audit").text
    form = rosa.get(f"{place}/profile").text
    assert '<option value="">' in form
    wrong = rosa.submit(f"{place}/profile", name="Alvarez Writing", timeZone="Mars/Olympus")
    assert wrong.status_code == 422
    assert "is no time zone that is known here" in wrong.text
    assert rosa.submit(f"{place}/profile", name="Alvarez Writing", timeZone=MADRID).status_code == 303
    assert "Where are you?" not in rosa.get(place).text
    assert f'<option value="{MADRID}" selected>' in rosa.get(f"{place}/profile").text
    assert "10:00 CET" in rosa.get(f"{place}/audit").text
    kept = other_desk.client.put(other_desk.base, json={"name": "Alvarez Writing"})
    assert kept.json()["timeZone"] == MADRID, "what is not said stays"
    refused = other_desk.client.put(other_desk.base, json={"name": "Alvarez Writing", "timeZone": "EST5"})
    assert (refused.status_code, refused.json()["field"]) == (422, "timeZone")


def test_a_new_organisation_says_where_it_lives_or_lives_where_the_server_does(prepared, tmp_path, clock):
    for name in ("issuer.db", "kek"):
        shutil.copy(prepared / name, tmp_path / name)
    services = built(settings_in(tmp_path, signup_open=True, time_zone="America/Denver"), clock)
    words = {
        "called": "",
        "password": PASSWORD,
        "title": "Reads",
        "learner": "Wren",
        "criteria": "Done.",
        "language": "en",
    }
    for login, zone, lives in (("rosa", MADRID, MADRID), ("bo", "", "America/Denver")):
        draft = BeginningDraft(**words, name=login, login=login, time_zone=zone)
        begun = services.beginning.begin(draft, client="c", key=f"{login}-0123456789abcdef")
        assert services.organisations.public(begun.slug).time_zone == lives
    with pytest.raises(BadInput):
        services.beginning.begin(
            BeginningDraft(**words, name="Eve", login="eve", time_zone="x"), client="c", key="0123456789abcdef"
        )
    services.close()
    with pytest.raises(ValueError, match="name of a time zone"):
        IssuerSettings(**settings_in(tmp_path).model_dump() | {"time_zone": "Mars/Olympus"})
