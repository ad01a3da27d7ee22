"""The rate card in a real Chromium: on a phone without JavaScript, on a desktop with it, in light and dark.

`SATCHEL_SHOTS=folder` keeps the photographs.
"""

import os
import secrets
import socket
import threading
import time
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import expect

from issuer.app import create_app
from issuer.service.context import Actor
from issuer.service.drafts import OrganisationDraft
from issuer.service.services import Services
from issuer.settings import IssuerSettings
from kit.server import configuration

pytestmark = [pytest.mark.e2e, pytest.mark.browser]

PASSWORD = "four words in a row"

BASE = "/organisations/maple-co-op/offerings"
CARD = "/orgs/maple-co-op/catalogue"
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1200, "height": 900}
SHEET = (
    "offering_code,title,grades_or_ages,term,price,price_per,seats,seats_taken,schedule,counts_as\n"
    "BRIDGE,Bridge builders: an engineering project,4-6,Fall 2026,165,semester,14,13,Tus 09:15-11:15,\n"
    "HEALTH,Health online,9-12,Spring 2027,180,course,,,any time,Prairie Bridge Academy | Health | 0.5\n"
)


@pytest.fixture
def served(tmp_path):
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    settings = IssuerSettings(
        database_url=f"sqlite:///{tmp_path}/issuer.db",
        data_dir=tmp_path,
        public_url=f"http://localhost:{port}",
        port=port,
        key_hex=secrets.token_hex(32),
        loopback=True,
    )
    services = Services.build(settings)
    account = services.accounts.create_user(login="admin", password=PASSWORD, name="Ada", scope="administrator")
    actor = Actor(user_id=account.id, name="Ada", scope="administrator")
    services.organisations.open(actor, OrganisationDraft(name="Maple Co-op"))
    server = uvicorn.Server(configuration(create_app(settings, services=services), settings))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield settings.public_url
    server.should_exit = True
    thread.join(30)
    listener.close()


@pytest.fixture(params=[("phone", PHONE, "light", False), ("desktop", DESKTOP, "dark", True)], ids=lambda each: each[0])
def window(request, browser, served):
    """A page of a phone without JavaScript, and of a desktop with it; nothing is asked for elsewhere."""
    name, viewport, scheme, script = request.param
    context = browser.new_context(
        viewport=viewport, color_scheme=scheme, java_script_enabled=script, locale="en-US", base_url=served
    )
    page = context.new_page()
    page.set_default_timeout(90_000)
    foreign = []
    page.on("request", lambda asked: None if asked.url.startswith((served, "data:")) else foreign.append(asked.url))
    yield page, name
    context.close()
    assert foreign == []


def look(page, name):
    """No page is wider than its window; a photograph of it, where they are wanted."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} pixels too wide"
    if folder := os.environ.get("SATCHEL_SHOTS"):
        page.screenshot(path=Path(folder) / f"rate-card-{name}.png", full_page=True)


def problems_of(page):
    return page.locator(".row-problem").all_inner_texts()


def test_a_sheet_is_corrected_brought_in_and_seen_by_everybody(window):
    page, name = window
    page.goto(BASE)
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.goto(BASE)
    assert page.locator('nav.menu a[aria-current="page"]').text_content() == "Rate card"
    look(page, f"{name}-empty")
    page.get_by_role("link", name="Bring the sheet").click()
    page.fill("textarea[name=sheet]", SHEET)
    look(page, f"{name}-import")
    page.get_by_role("button", name="Look at what it does").click()
    page.locator(".row-problem").first.wait_for()
    assert ["“Tus” is not a day of the week" in words for words in problems_of(page)] == [True]
    assert page.get_by_role("button", name="Change the rate card").count() == 0
    look(page, f"{name}-problem")
    sheet = page.locator("textarea[name=sheet]")
    sheet.fill(sheet.input_value().replace("Tus", "Tue"))
    page.get_by_role("button", name="Look again").last.click()
    page.get_by_role("button", name="Change the rate card: 2 rows").wait_for()
    assert problems_of(page) == []
    look(page, f"{name}-ready")
    page.get_by_role("button", name="Change the rate card: 2 rows").click()
    assert page.locator(".flash").inner_text() == "The rate card was changed: 2 new, 0 changed."
    look(page, f"{name}-list")

    page.get_by_role("link", name="Health online").click()
    page.get_by_role("link", name="Change it").click()
    page.get_by_label("Amount").fill("not much")
    look(page, f"{name}-form")
    page.get_by_role("button", name="Save it").last.click()
    page.locator("#f-price[aria-invalid=true]").wait_for()
    page.get_by_label("Amount").fill("175")
    page.get_by_role("button", name="Save it").last.click()
    page.get_by_role("link", name="Change it").wait_for()
    assert "$175 per course" in page.inner_text("main")

    page.goto(CARD)
    assert [each.strip() for each in page.locator(".rate h2").all_inner_texts()] == [
        "Bridge builders: an engineering project",
        "Health online",
    ]
    assert "1 seat left" in page.inner_text("main")
    assert "Counts as 0.5 Health at Prairie Bridge Academy, says Maple Co-op." in page.inner_text("main")
    look(page, f"{name}-card")
    page.get_by_text("Narrow it down").click()
    page.get_by_label("Grade").fill("5")
    page.get_by_role("button", name="Find").click()
    expect(page.locator(".rate h2")).to_have_count(1, timeout=90_000)
    look(page, f"{name}-narrowed")
    page.goto(f"{CARD}?lang=es")
    assert page.locator("h1").inner_text() == "Tarifario"
    look(page, f"{name}-es")
    page.get_by_role("link", name="Health online").click()
    look(page, f"{name}-one")


def test_a_field_is_left_by_enter_without_adding_a_row(browser, served):
    """Enter in a field saves; the button that only adds a row is not the one that is pressed."""
    context = browser.new_context(viewport=DESKTOP, locale="en-US", base_url=served)
    page = context.new_page()
    page.set_default_timeout(90_000)
    page.goto(f"{BASE}/new")
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.goto(f"{BASE}/new")
    page.get_by_role("button", name="Another program").click()
    expect(page.get_by_label("Program", exact=False).nth(1)).to_be_attached(timeout=90_000)
    page.fill("input[name=title]", "Clay")
    page.press("input[name=title]", "Enter")
    assert page.locator("h1").inner_text() == "Clay"
    context.close()
