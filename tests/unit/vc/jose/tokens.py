"""Tokens for tests: honest ones, and whatever a test wants to write instead."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from vc.keys import Ed25519Signer, P256Signer, P384Signer, P521Signer, RsaSigner, Signer

V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
SCHOOL = "did:web:school.example"
KEY = f"{SCHOOL}#key-1"
LEARNER = "did:example:learner"
ID = "urn:uuid:5b6a5a7e-0000-4000-8000-000000000001"

ED25519 = Ed25519Signer(bytes([1]) * 32, KEY)
P256 = P256Signer(bytes([1]) * 32, KEY)
P384 = P384Signer(bytes([1]) * 48, KEY)
P521 = P521Signer(bytes(65) + b"\1", KEY)


@cache
def rsa_signer() -> RsaSigner:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return RsaSigner(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), KEY)


SIGNERS = {
    "EdDSA": lambda: ED25519,
    "ES256": lambda: P256,
    "ES384": lambda: P384,
    "ES512": lambda: P521,
    "RS256": rsa_signer,
}


def badge(**changes: Any) -> dict[str, Any]:
    """An Open Badges credential; a change to ``None`` takes the member away."""
    document = {
        "@context": [V2, OB],
        "id": ID,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": SCHOOL, "type": ["Profile"], "name": "River School"},
        "validFrom": "2027-03-03T10:02:00Z",
        "credentialSubject": {"id": LEARNER, "type": ["AchievementSubject"]},
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def old(**changes: Any) -> dict[str, Any]:
    """A credential of the data model 1.1."""
    document = {
        "@context": [V1],
        "id": ID,
        "type": ["VerifiableCredential"],
        "issuer": SCHOOL,
        "issuanceDate": "2027-03-03T10:02:00Z",
        "credentialSubject": {"id": LEARNER},
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def shown(context: str = V2, **changes: Any) -> dict[str, Any]:
    """A presentation."""
    return {
        "@context": [context],
        "type": ["VerifiablePresentation"],
        "holder": LEARNER,
        "verifiableCredential": [],
        **changes,
    }


def part(value: Any) -> str:
    """Base64url of bytes, or of a value as JSON."""
    data = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def token(header: Any, payload: Any, signer: Signer = ED25519) -> str:
    """A token with exactly this header and payload, honestly signed."""
    signed = f"{part(header)}.{part(payload)}"
    return f"{signed}.{part(signer.sign(signed.encode()))}"


def typed(**header: Any) -> dict[str, Any]:
    """The header of a vc+jwt, changed."""
    found = {"alg": "EdDSA", "kid": KEY, "typ": "vc+jwt", **header}
    return {name: value for name, value in found.items() if value is not None}


def plain(**header: Any) -> dict[str, Any]:
    """The header of an Open Badges token, changed."""
    return typed(**{"typ": "JWT", **header})


def claimed(document: dict[str, Any] | None = None, **claims: Any) -> dict[str, Any]:
    """The payload of an Open Badges token, with changed claims; ``None`` takes one away."""
    found = {"iss": SCHOOL, "sub": LEARNER, "jti": ID, "nbf": 1_804_068_120, **claims}
    return {**(document or badge()), **{name: value for name, value in found.items() if value is not None}}
