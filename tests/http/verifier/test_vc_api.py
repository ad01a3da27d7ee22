"""The verifier's part of the VC-API: the shapes of the standard, the product's own strictness, nothing kept."""

import copy
import json
import logging
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.http.verifier.world import NOW, SUITE, did_key_signer
from vc import presentation
from vc.document import serialize
from vc.jose import JwtForm, in_envelope, sign_credential
from vc.proof import add_proof

LEARNER = did_key_signer(b"\x11" * 32)
LEARNER_DID = LEARNER.verification_method.partition("#")[0]
MALLORY = did_key_signer(b"\x22" * 32)
QUESTION = {"challenge": "4kTq1bX0-question", "domain": "https://admissions.example"}
CREDENTIAL, PRESENTATION = "/credentials/verify", "/presentations/verify"


def post(client, path, body, **headers):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(path, content=content, headers={"Content-Type": "application/json", **headers})


@pytest.fixture
def ask(client):
    def asked(credential, **options):
        return post(client, CREDENTIAL, {"verifiableCredential": dict(credential), "options": options})

    return asked


def presented(credentials, *, signer=LEARNER, challenge=QUESTION["challenge"], domain=QUESTION["domain"]):
    made = presentation.build(credentials, id=None, holder=signer.verification_method.partition("#")[0])
    return add_proof(
        made, signer=signer, suite=SUITE, purpose="authentication", created=NOW, challenge=challenge, domain=domain
    )


class TestCredentials:
    def test_a_good_one_is_verified_with_our_report_beside_it(self, world, ask):
        answer = ask(world.provider().badge(), checks=["proof"], unheard="of")
        assert answer.status_code == 200
        found = answer.json()
        assert found["verified"] is True
        assert found["problemDetails"] == []
        assert (found["verdict"], found["recognition"]) == ("genuineAndCurrent", "notRecognised")
        assert found["report"]["checks"]
        assert "verifiableCredential" not in found

    def test_an_altered_one_is_not_and_the_reason_names_the_place(self, world, ask):
        badge = copy.deepcopy(world.provider().badge())
        badge["credentialSubject"]["achievement"]["name"] = "Doctor of Medicine"
        answer = ask(badge)
        assert answer.status_code == 400
        found = answer.json()
        assert (found["verified"], found["verdict"]) == (False, "notGenuine")
        assert all(set(each) >= {"type", "title", "detail"} for each in found["problemDetails"])

    def test_withdrawn_suspended_and_over_are_not_verified_whatever_checks_are_asked_for(self, world, ask):
        provider = world.provider()
        provider.revoked.add(9)
        provider.suspended.add(5)
        for badge, verdict in (
            (provider.badge(index=9), "withdrawn"),
            (provider.badge(index=5, suspendable=True), "genuineBut"),
            (provider.badge(valid_until=NOW - timedelta(days=1)), "genuineBut"),
        ):
            answer = ask(badge, checks=["proof"])
            assert answer.status_code == 400
            assert answer.json()["verdict"] == verdict
            assert answer.json()["problemDetails"]

    def test_what_could_not_be_checked_is_not_verified(self, world, ask):
        provider = world.provider()
        badge = provider.badge()
        provider.list_mode = "500"
        answer = ask(badge)
        assert (answer.status_code, answer.json()["verdict"]) == (400, "couldNotBeChecked")

    def test_a_key_of_another_than_the_issuer_is_refused(self, world, ask):
        badge = dict(world.provider().badge())
        badge.pop("proof")
        assert ask(world.provider("evil", "Evil").sign(badge)).status_code == 400

    def test_a_token_in_an_envelope_is_verified(self, world, ask):
        provider = world.provider()
        badge = {name: value for name, value in provider.badge().items() if name != "proof"}
        token = sign_credential(badge, signer=provider.signer, form=JwtForm.VC_JWT, embed_key=False, issued=None)
        assert ask(in_envelope(token)).status_code == 200
        assert ask(in_envelope(token[:-4] + "AAAA")).status_code == 400

    def test_a_presentation_is_no_credential_and_the_other_way_round(self, world, client, ask):
        badge = world.provider().badge(subject_id=LEARNER_DID)
        refused = ask(presented([badge]))
        assert refused.status_code == 400
        assert "presentation" in refused.json()["problemDetails"][0]["detail"]
        assert post(client, PRESENTATION, {"verifiablePresentation": badge}).status_code == 400

    def test_a_credential_that_answers_no_question_does_not_answer_one(self, world, ask):
        assert ask(world.provider().badge(), **QUESTION).status_code == 400


class TestPresentations:
    def test_one_that_answers_the_question_is_verified_and_nobody_elses_is(self, world, client):
        badge = world.provider().badge(subject_id=LEARNER_DID)
        for changes, status in (
            ({}, 200),
            ({"challenge": "another-challenge"}, 400),
            ({"domain": "https://elsewhere.example"}, 400),
            ({"signer": MALLORY}, 400),
        ):
            body = {"verifiablePresentation": presented([badge], **changes), "options": QUESTION}
            answer = post(client, PRESENTATION, body)
            assert answer.status_code == status, answer.text
            assert answer.json()["verified"] is (status == 200)

    def test_a_bad_credential_inside_is_named(self, world, client):
        provider = world.provider()
        provider.revoked.add(9)
        good, bad = provider.badge(subject_id=LEARNER_DID), provider.badge(subject_id=LEARNER_DID, index=9)
        answer = post(client, PRESENTATION, {"verifiablePresentation": presented([good, bad]), "options": QUESTION})
        assert answer.status_code == 400
        assert any(
            each.get("pointer", "").startswith("/verifiableCredential/1") for each in answer.json()["problemDetails"]
        )

    @pytest.mark.parametrize("half", ["challenge", "domain"])
    def test_half_a_question_is_refused(self, world, client, half):
        body = {"verifiablePresentation": presented([world.provider().badge()]), "options": {half: QUESTION[half]}}
        answer = post(client, PRESENTATION, body)
        assert answer.status_code == 400
        assert answer.json()["problemDetails"][0]["pointer"].startswith("/options/")


HOSTILE = [
    b"",
    b"{}",
    b"[]",
    b"null",
    b"\xff\xfe",
    b'{"verifiableCredential": "eyJhbGciOiJub25lIn0.e30."}',
    b'{"verifiableCredential": []}',
    b'{"verifiableCredential": {}}',
    b'{"verifiableCredential": {}, "verifiableCredential": {}}',
    b'{"verifiableCredential": {"id": 1e999}}',
    b'{"verifiableCredential": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
    b'{"verifiableCredential": {}, "options": []}',
    b'{"verifiableCredential": {}, "options": {"challenge": 7, "domain": "x"}}',
    b'{"verifiableCredential": {}, "tenant": "x"}',
    b'{"verifiableCredential": {"@context": "\\u0000"}}',
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_L13_whatever_is_no_request_is_refused_in_the_same_shape(client, body):
    for path, said in ((CREDENTIAL, body), (PRESENTATION, body.replace(b"Credential", b"Presentation"))):
        answer = post(client, path, said)
        assert answer.status_code == 400, answer.text
        assert answer.json()["verified"] is False
        assert answer.json()["problemDetails"][0]["type"].startswith("https://")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_L7_only_json_is_read(client, kind):
    for path in (CREDENTIAL, PRESENTATION):
        answer = client.post(path, content=b"{}", headers={"Content-Type": kind, "Accept": "*/*"})
        assert answer.status_code == 415
        assert answer.headers["content-type"] == "application/problem+json"


def test_L14_more_than_is_read_is_refused(client):
    answer = post(client, CREDENTIAL, b" " * (18 * 1024 * 1024))
    assert answer.status_code == 413
    large = b'{"verifiableCredential": {"name": "' + b"x" * (2 << 20) + b'"}}'
    assert post(client, CREDENTIAL, large).status_code == 400


def test_L10_any_page_may_ask_and_nobodys_cookie_counts(world, client, services):
    services.accounts.create_user(login="ana", password="four words in a row", name="Ana", scope="administrator")
    session = client.post("/api/session", json={"login": "ana", "password": "four words in a row"})
    client.cookies.set("satchel-verifier", session.json()["token"])
    body = {"verifiableCredential": world.provider().badge()}
    answer = post(client, CREDENTIAL, body, Origin="https://page.example")
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert "set-cookie" not in answer.headers
    for path in (CREDENTIAL, PRESENTATION, "/1.0/identifiers/did:web:x.example"):
        preflight = client.options(path, headers={"Origin": "https://page.example"})
        assert preflight.status_code == 204
        assert preflight.headers["access-control-allow-headers"] == "Content-Type"


def test_nothing_that_was_handed_in_is_kept(world, client, services, ask, caplog):
    caplog.set_level(logging.DEBUG)
    assert ask(world.provider().badge(learner="Zebulon Quillfeather")).status_code == 200
    with services.database.reading() as session:
        assert session.execute(text("select count(*) from verdict")).scalar() == 0
    assert "Zebulon" not in caplog.text
    assert "Quillfeather" not in caplog.text


@pytest.mark.parametrize("path", ["/api/verify", CREDENTIAL])
def test_the_limits_are_those_of_the_other_address_and_odd_bodies_count(world, client, ask, path):
    badge = world.provider().badge()
    for _try in range(120):
        post(client, path, b"{}")
    answer = ask(badge)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


def test_when_every_place_is_taken_the_answer_says_when_to_come_back(world, client, services, ask, monkeypatch):
    badge = world.provider().badge()
    monkeypatch.setattr(services.judging._capacity, "_waiting_seconds", 0.0)
    taken = [services.judging._capacity._places.acquire() for _place in range(4)]
    assert all(taken)
    for answer in (ask(badge), client.get(f"/1.0/identifiers/{LEARNER_DID}", headers={"Accept": "*/*"})):
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
    assert world.paths == []


class TestIdentifiers:
    def test_a_did_key_in_both_dialects_and_bare(self, client):
        path = f"/1.0/identifiers/{LEARNER_DID}"
        new = client.get(path, headers={"Accept": "application/did-resolution"})
        assert new.status_code == 200
        assert new.headers["content-type"] == new.json()["didResolutionMetadata"]["contentType"]
        assert new.json()["didDocument"]["id"] == LEARNER_DID
        old = client.get(
            path.replace(":", "%3A"),
            headers={"Accept": 'application/ld+json;profile="https://w3id.org/did-resolution"'},
        )
        assert old.json()["didDocument"]["id"] == LEARNER_DID
        bare = client.get(path, headers={"Accept": "application/did+json"})
        assert bare.json()["id"] == LEARNER_DID
        assert bare.headers["vary"].startswith("Accept")
        assert bare.headers["access-control-allow-origin"] == "*"

    def test_a_did_web_is_fetched_and_not_again_within_a_minute(self, world, client, clock):
        provider = world.provider()
        path = f"/1.0/identifiers/{provider.did.replace('%', '%25')}"
        for _time in range(3):
            found = client.get(path, headers={"Accept": "application/did-resolution"})
            assert found.json()["didDocument"] == provider.did_document(), found.text
        assert len(world.paths) == 1
        clock.advance(timedelta(minutes=2))
        provider.did_mode = "404"
        assert client.get(path, headers={"Accept": "application/did-resolution"}).status_code == 404

    @pytest.mark.parametrize(
        ("identifier", "accept", "status"),
        [
            ("not-a-did", "application/did-resolution", 400),
            ("did:unsupported:x", "application/did-resolution", 501),
            ("did:web:nowhere.example", "application/x-unheard-of", 406),
            ("did:web:ex.org:..:..:x", "*/*", 400),
            ("did:web:ex.org%252f@evil", "*/*", 400),
            ("%ff%00", "*/*", 400),
            ("x" * 5000, "*/*", 400),
        ],
    )
    def test_I6_what_leads_nowhere_is_told_without_asking_anybody(self, world, client, identifier, accept, status):
        answer = client.get(f"/1.0/identifiers/{identifier}", headers={"Accept": accept})
        assert answer.status_code == status, answer.text
        assert world.paths == []

    def test_I12_a_closed_door_and_an_open_one_sound_alike(self, world, client):
        shut, odd = "did:web:localhost%253A1:a", f"did:web:{world.base[7:].replace(':', '%253A')}:a"
        answers = [client.get(f"/1.0/identifiers/{each}").json() for each in (shut, odd)]
        assert answers[0] == answers[1]

    def test_asking_too_often_is_refused(self, client):
        answers = {client.get("/1.0/identifiers/did:x:y", headers={"Accept": "*/*"}).status_code for _try in range(125)}
        assert answers == {501, 429}


def test_serialised_twice_is_the_same_document(world, client):
    """What is judged is what was signed: reading the body and writing its part again loses nothing."""
    badge = world.provider().badge(credits=0.5, description="Ñandú “œuvre” \u2028 1e2")
    body = b'{"verifiableCredential": ' + serialize(badge) + b"}"
    assert post(client, CREDENTIAL, body).status_code == 200
