"""In a real Chromium: strangers' texts do nothing, nothing is fetched from elsewhere, and the page works without JavaScript."""

import itertools
import socket
import threading
import time

import pytest
import uvicorn

from kit.server import configuration
from tests.http.verifier.test_judging_api import LEARNER, LEARNER_DID
from vc.document import serialize
from verifier.app import create_app
from verifier.settings import VerifierSettings

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def attack_strings():
    """About two hundred ways to make a page run something, made of parts."""
    calls = ("hit()", "window.hit()", "top['hit']()", "eval('hit()')", "setTimeout`hit\\u0028\\u0029`")
    tags = (
        "<script>{0}</script>",
        "<ScRiPt>{0}</sCrIpT>",
        "<script\n>{0}</script\t>",
        "<img src=x onerror={0}>",
        '<img src="x" OnErRoR="{0}">',
        "<svg onload={0}>",
        "<svg><animate onbegin={0} attributeName=x dur=1s>",
        "<svg><script>{0}</script></svg>",
        "<math><mtext></p><style><img src onerror={0}></style>",
        "<body onload={0}>",
        "<details open ontoggle={0}>x</details>",
        "<input autofocus onfocus={0}>",
        "<video><source onerror={0}></video>",
        "<iframe srcdoc='&lt;script&gt;parent.{0}&lt;/script&gt;'></iframe>",
        "<iframe src=javascript:parent.{0}></iframe>",
        "<a href=javascript:{0} autofocus>x</a>",
        "<form><button formaction=javascript:{0}>x</button></form>",
        "<object data='data:text/html,<script>{0}</script>'></object>",
        "<embed src='javascript:{0}'>",
        "<link rel=stylesheet href='javascript:{0}'>",
        "<meta http-equiv=refresh content='0;url=javascript:{0}'>",
        "<base href='javascript:{0}//'>",
        "<style>@import 'javascript:{0}';</style>",
        "<marquee onstart={0}>x</marquee>",
        "<xss style='animation:x' onanimationstart={0}>",
        "</title><script>{0}</script>",
        "</textarea><script>{0}</script>",
        "--><script>{0}</script>",
        "]]><script>{0}</script>",
        "'\"><script>{0}</script>",
        "' onmouseover={0} x='",
        '" autofocus onfocus={0} x="',
        "`><img src=x onerror={0}>",
        "javascript:{0}",
        "jav&#x09;ascript:{0}",
        "&lt;script&gt;{0}&lt;/script&gt;",
        "&#60;script&#62;{0}&#60;/script&#62;",
        "\\u003cscript\\u003e{0}\\u003c/script\\u003e",
        "%3Cscript%3E{0}%3C/script%3E",
        "{{{{{0}}}}}",
        "{{% {0} %}}",
        "${{{0}}}",
    )
    return [tag.format(call) for tag, call in itertools.product(tags, calls)]


@pytest.fixture
def served(settings, services):
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://localhost:{listener.getsockname()[1]}"
    moved = VerifierSettings(**{**settings.model_dump(), "public_url": address, "identifier_url": address})
    server = uvicorn.Server(configuration(create_app(moved, services=services), moved))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield address
    server.should_exit = True
    thread.join(5)
    listener.close()


@pytest.fixture
def page(browser, served):
    context = browser.new_context()
    made = context.new_page()
    made.foreign = []
    made.hits = []
    made.expose_function("hit", lambda: made.hits.append("hit"))
    made.on("dialog", lambda dialog: (made.hits.append("dialog"), dialog.dismiss()))
    made.on("request", lambda r: None if r.url.startswith((served, "data:")) else made.foreign.append(r.url))
    yield made
    context.close()


def test_two_hundred_attacks_in_every_text_run_nothing(served, page, world):
    strings = attack_strings()
    assert len(strings) >= 200
    provider = world.provider()
    for start in range(0, len(strings), 35):
        some = strings[start : start + 35]
        text = "\n".join(some)
        provider.name = some[0][:150]
        badge = provider.badge(
            name=some[1],
            learner=some[2],
            issuer_name=some[3],
            credential_name=some[4],
            narrative=text,
            description=text,
            criteria={"narrative": text, "id": "https://maple.example/" + "x"},
            evidence=[
                {"id": f"https://maple.example/{n}", "type": ["Evidence"], "name": s, "narrative": s}
                for n, s in enumerate(some)
            ],
            achievement={
                "tag": some,
                "fieldOfStudy": some[5],
                "alignment": [
                    {"type": ["Alignment"], "targetName": s, "targetUrl": "https://x.example/", "targetDescription": s}
                    for s in some
                ],
            },
        )
        page.goto(served)
        page.fill("textarea[name=input]", serialize(badge).decode())
        page.click("form[action='/verify'] button[type=submit]")
        page.wait_for_url("**/verdicts/*")
        assert page.locator("bdi", has_text=some[1].split("\n")[0]).count() >= 1
        assert (
            page.locator("main script, main iframe, main object, main embed, main img, main video, main base").count()
            == 0
        )
        assert page.evaluate(
            "[...document.querySelectorAll('*')].every(e => e.getAttributeNames().every(n => !n.startsWith('on')))"
        )
    page.wait_for_timeout(300)
    assert page.hits == []
    assert page.foreign == []


def test_it_works_without_javascript_and_by_keyboard(served, browser, world):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served)
    page.keyboard.insert_text(serialize(world.provider().badge()).decode())
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.locator("form[action='/verify'] button[type=submit]:focus").count():
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/verdicts/*")
    assert page.get_by_text("Genuine and current").first.is_visible()
    page.get_by_role("button", name="Check again now").click()
    page.wait_for_url("**/verdicts/*")
    assert page.get_by_role("link", name="The verdict before this one").is_visible()
    context.close()


def test_one_badge_prints_on_one_page(served, page, world, tmp_path):
    share = world.share([world.provider().badge(subject_id=LEARNER_DID)], [LEARNER])
    page.goto(served)
    page.fill("textarea[name=input]", world.share_url(share))
    page.click("form[action='/verify'] button[type=submit]")
    page.wait_for_url("**/verdicts/*")
    printed = page.pdf(path=str(tmp_path / "verdict.pdf"), format="A4", prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") + printed.count(b"/Type /Page/") == 1


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_runs_off_the_side(served, page, world, width):
    page.set_viewport_size({"width": width, "height": 800})
    long = "Donaudampfschifffahrtsgesellschaftskapitänsmütze" * 4
    for what in (
        world.provider().badge(name=long, learner=long, narrative=long),
        world.provider("b", long[:150]).badge(),
    ):
        page.goto(served)
        page.fill("textarea[name=input]", serialize(what).decode())
        page.click("form[action='/verify'] button[type=submit]")
        page.wait_for_url("**/verdicts/*")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
