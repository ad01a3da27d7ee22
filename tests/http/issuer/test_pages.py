"""The issuer's pages: everything works with forms alone, in two languages, and a mistake is shown where it was made."""

import html
import json
import re

import pytest

from tests.http.issuer.conftest import ORIGIN, PASSWORD
from vc.baking import unbake_png, unbake_svg
from vc.checks import Verdict

BASE = "/organisations/maple-co-op"


@pytest.fixture
def opened(browser):
    browser.get("/organisations/new")
    browser.submit("/organisations/new", name="Maple Co-op", kind="coop", url="https://maple.example.org/")
    assert browser.page.headers["location"] == BASE
    return browser


@pytest.fixture
def described(opened):
    opened.get(f"{BASE}/achievements/new")
    opened.submit(
        f"{BASE}/achievements/new",
        name="Bridge that carries 40 kg",
        achievementType="Assignment",
        description="A truss bridge, built and loaded.",
        criteriaNarrative="The bridge carries 40 kg for a minute.",
        **{
            "results/0/resultType": "RubricCriterionLevel",
            "results/0/name": "Load test",
            "results/0/levels/0/name": "Started",
            "results/0/levels/0/description": "It stands",
            "results/0/levels/1/name": "Strong",
            "results/0/levels/1/description": "It carries",
            "alignments/0/targetName": "Design under constraints",
            "alignments/0/targetUrl": "https://frameworks.example.org/PB.E.1",
            "alignments/0/targetCode": "PB.E.1",
        },
    )
    return opened


@pytest.fixture
def awarded(described):
    described.follow()
    described.get(f"{BASE}/award")
    described.follow()
    level = re.search(r'<option value="(urn:uuid:[^"]+)">Strong', described.page.text)[1]
    described.submit(described.page.url.path, learnerName="Wren Hadley", identifier="R-2", **{"results/0/value": level})
    return described


def test_an_administrator_goes_from_nothing_to_a_signed_award(awarded, judge):
    page = awarded.follow()
    assert page.status_code == 200
    assert "Wren Hadley" in page.text
    detail = awarded.page.url.path
    file = awarded.get(detail + "/file")
    for form, unbake in (("png", unbake_png), ("svg", unbake_svg)):
        assert unbake(awarded.get(f"{detail}/picture.{form}").content).text == file.content
    assert awarded.get(f"{detail}/picture.gif").status_code == 404
    assert file.headers["content-type"] == "application/vc"
    assert "attachment" in file.headers["content-disposition"]
    assert judge(file.content).verdict is Verdict.GENUINE_AND_CURRENT


def test_sending_the_same_form_twice_awards_once(described):
    described.follow()
    described.get(f"{BASE}/award")
    described.follow()
    path, form = described.page.url.path, described.page
    first = described.submit(path, learnerName="Wren", identifier="R-2").headers["location"]
    described.page = form
    assert described.submit(path, learnerName="Wren", identifier="R-2").headers["location"] == first


def test_a_mistake_is_shown_at_its_field_and_nothing_typed_is_lost(described):
    described.follow()
    described.get(f"{BASE}/award")
    described.follow()
    page = described.submit(described.page.url.path, learnerName="Wren <b>", identifier="", term="Fall")
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert "Wren &lt;b&gt;" in page.text
    assert 'value="Fall"' in page.text


def test_the_sheet_and_the_award_page_lead_a_phone_to_the_claim(awarded):
    page = awarded.follow().text
    code = re.search(r'class="qr-code">([0-9A-Z-]{19})<', page)[1]
    link = re.search(rf"{ORIGIN}/claim/[A-Za-z0-9_-]{{22}}", page)[0]
    sheet = awarded.get(awarded.page.url.path + "/sheet").text
    assert code in sheet
    assert "<svg" in sheet
    awarded.get("/claim")
    found = awarded.submit("/claim", code=code.lower().replace("-", " ").replace("0", "o"))
    assert found.headers["location"] == link.removeprefix(ORIGIN)


def test_the_claim_page_names_provider_and_award_and_never_the_learner(awarded, visitor):
    link = re.search(rf"{ORIGIN}(/claim/[A-Za-z0-9_-]{{22}})", awarded.follow().text)[1]
    page = visitor.get(link)
    assert page.status_code == 200
    assert "Maple Co-op" in page.text
    assert "Bridge that carries 40 kg" in page.text
    assert "Wren" not in page.text
    assert "R-2" not in page.text
    assert "http://localhost:8002/claim?offer=" in html.unescape(page.text)
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in page.headers["x-robots-tag"]


def test_withdrawing_asks_once_and_says_what_will_happen(awarded):
    awarded.follow()
    detail = awarded.page.url.path
    page = awarded.get(f"{detail}/withdraw")
    assert "cannot be taken back" in page.text
    missing = awarded.submit(f"{detail}/withdraw")
    assert missing.status_code == 422
    awarded.submit(f"{detail}/withdraw", reason="learnerAsked", note="telephone, Monday")
    page = awarded.follow()
    assert "Withdrawn" in page.text
    assert "telephone, Monday" in page.text
    assert f"{detail}/correct" not in page.text


def test_correcting_shows_what_was_typed(awarded):
    awarded.follow()
    detail = awarded.page.url.path
    page = awarded.get(f"{detail}/correct")
    assert 'value="Wren Hadley"' in page.text
    assert "selected>Strong" in page.text
    level = re.search(r'<option value="(urn:uuid:[^"]+)">Started', page.text)[1]
    awarded.submit(f"{detail}/correct", learnerName="Wren Hadley", identifier="R-2", **{"results/0/value": level})
    assert "version 2" in awarded.follow().text
    assert json.loads(awarded.get(f"{detail}/file").content)["credentialSubject"]["result"][0]["value"] == "Started"


def test_an_achievement_is_edited_and_taken_off_the_list(described):
    described.follow()
    path = described.page.url.path
    page = described.get(f"{path}/edit")
    assert 'value="https://frameworks.example.org/PB.E.1"' in page.text
    fields = {
        "name": "Bridge, 50 kg",
        "achievementType": "Assignment",
        "description": "A bridge.",
        "criteriaNarrative": "50 kg",
    }
    described.submit(f"{path}/edit", **fields)
    assert "Bridge, 50 kg" in described.follow().text
    described.submit(f"{path}/retirement", retired="1")
    assert "off the list" in described.follow().text


@pytest.mark.parametrize(
    "path",
    [
        "/organisations",
        "/organisations/new",
        BASE,
        f"{BASE}/profile",
        f"{BASE}/people",
        f"{BASE}/achievements",
        f"{BASE}/achievements/new",
        f"{BASE}/credentials",
        f"{BASE}/credentials?q=wren&state=issued",
        f"{BASE}/audit",
        f"{BASE}/signing",
        "/orgs/maple-co-op",
        "/orgs/maple-co-op/status/1",
        "/claim",
        "/account",
    ],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_stands_in_both_languages(awarded, path, language):
    joint = "&" if "?" in path else "?"
    page = awarded.get(f"{path}{joint}lang={language}")
    assert page.status_code == 200, page.text
    assert f'<html lang="{language}">' in page.text
    assert "<h1>" in page.text
    assert "<script>" not in page.text
    assert 'style="' not in page.text


def test_somebody_is_invited_and_joins_with_a_new_account(opened, visitor):
    opened.get(f"{BASE}/people")
    page = opened.submit(f"{BASE}/people", label="Bea, Mondays", role="issuer")
    link = re.search(rf"{ORIGIN}(/join/[A-Za-z0-9_-]{{22}})", page.text)[1]
    assert visitor.get(link).status_code == 200
    visitor.submit(link, name="Bea", login="bea", password=PASSWORD)
    assert visitor.page.headers["location"] == BASE
    assert visitor.follow().status_code == 200
    visitor.get(f"{BASE}/people")
    assert visitor.client.post(f"{BASE}/people", data=visitor.hidden()).status_code == 403
    assert visitor.get(link).status_code == 410


def test_signing_up_is_closed(app, services, stranger, visitor):
    services.accounts.create_user(login="eve", password=PASSWORD, name="Eve", scope="staff")
    from tests.http.issuer.conftest import Browser

    eve = Browser(app, "eve")
    eve.get("/organisations/new")
    assert "Only the administrator" in eve.page.text
    eve.get("/account")
    assert eve.submit("/organisations/new", name="Eve's").status_code == 403


def test_a_stranger_is_led_to_sign_in_and_back(visitor, desk):
    page = visitor.get(f"{BASE}/credentials")
    assert page.status_code == 303
    assert page.headers["location"].startswith("/sign-in?next=")
