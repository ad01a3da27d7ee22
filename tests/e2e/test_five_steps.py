"""The start page's five steps in a real browser, with JavaScript and without, and what the reader sees at the end."""

import re

import pytest

from satchel.demo import logins
from tests.e2e.walk import Walk

OUTLINES = "[null, '::after'].map(part => getComputedStyle(document.activeElement, part).outlineStyle)"
pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_five_steps(browser, demo, scripts):
    context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="en-US", java_script_enabled=scripts)
    page = context.new_page()
    page.set_default_timeout(15_000)
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    walk = Walk(page, demo)

    walk.award()
    walk.claim()
    walk.share()
    walk.verify()
    assert "Genuine and current" in walk.verdict()
    assert "On your list: Cedar Bend Homeschool Co-op" in walk.verdict()
    walk.revoke()
    walk.check_again()
    said = walk.verdict()
    assert "Withdrawn" in said
    assert "Cedar Bend Homeschool Co-op withdrew this on" in said, "by whom, and when"
    assert "Seen in the issuer's list since" in said, "since when it has been seen"
    assert complaints == []
    context.close()


def test_each_step_leads_to_a_page_of_the_right_role(page, demo):
    page.goto(demo.url("start") + "/")
    buttons = page.locator(".step a.button.main")
    addresses = [buttons.nth(at).get_attribute("href") for at in range(buttons.count())]
    roles = ["issuer", "issuer", "wallet", "verifier", "issuer"]
    assert [demo.url(role) for role in roles] == [re.match(r"https?://[^/]+", href)[0] for href in addresses]
    for href in addresses:
        answer = page.goto(href)
        assert answer.status == 200, href


def test_the_start_page_shows_the_logins_and_speaks_spanish(page, demo):
    page.goto(demo.url("start") + "/?lang=es")
    assert page.locator("html").get_attribute("lang") == "es"
    assert "Cinco pasos" in page.locator("h1").inner_text()
    told = page.locator("main").inner_text()
    for login in logins.LOGINS:
        assert login.login in told
    assert logins.PASSWORD in told


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_the_start_page_fits_its_window(browser, demo, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, locale="es-ES")
    page = context.new_page()
    page.goto(demo.url("start") + "/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_the_story_by_keyboard_alone(browser, demo):
    """Tab to the first button, sign in, and award, without a mouse."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(demo.url("start") + "/")
    tab_to(page, "Award something")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in**")
    tab_to_field(page, "login")
    page.keyboard.type(logins.COORDINATOR.login)
    page.keyboard.press("Tab")
    page.keyboard.type(logins.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/award")
    tab_to(page, "Bridge that carries 40 kg")
    page.keyboard.press("Enter")
    page.wait_for_url("**/award/*")
    tab_to_field(page, "learnerName")
    page.keyboard.type("Wren Hadley")
    page.keyboard.press("Tab")
    page.keyboard.type("hadley-wren")
    page.keyboard.press("Enter")
    page.wait_for_url("**/credentials/**")
    assert page.locator("#claim").is_visible()
    context.close()


def tab_to(page, words, *, most=80):
    """Press Tab until the focus stands on something that says `words`, and can be seen to."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if words in (page.evaluate("document.activeElement.innerText") or ""):
            assert set(page.evaluate(OUTLINES)) != {"none"}, "the focus can be seen"
            return
    raise AssertionError(f"Tab never came to {words!r}")


def tab_to_field(page, name, *, most=80):
    """Press Tab until the focus stands in a field, unless it stands there already."""
    for _ in range(most):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to the field {name!r}")
