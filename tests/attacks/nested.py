"""Documents that contain others: transcripts (CLR) of badges, and endorsements of what a badge names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.attacks.world import ACHIEVEMENT, LEARNER, NOW, SCHOOL, plain, sign, signer_of
from vc.did import key_did

V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
ENDORSER_SIGNER = signer_of(9)
ENDORSER = key_did(ENDORSER_SIGNER.public_key)


def endorsement(*, of: str = ACHIEVEMENT, comment: str = "Sound teaching.", **changes: Any) -> dict[str, Any]:
    """An endorsement of an achievement by somebody else, signed."""
    document = {
        "@context": [V2, OB],
        "id": "urn:uuid:5b6a5a7e-0000-4000-8000-00000000ee01",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": ENDORSER, "type": ["Profile"], "name": "Welders' Guild"},
        "validFrom": "2027-01-02T00:00:00Z",
        "name": "Endorsement of Welding I",
        "credentialSubject": {"id": of, "type": ["EndorsementSubject"], "endorsementComment": comment},
    }
    return sign(document | changes, signer=ENDORSER_SIGNER, created=NOW - timedelta(days=30))


def transcript_of(*credentials: Mapping[str, Any] | str, **changes: Any) -> dict[str, Any]:
    """A transcript of the school over these credentials, not yet signed."""
    return {
        "@context": [V2, CLR, OB],
        "id": "urn:uuid:5b6a5a7e-0000-4000-8000-00000000c001",
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": {"id": SCHOOL, "type": ["Profile"], "name": "River School"},
        "validFrom": "2027-02-01T00:00:00Z",
        "name": "Transcript",
        "credentialSubject": {
            "id": LEARNER,
            "type": ["ClrSubject"],
            "verifiableCredential": [plain(credential) for credential in credentials],
        },
    } | changes


def transcript(*credentials: Mapping[str, Any] | str, **changes: Any) -> dict[str, Any]:
    """A transcript of the school over these credentials."""
    return sign(transcript_of(*credentials, **changes), created=NOW - timedelta(days=20))
