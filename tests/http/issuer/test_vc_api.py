"""The issuer's part of the VC-API: an award by another road, for the people of the organisation alone."""

import copy
import json
import logging
from datetime import timedelta

import pytest

from tests.http.issuer.conftest import bits_of
from vc.checks import Verdict

ISSUE, STATUS = "/credentials/issue", "/credentials/status"
DID = "did:web:localhost%3A8001:orgs:maple-co-op"
IDENTIFIER = {"type": "IdentityObject", "hashed": False, "identityHash": "R-1017", "identityType": "identifier"}
NAME = {"type": "IdentityObject", "hashed": False, "identityHash": "Jonah Hadley", "identityType": "name"}


def unsigned(course, subject=None, **members):
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": DID,
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [IDENTIFIER],
            "achievement": {"id": course["iri"]},
            "result": [{"type": ["Result"], "value": "A-"}],
            **(subject or {}),
        },
        **members,
    }  # fmt: skip


def issue(client, credential, *, key="k-1", **options):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(ISSUE, json={"credential": credential, "options": options}, headers=headers)


def withdraw(client, credential_id, **members):
    body = {"credentialId": credential_id, "credentialStatus": {"type": "BitstringStatusListEntry"}, "status": True}
    return client.post(STATUS, json={**body, **members})


def test_what_is_issued_is_genuine_and_an_award_of_the_organisation(desk, course, judge):
    answer = issue(desk.client, unsigned(course, awardedDate="2026-11-20"), learnerName="Jonah Hadley")
    assert answer.status_code == 201, answer.text
    made = answer.json()["verifiableCredential"]
    assert judge(json.dumps(made).encode()).verdict is Verdict.GENUINE_AND_CURRENT
    assert made["issuer"]["id"] == DID
    assert made["credentialStatus"]
    assert made["credentialSubject"]["identifier"][0]["hashed"] is True
    assert "R-1017" not in json.dumps(made)
    award = answer.json()["award"]
    assert award["claim"]["url"]
    assert desk.client.get(desk.credential(award)).json()["learnerName"] == "Jonah Hadley"
    assert desk.document(award).json() == made


def test_everything_that_can_be_said_is_in_the_credential(desk, course):
    subject = {
        "identifier": [NAME, IDENTIFIER], "creditsEarned": 1.0, "term": "Fall 2026", "role": "Learner",
        "narrative": "Steady.", "activityStartDate": "2026-09-01", "activityEndDate": "2026-11-01T00:00:00Z",
    }  # fmt: skip
    evidence = [{"type": ["Evidence"], "id": "https://work.example/1", "name": "Essay"}]
    answer = issue(
        desk.client,
        unsigned(course, subject, evidence=evidence, name="Algebra I", validUntil="2030-01-01T00:00:00Z"),
    )
    made = answer.json()["verifiableCredential"]
    found = made["credentialSubject"]
    assert NAME in found["identifier"]
    assert (found["creditsEarned"], found["term"], found["narrative"]) == (1, "Fall 2026", "Steady.")
    assert found["activityStartDate"].startswith("2026-09-01")
    assert made["evidence"] == evidence
    assert made["validUntil"] == "2030-01-01T00:00:00Z"


def test_for_a_key_that_is_known_there_is_nothing_to_claim(desk, course, wallet, judge):
    subject = {"id": wallet.did}
    credential = unsigned(course, subject)
    del credential["credentialSubject"]["identifier"]
    answer = issue(desk.client, credential)
    assert answer.status_code == 201, answer.text
    made, award = answer.json()["verifiableCredential"], answer.json()["award"]
    assert made["credentialSubject"]["id"] == wallet.did
    assert judge(json.dumps(made).encode()).verdict is Verdict.GENUINE_AND_CURRENT
    assert "claim" not in award
    shown = desk.client.get(desk.credential(award)).json()
    assert (shown["state"], shown["holder"]) == ("claimed", wallet.did)
    assert desk.client.post(f"{desk.credential(award)}/claim").status_code == 409
    assert desk.revoke(award).json()["state"] == "revoked"


def test_the_same_key_is_the_same_credential(desk, course, wallet):
    first, second = (issue(desk.client, unsigned(course)) for _time in range(2))
    assert first.content == second.content
    assert second.headers["Idempotency-Replayed"] == "true"
    assert desk.client.get(f"{desk.base}/credentials").json()["total"] == 1
    assert issue(desk.client, unsigned(course, {"id": wallet.did})).json()["type"].endswith("#idempotency-key-reused")
    assert issue(desk.client, unsigned(course), key="").json()["field"] == "Idempotency-Key"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"id": "urn:uuid:00000000-0000-4000-8000-000000000000"}, "/credential/id"),
        ({"proof": {}}, "/credential/proof"),
        ({"credentialStatus": {"type": "BitstringStatusListEntry"}}, "/credential/credentialStatus"),
        ({"termsOfUse": {"type": "X"}}, "/credential/termsOfUse"),
        ({"issuer": "did:web:harvard.example"}, "/credential/issuer"),
        ({"issuer": {"id": DID, "name": "Harvard"}}, "/credential/issuer"),
        ({"name": "Doctor of Medicine"}, "/credential/name"),
        ({"type": ["VerifiableCredential", "ClrCredential"]}, "/credential/type"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2", "https://evil.example"]}, "/credential/@context"),
        ({"validFrom": "2090-01-01T00:00:00Z"}, "validFrom"),
        ({"validUntil": "soon"}, "validUntil"),
        ({"evidence": [{"id": "javascript:alert(1)"}]}, "evidence/0/url"),
    ],
    ids=range(12),
)
def test_L13_what_the_organisation_decides_or_an_award_cannot_say_is_refused(desk, course, change, place):
    answer = issue(desk.client, {**unsigned(course), **change})
    assert answer.status_code == 422, answer.text
    said = answer.json()
    assert (said.get("pointer") or said["field"]).startswith(place)
    assert desk.client.get(f"{desk.base}/credentials").json()["total"] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"id": "did:web:learner.example"},
        {"id": "did:key:z6Mkxx"},
        {"identifier": []},
        {"identifier": [NAME]},
        {"identifier": [IDENTIFIER, IDENTIFIER]},
        {"identifier": [{**IDENTIFIER, "hashed": True}]},
        {"identifier": [{**IDENTIFIER, "salt": "aa"}]},
        {"result": [{"value": "Z"}]},
        {"result": [{"value": "A-", "status": "Completed"}]},
        {"result": [{"type": ["Mark"], "value": "A-"}]},
        {"activityStartDate": "2026-09-01T10:30:00Z"},
        {"creditsEarned": True},
        {"source": {"id": "https://other.example"}},
        {"achievement": {"id": "x", "name": "Doctor of Medicine"}},
    ],
    ids=range(14),
)
def test_a_subject_that_is_no_award_is_refused(desk, course, change):
    credential = unsigned(course, copy.deepcopy(change))
    if "achievement" in change:
        credential["credentialSubject"]["achievement"]["id"] = course["iri"]
    answer = issue(desk.client, credential)
    assert answer.status_code == 422, answer.text
    assert answer.json().get("pointer") or answer.json()["field"]


def test_an_achievement_may_be_sent_as_it_is_published(desk, course, stranger):
    published = stranger.get(course["iri"].removeprefix("http://localhost:8001")).json()
    published.pop("@context")
    assert issue(desk.client, unsigned(course, {"achievement": published})).status_code == 201


def test_O4_nobody_issues_for_an_organisation_where_they_do_not_work(desk, other_desk, course, stranger):
    assert issue(stranger, unsigned(course)).status_code == 401
    assert issue(other_desk.client, unsigned(course)).status_code == 404
    own = {**unsigned(other_desk.achievement()), "issuer": DID}
    assert issue(other_desk.client, own).status_code == 422, "one's own achievement in another's name"
    for achievement_id in ("", "x", f"{course['iri']}/x", course["iri"].replace("maple-co-op", "no-such")):
        assert issue(desk.client, unsigned(course, {"achievement": {"id": achievement_id}})).status_code == 404
    assert desk.client.get(f"{desk.base}/credentials").json()["total"] == 0


def test_O4_nobody_withdraws_what_another_organisation_awarded(desk, other_desk, course, stranger):
    award = desk.award(course)
    assert withdraw(stranger, award["id"]).status_code == 401
    refused, unknown = withdraw(other_desk.client, award["id"]), withdraw(other_desk.client, "urn:uuid:x")
    assert refused.status_code == unknown.status_code == 404
    assert refused.json()["detail"] == unknown.json()["detail"]
    assert desk.client.get(desk.credential(award)).json()["state"] == "issued"


def test_withdrawing_is_published_and_repeating_it_changes_nothing(desk, course, stranger, judge, clock):
    award = desk.award(course)
    entries = desk.document(award).json()["credentialStatus"]
    entry = next(each for each in entries if each["statusPurpose"] == "revocation")
    known = {name: entry[name] for name in ("type", "id", "statusListIndex", "statusListCredential") if name in entry}
    for _time in range(2):
        answer = withdraw(desk.client, award["id"], credentialStatus=known, options={"reason": "issuedInError"})
        assert answer.status_code == 200, answer.text
        assert answer.json() == {
            "credentialId": award["id"], "status": True, "reason": "issuedInError", "since": answer.json()["since"],
        }  # fmt: skip
    clock.advance(timedelta(seconds=2))
    assert judge(desk.document(award).content).verdict is Verdict.WITHDRAWN
    path = entry["statusListCredential"].removeprefix("http://localhost:8001")
    assert int(entry["statusListIndex"]) in bits_of(stranger.get(path, headers={"Accept": "application/vc"}).json())


@pytest.mark.parametrize(
    "change",
    [
        {"status": False},
        {"status": "1"},
        {"credentialStatus": {"type": "StatusList2021Entry"}},
        {"credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "suspension"}},
        {"credentialStatus": {"type": "BitstringStatusListEntry", "statusListIndex": "999999"}},
        {"options": {"reason": "because"}},
        {"tenant": "alvarez"},
    ],
    ids=range(7),
)
def test_a_status_that_is_not_set_here_is_refused(desk, course, change):
    award = desk.award(course)
    answer = withdraw(desk.client, award["id"], **change)
    assert answer.status_code == 422, answer.text
    assert desk.client.get(desk.credential(award)).json()["state"] == "issued"


@pytest.mark.parametrize("path", [ISSUE, STATUS])
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_L7_only_json_is_read(desk, path, kind):
    answer = desk.client.post(path, content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 415
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", [ISSUE, STATUS])
def test_L10_another_sites_page_does_nothing_here(app, desk, course, path, browser):
    headers = {"Content-Type": "application/json", "Origin": "https://evil.example", "Idempotency-Key": "k"}
    answer = browser.client.post(path, content=json.dumps({"credential": unsigned(course)}), headers=headers)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    assert "access-control-allow-origin" not in browser.client.options(path, headers=headers).headers


@pytest.mark.parametrize("path", [ISSUE, STATUS])
@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"{" * 9999, b'{"a":1,"a":2}', b'{"credential": null}'])
def test_hostile_bodies_are_refused_in_words(desk, path, body):
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    answer = desk.client.post(path, content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    large = desk.client.post(path, content=b" " * (3 << 20), headers=headers)
    assert large.status_code == 413


def test_status_lists_are_told_apart_kept_by_their_tag_and_open_to_every_page(desk, course, stranger):
    entry = desk.document(desk.award(course)).json()["credentialStatus"][0]
    path = entry["statusListCredential"].removeprefix("http://localhost:8001")
    for accept in ("application/vc", "application/json", "application/ld+json, application/json", "*/*"):
        found = stranger.get(path, headers={"Accept": accept, "Origin": "https://page.example"})
        assert found.status_code == 200
        assert found.headers["content-type"] == "application/vc"
        assert found.headers["access-control-allow-origin"] == "*"
        assert "set-cookie" not in found.headers
    again = stranger.get(path, headers={"Accept": "application/vc", "If-None-Match": found.headers["etag"]})
    assert again.status_code == 304
    page = stranger.get(path, headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")


def test_names_are_not_in_the_log(desk, course, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    named = {"identifier": [{**NAME, "identityHash": "CANARY-NAME"}, {**IDENTIFIER, "identityHash": "CANARY-1"}]}
    assert issue(desk.client, unsigned(course, named)).status_code == 201
    assert issue(desk.client, unsigned(course, {**named, "result": [{"value": "CANARY"}]}), key="2").status_code == 422
    written = capsys.readouterr()
    assert "CANARY" not in caplog.text + written.out + written.err
