"""People come and go: removed, withdrawn, kept out; asked once, on record, and never the last who could undo it."""

import re

import pytest

from issuer.store import tables
from kit import audit
from tests.http.issuer.conftest import COURSE, PASSWORD, Browser, Desk

BASE = "/organisations/maple-co-op"


def actions(services):
    with services.context.database.reading() as session:
        assert audit.verify_chain(session, tables.AUDIT) is None
        return [row.action for row in session.execute(tables.AUDIT.select().order_by(tables.AUDIT.c.sequence))]


def joined(services, desk, *, login, role):
    """A desk of somebody who came by an invitation, and their account's id."""
    made = desk.client.post(f"{desk.base}/invitations", json={"role": role, "label": login}).json()["url"]
    services.people.join(made.rpartition("/")[2], login=login, password=PASSWORD, name=login.title())
    return services.accounts.find_by_login(login).id


@pytest.fixture
def wren(services, desk):
    return joined(services, desk, login="wren", role="issuer")


def test_a_member_is_removed_at_once_and_on_record(app, services, desk, wren):
    theirs = Desk(app, "wren", desk.slug)
    assert theirs.client.get(theirs.base).status_code == 200
    assert desk.client.delete(f"{desk.base}/members/{wren}").status_code == 204
    assert theirs.client.get(theirs.base).status_code == 404
    assert desk.client.delete(f"{desk.base}/members/{wren}").status_code == 404
    assert actions(services)[-1] == "member.remove"


def test_the_last_owner_cannot_be_removed_until_there_is_another(app, services, desk):
    me = services.accounts.find_by_login("admin").id
    answer = desk.client.delete(f"{desk.base}/members/{me}")
    assert answer.status_code == 409
    assert "last owner" in answer.json()["detail"]
    second = joined(services, desk, login="oak", role="owner")
    services.accounts.disable(second)
    assert desk.client.delete(f"{desk.base}/members/{me}").status_code == 409, "an owner who is kept out is none"
    joined(services, desk, login="elm", role="owner")
    assert desk.client.delete(f"{desk.base}/members/{me}").status_code == 204


def test_only_an_owner_removes_and_withdraws_and_only_in_the_own_organisation(app, desk, other_desk, wren):
    theirs = Desk(app, "wren", desk.slug)
    assert theirs.client.delete(f"{desk.base}/members/{wren}").status_code == 403
    desk.client.post(f"{desk.base}/invitations", json={"role": "issuer", "label": "Ash"})
    (pending,) = desk.client.get(f"{desk.base}/invitations").json()["items"]
    assert theirs.client.delete(f"{desk.base}/invitations/{pending['id']}").status_code == 403
    assert other_desk.client.delete(f"{other_desk.base}/invitations/{pending['id']}").status_code == 404
    assert other_desk.client.delete(f"{other_desk.base}/members/{wren}").status_code == 404


def test_a_withdrawn_invitation_lets_nobody_in(services, desk, stranger):
    url = desk.client.post(f"{desk.base}/invitations", json={"role": "issuer", "label": "Ash"}).json()["url"]
    (pending,) = desk.client.get(f"{desk.base}/invitations").json()["items"]
    assert desk.client.delete(f"{desk.base}/invitations/{pending['id']}").status_code == 204
    assert stranger.get(url.partition("8001")[2]).status_code == 404
    assert actions(services)[-1] == "invitation.withdraw"


def test_the_page_asks_once_before_each(services, desk, wren, browser):
    desk.client.post(f"{desk.base}/invitations", json={"role": "issuer", "label": "Ash"})
    page = browser.get(f"{BASE}/people").text
    person = browser.get(re.search(rf'href="({BASE}/people/{wren})"', page)[1])
    asked = browser.get(re.search(rf'href="({BASE}/people/{wren}/remove)"', person.text)[1])
    assert "Remove Wren?" in asked.text
    assert "stay open" in asked.text
    browser.submit(f"{BASE}/people/{wren}/remove")
    assert "Wren no longer works here." in browser.follow().text
    page = browser.get(f"{BASE}/people").text
    path = re.search(rf'href="({BASE}/people/invitations/[0-9a-f-]+/withdraw)"', page)[1]
    assert "Ash" in browser.get(path).text
    browser.submit(path)
    assert "The invitation is withdrawn." in browser.follow().text
    assert "Removed somebody" in browser.get(f"{BASE}/audit").text


def test_an_administrator_keeps_an_account_out_and_lets_it_in_again(app, services, desk, wren, browser):
    theirs = Desk(app, "wren", desk.slug)
    assert "Wren" in browser.get("/accounts").text
    assert "Keep Wren out?" in browser.get(f"/accounts/{wren}/disable").text
    browser.submit(f"/accounts/{wren}/disable")
    assert "can no longer sign in" in browser.follow().text
    assert theirs.client.get(theirs.base).status_code == 401
    assert theirs.client.post("/api/session", json={"login": "wren", "password": PASSWORD}).status_code == 401
    browser.submit(f"/accounts/{wren}/allow")
    assert "can sign in again" in browser.follow().text
    assert Desk(app, "wren", desk.slug).client.get(theirs.base).status_code == 200
    assert actions(services)[-2:] == ["account.disable", "account.allow"]


def test_who_cannot_be_spared_is_not_kept_out(services, desk, other_desk):
    me = services.accounts.find_by_login("admin").id
    rosa = services.accounts.find_by_login("rosa").id
    answer = desk.client.put(f"/api/accounts/{me}/access", json={"allowed": False})
    assert answer.status_code == 409
    assert "last administrator" in answer.json()["detail"]
    assert desk.client.delete(f"/api/organisations/alvarez/members/{me}").status_code == 204
    answer = desk.client.put(f"/api/accounts/{rosa}/access", json={"allowed": False})
    assert answer.status_code == 409
    assert "Alvarez Writing" in answer.json()["detail"]


def test_accounts_are_for_administrators(app, desk, wren, visitor):
    theirs = Desk(app, "wren", desk.slug)
    assert theirs.client.get("/api/accounts").status_code == 403
    assert theirs.client.put(f"/api/accounts/{wren}/access", json={"allowed": True}).status_code == 403
    assert theirs.client.post("/api/accounts/invitations", json={"scope": "administrator"}).status_code == 403
    assert Browser(app, "wren").get("/accounts").status_code == 403
    assert visitor.get("/accounts").status_code == 303


def test_a_role_is_changed_at_once_and_on_record(app, services, desk, wren, browser):
    theirs = Desk(app, "wren", desk.slug)
    browser.get(f"{BASE}/people/{wren}")
    browser.submit(f"{BASE}/people/{wren}/role", role="viewer")
    assert "Wren: Viewer, from now on." in browser.follow().text
    assert theirs.client.post(f"{desk.base}/achievements", json=COURSE).status_code == 403
    answer = desk.client.put(f"{desk.base}/members/{wren}", json={"role": "issuer"})
    assert (answer.status_code, answer.json()["role"]) == (200, "issuer")
    assert theirs.client.post(f"{desk.base}/achievements", json=COURSE).status_code == 201
    assert actions(services).count("member.role") == 2
    desk.client.put(f"{desk.base}/members/{wren}", json={"role": "issuer"})
    assert actions(services).count("member.role") == 2, "the same role again is no change"
    told = [row for row in desk.client.get(f"{desk.base}/audit").json()["items"] if row["action"] == "member.role"]
    assert [row["detail"] for row in told] == [
        {"role": "issuer", "role_before": "viewer"},
        {"role": "viewer", "role_before": "issuer"},
    ]
    assert "Gave somebody another role" in browser.get(f"{BASE}/audit").text


def test_the_last_owner_stays_one(services, desk):
    me = services.accounts.find_by_login("admin").id
    answer = desk.client.put(f"{desk.base}/members/{me}", json={"role": "issuer"})
    assert answer.status_code == 409
    assert desk.client.put(f"{desk.base}/members/{me}", json={"role": "owner"}).status_code == 200
    joined(services, desk, login="oak", role="owner")
    assert desk.client.put(f"{desk.base}/members/{me}", json={"role": "viewer"}).status_code == 200
    assert desk.client.put(f"{desk.base}/members/{me}", json={"role": "owner"}).status_code == 403


@pytest.mark.parametrize("role", ["", "admin", "Owner", "administrator"])
def test_there_are_four_roles_and_no_other(desk, wren, role, browser):
    answer = desk.client.put(f"{desk.base}/members/{wren}", json={"role": role})
    assert (answer.status_code, answer.json()["field"]) == (422, "role")
    browser.get(f"{BASE}/people/{wren}")
    assert browser.submit(f"{BASE}/people/{wren}/role", role=role).status_code == 422


def test_L13_nothing_else_is_changed_with_a_role(desk, wren):
    answer = desk.client.put(f"{desk.base}/members/{wren}", json={"role": "viewer", "scope": "administrator"})
    assert answer.status_code == 422
    assert {row["role"] for row in desk.client.get(f"{desk.base}/members").json()["items"]} == {"owner", "issuer"}


def test_a_role_that_nobody_knows_opens_nothing(app, services, desk, wren):
    theirs = Desk(app, "wren", desk.slug)
    with services.context.database.session() as session:
        session.execute(
            tables.MembershipRow.__table__.update().values(role="president").where(tables.MembershipRow.user_id == wren)
        )
    assert theirs.client.get(desk.base).status_code == 404


@pytest.mark.parametrize("role", ["instructor", "viewer"])
def test_who_cannot_award_sees_no_way_to_and_no_code_of_a_claim(app, services, desk, course, role):
    award = desk.award(course)
    joined(services, desk, login="wren", role=role)
    theirs = Browser(app, "wren")
    one = f"{BASE}/credentials/{award['id'].removeprefix('urn:uuid:')}"
    for path in (BASE, f"{BASE}/achievements", f"{BASE}/achievements/{course['id']}", f"{BASE}/credentials", one):
        page = theirs.get(path)
        assert page.status_code == 200
        ways = re.findall(
            rf'(?:href|action)="({BASE}[^"]*/(?:award|new|edit|withdraw|correct|claim|retirement)[^"]*)"', page.text
        )
        assert ways == [], path
        assert award["claim"]["code"] not in page.text
        assert award["claim"]["url"] not in page.text


def test_an_instructor_is_told_who_awards(app, services, desk, course):
    joined(services, desk, login="wren", role="instructor")
    answer = Desk(app, "wren", desk.slug).post_award(course)
    assert answer.status_code == 403
    assert answer.json()["detail"] == "Instructors mark; somebody who may sign awards it."
