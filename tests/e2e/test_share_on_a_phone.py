"""On a phone: three taps from an award to its link, which stops at once; and three lines of a year's record."""

import json
import socket
import threading
import time

import pytest
import uvicorn

from kit.clock import FixedClock
from kit.server import configuration
from tests.unit.wallet.partial import year
from tests.unit.wallet.samples import NOW, PASSWORD, Hadleys, award, settings, wallet
from vc import reveal_all
from vc.document import serialize
from wallet.app import create_app
from wallet.service import build_services
from wallet.service.arriving import BASE, Original
from wallet.service.authority import Right

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "locale": "en-GB"}
COUNT = "window.addEventListener('pointerdown', () => sessionStorage.taps = 1 + Number(sessionStorage.taps || 0))"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A wallet with the Hadleys: (its address, its services, the family, an award and a year's record of Teresa's)."""
    folder = tmp_path_factory.mktemp("phone")
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    address = f"http://localhost:{port}"
    tools = wallet(folder, FixedClock(instant=NOW)).tools
    moved = settings(folder, public_url=address, port=port)
    services = build_services(
        type(tools)(**{name: getattr(tools, name) for name in tools.__slots__} | {"settings": moved})
    )
    family = Hadleys(services)
    kept = services.credentials.add_file(family.teresa, family.teresa_learner, award()).credential_id
    original = year()
    judged = services.credentials._judging.judge(serialize(reveal_all(json.loads(original))))
    with tools.database.session() as session:
        home = services.people.open(session, family.teresa)
        record = services.credentials.keep(
            home, home.learner(family.teresa_learner, Right.RECEIVE), judged, source="file", key_id=None,
            original=Original(data=original, media_type=BASE),
        ).credential_id  # fmt: skip
    app = create_app(moved, services=services)
    server = uvicorn.Server(configuration(app, moved))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield address, kept, record
    server.should_exit = True
    thread.join(5)
    listener.close()


@pytest.fixture
def phone(browser, served):
    context = browser.new_context(base_url=served[0], **PHONE)
    context.add_init_script(COUNT)
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("input[name=login]", "teresa")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    yield page
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
