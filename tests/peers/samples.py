"""Unsigned Open Badges 3.0 credentials for the peers: a small one, a rich one and one in three scripts, with a fixed seed."""

from typing import Any

SEED = bytes(range(32))
CONTEXT = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
STATUS = {
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "94567",
    "statusListCredential": "https://coop.example.org/status/1",
}


def achievement(number: int, **more: Any) -> dict[str, Any]:
    """One achievement, `more` merged in."""
    return {
        "id": f"https://coop.example.org/achievements/{number}",
        "type": ["Achievement"],
        "name": f"Biology with laboratory {number}",
        "description": "A year of biology with thirty-two laboratory sessions.",
        "criteria": {"narrative": "Attend twenty-eight sessions and keep a laboratory notebook."},
        **more,
    }


def credential(number: int, subject: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One credential for `subject`, `more` merged in."""
    return {
        "@context": CONTEXT,
        "id": f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "did:example:placeholder", "type": ["Profile"], "name": "Cedar Bend Homeschool Co-op"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"type": ["AchievementSubject"], **subject},
        **more,
    }


def samples() -> dict[str, dict[str, Any]]:
    """Name → unsigned credential."""
    rubric = {
        "id": "urn:uuid:11111111-0000-4000-8000-000000000001",
        "type": ["ResultDescription"],
        "name": "Notebook",
        "resultType": "RubricCriterionLevel",
        "allowedValue": ["Beginning", "Developing", "Proficient"],
        "rubricCriterionLevel": [
            {
                "id": "urn:uuid:11111111-0000-4000-8000-000000000002",
                "type": ["RubricCriterionLevel"],
                "name": "Proficient",
                "level": "3",
                "points": "3.0",
            }
        ],
    }
    alignment = {
        "type": ["Alignment"],
        "targetName": "Cells",
        "targetUrl": "https://standards.example.org/cells",
        "targetCode": "HS-LS1-2",
        "targetType": "CFItem",
    }
    rich = credential(
        2,
        {
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": True,
                    "identityHash": "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399",
                    "identityType": "emailAddress",
                    "salt": "Kosher",
                }
            ],
            "creditsEarned": 1.5,
            "term": "Fall 2026",
            "achievement": achievement(
                2, achievementType="Course", creditsAvailable=2, alignment=[alignment], resultDescription=[rubric]
            ),
            "result": [
                {
                    "type": ["Result"],
                    "resultDescription": rubric["id"],
                    "achievedLevel": "urn:uuid:11111111-0000-4000-8000-000000000002",
                }
            ],
        },
        name="Biology with laboratory",
        awardedDate="2025-12-24T00:00:00Z",
        validUntil="2036-01-01T00:00:00Z",
        evidence=[{"id": "https://portfolio.example.org/1", "type": ["Evidence"], "name": "Notebook"}],
        credentialStatus=[STATUS],
    )
    return {
        "small.json": credential(1, {"id": "did:example:jonah", "achievement": achievement(1)}),
        "rich.json": rich,
        "scripts.json": credential(
            3,
            {"id": "urn:uuid:22222222-0000-4000-8000-000000000001", "achievement": achievement(3)},
            name="Biología · 生物 · أحياء",
        ),
    }


def old_samples() -> dict[str, dict[str, Any]]:
    """Name → unsigned credential of the data model 1.1."""
    document = credential(4, {"id": "did:example:jonah", "achievement": achievement(4)})
    del document["validFrom"]
    document["@context"] = ["https://www.w3.org/2018/credentials/v1", CONTEXT[1]]
    return {"old.json": document | {"issuanceDate": "2026-01-01T00:00:00Z", "name": "Biology"}}
