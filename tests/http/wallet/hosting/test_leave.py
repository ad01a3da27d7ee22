"""Registration, consent and tokens: who gets what, once, and how it ends."""

import json
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from fastapi.testclient import TestClient

from tests.http.wallet.conftest import ORIGIN, Browser
from tests.http.wallet.hosting.program import BACK, EVERYTHING, OB, READ, SITE, UPSERT, metadata
from tests.http.wallet.routes import every_route
from tests.unit.wallet.samples import PASSWORD, award


def test_a_program_registers_itself_and_is_told_all_of_it(home):
    known = home.program().known
    assert known.keys() >= {"client_id", "client_secret", "client_id_issued_at"}
    assert known["client_secret_expires_at"] == 0
    assert {name: known[name] for name in metadata()} | {"scope": None} == metadata() | {"scope": None}
    assert set(known["scope"].split()) == set(EVERYTHING.split())


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://provider.example/back"]}, "invalid_redirect_uri"),
        ({"redirect_uris": [f"{BACK}#x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://a@provider.example/"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://provider.example/;script-src *"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://another.example/back"]}, "invalid_client_metadata"),
        ({"tos_uri": "https://another.example/"}, "invalid_client_metadata"),
        ({"client_name": None}, "invalid_client_metadata"), ({"client_name": "\u202e"}, "invalid_client_metadata"),
        ({"software_id": 7}, "invalid_client_metadata"), ({"scope": "openid"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "none"}, "invalid_client_metadata"),
        ({"grant_types": ["implicit"]}, "invalid_client_metadata"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
    ],
)  # fmt: skip
def test_what_a_program_cannot_be(home, more, error):
    home.clock.advance(timedelta(minutes=3))
    client = TestClient(home.app, base_url=ORIGIN)
    answer = client.post("/oauth/register", json=metadata(**more))
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.headers["cache-control"] == "no-store"


def test_one_address_registers_no_hundreds(home):
    home.clock.advance(timedelta(hours=2))
    client = TestClient(home.app, base_url=ORIGIN)
    answers = [client.post("/oauth/register", json=metadata()).status_code for _each in range(31)]
    assert answers == [201] * 30 + [429]
    home.clock.advance(timedelta(hours=2))


def test_the_way_there_and_back(home):
    program = home.program()
    back = program.come_back(program.ask(home.teresa, home.learner, scopes=[UPSERT, "offline_access"]))
    assert back.keys() == {"code", "state", "scope", "iss"}
    assert (back["state"], back["iss"], set(back["scope"].split())) == ("s t&ate", ORIGIN, {UPSERT, "offline_access"})
    answer = program.turn_in(back["code"], scope=back["scope"])
    told = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert told.keys() == {"access_token", "token_type", "expires_in", "scope", "refresh_token"}
    assert set(told["scope"].split()) == {UPSERT, "offline_access"}


def test_whoever_says_no_is_sent_back_with_that(home):
    program = home.program()
    back = program.come_back(program.ask(home.teresa, home.learner, do="deny"))
    assert back == {"error": "access_denied", "state": "s t&ate", "iss": ORIGIN}


def test_who_has_to_sign_in_first_comes_back_to_the_question(home):
    program, browser = home.program(), Browser(home.app)
    address = program.address()
    there = browser.get(address)
    assert there.headers["location"] == f"/sign-in?next={quote(address, safe='')}"
    signed_in = browser.post(
        "/sign-in", {"login": "teresa", "password": PASSWORD, "next": address}, page=there.headers["location"]
    )
    assert signed_in.headers["location"] == address


@pytest.mark.parametrize(
    "more",
    [
        {"client_id": "x"}, {"client_id": None}, {"redirect_uri": None}, {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": f"{BACK}/"}, {"redirect_uri": [BACK, "https://evil.example/"]},
    ],
)  # fmt: skip
def test_nobody_is_led_to_an_address_that_is_not_the_programs(home, more):
    page = home.teresa.get(home.program().address(**more))
    assert page.status_code == 400
    assert "location" not in page.headers
    assert not re.search(r'(?:href|action)="https?://evil', page.text)


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"state": None}, "invalid_request"), ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"), ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"), ({"scope": "openid"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"), ({"state": ["a", "b"]}, "invalid_request"),
    ],
)  # fmt: skip
def test_j12_a_wrong_request_leads_nowhere_by_itself(home, more, error):
    """Anybody can register; so nobody is sent on without a press."""
    page = home.teresa.get(home.program().address(**more))
    assert page.status_code == 400
    assert f'href="{BACK}?error={error}' in page.text


def test_the_page_names_the_site_and_lets_its_answer_go_there_alone(home):
    program = home.program(client_name="<b>Maple</b> & Co")
    page = home.teresa.get(program.address())
    assert "provider.example" in page.text
    assert "&lt;b&gt;Maple&lt;/b&gt; &amp; Co" in page.text
    policy = page.headers["content-security-policy"]
    assert f"form-action 'self' {SITE};" in f"{policy};".replace(" ;", ";") or f"form-action 'self' {SITE} " in policy
    assert f'src="{SITE}' not in page.text, "nothing is fetched from there"


def test_l7_the_form_of_another_site_allows_nothing(home):
    program = home.program()
    query = parse_qs(urlsplit(program.address()).query)
    fields = {name: values[0] for name, values in query.items()} | {
        "learner": home.learner, "scopes": UPSERT, "do": "allow",
    }  # fmt: skip
    for headers in ({"origin": SITE}, {"sec-fetch-site": "cross-site"}, {"origin": ORIGIN}):
        answer = home.teresa.client.post("/oauth/authorize", data=fields, headers=headers)
        assert answer.status_code == 403, headers


def test_for_nobody_elses_child(home):
    program = home.program()
    assert program.ask(home.olga_page, home.learner).status_code == 404
    shown = home.marcus.get(program.address()).text
    assert "There is nobody here for whom you may allow this" in shown
    assert "Wren" not in shown, "who may only look is not asked"
    assert program.client.get("/oauth/authorize").status_code == 303


def test_a_code_works_once_and_what_came_of_it_ends_when_it_comes_again(home):
    program = home.connected(home.learner)
    back = program.come_back(program.ask(home.teresa, home.learner))
    program.tokens = program.turn_in(back["code"]).json()
    assert program.listed().status_code == 200
    again = program.turn_in(back["code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert program.listed().status_code == 401


@pytest.mark.parametrize(
    "more",
    [
        {"code_verifier": "x" * 43}, {"code_verifier": "x"}, {"redirect_uri": f"{SITE}/other"}, {"code": "x"},
        {"scope": "offline_access openid"},
    ],
)  # fmt: skip
def test_a_code_is_bound_to_what_was_asked(home, more):
    program = home.program()
    back = program.come_back(program.ask(home.teresa, home.learner))
    answer = program.turn_in(**{"code": back["code"], **more})
    assert answer.status_code == 400
    assert answer.json()["error"] in {"invalid_grant", "invalid_scope"}
    assert home.program().turn_in(back["code"]).json()["error"] == "invalid_grant", "another program's"
    home.clock.advance(timedelta(minutes=11))
    assert program.turn_in(back["code"]).json()["error"] == "invalid_grant", "after ten minutes"


def test_a_refresh_token_works_once_and_its_copy_ends_everything(home):
    program = home.connected()
    first = program.tokens
    home.clock.advance(timedelta(days=200))
    home.teresa.sign_in("teresa")
    program.tokens = program.refresh().json()
    assert program.listed().status_code == 200
    assert program.tokens["refresh_token"] != first["refresh_token"]
    narrowed = program.refresh(scope=UPSERT).json()
    assert narrowed["scope"] == UPSERT
    wider = program.refresh(narrowed["refresh_token"], scope=f"{READ} openid")
    assert wider.json()["error"] == "invalid_scope"
    copied = program.refresh(first["refresh_token"])
    assert copied.json()["error"] == "invalid_grant"
    assert program.refresh(narrowed["refresh_token"]).json()["error"] == "invalid_grant", "ended with the copy"
    home.jonah.sign_in("jonah")


def test_a_token_is_ended_by_its_own_program(home):
    program, other = home.connected(), home.program()
    token = {"token": program.tokens["access_token"], "token_type_hint": "access_token"}
    assert other.client.post("/oauth/revoke", data=token, headers=other.basic).status_code == 200
    assert program.listed().status_code == 200, "another's token is as if it were not known"
    assert program.client.post("/oauth/revoke", data=token).status_code == 401
    assert program.client.post("/oauth/revoke", data=token, headers=program.basic).status_code == 200
    assert program.listed().status_code == 401
    assert program.refresh().json()["error"] == "invalid_grant"
    assert program.client.post("/oauth/revoke", data=token, headers=program.basic).status_code == 200


def test_the_token_endpoint_says_what_is_wrong(home):
    program = home.program()
    wrong = {**program.known, "client_secret": "x"}
    stranger = home.program()
    stranger.known = wrong
    refused = stranger.turn_in("x")
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert refused.headers["www-authenticate"].startswith("Basic")
    at, basic = "/oauth/token", program.basic
    for sent, error in (
        ({"grant_type": "password"}, "unsupported_grant_type"), ({}, "invalid_request"),
        ({"grant_type": "authorization_code"}, "invalid_request"), ({"grant_type": ["refresh_token"] * 2}, "invalid_request"),
    ):  # fmt: skip
        answer = program.client.post(at, data=sent, headers=basic)
        assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert program.client.post(at, json={}, headers=basic).json()["error"] == "invalid_request"


def test_discovery_is_open_and_names_what_there_is(home):
    client = TestClient(home.app, base_url=ORIGIN)
    for name, version in (("ob", "v3p0"), ("clr", "v2p0")):
        answer = client.get(f"/ims/{name}/{version}/discovery")
        told = answer.json()
        scheme = told["components"]["securitySchemes"]["OAuth2ACG"]
        assert scheme["x-imssf-registrationUrl"] == f"{ORIGIN}/oauth/register"
        assert len(scheme["flows"]["authorizationCode"]["scopes"]) == 5
        assert told["servers"] == [{"url": f"{ORIGIN}/ims/{name}/{version}"}]
        assert "set-cookie" not in answer.headers
        served = {path for path, _methods in every_route(home.app) if path.startswith(f"/ims/{name}/")}
        assert served == {f"/ims/{name}/{version}{path}" for path in told["paths"]}
        again = client.get(f"/ims/{name}/{version}/discovery", headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304
        refs = set(_refs(told))
        assert refs == {f"#/components/schemas/{each}" for each in told["components"]["schemas"]}
        for address in (told["info"]["termsOfService"], told["info"]["x-imssf-privacyPolicyUrl"]):
            page = client.get(urlsplit(address).path)
            assert f'id="{urlsplit(address).fragment}"' in page.text


def _refs(value):
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if name == "$ref":
            yield inner
        elif isinstance(inner, dict | list):
            yield from _refs(inner)


def test_k1_no_secret_and_no_name_stands_in_the_database(home):
    program = home.connected(home.wren)
    program.put(award(140, title="Zauberlehrling"))
    program.put(award(141).replace(b"ten", b"two"))
    profile = program.client.get(f"{OB}/profile", headers=program.bearer).json()
    changed = program.client.put(f"{OB}/profile", json={**profile, "name": "Quentin"}, headers=program.bearer)
    assert changed.status_code == 202
    path = Path(urlsplit(home.services.tools.settings.database_url).path)
    data = path.read_bytes() + path.with_name(f"{path.name}-wal").read_bytes()
    secrets = [program.known["client_secret"], *(program.tokens[name] for name in ("access_token", "refresh_token"))]
    for word in (*secrets, "Zauberlehrling", "Quentin", "Wren Hadley", "changed after it was signed"):
        assert word.encode() not in data, word
    assert json.dumps("Maple Badges").encode() in data, "the file is the right one"
