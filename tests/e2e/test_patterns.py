"""Every component in every state, looked at by a real Chromium. `SATCHEL_SHOTS=folder` keeps the photographs."""

import os
import re
import socket
import threading
import time
from pathlib import Path

import pytest
import uvicorn

from kit.clock import FixedClock
from kit.health import Health
from kit.patterns import pattern_pages
from kit.patterns_verdicts import NOW
from kit.settings import RoleSettings
from kit.web import Pages, build_app

pytestmark = [pytest.mark.e2e, pytest.mark.browser]

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
PATHS = ("/patterns", "/patterns/certificate", "/patterns/codes", "/nowhere")
MILLIMETRE = 96 / 25.4


@pytest.fixture(scope="module")
def patterns(tmp_path_factory):
    folder = tmp_path_factory.mktemp("patterns")
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://localhost:{listener.getsockname()[1]}"
    settings = RoleSettings(
        database_url=f"sqlite:///{folder}/none.db",
        data_dir=folder,
        public_url=address,
        port=listener.getsockname()[1],
        loopback=True,
    )
    pages = Pages(role="verifier", settings=settings, clock=FixedClock(instant=NOW))
    app = build_app(
        role="verifier",
        settings=settings,
        pages=pages,
        routers=[pattern_pages(pages=pages)],
        secret=b"p" * 32,
        health=Health(role="verifier", checks={}),
        find_account=None,
    )
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield address
    server.should_exit = True
    thread.join(5)
    listener.close()


@pytest.fixture
def look(browser, patterns):
    """Opens a path in a window of its own; whatever the browser complains about fails the test."""
    contexts, complaints = [], []

    def opened(path, *, viewport=DESK, **settings):
        context = browser.new_context(viewport=viewport, **settings)
        contexts.append(context)
        page = context.new_page()
        expected = "404" if path.startswith("/nowhere") else "nothing"
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" and expected not in m.text else 0)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith((patterns, "data:")) else complaints.append(r.url))
        page.goto(patterns + path, wait_until="networkidle")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("path", PATHS)
def test_nothing_sticks_out_sideways(look, path, viewport, scheme, language):
    page = look(f"{path}?lang={language}", viewport=viewport, color_scheme=scheme)
    assert page.evaluate("document.documentElement.lang") == language
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    folder = os.environ.get("SATCHEL_SHOTS")
    if folder:
        name = f"{path.strip('/').replace('/', '-')}-{viewport['width']}-{scheme}-{language}.png"
        page.screenshot(path=Path(folder) / name, full_page=True)


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_everything_one_operates_is_a_thumb_high(look, viewport):
    page = look("/patterns", viewport=viewport)
    small = page.evaluate("""() => {
      const found = [];
      for (const element of document.querySelectorAll("button, .button, summary, select, textarea, .choice, .menu a, .tongues a, .learners a, input:not([type=hidden]):not([type=checkbox]):not([type=radio])")) {
        const box = element.getBoundingClientRect();
        if (box.height && (box.height < 44 || box.width < 44) && !element.closest("td")) found.push([element.outerHTML.slice(0, 120), box.width, box.height]);
      }
      return found;
    }""")
    assert small == []


def test_the_first_stop_is_the_way_to_the_content_and_the_ring_is_thick(look):
    page = look("/patterns")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_every_verdict_has_a_word_and_an_icon_beside_its_colour(look):
    page = look("/patterns")
    statements = page.locator(".statement")
    assert statements.count() >= 16
    for number in range(statements.count()):
        assert statements.nth(number).locator("svg").count() == 1
        assert statements.nth(number).locator(".word").inner_text().strip()


def test_the_page_says_everything_without_javascript(look):
    page = look("/patterns", java_script_enabled=False)
    assert page.locator("[data-copy]").first.is_hidden()
    assert page.get_by_role("link", name="Look again").is_visible()
    page.get_by_label("Photographs of the work").check()
    page.get_by_role("button", name="Show what they will see").click()
    assert "Photographs of the work" in page.locator("#preview").inner_text()


def test_the_preview_follows_the_switches(look):
    page = look("/patterns")
    assert "Photographs" not in page.locator("#preview").inner_text()
    page.get_by_label("Photographs of the work").check()
    page.locator("#preview li", has_text="Photographs").wait_for()
    page.get_by_label("Marks and results").uncheck()
    page.locator("#preview li", has_text="Marks").wait_for(state="detached")


def test_copying_says_so(look, patterns):
    page = look("/patterns")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=patterns)
    button = page.get_by_role("button", name="Copy the code")
    button.click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "7K3M-Q2XD-9FTA"


def test_a_chosen_file_is_named(look):
    page = look("/patterns")
    page.locator("#f-sheet").set_input_files({"name": "spring.csv", "mimeType": "text/csv", "buffer": b"a,b"})
    assert page.locator("[data-chosen]").inner_text() == "spring.csv"


def test_progress_follows_the_server_and_ends_where_it_says(look):
    page = look("/patterns?live=1")
    page.wait_for_url(re.compile("done=1"))


def test_motion_is_off_when_asked(look):
    page = look("/patterns", reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.querySelector('button')).transitionDuration") == "0s"


@pytest.mark.parametrize("path", ["/patterns/certificate", "/patterns/codes"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_sheet_prints_on_one_page_in_black_on_white_with_a_large_code(look, path, language):
    page = look(f"{path}?lang={language}", color_scheme="dark")
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.emulate_media(media="print", color_scheme="dark")
    code = page.locator(".qr-frame svg, .slip svg").first.bounding_box()
    assert code["width"] >= 30 * MILLIMETRE
    colours = page.evaluate("""() => [document.body, ...document.querySelectorAll("main *")].map((element) => {
      const style = getComputedStyle(element); return [style.backgroundColor, style.color, style.backgroundImage]; })""")
    assert {ground for ground, _, _ in colours} <= {"rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"}
    assert {ink for _, ink, _ in colours} <= {"rgb(0, 0, 0)", "rgb(51, 51, 51)"}
    assert {image for _, _, image in colours} == {"none"}


def test_names_from_outside_are_isolated_from_the_text_around_them(look):
    page = look("/patterns")
    for name in ("علم الفلك للمبتدئين", "مرصد الحي", "محمد", "نور"):
        for found in page.get_by_text(name, exact=True).all():
            assert found.evaluate("(element) => element.closest('bdi') !== null")
