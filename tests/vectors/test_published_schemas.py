"""Our schemas beside the published ones: which documents they judge differently, and whose fault that is.

Each document has every member of its kind. One place after the other is changed in every way that readers have got wrong
before, and both schemas are asked. Every difference has to belong to a class that is named here and in
docs/divergences.md; a class that no longer makes a difference has to go.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests import whole_documents as whole
from tests.document_changes import TEXTS, Change, changes
from vc.schema import compiled

pytestmark = pytest.mark.shared

URIS = {"id", "url", "targetUrl", "achievedLevel", "requiredLevel", "resultDescription", "verificationMethod"}
URIS |= {"issuer", "sourceId", "targetId"}
DATES = {"validFrom", "validUntil", "issuanceDate", "expirationDate", "awardedDate", "created"}
DATES |= {"activityStartDate", "activityEndDate"}
OPEN = {"achievementType", "identifierType", "identityType", "resultType", "targetType"}
SETS = {
    "alignment",
    "allowedValue",
    "association",
    "endorsement",
    "endorsementJwt",
    "evidence",
    "identifier",
    "related",
}
SETS |= {"otherIdentifier", "result", "resultDescription", "rubricCriterionLevel", "tag", "verifiableCredential"}
SETS |= {"achievement", "proof", "credentialSchema", "termsOfUse", "type"}
SERVICES = {"1EdTechJsonSchemaValidator2019", "1EdTechRevocationList", "1EdTechCredentialRefresh"}
SERVICES |= {"https://school.example/Terms"}

NO_URIS = TEXTS - {"URI", "ext", "ext with more", "more before ext", "by language"}

DIFFERENCES: dict[str, Callable[[Change], bool]] = {
    # Theirs allow too much; ours keep to the tables of the specification.
    "texts by language": lambda c: not c.allowed_by_us and c.how in {"by language", "empty object"},
    "URIs are URIs": lambda c: not c.allowed_by_us and c.member in URIS and c.how in NO_URIS,
    "a type by itself is that of the class": lambda c: (
        not c.allowed_by_us and c.member == "type" and (c.text or c.how == "one by itself")
    ),
    "contexts in their order": lambda c: not c.allowed_by_us and c.member == "@context",
    "extension terms from end to end": lambda c: not c.allowed_by_us and c.member in OPEN,
    "dates in capital letters": lambda c: not c.allowed_by_us and c.member in DATES and c.how == "small letters",
    # Ours allow what the data model of the W3C allows, or what means the same.
    "several statuses": lambda c: c.allowed_by_us and c.member == "credentialStatus" and c.how == "in a list",
    "several domains": lambda c: c.allowed_by_us and c.member == "domain",
    "several types of a service": lambda c: c.allowed_by_us and c.owner in SERVICES and c.member == "type",
    # The CLR's schema asks little of what it contains; ours hold that to the schema of its own type.
    "a contained credential by its own type": lambda c: not c.allowed_by_us and c.contained,
    # The older families only.
    "a set of one by itself": lambda c: (
        c.allowed_by_us and c.older and c.member in SETS and not c.item and (c.how == "one by itself" or c.text)
    ),
    "a status without an id": lambda c: c.allowed_by_us and c.older and c.owner in SERVICES and c.how == "removed",
    "types are named": lambda c: (
        not c.allowed_by_us and "1.1" in c.family and c.member == "type" and c.how == "removed"
    ),
    "an issuer by its id alone": lambda c: c.allowed_by_us and c.older and c.member == "issuer" and c.text,
    # The form is the schema's; whether there is such a day is one of the rules.
    "no such day": lambda c: c.allowed_by_us and c.member in DATES | {"dateOfBirth"} and c.how == "no such day",
}

FOLDERS = {
    "2026": "ob-v3p0/json-published-2026/ob_v3p0_{}_schema.json",
    "CLR 2026": "clr-v2p0/json-published-2026/clr_v2p0_{}_schema.json",
    "arrays": "ob-v3p0/json/ob_v3p0_{}-jsonschema1.json",
    "2024": "ob-v3p0/json-ld-2024/ob_v3p0_{}_schema.json",
    "1.1": "ob-v3p0/vcdm1p1/ob_v3p0_{}_schema.vcdm1p1.json-2024-03-04.json",
    "1.1 JSON-LD": "ob-v3p0/vcdm1p1/ob_v3p0_{}_schema.vcdm1p1.json-ld-2024-03-28.json",
}
OURS = {
    "achievementcredential": "openbadges-3.0-anyachievementcredential.json",
    "endorsementcredential": "openbadges-3.0-anyendorsementcredential.json",
    "profile": "openbadges-3.0-profile.json",
    "clrcredential": "clr-2.0-clrcredential.json",
}
MAKERS: dict[str, Callable[[int], dict[str, Any]]] = {
    "achievementcredential": whole.badge,
    "endorsementcredential": whole.endorsement,
    "profile": whole.profile,
    "clrcredential": lambda edition: whole.record(),
}


def differences(folder: Path, family: str, kind: str, document: dict[str, Any]) -> Iterator[Change]:
    """Every change that the two schemas judge differently."""
    published = json.loads((folder / "schemas" / FOLDERS[family].format(kind)).read_text())
    theirs = jsonschema_rs.Draft201909Validator(published, validate_formats=True)
    ours = compiled(OURS[kind]).decides
    assert ours.is_valid(document)
    assert theirs.is_valid(document)
    badges = compiled(OURS["achievementcredential"]).decides
    for change, changed in changes(document, family):
        allowed = ours.is_valid(changed)
        if allowed and kind == "clrcredential":
            contained = changed["credentialSubject"]["verifiableCredential"]
            allowed = all(map(badges.is_valid, contained if isinstance(contained, list) else [contained]))
        if allowed != theirs.is_valid(changed):
            yield replace(change, allowed_by_us=allowed)


def without_evidence(value: Any) -> Any:
    """Without the evidence of endorsements, which the older families do not know, and so do not look at."""
    if isinstance(value, list):
        return [without_evidence(item) for item in value]
    if not isinstance(value, dict):
        return value
    left = {"evidence"} if "EndorsementCredential" in value.get("type", "") else set()
    return {name: without_evidence(item) for name, item in value.items() if name not in left}


def explained(change: Change) -> str | None:
    """The class of this difference, if it has one."""
    return next((name for name, applies in DIFFERENCES.items() if applies(change)), None)


@pytest.fixture(scope="module")
def found(shared: Path) -> list[Change]:
    """The differences of every kind and family."""
    changes: list[Change] = []
    for family, kind in itertools.product(FOLDERS, MAKERS):
        if kind != "clrcredential" or family == "CLR 2026":
            document = MAKERS[kind](1 if "1.1" in family else 2)
            changes += differences(shared, family, kind, document if "2026" in family else without_evidence(document))
    return changes


def test_every_difference_belongs_to_a_named_class(found: list[Change]) -> None:
    unexplained = [change for change in found if explained(change) is None]
    assert unexplained == []


def test_every_named_class_makes_a_difference(found: list[Change]) -> None:
    assert {explained(change) for change in found} == set(DIFFERENCES)
