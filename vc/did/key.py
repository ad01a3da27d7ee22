"""did:key: the identifier is the key.

Spec: https://w3c-ccg.github.io/did-key-spec/
"""

from __future__ import annotations

from vc.did.syntax import Did
from vc.document import JsonObject
from vc.keys import PublicKey, parse_multikey


def key_did(public_key: PublicKey) -> str:
    """The did:key of a public key."""
    return f"did:key:{public_key.multikey}"


def document(did: Did) -> JsonObject:
    """The controller document of a did:key: one Multikey, good for assertions and for authentication.

    Raises:
        ProblemError: the identifier is no public key that may be used.

    Spec: https://w3c-ccg.github.io/did-key-spec/#document-creation-algorithm

    """
    key = parse_multikey(did.identifier)
    name = f"{did}#{key.multikey}"
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did.text,
        "verificationMethod": [
            {"id": name, "type": "Multikey", "controller": did.text, "publicKeyMultibase": key.multikey}
        ],
        "authentication": [name],
        "assertionMethod": [name],
        "capabilityDelegation": [name],
        "capabilityInvocation": [name],
    }
