"""Attacks on who signed, and for whom: section F and binding. One test, one attack."""

import copy
from dataclasses import replace

import pytest

from tests.attacks.world import (
    ASKED,
    ATTACKER,
    ATTACKER_SIGNER,
    DAY,
    LEARNER,
    NOW,
    REASONS,
    SCHOOL,
    SCHOOL_DOCUMENT,
    SCHOOL_SIGNER,
    SUSPENSIONS,
    did_json,
    judge,
    plain,
    present,
    resource,
    sign,
    sign_options,
    signed,
    signer_of,
    status_list,
    types,
    unsigned,
)
from vc import Outcome, Recognition, Verdict, add_proof, parse_multikey
from vc.did import DidKey, did_document
from vc.multibase import base58btc_encode
from vc.timestamps import format_timestamp

GENUINE = {Verdict.GENUINE_AND_CURRENT, Verdict.GENUINE_BUT}


def test_F1_a_key_of_another_did() -> None:
    document = sign(unsigned(), signer=ATTACKER_SIGNER)
    report = judge(document)
    assert report.verdict is Verdict.NOT_GENUINE
    assert types(report) == {"issuer-mismatch", "not-reached"}


def test_F2_a_key_carried_in_the_proof() -> None:
    document = signed()
    document["proof"]["verificationMethod"] = {
        "id": SCHOOL_SIGNER.verification_method,
        "type": "Multikey",
        "controller": SCHOOL,
        "publicKeyMultibase": ATTACKER_SIGNER.public_key.multikey,
    }
    report = judge(document)
    assert report.verdict is Verdict.NOT_GENUINE
    assert "INVALID_VERIFICATION_METHOD" in types(report)


def test_F2_a_key_carried_in_the_fragment_counts_only_when_listed() -> None:
    multikey = ATTACKER_SIGNER.public_key.multikey
    document = sign_options(unsigned(), signer=ATTACKER_SIGNER, verificationMethod=f"{SCHOOL}#{multikey}")
    report = judge(document)
    assert report.verdict is Verdict.NOT_GENUINE
    assert "INVALID_VERIFICATION_METHOD" in types(report)


def test_F3_a_key_for_another_purpose() -> None:
    name = SCHOOL_SIGNER.verification_method
    report = judge(signed(), resource(SCHOOL_DOCUMENT, did_json(assertionMethod=[], authentication=[name])))
    assert report.verdict is Verdict.NOT_GENUINE
    assert "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD" in types(report)


def test_F4_a_document_of_another_did() -> None:
    report = judge(signed(), resource(SCHOOL_DOCUMENT, did_json(id="did:web:other.example")))
    assert report.verdict is Verdict.NOT_GENUINE
    assert "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID" in types(report)


def test_F4_a_key_of_another_controller() -> None:
    keys = did_json()
    keys["verificationMethod"][0]["controller"] = ATTACKER
    report = judge(signed(), resource(SCHOOL_DOCUMENT, keys))
    assert report.verdict is Verdict.NOT_GENUINE
    assert "INVALID_VERIFICATION_METHOD" in types(report)


def test_a_reader_learns_how_old_the_list_of_keys_is() -> None:
    facts = judge(signed()).check("issuer-key").facts
    assert facts["retrieved"] == (NOW - DAY / 4).isoformat()
    assert facts["fromCache"] is False
    assert "retrieved" not in judge(present(signed()), **ASKED).check("issuer-key").facts


def test_a_family_of_keys_may_sign_one_presentation() -> None:
    other = signer_of(9)
    second = unsigned(2)
    second["credentialSubject"]["id"] = other.verification_method.split("#")[0]
    once = present(signed(), sign(second), holder=None)
    assert judge(once, **ASKED).check("holder-binding").facts["notBound"] == ["/verifiableCredential/1"]
    twice = add_proof(
        once,
        signer=other,
        suite="eddsa-rdfc-2022",
        purpose="authentication",
        created=NOW,
        challenge=ASKED["challenge"],
        domain=ASKED["domain"],
    )
    report = judge(twice, **ASKED)
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert report.check("holder-binding").facts["binding"] == "bound"
    assert len(report.check("holder-binding").facts["holders"]) == 2


def test_F6_a_retired_key_still_verifies_what_it_signed() -> None:
    keys = did_json()
    keys["verificationMethod"][0]["revoked"] = format_timestamp(NOW - 30 * DAY)
    # The lists are signed with the same key after that day, so only the signature of the badge is looked at.
    report = judge(signed(), resource(SCHOOL_DOCUMENT, keys))
    assert report.check("signature").outcome is Outcome.PASSED
    assert report.check("issuer-key").facts["retired"] == [SCHOOL_SIGNER.verification_method]
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_F6_credentials_of_every_epoch_verify_after_three_rotations() -> None:
    signers = [replace(signer_of(20 + epoch), verification_method=f"{SCHOOL}#key-{epoch}") for epoch in range(4)]
    ends = [NOW - (3 - epoch) * 100 * DAY for epoch in range(3)]
    keys = [
        DidKey(fragment=f"key-{epoch}", public_key=signer.public_key, revoked=end)
        for epoch, (signer, end) in enumerate(zip(signers, [*ends, None], strict=True))
    ]
    lists = (
        status_list(signer=signers[3]),
        status_list(SUSPENSIONS, purpose="suspension", signer=signers[3]),
        status_list(REASONS, purpose="message", signer=signers[3]),
    )
    more = [resource(item["id"], item) for item in lists]
    more.append(resource(SCHOOL_DOCUMENT, plain(did_document(SCHOOL, keys))))
    for epoch, signer in enumerate(signers):
        made = NOW - (3 - epoch) * 100 * DAY - DAY
        assert judge(sign(unsigned(), signer=signer, created=made), *more).headline_green, epoch
        late = sign(unsigned(), signer=signer, created=NOW - DAY)
        assert judge(late, *more).headline_green is (epoch == 3), epoch


def test_F9_a_famous_name_on_another_did_is_not_recognised() -> None:
    document = unsigned()
    document["issuer"] = {"id": ATTACKER, "type": ["Profile"], "name": "River School"}
    del document["credentialStatus"]
    report = judge(sign(document, signer=ATTACKER_SIGNER))
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert report.recognition is Recognition.NOT_RECOGNISED
    assert not report.headline_green
    strict = judge(sign(document, signer=ATTACKER_SIGNER), require_holder_binding=True)
    assert strict.verdict is Verdict.GENUINE_BUT


def test_F9_without_the_guard_a_famous_name_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    document = {name: value for name, value in unsigned().items() if name != "credentialStatus"}
    document["issuer"] = {"id": ATTACKER, "type": ["Profile"], "name": "River School"}
    shown = sign(document, signer=ATTACKER_SIGNER)
    assert not judge(shown).headline_green
    monkeypatch.setattr("vc.policy.Policy.recognition_of", lambda self, did: self.recognised[0])
    assert judge(shown).headline_green


def test_F14_without_the_guard_another_spelling_of_a_did_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    other = SCHOOL.replace("river", "River")
    key = DidKey(fragment="key-1", public_key=ATTACKER_SIGNER.public_key)
    theirs = resource(SCHOOL_DOCUMENT.replace("river", "River"), plain(did_document(other, [key])))
    forged = sign(unsigned(), signer=signer_of(3, other))
    assert judge(forged, theirs).verdict is Verdict.NOT_GENUINE
    monkeypatch.setattr(
        "vc.proof.parsing.is_foreign", lambda method, party: party.lower() != method.partition("#")[0].lower()
    )
    assert judge(forged, theirs).verdict in GENUINE


def test_F9_recognition_never_covers_a_forgery() -> None:
    document = signed()
    document["name"] = "Doctor of Welding"
    report = judge(document)
    assert report.verdict is Verdict.NOT_GENUINE
    assert report.recognition is Recognition.NOT_RECOGNISED


@pytest.mark.parametrize(
    "did", ["did:web:SCHOOL.example:orgs:river", "did:web:school.example:orgs:%72iver", "did:Web:school.example"]
)
def test_F14_another_spelling_is_another_did(did: str) -> None:
    document = unsigned()
    document["issuer"]["id"] = did
    assert judge(sign(document)).verdict is Verdict.NOT_GENUINE


def test_F15_a_secret_or_foreign_key_in_the_place_of_a_public_one() -> None:
    codecs = {"secret": "8026", "secp256k1": "e701", "x25519": "ec01"}
    for name, codec in codecs.items():
        keys = did_json()
        raw = bytes.fromhex(codec) + SCHOOL_SIGNER.public_key.raw
        keys["verificationMethod"][0]["publicKeyMultibase"] = "z" + base58btc_encode(raw)
        report = judge(signed(), resource(SCHOOL_DOCUMENT, keys))
        assert report.verdict not in GENUINE, name
    keys["verificationMethod"][0]["secretKeyMultibase"] = "z3u2"
    assert judge(signed(), resource(SCHOOL_DOCUMENT, keys)).verdict is Verdict.NOT_GENUINE


def test_C13_a_presentation_is_not_an_assertion() -> None:
    document = plain(
        add_proof(
            unsigned(),
            signer=SCHOOL_SIGNER,
            suite="eddsa-rdfc-2022",
            purpose="authentication",
            created=NOW,
            challenge="c",
            domain="d",
        )
    )
    report = judge(document)
    assert report.verdict is Verdict.NOT_GENUINE
    replayed = copy.deepcopy(document)
    replayed["proof"]["proofPurpose"] = "assertionMethod"
    assert judge(replayed).verdict is Verdict.NOT_GENUINE


def test_a_presentation_for_another_reader_or_another_question() -> None:
    shown = present(signed())
    assert judge(shown, **ASKED).verdict is Verdict.GENUINE_AND_CURRENT
    assert judge(shown, challenge="c-2", domain="https://reader.example").verdict is Verdict.NOT_GENUINE
    assert judge(shown, challenge="c-1", domain="https://other.example").verdict is Verdict.NOT_GENUINE
    assert judge(shown).check("holder-binding").facts["binding"] == "notChecked"


def test_a_presentation_by_a_stranger_is_not_bound() -> None:
    shown = present(signed(), signer=ATTACKER_SIGNER, holder=ATTACKER)
    report = judge(shown, **ASKED)
    assert report.verdict is Verdict.GENUINE_BUT
    assert report.check("holder-binding").facts["binding"] == "notBound"
    lying = present(signed(), signer=ATTACKER_SIGNER, holder=LEARNER)
    assert judge(lying, **ASKED).verdict is Verdict.NOT_GENUINE


def test_a_compromised_key_is_refused_when_parsed() -> None:
    with pytest.raises(Exception, match="secret key"):
        parse_multikey("z" + base58btc_encode(bytes.fromhex("8026") + bytes(32)))
