"""Honest documents that must not be called forgeries, and the forgeries beside them that must not gain by it (F1, D10)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from tests.attacks.test_tokens_judged import verdict
from tests.attacks.world import ATTACKER_SIGNER, DAY, NOW, SCHOOL_SIGNER, judge, sign, types, unsigned
from vc import Verdict
from vc.multibase import base64url_encode
from vc.timestamps import format_timestamp


def claimed(document: dict[str, Any], **claims: datetime) -> str:
    """A badge of the school as a token of VC-JOSE-COSE, with these moments as its claims."""
    header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": SCHOOL_SIGNER.verification_method}
    payload = document | {name: int(moment.timestamp()) for name, moment in claims.items()}
    text = ".".join(base64url_encode(json.dumps(part).encode()) for part in (header, payload))
    return f"{text}.{base64url_encode(SCHOOL_SIGNER.sign(text.encode()))}"


def holding(start: datetime, end: datetime | None) -> dict[str, Any]:
    document = unsigned(validFrom=format_timestamp(start))
    del document["validUntil"], document["awardedDate"]
    return document | ({} if end is None else {"validUntil": format_timestamp(end)})


def test_a_token_that_ends_with_its_credential_has_expired_and_is_no_forgery() -> None:
    document = holding(NOW - 9 * DAY, NOW - DAY)
    for end in (NOW - DAY, NOW - DAY / 2):
        report = verdict(claimed(document, exp=end))
        assert (report.verdict, types(report)) == (Verdict.GENUINE_BUT, {"expired"})


def test_a_token_that_begins_with_its_credential_does_not_hold_yet_and_is_no_forgery() -> None:
    report = verdict(claimed(holding(NOW + DAY, None), nbf=NOW + DAY))
    assert (report.verdict, types(report)) == (Verdict.GENUINE_BUT, {"not-yet-valid"})


@pytest.mark.parametrize("end", [None, NOW + DAY, NOW - DAY / 2])
def test_D10_a_token_that_ends_before_its_credential_is_not_to_be_used(end: datetime | None) -> None:
    assert verdict(claimed(holding(NOW - 9 * DAY, end), exp=NOW - DAY)).verdict is Verdict.NOT_GENUINE


def test_D10_a_token_that_begins_after_its_credential_is_not_to_be_used() -> None:
    assert verdict(claimed(holding(NOW - DAY, None), nbf=NOW + DAY)).verdict is Verdict.NOT_GENUINE
    broken = holding(NOW - DAY, None) | {"validFrom": "soon"}
    assert verdict(claimed(broken, nbf=NOW + DAY)).verdict is Verdict.NOT_GENUINE


@pytest.mark.parametrize(
    "issuer", ["urn:uuid:6f2e33e5-7a29-4155-840a-59483ba10164", "http://school.example/", "urn:x:y"]
)
def test_F1_nobody_can_tell_whose_key_it_is_where_the_issuer_has_no_place_to_ask(issuer: str) -> None:
    # simple-did-key-method.json of 1EdTech's validator: a UUID as the issuer, signed with a did:key
    report = judge(sign(unsigned(issuer={"id": issuer, "type": ["Profile"]}), signer=ATTACKER_SIGNER))
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert "issuer-mismatch" not in types(report)


@pytest.mark.parametrize("issuer", ["did:example:school", "https://school.example/"])
def test_F1_a_key_that_is_not_the_issuer_s_is_not_where_there_is_a_place_to_ask(issuer: str) -> None:
    report = judge(sign(unsigned(issuer={"id": issuer, "type": ["Profile"]}), signer=ATTACKER_SIGNER))
    assert (report.verdict, "issuer-mismatch" in types(report)) == (Verdict.NOT_GENUINE, True)
