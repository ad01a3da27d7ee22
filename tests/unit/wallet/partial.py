"""An award of many lines that was issued with ecdsa-sd-2023, so that its holder may show some of them."""

from datetime import UTC, datetime

from vc import create_base_proof
from vc.did import key_did
from vc.disclosure import required_pointers
from vc.document import serialize
from vc.keys import P256Signer
from vc.openbadges import IssuerProfile, SubjectClaims, build

SUBJECTS = ("Algebra", "Biology", "Chemistry", "Drama", "English")


def year(number=1, *, lines=31, subject=None, title="Year 11"):
    """The bytes of a year's record: `lines` results, a narrative and a piece of evidence."""
    bare = P256Signer(bytes([9]) * 32, "")
    did = key_did(bare.public_key)
    signer = P256Signer(bytes([9]) * 32, f"{did}#{did.removeprefix('did:key:')}")
    names = [f"{SUBJECTS[index % len(SUBJECTS)]} {index + 1}" for index in range(lines)]
    document = build(
        credential_id=f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
        issuer=IssuerProfile(id=did, name="Maple Co-op"),
        achievement={
            "id": "https://maple.example/achievements/year-11",
            "type": ["Achievement"],
            "name": title,
            "description": "A year of study.",
            "criteria": {"narrative": "Study for a year."},
            "resultDescription": [
                {"id": f"urn:uuid:11111111-0000-4000-8000-{index:012d}", "type": ["ResultDescription"], "name": name,
                 "resultType": "LetterGrade"}
                for index, name in enumerate(names)
            ],
        },
        subject=SubjectClaims(
            id=subject or "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
            narrative="Zebrafinch diary.",
            results=[
                {"type": ["Result"], "resultDescription": f"urn:uuid:11111111-0000-4000-8000-{index:012d}",
                 "value": f"{index}%"}
                for index in range(lines)
            ],
        ),
        valid_from=datetime(2026, 5, 1, tzinfo=UTC),
        awarded_date=datetime(2026, 5, 1, tzinfo=UTC),
        valid_until=None,
        status=(),
        evidence=({"id": "https://maple.example/essay", "type": ["Evidence"], "name": "Essay on otters"},),
        name=title,
    )  # fmt: skip
    return serialize(
        create_base_proof(
            document,
            signer=signer,
            mandatory_pointers=required_pointers(document),
            created=datetime(2026, 5, 1, tzinfo=UTC),
            hmac_key=bytes([3]) * 32,
            proof_key=bytes([5]) * 32,
        )
    )
