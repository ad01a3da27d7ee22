"""Building endorsements: who says what about which achievement, profile or credential."""

import json
from datetime import timedelta
from typing import Any

import jsonschema_rs
import pytest

from tests.attacks.nested import ENDORSER, ENDORSER_SIGNER
from tests.attacks.world import ACHIEVEMENT, NOW, SCHOOL, judge, sign, unsigned
from vc import EndorsementCredential, StatusListEntry, Verdict, openbadges
from vc.checks import DocumentKind, Recognition
from vc.openbadges import endorsement_rules
from vc.policy import RecognisedIssuer
from vc.problems import SchemaViolationError
from vc.schema import violations

GUILD = openbadges.IssuerProfile(id=ENDORSER, name="Welders\u2019 Guild")
NUMBER = "urn:uuid:5b6a5a7e-0000-4000-8000-00000000ee02"
LIST = "https://guild.example/orgs/guild/status/1"


def built(**changes: Any) -> Any:
    members: dict[str, Any] = {
        "credential_id": NUMBER,
        "issuer": GUILD,
        "endorsed_id": ACHIEVEMENT,
        "comment": "Sound teaching.",
        "valid_from": NOW,
        "awarded_date": NOW,
        "valid_until": None,
        "status": (),
        "name": "Welding I",
    }
    return openbadges.build_endorsement(**(members | changes))


def test_an_endorsement_says_who_vouches_for_what_and_nothing_empty() -> None:
    document = built()
    assert document["type"] == ["VerifiableCredential", "EndorsementCredential"]
    assert document["credentialSubject"] == {
        "id": ACHIEVEMENT,
        "type": ["EndorsementSubject"],
        "endorsementComment": "Sound teaching.",
    }
    assert not {"validUntil", "credentialStatus", "description"} & document.keys()
    assert "endorsementComment" not in built(comment=None)["credentialSubject"]
    view = EndorsementCredential(document)
    assert (view.endorsed_id, view.comment) == (ACHIEVEMENT, "Sound teaching.")


def test_it_follows_every_rule_and_verifies_by_itself() -> None:
    document = built(valid_until=NOW + timedelta(days=1), description="On a visit.")
    assert not list(endorsement_rules(document))
    assert not list(violations(document, kind=DocumentKind.ENDORSEMENT_CREDENTIAL))
    report = judge(sign(document, signer=ENDORSER_SIGNER, created=NOW))
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert report.document_kind is DocumentKind.ENDORSEMENT_CREDENTIAL


def test_A20_an_endorsement_is_no_award_and_an_award_is_no_endorsement() -> None:
    assert list(violations(built(), kind=DocumentKind.ACHIEVEMENT_CREDENTIAL))


@pytest.mark.parametrize("places", [1, 2])
def test_it_can_be_withdrawn_through_lists(places: int) -> None:
    entries = [StatusListEntry(list_url=LIST, index=number, purpose="revocation") for number in range(places)]
    status = built(status=entries)["credentialStatus"]
    assert (status if places == 2 else [status]) == [entry.to_json() for entry in entries]


def test_N8_the_comment_is_brought_into_one_form() -> None:
    assert built(comment="Jose\u0301")["credentialSubject"]["endorsementComment"] == "Jos\u00e9"


@pytest.mark.parametrize("endorsed", [ENDORSER, NUMBER])
def test_F13_nobody_vouches_for_himself_and_nothing_for_itself(endorsed: str) -> None:
    with pytest.raises(SchemaViolationError) as refused:
        built(endorsed_id=endorsed)
    assert refused.value.pointer == "/credentialSubject/id"


def test_the_praised_one_may_be_anybody_else() -> None:
    assert built(endorsed_id=SCHOOL)["credentialSubject"]["id"] == SCHOOL


@pytest.mark.parametrize("seconds", [0, -1])
def test_it_ends_after_it_starts(seconds: int) -> None:
    with pytest.raises(ValueError, match="ends after it starts"):
        built(valid_until=NOW + timedelta(seconds=seconds))


@pytest.mark.shared
def test_it_follows_the_published_schema(shared: Any) -> None:
    path = shared / "schemas/ob-v3p0/json-published-2026/ob_v3p0_endorsementcredential_schema.json"
    schema = jsonschema_rs.Draft201909Validator(json.loads(path.read_text()), validate_formats=True)
    entry = StatusListEntry(list_url=LIST, index=7, purpose="revocation")
    signed = sign(built(status=[entry]), signer=ENDORSER_SIGNER, created=NOW)
    assert [str(error) for error in schema.iter_errors(signed)] == []
    assert not schema.is_valid(signed | {"credentialSubject": {"id": ACHIEVEMENT}})


def endorsed_badge(part: Any) -> Any:
    badge = unsigned()
    badge["issuer"]["endorsement"] = [part]
    return sign(badge)


def test_A21_the_part_of_a_badge_that_vouches_is_judged_by_itself() -> None:
    part = sign(built(endorsed_id=SCHOOL), signer=ENDORSER_SIGNER, created=NOW)
    report = judge(endorsed_badge(part))
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert [child.document_kind for child in report.children] == [DocumentKind.ENDORSEMENT_CREDENTIAL]
    part["credentialSubject"]["endorsementComment"] = "The best of all."
    assert judge(endorsed_badge(part)).verdict is Verdict.NOT_GENUINE


def test_F12_whoever_is_recognised_lends_no_recognition_by_vouching() -> None:
    part = sign(built(endorsed_id=SCHOOL), signer=ENDORSER_SIGNER, created=NOW)
    guild = RecognisedIssuer(did=ENDORSER, name="Guild", list_name="Guilds")
    assert judge(endorsed_badge(part), recognised=(guild,)).recognition is Recognition.NOT_RECOGNISED
    school = RecognisedIssuer(did=SCHOOL, name="School", list_name="Schools")
    assert judge(endorsed_badge(part), recognised=(school,)).recognition is Recognition.RECOGNISED
