"""did:jwk: the identifier is the key, as a JWK in base64url.

Spec: https://github.com/quartzjer/did-jwk/blob/main/spec.md
"""

from __future__ import annotations

from typing import Final

from vc.did.syntax import Did
from vc.document import JsonObject, Limits, parse, serialize
from vc.keys import PublicKey, parse_jwk
from vc.multibase import base64url_decode, base64url_encode
from vc.problems import MalformedValueError

_LIMITS: Final = Limits(max_bytes=2_048, max_depth=3, max_nodes=32, max_items=16, max_string=2_048)
_MEMBERS: Final = frozenset({"alg", "crv", "e", "ext", "key_ops", "kid", "kty", "n", "use", "x", "y"})


def jwk_did(public_key: PublicKey) -> str:
    """The did:jwk of a public key."""
    return f"did:jwk:{base64url_encode(serialize(public_key.jwk))}"


def document(did: Did) -> JsonObject:
    """The controller document of a did:jwk: one key with the name ``#0``.

    Raises:
        ProblemError: the identifier is no strict JWK of a public key for signatures, or says more than a key has to.

    Spec: https://github.com/quartzjer/did-jwk/blob/main/spec.md#resolve

    """
    jwk = parse(base64url_decode(did.identifier), limits=_LIMITS).value
    parse_jwk(jwk)
    refuse_more(jwk)
    name = f"{did}#0"
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
        "id": did.text,
        "verificationMethod": [{"id": name, "type": "JsonWebKey2020", "controller": did.text, "publicKeyJwk": jwk}],
        "authentication": [name],
        "assertionMethod": [name],
        "capabilityDelegation": [name],
        "capabilityInvocation": [name],
    }


def refuse_more(jwk: JsonObject) -> None:
    """Refuse an identifier in which somebody has hidden more than a key."""
    if more := sorted(jwk.keys() - _MEMBERS):
        raise MalformedValueError(f"The key in a did:jwk says more than a key has to: {', '.join(more)[:200]}.")
