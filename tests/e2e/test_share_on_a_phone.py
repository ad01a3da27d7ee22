"""On a phone: three taps from an award to its link, which stops at once; and three lines of a year's record."""

import json

import pytest

from tests.e2e.wallet_served import COUNT, PHONE, serving, sign_in
from tests.unit.wallet.partial import year
from tests.unit.wallet.samples import Hadleys, award
from vc import reveal_all
from vc.document import serialize
from wallet.service.arriving import BASE, Original
from wallet.service.authority import Right

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]
LANGUAGES = {
    "en-GB": ["Menu · Family", "Awards", "Keep an award", "Family"],
    "es-MX": ["Menú · Familia", "Reconocimientos", "Guardar un reconocimiento", "Familia"],
}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A wallet with the Hadleys: (its address, an award and a year's record of Teresa's)."""
    with serving(tmp_path_factory.mktemp("phone")) as (address, services):
        family = Hadleys(services)
        kept = services.credentials.add_file(family.teresa, family.teresa_learner, award()).credential_id
        original = year()
        judged = services.credentials._judging.judge(serialize(reveal_all(json.loads(original))))
        with services.tools.database.session() as session:
            home = services.people.open(session, family.teresa)
            record = services.credentials.keep(
                home, home.learner(family.teresa_learner, Right.RECEIVE), judged, source="file", key_id=None,
                original=Original(data=original, media_type=BASE),
            ).credential_id  # fmt: skip
        yield address, kept, record


@pytest.fixture
def phone(browser, served):
    context = browser.new_context(base_url=served[0], **PHONE)
    context.add_init_script(COUNT)
    page = context.new_page()
    sign_in(page)
    yield page
    context.close()


@pytest.mark.parametrize(("language", "places"), LANGUAGES.items())
def test_the_menu_is_one_line_until_it_is_opened(browser, served, language, places):
    context = browser.new_context(base_url=served[0], java_script_enabled=False, **PHONE | {"locale": language})
    page = context.new_page()
    sign_in(page)
    page.goto("/people")
    word = page.locator(".fold-in > summary")
    assert word.inner_text().split() == places[0].split()
    assert page.locator(".menu").bounding_box()["height"] <= 60
    assert [one.inner_text() for one in page.locator(".menu a").all() if one.is_visible()] == []
    word.press("Enter")
    assert [one.inner_text() for one in page.locator(".menu a").all() if one.is_visible()] == places[1:]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def test_from_an_award_to_its_link_in_three_taps_and_stopped_at_once(phone, served, http):
    address, kept, _record = served
    phone.goto(f"/credentials/{kept}")
    phone.evaluate("sessionStorage.taps = 0")
    phone.get_by_role("link", name="Share", exact=True).first.tap()
    phone.locator("input[name=recipient]").tap()
    phone.keyboard.type("Brightwater College")
    phone.get_by_role("button", name="Make the link").tap()
    link = phone.locator(".chip-url a").first.get_attribute("href")
    assert phone.evaluate("sessionStorage.taps") == "3"
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    assert link.startswith(f"{address}/s/")
    assert http.get(link).status_code == 200
    phone.get_by_role("button", name="Stop the link now").tap()
    phone.get_by_text("The link was stopped.").first.wait_for()
    assert http.get(link).status_code == 410


def test_three_lines_of_a_years_record_are_chosen_and_the_reader_is_told(phone, browser, served):
    _address, _kept, record = served
    phone.goto(f"/credentials/{record}")
    phone.get_by_role("link", name="Share", exact=True).first.tap()
    phone.get_by_text("Choose from 33 lines of it").tap()
    switches = phone.locator("input[name=parts]")
    for index in range(33):
        if index not in {0, 4, 30}:
            switches.nth(index).uncheck()
    phone.get_by_text("A part: 3 of 33 lines").wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.locator("input[name=recipient]").fill("Brightwater College")
    phone.get_by_role("button", name="Make the link").tap()
    link = phone.locator(".chip-url a").first.get_attribute("href")
    reader = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = reader.new_page()
    page.goto(link)
    page.get_by_role("button", name="Show the record").click()
    told = page.locator("main").inner_text()
    reader.close()
    assert "A part: 3 of 33 lines" in told
    assert "English 5" in told
    assert "Biology" not in told
    assert "otters" not in told
