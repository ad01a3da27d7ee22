"""In a real Chromium: a sheet is brought, corrected and previewed; with keys alone and without a script; texts run nothing."""

import socket
import threading
import time

import pytest
import uvicorn

from issuer.app import create_app
from issuer.service.services import Services
from kit.clock import FixedClock
from kit.jobs import ThreadJobs
from kit.server import configuration
from kit.vault import create_key_file
from tests.e2e.keystrokes import Hands
from tests.http.issuer.conftest import COURSE, NOW, PASSWORD, settings_in
from tests.http.issuer.test_sheets import HEADER, ROWS
from tests.http.verifier.test_browser import attack_strings

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]
SHEETS = "/organisations/maple-co-op/sheets"


@pytest.fixture
def served(tmp_path):
    create_key_file(tmp_path / "kek")
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://localhost:{listener.getsockname()[1]}"
    settings = settings_in(tmp_path)
    moved = type(settings)(**{**settings.model_dump(), "public_url": address, "identifier_url": address})
    services = Services.build(moved, clock=FixedClock(instant=NOW))
    services.accounts.create_user(login="admin", password=PASSWORD, name="Ada", scope="administrator")
    services.work.start(ThreadJobs(role="issuer"))
    server = uvicorn.Server(configuration(create_app(moved, services=services), moved))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield address
    server.should_exit = True
    thread.join(5)
    services.work.stop(seconds=5)
    listener.close()


@pytest.fixture
def opened(browser, served):
    """Opens a window in which the administrator has an organisation with one course; closes it at the end."""
    contexts = []

    def opened(**context):
        made = browser.new_context(base_url=served, locale="en-GB", **context)
        contexts.append(made)
        token = made.request.post("/api/session", data={"login": "admin", "password": PASSWORD}).json()["token"]
        bearer = {"Authorization": f"Bearer {token}"}
        new = {"name": "Maple Co-op", "slug": "maple-co-op"}
        assert made.request.post("/api/organisations", data=new, headers=bearer).status == 201
        api = "/api/organisations/maple-co-op/achievements"
        for name in ("Algebra I", "Geometry"):
            assert made.request.post(api, data={**COURSE, "name": name}, headers=bearer).status == 201
        page = made.new_page()
        page.goto("/sign-in")
        page.fill("input[name=login]", "admin")
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("script", [True, False])
def test_from_the_file_to_signed_awards_in_five_clicks(opened, script):
    page = opened(java_script_enabled=script)
    page.goto(f"{SHEETS}/new")
    clicks = 1
    page.get_by_label("What do you award?").select_option(label="Algebra I")
    clicks += 1
    data = "\n".join([HEADER, *ROWS]).encode()
    page.get_by_label("The sheet", exact=True).set_input_files(
        {"name": "spring.csv", "mimeType": "text/csv", "buffer": data}
    )
    clicks += 1
    page.get_by_role("button", name="Read the sheet").click()
    page.get_by_text("“Z” is not a mark here.").first.wait_for()
    clicks += 1
    page.get_by_role("button", name="Go on with 2, keep 4 for later").click()
    page.get_by_text("2 awards, signed by Maple Co-op.").first.wait_for()
    page.get_by_text("Wren Hadley").first.wait_for()
    clicks += 1
    page.get_by_role("button", name="Issue 2 awards").click()
    signed = page.get_by_text("No family can keep one yet.")
    page.wait_for_url("**/jobs/*")
    while not script and not signed.is_visible():
        page.reload()
    signed.wait_for()
    page.get_by_text("2 of 2").first.wait_for()
    assert clicks == 5


def test_by_keys_alone_a_row_is_put_right(opened):
    page = opened(viewport={"width": 360, "height": 740})
    page.goto(f"{SHEETS}/new")
    page.get_by_label("What do you award?").select_option(label="Algebra I")
    hands = Hands(page, keys_only=True)
    paste = page.get_by_label("Or copy the rows")
    hands.press(page.get_by_text("What has to be in it?"))
    paste.focus()
    page.keyboard.insert_text("\n".join([HEADER, *ROWS]))
    hands.press(page.get_by_role("button", name="Read the sheet"))
    page.wait_for_url(f"**{SHEETS}/*-*")
    hands.fill(page.get_by_label("First name A7"), "robin")
    hands.tick(page.get_by_label("It is right as it is"))
    hands.press(page.get_by_role("button", name="Save and look again"))
    page.get_by_text("Rows that still need a look: 3.").wait_for()
    assert page.get_by_text("Ash Pine").first.is_visible()


def test_attacks_in_every_cell_run_nothing(opened, served):
    page = opened()
    foreign, hits = [], []
    page.expose_function("hit", lambda: hits.append("hit"))
    page.on("dialog", lambda dialog: (hits.append("dialog"), dialog.dismiss()))
    page.on("request", lambda asked: None if asked.url.startswith((served, "data:")) else foreign.append(asked.url))
    strings = [text.replace("\t", " ").replace("\n", " ") for text in attack_strings()]
    assert len(strings) >= 200
    rows = ["Name\tRoster number\tFinal grade\tCompleted on\tComment"]
    rows += ["\t".join([text, f"R-{n}", text, text, text]) for n, text in enumerate(strings)]
    page.goto(f"{SHEETS}/new")
    page.get_by_label("What do you award?").select_option(label="Algebra I")
    page.fill(
        "textarea[name=text]", "\n".join('"' + row.replace('"', '""').replace("\t", '"\t"') + '"' for row in rows)
    )
    page.get_by_role("button", name="Read the sheet").click()
    page.wait_for_url(f"**{SHEETS}/*-*")
    sheet = page.url
    for number in (1, 2, 3):
        page.goto(f"{sheet}?only=problem&page={number}")
        assert page.locator("fieldset.sheet-line").count() >= 10
        said = page.locator("fieldset.sheet-line bdi").all_text_contents()
        assert strings[(number - 1) * 100].strip() in {text.strip() for text in said}
        assert page.locator("main script, main iframe, main object, main embed, main img, main video").count() == 0
        assert page.evaluate(
            "[...document.querySelectorAll('*')].every(e => e.getAttributeNames().every(n => !n.startsWith('on')))"
        )
    page.wait_for_timeout(300)
    assert hits == []
    assert foreign == []
