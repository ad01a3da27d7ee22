"""Awards in every form: signed, verified by a stranger, claimed, corrected, withdrawn, baked, and nothing given away."""

import base64
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from issuer.service.issuance import Issuance
from issuer.service.securing import AS_TOKEN, BY_PARTS, FORMS, USUAL
from issuer.store import erasing, tables
from kit.errors import Unavailable
from tests.http.issuer.conftest import Browser, Wallet
from tests.http.issuer.forms_office import Office, has_base
from vc import completed, derive_proof, reveal_all
from vc.baking import unbake_png, unbake_svg
from vc.checks import CheckName, Outcome, Verdict
from vc.document import serialize
from vc.jose import parse_compact
from vc.jsonld import gate
from vc.securing import is_token, open_document

SECOND = timedelta(seconds=1)
ALL = pytest.mark.parametrize("name", FORMS)


@pytest.fixture(scope="module")
def office(tmp_path_factory, prepared):
    made = Office(tmp_path_factory.mktemp("forms"), prepared)
    with made.stranger:
        yield made


def test_there_are_three_forms_and_each_has_a_key_here(office):
    assert list(office.services.issuance.forms(office.at.organisation)) == [USUAL, BY_PARTS, AS_TOKEN]


@ALL
def test_an_award_is_genuine_to_a_stranger_and_says_nothing_that_would_be_lost(office, name):
    award = office.desk.award(office.course, format=name)
    assert award["format"] == name
    answer = office.desk.document(award)
    assert answer.headers["content-type"].partition(";")[0] == FORMS[name].media_type
    assert is_token(answer.content) == (name == AS_TOKEN)
    report = office.verdict(answer.content)
    assert report.verdict is Verdict.GENUINE_AND_CURRENT, report
    assert report.check(CheckName.SIGNATURE).outcome is Outcome.PASSED
    document = dict(open_document(answer.content).value)
    document.pop("proof", None)
    gate(document)
    subject = document["credentialSubject"]
    assert ("id" in subject) == (name == AS_TOKEN)
    assert subject["result"][0]["value"] == "A-"
    assert not has_base(answer.content)
    assert office.desk.client.get(office.desk.credential(award)).json()["format"] == name


def test_a_token_is_as_open_badges_profiles_it(office):
    award = office.desk.award(office.course, format=AS_TOKEN, validUntil="2031-01-01")
    jws = parse_compact(office.desk.document(award).content.decode())
    assert jws.header == {"alg": "ES256", "kid": jws.key_id, "typ": "JWT"}
    payload = jws.payload
    assert payload["iss"] == payload["issuer"]["id"]
    assert payload["jti"] == payload["id"] == award["id"]
    assert payload["sub"] == payload["credentialSubject"]["id"]
    assert payload["sub"].startswith("urn:uuid:")
    assert payload["sub"] != award["id"]
    assert {"nbf", "exp", "iat"} <= payload.keys()
    kid = office.stranger.get(f"/orgs/maple-co-op/keys/{jws.key_id.partition('#')[2]}").json()
    assert (kid["type"], "publicKeyJwk" in kid, "publicKeyMultibase" in kid) == ("JsonWebKey", True, False)


def test_two_tokens_of_one_learner_name_no_common_subject(office):
    awards = [office.desk.award(office.course, format=AS_TOKEN) for _number in range(2)]
    subjects = [open_document(office.desk.document(each).content).value["credentialSubject"] for each in awards]
    assert subjects[0]["id"] != subjects[1]["id"]
    assert subjects[0]["identifier"] != subjects[1]["identifier"]


@ALL
def test_a_wallet_gets_it_for_its_own_key_and_again_the_same_bytes(office, name):
    wallet = Wallet()
    award = office.desk.award(office.course, format=name)
    answer = office.claim(wallet, award)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == FORMS[name].media_type
    assert office.claim(wallet, award).content == answer.content
    assert office.claim(Wallet(), award).status_code == 409
    kept = open_document(answer.content).value
    assert kept["credentialSubject"]["id"] == wallet.did
    assert has_base(answer.content) == (name == BY_PARTS)
    shown = serialize(reveal_all(kept)) if name == BY_PARTS else answer.content
    assert office.verdict(shown).verdict is Verdict.GENUINE_AND_CURRENT
    ours = office.desk.document(award).content
    assert not has_base(ours)
    assert (ours == answer.content) == (name != BY_PARTS)
    assert office.verdict(ours).verdict is Verdict.GENUINE_AND_CURRENT


def test_a_family_shows_the_course_without_the_mark(office):
    base = open_document(office.claim(Wallet(), office.desk.award(office.course, format=BY_PARTS)).content).value
    unsecured = {member: value for member, value in base.items() if member != "proof"}
    chosen = completed(unsecured, ["/credentialSubject/achievement/name"])
    part = derive_proof(base, selective_pointers=chosen)
    assert part["credentialSubject"]["achievement"]["name"] == "Algebra I"
    assert "result" not in part["credentialSubject"]
    assert len(part["credentialStatus"]) == 2, "a withdrawal cannot be left out"
    assert office.verdict(serialize(part)).verdict is Verdict.GENUINE_AND_CURRENT


def test_what_is_the_holders_is_sealed_and_kept_for_a_claim_alone(office):
    award = office.desk.award(office.course, format=BY_PARTS)
    with office.services.context.database.reading() as session:
        before = session.scalars(select(tables.SignedCredentialRow).filter_by(credential_id=award["id"])).all()
    base = office.claim(Wallet(), award).content
    with office.services.context.database.reading() as session:
        rows = session.scalars(
            select(tables.SignedCredentialRow)
            .filter_by(credential_id=award["id"])
            .order_by(tables.SignedCredentialRow.sequence)
        ).all()
        intents = session.scalars(select(tables.IntentRow).filter_by(credential_id=award["id"])).all()
    assert [row.holder_sealed for row in before] == [None], "nobody holds it, so nobody ever gets it"
    value = open_document(base).value["proof"]["proofValue"].encode()
    assert value not in rows[1].holder_sealed
    assert value not in rows[1].body
    assert {intent.drawn_sealed for intent in intents} == {None}


@ALL
def test_a_correction_keeps_id_form_and_subject_and_counts(office, name):
    award = office.desk.award(office.course, format=name)
    before = open_document(office.desk.document(award).content).value
    path = f"{office.desk.credential(award)}/reissue"
    body = {
        "achievement": office.course["id"],
        "learnerName": "Jonah Hadley",
        "identifier": "R-1017",
        "results": [{"value": "A"}],
    }
    other = next(each for each in FORMS if each != name)
    refused = office.desk.client.post(path, json={**body, "format": other}, headers={"Idempotency-Key": f"x-{name}"})
    assert refused.status_code == 422
    assert refused.json()["field"] == "format"
    done = office.desk.client.post(path, json=body, headers={"Idempotency-Key": f"c-{name}"})
    assert done.status_code == 201, done.text
    now = office.desk.document(award).content
    after = open_document(now).value
    assert (after["id"], done.json()["format"]) == (award["id"], name)
    assert after["credentialSubject"].get("id") == before["credentialSubject"].get("id")
    assert after["validFrom"] > before["validFrom"]
    assert after["credentialStatus"] == before["credentialStatus"]
    assert office.verdict(now).verdict is Verdict.GENUINE_AND_CURRENT


def test_a_correction_reaches_the_wallet_with_its_parts(office):
    wallet = Wallet()
    award = office.desk.award(office.course, format=BY_PARTS)
    first = office.claim(wallet, award).content
    body = {
        "achievement": office.course["id"],
        "learnerName": "Jonah Hadley",
        "identifier": "R-1017",
        "results": [{"value": "B"}],
    }
    path = f"{office.desk.credential(award)}/reissue"
    assert office.desk.client.post(path, json=body, headers={"Idempotency-Key": "wallet"}).status_code == 201
    second = office.claim(wallet, award).content
    assert second != first
    assert has_base(second)
    shown = reveal_all(open_document(second).value)
    assert shown["credentialSubject"]["result"][0]["value"] == "B"
    assert shown["credentialSubject"]["id"] == wallet.did


@ALL
def test_withdrawn_is_withdrawn_and_released_is_awarded_in_the_same_form(office, name):
    award = office.desk.award(office.course, format=name)
    claimed = office.claim(Wallet(), award).content
    released = office.desk.client.post(
        f"{office.desk.credential(award)}/release", headers={"Idempotency-Key": f"r-{name}"}
    )
    assert released.status_code == 201, released.text
    assert released.json()["format"] == name
    office.clock.instant += SECOND
    shown = serialize(reveal_all(open_document(claimed).value)) if name == BY_PARTS else claimed
    assert office.verdict(shown).verdict is Verdict.WITHDRAWN
    assert office.verdict(office.desk.document(released.json()).content).verdict is Verdict.GENUINE_AND_CURRENT


@ALL
def test_its_picture_holds_what_everybody_may_have(office, name):
    award = office.desk.award(office.course, format=name)
    number = award["id"].removeprefix("urn:uuid:")
    base = f"/organisations/maple-co-op/credentials/{number}"
    browser = Browser(office.app, "admin")
    document = office.desk.document(award).content
    png = browser.get(f"{base}/picture.png").content
    svg = browser.get(f"{base}/picture.svg").content
    assert unbake_png(png).text == document
    assert unbake_svg(svg).text == document
    file = browser.get(f"{base}/file")
    assert file.content == document
    assert file.headers["content-disposition"].endswith(f'.{FORMS[name].ending}"')
    page = browser.get(base).text
    assert (str(FORMS[name].label) in page) == (name != USUAL)


@ALL
def test_what_a_crash_left_is_signed_to_the_same_bytes(office, name, monkeypatch):
    made = []

    def crash(self, intent_id, organisation, secured, *, key_id):
        made.append(secured)
        raise Unavailable

    keep = Issuance._keep
    monkeypatch.setattr(Issuance, "_keep", crash)
    for _time in range(2):
        refused = office.desk.post_award(office.course, key=f"crash-{name}", format=name)
        assert refused.status_code == 503
    monkeypatch.setattr(Issuance, "_keep", keep)
    office.services.many.recover(limit=None)
    award = office.desk.award(office.course, key=f"crash-{name}", format=name)
    assert made[0] == made[1]
    assert (made[0].for_holder is not None) == (name == BY_PARTS)
    assert office.desk.document(award).content == made[0].body


def test_one_key_means_one_form(office):
    assert office.desk.post_award(office.course, key="once", format=AS_TOKEN).status_code == 201
    again = office.desk.post_award(office.course, key="once", format=USUAL)
    assert again.json()["type"].endswith("idempotency-key-reused")


@pytest.mark.parametrize("name", ["VC-JWT", "ldp_vc", "ecdsa-rdfc-2019", "x" * 5000])
def test_what_is_no_form_is_refused_by_name(office, name):
    refused = office.desk.post_award(office.course, format=name)
    assert (refused.status_code, refused.json()["field"]) == (422, "format")
    for known in FORMS:
        assert known in refused.json()["remedy"]


def test_a_program_gets_a_token_in_its_envelope(office):
    unsigned = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": "R-9", "identityType": "identifier"}
            ],
            "achievement": {"id": office.course["iri"]},
        },
    }
    for name in FORMS:
        answer = office.desk.client.post(
            "/credentials/issue",
            json={"credential": unsigned, "options": {"format": name}},
            headers={"Idempotency-Key": f"vc-{name}"},
        )
        assert answer.status_code == 201, answer.text
        told = answer.json()["verifiableCredential"]
        assert (told["type"] == "EnvelopedVerifiableCredential") == (name == AS_TOKEN)
        assert not has_base(serialize(told))
        assert office.verdict(serialize(told)).verdict is Verdict.GENUINE_AND_CURRENT
        entry = open_document(serialize(told)).value["credentialStatus"][0]
        withdrawn = office.desk.client.post(
            "/credentials/status",
            json={
                "credentialId": answer.json()["award"]["id"],
                "credentialStatus": {"type": entry["type"]},
                "status": True,
            },
        )
        assert withdrawn.status_code == 200, withdrawn.text


@pytest.mark.parametrize(("kind", "was", "now"), [("rsa", "ES256", "RS256"), ("ed25519", "RS256", "EdDSA")])
def test_signing_stays_possible_with_another_kind_of_token_key(office, kind, was, now):
    office.services.keys.rotate(office.at, kind=kind, use="token")
    before = office.desk.document(office.desk.award(office.course, format=AS_TOKEN)).content
    office.clock.instant += SECOND * 400
    after = office.desk.document(office.desk.award(office.course, format=AS_TOKEN)).content
    headers = [json.loads(base64.urlsafe_b64decode(each.split(b".")[0] + b"==")) for each in (before, after)]
    assert [header["alg"] for header in headers] == [was, now]
    assert office.verdict(before).verdict is Verdict.GENUINE_AND_CURRENT, (
        "the key that it was signed with stays published"
    )
    assert office.verdict(after).verdict is Verdict.GENUINE_AND_CURRENT


def test_what_is_the_holders_goes_with_the_learner(office):
    award = office.desk.award(office.course, format=BY_PARTS)
    assert has_base(office.claim(Wallet(), award).content)

    def kept():
        with office.services.context.database.reading() as session:
            rows = session.scalars(select(tables.SignedCredentialRow).filter_by(credential_id=award["id"])).all()
            return rows[0].organisation_id, {bool(row.body) for row in rows}, any(row.holder_sealed for row in rows)

    organisation_id, *before = kept()
    assert before == [{True}, True]
    with office.services.context.database.session() as session:
        erasing.empty_signed(session, organisation_id, award["id"])
    assert kept()[1:] == ({False}, False)
