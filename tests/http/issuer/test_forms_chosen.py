"""How the form of an award is chosen: for an achievement, an award, a sheet; on pages and by programs."""

import pickle
import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from issuer.service import signing
from issuer.service.award_reading import read_award
from issuer.service.bulk import Signing
from issuer.service.drafts import AwardDraft
from issuer.service.issuance import Signed
from issuer.service.securing import AS_TOKEN, BY_PARTS, FORMS, USUAL
from issuer.service.signing import Made, sign_all
from issuer.store import tables
from kit.errors import Refused
from tests.awarding import bring, drive
from tests.http.issuer.conftest import COURSE, Browser
from tests.http.issuer.forms_office import Office, has_base
from vc.checks import Verdict
from vc.securing import is_token

NUMBERS = {BY_PARTS: range(3), AS_TOKEN: range(10, 13)}
OTHERS = pytest.mark.parametrize("name", [BY_PARTS, AS_TOKEN])


@pytest.fixture(scope="module")
def office(tmp_path_factory, prepared):
    made = Office(tmp_path_factory.mktemp("chosen"), prepared)
    with made.stranger:
        yield made


@pytest.fixture(scope="module")
def browser(office):
    return Browser(office.app, "admin")


def options(page):
    """The forms that a page offers, and the one that is chosen."""
    select_ = re.search(r'<select[^>]*name="format".*?</select>', page, re.DOTALL)
    if select_ is None:
        return [], None
    found = re.findall(r'<option value="([^"]*)"( selected)?', select_[0])
    return [value for value, _chosen in found], next((value for value, chosen in found if chosen), None)


def test_whoever_has_no_further_key_sees_no_choice_and_is_told_what_to_do(tmp_path, prepared):
    office = Office(tmp_path, prepared, keys=())
    browser = Browser(office.app, "admin")
    number = office.course["id"]
    for path in (f"award/{number}", "achievements/new", f"achievements/{number}/edit"):
        assert options(browser.get(f"/organisations/maple-co-op/{path}").text) == ([], None)
    for name in (BY_PARTS, AS_TOKEN):
        refused = office.desk.post_award(office.course, format=name)
        assert (refused.status_code, refused.json()["field"]) == (422, "format")
        assert "Keys and lists" in refused.json()["remedy"]
    office.add_key("p256", "token")
    assert office.desk.post_award(office.course, format=AS_TOKEN).status_code == 422, "announced, and not in use yet"
    assert office.desk.client.get(f"{office.desk.base}/credentials").json()["total"] == 0
    refused = office.desk.client.put(f"{office.desk.base}/settings", json={"format": AS_TOKEN})
    assert (refused.status_code, refused.json()["field"]) == (422, "format")
    assert "Keys and lists" in refused.json()["remedy"]
    sheet = bring(office.services, office.at, office.at_course(), range(2), key="s")
    body = {"format": BY_PARTS, "undoMinutes": 0}
    path = f"{office.desk.base}/sheets/{sheet.id}/issue"
    refused = office.desk.client.post(path, json=body, headers={"Idempotency-Key": "j"})
    assert (refused.status_code, refused.json()["field"]) == (422, "format")
    assert office.services.sheets.one(office.at, sheet.id).state == "open"


def test_an_achievement_says_how_its_awards_are_signed_unless_somebody_chooses(office, browser):
    course = office.desk.achievement(name="Welding", format=AS_TOKEN)
    assert course["format"] == AS_TOKEN
    assert office.desk.award(course)["format"] == AS_TOKEN
    assert office.desk.award(course, format=BY_PARTS)["format"] == BY_PARTS
    page = browser.get(f"/organisations/maple-co-op/award/{course['id']}").text
    assert options(page) == (list(FORMS), AS_TOKEN)
    assert options(browser.get(f"/organisations/maple-co-op/achievements/{course['id']}/edit").text)[1] == AS_TOKEN
    assert options(browser.get("/organisations/maple-co-op/achievements/new").text) == (
        ["organisation", *FORMS],
        "organisation",
    )
    kept = office.desk.client.put(f"{office.desk.base}/achievements/{course['id']}", json={**COURSE, "name": "Welding"})
    assert kept.json()["format"] == AS_TOKEN, "an edit that does not say it leaves it"
    back = office.desk.client.put(
        f"{office.desk.base}/achievements/{course['id']}", json={**COURSE, "name": "Welding", "format": USUAL}
    )
    assert (back.json()["format"], back.json()["version"]) == (USUAL, 3)
    refused = office.desk.client.post(f"{office.desk.base}/achievements", json={**COURSE, "format": "x"})
    assert (refused.status_code, refused.json()["field"]) == (422, "format")


def test_an_organisation_says_how_awards_are_signed_where_the_achievement_leaves_it_to_it(office, browser):
    desk, course = office.desk, office.desk.achievement(name="Weaving")
    own = desk.achievement(name="Felting", format=USUAL)
    assert (course["format"], desk.award(course)["format"]) == ("organisation", USUAL)
    settings = "/organisations/maple-co-op/settings"
    assert options(browser.get(settings).text) == (["", *FORMS], "")
    assert browser.submit(settings, format=AS_TOKEN).status_code == 303
    assert options(browser.get(settings).text)[1] == AS_TOKEN
    assert desk.award(course)["format"] == AS_TOKEN
    assert desk.award(course, format=BY_PARTS)["format"] == BY_PARTS
    assert desk.award(own)["format"] == USUAL
    assert options(browser.get(f"/organisations/maple-co-op/award/{course['id']}").text)[1] == AS_TOKEN
    sheet = bring(office.services, office.at, office.at_course(), range(900, 902), key="weaving")
    assert options(browser.get(f"/organisations/maple-co-op/sheets/{sheet.id}/preview").text)[1] == AS_TOKEN
    assert office.services.award_jobs.issue(office.at, sheet.id, key="weaving").format == AS_TOKEN
    edited = desk.client.put(f"{desk.base}/achievements/{own['id']}", json={**COURSE, "format": "organisation"})
    assert (edited.json()["format"], desk.award(edited.json())["format"]) == ("organisation", AS_TOKEN)
    for wrong in ("x", "organisation"):
        refused = desk.client.put(f"{desk.base}/settings", json={"format": wrong})
        assert (refused.status_code, refused.json()["field"]) == (422, "format")
    assert desk.client.put(f"{desk.base}/settings", json={}).json()["format"] == ""


def test_somebody_chooses_it_on_the_pages(office, browser):
    browser.get("/organisations/maple-co-op/achievements/new")
    made = browser.submit(
        "/organisations/maple-co-op/achievements/new",
        name="Baking",
        achievementType="Course",
        description="Bread.",
        criteriaNarrative="Three loaves.",
        format=BY_PARTS,
    )
    number = made.headers["location"].rpartition("/")[2]
    page = browser.get(f"/organisations/maple-co-op/award/{number}").text
    assert options(page)[1] == BY_PARTS
    assert "Not every program can check it yet" in page
    path = f"/organisations/maple-co-op/award/{number}"
    answer = browser.submit(path, learnerName="Wren", identifier="R-3", format=AS_TOKEN)
    assert answer.status_code == 303
    shown = browser.get(answer.headers["location"]).text
    assert "As a token, for older systems" in shown
    found = office.desk.client.get(f"{office.desk.base}/credentials?q=Wren").json()["items"]
    assert [each["format"] for each in found] == [AS_TOKEN]


@OTHERS
def test_a_sheet_is_awarded_in_the_form_that_is_chosen_on_its_third_screen(office, browser, name):
    sheet = bring(office.services, office.at, office.at_course(), NUMBERS[name], key=f"sheet-{name}")
    base = f"/organisations/maple-co-op/sheets/{sheet.id}"
    assert options(browser.get(f"{base}/preview").text) == (list(FORMS), USUAL)
    answer = browser.submit(f"{base}/issue", format=name)
    job = answer.headers["location"].rpartition("/")[2]
    assert office.desk.client.get(f"{office.desk.base}/jobs/{job}").json()["format"] == name
    drive(office.services, job)
    office.services.award_jobs.release(office.at, job)
    found = [
        each
        for each in office.desk.client.get(f"{office.desk.base}/credentials?size=100").json()["items"]
        if each["learnerName"].startswith("Learner ") and each["format"] == name
    ]
    assert len(found) == 3
    for each in found:
        body = office.desk.document(each).content
        assert is_token(body) == (name == AS_TOKEN)
        assert not has_base(body)
        assert office.verdict(body).verdict is Verdict.GENUINE_AND_CURRENT
    with office.services.context.database.reading() as session:
        rows = session.scalars(select(tables.SignedCredentialRow)).all()
        assert not any(row.holder_sealed for row in rows), "nobody holds any of them yet"


def _frozen(office, name, count):
    now = office.services.context.now()
    course = office.at_course()
    awards = [
        read_award(
            AwardDraft(achievement=course.id, learner_name=f"L {number}", identifier=f"S-{number}"),
            achievement=course,
            now=now,
            loopback=True,
        )
        for number in range(count)
    ]
    seal = office.services.context.keystore.sealer()
    with office.services.context.database.session() as session:
        return office.services.many_awards.freeze(session, office.at, course, awards, format_=name, seal=seal, now=now)


@OTHERS
def test_in_bulk_what_is_signed_twice_has_the_same_bytes_and_is_kept_once(office, name, monkeypatch):
    tasks = []

    def told(self, task):
        tasks.append(task)
        return sign_all(task, self._keystore)

    monkeypatch.setattr(Signing, "sign", told)
    ids = [each.intent_id for each in _frozen(office, name, 3)]
    answers = office.services.many.finish_many(office.at.organisation, ids)
    assert all(isinstance(each, Signed) for each in answers)
    again = sign_all(tasks[0], office.services.context.keystore)
    assert [each.body for each in again] == [each.body for each in answers]
    assert all(isinstance(each, Made) and (each.for_holder is not None) == (name == BY_PARTS) for each in again)
    assert office.services.many.finish_many(office.at.organisation, ids)[0].body == answers[0].body


def test_c13_a_key_signs_no_other_form_than_its_own(office, monkeypatch):
    tasks = []
    monkeypatch.setattr(Signing, "sign", lambda self, task: tasks.append(task) or sign_all(task, self._keystore))
    ids = [each.intent_id for each in _frozen(office, AS_TOKEN, 1)]
    office.services.many.finish_many(office.at.organisation, ids)
    for other in (USUAL, BY_PARTS):
        wrong = tasks[0].part([replace(each, format=other) for each in tasks[0].items])
        with pytest.raises(Refused):
            sign_all(wrong, office.services.context.keystore)


def test_k2_what_was_drawn_for_one_signature_opens_for_no_other(office, monkeypatch):
    tasks = []
    monkeypatch.setattr(Signing, "sign", lambda self, task: tasks.append(task) or sign_all(task, self._keystore))
    ids = [each.intent_id for each in _frozen(office, BY_PARTS, 2)]
    office.services.many.finish_many(office.at.organisation, ids)
    first, second = tasks[0].items
    assert first.drawn_sealed != second.drawn_sealed
    keystore = office.services.context.keystore
    assert len(signing.opened(keystore, first.intent_id, first.drawn_sealed)) == 64
    with pytest.raises(Exception, match=r"^The key that unlocks"):
        signing.opened(keystore, first.intent_id, second.drawn_sealed)


def test_k7_no_key_for_one_signature_goes_through_a_pipe_or_into_a_row_in_the_clear(office, monkeypatch):
    seen = []
    monkeypatch.setattr(Signing, "sign", lambda self, task: seen.append(task) or sign_all(task, self._keystore))
    ids = [each.intent_id for each in _frozen(office, BY_PARTS, 1)]
    office.services.many.finish_many(office.at.organisation, ids)
    item = seen[0].items[0]
    drawn = signing.opened(office.services.context.keystore, item.intent_id, item.drawn_sealed)
    sent = pickle.dumps(seen[0])
    assert not any(part in sent or part.hex().encode() in sent for part in (drawn[:32], drawn[32:]))


def test_an_award_of_too_many_parts_is_refused_in_words_and_awarded_as_usual(office, monkeypatch):
    monkeypatch.setattr("vc.proof.sd.issuing.MAX_SIGNATURES", 20)
    refused = office.desk.post_award(office.course, format=BY_PARTS)
    assert refused.status_code == 422, refused.text
    assert "at most 20 are" in refused.json()["detail"]
    assert office.desk.post_award(office.course).status_code == 201
