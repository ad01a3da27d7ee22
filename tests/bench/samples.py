"""Sample credentials for tests and measurements: a small and a medium Open Badge, and a record with nested badges.

Every function takes a number, and documents of different numbers differ in every id, name and text. They are unsigned;
what signs them is handed to `record`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"


def _uuid(kind: int, number: int, part: int = 0) -> str:
    return f"urn:uuid:{kind:08x}-{part:04x}-4000-8000-{number:012x}"


def issuer(number: int, *, did: str | None = None) -> dict[str, Any]:
    return {
        "id": did or f"https://river-school.example/issuers/{number}",
        "type": ["Profile"],
        "name": f"River School No. {number}",
        "url": f"https://river-school.example/{number}",
    }


def small(number: int, *, did: str | None = None) -> dict[str, Any]:
    """A badge as a club would award it: about 19 statements, 1 blank node."""
    return {
        "@context": [V2, OB],
        "id": _uuid(1, number),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"Beekeeping, season {number}",
        "issuer": issuer(number, did=did),
        "validFrom": "2026-05-01T09:00:00Z",
        "validUntil": "2031-05-01T09:00:00Z",
        "credentialSubject": {
            "id": f"did:example:learner-{number}",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": _uuid(2, number),
                "type": ["Achievement"],
                "achievementType": "Badge",
                "name": f"Beekeeper of hive {number}",
                "description": f"Kept hive {number} alive and well through one winter.",
                "criteria": {"narrative": f'Log book of hive {number} complete; mentor\'s "yes".'},
            },
        },
    }


def _alignment(number: int, part: int) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetCode": f"M.{number}.{part}",
        "targetName": f"Proportional reasoning {part}",
        "targetDescription": f"Uses ratios of kind {part} to solve problem {number}.",
        "targetFramework": "River Framework",
        "targetType": "CFItem",
        "targetUrl": f"https://frameworks.example/items/{number}/{part}",
    }


def _level(number: int, part: int, level: int) -> dict[str, Any]:
    return {
        "id": _uuid(5, number, part * 16 + level),
        "type": ["RubricCriterionLevel"],
        "name": f"Level {level}",
        "level": str(level),
        "points": str(level * 5),
        "description": f"Reaches level {level} of criterion {part} in work {number}.",
    }


def _description(number: int, part: int) -> dict[str, Any]:
    return {
        "id": _uuid(4, number, part),
        "type": ["ResultDescription"],
        "name": f"Criterion {part}",
        "resultType": "RubricCriterionLevel",
        "allowedValue": [f"{part}.{grade}" for grade in ("F", "D", "C", "B", "A")],
        "requiredValue": f"{part}.C",
        "rubricCriterionLevel": [_level(number, part, level) for level in range(1, 5)],
    }


def medium(number: int, *, did: str | None = None) -> dict[str, Any]:
    """A course with alignments, rubrics, results, evidence and status: about 320 statements, 34 blank nodes."""
    credential = small(number, did=did)
    credential["credentialStatus"] = {
        "id": f"https://river-school.example/status/3#{number}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(number),
        "statusListCredential": "https://river-school.example/status/3",
    }
    credential["evidence"] = [
        {
            "id": _uuid(6, number, part),
            "type": ["Evidence"],
            "name": f"Portfolio page {part}",
            "narrative": f"What was done in week {part} of course {number}: measured, drew, explained “why”.",
            "genre": "Portfolio",
        }
        for part in range(4)
    ]
    subject = credential["credentialSubject"]
    subject["creditsEarned"] = 3.5
    subject["identifier"] = [
        {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": f"sha256${number:064x}",
            "identityType": "emailAddress",
            "salt": f"salt-{number}",
        }
    ]
    subject["result"] = [
        {
            "type": ["Result"],
            "resultDescription": _uuid(4, number, part),
            "achievedLevel": _uuid(5, number, part * 16 + 3),
            "value": f"{part}.B",
        }
        for part in range(5)
    ]
    achievement = subject["achievement"]
    achievement["tag"] = ["mathematics", f"course {number}", "ratio"]
    achievement["inLanguage"] = "en"
    achievement["alignment"] = [_alignment(number, part) for part in range(5)]
    achievement["resultDescription"] = [_description(number, part) for part in range(5)]
    return credential


def record(
    number: int,
    *,
    sign: Callable[[dict[str, Any]], dict[str, Any]],
    did: str | None = None,
    children: int = 20,
) -> dict[str, Any]:
    """A Comprehensive Learner Record around signed badges, half of them small and half medium."""
    nested = [sign((medium if child % 2 else small)(number * 1_000 + child, did=did)) for child in range(children)]
    return {
        "@context": [V2, CLR, OB],
        "id": _uuid(8, number),
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": f"Record {number}",
        "issuer": issuer(number, did=did),
        "validFrom": "2026-06-30T12:00:00Z",
        "partial": True,
        "credentialSubject": {
            "id": f"did:example:learner-{number}",
            "type": ["ClrSubject"],
            "verifiableCredential": nested,
            "association": [
                {
                    "type": "Association",
                    "associationType": "isChildOf",
                    "sourceId": _uuid(2, number * 1_000 + child),
                    "targetId": _uuid(2, number * 1_000),
                }
                for child in range(1, children)
            ],
        },
    }


def pretend_signature(credential: dict[str, Any]) -> dict[str, Any]:
    """The credential with a proof of the right shape and a value that verifies nothing."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-05-01T09:00:01Z",
        "verificationMethod": f"{credential['issuer']['id']}#key-1",
        "proofPurpose": "assertionMethod",
        "proofValue": f"z{credential['id'][-12:]}",
    }
    return {**credential, "proof": proof}
