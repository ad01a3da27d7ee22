"""Documents with every member that the data model has: one for each kind, in both editions of the data model."""

from __future__ import annotations

import copy
from typing import Any

from vc.credential import CONTEXT, CONTEXT_1
from vc.openbadges import EXTENSIONS_CONTEXT, OPEN_BADGES_CONTEXT

CLR_CONTEXT = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
MOMENT, LATER = "2026-03-03T10:02:00Z", "2027-03-03T10:02:00Z"
SCHOOL, LEARNER = "https://school.example/issuers/1", "did:example:learner"
COURSE, GRADE, LEVEL = "urn:uuid:a0000000-0000-4000-8000-000000000001", "urn:example:grade", "urn:example:level:good"
JWS = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2EuZXhhbXBsZS8ifQ.c2ln"
TEXT = "Some *text*."

PROOF: dict[str, Any] = {
    "type": "DataIntegrityProof",
    "created": MOMENT,
    "cryptosuite": "eddsa-rdfc-2022",
    "challenge": "1",
    "domain": "a.example",
    "nonce": "2",
    "proofPurpose": "assertionMethod",
    "proofValue": "z1",
    "verificationMethod": "did:example:1#key",
}
IMAGE = {"id": "https://school.example/image.png", "type": "Image", "caption": "A logo"}
IDENTITY = {
    "type": "IdentityObject",
    "hashed": True,
    "identityHash": "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399",
    "identityType": "emailAddress",
    "salt": "Kosher",
}
ENTRY = {"type": "IdentifierEntry", "identifier": "17", "identifierType": "sourcedId"}
ALIGNMENT = {
    "type": ["Alignment"],
    "targetCode": "J1",
    "targetDescription": TEXT,
    "targetName": "Joining",
    "targetFramework": "Trades",
    "targetType": "CFItem",
    "targetUrl": "https://framework.example/J1",
}
EVIDENCE = {
    "id": "https://school.example/evidence/1",
    "type": ["Evidence"],
    "narrative": TEXT,
    "name": "A photograph",
    "description": TEXT,
    "genre": "Photograph",
    "audience": "Everybody",
}
COMMON: dict[str, Any] = {
    "proof": [PROOF],
    "credentialSchema": [{"id": "https://schemas.example/1", "type": "1EdTechJsonSchemaValidator2019"}],
    "credentialStatus": {"id": "https://school.example/status/1#7", "type": "1EdTechRevocationList"},
    "refreshService": {"id": "https://school.example/refresh/1", "type": "1EdTechCredentialRefresh"},
    "termsOfUse": [{"id": "https://school.example/terms", "type": "https://school.example/Terms"}],
    "evidence": [EVIDENCE],
}
PARTY = {
    "type": ["Profile"],
    "url": "https://school.example/",
    "phone": "+1 555 0100",
    "description": TEXT,
    "image": IMAGE,
    "email": "office@school.example",
    "address": {
        "type": ["Address"],
        "addressCountry": "United States",
        "addressCountryCode": "US",
        "addressRegion": "Ohio",
        "addressLocality": "River Town",
        "streetAddress": "1 School Street",
        "postOfficeBoxNumber": "12",
        "postalCode": "45001",
        "geo": {"type": "GeoCoordinates", "latitude": 39.5, "longitude": -84.5},
    },
    "otherIdentifier": [ENTRY],
    "official": "Head of school",
    "familyName": "River",
    "givenName": "Ada",
    "additionalName": "B.",
    "patronymicName": "C.",
    "honorificPrefix": "Dr",
    "honorificSuffix": "PhD",
    "familyNamePrefix": "van",
    "dateOfBirth": "1970-01-01",
}


def dated(edition: int) -> dict[str, Any]:
    """The dates of a credential, under their names in this edition of the data model."""
    names = ("validFrom", "validUntil") if edition == 2 else ("issuanceDate", "expirationDate")
    return dict(zip(names, (MOMENT, LATER), strict=True)) | {"awardedDate": MOMENT}


def contexts(edition: int, *more: str) -> list[str]:
    """The contexts of a document in this edition of the data model."""
    first = CONTEXT if edition == 2 else CONTEXT_1
    last = [] if edition == 2 else ["https://w3id.org/security/data-integrity/v2"]
    return [first, *more, OPEN_BADGES_CONTEXT, EXTENSIONS_CONTEXT, *last]


def endorsement(edition: int = 2, *, about: str = COURSE) -> dict[str, Any]:
    """An EndorsementCredential with every member."""
    return copy.deepcopy(
        {
            "@context": contexts(edition),
            "id": "https://association.example/endorsements/" + about.rpartition(":")[2].strip("/"),
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "name": "Endorsed by the trade association",
            "description": TEXT,
            "issuer": {"id": "https://association.example/1", "type": ["Profile"], "name": "Trade Association"},
            **dated(edition),
            "credentialSubject": {"id": about, "type": ["EndorsementSubject"], "endorsementComment": TEXT},
            **COMMON,
        }
    )


def profile(edition: int = 2) -> dict[str, Any]:
    """A Profile with every member."""
    parent = {"id": "https://district.example/", "type": ["Profile"], "name": "District"}
    endorsed = {"endorsement": [endorsement(edition, about=SCHOOL)], "endorsementJwt": [JWS]}
    return copy.deepcopy({"id": SCHOOL, "name": "River School", **PARTY, "parentOrg": parent, **endorsed})


def achievement(edition: int = 2, *, identifier: str = COURSE) -> dict[str, Any]:
    """An Achievement with every member."""
    level = {"id": LEVEL, "type": ["RubricCriterionLevel"], "name": "Good", "alignment": [ALIGNMENT]}
    grade = {"id": GRADE, "type": ["ResultDescription"], "name": "Final grade", "resultType": "LetterGrade"}
    return copy.deepcopy(
        {
            "id": identifier,
            "type": ["Achievement"],
            "alignment": [ALIGNMENT],
            "achievementType": "Course",
            "creator": {"id": "https://publisher.example/", "type": ["Profile"], "name": "Publisher"},
            "creditsAvailable": 1.5,
            "criteria": {"id": "https://school.example/criteria/1", "narrative": TEXT},
            "description": TEXT,
            "endorsement": [endorsement(edition)],
            "endorsementJwt": [JWS],
            "fieldOfStudy": "Welding",
            "humanCode": "W-101",
            "image": IMAGE,
            "inLanguage": "en-US",
            "name": "Welding I",
            "otherIdentifier": [ENTRY],
            "related": [{"id": "urn:example:2", "type": ["Related"], "inLanguage": "es", "version": "2"}],
            "resultDescription": [
                grade
                | {
                    "alignment": [ALIGNMENT],
                    "allowedValue": ["F", "C", "A"],
                    "requiredLevel": LEVEL,
                    "requiredValue": "C",
                    "rubricCriterionLevel": [level | {"description": TEXT, "level": "2", "points": "10"}],
                    "valueMax": "A",
                    "valueMin": "F",
                }
            ],
            "specialization": "Steel",
            "tag": ["metal", "joining"],
            "version": "3",
        }
    )


def badge(edition: int = 2, *, identifier: str = COURSE) -> dict[str, Any]:
    """An AchievementCredential with every member."""
    result = {"type": ["Result"], "achievedLevel": LEVEL, "alignment": [ALIGNMENT], "resultDescription": GRADE}
    return copy.deepcopy(
        {
            "@context": contexts(edition),
            "id": "urn:uuid:b" + identifier[-35:],
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": "Welding I",
            "description": TEXT,
            "image": IMAGE,
            "issuer": profile(edition),
            **dated(edition),
            "credentialSubject": {
                "id": LEARNER,
                "type": ["AchievementSubject"],
                "activityEndDate": MOMENT,
                "activityStartDate": MOMENT,
                "creditsEarned": 1.5,
                "achievement": achievement(edition, identifier=identifier),
                "identifier": [IDENTITY],
                "image": IMAGE,
                "licenseNumber": "L-1",
                "narrative": TEXT,
                "result": [result | {"status": "Completed", "value": "A"}],
                "role": "Student",
                "source": {"id": "https://registrar.example/", "type": ["Profile"], "name": "Registrar"},
                "term": "Spring",
            },
            "endorsement": [endorsement(edition, about="urn:example:this")],
            "endorsementJwt": [JWS],
            **COMMON,
        }
    )


def record() -> dict[str, Any]:
    """A ClrCredential with every member."""
    program = {
        "id": "urn:example:program",
        "type": ["Achievement"],
        "name": "Metal trades",
        "description": TEXT,
        "criteria": {"narrative": TEXT},
    }
    association = {"type": "Association", "associationType": "isPartOf", "sourceId": COURSE}
    return copy.deepcopy(
        {
            "@context": contexts(2, CLR_CONTEXT),
            "id": "urn:uuid:c0000000-0000-4000-8000-000000000001",
            "type": ["VerifiableCredential", "ClrCredential"],
            "name": "Learner record",
            "description": TEXT,
            "image": IMAGE,
            "partial": True,
            "issuer": profile(),
            **dated(2),
            "credentialSubject": {
                "id": LEARNER,
                "type": ["ClrSubject"],
                "identifier": [IDENTITY],
                "achievement": [program],
                "verifiableCredential": [badge()],
                "association": [association | {"targetId": "urn:example:program"}],
            },
            "endorsement": [endorsement()],
            "endorsementJwt": [JWS],
            **COMMON,
        }
    )
