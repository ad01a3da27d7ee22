"""Credentials of the data model 1.1 in the verdict: understood, and refused for the same reasons as the newer ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.attacks.world import (
    ATTACKER_SIGNER,
    DAY,
    INDEX,
    NOW,
    REVOCATIONS,
    SCHOOL,
    SCHOOL_SIGNER,
    judge,
    plain,
    resource,
    status_list,
    types,
    unsigned,
)
from vc import Outcome, Verdict, add_proof
from vc.checks import CheckName, DocumentKind
from vc.jose import JwtForm, sign_credential

V1 = "https://www.w3.org/2018/credentials/v1"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
ED25519_2020 = "https://w3id.org/security/suites/ed25519-2020/v1"


def older(**changes: Any) -> dict[str, Any]:
    """The school's badge as it would have been issued under the data model 1.1."""
    document = unsigned()
    start, end = document.pop("validFrom"), document.pop("validUntil")
    del document["credentialStatus"]
    return document | {"@context": [V1, OB], "issuanceDate": start, "expirationDate": end} | changes


def sign(
    document: dict[str, Any], *, suite: str, signer: Any = SCHOOL_SIGNER, created: datetime = NOW - DAY
) -> dict[str, Any]:
    context = ED25519_2020 if suite == "Ed25519Signature2020" else DATA_INTEGRITY
    return plain(
        add_proof(
            {**document, "@context": [*document["@context"], context]},
            signer=signer,
            suite=suite,
            purpose="assertionMethod",
            created=created,
            challenge=None,
            domain=None,
        )
    )


SUITES = ["Ed25519Signature2020", "eddsa-rdfc-2022", "eddsa-2022", "eddsa-jcs-2022"]


@pytest.mark.parametrize("suite", SUITES)
def test_an_older_badge_is_genuine_and_current(suite: str) -> None:
    report = judge(sign(older(), suite=suite))
    assert report.verdict is Verdict.GENUINE_AND_CURRENT, [(p.detail, p.pointer) for p in report.problems]
    assert report.document_kind is DocumentKind.ACHIEVEMENT_CREDENTIAL
    assert report.check(CheckName.VALIDITY).facts["validFrom"] == older()["issuanceDate"]


@pytest.mark.parametrize("suite", SUITES)
def test_A1_an_older_badge_that_was_changed_is_not_genuine(suite: str) -> None:
    document = sign(older(), suite=suite)
    document["credentialSubject"]["achievement"]["name"] = "Brain Surgery"
    assert judge(document).verdict is Verdict.NOT_GENUINE


def test_F1_an_older_badge_signed_by_somebody_else_is_not_genuine() -> None:
    report = judge(sign(older(), suite="Ed25519Signature2020", signer=ATTACKER_SIGNER))
    assert report.verdict is Verdict.NOT_GENUINE
    assert "issuer-mismatch" in types(report)


def test_A33_the_dates_of_an_older_badge_count() -> None:
    ended = judge(sign(older(expirationDate="2027-02-01T00:00:00Z"), suite="eddsa-rdfc-2022"))
    assert ended.verdict is Verdict.GENUINE_BUT
    assert ended.check(CheckName.VALIDITY).problems[0].pointer == "/expirationDate"
    early = judge(sign(older(issuanceDate="2028-01-01T00:00:00Z"), suite="eddsa-rdfc-2022"))
    assert types(early) == {"not-yet-valid"}


def test_an_older_badge_may_have_a_status_of_today() -> None:
    entry = unsigned()["credentialStatus"][0]
    context = "https://www.w3.org/ns/credentials/status/v1"
    document = older(credentialStatus=entry, **{"@context": [V1, OB, context]})
    withdrawn = resource(REVOCATIONS, status_list(set_indices=(INDEX,)))
    assert judge(sign(document, suite="eddsa-rdfc-2022"), withdrawn).verdict is Verdict.WITHDRAWN


def test_an_older_badge_as_a_token_is_genuine_and_its_claims_fill_what_it_leaves_out() -> None:
    token = sign_credential(older(), signer=SCHOOL_SIGNER, form=JwtForm.VCDM_1_CREDENTIAL, embed_key=False, issued=None)
    report = judge(token.encode())
    assert report.verdict is Verdict.GENUINE_AND_CURRENT, [(p.detail, p.pointer) for p in report.problems]
    assert report.check(CheckName.RECOGNITION).facts["issuer"] == SCHOOL


def test_A20_a_document_of_both_data_models_is_what_its_first_context_says() -> None:
    both = {**older(), "@context": ["https://www.w3.org/ns/credentials/v2", V1, OB]}
    report = judge({**both, "proof": {"type": "DataIntegrityProof"}})
    assert report.check(CheckName.CONTEXTS).outcome is not Outcome.PASSED or report.verdict is Verdict.NOT_GENUINE
