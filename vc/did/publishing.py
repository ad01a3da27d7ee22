"""The DID document that an issuer publishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vc.document import JsonObject
from vc.keys import PublicKey
from vc.timestamps import format_timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class DidKey:
    """One key to publish: its name without ``#``, and from when on it must not be used.

    A retired key stays listed, with ``revoked`` or ``expires``, so that what it signed before can still be verified.
    """

    fragment: str
    public_key: PublicKey
    expires: datetime | None = None
    revoked: datetime | None = None


def did_document(did: str, keys: Sequence[DidKey]) -> JsonObject:
    """The DID document of an issuer with these keys, each good for assertions.

    Raises:
        ValueError: no key, or two of one name.

    Spec: https://www.w3.org/TR/cid-1.0/#Multikey

    """
    if not keys or len({key.fragment for key in keys}) != len(keys):
        raise ValueError("A DID document lists at least one key, and each name once.")
    names = [f"{did}#{key.fragment}" for key in keys]
    methods: list[JsonObject] = []
    for name, key in zip(names, keys, strict=True):
        method = {"id": name, "type": "Multikey", "controller": did, "publicKeyMultibase": key.public_key.multikey}
        ends = {"expires": key.expires, "revoked": key.revoked}
        methods.append(method | {member: format_timestamp(end) for member, end in ends.items() if end})
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": names,
    }
