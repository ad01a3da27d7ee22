"""The keys of an issuer of signed badges: PEM texts that its own profile lists.

Spec: https://www.imsglobal.org/sites/default/files/Badges/OBv2p0Final/index.html#CryptographicKey
"""

from __future__ import annotations

from collections.abc import Mapping

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from vc.credential_checks import Context
from vc.document import JsonObject, JsonValue, listed
from vc.keys import KeyKind, PublicKey
from vc.openbadges2.graph import fetched, is_same_name
from vc.openbadges2.model import violations
from vc.problems import InvalidVerificationMethodError, MalformedValueError, SchemaViolationError

_MAX_PEM = 8_192
_MAX_KEYS = 20


def key_of(issuer: JsonObject, creator: JsonValue, *, context: Context) -> tuple[str, PublicKey]:
    """The key that the badge names, if the issuer's profile lists it and the key's document names the issuer.

    Without a name, it is the issuer's only key.

    Raises:
        InvalidVerificationMethodError: the issuer lists no such key, or its owner is somebody else.
        SchemaViolationError, MalformedValueError: the key's document is none.
        MissingEvidence, EvidenceUnavailable: it has not been asked for, or could not be had.

    Spec: https://www.imsglobal.org/sites/default/files/Badges/OBv2p0Final/index.html#signed-badges

    """
    known = listed(issuer.get("publicKey"))[:_MAX_KEYS]
    name = _name(creator)
    if name is None and len(known) == 1:
        name = _name(known[0])
    entry = next((entry for entry in known if _name(entry) == name), None)
    # "the issuer's profile lists the key": a key that says itself whose it is proves nothing
    if name is None or entry is None:
        raise InvalidVerificationMethodError(f"{issuer.get('id')} lists no key {name or ''}.".replace(" .", "."))
    document = entry if isinstance(entry, Mapping) and len(entry) > 1 else fetched(name, context=context)[0]
    refuse_other_owner(document, issuer)
    problem = next(violations(document, kind="CryptographicKey"), None)
    if problem is not None:
        raise SchemaViolationError(f"The key {name}: {problem.detail}")
    return name, parse_pem(document.get("publicKeyPem"))


def refuse_other_owner(key: JsonObject, issuer: JsonObject) -> None:
    """Refuse a key whose document names somebody else as its owner."""
    if not is_same_name(key.get("owner"), issuer.get("id")):
        detail = f"The key {key.get('id')} is {key.get('owner')}'s, not {issuer.get('id')}'s."
        raise InvalidVerificationMethodError(detail)


def _name(value: JsonValue) -> str | None:
    found = value.get("id") if isinstance(value, Mapping) else value
    return found if isinstance(found, str) else None


def parse_pem(text: JsonValue) -> PublicKey:
    """The key in a PEM text.

    Raises:
        MalformedValueError: it holds none of a kind that we check signatures with.
        CryptographicSecurityError: a key that must not be used.

    """
    try:
        if not isinstance(text, str) or len(text) > _MAX_PEM:
            raise ValueError
        key = load_pem_public_key(text.encode("ascii"))
    except (ValueError, UnsupportedAlgorithm):
        raise MalformedValueError("The issuer's key is not a public key in PEM.") from None
    if isinstance(key, RSAPublicKey):
        return PublicKey(kind=KeyKind.RSA, raw=key.public_bytes(Encoding.DER, PublicFormat.PKCS1))
    if isinstance(key, Ed25519PublicKey):
        return PublicKey(kind=KeyKind.ED25519, raw=key.public_bytes_raw())
    curve = key.curve if isinstance(key, EllipticCurvePublicKey) else None
    if isinstance(key, EllipticCurvePublicKey) and isinstance(curve, SECP256R1 | SECP384R1):
        kind = KeyKind.P256 if isinstance(curve, SECP256R1) else KeyKind.P384
        return PublicKey(kind=kind, raw=key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))
    raise MalformedValueError("The issuer's key is of a kind that signs no badges.")
