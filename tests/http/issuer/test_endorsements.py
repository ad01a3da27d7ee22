"""Vouching for others: signed once, for everybody to read but where a learner is concerned, withdrawn, never for oneself."""

import json
import secrets
from datetime import timedelta

import jsonschema_rs
import pytest

from issuer.store import tables
from issuer.store.tables import EndorsementRow, StatusEntryRow
from kit import audit
from kit.errors import Unavailable
from tests.http.issuer.conftest import ORIGIN, Browser, Desk
from vc.checks import DocumentKind, Verdict

HTML = {"Accept": "text/html"}
ROSA = {
    "targetKind": "organisation",
    "targetId": "did:web:localhost%3A8001:orgs:alvarez",
    "targetName": "Alvarez Writing",
    "comment": "Three of our families learned to write there.",
}


def give(desk, *, key=None, **changes):
    return desk.client.post(
        f"{desk.base}/endorsements", json=ROSA | changes, headers={"Idempotency-Key": key or secrets.token_hex(8)}
    )


def given(desk, **changes):
    answer = give(desk, **changes)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"].removeprefix("urn:uuid:")


def document(desk, number):
    return desk.client.get(f"{desk.base}/endorsements/{number}/document")


def count(services, table):
    with services.context.database.reading() as session:
        return session.query(table).count()


def test_an_endorsement_is_signed_with_a_status_and_verifies(desk, judge):
    found = document(desk, given(desk, validUntil="2027-06-30"))
    value = found.json()
    assert value["credentialSubject"] == {
        "id": ROSA["targetId"],
        "type": ["EndorsementSubject"],
        "endorsementComment": ROSA["comment"],
    }
    assert value["issuer"]["id"] == "did:web:localhost%3A8001:orgs:maple-co-op"
    assert value["validUntil"] == "2027-06-30T23:59:59Z"
    assert {entry["statusPurpose"] for entry in value["credentialStatus"]} == {"revocation", "message"}
    report = judge(found.content)
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert report.document_kind is DocumentKind.ENDORSEMENT_CREDENTIAL


@pytest.mark.shared
def test_it_follows_the_published_schema(desk, shared):
    path = shared / "schemas/ob-v3p0/json-published-2026/ob_v3p0_endorsementcredential_schema.json"
    schema = jsonschema_rs.Draft201909Validator(json.loads(path.read_text()), validate_formats=True)
    value = document(desk, given(desk)).json()
    # several statuses are the data model's, not yet the published schema's
    assert schema.is_valid(value | {"credentialStatus": value["credentialStatus"][0]})


def test_the_same_request_vouches_once(desk, services):
    first = give(desk, key="k-1")
    again = give(desk, key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true"
    assert give(desk, key="k-1", comment="Something else.").status_code == 422
    assert count(services, EndorsementRow) == 1
    listed = desk.client.get(f"{desk.base}/endorsements").json()
    assert (listed["total"], listed["items"][0]["targetName"]) == (1, "Alvarez Writing")


@pytest.mark.parametrize(
    "spelled",
    [
        "did:web:localhost%3A8001:orgs:maple-co-op",
        "did:web:LOCALHOST%3A8001:orgs:maple-co-op",
        "did:web:localhost%3a8001:orgs:maple-co-op",
        "did:web:localhost%3A8001:orgs:maple%2Dco-op",
        f"{ORIGIN}/orgs/maple-co-op",
    ],
)
def test_F13_nobody_vouches_for_himself(desk, services, spelled):
    answer = give(desk, targetId=spelled)
    assert answer.status_code == 422
    assert answer.json()["field"] == "targetId"
    assert count(services, EndorsementRow) == count(services, StatusEntryRow) == 0


def test_F13_nor_for_what_he_offers_or_awarded(desk, course, services):
    award = desk.award(course)
    taken = count(services, StatusEntryRow)
    mine = [course["iri"], course["iri"].replace("localhost", "LOCALHOST"), course["iri"].replace("maple", "%6Daple")]
    for kind, own in [*(("achievement", each) for each in mine), ("credential", award["id"])]:
        answer = give(desk, targetKind=kind, targetId=own)
        assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (422, "self-endorsement"), own
    assert count(services, StatusEntryRow) == taken


def test_what_another_offers_can_be_vouched_for(desk, other_desk, judge):
    offered = other_desk.achievement()
    number = given(desk, targetKind="achievement", targetId=offered["iri"], targetName=offered["name"])
    assert judge(document(desk, number).content).verdict is Verdict.GENUINE_AND_CURRENT


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"targetKind": "person"}, "targetKind"),
        ({"targetId": "alvarez"}, "targetId"),
        ({"targetId": "did:web:rosa.example#key"}, "targetId"),
        ({"targetId": "did:web:rosa.example/praise?x"}, "targetId"),
        ({"targetId": f"{ORIGIN}/orgs/nobody-here"}, "targetId"),
        ({"targetKind": "achievement", "targetId": "javascript:alert(1)"}, "targetId"),
        ({"targetName": " "}, "targetName"),
        ({"comment": ""}, "comment"),
        ({"comment": "\u202eevil"}, "comment"),
        ({"validUntil": "2026-11-01"}, "validUntil"),
        ({"validUntil": "soon"}, "validUntil"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_kept(desk, services, changes, field):
    answer = give(desk, **changes)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert count(services, EndorsementRow) == count(services, StatusEntryRow) == 0


def test_withdrawing_shows_at_once_and_happens_once(desk, services, judge, clock):
    number = given(desk)
    body = document(desk, number).content
    for _time in range(2):
        answer = desk.client.post(f"{desk.base}/endorsements/{number}/revocation", json={"reason": "replaced"})
        assert (answer.status_code, answer.json()["state"]) == (200, "revoked")
    clock.advance(timedelta(seconds=2))
    assert judge(body).verdict is Verdict.WITHDRAWN
    with services.context.database.reading() as session:
        assert audit.verify_chain(session, tables.AUDIT) is None
        acts = [row.action for row in session.execute(tables.AUDIT.select().order_by(tables.AUDIT.c.sequence))]
    assert (acts.count("credential.endorse"), acts.count("endorsement.withdraw")) == (1, 1)
    refused = desk.client.post(f"{desk.base}/endorsements/{number}/revocation", json={"reason": "wrongPerson"})
    assert refused.status_code == 422


def test_everybody_reads_a_page_or_the_signed_bytes_at_one_address(desk, stranger):
    number = given(desk)
    path = f"/orgs/maple-co-op/endorsements/{number}"
    signed = stranger.get(path, headers={"Accept": "*/*"})
    assert (signed.headers["content-type"], signed.content) == ("application/vc", document(desk, number).content)
    assert stranger.get(path, headers={"If-None-Match": signed.headers["etag"]}).status_code == 304
    page = stranger.get(path, headers=HTML)
    assert page.headers["content-type"].startswith("text/html")
    assert ROSA["comment"] in page.text
    assert "Maple Co-op lo avala." in stranger.get(path, headers=HTML | {"Accept-Language": "es"}).text
    assert stranger.get(f"/orgs/alvarez/endorsements/{number}").status_code == 404
    assert stranger.get(f"/orgs/nobody/endorsements/{number}").status_code == 404


def test_of_a_learners_award_nothing_is_public(desk, other_desk, stranger, judge):
    theirs = other_desk.award(other_desk.achievement())
    number = given(desk, targetKind="credential", targetId=theirs["id"], targetName="Algebra I")
    assert judge(document(desk, number).content).verdict is Verdict.GENUINE_AND_CURRENT
    for headers in (HTML, {"Accept": "application/json"}):
        assert stranger.get(f"/orgs/maple-co-op/endorsements/{number}", headers=headers).status_code == 404
    assert desk.client.get(f"{desk.base}/endorsements/{number}").json()["address"] is None


def test_an_endorsement_is_not_among_the_awards(desk):
    number = given(desk)
    assert desk.client.get(f"{desk.base}/credentials").json()["total"] == 0
    assert desk.client.get(f"{desk.base}/credentials/{number}").status_code == 404
    assert (
        desk.client.post(f"{desk.base}/credentials/{number}/revocation", json={"reason": "replaced"}).status_code == 404
    )


def test_the_endorsements_of_others_are_not_there(desk, other_desk):
    number = given(desk)
    for path in ("", "/document"):
        assert other_desk.client.get(f"{other_desk.base}/endorsements/{number}{path}").status_code == 404
    answer = other_desk.client.post(f"{other_desk.base}/endorsements/{number}/revocation", json={"reason": "replaced"})
    assert answer.status_code == 404


def test_what_a_crash_left_behind_is_signed_to_the_same_bytes(desk, services, monkeypatch, judge):
    def die(*_args, **_kwargs):
        raise Unavailable

    with monkeypatch.context() as patched:
        patched.setattr(services.issuance, "finish", die)
        assert give(desk, key="k-1").status_code == 503
    assert desk.client.get(f"{desk.base}/endorsements").json()["total"] == 0
    assert services.many.recover(limit=None) == 1
    answer = give(desk, key="k-1")
    assert answer.headers["idempotency-replayed"] == "true"
    number = answer.json()["id"].removeprefix("urn:uuid:")
    assert judge(document(desk, number).content).verdict is Verdict.GENUINE_AND_CURRENT


def test_a_person_vouches_and_withdraws(browser, desk):
    base = "/organisations/maple-co-op/endorsements"
    assert "Nobody vouched for yet" in browser.get(base).text
    browser.get(f"{base}/new")
    bad = browser.submit(f"{base}/new", **(ROSA | {"targetId": "alvarez"}))
    assert bad.status_code == 422
    assert ROSA["comment"] in bad.text
    browser.submit(f"{base}/new", **ROSA)
    page = browser.follow()
    assert "Maple Co-op vouches for this." in page.text
    path = str(page.url.path)
    assert browser.client.get(f"{path}/file").headers["content-disposition"].endswith('"endorsement.json"')
    browser.get(f"{path}/withdraw")
    assert browser.submit(f"{path}/withdraw").status_code == 422
    browser.submit(f"{path}/withdraw", reason="notStated")
    assert "has withdrawn it" in browser.follow().text
    assert "Withdrawn" in browser.get(base).text


def test_an_instructor_looks_and_signs_nothing(app, services, desk):
    link = desk.client.post(f"{desk.base}/invitations", json={"role": "instructor", "label": "Wren"}).json()["url"]
    services.people.join(link.rpartition("/")[2], login="wren", password="four words in a row", name="Wren")
    theirs = Desk(app, "wren", desk.slug)
    assert give(theirs).status_code == 403
    assert theirs.client.get(f"{theirs.base}/endorsements").status_code == 200
    assert Browser(app, "wren").get("/organisations/maple-co-op/endorsements/new").status_code == 403
