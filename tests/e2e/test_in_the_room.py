"""In a real Chromium, without a script: a phone scans, gets a number, and has its award after the teacher's yes."""

import pytest

from tests.e2e.test_sheet_screens import opened, served  # noqa: F401 - fixtures

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]


def test_a_phone_gets_a_number_and_after_the_teachers_yes_its_award(browser, served, opened):  # noqa: F811
    teacher = opened(java_script_enabled=False)
    teacher.goto("/organisations/maple-co-op/rooms")
    teacher.get_by_label("What was earned").select_option(label="Algebra I")
    teacher.get_by_role("button", name="Open the room").click()
    address = teacher.locator(".chip a, .chip code").first.inner_text().strip()
    phone = browser.new_context(
        base_url=served, locale="en-GB", viewport={"width": 360, "height": 740}, java_script_enabled=False
    ).new_page()
    phone.goto(address)
    phone.get_by_label("Your first name").fill("Wren")
    phone.get_by_role("button", name="Get a number").click()
    number = phone.locator(".room-number").inner_text()
    teacher.get_by_role("cell", name="Wren").wait_for(timeout=20_000)
    teacher.get_by_role("link", name=number).click()
    teacher.get_by_role("button", name="Approve and award").click()
    phone.get_by_role("link", name="Keep it in a wallet").wait_for(timeout=20_000)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.context.close()
