"""The world of the attacks, fifteen years earlier: a school that hosts its badges, or signs them with an RSA key."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.attacks.world import DAY, NOW, policy, resource
from vc import Evidence, Report, Resource, Url
from vc.credential_checks import Context
from vc.multibase import base64url_encode
from vc.openbadges2 import verify_open_badge
from vc.timestamps import format_timestamp

V2 = "https://w3id.org/openbadges/v2"
HOST = "https://old.example"
ASSERTION = Url(f"{HOST}/badges/1")
CLASS = Url(f"{HOST}/classes/welding")
ISSUER = Url(f"{HOST}/issuer")
KEY = Url(f"{HOST}/key")
LIST = Url(f"{HOST}/withdrawn")


@cache
def private_key(number: int = 1) -> rsa.RSAPrivateKey:
    """A key pair, made once in a run."""
    assert number
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def pem(number: int = 1) -> str:
    """The public half as PEM."""
    public = private_key(number).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def assertion(**changes: Any) -> dict[str, Any]:
    """A hosted badge."""
    document = {
        "@context": V2,
        "type": "Assertion",
        "id": ASSERTION,
        "recipient": {
            "type": "email",
            "hashed": True,
            "salt": "deadsea",
            "identity": "sha256$ecf5409f3f4b91ab60cc5ef4c02aef7032354375e70cf4d8e43f6a1d29891942",
        },
        "badge": CLASS,
        "verification": {"type": "hosted"},
        "issuedOn": "2017-03-03T10:00:00Z",
        "narrative": "Welded a gate.",
        "evidence": [{"id": "https://old.example/gate", "narrative": "The gate."}],
    }
    return {name: value for name, value in (document | changes).items() if value is not None}


def signed_assertion(**changes: Any) -> dict[str, Any]:
    """The same, as it is written inside a token."""
    return assertion(verification={"type": "SignedBadge", "creator": KEY}) | changes


def badge_class(**changes: Any) -> dict[str, Any]:
    """What the badge is."""
    return {
        "@context": V2,
        "type": "BadgeClass",
        "id": CLASS,
        "name": "Welding",
        "description": "Joins two plates.",
        "image": f"{HOST}/welding.png",
        "criteria": {"narrative": "Weld a sound seam.", "id": f"{HOST}/criteria"},
        "issuer": ISSUER,
        "tags": ["metal"],
        "alignment": [{"targetName": "Joining", "targetUrl": "https://frameworks.example/j"}],
    } | changes


def profile(**changes: Any) -> dict[str, Any]:
    """Who issues it."""
    return {
        "@context": V2,
        "type": "Issuer",
        "id": ISSUER,
        "name": "The Old School",
        "url": HOST,
        "email": "office@old.example",
        "publicKey": KEY,
        "revocationList": LIST,
    } | changes


def key_document(**changes: Any) -> dict[str, Any]:
    """The issuer's key."""
    return {"@context": V2, "type": "CryptographicKey", "id": KEY, "owner": ISSUER, "publicKeyPem": pem()} | changes


def revocations(*entries: Any, **changes: Any) -> dict[str, Any]:
    """The list of withdrawn badges that were signed."""
    return {"@context": V2, "type": "RevocationList", "id": LIST, "revokedAssertions": list(entries)} | changes


def token(payload: dict[str, Any], *, number: int = 1, **header: Any) -> str:
    """A compact token over this payload."""
    parts = ({"alg": "RS256", "typ": "JWT"} | header, payload)
    text = ".".join(base64url_encode(json.dumps(part).encode()) for part in parts)
    signature = private_key(number).sign(text.encode(), padding.PKCS1v15(), SHA256())
    return f"{text}.{base64url_encode(signature)}"


def shelf(*more: Resource, hosted: dict[str, Any] | None = None) -> Evidence:
    """What lies at the school's addresses, and what a test puts there."""
    there = {
        ASSERTION: hosted or assertion(),
        CLASS: badge_class(),
        ISSUER: profile(),
        KEY: key_document(),
        LIST: revocations(),
    }
    found = {url: resource(url, value, retrieved=NOW - DAY / 24) for url, value in there.items()}
    return Evidence(found) | {item.url: item for item in more}


def judge(value: Any, *more: Resource, hosted: dict[str, Any] | None = None, now: Any = NOW, **changes: Any) -> Report:
    """The verdict on an old badge."""
    context = Context(evidence=shelf(*more, hosted=hosted), policy=policy(**changes), now=now)
    return verify_open_badge(value, context=context)


def at(url: str, value: Any, **changes: Any) -> Resource:
    """What lies at an address."""
    return resource(url, value, **({"retrieved": NOW - DAY / 24} | changes))


LATER = format_timestamp(NOW + DAY)
EARLIER = format_timestamp(NOW - DAY)
