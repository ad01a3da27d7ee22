"""Passkeys over HTTP, in the small role: who may ask, what an answer carries, and pages without scripts."""

import html
import json
import re

import pytest

from tests.authenticator import UP, Authenticator
from tests.sample_role import HTML, PASSWORD, token_in

ORIGIN = "http://localhost:8009"
OPTIONS, SIGN_IN = "/api/passkeys/sign-in/options", "/api/passkeys/sign-in"


def browser(role, login=None):
    """A client that keeps its cookies and says where it comes from, signed in by password if asked."""
    made = role.client(headers={"origin": ORIGIN}, follow_redirects=False)
    if login:
        made.visit = post(made, "/sign-in", login=login, password=PASSWORD)
    return made


def post(client, path, *, page="/sign-in", **fields):
    token = token_in(client.get(page, headers=HTML).text)
    return client.post(path, data={**fields, "csrf": token}, headers=HTML)


def add(client, device, *, name="my phone"):
    options = client.post("/api/passkeys/options", json={"password": PASSWORD}).json()
    return client.post("/api/passkeys", json={"name": name, "credential": device.make(options)})


@pytest.fixture
def phone(role, ana):
    device = Authenticator(ORIGIN)
    assert add(browser(role, "ana"), device).status_code == 201
    return device


def test_somebody_signs_in_with_a_passkey_and_an_old_session_ends(role, phone):
    client = browser(role)
    options = client.post(OPTIONS, json={})
    assert client.get("/mine", headers=HTML).status_code == 303
    answer = client.post(SIGN_IN, json=phone.sign(options.json()))
    assert answer.status_code == 200
    assert answer.json()["name"] == "Ana"
    assert "token" not in answer.text, "the session is in the cookie and nowhere else"
    assert client.get("/mine").json() == {"name": "Ana"}
    first = next(value for name, value in client.cookies.items() if name == f"satchel-{role.package}")
    client.post(SIGN_IN, json=phone.sign(client.post(OPTIONS, json={}).json()))
    assert client.get("/mine").status_code == 200
    assert role.accounts.current(first) is None, "an id from before signing in is worth nothing afterwards"


@pytest.mark.parametrize("changes", [{"flags": UP}, {"client_data": {"origin": "https://evil.example"}}, {"count": 0}])
def test_L2_what_is_wrong_is_a_401_with_the_same_words(role, phone, changes):
    client = browser(role)
    client.post(SIGN_IN, json=phone.sign(client.post(OPTIONS, json={}).json()))
    client.cookies.clear()
    answer = client.post(SIGN_IN, json=phone.sign(client.post(OPTIONS, json={}).json(), **changes))
    assert answer.status_code == 401
    assert answer.json()["detail"].startswith("This passkey was not accepted.")
    assert client.get("/mine", headers=HTML).status_code == 303


def test_L5_an_answer_from_another_browser_signs_nobody_in(role, phone):
    mine, theirs = browser(role), browser(role)
    answer = phone.sign(mine.post(OPTIONS, json={}).json())
    assert theirs.post(SIGN_IN, json=answer).status_code == 401
    assert mine.post(SIGN_IN, json=answer).status_code == 401, "it is spent"


def test_L4_adding_needs_a_session_and_the_password(role, phone):
    stranger, ana = browser(role), browser(role, "ana")
    for path, body in (
        ("/api/passkeys/options", {"password": PASSWORD}),
        (
            "/api/passkeys",
            {"name": "x", "credential": Authenticator(ORIGIN).sign({"challenge": "eA", "rpId": "localhost"})},
        ),
    ):
        assert stranger.post(path, json=body).status_code == 401
    assert stranger.get("/api/passkeys").status_code == 401
    refused = ana.post("/api/passkeys/options", json={"password": "a guess"})
    assert (refused.status_code, refused.json()["field"]) == (422, "passkey_password")
    assert ana.post("/api/passkeys/options", json={}).status_code == 422


def test_another_sites_page_adds_nothing(role, phone):
    ana = browser(role, "ana")
    for headers in ({"origin": "https://evil.example"}, {"origin": "null", "sec-fetch-site": "cross-site"}):
        assert ana.post("/api/passkeys/options", json={"password": PASSWORD}, headers=headers).status_code == 403


def test_programs_see_name_and_remove_passkeys(role, phone):
    ana = browser(role, "ana")
    [kept] = ana.get("/api/passkeys").json()["items"]
    assert set(kept) == {"id", "name", "backedUp", "created", "used"}
    assert ana.put(f"/api/passkeys/{kept['id']}", json={"name": "old"}).status_code == 204
    assert ana.get("/api/passkeys").json()["items"][0]["name"] == "old"
    assert ana.post(f"/api/passkeys/{kept['id']}/removal", json={"password": "no"}).status_code == 422
    assert ana.post(f"/api/passkeys/{kept['id']}/removal", json={"password": PASSWORD}).status_code == 204
    assert ana.get("/api/passkeys").json() == {"items": []}
    assert ana.put(f"/api/passkeys/{kept['id']}", json={"name": "old"}).status_code == 404


def test_bodies_hold_nothing_unknown_and_nothing_endless(role, phone):
    client = browser(role)
    answer = phone.sign(client.post(OPTIONS, json={}).json())
    assert client.post(SIGN_IN, json={**answer, "account": "another"}).status_code == 422
    long = {**answer, "response": {**answer["response"], "signature": "A" * 5000}}
    assert client.post(SIGN_IN, json=long).status_code == 422


def test_passkeys_are_named_and_removed_without_scripts(role, phone):
    ana = browser(role, "ana")
    page = ana.get("/account", headers=HTML).text
    assert "my phone" in page
    path = re.search(r'href="(/account/passkeys/[0-9a-f]{64})"', page)[1]
    assert post(ana, path, page=path, passkey_name="<b>").headers["location"] == "/account"
    assert "&lt;b&gt;" in ana.get(path, headers=HTML).text
    again = post(ana, path, page=path, passkey_name=" ")
    assert again.status_code == 422
    assert "Give this passkey a name" in again.text
    wrong = post(ana, f"{path}/remove", page=path, present_password="no")
    assert "This is not your present password." in html.unescape(wrong.text)
    assert post(ana, f"{path}/remove", page=path, present_password=PASSWORD).headers["location"] == "/account"
    assert ana.get(path, headers=HTML).status_code == 404
    assert browser(role, "ana").visit.status_code == 303, "the password goes on working"


def test_another_accounts_passkey_is_not_there(role, phone, ana):
    role.accounts.create_user(login="ben", password=PASSWORD, name="Ben", scope="x")
    [kept] = role.passkeys.listing(ana.id)
    ben = browser(role, "ben")
    for path in (f"/account/passkeys/{kept.id}", "/account/passkeys/none"):
        assert ben.get(path, headers=HTML).status_code == 404
    token = token_in(ben.get("/account", headers=HTML).text)
    for path in (f"/account/passkeys/{kept.id}", f"/account/passkeys/{kept.id}/remove"):
        fields = {"csrf": token, "passkey_name": "x", "present_password": PASSWORD}
        assert ben.post(path, data=fields, headers=HTML).status_code == 404
    assert ben.post(f"/api/passkeys/{kept.id}/removal", json={"password": PASSWORD}).status_code == 404
    assert [each.name for each in role.passkeys.listing(ana.id)] == ["my phone"]


def test_what_needs_scripts_is_hidden_without_them(client, role, ana):
    page = client.get("/sign-in", headers=HTML).text
    assert re.search(r'<section[^>]* data-passkey="sign-in"[^>]* hidden>', page)
    assert "/static/passkeys.js?v=" in page
    own = browser(role, "ana").get("/account", headers=HTML).text
    assert re.search(r'<form[^>]* data-passkey="add"[^>]* hidden>', own)
    assert "Your password goes on working without." in own


def test_an_address_of_numbers_offers_no_passkeys(make_role):
    role = make_role(public_url="http://127.0.0.1:8009")
    role.accounts.create_user(login="ana", password=PASSWORD, name="Ana", scope="x")
    client = role.client(follow_redirects=False)
    assert "passkey" not in client.get("/sign-in", headers=HTML).text
    post(client, "/sign-in", login="ana", password=PASSWORD)
    assert "passkey" not in client.get("/account", headers=HTML).text


# -- where they are required -----------------------------------------------------------------------------------


@pytest.fixture
def strict(make_role):
    role = make_role(passkeys_required=True)
    role.accounts.create_user(login="ana", password=PASSWORD, name="Ana", scope="x")
    return role


def enrol(client, answer, device):
    options = json.loads(html.unescape(re.search(r'data-options="([^"]+)"', answer.text)[1]))
    return client.post("/api/passkeys/enrolment", json={"name": "my phone", "credential": device.make(options)})


def test_L16_a_password_leads_to_making_a_passkey_and_never_in(strict):
    client, device = browser(strict, "ana"), Authenticator(ORIGIN)
    assert client.visit.status_code == 403
    assert "Make a passkey" in client.visit.text
    assert client.get("/mine", headers=HTML).status_code == 303, "nobody is in yet"
    made = enrol(client, client.visit, device)
    assert made.status_code == 201, made.text
    assert client.get("/mine").json() == {"name": "Ana"}
    later = browser(strict, "ana")
    assert later.visit.status_code == 403
    assert "data-options" not in later.visit.text, "the password alone makes no second one"
    assert 'data-passkey="sign-in"' in later.visit.text
    assert later.get("/mine", headers=HTML).status_code == 303
    assert later.post(SIGN_IN, json=device.sign(later.post(OPTIONS, json={}).json())).status_code == 200
    assert later.get("/mine").status_code == 200


def test_L16_programs_get_no_session_for_a_password(strict):
    answer = strict.client().post("/api/session", json={"login": "ana", "password": PASSWORD})
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("#passkey-wanted")


def test_L16_the_page_that_makes_a_passkey_is_for_the_browser_that_knew_the_password(strict):
    client, thief = browser(strict, "ana"), browser(strict)
    assert enrol(thief, client.visit, Authenticator(ORIGIN)).status_code == 422
    assert thief.get("/mine", headers=HTML).status_code == 303


def test_L16_a_recovery_code_leads_to_a_new_passkey(strict):
    client, lost = browser(strict, "ana"), Authenticator(ORIGIN)
    enrol(client, client.visit, lost)
    [code, *_others] = strict.accounts.make_recovery_codes(strict.accounts.find_by_login("ana").id)
    other, new = browser(strict), Authenticator(ORIGIN)
    fields = {"login": "ana", "code": code, "new_password": "another four words"}
    answer = post(other, "/recover", page="/recover", **fields)
    assert answer.status_code == 403
    assert enrol(other, answer, new).status_code == 201
    assert other.get("/mine").json() == {"name": "Ana"}
    assert post(browser(strict), "/recover", page="/recover", **fields).status_code == 422, "a code works once"


def test_L16_an_invitation_leads_to_a_passkey(strict):
    place = strict.accounts.invite(scope="x", invited_by=strict.accounts.find_by_login("ana").id)
    client = browser(strict)
    path = f"/invitations/{place.token}"
    answer = post(client, path, page=path, login="cleo", password=PASSWORD, name="Cleo")
    assert answer.status_code == 403
    assert enrol(client, answer, Authenticator(ORIGIN)).status_code == 201
    assert client.get("/mine").json() == {"name": "Cleo"}
