"""The guards of proofs, of what lies in a document, of keys and of lists: with each, its attack is stopped; without it,
the attack gets through.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.attacks.guards import (
    EVIL,
    GENUINE,
    Case,
    Guard,
    badge_by_address,
    changed,
    lenient,
    naive,
    no_schema,
    two_subjects,
    verdict_of,
    verdict_without,
    without_proof_of,
)
from tests.attacks.test_proofs_and_nesting import p256_world
from tests.attacks.world import (
    ASKED,
    ATTACKER_SIGNER,
    DAY,
    NOW,
    REVOCATIONS,
    SCHOOL,
    SCHOOL_DOCUMENT,
    did_json,
    present,
    resource,
    sign,
    sign_options,
    signed,
    status_list,
    unsigned,
)
from vc import DocumentKind
from vc.checks import Findings
from vc.keys import PublicKey
from vc.multibase import base58btc_decode, encode_multibase
from vc.proof import SUITES
from vc.proof.suites import Suite
from vc.timestamps import format_timestamp


def tampered_child() -> dict[str, Any]:
    child = signed(2)
    child["name"] = "Welding IV"
    return present(signed(), child)


def forged_second() -> dict[str, Any]:
    issued = signed()
    return {**issued, "proof": [issued["proof"], {**issued["proof"], "created": "2027-01-09T00:00:00Z"}]}


def without_proof() -> dict[str, Any]:
    document = signed()
    del document["proof"]
    return document


def respelled(document: dict[str, Any]) -> None:
    raw = base58btc_decode(document["proof"]["proofValue"][1:])
    document["proof"]["proofValue"] = encode_multibase(raw, encoding="u")


def keys_with(**members: Any) -> tuple[Any, ...]:
    document = did_json()
    document["verificationMethod"][0] |= members
    return (resource(SCHOOL_DOCUMENT, document),)


def named_schema() -> dict[str, Any]:
    document = unsigned()
    document["@context"].append("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json")
    document["credentialSchema"] = [{"id": EVIL, "type": "1EdTechJsonSchemaValidator2019"}]
    return sign(document)


def not_found(findings: Findings, **_: Any) -> list[Any]:
    findings.facts["proofs"] = []
    return []


everything = frozenset(DocumentKind)
lists_first: Guard = ("vc.verification.ROOTS", everything)

CASES = [
    Case("A20 status list as a badge", (lists_first,), status_list),
    Case(
        "A21 tampered child",
        (("vc.nested.check_part", lambda findings, **_: None),),
        tampered_child,
        policy=ASKED,
    ),
    Case(
        "A21 two learners on one badge",
        (no_schema,),
        lambda: sign(two_subjects()),
    ),
    Case(
        "A20 a type by its address",
        (naive, ("vc.credential_checks.types_of", lambda document, **_: set(document["type"]))),
        badge_by_address,
    ),
    Case(
        "A22 an unsigned envelope that speaks",
        (("vc.presentation_checks.refuse_unsigned_claims", lambda document: None),),
        lambda: without_proof_of(present(signed())) | {"name": "Harvard's letter of admission"},
    ),
    Case(
        "A22 no proof",
        (
            ("vc.credential_checks.check_proof_policy", not_found),
            ("vc.judging.Judge.find_keys", lambda self, findings, relationship: None),
            ("vc.credential_checks.check_signatures", lambda findings, **_: None),
        ),
        without_proof,
    ),
    Case(
        "A24 a stranger's proof alone",
        (("vc.proof.parsing.is_foreign", lambda method, party: False),),
        lambda: {**unsigned(), "proof": sign(unsigned(), signer=ATTACKER_SIGNER)["proof"]},
    ),
    Case("A24 forged second", (("vc.credential_checks.verify_proof", lambda proof, **_: None),), forged_second),
    Case(
        "A25 dangling chain",
        (("vc.proof.parsing.previous_proofs", lambda proof, beside, here: ()),),
        lambda: sign_options(unsigned(), previousProof="urn:uuid:5b6a5a7e-0000-4000-8000-00000000dead"),
    ),
    Case(
        "A26 another purpose",
        (("vc.credential_checks.purpose_problem", lambda proof, purpose: None),),
        lambda: sign_options(unsigned(), proofPurpose="authentication", challenge="c", domain="d"),
    ),
    Case(
        "A26 unknown member",
        (naive, ("vc.proof.parsing.refuse_unknown_members", lambda proof, here: None)),
        changed(lambda d: d["proof"].update(nonceX="1")),
    ),
    Case(
        "A27 context in the proof",
        (("vc.proof.parsing.refuse_other_context", lambda proof, document, here: None),),
        changed(lambda d: d["proof"].update({"@context": EVIL})),
    ),
    Case(
        "A28 unknown suite",
        (("vc.proof.parsing.suite_named", lambda **_: SUITES["eddsa-rdfc-2022"]),),
        lambda: sign_options(unsigned(), cryptosuite="eddsa-rdfc-2023"),
    ),
    Case(
        "A29 key of another kind",
        ((f"{Suite.__module__}.Suite.hash_for", lambda self, kind: "sha256"),),
        lambda: p256_world()[0],
        more=lambda: (resource(SCHOOL_DOCUMENT, p256_world()[1]),),
    ),
    Case("A30 other spelling", (("vc.proof.parsing.decode_multibase", lenient),), changed(respelled)),
    Case(
        "A33 ends before it starts",
        (("vc.credential_checks.check_validity", lambda findings, **_: None), no_schema),
        lambda: sign(unsigned(validUntil=format_timestamp(NOW - 100 * DAY))),
    ),
    Case(
        "A34 from the future",
        (("vc.credential_checks.created_problem", lambda proof, context: None),),
        lambda: sign(unsigned(), created=NOW + timedelta(minutes=6)),
    ),
    Case(
        "A34 expired proof",
        (("vc.credential_checks.expiry_problem", lambda proof, context: None),),
        lambda: sign_options(unsigned(), expires=format_timestamp(NOW - DAY)),
    ),
    Case(
        "A34 revoked key",
        (("vc.credential_checks.check_key_period", lambda created, method, pointer: None),),
        signed,
        more=lambda: keys_with(revoked=format_timestamp(NOW - 70 * DAY)),
    ),
    Case("A35 schema elsewhere", (("vc.schema.check_named", lambda *_, **__: None),), named_schema),
    Case(
        "C1 forged signature",
        ((f"{PublicKey.__module__}.PublicKey.verify", lambda self, signature, message: None),),
        changed(lambda d: d.update(name="Doctor of Welding")),
    ),
    Case(
        "H1 another's list",
        (("vc.status_checks.refuse_other_issuer", lambda fetched, document: SCHOOL),),
        signed,
        more=lambda: (
            resource(
                REVOCATIONS,
                status_list(issuer=ATTACKER_SIGNER.verification_method.split("#")[0], signer=ATTACKER_SIGNER),
            ),
        ),
    ),
    Case(
        "H18 repeated entry",
        (naive, ("vc.status_checks.refuse_repeated", lambda *_, **__: None)),
        changed(lambda d: d["credentialStatus"].append(d["credentialStatus"][0])),
    ),
    Case(
        "H8 stale list",
        (("vc.status_checks.refuse_stale", lambda resource, context, life: None),),
        signed,
        more=lambda: (resource(REVOCATIONS, status_list(), retrieved=NOW - 30 * DAY),),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_the_guard_stops_it(case: Case) -> None:
    assert verdict_of(case) not in GENUINE


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_without_the_guard_it_gets_through(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdict_without(case, monkeypatch) in GENUINE
