"""What a program with a token puts into a wallet and reads there, by the Open Badges API."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.http.wallet.hosting.program import CLR, OB, PROFILE, READ, UPSERT, said
from tests.unit.wallet.samples import award


def links(answer):
    return {name: url for url, name in re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers["link"])}


def test_what_is_put_here_comes_back_byte_for_byte(home):
    program = home.connected()
    data = b" " + json.dumps(json.loads(award(101)), indent=3, ensure_ascii=False).encode() + b"\n\n"
    first = program.put(data)
    assert (first.status_code, first.content, first.headers["content-type"]) == (201, data, "application/json")
    again = program.put(data)
    assert (again.status_code, again.content) == (304, b"")
    found = program.listed()
    assert found.status_code == 200
    assert data in found.content
    assert found.json()["credential"] == [json.loads(data)]
    assert found.headers["x-total-count"] == "1"
    learner = home.services.credentials.search(home.hadleys.teresa, home.learner, "")
    kept = next(card for card in learner if home.services.credentials.document(home.hadleys.teresa, card.id) == data)
    assert kept.title == "Bridge building"


def test_a_newer_version_replaces_and_an_older_one_does_not(home):
    program = home.connected(home.wren)
    assert program.put(award(102)).status_code == 201
    newer = award(102, valid_from=datetime(2026, 6, 1, tzinfo=UTC), narrative="Put right.")
    assert program.put(newer).status_code == 200
    older = program.put(award(102))
    assert (older.status_code, said(older)[0]) == (409, "not_allowed")
    assert program.listed().content == b'{"credential":[' + newer + b"]}"


def test_pages_of_a_list_lead_to_one_another(home):
    program = home.connected(home.jonah_learner)
    sent = [award(110 + n, valid_from=datetime(2026, 5, 1 + n, tzinfo=UTC)) for n in range(5)]
    for data in sent:
        home.clock.advance(timedelta(seconds=1))
        assert program.put(data).status_code == 201
    first = program.listed(limit=2)
    assert first.json()["credential"] == [json.loads(data) for data in sent[:2]]
    assert links(first).keys() == {"next", "first", "last"}
    found, page = [], first
    while True:
        found += page.json()["credential"]
        assert page.headers["x-total-count"] == "5"
        url = links(page).get("next")
        if url is None:
            break
        page = program.client.get(url, headers=program.bearer)
    assert found == [json.loads(data) for data in sent]
    assert links(page).keys() == {"first", "last", "prev"}
    assert program.client.get(links(page)["prev"], headers=program.bearer).json()["credential"] == found[2:4]
    since = program.listed(since="2026-05-03T00:00:00Z", limit=1)
    assert since.headers["x-total-count"] == "2"
    assert since.json()["credential"] == found[3:4]
    assert "since=2026-05-03" in links(since)["next"]
    assert program.listed(since="2026-05-03T02:00:00 02:00").headers["x-total-count"] == "2", "a plus is a blank there"
    assert program.listed(offset=9).json() == {}


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "offset=-1", "since=gestern", "limit=1&limit=2"])
def test_a_parameter_that_is_none_is_named(home, query):
    program = home.connected()
    answer = program.client.get(f"{OB}/credentials?{query}", headers=program.bearer)
    code, words = said(answer)
    assert (answer.status_code, code) == (400, "invalid_query_parameter")
    assert query.partition("=")[0] in words


def test_what_is_not_genuine_is_refused_and_the_family_sees_why(home):
    program = home.connected()
    forged = award(120).replace(b"ten kilograms", b"two kilograms")
    answer = program.put(forged)
    code, words = said(answer)
    assert (answer.status_code, code) == (400, "invalid_data")
    assert "changed after it was signed" in words
    page = home.teresa.get(f"/learners/{home.learner}/connections").text
    address = re.search(r'href="(/connections/[0-9a-f-]{36})"', page)[1]
    seen = home.teresa.get(address).text
    assert "Sent something that was not kept" in seen
    assert "changed after it was signed" in seen
    assert "Se cambió después" in home.teresa.get(f"{address}?lang=es").text
    home.teresa.get(f"{address}?lang=en")
    assert program.listed().json() == {}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"{}", "application/json"), (b"[", "application/json"), (b"http://127.0.0.1:9/x", "text/plain"),
        (b'{"a": 1, "a": 2}', "application/json"), (b"a.b.c", "text/plain"), (b"a.b.c", "application/json"),
    ],
)  # fmt: skip
def test_what_is_no_credential_is_refused_and_nothing_is_followed(home, data, kind):
    answer = home.connected().put(data, kind=kind)
    assert (answer.status_code, said(answer)[0]) == (400, "invalid_data")


def test_media_types_that_are_not_read(home):
    program = home.connected()
    assert program.put(award(121), kind="application/xml").status_code == 415
    assert program.put(award(121), kind="application/x-www-form-urlencoded").status_code == 415
    wrong = program.put(award(121), kind="text/plain")
    assert (wrong.status_code, said(wrong)[0]) == (400, "invalid_data")
    assert program.put(award(121), kind="application/vc+ld+json").headers["content-type"] == "application/vc+ld+json"


def test_an_award_is_no_record(home):
    program = home.connected()
    answer = program.put(award(122), api=CLR)
    assert answer.status_code == 400
    assert f"{OB}/credentials" in said(answer)[1]


def test_what_the_family_put_away_nobody_puts_back(home):
    program = home.connected()
    assert program.put(award(123)).status_code == 201
    credentials = home.services.credentials
    card = credentials.search(home.hadleys.teresa, home.learner, "")[0]
    credentials.remove(home.hadleys.teresa, card.id)
    assert program.put(award(123)).status_code == 409
    assert program.put(award(123, valid_from=datetime(2026, 8, 1, tzinfo=UTC))).status_code == 409
    assert program.listed().json() == {}
    assert [one.card.id for one in credentials.discarded(home.hadleys.teresa, home.learner)] == [card.id]


def test_it_reads_what_it_put_here_and_the_rest_only_where_somebody_said_so(home):
    services, teresa = home.services, home.hadleys.teresa
    services.credentials.add_file(teresa, home.wren, award(130, title="Private diary"))
    limited = home.connected(home.wren)
    limited.put(award(131))
    assert [one["name"] for one in limited.listed().json()["credential"]] == ["Bridge building"]
    whole = home.connected(home.wren, reads="all")
    names = [one["name"] for one in whole.listed().json()["credential"]]
    assert "Private diary" in names
    reader = home.connected(home.wren, scopes=[READ], scope=READ)
    assert "Private diary" in [one["name"] for one in reader.listed().json()["credential"]]


@pytest.mark.parametrize(
    ("method", "path", "granted"),
    [
        ("GET", f"{OB}/credentials", UPSERT), ("POST", f"{OB}/credentials", READ), ("GET", f"{OB}/profile", READ),
        ("PUT", f"{OB}/profile", PROFILE), ("GET", f"{CLR}/credentials", READ), ("POST", f"{CLR}/credentials", UPSERT),
    ],
)  # fmt: skip
def test_a_scope_opens_its_own_address_and_no_other(home, method, path, granted):
    program = home.connected(scopes=[granted])
    answer = program.client.request(method, path, headers=program.bearer, json={} if method != "GET" else None)
    assert (answer.status_code, said(answer)[0]) == (403, "forbidden")


def test_a_learner_is_known_to_each_program_by_another_name(home):
    one, other = home.connected(), home.connected()
    mine = one.client.get(f"{OB}/profile", headers=one.bearer).json()
    theirs = other.client.get(f"{OB}/profile", headers=other.bearer).json()
    assert mine["type"] == ["Profile"]
    assert mine["name"] == theirs["name"] == "Teresa Hadley"
    assert mine["id"] != theirs["id"]
    assert mine == one.client.get(f"{OB}/profile", headers=one.bearer).json()


def test_another_name_is_proposed_and_a_guardian_takes_it_over(home):
    program = home.connected(home.wren)
    at, profile = f"{OB}/profile", program.client.get(f"{OB}/profile", headers=program.bearer).json()
    same = program.client.put(at, json=profile, headers=program.bearer)
    assert (same.status_code, same.json()) == (200, profile)
    told = program.client.put(at, json={**profile, "name": "Wren M. Hadley"}, headers=program.bearer)
    assert (told.status_code, said(told)[0]) == (202, "fullsuccess")
    assert program.client.get(at, headers=program.bearer).json() == profile
    api = home.api("teresa")
    listed = api.get(f"/api/learners/{home.wren}/connections").json()["items"]
    path = f"/api/connections/{listed[0]['id']}"
    assert api.get(path).json()["proposal"] == "Wren M. Hadley"
    assert home.api("marcus").post(f"{path}/name").status_code == 403
    assert api.post(f"{path}/name").status_code == 200
    assert program.client.get(at, headers=program.bearer).json()["name"] == "Wren M. Hadley"
    assert api.post(f"{path}/name").status_code == 409
    for more in ({"email": "w@x.example"}, {"id": "urn:uuid:0"}, {"type": ["Person"]}, {"name": ""}, {"name": 7}):
        answer = program.client.put(at, json={**profile, **more}, headers=program.bearer)
        assert (answer.status_code, said(answer)[0]) == (400, "invalid_data"), more


def test_without_leave_there_is_nothing(home):
    client = home.program().client
    session = home.api("teresa").headers["authorization"]
    for header in ({}, {"authorization": "Bearer x"}, {"authorization": session}, {"authorization": "Basic eDp5"}):
        for method, path in (("GET", "credentials"), ("POST", "credentials"), ("GET", "profile"), ("PUT", "profile")):
            body = {} if method != "GET" else None
            answer = client.request(method, f"{OB}/{path}", headers=header, json=body)
            assert (answer.status_code, said(answer)[0]) == (401, "unauthorizedrequest"), (header, method, path)
            assert "Bearer" in answer.headers["www-authenticate"]
    program = home.connected()
    assert client.get("/api/family", headers=program.bearer).status_code == 401, "a program's token is no session"
    other = client.request("DELETE", f"{OB}/credentials", headers=program.bearer)
    assert (other.status_code, said(other)[0]) == (405, "not_allowed")
    nowhere = client.get(f"{OB}/badges", headers=program.bearer)
    assert (nowhere.status_code, said(nowhere)[0]) == (404, "not_found")


def test_an_access_token_runs_out(home):
    program = home.connected()
    home.clock.advance(timedelta(minutes=59))
    assert program.listed().status_code == 200
    home.clock.advance(timedelta(minutes=2))
    assert program.listed().status_code == 401
    assert program.tokens["expires_in"] == timedelta(hours=1).total_seconds()
