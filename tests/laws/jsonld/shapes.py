"""Documents of every kind that a learner's credential comes as, and of what goes with it, under all pinned contexts.

They are read by the oracles, whole and damaged (`tests.laws.jsonld.many`).
"""

from __future__ import annotations

from typing import Any

from tests.bench.samples import CLR, OB, V2, medium, pretend_signature, record, small

V1 = "https://www.w3.org/2018/credentials/v1"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
STATUS = "https://w3id.org/vc/status-list/2021/v1"
EXTENDED = [
    "https://purl.imsglobal.org/spec/ob-assessment/v2p0/context/",
    "https://purl.imsglobal.org/spec/ob-accred/v2p0/context/",
    "https://openbadgespec.org/extensions/licenseExtension/context-3.0.0.json",
]
ADDRESS = {
    "type": ["Address"],
    "addressCountry": "PT",
    "geo": {"type": ["GeoCoordinates"], "latitude": 38.7, "longitude": -9.1},
}
SAMPLES: dict[str, dict[str, Any]] = {
    "small": small(1),
    "medium": medium(2),
    "signed": pretend_signature(small(3)),
    "record": record(4, sign=pretend_signature, children=3),
    "presentation": {
        "@context": [V2],
        "type": "VerifiablePresentation",
        "holder": "did:example:h",
        "verifiableCredential": [pretend_signature(small(5)), pretend_signature(medium(6))],
    },
    "older badge": {
        "@context": [V1, "https://purl.imsglobal.org/spec/ob/v3p0/context.json"],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "urn:i", "type": "Profile", "name": "x"},
        "issuanceDate": "2020-01-01T00:00:00Z",
        "credentialSubject": {
            "type": "AchievementSubject",
            "achievement": {"id": "urn:a", "type": "Achievement", "name": "n", "tag": ["t"]},
        },
    },
    "controller": {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": "did:web:x",
        "verificationMethod": [{"id": "did:web:x#k", "type": "Multikey", "controller": "did:web:x"}],
        "assertionMethod": ["did:web:x#k"],
        "authentication": [{"id": "did:web:x#l", "type": "Multikey", "publicKeyMultibase": "z6"}],
    },
    "status list": {
        "@context": [V2],
        "id": "urn:list",
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": "did:web:x",
        "credentialSubject": {"id": "urn:list#list", "type": "BitstringStatusList", "encodedList": "uH4", "ttl": 5_000},
    },
    "schema": {
        "@context": [V2, OB],
        "id": "urn:schema",
        "type": ["JsonSchema", "Profile"],
        "jsonSchema": {"type": "object", "required": ["a", "é"], "minItems": 3, "nothing": None},
    },
    "many equals": {
        "@context": [V2, OB],
        "type": "VerifiableCredential",
        "evidence": [{"name": "x"} for _ in range(5)] + [{"name": "x", "image": [{"name": "y"}, {"name": "y"}]}] * 2,
    },
    "endorsement": {
        "@context": [V2, OB],
        "id": "urn:endorsement",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": "urn:guild", "type": ["Profile"], "name": {"@value": "Imkergilde", "@language": "de"}},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "urn:school",
            "type": ["EndorsementSubject"],
            "endorsementComment": "They know bees.",
        },
    },
    "endorsed badge": {
        **small(7),
        "endorsement": [
            {
                "@context": [V2, OB],
                "id": "urn:endorsement",
                "type": ["VerifiableCredential", "EndorsementCredential"],
                "issuer": {"id": "urn:guild", "type": ["Profile"]},
                "validFrom": "2026-01-01T00:00:00Z",
                "credentialSubject": {"id": "urn:school", "type": ["EndorsementSubject"], "endorsementComment": "Yes."},
            }
        ],
    },
    "transcript": {
        "@context": [V2, CLR, OB, EXTENSIONS],
        "id": "urn:transcript",
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": {"id": "urn:school", "type": ["Profile"], "address": ADDRESS},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "urn:learner",
            "type": ["ClrSubject"],
            "verifiableCredential": [pretend_signature(medium(8))],
            "achievement": [{"id": "urn:a1", "type": ["Achievement"], "name": "A", "criteria": {"narrative": "c"}}],
        },
    },
    "options": {
        "@context": [V2, OB],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-05-01T09:00:01Z",
        "expires": "2027-05-01T09:00:01Z",
        "verificationMethod": "did:web:x#k",
        "proofPurpose": "authentication",
        "challenge": "c-1",
        "domain": ["https://a.example", "https://b.example"],
        "previousProof": "urn:uuid:0",
    },
    "older options": {
        "@context": [V1, "https://w3id.org/security/data-integrity/v2"],
        "type": "DataIntegrityProof",
        "cryptosuite": "ecdsa-rdfc-2019",
        "created": "2026-05-01T09:00:01Z",
        "verificationMethod": "did:web:x#k",
        "proofPurpose": "assertionMethod",
    },
    "oldest options": {
        "@context": [V1, "https://w3id.org/security/suites/ed25519-2020/v1"],
        "type": "Ed25519Signature2020",
        "created": "2026-05-01T09:00:01Z",
        "verificationMethod": "did:web:x#k",
        "proofPurpose": "assertionMethod",
    },
    "badge of 3.0.1": {
        "@context": [V1, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json", STATUS],
        "id": "urn:badge",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "urn:i", "type": "Profile", "name": "x", "email": "x@y.example"},
        "issuanceDate": "2020-01-01T00:00:00Z",
        "expirationDate": "2030-01-01T00:00:00Z",
        "credentialStatus": {
            "id": "urn:list#1",
            "type": "StatusList2021Entry",
            "statusPurpose": "revocation",
            "statusListIndex": "1",
            "statusListCredential": "urn:list",
        },
        "credentialSubject": {
            "type": "AchievementSubject",
            "id": "urn:s",
            "achievement": {
                "id": "urn:a",
                "type": "Achievement",
                "name": "n",
                "tag": ["t"],
                "criteria": {"id": "urn:c"},
            },
            "result": [{"type": "Result", "value": "A"}],
        },
    },
    "badge of 3.0.2": {
        "@context": [V2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json", EXTENSIONS],
        "id": "urn:badge",
        "type": ["VerifiableCredential", "AchievementCredential"],
        "issuer": {"id": "urn:i", "type": "Profile", "name": "x", "address": ADDRESS},
        "credentialSubject": {
            "type": "AchievementSubject",
            "id": "urn:s",
            "achievement": {
                "id": "urn:a",
                "type": "Achievement",
                "resultDescription": [{"id": "urn:rd", "type": ["ResultDescription"], "allowedValue": ["A", "B"]}],
            },
        },
    },
    "older status list": {
        "@context": [V1, STATUS],
        "id": "urn:list",
        "type": ["VerifiableCredential", "StatusList2021Credential"],
        "issuer": "did:web:x",
        "issuanceDate": "2020-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "urn:list#list",
            "type": "StatusList2021",
            "statusPurpose": "revocation",
            "encodedList": "H4sI",
        },
    },
    "extended badge": {
        "@context": [V2, OB, *EXTENDED],
        "id": "urn:badge",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "urn:i", "type": ["Profile", "IssuerAccreditationProfile"], "accreditations": ["urn:acc"]},
        "credentialSubject": {
            "type": "AchievementSubject",
            "id": "urn:s",
            "achievement": {
                "id": "urn:a",
                "type": ["Achievement", "CCAchievement"],
                "license": "CC-BY",
                "resultDescription": [
                    {"id": "urn:rd", "type": ["ResultDescription", "AssessmentResultDescription"], "text": "Explain."}
                ],
            },
        },
    },
    "older course": {
        "@context": [V1, "https://w3id.org/dcc/v1"],
        "id": "urn:course",
        "type": ["VerifiableCredential", "LearningCredential"],
        "issuer": {"id": "urn:i", "name": "x", "url": "https://x.example"},
        "issuanceDate": "2020-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "urn:s",
            "type": "Person",
            "name": "n",
            "hasCredential": {"type": "Course", "name": "c"},
        },
    },
}
"""By what they are."""

OWN: list[Any] = [
    {"Pet": "urn:x:Pet", "nick": "urn:x:nick"},
    {"@context": {"alumniOf": "https://www.example.org/alumniOf", "Alumni": "https://www.example.org/Alumni"}},
    {"@vocab": "https://www.example.org/vocabulary#"},
    {"ex": "https://www.example.org/#", "made": {"@id": "ex:made", "@type": "http://www.w3.org/2001/XMLSchema#date"}},
    {
        "@protected": True,
        "Boat": {"@id": "urn:x:Boat", "@context": {"@protected": True, "year": "urn:x:year", "crew": {"@id": "urn:x:crew", "@container": "@list"}}},
        "boats": {"@id": "urn:x:boats", "@type": "@id", "@container": "@set"},
        "raw": {"@id": "urn:x:raw", "@type": "@json"},
        "group": {"@id": "urn:x:group", "@container": "@graph", "@type": "@id"},
        "owner": {"@id": "urn:x:owner", "@context": {"since": "urn:x:since", "nick": "urn:x:nick"}},
        "colour": {"@id": "urn:x:colour", "@type": "@vocab"},
    },
]  # fmt: skip
"""Definitions of words that a document might bring."""

OWN_WORDS = [
    "Pet",
    "nick",
    "alumniOf",
    "made",
    "boats",
    "raw",
    "group",
    "owner",
    "year",
    "crew",
    "colour",
    "since",
    "x",
]
OWN_VALUES: list[Any] = [
    "text", 5, 2.5, True, ["a", "b"], "2020-01-01", "urn:x:1", {"type": "Pet", "nick": "R"}, {"type": "Boat", "year": 1999},
    {"type": "Boat", "crew": ["a", "b", 3]}, {"since": "2020", "nick": "n"}, {"a": [1, None]}, "Pet", {"id": "urn:x:2"},
    {"type": ["Boat", "Unknown"], "x": "y"}, {"@value": "v", "@language": "en"}, {"@value": "v", "@type": "Pet"}, {"x": "y"},
]  # fmt: skip
