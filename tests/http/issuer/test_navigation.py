"""The menu of an organisation's desk: what there is, for whom, in one order; the rest behind one word."""

import re
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from issuer.pages.navigation import ENTRIES, SHOWN, Navigation, paths
from issuer.pages.panels import PANELS, Panel, shown
from issuer.service.context import ROLES, Actor, Desk, Organisation
from issuer.service.rights import ROLE_RIGHTS, Right
from tests.architecture.catalogue import ROOT

OWNED = {"settings", "hosts", "webhooks", "closing"}


def at_work(role):
    organisation = Organisation(
        id="1", slug="maple", did="did:web:a", name="Maple", kind="coop", url="", email="", description="", address=None
    )
    return Desk(organisation=organisation, actor=Actor(user_id="2", name="Ada"), role=role)


def asked(*routes):
    return SimpleNamespace(app=Starlette(routes=[Route(path, lambda _: None, name=name) for path, name in routes]))


EVERYTHING = asked(*((f"/organisations/{{slug}}/{entry.name}", entry.name) for entry in ENTRIES))


def names(request, role="owner"):
    found = Navigation().menu(request, at_work(role))
    return [[place.name for place in found.first], [place.name for place in found.more]]


def test_an_entry_stands_once():
    assert len({entry.name for entry in ENTRIES}) == len({str(entry.label) for entry in ENTRIES}) == len(ENTRIES)


def test_nine_stand_in_the_open_and_the_rest_behind_one_word():
    first, more = names(EVERYTHING)
    assert len(first) == SHOWN == 9
    assert first + more == [entry.name for entry in ENTRIES]


def test_only_what_the_app_has_is_shown():
    assert names(asked(("/organisations/{slug}/audit", "audit"), ("/o/{slug}", "desk"))) == [["desk", "audit"], []]
    found = Navigation().menu(asked(("/o/{slug}/what", "audit")), at_work("owner"))
    assert [place.path for place in found.first] == ["/o/maple/what"]


def test_a_page_of_no_organisation_with_the_same_name_is_another():
    assert names(asked(("/settings", "settings"), ("/jobs/{number}", "jobs"))) == [[], []]


def test_only_what_the_desk_may_see_is_shown():
    first, more = names(EVERYTHING, "issuer")
    assert first + more == [entry.name for entry in ENTRIES if entry.name not in OWNED]
    assert names(EVERYTHING, "nobody") == [[], []]


def test_every_role_has_rights_and_no_other():
    assert set(ROLE_RIGHTS) == set(ROLES)
    assert at_work("owner").may(Right.KEYS)
    assert not at_work("issuer").may(Right.KEYS)
    assert not any(at_work("").may(right) for right in Right)


def links(page):
    inside = re.search(r'<nav class="menu".*?</nav>', page.text, re.DOTALL)[0]
    return re.findall(r'<a href="([^"]+)"( aria-current="page")?>([^<]+)</a>', inside)


def test_the_desk_has_its_pages(browser, desk):
    base = "/organisations/maple-co-op"
    assert links(browser.get(base)) == [
        (base, ' aria-current="page"', "Desk"),
        (f"{base}/achievements", "", "What you offer"),
        (f"{base}/offerings", "", "Rate card"),
        (f"{base}/learners", "", "Learners"),
        (f"{base}/sheets", "", "Many at once"),
        (f"{base}/credentials", "", "Awards"),
        (f"{base}/rooms", "", "In the room"),
        (f"{base}/people", "", "People"),
        (f"{base}/approvals", "", "Second signatures"),
        (f"{base}/signing", "", "Keys and lists"),
        (f"{base}/audit", "", "What happened"),
        (f"{base}/deliveries", "", "Handing out"),
        (f"{base}/endorsements", "", "Vouching"),
        (f"{base}/frameworks", "", "Standards"),
        (f"{base}/settings", "", "Settings"),
        (f"{base}/webhooks", "", "Notices to programs"),
        (f"{base}/close", "", "Closing down"),
    ]
    assert browser.page.text.count("<summary>More</summary>") == 1
    assert [label for _, _, label in links(browser.get(f"{base}?lang=es"))][:2] == ["Escritorio", "Lo que ofrece"]
    assert f'href="{base}/profile"' in browser.page.text


@pytest.fixture
def everything(app):
    """The app with a page for every entry."""
    there = paths(app)
    for entry in ENTRIES:
        if entry.name not in there:
            app.add_route(f"/organisations/{{slug}}/{entry.name}", lambda _: PlainTextResponse(""), name=entry.name)
    return app


def test_the_rest_is_behind_one_word_and_open_where_somebody_is_in_it(everything, browser, desk):
    page = browser.get("/organisations/maple-co-op")
    assert "<details><summary>More</summary>" in page.text
    assert [label for _, _, label in links(page)] == [str(entry.label) for entry in ENTRIES]
    page = browser.get("/organisations/maple-co-op/audit")
    assert "<details open><summary>More</summary>" in page.text
    assert [label for _, current, label in links(page) if current] == ["What happened"]


def test_every_page_of_the_desk_says_where_it_stands():
    said = {
        (path.name, name)
        for path in sorted((ROOT / "issuer/templates").glob("*.html"))
        for name in re.findall(r'\{% set here = "(\w+)" %\}', path.read_text(encoding="utf-8"))
    }
    assert {name for _file, name in said} <= {entry.name for entry in ENTRIES}
    assert ("audit.html", "audit") in said


def test_every_panel_has_a_template_and_every_template_a_panel():
    written = {path.stem for path in (ROOT / "issuer/templates/desk_panels").glob("*.html")}
    assert [panel.name for panel in PANELS if panel.name not in written] == []
    assert written == {panel.name for panel in PANELS}


def test_a_panel_with_nothing_to_show_is_left_out():
    panels = (
        Panel(name="asks", waits=True, read=lambda _, desk: desk.role),
        Panel(name="quiet", waits=True, read=lambda _, __: None),
        Panel(name="tells", waits=False, read=lambda services, _: services),
    )
    assert shown(panels, 3, at_work("owner"), waits=True) == [("desk_panels/asks.html", "owner")]
    assert shown(panels, 3, at_work("owner"), waits=False) == [("desk_panels/tells.html", 3)]
