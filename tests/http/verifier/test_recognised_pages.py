"""The list of recognised issuers, as somebody in the office uses it: without JavaScript, with a way back from every step."""

import json
import re

import pytest

from tests.http.verifier.conftest import PASSWORD

DID = "did:web:maple.example:orgs:coop"
ENTRY = {"did": DID, "name": "Maple Co-op", "list": "Our providers", "note": "Visited in May."}


def token_of(page):
    assert page.status_code == 200, page.text
    return re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)[1]


@pytest.fixture
def office(client, services):
    """A browser in which somebody has signed in by the form."""
    services.accounts.create_user(login="ana", password=PASSWORD, name="Ana", scope="administrator")
    page = client.get("/recognised")
    assert page.url.path == "/sign-in"
    fields = {"login": "ana", "password": PASSWORD, "next": "/recognised", "csrf": token_of(page)}
    page = client.post("/sign-in", data=fields)
    assert page.url.path == "/recognised"
    return client


def submit(office, path, fields, *, form_at=None, **more):
    page = office.get(form_at or path)
    return office.post(path, data={**fields, "csrf": token_of(page)}, **more)


def test_an_empty_list_has_one_thing_to_do(office):
    page = office.get("/recognised")
    assert "Nobody is on your list yet" in page.text
    assert 'href="/recognised/new"' in page.text


def test_adding_changing_removing_and_taking_back(office, services):
    page = submit(office, "/recognised", ENTRY, form_at="/recognised/new")
    assert page.history[0].status_code == 303
    assert "Maple Co-op is now on your list." in page.text
    assert "Take that back" in page.text
    page = submit(office, "/recognised/1", {**ENTRY, "name": "Maple Cooperative"})
    assert "Maple Cooperative" in page.text
    page = submit(office, "/recognised/1/remove", {}, form_at="/recognised/1")
    assert "Maple Cooperative is no longer on your list." in page.text
    assert services.recognition.recognised() == ()
    batch = re.search(r'name="batch" value="([0-9a-f-]{36})"', page.text)[1]
    page = office.post("/recognised/undo", data={"batch": batch, "csrf": token_of(page)})
    assert "The change is taken back." in page.text
    assert [issuer.name for issuer in services.recognition.recognised()] == ["Maple Cooperative"]


def test_a_mistake_keeps_what_was_typed_and_names_the_place(office):
    page = submit(office, "/recognised", {**ENTRY, "did": "maple.example"}, form_at="/recognised/new")
    assert page.status_code == 422
    assert "This is not an identifier" in page.text
    assert "Visited in May." in page.text
    assert 'aria-invalid="true"' in page.text


def test_the_same_issuer_twice_is_said_so(office):
    submit(office, "/recognised", ENTRY, form_at="/recognised/new")
    page = submit(office, "/recognised", ENTRY, form_at="/recognised/new")
    assert page.status_code == 409
    assert "is on your list already" in page.text


def test_an_exported_list_comes_back_as_a_file_or_as_text(office, services):
    submit(office, "/recognised", ENTRY, form_at="/recognised/new")
    exported = office.get("/recognised/export")
    assert "attachment" in exported.headers["content-disposition"]
    value = exported.json()
    value["issuers"].append({"did": DID + "2", "name": "Birch", "list": "L"})
    text = json.dumps(value)
    page = submit(office, "/recognised/import", {}, files={"file": ("list.json", text, "application/json")})
    assert "1 added, 0 changed, 1 as they were" in page.text
    page = submit(office, "/recognised/import", {"text": text})
    assert "0 added, 0 changed, 2 as they were" in page.text
    page = submit(office, "/recognised/import", {"text": "{"})
    assert page.status_code == 422
    assert "line 1" in page.text


def test_a_long_list_is_paged_and_searched(office, services):
    issuers = [{"did": f"did:web:s{n}.example", "name": f"School {n:03}", "list": "L"} for n in range(120)]
    services.recognition.import_list(json.dumps({"issuers": issuers}).encode(), actor="Ana")
    page = office.get("/recognised?page=2")
    assert "School 050" in page.text
    assert "School 049" not in page.text
    assert "School 111" in office.get("/recognised?q=school+111").text
    assert "120 entries" in office.get("/recognised").text


def test_nothing_is_done_for_another_site(office):
    office.get("/recognised/new")
    answer = office.post("/recognised", data={**ENTRY, "csrf": "0" * 64})
    assert answer.status_code == 403
    page = office.get("/recognised/new")
    answer = office.post(
        "/recognised", data={**ENTRY, "csrf": token_of(page)}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert "Nobody is on your list yet" in office.get("/recognised").text


@pytest.mark.parametrize(
    "path", ["/recognised", "/recognised/new", "/recognised/import", "/recognised/export", "/recognised/1"]
)
def test_strangers_are_led_to_the_door(client, path):
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=")


def test_names_of_strangers_stay_text(office):
    page = submit(
        office,
        "/recognised",
        {**ENTRY, "name": "<b>Maple</b>", "note": "<script>x</script>"},
        form_at="/recognised/new",
    )
    assert "<b>Maple" not in page.text
    assert "<script>x" not in page.text
    assert "&lt;b&gt;Maple" in page.text


def test_a_name_in_mixed_alphabets_is_taken_with_a_warning(office):
    page = submit(office, "/recognised", {**ENTRY, "name": "H\u0430rvard"}, form_at="/recognised/new")
    assert "mixes letters of different alphabets" in page.text
    assert "Mixed alphabets" in office.get("/recognised").text
    page = submit(office, "/recognised/1", {**ENTRY, "name": "Harvard"})
    assert "alphabets" not in page.text


def test_the_right_spelling_is_said_on_the_page(office):
    page = submit(office, "/recognised", {**ENTRY, "did": "did:web:MAPLE.example"}, form_at="/recognised/new")
    assert page.status_code == 422
    assert "write did:web:maple.example" in page.text
