import io
import json
import logging

import pytest

from kit import log
from kit.web import local_path

PASSWORD = "four words in a row"
HTML = {"accept": "text/html,*/*"}
ORIGIN = {"origin": "http://localhost:8009"}


def sign_in(client, token):
    return client.post(
        "/sign-in", data={"login": "ANA", "password": PASSWORD, "csrf": token}, headers=HTML, follow_redirects=False
    )


def test_a_page_is_escaped_and_in_the_readers_language(client):
    english = client.get("/?who=<b>", headers=HTML).text
    assert "Hello &lt;b&gt;" in english
    assert "3 March 2027" in english
    assert "3 awards" in english
    spanish = client.get("/?who=<b>", headers={**HTML, "accept-language": "fr, es-MX;q=0.8, en;q=0.1"}).text
    assert "Hola, &lt;b&gt;" in spanish
    assert "3 de marzo de 2027" in spanish
    assert "3 reconocimientos" in spanish
    assert "Así es." in spanish


def test_a_language_once_chosen_is_remembered(client):
    client.get("/?lang=es", headers=HTML)
    assert '<html lang="es">' in client.get("/", headers=HTML).text
    assert '<html lang="en">' in client.get("/?lang=en", headers=HTML).text


def test_every_response_has_the_security_headers(client):
    for path in ("/", "/no-such-page", "/broken", "/api/none", "/healthz", "/static/plain.css"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "require-trusted-types-for 'script'" in policy
        assert "unsafe" not in policy
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers
        assert "strict-transport-security" not in headers


def test_over_https_cookies_and_transport_are_locked(make_role):
    role = make_role(public_url="https://role.example", loopback=False)
    response = role.client().get("/", headers=HTML)
    assert response.headers["strict-transport-security"].startswith("max-age=")
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-satchel-")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))


def test_head_is_get_without_a_body(client):
    asked, told = client.get("/healthz"), client.head("/healthz")
    assert (told.status_code, told.content) == (200, b"")
    assert told.headers["content-length"] == asked.headers["content-length"]
    assert client.head("/no-such-page").status_code == 404


def test_pages_are_not_stored_and_static_files_are(client):
    assert client.get("/", headers=HTML).headers["cache-control"] == "no-store"
    address = client.get("/", headers=HTML).text.split('href="')[1].split('"')[0]
    kept = client.get(address)
    assert "immutable" in kept.headers["cache-control"]
    assert "set-cookie" not in kept.headers
    assert kept.headers["content-type"] == "text/css; charset=utf-8"
    assert client.get("/static/plain.css?v=old").headers["cache-control"] == "no-cache"
    assert client.get("/static/../conftest.py").status_code == 404
    assert client.get("/static/%2e%2e/__init__.py").status_code == 404


def test_a_form_is_kept_and_the_next_page_says_so_once(client, token):
    response = client.post("/keep", data={"name": "Ada", "csrf": token}, headers=HTML, follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert '<p class="good">It is so.</p>' in client.get("/", headers=HTML).text
    assert '<p class="good">' not in client.get("/", headers=HTML).text


def test_a_flash_that_we_did_not_write_is_not_said(client, role):
    client.cookies.set(f"satchel-{role.package}-flash", "W1siaGkiLCAiZ29vZCJdXQ==.0123456789abcdef0123456789abcdef")
    assert "hi" not in client.get("/", headers=HTML).text.split("</title>")[1].split("<h1>")[0]


@pytest.mark.parametrize(
    ("path", "status"), [("/no-such-page", 404), ("/taken", 409), ("/keep", 405), ("/broken", 500)]
)
def test_a_problem_is_a_page_for_people_and_json_for_programs(client, path, status):
    page = client.get(path, headers=HTML)
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    answer = client.get(path, headers={"accept": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert set(answer.json()) >= {"type", "title", "status", "detail", "reference"}
    assert answer.json()["reference"] == answer.headers["x-request-id"]


def test_what_is_wrong_with_a_document_is_told_to_people_and_to_programs(client):
    answer = client.get("/damaged", headers={"accept": "application/json"}).json()
    assert (answer["status"], answer["type"]) == (422, "https://www.w3.org/TR/vc-data-model#PARSING_ERROR")
    assert (answer["detail"], answer["pointer"]) == ("the text ends in the middle", "/name")
    page = client.get("/damaged", headers=HTML).text
    assert "This cannot be read as a credential" in page
    assert "the text ends in the middle" in page


def test_api_problems_are_json_whatever_is_accepted(client):
    assert client.get("/api/none", headers=HTML).json()["status"] == 404


def test_a_problem_that_breaks_its_own_page_still_answers(role, client):
    role.pages.environment.from_string("")
    role.pages.environment.loader.loaders.clear()
    role.pages.environment.cache.clear()
    response = client.get("/no-such-page", headers=HTML)
    assert response.status_code == 404
    assert "There is nothing here" in response.text


def test_what_is_wrong_with_json_is_named(client, role, ana):
    bearer = {"authorization": f"Bearer {role.accounts.sign_in(login='ana', password=PASSWORD, client='c')[1]}"}
    problem = client.post("/api/things", json={"count": "x", "owner": 1}, headers=bearer).json()
    assert problem["status"] == 422
    assert {item["field"] for item in problem["errors"]} == {"count", "owner"}
    assert all(item["remedy"] for item in problem["errors"])
    assert (
        client.post("/api/things", content=b"{", headers={**bearer, "content-type": "application/json"}).status_code
        == 422
    )


def test_a_field_that_is_amiss_is_named(client, token):
    answer = client.post("/keep", data={"name": "x" * 11, "csrf": token}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["field"]) == (422, "name")
    assert "10" in answer.json()["remedy"]


def test_signing_in_and_out_through_the_pages(client, role, ana, token):
    asked = client.get("/mine?tab=2", headers=HTML, follow_redirects=False)
    assert asked.headers["location"] == "/sign-in?next=%2Fmine%3Ftab%3D2"
    assert client.get("/mine", headers={"accept": "application/json"}).status_code == 401
    assert client.get(asked.headers["location"], headers=HTML).status_code == 200
    assert sign_in(client, token).status_code == 303
    assert client.get("/mine").json() == {"name": "Ana"}
    fresh = client.get("/", headers=HTML).text.split('value="')[1].split('"')[0]
    gone = client.post("/sign-out", data={"csrf": fresh}, headers=HTML, follow_redirects=False)
    assert gone.headers["clear-site-data"] == '"storage"'
    assert client.get("/mine", headers={"accept": "application/json"}).status_code == 401


def test_a_sign_in_that_fails_shows_the_form_again_without_the_password(client, ana, token):
    response = client.post("/sign-in", data={"login": "ana", "password": "not this one", "csrf": token}, headers=HTML)
    assert response.status_code == 422
    assert "do not belong together" in response.text
    assert 'value="ana"' in response.text
    assert "not this one" not in response.text


def test_the_account_pages_work(client, role, ana, token):
    sign_in(client, token)
    page = client.get("/account", headers=HTML).text
    fresh = page.split('name="csrf" value="')[1].split('"')[0]
    for wrong in ({}, {"present_password": "not the present one"}):
        refused = client.post("/account/codes", data={"csrf": fresh, **wrong}, headers=HTML)
        assert refused.status_code == 422
        assert "This is not your present password." in refused.text
        assert role.accounts.recovery_codes_left(ana.id) == 0
    given = {"csrf": fresh, "present_password": PASSWORD}
    codes = client.post("/account/codes", data=given, headers=HTML).text
    assert codes.count("<code>") == 10
    form = {"csrf": fresh, "old_password": PASSWORD, "new_password": "another four words here"}
    assert client.post("/account/password", data=form, headers=HTML, follow_redirects=False).status_code == 303
    fresh = client.get("/account", headers=HTML).text.split('name="csrf" value="')[1].split('"')[0]
    out = client.post("/account/sign-out-everywhere", data={"csrf": fresh}, headers=HTML, follow_redirects=False)
    assert out.headers["location"] == "/sign-in"


def test_recovery_and_invitation_pages_work(client, role, ana, token):
    code = role.accounts.make_reset_code("ana")
    assert client.get("/recover", headers=HTML).status_code == 200
    form = {"csrf": token, "login": "ana", "code": code, "new_password": "another four words here"}
    assert client.post("/recover", data=form, headers=HTML, follow_redirects=False).status_code == 303
    assert client.get("/mine").json() == {"name": "Ana"}
    invitation = role.accounts.invite(scope="x", invited_by=ana.id)
    with role.client() as other:
        page = other.get(f"/invitations/{invitation.token}", headers=HTML).text
        form = {
            "csrf": page.split('name="csrf" value="')[1].split('"')[0],
            "login": "ben",
            "password": PASSWORD,
            "name": "Ben",
        }
        other.post(f"/invitations/{invitation.token}", data=form, headers=HTML)
        assert other.get("/mine").json() == {"name": "Ben"}
        assert other.get(f"/invitations/{invitation.token}").status_code == 410


def test_a_program_gets_a_bearer_token(client, ana):
    opened = client.post("/api/session", json={"login": "ana", "password": PASSWORD})
    assert opened.status_code == 201
    bearer = {"authorization": f"Bearer {opened.json()['token']}"}
    assert client.post("/api/things", json={"count": 2}, headers=bearer).json() == {"count": 2, "by": "Ana"}
    assert client.delete("/api/session", headers=bearer).status_code == 204
    assert client.post("/api/things", json={"count": 2}, headers=bearer).status_code == 401
    assert client.post("/api/session", json={"login": "ana", "password": "wrong"}).status_code == 401


def test_health_readiness_and_metrics(role):
    with role.client(client=("127.0.0.1", 50000)) as client:
        assert client.get("/healthz", headers={"host": "10.0.0.9"}).json()["status"] == "alive"
        assert client.get("/readyz").json() == {"ready": True, "checks": {"database": "passed"}}
        client.get("/claim/very-secret")
        metrics = client.get("/metrics").text
        assert 'route="/readyz"' in metrics
        assert "very-secret" not in metrics
        role.health.checks["key"] = lambda: 1 / 0
        broken = client.get("/readyz")
        assert (broken.status_code, broken.json()["checks"]["key"]) == (503, "failed")


def test_no_checks_at_all_is_not_ready(role, client):
    role.health.checks.clear()
    assert client.get("/readyz").status_code == 503


def test_metrics_are_not_for_strangers(role, make_role):
    assert role.client(client=("192.0.2.1", 5)).get("/metrics").status_code == 404
    behind_proxy = role.client(client=("127.0.0.1", 5), headers={"x-forwarded-for": "192.0.2.1"})
    assert behind_proxy.get("/metrics").status_code == 404
    guarded = make_role(metrics_token="letmein").client(client=("192.0.2.1", 5))
    assert guarded.get("/metrics").status_code == 404
    assert guarded.get("/metrics", headers={"authorization": "Bearer letmein"}).status_code == 200


def test_p1_p2_the_log_holds_a_reference_and_nothing_about_anybody(role, ana):
    stream = io.StringIO()
    before = logging.getLogger().handlers[:]
    log.configure(role=role.package, stream=stream)
    try:
        with role.client() as client:
            token = client.get("/?who=Rumpelstiltskin", headers=HTML).text.split('name="csrf" value="')[1].split('"')[0]
            client.get("/secret/Rumpelstiltskin%0aforged", headers={"user-agent": "Rumpelstiltskin\tforged"})
            answer = client.get("/broken", headers={"accept": "application/json"}).json()
            client.post("/sign-in", data={"login": "Rumpelstiltskin", "password": "Rumpelstiltskin", "csrf": token})
            logging.getLogger("other").warning("about %s", "Rumpelstiltskin")
    finally:
        logging.getLogger().handlers[:] = before
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert "Rumpelstiltskin" not in stream.getvalue()
    assert "forged" not in stream.getvalue()
    assert any(line.get("reference") == answer["reference"] and "exception" in line for line in lines)
    assert {line["route"] for line in lines if line["event"] == "request"} == {
        "/",
        "/secret/{token}",
        "/broken",
        "/sign-in",
    }


def test_a_field_off_the_list_is_not_logged():
    with pytest.raises(ValueError, match="login"):
        log.write("role", "event", login="ana")


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https:evil", "https://evil.example", "/\\evil", "/\tevil", "evil", "", None, "/" + "x" * 4001],
)
def test_j12_nobody_is_sent_elsewhere(target):
    assert local_path(target, default="/home") == "/home"


def test_a_path_of_our_own_is_kept():
    assert local_path("/mine?tab=2") == "/mine?tab=2"


def test_a_database_that_is_gone_is_503_in_words(role, client, monkeypatch, ana, token):
    monkeypatch.setattr(role.accounts, "current", None)
    role.database.close()
    role.database.path.rename(role.database.path.with_suffix(".away"))
    role.database.path.mkdir()
    client.cookies.set(f"satchel-{role.package}", "x" * 43)
    response = client.get("/recover", headers={"accept": "application/json"})
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert "Nothing was changed" in response.json()["detail"]
