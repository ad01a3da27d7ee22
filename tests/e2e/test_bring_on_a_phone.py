"""On a phone: several awards at once, chosen, dropped or pasted; what fails is kept apart; a camera reads a code."""

import json
import socket
import threading
import time

import pytest
import uvicorn

from kit.clock import FixedClock
from kit.server import configuration
from tests.unit.wallet.samples import NOW, PASSWORD, Hadleys, award, settings, wallet
from wallet.app import create_app
from wallet.service import build_services, importing

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "locale": "en-GB"}
FORGED = award(9, title="Kite").replace(b"ten kilograms", b"one kilogram ")
DROP = """(files) => {
  const frame = document.querySelector("[data-drop]");
  const carried = new DataTransfer();
  for (const [name, text] of files) carried.items.add(new File([text], name));
  for (const kind of ["dragover", "drop"]) frame.dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""
CAMERA = """
globalThis.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return [{ rawValue: %s }]; }
};
navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
HTMLMediaElement.prototype.play = async () => {};
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A wallet with the Hadleys: its address, its services and the family."""
    folder = tmp_path_factory.mktemp("bring")
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    address = f"http://localhost:{port}"
    tools = wallet(folder, FixedClock(instant=NOW)).tools
    moved = settings(folder, public_url=address, port=port)
    services = build_services(
        type(tools)(**{name: getattr(tools, name) for name in tools.__slots__} | {"settings": moved})
    )
    family = Hadleys(services)
    server = uvicorn.Server(configuration(create_app(moved, services=services), moved))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield address, services, family
    server.should_exit = True
    thread.join(5)
    listener.close()


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def phone(browser, served, request):
    page = opened(browser, served, java_script_enabled=request.param)
    yield page
    page.context.close()


def opened(browser, served, *, script="", **more):
    context = browser.new_context(base_url=served[0], **PHONE, **more)
    if script:
        context.add_init_script(script)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto("/sign-in")
    page.fill("input[name=login]", "teresa")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{served[0]}/")
    return page


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth") <= 360


def file(name, data):
    return {"name": name, "mimeType": "application/json", "buffer": data}


def test_several_files_and_what_became_of_each(phone, served):
    learner = served[2].wren
    number = 100 + id(phone) % 10_000 * 2
    phone.goto(f"/learners/{learner}/add")
    chosen = [
        file("raft.json", award(number, title=f"Raft {number}")),
        file("kite.json", FORGED),
        file("notes.json", b"Hi"),
    ]
    phone.set_input_files("#f-file", chosen)
    phone.fill("#f-text", award(number + 1, title=f"Bridge {number}").decode())
    phone.get_by_role("button", name="Check and keep", exact=True).tap()
    phone.get_by_role("heading", name="What was brought").wait_for()
    told = phone.locator("main").inner_text()
    for words in (f"Raft {number}", f"Bridge {number}", "Cannot be read", "neither a link nor a record"):
        assert words in told
    assert fits(phone)
    phone.goto(f"/learners/{learner}/apart")
    phone.get_by_role("link", name="Kite").tap()
    phone.get_by_text("kept apart, and is no award here").wait_for()
    assert fits(phone)
    phone.get_by_role("button", name="Check again").tap()
    phone.get_by_text("It stays apart").first.wait_for()
    phone.goto(f"/learners/{learner}")
    assert "Kite" not in phone.locator("main").inner_text()


def test_files_are_dropped_anywhere_in_the_frame(browser, served):
    page = opened(browser, served)
    page.goto(f"/learners/{served[2].wren}/add")
    files = [[f"{number}.json", award(number, title=f"Dropped {number}").decode()] for number in (30, 31)]
    page.evaluate(DROP, files)
    assert page.locator("[data-chosen]").inner_text() == "30.json, 31.json"
    page.get_by_role("button", name="Check and keep", exact=True).tap()
    page.get_by_role("heading", name="What was brought").wait_for()
    told = page.locator("main").inner_text()
    assert "Dropped 30" in told
    assert "Dropped 31" in told
    page.context.close()


def test_a_long_import_goes_on_by_itself_and_shows_how_far_it_is(browser, served, monkeypatch):
    for step in (importing.Imports.go_on,):
        monkeypatch.setitem(step.__kwdefaults__, "seconds", 0.0)
    page = opened(browser, served)
    page.goto(f"/learners/{served[2].wren}/add")
    page.set_input_files("#f-file", [file(f"{n}.json", award(n, title=f"Long {n}")) for n in range(40, 46)])
    page.get_by_role("button", name="Check and keep", exact=True).tap()
    page.get_by_role("link", name="Add more").wait_for()
    page.locator("progress").wait_for(state="detached")
    assert page.locator(".import-item").count() == 6
    assert "Not looked at yet" not in page.locator("main").inner_text()
    page.context.close()


def test_the_camera_reads_a_code_and_leads_where_the_link_would(browser, served):
    text = award(50, title="Scanned").decode()
    page = opened(browser, served, script=CAMERA % json.dumps(text))
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/learners/{served[2].wren}/add")
    page.get_by_role("button", name="Scan a code with the camera").tap()
    page.get_by_role("heading", name="Scanned").wait_for()
    assert all(url.startswith((served[0], "blob:")) for url in asked)
    page.context.close()


def test_a_browser_that_reads_no_codes_says_what_to_do(browser, served):
    page = opened(browser, served)
    page.goto("/claim")
    page.get_by_text("Point your phone’s own camera at the code").wait_for()
    assert not page.get_by_role("button", name="Scan a code with the camera").is_visible()
    assert fits(page)
    page.context.close()
