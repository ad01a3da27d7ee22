"""Every page of the issuer, as people with and without a session meet it: axe-core finds nothing, nothing sticks out.

The pages are those of the matrix (tests/http/issuer/matrix): a new page is looked at without a further line. Each is
seen in light and dark and in English and Spanish, on a phone (360 px) and on a desk (1,200 px); each form once more as it
comes back when nothing was filled in. The browser is real; what it asks for is answered in this process.
"""

from urllib.parse import urlsplit

import pytest

from kit.vault import create_key_file
from tests.e2e.pages_seen import faults
from tests.http.issuer import matrix
from tests.http.issuer.conftest import ORIGIN, settings_in
from tests.http.issuer.matrix_world import World

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]

NO_PAGES = (
    "/static/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/",
    ".json",
    ".png",
    ".svg",
    ".csv",
    ".pdf",
    "/refresh/",
    "/file",
    "/picture.",
    "/orgs/{slug}/keys/",
)
PAGES = [route for route in matrix.ROUTES if route.method == "GET" and not any(part in route.path for part in NO_PAGES)]
FORMS = [
    route
    for route in matrix.ROUTES
    if route.method == "POST" and route.body is not None and not route.for_programs and route.body is not matrix.nothing
]
LOOKERS = {
    matrix.NOBODY: "stranger",
    matrix.SIGNED_IN: "owner here",
    matrix.ADMINISTRATOR: "the server's administrator",
}
LANGUAGES = {"en": "en-GB", "es": "es-MX"}
SCHEMES = {"en": ("light", "dark"), "es": ()}
"""Another language makes other lengths, never another structure or other colours: there only the ruler looks."""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seen")
    create_key_file(folder / "kek")
    return World(settings_in(folder, mail_folder=folder / "mail"))


@pytest.fixture(scope="module", params=LANGUAGES)
def window(request, browser):
    """A window in a language, and what the browser complained of in it."""
    context = browser.new_context(locale=LANGUAGES[request.param], base_url=ORIGIN)
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield request.param, page, complaints
    context.close()


@pytest.fixture
def looked(window, world):
    """Opens an address in the window, as somebody; gives the page. Complaints of the browser fail the test."""
    language, page, complaints = window

    def opened(who, path, *, form=None):
        account = world.people.get(who)
        session = world.bearer(account) if account else {}

        def answer(route):
            asked = route.request
            parts = urlsplit(asked.url)
            if parts.path.endswith("/events"):
                return  # a stream has no end: it is left without an answer
            headers = {name: asked.headers[name] for name in ("accept", "accept-language") if name in asked.headers}
            world.client.cookies.clear()
            sent = {"data": {"csrf": token(world)}} if form and parts.path == path else {}
            found = world.client.request(
                "POST" if sent else "GET", asked.url.removeprefix(ORIGIN), headers={**headers, **session},
                follow_redirects=True, **sent,
            )  # fmt: skip
            route.fulfill(status=200, headers=dict(found.headers), body=found.content)

        page.route("**/*", answer)
        page.goto(path, wait_until="load")
        assert page.evaluate("document.documentElement.lang") == language
        assert page.evaluate("document.styleSheets.length") > 1, "the page has its looks"
        return page

    yield opened
    heard = list(complaints)
    page.goto("about:blank")  # before the routes end, so that nothing of this page reaches a network
    page.unroute_all()
    page.context.clear_cookies()
    complaints.clear()
    assert heard == []


def token(world):
    """The token of a form of nobody's."""
    page = world.client.get("/claim", headers={"Accept": "text/html"}).text
    return page.partition('name="csrf" value="')[2].partition('"')[0]


def test_what_looks_at_the_pages_sees_what_is_wrong(browser):
    context = browser.new_context()
    page = context.new_page()
    page.set_content(
        """<!DOCTYPE html><html lang="en"><head><title>Wrong</title><meta name="viewport" content="width=device-width">
        <style>@media (prefers-color-scheme: dark) { p { color: #777; background: #888 } }</style></head>
        <body><main><h1>Wrong</h1><p>Dim</p><input name="nameless"><div style="width: 600px">Wide</div></main></body></html>"""
    )
    found = [(width, scheme, what[0] if scheme != "wide" else "wide") for width, scheme, what in faults(page)]
    assert {(width, scheme) for width, scheme, what in found if what == "color-contrast"} == {
        (360, "dark"),
        (1200, "dark"),
    }
    assert {(width, scheme) for width, scheme, what in found if what == "label"} == {(360, "light"), (1200, "light")}
    assert {width for width, _scheme, what in found if what == "wide"} == {360}
    context.close()


def name_of(route):
    return route.path


def looker(route):
    return LOOKERS.get(route.needs, "owner here")


@pytest.mark.parametrize("route", PAGES, ids=name_of)
def test_nothing_on_a_page_shuts_anybody_out(world, looked, route):
    ids = world.tenants[matrix.HERE].standing
    page = looked(looker(route), route.address(ids))
    assert faults(page, schemes=SCHEMES[page.evaluate("document.documentElement.lang")]) == []


@pytest.mark.parametrize("route", FORMS, ids=name_of)
def test_nothing_on_a_refused_form_shuts_anybody_out(world, looked, route):
    ids = world.tenants[matrix.HERE].standing
    page = looked(looker(route), route.address(ids), form=True)
    assert faults(page, schemes=SCHEMES[page.evaluate("document.documentElement.lang")]) == []
