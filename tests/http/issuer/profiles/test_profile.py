"""What an organisation says about itself: read, kept, signed where Open Badges has a place for it, and shown."""

import json
from datetime import date
from pathlib import Path

import jsonschema_rs
import pytest

from issuer.service.introduction import Accreditation
from tests.drawn import picture
from tests.http.issuer.html_forms import buttons_of, fields_of
from vc.checks import Verdict

PAGE = "/organisations/maple-co-op/profile"
PUBLIC = "/orgs/maple-co-op"
SCHEMA = Path("ob-v3p0/json-published-2026/ob_v3p0_achievementcredential_schema.json")
WHOLE = {
    "name": "Maple Co-op",
    "kind": "coop",
    "url": "https://maple.example.org/",
    "email": "office@maple.example.org",
    "description": "Families who teach together.",
    "address": {"streetAddress": "12 Elm St", "addressLocality": "Des Moines", "addressCountry": "United States"},
    "legalName": "Maple Cooperative, Inc.",
    "phone": "+1 515 555 0142",
    "official": "Rosa Alvarez, Director",
    "parent": {"id": "did:web:district.example", "name": "Prairie District"},
    "otherIdentifiers": [
        {"identifierType": "ext:ncesId", "identifier": "1900123"},
        {"identifierType": "ext:ceeb", "identifier": "160455"},
    ],
    "accreditations": [
        {
            "bodyName": "Midlands Commission",
            "bodyId": "https://midlands.example/",
            "state": "accredited",
            "since": "2024-07-01",
            "until": "2029-06-30",
            "documentUrl": "https://midlands.example/list",
        },
        {"bodyName": "Old Board", "state": "candidate", "until": "2020-01-01"},
    ],
}
"""Everything but a logo. The second accreditation is over."""

SIGNED = {
    "phone": "+1 515 555 0142",
    "official": "Rosa Alvarez, Director",
    "address": {"type": ["Address"], **WHOLE["address"]},
    "parentOrg": {"id": "did:web:district.example", "type": ["Profile"], "name": "Prairie District"},
    "otherIdentifier": [
        {"type": "IdentifierEntry", "identifierType": "ext:legalName", "identifier": "Maple Cooperative, Inc."},
        {"type": "IdentifierEntry", "identifierType": "ext:ncesId", "identifier": "1900123"},
        {"type": "IdentifierEntry", "identifierType": "ext:ceeb", "identifier": "160455"},
        {
            "type": "IdentifierEntry",
            "identifierType": "ext:statedAccreditation",
            "identifier": "Midlands Commission; accredited; 2024-07-01/2029-06-30; https://midlands.example/; "
            "https://midlands.example/list",
        },
    ],
}


def introduced(desk, **members):
    answer = desk.client.put(desk.base, json={**WHOLE, **members})
    assert answer.status_code == 200, answer.text
    return answer.json()


def logo_of(desk):
    return desk.client.post(f"{desk.base}/pictures", content=picture()).json()["address"]


def test_all_of_it_is_signed_and_good_for_every_reader(desk, judge):
    logo = logo_of(desk)
    introduced(desk, logo=logo)
    document = desk.document(desk.award(desk.achievement()))
    issuer = document.json()["issuer"]
    assert {name: issuer[name] for name in SIGNED} == SIGNED
    assert issuer["image"] == {"id": logo, "type": "Image"}
    assert "endorsement" not in issuer
    assert judge(document.content).verdict is Verdict.GENUINE_AND_CURRENT


def test_all_of_it_keeps_to_the_published_schema(desk, shared):
    introduced(desk, logo=logo_of(desk))
    published = jsonschema_rs.validator_for(json.loads((shared / "schemas" / SCHEMA).read_text(encoding="utf-8")))
    document = desk.document(desk.award(desk.achievement())).json()
    # Theirs knows one status, ours and the data model of the W3C several (docs/divergences.md).
    document["credentialStatus"] = document["credentialStatus"][0]
    assert [str(each) for each in published.iter_errors(document)] == []


def test_what_was_signed_before_stays_as_it_was(desk):
    course = desk.achievement()
    award = desk.award(course)
    before = desk.document(award).content
    introduced(desk, logo=logo_of(desk))
    assert desk.document(award).content == before
    again = desk.client.post(
        f"{desk.credential(award)}/reissue",
        json={"achievement": course["id"], "learnerName": "Jonah Hadley", "identifier": "R-1017"},
        headers={"Idempotency-Key": "again"},
    )
    assert again.status_code == 201, again.text
    assert desk.document(award).json()["issuer"]["phone"] == WHOLE["phone"]


def test_everybody_reads_the_same(desk, stranger):
    logo = logo_of(desk)
    introduced(desk, logo=logo)
    found = stranger.get(PUBLIC, headers={"Accept": "application/json"}).json()
    assert {name: found[name] for name in SIGNED} == SIGNED
    page = stranger.get(PUBLIC, headers={"Accept": "text/html"}).text
    for text in (
        "Maple Cooperative, Inc.",
        "+1 515 555 0142",
        "Rosa Alvarez",
        "Prairie District",
        "NCES number",
        "1900123",
    ):
        assert text in page
    assert "Accreditation, as the organisation states it" in page
    assert "since 1 July 2024" in page
    assert "until 1 January 2020</li>" not in page
    assert "not today" in page
    assert f'src="{logo.removeprefix("http://localhost:8001")}"' in page


def test_a_change_by_a_program_is_read_back_whole(desk):
    found = introduced(desk, logo=logo_of(desk))
    assert {name: found[name] for name in WHOLE if name != "accreditations"} == {
        name: value for name, value in WHOLE.items() if name != "accreditations"
    }
    again = desk.client.get(desk.base).json()
    assert again["accreditations"] == found["accreditations"]
    assert again["accreditations"][1] == {
        "bodyName": "Old Board",
        "bodyId": "",
        "state": "candidate",
        "since": "",
        "until": "2020-01-01",
        "documentUrl": "",
    }
    sent = {name: value for name, value in again.items() if name not in {"slug", "did", "role"}}
    assert desk.client.put(desk.base, json=sent).json() | {"role": "owner"} == again


BAD = [
    ({"phone": "call us"}, "phone"),
    ({"parent": {"id": "", "name": "District"}}, "parent/id"),
    ({"parent": {"id": "district"}}, "parent/id"),
    ({"parent": {"id": "javascript:alert(1)"}}, "parent/id"),
    ({"parent": {"id": "did:web:localhost%3A8001:orgs:maple-co-op"}}, "parent/id"),
    ({"parent": {"id": "http://localhost:8001/orgs/maple-co-op"}}, "parent/id"),
    ({"logo": "javascript:alert(1)"}, "logo"),
    ({"otherIdentifiers": [{"identifierType": "ncesId", "identifier": "1"}]}, "otherIdentifiers/0/identifierType"),
    ({"otherIdentifiers": [{"identifierType": "ext:ceeb", "identifier": ""}]}, "otherIdentifiers/0/identifier"),
    (
        {"otherIdentifiers": [{"identifierType": "ext:statedAccreditation", "identifier": "x"}]},
        "otherIdentifiers/0/identifierType",
    ),
    ({"otherIdentifiers": [{"identifierType": "ext:ceeb", "identifier": "1"}] * 21}, "otherIdentifiers"),
    ({"accreditations": [{"bodyName": "", "state": "accredited"}]}, "accreditations/0/bodyName"),
    ({"accreditations": [{"bodyName": "M", "state": "famous"}]}, "accreditations/0/state"),
    ({"accreditations": [{"bodyName": "M", "state": "accredited", "since": "2024"}]}, "accreditations/0/since"),
    ({"accreditations": [{"bodyName": "M", "state": "accredited", "since": "2024-02-30"}]}, "accreditations/0/since"),
    (
        {"accreditations": [{"bodyName": "M", "state": "accredited", "since": "2025-01-01", "until": "2024-01-01"}]},
        "accreditations/0/until",
    ),
    (
        {"accreditations": [{"bodyName": "M", "state": "accredited", "documentUrl": "x"}]},
        "accreditations/0/documentUrl",
    ),
]
"""What is wrong, and the place that is named."""


def test_what_cannot_be_used_is_named_and_nothing_is_changed(desk):
    before = desk.client.get(desk.base).json()
    for members, place in BAD:
        answer = desk.client.put(desk.base, json={**WHOLE, **members})
        assert (answer.status_code, answer.json().get("field")) == (422, place), (members, answer.text)
    assert desk.client.get(desk.base).json() == before


def test_a_person_fills_it_in_without_a_script(send, see, desk):
    fields = fields_of(see(PAGE)) | {"phone": "+1 515 555 0142"}
    fields = fields_of(send(PAGE, {**fields, "do": "add:otherIdentifiers"}, status=200))
    assert fields["phone"] == "+1 515 555 0142"
    fields |= {"otherIdentifiers/0/identifier": "160455", "otherIdentifiers/0/identifierType": "ext:ceeb"}
    page = send(PAGE, {**fields, "do": "add:accreditations"}, status=200)
    fields = fields_of(page)
    assert fields["otherIdentifiers/0/identifierType"] == "ext:ceeb"
    assert "remove:otherIdentifiers/0" in buttons_of(page)
    fields |= {"accreditations/0/bodyName": "Midlands", "accreditations/0/state": "accredited"}
    page = send(PAGE, {**fields, "accreditations/0/since": "soon"}, status=422)
    assert "This is not a date." in page
    assert fields_of(page)["accreditations/0/bodyName"] == "Midlands"
    assert desk.client.get(desk.base).json()["accreditations"] == []
    send(PAGE, {**fields, "accreditations/0/since": "2024-07-01"})
    found = desk.client.get(desk.base).json()
    assert (found["phone"], found["url"]) == ("+1 515 555 0142", "https://maple.example.org/")
    assert found["otherIdentifiers"] == [{"identifierType": "ext:ceeb", "identifier": "160455"}]
    assert found["accreditations"][0]["since"] == "2024-07-01"


def test_the_form_shows_what_is_there_and_saves_it_unchanged(send, see, desk):
    introduced(desk, logo=logo_of(desk))
    before = desk.client.get(desk.base).json()
    page = see(f"{PAGE}?lang=es")
    assert "Acreditación" in page
    assert 'class="own-picture"' in page
    send(PAGE, {name: value for name, value in fields_of(page).items() if name != "picture"})
    see(f"{PAGE}?lang=en")
    assert desk.client.get(desk.base).json() == before


@pytest.mark.parametrize("place", ["creator", "related", "criteria", "evidence"])
def test_the_parent_may_be_named_elsewhere_in_an_award(desk, judge, place):
    parent = {"id": "https://district.example/", "name": "Prairie District"}
    introduced(desk, parent=parent)
    members = {
        "creator": {
            "creator": {"id": parent["id"], "name": "District of the prairie", "url": "https://district.example/us"}
        },
        "related": {"related": [{"id": parent["id"]}]},
        "criteria": {"criteriaUrl": parent["id"]},
    }.get(place, {})
    evidence = {"evidence": [{"url": parent["id"], "name": "Essay"}]} if place == "evidence" else {}
    document = desk.document(desk.award(desk.achievement(**members), **evidence))
    wanted = {"id": parent["id"], "type": ["Profile"]} if place == "creator" else None
    assert document.json()["issuer"].get("parentOrg") == wanted
    assert judge(document.content).verdict is Verdict.GENUINE_AND_CURRENT


def test_the_logo_may_be_the_picture_of_an_achievement_too(desk, judge):
    logo = logo_of(desk)
    introduced(desk, logo=logo)
    document = desk.document(desk.award(desk.achievement(image=logo, imageCaption="A maple leaf")))
    assert document.json()["issuer"]["image"]["id"] == logo
    assert judge(document.content).verdict is Verdict.GENUINE_AND_CURRENT


def test_one_vouches_for_the_organisation_one_belongs_to(desk):
    introduced(desk)
    answer = desk.client.post(
        f"{desk.base}/endorsements",
        json={
            "targetKind": "organisation",
            "targetId": "did:web:district.example",
            "targetName": "Prairie District",
            "comment": "We know its work.",
        },
        headers={"Idempotency-Key": "1"},
    )
    assert answer.status_code == 201, answer.text
    document = desk.client.get(f"{desk.base}/endorsements/{answer.json()['id']}/document").json()
    assert "parentOrg" not in document["issuer"]
    assert document["issuer"]["phone"] == WHOLE["phone"]


def test_an_accreditation_holds_on_its_first_and_its_last_day():
    found = Accreditation(
        body_name="M", body_id="", state="accredited", since="2024-07-01", until="2029-06-30", document_url=""
    )
    days = [date(2024, 6, 30), date(2024, 7, 1), date(2029, 6, 30), date(2029, 7, 1)]
    assert [found.holds(day) for day in days] == [False, True, True, False]
