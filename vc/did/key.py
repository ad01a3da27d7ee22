"""did:key: the identifier is the key.

Spec: https://w3c-ccg.github.io/did-key-spec/
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from vc.did.syntax import Did
from vc.document import JsonObject, JsonValue
from vc.keys import PublicKey, parse_multikey


def key_did(public_key: PublicKey) -> str:
    """The did:key of a public key."""
    return f"did:key:{public_key.multikey}"


FORMATS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "Multikey": ("publicKeyMultibase", "https://w3id.org/security/multikey/v1"),
        "JsonWebKey": ("publicKeyJwk", "https://w3id.org/security/jwk/v1"),
        "JsonWebKey2020": ("publicKeyJwk", "https://w3id.org/security/suites/jws-2020/v1"),
        "Ed25519VerificationKey2020": ("publicKeyMultibase", "https://w3id.org/security/suites/ed25519-2020/v1"),
    }
)
"""The types that a did:key's key can be written as, each with the member that holds it and the context that defines it.
"""


def document(did: Did, *, key_format: str = "Multikey") -> JsonObject:
    """The controller document of a did:key: one key, good for assertions and for authentication.

    ``key_format`` is one of ``FORMATS``, and says nothing about what the key is worth.

    Raises:
        ProblemError: the identifier is no public key that may be used.

    Spec: https://w3c-ccg.github.io/did-key-spec/#document-creation-algorithm

    """
    key = parse_multikey(did.identifier)
    name = f"{did}#{key.multikey}"
    member, context = FORMATS[key_format]
    written: JsonValue = key.jwk if member == "publicKeyJwk" else key.multikey
    return {
        "@context": ["https://www.w3.org/ns/did/v1", context],
        "id": did.text,
        "verificationMethod": [{"id": name, "type": key_format, "controller": did.text, member: written}],
        "authentication": [name],
        "assertionMethod": [name],
        "capabilityDelegation": [name],
        "capabilityInvocation": [name],
    }
