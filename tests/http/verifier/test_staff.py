"""The verifier's staff: invited by an administrator from the page, withdrawn, kept out; all of it on record."""

import re

import pytest

from kit import audit
from tests.http.verifier.conftest import PASSWORD
from tests.http.verifier.test_recognised_pages import submit, token_of
from verifier import store


@pytest.fixture
def office(client, services):
    """A browser in which an administrator has signed in by the form."""
    services.accounts.create_user(login="ana", password=PASSWORD, name="Ana", scope="administrator")
    page = client.get("/accounts")
    client.post("/sign-in", data={"login": "ana", "password": PASSWORD, "next": "/accounts", "csrf": token_of(page)})
    return client


def actions(services):
    with services.database.reading() as session:
        assert audit.verify_chain(session, store.AUDIT) is None
        return [row.action for row in session.execute(store.AUDIT.select().order_by(store.AUDIT.c.sequence))]


def test_staff_are_invited_from_the_page_and_come_in(office, services):
    page = submit(office, "/accounts", {"scope": "staff"})
    token = re.search(r"http://localhost:8003/invitations/([A-Za-z0-9_-]{43})", page.text)[1]
    assert "Invited, not here yet" in page.text
    assert token not in office.get("/accounts").text
    made, session = services.accounts.accept_invitation(token, login="ben", password=PASSWORD, name="Ben")
    assert made.scope == "staff"
    assert "Ben" in office.get("/accounts").text
    headers = {"Authorization": f"Bearer {session}", "Accept": "application/json"}
    office.cookies.clear()
    assert office.get("/api/recognised", headers=headers).status_code == 200
    assert office.get("/api/accounts", headers=headers).status_code == 403
    assert actions(services) == ["account.invite"]


def test_a_withdrawn_invitation_lets_nobody_in(office, services):
    page = submit(office, "/accounts", {"scope": "staff"})
    token = re.search(r"/invitations/([A-Za-z0-9_-]{43})", page.text)[1]
    path = re.search(r'href="(/accounts/invitations/[0-9a-f]{64}/withdraw)"', page.text)[1]
    assert "Withdraw this invitation?" in office.get(path).text
    assert "The invitation is withdrawn." in submit(office, path, {}).text
    assert office.get(f"/invitations/{token}").status_code == 410
    assert office.get(path).status_code == 404
    assert actions(services)[-1] == "account.withdraw"


def test_keeping_out_asks_once_and_takes_their_invitations_along(office, services):
    ben = services.accounts.create_user(login="ben", password=PASSWORD, name="Ben", scope="administrator")
    kept = services.accounts.invite(scope="staff", invited_by=ben.id)
    _account, session = services.accounts.sign_in(login="ben", password=PASSWORD, client="c")
    page = office.get(f"/accounts/{ben.id}/disable")
    assert "Keep Ben out?" in page.text
    assert "Ben can no longer sign in." in submit(office, f"/accounts/{ben.id}/disable", {}).text
    assert services.accounts.current(session) is None
    assert office.get(f"/invitations/{kept.token}").status_code == 410
    assert "Ben can sign in again." in submit(office, f"/accounts/{ben.id}/allow", {}, form_at="/accounts").text
    assert actions(services)[-2:] == ["account.disable", "account.allow"]


def test_the_last_administrator_stays(signed_in, services):
    (only,) = signed_in.get("/api/accounts").json()["items"]
    answer = signed_in.put(
        f"/api/accounts/{only['account']}/access", json={"allowed": False}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 409
    assert "last administrator" in answer.json()["detail"]
    assert actions(services) == []


def test_the_same_over_the_api(signed_in):
    made = signed_in.post("/api/accounts/invitations", json={"scope": "staff"})
    assert made.status_code == 201
    (pending,) = signed_in.get("/api/accounts").json()["invitations"]
    assert pending["scope"] == "staff"
    assert signed_in.delete(f"/api/accounts/invitations/{pending['id']}").status_code == 204
    assert signed_in.delete(f"/api/accounts/invitations/{pending['id']}").status_code == 404
    assert signed_in.post("/api/accounts/invitations", json={"scope": "emperor"}).status_code == 422
