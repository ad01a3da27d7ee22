"""The DID document that an issuer publishes, and the document of each of its keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from vc.did.key import FORMATS
from vc.document import JsonObject, JsonValue
from vc.keys import PublicKey
from vc.timestamps import format_timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class DidKey:
    """One key to publish: its name without ``#``, and from when on it must not be used.

    A retired key stays listed, with ``revoked`` or ``expires``, so that what it signed before can still be verified.
    ``form`` is how it is written: a key that signs tokens has to be found as a JWK.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#key-management
    """

    fragment: str
    public_key: PublicKey
    expires: datetime | None = None
    revoked: datetime | None = None
    form: Literal["Multikey", "JsonWebKey"] = "Multikey"

    def method(self, did: str) -> JsonObject:
        """The verification method of this key.

        Spec: https://www.w3.org/TR/cid-1.0/#verification-methods
        """
        member, _context = FORMATS[self.form]
        written: JsonValue = self.public_key.jwk if self.form == "JsonWebKey" else self.public_key.multikey
        ends = {"expires": self.expires, "revoked": self.revoked}
        return {
            "id": f"{did}#{self.fragment}",
            "type": self.form,
            "controller": did,
            member: written,
            **{name: format_timestamp(end) for name, end in ends.items() if end},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DidService:
    """Something about the subject that lies elsewhere: a name without ``#``, a type, and its address.

    Spec: https://www.w3.org/TR/did-core/#services
    """

    fragment: str
    type: str
    endpoint: str


def did_document(
    did: str, keys: Sequence[DidKey], *, services: Sequence[DidService] = (), also_known_as: Sequence[str] = ()
) -> JsonObject:
    """The DID document of an issuer with these keys, each good for assertions and named there by its address.

    ``also_known_as`` are other identifiers of the same issuer. It is a claim and proves nothing: whoever follows it
    asks whether the other one says the same.

    Raises:
        ValueError: no key, or two of one name.

    Spec: https://www.w3.org/TR/cid-1.0/#Multikey
    Spec: https://www.w3.org/TR/cid-1.0/#also-known-as

    """
    if not keys or len({key.fragment for key in keys}) != len(keys):
        raise ValueError("A DID document lists at least one key, and each name once.")
    contexts = sorted({FORMATS[key.form][1] for key in keys}, reverse=True)
    listed: list[JsonValue] = [
        {"id": f"{did}#{each.fragment}", "type": each.type, "serviceEndpoint": each.endpoint} for each in services
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", *contexts],
        "id": did,
        **({"alsoKnownAs": list(also_known_as)} if also_known_as else {}),
        "verificationMethod": [key.method(did) for key in keys],
        "assertionMethod": [f"{did}#{key.fragment}" for key in keys],
        **({"service": listed} if listed else {}),
    }


def key_document(did: str, key: DidKey) -> JsonObject:
    """One key by itself, with its whole name and whose it is, for readers that ask for a key and not for its owner.

    Spec: https://www.w3.org/TR/cid-1.0/#retrieve-verification-method
    """
    return {"@context": FORMATS[key.form][1], **key.method(did)}
