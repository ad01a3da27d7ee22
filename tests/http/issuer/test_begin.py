"""Somebody's first two minutes: one form from nothing to a signed award, once, whatever is pressed twice or breaks."""

import re
import shutil
import threading
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from issuer.app import create_app
from issuer.service.beginning import BeginningDraft
from issuer.store import tables
from kit.accounts.passwords import DEMO_PASSWORD
from kit.errors import BadInput, NotFound, TooMany
from tests.http.issuer.conftest import ORIGIN, PASSWORD, Browser, built, settings_in
from vc.checks import Verdict

ROSA = {
    "name": "Rosa Álvarez",
    "called": "",
    "login": "rosa",
    "password": PASSWORD,
    "title": "Plays ten songs by heart",
    "learner": "Wren Hadley",
}
KEY = "0123456789abcdef"


@pytest.fixture
def services(prepared, tmp_path, clock):
    for name in ("issuer.db", "kek"):
        shutil.copy(prepared / name, tmp_path / name)
    return built(settings_in(tmp_path, signup_open=True), clock)


@pytest.fixture
def app(services):
    return create_app(services.context.settings, services=services)


@pytest.fixture
def stranger(app):
    with TestClient(app, base_url=ORIGIN, follow_redirects=False) as client:
        yield client


def draft(**changed):
    return BeginningDraft(**{**ROSA, "criteria": "Done.", "language": "en", **changed})


def rows(services, table):
    with services.context.database.reading() as session:
        return session.execute(table.select() if hasattr(table, "select") else table.__table__.select()).all()


def made(services):
    """How much there is of everything that a beginning makes."""
    kinds = (tables.OrganisationRow, tables.AchievementRow, tables.CredentialRow, tables.SigningKeyRow)
    return [len(rows(services, tables.ACCOUNTS.account)), *(len(rows(services, each)) for each in kinds)]


def test_one_form_leads_from_nothing_to_a_signed_award(visitor, services, judge):
    assert 'href="/begin"' in visitor.get("/").text
    visitor.get("/begin")
    visitor.submit("/begin", **ROSA)
    path = visitor.page.headers["location"]
    assert re.fullmatch(r"/organisations/rosa-alvarez/begun/[0-9a-f-]{36}", path)
    page = visitor.follow()
    assert "It is signed" in page.text
    link = re.search(r'href="(http://localhost:8001/claim/[^"]+)"', page.text)[1]
    assert "Plays ten songs by heart" in visitor.get(link.removeprefix(ORIGIN)).text
    body = visitor.get(path.replace("begun", "credentials") + "/file").content
    assert judge(body).verdict is Verdict.GENUINE_AND_CURRENT
    told = body.decode()
    assert "Done to the satisfaction of Rosa Álvarez." in told
    assert "Wren" not in told, "a name is not in it unless somebody wants that"
    assert made(services) == [2, 1, 1, 1, 1]


def test_whoever_begins_on_a_computer_at_home_lets_the_key_be_the_name(visitor, services, judge):
    assert 'name="namedBy" value="web" checked' in visitor.get("/begin").text
    visitor.submit("/begin", **ROSA, namedBy="paper")
    assert (visitor.page.status_code, made(services)[1]) == (422, 0)
    visitor.submit("/begin", **ROSA, namedBy="key")
    assert services.organisations.public("rosa-alvarez").did.startswith("did:key:")
    path = visitor.page.headers["location"]
    body = visitor.get(path.replace("begun", "credentials") + "/file").content
    assert judge(body).verdict is Verdict.GENUINE_AND_CURRENT


def test_in_spanish_the_award_is_spanish(visitor):
    visitor.get("/begin?lang=es")
    visitor.submit("/begin", **ROSA)
    path = visitor.page.headers["location"].replace("begun", "credentials")
    told = visitor.get(path + "/file").json()["credentialSubject"]["achievement"]
    assert told["inLanguage"] == "es"
    assert told["criteria"]["narrative"] == "Hecho a satisfacción de Rosa Álvarez."


def test_a_second_press_leads_to_the_same_award(visitor, services):
    visitor.get("/begin")
    visitor.submit("/begin", **ROSA, key=KEY)
    first = visitor.page.headers["location"]
    before = made(services)
    visitor.client.cookies.clear()
    visitor.get("/begin")
    visitor.submit("/begin", **ROSA, key=KEY)
    assert visitor.page.headers["location"] == first
    assert made(services) == before


def test_both_presses_at_once_make_one(services):
    found, barrier = [], threading.Barrier(4)

    def press():
        barrier.wait()
        found.append(services.beginning.begin(draft(), client="a", key=KEY))

    threads = [threading.Thread(target=press) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each.credential_uuid for each in found}) == 1
    assert len(found) == len({each.session_token for each in found}) == 4
    assert made(services) == [2, 1, 1, 1, 1]


@pytest.mark.parametrize("step", ["achievements.create", "awards.award"])
def test_what_broke_half_way_is_taken_up_again(services, monkeypatch, step):
    name, method = step.split(".")
    with monkeypatch.context() as broken:
        broken.setattr(type(getattr(services, name)), method, lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            services.beginning.begin(draft(), client="a", key=KEY)
    assert services.beginning.begin(draft(), client="a", key=KEY).slug == "rosa-alvarez"
    assert made(services) == [2, 1, 1, 1, 1]


def test_the_key_of_a_page_opens_nothing_without_the_password(services):
    services.beginning.begin(draft(), client="a", key=KEY)
    with pytest.raises(BadInput) as refused:
        services.beginning.begin(draft(password="another four words"), client="a", key=KEY)
    assert refused.value.field == "login"
    services.accounts.create_user(login="mallory", password=PASSWORD, name="Mallory", scope="staff")
    with pytest.raises(NotFound):
        services.beginning.begin(draft(login="mallory"), client="a", key=KEY)


WRONG = [
    ({"name": " "}, "name"),
    ({"name": "Rosa\u202egnp"}, "name"),
    ({"called": "x" * 201}, "called"),
    ({"login": ""}, "login"),
    ({"login": "ADMIN"}, "login"),
    ({"login": "\uff41dmin"}, "login"),
    ({"password": "short"}, "password"),
    ({"password": "rosarosarosa", "login": "rosa"}, "password"),
    ({"title": ""}, "title"),
    ({"learner": "\x00"}, "learner"),
    ({"learner": "Wr\u2067en"}, "learner"),
]


@pytest.mark.parametrize(("changed", "field"), WRONG, ids=range(len(WRONG)))
def test_N11_M10_a_field_that_will_not_do_is_named_and_nothing_is_kept(visitor, services, changed, field):
    visitor.get("/begin")
    before = made(services)
    page = visitor.submit("/begin", **{**ROSA, **changed})
    assert page.status_code in {409, 422}
    assert f'id="f-{field}-error"' in page.text
    assert f'value="{PASSWORD}"' not in page.text
    assert made(services) == before
    again = visitor.submit("/begin", **ROSA)
    assert again.status_code == 303, "the same page, put right, goes through"


def test_short_names_are_never_asked_for_and_never_clash(services):
    for number, called in enumerate(["New", "Rosa", "ROSA!", "小学校", "api", "a" * 200]):
        begun = services.beginning.begin(draft(called=called, login=f"r{number}"), client="a", key=f"{number:016}")
        assert services.organisations.public(begun.slug).name == called
    assert len(rows(services, tables.OrganisationRow)) == 6


def test_where_strangers_may_not_they_are_told_whom_to_ask(prepared, tmp_path, clock):
    folder = tmp_path / "closed"
    folder.mkdir()
    for name in ("issuer.db", "kek"):
        shutil.copy(prepared / name, folder / name)
    services = built(settings_in(folder), clock)
    browser = Browser(create_app(services.context.settings, services=services))
    assert "/begin" not in browser.get("/").text
    assert "by invitation" in browser.get("/begin").text
    before = made(services)
    assert browser.submit("/begin", **ROSA, key=KEY).status_code == 403
    assert made(services) == before


def test_P4_P5_a_school_behind_one_address_begins_and_a_machine_is_stopped(services, clock, monkeypatch):
    monkeypatch.setattr(services.accounts, "hashed", lambda **_: "x")
    for number in range(60):
        services.beginning.begin(draft(login=f"t{number}"), client="school", key=f"{number:016}")
    with pytest.raises(TooMany):
        services.beginning.begin(draft(login="one-more"), client="school", key="one-more-0123456789")
    services.beginning.begin(draft(login="else"), client="elsewhere", key="elsewhere-0123456789")
    clock.advance(timedelta(minutes=1))
    services.beginning.begin(draft(login="one-more"), client="school", key="one-more-0123456789")


def test_L6_a_session_from_before_is_worth_nothing_and_none_stands_in_an_address(visitor):
    visitor.get("/begin")
    before = dict(visitor.client.cookies)
    visitor.submit("/begin", **ROSA)
    name = next(name for name in visitor.client.cookies if name not in before)
    assert visitor.client.cookies[name] not in visitor.page.headers["location"]
    assert "httponly" in visitor.page.headers["set-cookie"].lower()
    assert visitor.get("/begin").headers["location"] == "/organisations", "who is signed in begins nothing"
    assert visitor.client.post("/begin", data=ROSA).status_code in {303, 403}


def test_L7_a_form_of_another_site_makes_nobody(visitor, services):
    before = made(services)
    answer = visitor.client.post("/begin", data={**ROSA, "key": KEY}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert made(services) == before


def test_L12_links_come_from_the_settings_and_not_from_the_request(visitor, services):
    visitor.get("/begin")
    visitor.submit("/begin", **ROSA)
    page = visitor.client.get(visitor.page.headers["location"], headers={"X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in page.text
    assert "http://localhost:8001/claim/" in page.text
    assert visitor.client.get("/begin", headers={"Host": "evil.example"}).status_code in {303, 400, 421}


def test_L13_nothing_else_can_be_asked_for(visitor, services):
    visitor.get("/begin")
    visitor.submit("/begin", **ROSA, scope="administrator", role="owner", slug="maple", kind="accreditor")
    account = services.accounts.find_by_login("rosa")
    assert account.scope == "staff"
    assert rows(services, tables.OrganisationRow)[0].kind == "tutor"


def test_P10_the_password_of_the_demonstration_opens_nothing_outside_of_one(services):
    services.context.settings.__dict__["loopback"] = False
    with pytest.raises(BadInput) as refused:
        services.beginning.begin(draft(password=DEMO_PASSWORD), client="a", key=KEY)
    assert refused.value.field == "password"
