"""Building badges, the rules that no schema states, and salted identities."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from tests.attacks.world import DAY, GRADE, NOW, SCHOOL, judge, sign, types, unsigned
from vc import Verdict, openbadges
from vc.checks import CheckName
from vc.openbadges import achievement_rules as rules
from vc.openbadges import identity_hash, identity_matches, identity_object
from vc.problems import SchemaViolationError

ACHIEVEMENT = {
    "id": "urn:uuid:5b6a5a7e-0000-4000-8000-0000000000a1",
    "type": ["Achievement"],
    "name": "Welding I",
    "description": "Joins two plates.",
    "criteria": {"id": "https://school.example/criteria"},
}


def built(**changes: Any) -> Any:
    members: dict[str, Any] = {
        "credential_id": "urn:uuid:5b6a5a7e-0000-4000-8000-0000000000b1",
        "issuer": openbadges.IssuerProfile(id=SCHOOL, name="River School", image="https://school.example/logo.png"),
        "achievement": ACHIEVEMENT,
        "subject": openbadges.SubjectClaims(id="did:example:1"),
        "valid_from": NOW,
        "awarded_date": NOW,
        "valid_until": None,
        "status": (),
        "evidence": (),
        "name": None,
    }
    return openbadges.build(**(members | changes))


def test_a_plain_badge_has_neither_nulls_nor_empty_arrays() -> None:
    document = built()
    assert "evidence" not in document
    assert "validUntil" not in document
    assert document["issuer"]["image"] == {"id": "https://school.example/logo.png", "type": "Image"}
    assert document["credentialSubject"]["type"] == ["AchievementSubject"]
    assert judge(sign(document)).verdict is Verdict.GENUINE_AND_CURRENT


def test_N8_one_name_is_one_text() -> None:
    decomposed = openbadges.IssuerProfile(id=SCHOOL, name="Jose\u0301")
    assert built(issuer=decomposed)["issuer"]["name"] == "Jos\u00e9"


def test_a_badge_may_name_where_its_newest_version_is_given_out() -> None:
    document = built(refresh="https://school.example/refresh/1", valid_from=NOW - DAY)
    assert document["refreshService"] == {"id": "https://school.example/refresh/1", "type": "1EdTechCredentialRefresh"}
    assert document["@context"][-1] == openbadges.EXTENSIONS_CONTEXT
    report = judge(sign(document))
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert report.check(CheckName.REFRESH).facts["service"] == "https://school.example/refresh/1"


def test_a_badge_may_name_the_published_schema_and_is_held_against_ours() -> None:
    document = built(with_schema=True, valid_from=NOW - DAY)
    report = judge(sign(document))
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert document["credentialSchema"][0]["type"] == "1EdTechJsonSchemaValidator2019"


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": openbadges.SubjectClaims()},
        {"achievement": {**ACHIEVEMENT, "criteria": {}}},
        {
            "subject": openbadges.SubjectClaims(
                id="did:example:1", results=[{"type": ["Result"], "resultDescription": GRADE}]
            )
        },
    ],
    ids=["nobody", "no criteria", "no description"],
)
def test_a_badge_that_breaks_a_rule_is_not_built(changes: dict) -> None:
    with pytest.raises(SchemaViolationError):
        built(**changes)


def test_a_badge_that_ends_before_it_starts_is_not_built() -> None:
    with pytest.raises(ValueError, match="ends after"):
        built(valid_until=NOW - timedelta(seconds=1))
    with pytest.raises(ValueError, match="zone"):
        built(valid_from=NOW.replace(tzinfo=None))


def described(**members: Any) -> dict[str, Any]:
    return {"id": GRADE, "type": ["ResultDescription"], "name": "Grade", "resultType": "Status", **members}


LEVELS = [{"id": "urn:uuid:5b6a5a7e-0000-4000-8000-0000000000c1", "type": ["RubricCriterionLevel"], "name": "Good"}]


@pytest.mark.parametrize(
    ("description", "result", "broken"),
    [
        (described(), {"status": "Completed"}, 0),
        (described(), {}, 1),
        (described(resultType="Percent"), {"value": "80"}, 0),
        (described(rubricCriterionLevel=LEVELS), {"status": "Failed", "achievedLevel": LEVELS[0]["id"]}, 0),
        (described(), {"status": "Failed", "achievedLevel": "urn:uuid:other"}, 1),
    ],
)
def test_results_keep_to_their_descriptions(description: dict, result: dict, broken: int) -> None:
    document = unsigned()
    document["credentialSubject"]["achievement"]["resultDescription"] = [description]
    document["credentialSubject"]["result"] = [{"type": ["Result"], "resultDescription": GRADE, **result}]
    assert len(list(rules(document))) == broken


def test_a_hash_that_is_none_is_a_broken_rule_and_a_plain_identity_is_not() -> None:
    document = unsigned()
    identifier = document["credentialSubject"]["identifier"][0]
    assert not list(rules(document))
    identifier["identityHash"] = "jonah@mail.example"
    assert [problem.pointer for problem in rules(document)] == ["/credentialSubject/identifier/0/identityHash"]
    identifier["hashed"] = False
    assert not list(rules(document))


def test_what_cannot_be_read_is_a_broken_rule() -> None:
    document = unsigned()
    document["credentialSubject"]["achievement"] = "Welding"
    assert [type(problem).__name__ for problem in rules(document)] == ["MalformedValueError"]


def test_the_published_hash_of_an_identity() -> None:
    expected = "b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
    assert identity_hash("a@example.com", salt="Kosher") == "sha256$" + expected


def test_an_identity_matches_only_itself() -> None:
    item = identity_object("s-17", identity_type="sisSourcedId", salt="x" * 16)
    assert identity_matches(item, identity="s-17", identity_type="sisSourcedId")
    assert identity_matches(
        {**item, "identityHash": str(item["identityHash"]).upper().replace("SHA", "sha")},
        identity="s-17",
        identity_type="sisSourcedId",
    )
    assert not identity_matches(item, identity="s-18", identity_type="sisSourcedId")
    assert not identity_matches(item, identity="s-17", identity_type="emailAddress")
    assert not identity_matches({**item, "identityHash": 5}, identity="s-17", identity_type="sisSourcedId")
    assert not identity_matches({**item, "identityHash": "crc$1"}, identity="s-17", identity_type="sisSourcedId")
    assert not identity_matches({**item, "salt": "y" * 16}, identity="s-17", identity_type="sisSourcedId")
    assert not identity_matches({"identityType": "sisSourcedId"}, identity="s-17", identity_type="sisSourcedId")
    assert not identity_matches({**item, "hashed": "yes"}, identity="s-17", identity_type="sisSourcedId")
    plain = {**item, "hashed": False, "identityHash": "s-17"}
    assert identity_matches(plain, identity="s-17", identity_type="sisSourcedId")
    old = {**item, "identityHash": "md5$" + hashlib.md5(b"s-17" + b"x" * 16).hexdigest()}
    assert identity_matches(old, identity="s-17", identity_type="sisSourcedId")


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="salt"):
        identity_object("s-17", identity_type="sisSourcedId", salt="short")


def test_a_badge_that_breaks_a_rule_could_not_be_checked() -> None:
    document = unsigned()
    document["credentialSubject"]["result"][0]["resultDescription"] = "urn:uuid:other"
    report = judge(sign(document))
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert types(report) == {"schema-violation"}


def test_an_issuer_says_all_about_itself_and_the_badge_is_good() -> None:
    whole = openbadges.IssuerProfile(
        id=SCHOOL,
        name="River School",
        phone="+1 515 555 0142",
        address={"addressLocality": "Des Moines", "postalCode": "50309"},
        official="Rosa Alvarez",
        parent=openbadges.ParentProfile(id="did:web:district.example", name="District"),
        other_identifiers=[("ext:ceeb", "160455")],
    )
    document = built(issuer=whole)
    assert document["issuer"] == {
        "id": SCHOOL,
        "type": ["Profile"],
        "name": "River School",
        "phone": "+1 515 555 0142",
        "address": {"type": ["Address"], "addressLocality": "Des Moines", "postalCode": "50309"},
        "official": "Rosa Alvarez",
        "parentOrg": {"id": "did:web:district.example", "type": ["Profile"], "name": "District"},
        "otherIdentifier": [{"type": "IdentifierEntry", "identifier": "160455", "identifierType": "ext:ceeb"}],
    }
    assert judge(sign(document)).verdict is Verdict.GENUINE_AND_CURRENT
    assert openbadges.ParentProfile(id=SCHOOL).to_json() == {"id": SCHOOL, "type": ["Profile"]}
