"""Which parts of a credential every showing has to contain."""

import json
from pathlib import Path

import pytest

from tests.bench.samples import pretend_signature, record
from tests.selective import derive, endorsement, issue, judge, plain, rich
from vc import Verdict
from vc.disclosure import REQUIRED, completed, required_pointers

ACHIEVEMENT = "/credentialSubject/achievement"


def test_what_an_achievement_needs() -> None:
    document = plain()
    document["credentialStatus"] = {"type": "X"}
    assert required_pointers(document) == [
        "/issuer",
        "/validFrom",
        "/validUntil",
        "/credentialStatus",
        "/credentialSubject/id",
        "/credentialSubject/type",
        f"{ACHIEVEMENT}/id",
        f"{ACHIEVEMENT}/type",
        f"{ACHIEVEMENT}/criteria",
        f"{ACHIEVEMENT}/description",
        f"{ACHIEVEMENT}/name",
    ]


def test_a_subject_without_an_id_keeps_its_identifiers() -> None:
    document = rich()
    assert "/credentialSubject/identifier" not in required_pointers(document)
    del document["credentialSubject"]["id"]
    assert "/credentialSubject/identifier" in required_pointers(document)


def test_what_an_endorsement_and_a_transcript_need() -> None:
    assert required_pointers(endorsement(1, "urn:x")) == [
        "/issuer",
        "/validFrom",
        "/name",
        "/credentialSubject/id",
        "/credentialSubject/type",
    ]
    assert required_pointers(record(1, sign=pretend_signature, children=1)) == [
        "/issuer",
        "/validFrom",
        "/name",
        "/credentialSubject/id",
        "/credentialSubject/type",
        "/credentialSubject/verifiableCredential",
    ]


def test_several_subjects_and_one_that_says_nothing_of_itself() -> None:
    document = {"type": "VerifiableCredential", "credentialSubject": [{"id": "urn:a"}, {"name": "x"}]}
    assert required_pointers(document) == ["/credentialSubject/0/id", "/credentialSubject/1"]


def test_a_selection_is_completed_by_what_is_required_of_each_object_on_the_way() -> None:
    found = completed(rich(), [f"{ACHIEVEMENT}/resultDescription/1/requiredValue", f"{ACHIEVEMENT}/alignment/0"])
    assert f"{ACHIEVEMENT}/resultDescription/1/name" in found
    assert f"{ACHIEVEMENT}/resultDescription/1/resultType" in found
    assert f"{ACHIEVEMENT}/name" in found
    assert f"{ACHIEVEMENT}/resultDescription/0/name" not in found


def test_a_credential_inside_with_its_own_proof_is_taken_whole() -> None:
    found = completed(rich(), [f"{ACHIEVEMENT}/endorsement/0/name"])
    assert f"{ACHIEVEMENT}/endorsement/0" in found


def test_pointers_that_lead_nowhere_are_kept_for_others_to_refuse() -> None:
    pointers = ["/a/b/c", f"{ACHIEVEMENT}/alignment/77/x", "/name/0/0"]
    assert set(pointers) <= set(completed(plain(), pointers))


@pytest.mark.parametrize("part", ["requiredValue", "rubricCriterionLevel/2/points", "allowedValue"])
def test_a_completed_selection_is_genuine_and_current(part: str) -> None:
    document = rich()
    pointers = completed(document, [f"{ACHIEVEMENT}/resultDescription/1/{part}"])
    assert judge(derive(issue(document), *pointers)).verdict is Verdict.GENUINE_AND_CURRENT


@pytest.mark.shared
@pytest.mark.parametrize(
    "name",
    [
        "ob-v3p0/json-published-2026/ob_v3p0_achievementcredential_schema.json",
        "clr-v2p0/json-published-2026/clr_v2p0_clrcredential_schema.json",
    ],
)
def test_the_table_is_that_of_the_published_schemas(shared: Path, name: str) -> None:
    kept = {"@context", "id", "type", "issuer", "validFrom", "credentialSubject", "achievement"}
    schema = json.loads((shared / "schemas" / name).read_text())
    definitions = schema.get("$defs", {}) | {"ClrCredential": schema if "ClrSubject" in schema["$defs"] else {}}
    for kind, definition in definitions.items():
        if needed := set(definition.get("required", ())) - kept:
            assert needed == set(REQUIRED[kind]), kind
