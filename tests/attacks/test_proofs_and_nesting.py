"""Attacks A20 to A35: on proofs, on what is nested, and on dates. One test, one attack."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.attacks.world import (
    ASKED,
    ATTACKER_SIGNER,
    DAY,
    NOW,
    SCHOOL_DOCUMENT,
    SCHOOL_SIGNER,
    did_json,
    judge,
    policy,
    present,
    resource,
    sign,
    sign_options,
    signed,
    status_list,
    types,
    unsigned,
)
from vc import Outcome, P256Signer, Verdict
from vc.multibase import base58btc_decode, base58btc_encode, encode_multibase
from vc.timestamps import format_timestamp

GENUINE = {Verdict.GENUINE_AND_CURRENT, Verdict.GENUINE_BUT}


def test_an_honest_badge_is_genuine_current_and_green() -> None:
    report = judge(signed())
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert report.headline_green


@pytest.mark.parametrize(
    "document",
    [
        status_list(),
        {**signed(), "type": ["VerifiablePresentation", "VerifiableCredential"]},
        did_json(),
        {**signed(), "type": ["VerifiableCredential", "AchievementCredential", "EndorsementCredential"]},
        {**signed(), "type": "AchievementCredential"},
    ],
    ids=["status list", "both at once", "DID document", "endorsement", "no credential"],
)
def test_A20_type_confusion(document: dict) -> None:
    report = judge(document)
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert report.check("kind").outcome in {Outcome.FAILED, Outcome.INDETERMINATE}


def test_A20_a_badge_dressed_up_as_an_endorsement() -> None:
    report = judge({**signed(), "type": ["VerifiableCredential", "EndorsementCredential"]})
    assert report.verdict is Verdict.NOT_GENUINE
    resigned = judge(sign({**unsigned(), "type": ["VerifiableCredential", "EndorsementCredential"]}))
    assert resigned.check("schema").outcome in {Outcome.FAILED, Outcome.INDETERMINATE}
    assert resigned.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_A20_a_presentation_inside_a_presentation() -> None:
    report = judge(present(present(signed())), **ASKED)
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_A21_a_tampered_child_makes_its_parent_not_genuine() -> None:
    child = signed(2)
    child["name"] = "Welding IV"
    report = judge(present(signed(1), child, signed(3)), **ASKED)
    assert report.check("signature").outcome is Outcome.PASSED
    assert report.verdict is Verdict.NOT_GENUINE
    assert [item.verdict for item in report.children] == [
        Verdict.GENUINE_AND_CURRENT,
        Verdict.NOT_GENUINE,
        Verdict.GENUINE_AND_CURRENT,
    ]
    assert "/verifiableCredential/1" in {problem.pointer for problem in report.problems}


def test_A21_an_expired_child_is_named_and_forges_nothing() -> None:
    child = sign(unsigned(2, validUntil=format_timestamp(NOW - DAY)))
    report = judge(present(signed(1), child), **ASKED)
    assert report.verdict is Verdict.GENUINE_BUT
    assert report.problems[0].pointer == "/verifiableCredential/1"
    assert "Expired" in report.problems[0].detail


@pytest.mark.parametrize("proof", ["absent", {}, [], None, "a proof", [{}], ["x"]], ids=str)
def test_A22_unsecured(proof: object) -> None:
    document = signed()
    if proof == "absent":
        del document["proof"]
    else:
        document["proof"] = proof
    report = judge(document)
    assert report.verdict is Verdict.NOT_GENUINE
    assert "unsecured" in types(report)


def test_A22_an_unsigned_presentation_binds_nobody() -> None:
    document = present(signed())
    del document["proof"]
    report = judge(document, **ASKED)
    assert report.verdict is Verdict.GENUINE_BUT
    assert types(report) == {"holder-not-bound"}
    assert judge({**document, "verifiableCredential": []}).verdict is Verdict.COULD_NOT_BE_CHECKED
    assert judge({**document, "proof": {}}).verdict is Verdict.NOT_GENUINE


def test_A23_an_envelope_with_another_outside() -> None:
    outside = {
        **signed(),
        "type": ["VerifiableCredential", "EnvelopedVerifiableCredential"],
        "id": "data:application/vc+jwt,x",
    }
    assert judge(outside).verdict is Verdict.COULD_NOT_BE_CHECKED
    assert judge(present(signed(), outside), **ASKED).verdict is not Verdict.GENUINE_AND_CURRENT


def test_A24_foreign_proof_first() -> None:
    issued = signed()
    foreign = sign(unsigned(), signer=ATTACKER_SIGNER)["proof"]
    document = {**issued, "proof": [foreign, issued["proof"]]}
    report = judge(document)
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert report.check("proof-policy").facts["foreignProofs"] == [ATTACKER_SIGNER.verification_method]
    assert judge({**issued, "proof": [foreign]}).verdict is Verdict.NOT_GENUINE


def test_A24_a_second_proof_in_the_issuers_name_that_is_forged() -> None:
    issued = signed()
    forged = {**issued["proof"], "created": "2027-01-03T00:00:00Z"}
    for proofs in ([issued["proof"], forged], [forged, issued["proof"]]):
        report = judge({**issued, "proof": proofs})
        assert report.verdict is Verdict.NOT_GENUINE
        assert "PROOF_VERIFICATION_ERROR" in types(report)


def test_A24_junk_beside_the_issuers_proof_is_never_current() -> None:
    issued = signed()
    for junk in ({"type": "Junk"}, {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"}):
        assert judge({**issued, "proof": [issued["proof"], junk]}).verdict not in GENUINE


def test_A24_a_thousand_proofs() -> None:
    issued = signed()
    report = judge({**issued, "proof": [issued["proof"]] * 1000})
    assert report.verdict is Verdict.NOT_GENUINE
    assert types(report) >= {"too-many-proofs"}


@pytest.mark.parametrize(
    ("previous", "expected"),
    [
        ("urn:uuid:nowhere", Verdict.NOT_GENUINE),
        ("urn:uuid:itself", Verdict.NOT_GENUINE),
        (5, Verdict.NOT_GENUINE),
        (["urn:uuid:nowhere"], Verdict.NOT_GENUINE),
    ],
)
def test_A25_proof_chains_that_dangle_or_turn_in_circles(previous: object, expected: Verdict) -> None:
    issued = signed()
    proof = {**issued["proof"], "id": "urn:uuid:itself", "previousProof": previous}
    assert judge({**issued, "proof": proof}).verdict is expected


def test_A25_a_chain_made_of_proofs_that_did_not_sign_it() -> None:
    issued = signed()
    first = {**issued["proof"], "id": "urn:uuid:first"}
    second = {**issued["proof"], "previousProof": "urn:uuid:first"}
    report = judge({**issued, "proof": [first, second]})
    assert report.verdict is Verdict.NOT_GENUINE
    assert "PROOF_VERIFICATION_ERROR" in types(report)
    assert report.verdict not in GENUINE


@pytest.mark.parametrize(
    "change",
    [
        {"proofPurpose": "authentication"},
        {"created": "2027-01-03T10:02:00Z"},
        {"domain": "https://other.example"},
        {"challenge": "1"},
        {"expires": "2031-01-01T00:00:00Z"},
        {"nonce": "1"},
        {"id": "urn:uuid:9"},
        {"nonceX": "1"},
        {"https://school.example/#x": "1"},
        {"proofPurpose": 5},
        {"domain": [5]},
        {"challenge": 5},
        {"proofValue": 5},
    ],
    ids=str,
)
def test_A26_proof_options_are_bound(change: dict) -> None:
    document = signed()
    document["proof"] |= change
    assert judge(document).verdict is Verdict.NOT_GENUINE


def test_A27_proof_with_a_context_of_its_own() -> None:
    document = signed()
    document["proof"]["@context"] = ["https://w3id.org/security/data-integrity/v2"]
    report = judge(document)
    assert report.verdict is Verdict.NOT_GENUINE
    assert types(report) >= {"MALFORMED_VALUE_ERROR"}
    document["proof"]["@context"] = document["@context"]
    assert judge(document).verdict is Verdict.GENUINE_AND_CURRENT


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Ed25519Signature2018"},
        {"type": "JsonWebSignature2020"},
        {"type": ["DataIntegrityProof"]},
        {"cryptosuite": "eddsa-rdfc-2023"},
        {"cryptosuite": "Ed25519Signature2020"},
        {"type": "Ed25519Signature2020"},
        {"type": "eddsa-rdfc-2022"},
        {"cryptosuite": "bbs-2023"},
        {"cryptosuite": None},
        {"cryptosuite": ["eddsa-rdfc-2022"]},
    ],
    ids=str,
)
def test_A28_downgrade(change: dict) -> None:
    document = signed()
    document["proof"] |= change
    report = judge(document)
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert "unsupported" in types(report)


def test_A28_a_suite_that_the_policy_does_not_accept() -> None:
    report = judge(signed())
    strict = replace(policy(), suites=frozenset({"ecdsa-rdfc-2019"}))
    from tests.attacks.world import evidence
    from vc import serialize, verify

    report = verify(serialize(signed()), evidence=evidence(), policy=strict, now=NOW)
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def p256_world() -> tuple[dict, dict]:
    signer = P256Signer(b"\x07" * 32, SCHOOL_SIGNER.verification_method)
    keys = did_json()
    keys["verificationMethod"][0]["publicKeyMultibase"] = signer.public_key.multikey
    document = unsigned()
    del document["credentialStatus"]
    return sign_options(document, signer=signer), keys


def test_A29_a_key_that_does_not_go_with_the_suite() -> None:
    document, keys = p256_world()
    report = judge(document, resource(SCHOOL_DOCUMENT, keys))
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert "unsupported" in types(report)


def spelled(value: str) -> dict[str, str]:
    raw = base58btc_decode(value[1:])
    return {
        "base64url": encode_multibase(raw, encoding="u"),
        "no prefix": value[1:],
        "space": value + " ",
        "newline": value + "\n",
        "leading one": "z1" + value[1:],
        "short": "z" + base58btc_encode(raw[:63]),
        "long": "z" + base58btc_encode(raw + b"\1"),
        "alphabet": value[:5] + "0" + value[6:],
        "upper prefix": "Z" + value[1:],
        "empty": "",
        "megabyte": "z" + "2" * 1_000_000,
    }


@pytest.mark.parametrize("spelling", list(spelled("z2")))
def test_A30_one_spelling_of_a_signature(spelling: str) -> None:
    document = signed()
    document["proof"]["proofValue"] = spelled(document["proof"]["proofValue"])[spelling]
    assert judge(document).verdict is Verdict.NOT_GENUINE


def test_A31_suites_without_a_row_are_never_valid() -> None:
    for suite in ("eddsa-jcs-2019", "bbs-2023"):
        document = sign_options(unsigned(), cryptosuite=suite)
        assert judge(document).verdict is Verdict.COULD_NOT_BE_CHECKED


@pytest.mark.parametrize(
    "date",
    [
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-02-30T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-12-31T23:59:60Z",
        "2026-01-01t00:00:00z",
        "2026-01-01 00:00:00Z",
        "10000-01-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-01T00:00:00+15:00",
        "2026-01-01T00:00:00Z\n",
        "２026-01-01T00:00:00Z",
        20260101,
    ],
)
def test_A33_dates_that_are_none(date: object) -> None:
    document = unsigned()
    document["validFrom"] = date
    report = judge(sign(document))
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert report.check("validity").outcome is Outcome.FAILED


def test_A33_a_credential_that_ends_before_it_starts() -> None:
    document = sign(unsigned(validUntil=format_timestamp(NOW - 100 * DAY)))
    report = judge(document)
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert "malformed-date" in types(report)


def test_A33_not_yet_valid_and_expired_are_cautions() -> None:
    early = judge(sign(unsigned(validFrom=format_timestamp(NOW + DAY))))
    assert (early.verdict, types(early)) == (Verdict.GENUINE_BUT, {"not-yet-valid"})
    late = judge(sign(unsigned(validUntil=format_timestamp(NOW - DAY))))
    assert (late.verdict, types(late)) == (Verdict.GENUINE_BUT, {"expired"})


@pytest.mark.parametrize(("minutes", "verdict"), [(4, Verdict.GENUINE_AND_CURRENT), (6, Verdict.NOT_GENUINE)])
def test_A34_made_in_the_future(minutes: int, verdict: Verdict) -> None:
    document = sign(unsigned(), created=NOW + timedelta(minutes=minutes))
    assert judge(document).verdict is verdict


@pytest.mark.parametrize("member", ["revoked", "expires"])
def test_A34_made_after_the_key_was_given_up(member: str) -> None:
    keys = did_json()
    keys["verificationMethod"][0][member] = format_timestamp(NOW - 60 * DAY)
    report = judge(signed(), resource(SCHOOL_DOCUMENT, keys))
    assert report.verdict is Verdict.NOT_GENUINE
    assert types(report) & {"key-revoked", "key-expired"}


def test_A34_a_proof_without_a_date_by_a_revoked_key() -> None:
    keys = did_json()
    keys["verificationMethod"][0]["revoked"] = format_timestamp(NOW)
    document = sign_options(unsigned(), drop=("created",))
    assert judge(document).verdict is Verdict.GENUINE_AND_CURRENT
    assert judge(document, resource(SCHOOL_DOCUMENT, keys)).verdict is Verdict.NOT_GENUINE


def test_A34_a_proof_that_has_expired() -> None:
    document = sign_options(unsigned(), expires=format_timestamp(NOW - DAY))
    report = judge(document)
    assert report.verdict is Verdict.NOT_GENUINE
    assert "proof-expired" in types(report)
    assert judge(sign_options(unsigned(), expires=format_timestamp(NOW + DAY))).verdict is Verdict.GENUINE_AND_CURRENT


def test_A35_a_schema_elsewhere_is_asked_for_only_once_its_issuer_has_signed_for_it() -> None:
    document = unsigned()
    document["@context"].append("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json")
    document["credentialSchema"] = [{"id": "https://attacker.example/s.json", "type": "1EdTechJsonSchemaValidator2019"}]
    issued = sign(document)
    report = judge(issued)
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert report.missing == {"https://attacker.example/s.json"}
    report = judge({**issued, "name": "Welding IV"})
    assert report.verdict is Verdict.NOT_GENUINE
    assert not report.missing


def test_A35_a_related_resource_is_neither_fetched_nor_vouched_for() -> None:
    document = unsigned(relatedResource=[{"id": "https://attacker.example/x", "digestSRI": "sha384-AAAA"}])
    report = judge(sign(document))
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert not report.missing
