"""Attacks on sessions, forms and the HTTP edge: sections J, L and P of the threat catalogue, by id."""

import pytest

from kit.errors import TooMany
from kit.limits import _KEPT, Attempts, Misses
from kit.web import BodyLimits
from kit.web.visit import client_bucket

PASSWORD = "four words in a row"
HTML = {"accept": "text/html,*/*"}
JSON = {"accept": "application/json"}


@pytest.fixture
def signed_in(client, ana, token):
    """The client with Ana's session; gives a form token that is hers."""
    form = {"login": "ana", "password": PASSWORD, "csrf": token}
    assert client.post("/sign-in", data=form, headers=HTML, follow_redirects=False).status_code == 303
    return client.get("/", headers=HTML).text.split('name="csrf" value="')[1].split('"')[0]


def test_j2_scraping_secret_addresses_runs_dry(client):
    answers = [client.get(f"/secret/{guess}").status_code for guess in range(310)]
    assert answers[:300] == [404] * 300
    assert answers[-1] == 429
    assert client.get("/secret/right").status_code == 429


def test_j2_the_whole_world_together_runs_dry_too(clock):
    misses = Misses(clock)
    for guess in range(6000):
        misses.admit(f"client {guess}")
        misses.missed(f"client {guess}")
    with pytest.raises(TooMany):
        misses.admit("another")


def test_l6_an_old_session_is_worth_nothing_after_signing_in_again(client, role, signed_in):
    before = client.cookies[f"satchel-{role.package}"]
    form = {"login": "ana", "password": PASSWORD, "csrf": signed_in}
    client.post("/sign-in", data=form, headers=HTML)
    assert client.cookies[f"satchel-{role.package}"] != before
    assert role.accounts.current(before) is None


def test_l6_a_session_id_that_somebody_planted_is_not_taken_over(client, role, ana):
    client.cookies.set(f"satchel-{role.package}", "planted-by-an-attacker")
    token = client.get("/", headers=HTML).text.split('name="csrf" value="')[1].split('"')[0]
    client.post("/sign-in", data={"login": "ana", "password": PASSWORD, "csrf": token}, headers=HTML)
    assert role.accounts.current("planted-by-an-attacker") is None
    assert client.get("/mine").json() == {"name": "Ana"}


def test_l6_a_token_in_the_address_opens_nothing(role, ana):
    _found, token = role.accounts.sign_in(login="ana", password=PASSWORD, client="c")
    assert role.client().get(f"/mine?token={token}&session={token}", headers=JSON).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8002"},
        {"origin": "http://localhost:8009.evil.example"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"referer": "https://evil.example/http://localhost:8009/"},
    ],
)
def test_l7_a_form_from_another_site_does_nothing_even_with_the_token(client, signed_in, headers):
    answer = client.post("/keep", data={"name": "x", "csrf": signed_in}, headers={**HTML, **headers})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://localhost:8009"},
        {"origin": "null", "sec-fetch-site": "same-origin"},
        {"referer": "http://localhost:8009/"},
    ],
)
def test_l7_a_form_of_ours_works(client, signed_in, headers):
    answer = client.post(
        "/keep", data={"name": "x", "csrf": signed_in}, headers={**HTML, **headers}, follow_redirects=False
    )
    assert answer.status_code == 303


@pytest.mark.parametrize("forged", ["", "0" * 64, None])
def test_l7_a_form_without_the_token_does_nothing(client, signed_in, forged):
    form = {"name": "x"} if forged is None else {"name": "x", "csrf": forged}
    assert client.post("/keep", data=form, headers={**JSON, "origin": "http://localhost:8009"}).status_code == 403


def test_l7_a_token_of_another_session_does_nothing(client, role, signed_in):
    with role.client() as other:
        theirs = other.get("/", headers=HTML).text.split('name="csrf" value="')[1].split('"')[0]
        assert other.post("/keep", data={"name": "x", "csrf": signed_in}).status_code == 403
    assert client.post("/keep", data={"name": "x", "csrf": theirs}).status_code == 403


def test_l7_a_stranger_without_cookies_cannot_make_a_token_count(role, token):
    assert role.client().post("/keep", data={"name": "x", "csrf": token}).status_code == 403


@pytest.mark.parametrize("kind", ["text/plain", "text/plain; application/json", "application/octet-stream", ""])
def test_l7_json_in_disguise_is_not_read(client, signed_in, kind):
    answer = client.post("/api/things", content=b'{"count": 1}', headers={"content-type": kind})
    assert answer.status_code == 415


@pytest.mark.parametrize("headers", [{}, {"origin": "https://evil.example"}, {"origin": "null"}])
def test_l7_json_on_a_cookie_must_name_our_origin(client, signed_in, headers):
    assert client.post("/api/things", json={"count": 1}, headers=headers).status_code == 403
    assert client.post("/api/things", json={"count": 1}, headers={"origin": "http://localhost:8009"}).status_code == 200


def test_l7_a_form_opened_to_other_sites_acts_for_nobody(client, signed_in):
    form = {"name": "x", "csrf": signed_in}
    assert client.post("/open", data=form, headers={"origin": "http://localhost:8009"}).json()["by"] == "Ana"
    for given, headers in [
        (form, {"origin": "https://evil.example"}),
        ({"name": "x"}, {}),
        ({"name": "x"}, {"origin": "null"}),
    ]:
        assert client.post("/open", data=given, headers=headers).json() == {"by": None, "got": "x"}
    assert client.get("/mine").json() == {"name": "Ana"}


def test_l9_no_page_may_be_framed(client):
    assert "frame-ancestors 'none'" in client.get("/", headers=HTML).headers["content-security-policy"]


def test_l10_no_origin_is_reflected(client):
    answer = client.get("/", headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in answer.headers
    asked = client.options(
        "/api/things", headers={"origin": "https://evil.example", "access-control-request-method": "POST"}
    )
    assert "access-control-allow-origin" not in asked.headers


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example:8009", "user@localhost:8009", "localhost:8009@evil", ""]
)
def test_l12_a_strange_host_gets_nothing(client, host):
    answer = client.get("/", headers={"host": host, "accept": "application/json"})
    assert answer.status_code == 421


def test_l12_forwarded_hosts_change_no_link(client):
    page = client.get("/", headers={**HTML, "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"})
    assert "evil" not in page.text


def test_l12_only_loopback_names_are_taken_in_a_demonstration(make_role):
    role = make_role(public_url="https://role.example", loopback=False, allowed_hosts="other.example")
    status = {
        host: role.client().get("/healthz", headers={"host": host}).status_code
        for host in ("role.example", "localhost")
    }
    assert status == {"role.example": 200, "localhost": 200}
    page = {
        host: role.client().get("/", headers={"host": host}).status_code
        for host in ("ROLE.example", "other.example", "localhost")
    }
    assert page == {"ROLE.example": 200, "other.example": 200, "localhost": 421}


def test_l13_fields_that_nobody_asked_for_are_refused(client, role, ana):
    _found, token = role.accounts.sign_in(login="ana", password=PASSWORD, client="c")
    answer = client.post("/api/things", json={"count": 1, "tenant_id": 7}, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 422


def parts(count, *, file=False):
    name = '; filename="a.txt"' if file else ""
    one = f'--b\r\nContent-Disposition: form-data; name="x"{name}\r\n\r\n1\r\n'
    return (one * count + "--b--\r\n").encode()


@pytest.mark.parametrize("file", [False, True])
def test_l14_a_hundred_thousand_parts_are_not_read(client, file):
    answer = client.post(
        "/keep", content=parts(100_000, file=file), headers={**JSON, "content-type": "multipart/form-data; boundary=b"}
    )
    assert answer.status_code == 413


def test_l14_too_many_fields_are_not_read(client):
    body = "&".join(f"f{number}=1" for number in range(5000))
    answer = client.post("/keep", content=body, headers={**JSON, "content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 413


def test_l14_a_body_is_cut_off_whatever_it_announces(make_role):
    role = make_role(limits=BodyLimits(plain=1000, multipart=2000))

    def endless():
        for _part in range(1000):
            yield b"x" * 100

    with role.client() as client:
        kind = {"content-type": "application/json", **JSON}
        assert client.post("/claim/x", content=b"x" * 1001, headers=kind).status_code == 413
        assert client.post("/api/things", content=endless(), headers=kind).status_code == 413
        assert client.post("/claim/x", content=b"{}", headers={**kind, "content-length": "9" * 20}).status_code == 413
        assert client.post("/claim/x", content=b"{}", headers={**kind, "content-length": "-1"}).status_code == 413


def test_l14_a_file_that_is_too_large_is_named(client, token):
    files = {"file": ("big<b>.txt", b"x" * 1001, "text/plain")}
    answer = client.post("/files", data={"csrf": token}, files=files, headers=JSON)
    assert answer.status_code == 413
    assert "big<b>.txt" in answer.json()["detail"]
    fits = client.post("/files", data={"csrf": token}, files={"file": ("a.txt", b"x" * 1000, "text/plain")})
    assert fits.json() == {"sizes": [1000]}


@pytest.mark.parametrize(
    "body", [b"--b", b"--b\r\n\r\n", b"\xff\xfe", b"--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--"]
)
def test_l14_a_broken_form_is_the_callers_fault(client, body):
    answer = client.post("/keep", content=body, headers={**JSON, "content-type": "multipart/form-data; boundary=b"})
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "bucket"),
    [
        ("192.0.2.1", None, 0, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", 0, "192.0.2.1"),
        ("10.0.0.1", "203.0.113.9", 1, "203.0.113.9"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.9", 1, "203.0.113.9"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9", 2, "10.0.0.1"),
        ("10.0.0.1", "a name, not an address", 1, "unknown"),
        ("2001:db8:1:2:3:4:5:6", None, 0, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", None, 0, "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", None, 0, "192.0.2.1"),
        (None, None, 0, "unknown"),
    ],
)
def test_p4_a_limit_counts_whom_it_should(peer, forwarded, proxies, bucket):
    assert client_bucket(peer, forwarded, trusted_proxies=proxies) == bucket


def test_p4_inventing_forwarded_addresses_does_not_help(client):
    answers = [
        client.get("/secret/x", headers={"x-forwarded-for": f"198.51.100.{guess}"}).status_code for guess in range(310)
    ]
    assert answers[-1] == 429


def test_p4_a_second_forwarded_line_does_not_hide_what_the_proxy_wrote(make_role):
    role = make_role(trusted_proxies=1)
    client = role.client(client=("10.0.0.1", 5))
    answers = [
        client.get(
            "/secret/x", headers=[("x-forwarded-for", f"198.51.100.{guess % 250}"), ("x-forwarded-for", "203.0.113.9")]
        ).status_code
        for guess in range(310)
    ]
    assert answers[-1] == 429


def test_p4_inventing_keys_does_not_fill_the_memory(clock):
    from datetime import timedelta

    attempts = Attempts(clock, burst=3, per=timedelta(minutes=1))
    for number in range(_KEPT + 500):
        attempts.failed(str(number))
    assert len(attempts._buckets) == _KEPT


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/debug", "/openapi.json", "/api/openapi.json", "/admin"])
def test_p10_there_is_nothing_for_developers_in_production(make_role, path):
    role = make_role(public_url="https://role.example", loopback=False)
    assert role.client().get(path).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"public_url": "http://role.example"},
        {"public_url": "http://role.example", "loopback": False},
        {"public_url": "http://localhost:1", "loopback": False},
        {"public_url": "https://role.example/path"},
        {"public_url": "https://user@role.example"},
        {"public_url": "ftp://role.example"},
        {"tls_cert": "cert.pem"},
        {"key_file": "a", "key_hex": "00"},
        {"surprise": "x"},
    ],
)
def test_settings_that_contradict_themselves_are_refused(make_settings, changes):
    with pytest.raises(ValueError, match="validation error"):
        make_settings(**changes)
