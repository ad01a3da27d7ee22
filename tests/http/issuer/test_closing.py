"""Closing: nothing is awarded any more, what was awarded stays checkable, and within a day it can be taken back."""

import hashlib
import io
import json
import zipfile
from base64 import b64encode
from datetime import timedelta

import pytest

from kit.errors import Conflict
from tests.awarding import drive
from tests.http.issuer.conftest import ORIGIN, Wallet, bits_of
from tests.http.issuer.matrix.awarding import sheet
from tests.http.issuer.test_endorsements import HTML, given
from tests.http.issuer.test_vc_api import unsigned
from vc.checks import Verdict

WANTED = {
    "slug": "maple-co-op",
    "successorName": "Cedar Bend District",
    "successorUrl": "https://cedar.example.org/archive",
    "successorId": "did:web:cedar.example.org",
    "words": "Thank you for nine good years.",
}


def close(desk, *, key="close-1", **changes):
    return desk.client.post(f"{desk.base}/closing", json={**WANTED, **changes}, headers={"Idempotency-Key": key})


def closed(desk, **changes):
    answer = close(desk, **changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


def snapshot(stranger):
    answer = stranger.get("/orgs/maple-co-op/closed")
    assert answer.status_code == 200, answer.text
    return answer


def test_the_snapshot_is_genuine_and_has_the_digest_of_everything_that_a_verifier_asks_for(
    desk, course, stranger, judge
):
    award = desk.award(course)
    closed(desk)
    body = snapshot(stranger)
    assert body.headers["content-type"] == "application/vc"
    assert judge(body.content).verdict is Verdict.GENUINE_AND_CURRENT
    document = body.json()
    own, custodian = document["credentialSubject"]
    assert own["id"] == document["issuer"]["id"] == "did:web:localhost%3A8001:orgs:maple-co-op"
    assert custodian == {"id": WANTED["successorId"], "type": ["Profile"], "name": WANTED["successorName"], "url": WANTED["successorUrl"]}  # fmt: skip
    assert document["description"] == WANTED["words"]
    with zipfile.ZipFile(io.BytesIO(stranger.get("/orgs/maple-co-op/closed.zip").content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert files.pop("closing.json") == body.content
    assert set(files) == {"did.json", "keys/key-1.json", "status/1.json", "status/2.json"}
    named = {each["digestSRI"]: each["id"] for each in document["relatedResource"]}
    for name, data in files.items():
        address = named.pop("sha256-" + b64encode(hashlib.sha256(data).digest()).decode())
        assert address == f"{ORIGIN}/orgs/maple-co-op/" + (name if name == "did.json" else name.removesuffix(".json"))
        if not name.startswith("status"):
            assert stranger.get(address.removeprefix(ORIGIN)).content == data
    assert named == {}
    asked = {entry["statusListCredential"] for entry in desk.document(award).json()["credentialStatus"]}
    assert asked <= {each["id"] for each in document["relatedResource"]}
    assert json.loads(files["status/1.json"])["validUntil"] == "2036-11-23T09:00:00Z"


def test_everybody_is_told_on_every_public_page(desk, course, stranger):
    number = given(desk)
    closed(desk)
    places = ("", f"/achievements/{course['id']}", f"/endorsements/{number}", "/catalogue", "/status/1")
    for path in places:
        page = stranger.get(f"/orgs/maple-co-op{path}", headers=HTML).text
        assert "awards nothing any more" in page, path
    page = stranger.get("/orgs/maple-co-op/closed", headers=HTML | {"Accept-Language": "es"}).text
    assert "Cedar Bend District" in page
    assert "Thank you for nine good years." in page
    service = stranger.get("/orgs/maple-co-op/did.json").json()["service"]
    assert service == [
        {
            "id": "did:web:localhost%3A8001:orgs:maple-co-op#closed",
            "type": "ClosingSnapshot",
            "serviceEndpoint": f"{ORIGIN}/orgs/maple-co-op/closed",
        }
    ]


def test_nothing_is_awarded_any_more_by_any_road(desk, course, stranger, browser, wallet):
    sheet_id = desk.client.post(
        f"{desk.base}/sheets",
        json=sheet({"achievement": course["id"]}),
        headers={"Idempotency-Key": "sheet-1"},
    ).json()["id"]
    award = desk.award(course)
    kept = desk.award(course)
    assert wallet.claim(stranger, kept["claim"]["url"]).status_code == 200
    again = desk.post_award(course, key="again-1")
    closed(desk)
    key = {"Idempotency-Key": "later"}
    told = [
        desk.post_award(course),
        desk.client.post(f"{desk.base}/sheets", json=sheet({"achievement": course["id"]}), headers=key),
        desk.client.post(f"{desk.base}/sheets/{sheet_id}/issue", json={}, headers=key),
        desk.client.post("/credentials/issue", json={"credential": unsigned(course)}, headers=key),
        desk.client.post(f"{desk.base}/endorsements", json={"targetKind": "organisation", "targetName": "R", "targetId": "did:web:rosa.example", "comment": "Good."}, headers=key),
        desk.client.post(f"{desk.credential(kept)}/release", json={}, headers=key),
    ]  # fmt: skip
    for answer in told:
        assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (409, "organisation-closed"), (
            answer.text
        )
    assert desk.post_award(course, key="again-1").content == again.content
    base = "/organisations/maple-co-op"
    for path in ("/award", f"/award/{course['id']}", "/sheets/new", "/endorsements/new"):
        page = browser.get(f"{base}{path}")
        assert (page.status_code, "has closed and awards nothing" in page.text) == (409, True), path
    assert f"{base}/award" not in browser.get(base).text
    assert desk.revoke(award).status_code == 200
    assert desk.client.get(f"{desk.base}/closing").json()["awards"] == 2


def test_withdrawing_and_claiming_go_on_and_the_next_snapshot_knows(desk, course, stranger, clock, judge):
    first, second = desk.award(course), desk.award(course)
    closed(desk)
    before = snapshot(stranger).content
    assert Wallet().claim(stranger, second["claim"]["url"]).status_code == 200
    clock.advance(timedelta(hours=5))
    assert desk.revoke(first).status_code == 200
    assert len(bits_of(stranger.get("/orgs/maple-co-op/status/1").content)) == 1
    assert snapshot(stranger).content == before
    assert desk.client.get(f"{desk.base}/closing").json()["closed"]["withdrawnSince"] == 1
    path = f"{desk.base}/closing/renewal"
    answer = desk.client.post(path, json={}, headers={"Idempotency-Key": "anew"})
    assert answer.status_code == 201, answer.text
    assert desk.client.post(path, headers={"Idempotency-Key": "anew"}).content == answer.content
    assert desk.client.post(path, headers={"Idempotency-Key": "too-soon"}).status_code == 409
    after = snapshot(stranger)
    assert judge(after.content).verdict is Verdict.GENUINE_AND_CURRENT
    assert (after.json()["id"], after.json()["awardedDate"]) == (json.loads(before)["id"], "2026-11-23T09:00:00Z")
    assert after.json()["validFrom"] == "2026-11-23T14:00:00Z"
    with zipfile.ZipFile(io.BytesIO(stranger.get("/orgs/maple-co-op/closed.zip").content)) as archive:
        assert len(bits_of(archive.read("status/1.json"))) == 1
        assert archive.read("closing.json") == after.content
    assert desk.client.get(f"{desk.base}/closing").json()["closed"]["withdrawnSince"] == 0


def test_it_opens_again_within_a_day_and_not_later(desk, services, stranger, clock, judge):
    closed(desk)
    old = snapshot(stranger).content
    clock.advance(timedelta(hours=5))
    assert desk.client.delete(f"{desk.base}/closing").status_code == 204
    assert stranger.get("/orgs/maple-co-op/closed").status_code == 404
    assert stranger.get("/orgs/maple-co-op/closed.zip").status_code == 404
    assert "service" not in stranger.get("/orgs/maple-co-op/did.json").json()
    assert "awards nothing" not in stranger.get("/orgs/maple-co-op", headers=HTML).text
    assert judge(old).verdict is Verdict.WITHDRAWN
    desk.award(desk.achievement())
    assert close(desk, key="close-2").status_code == 201
    clock.advance(timedelta(days=1))
    with pytest.raises(Conflict, match="more than a day ago"):
        services.closing.reopen(services.organisations.operate("maple-co-op"))
    assert stranger.get("/orgs/maple-co-op/closed").status_code == 200


def test_P12_R10_what_cannot_be_used_or_signed_closes_nothing(desk, settings):
    for field, value in [
        ("slug", "maple"),
        ("successorName", " "),
        ("successorUrl", "cedar"),
        ("successorId", "cedar"),
        ("successorId", "did:web:localhost%3A8001:orgs:maple-co-op"),
        ("words", "x" * 2001),
    ]:
        answer = close(desk, **{field: value})
        assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert desk.client.delete(f"{desk.base}/closing").status_code == 409
    settings.key_file.rename(settings.key_file.with_suffix(".away"))
    assert close(desk).status_code == 503
    settings.key_file.with_suffix(".away").rename(settings.key_file)
    assert desk.client.get(f"{desk.base}/closing").json()["closed"] is None


def test_a_sheet_that_is_not_over_comes_first(desk, course, services):
    key = {"Idempotency-Key": "sheet-1"}
    made = desk.client.post(f"{desk.base}/sheets", json=sheet({"achievement": course["id"]}), headers=key).json()["id"]
    job = desk.client.post(f"{desk.base}/sheets/{made}/issue", json={}, headers=key).json()["id"]
    told = desk.client.get(f"{desk.base}/closing").json()
    assert told["unfinishedJobs"] == 1
    refused = close(desk)
    assert (refused.status_code, refused.json()["type"].rpartition("#")[2]) == (409, "unfinished-jobs")
    drive(services, job)
    assert desk.client.post(f"{desk.base}/jobs/{job}/release", json={}).status_code == 200
    closed(desk)


def test_a_crash_before_the_signature_is_finished_by_the_same_request(desk, services, stranger, monkeypatch):
    def crash(_intent):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(services.issuance, "finish", crash)
        assert close(desk).status_code == 500
    assert stranger.get("/orgs/maple-co-op/closed").status_code == 404
    assert desk.client.get(f"{desk.base}/closing").json()["closed"]["snapshot"] is None
    assert desk.client.delete(f"{desk.base}/closing").status_code == 409
    assert services.many.recover(limit=None) == 1
    assert snapshot(stranger).json()["description"] == WANTED["words"]
    assert close(desk).json()["id"] == snapshot(stranger).json()["id"]
    assert close(desk, key="another").status_code == 409
    assert services.organisations.audit_broken_at() is None


def test_a_person_closes_and_opens_again(browser, desk, course, stranger):
    desk.award(course)
    path = "/organisations/maple-co-op/close"
    assert "Not claimed yet" in browser.get(path).text
    refused = browser.submit(path, **{**WANTED, "slug": "no"})
    assert (refused.status_code, "so that nobody closes it by mistake" in refused.text) == (422, True)
    browser.submit(path, **WANTED)
    page = browser.follow()
    assert "Hand it over" in page.text
    assert browser.submit(f"{path}/renew").status_code == 409
    browser.get(path)
    browser.submit(f"{path}/reopen")
    assert "It is open again" in browser.follow().text
    assert stranger.get("/orgs/maple-co-op/closed", headers=HTML).status_code == 404
