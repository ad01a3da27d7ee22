"""The menu of a desk: one line on a phone, opened by its word without a script; in the open on a desk."""

import pytest

from tests.e2e.test_sheet_screens import opened, served  # noqa: F401 - fixtures

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]

ROOMS = "/organisations/maple-co-op/rooms"


def places(page):
    """The entries that can be seen."""
    return [each.inner_text() for each in page.locator(".menu a").all() if each.is_visible()]


def test_on_a_phone_the_menu_is_one_line_until_it_is_opened(opened):  # noqa: F811
    phone = opened(java_script_enabled=False)
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.goto(ROOMS)
    assert places(phone) == []
    word = phone.locator(".fold-in > summary")
    assert word.inner_text().split() == ["Menu", "·", "In", "the", "room"]
    assert phone.locator(".menu").bounding_box()["height"] <= 60
    word.press("Enter")
    assert places(phone)[:2] == ["Desk", "What you offer"]
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.get_by_role("link", name="Learners", exact=True).click()
    phone.wait_for_url("**/learners")
    assert word.inner_text().split() == ["Menu", "·", "Learners"]


def test_on_a_desk_it_stands_in_the_open(opened):  # noqa: F811
    desk = opened(java_script_enabled=False)
    desk.set_viewport_size({"width": 1200, "height": 800})
    desk.goto(ROOMS)
    assert not desk.locator(".fold-in > summary").is_visible()
    assert "In the room" in places(desk)
    assert desk.locator('.menu a[aria-current="page"]').inner_text() == "In the room"
