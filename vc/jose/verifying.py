"""Whether a token's signature is one key's. Whose key that is, is decided elsewhere.

The key decides which algorithm there is, never the token. The mathematics is ``joserfc``'s; what it is given has been
read by ``vc.jose.compact`` and ``vc.keys``.

Spec: https://www.rfc-editor.org/rfc/rfc7518#section-3.1, https://www.rfc-editor.org/rfc/rfc8037#section-3.1
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from joserfc.jwk import import_key
from joserfc.jws import JWSRegistry

from vc.jose.compact import Jws, Parts
from vc.keys import KeyKind, PublicKey
from vc.problems import ProofVerificationError


def verify_jws(jws: Jws | Parts, *, public_key: PublicKey) -> None:
    """Return if the token was signed with this key.

    Raises:
        ProofVerificationError: it was not, or its algorithm is not the one that goes with the key.

    Spec: https://www.rfc-editor.org/rfc/rfc7515#section-5.2

    """
    # RFC 8725 §3.1: "each key MUST be used with exactly one algorithm, and this MUST be checked"
    if jws.algorithm != public_key.jose_algorithm:
        detail = f"The token says {jws.algorithm}; its key is for {public_key.jose_algorithm} and nothing else."
        raise ProofVerificationError(detail, pointer="/alg")
    # RFC 7518 §3.4: "The signature ... MUST be ... a 64-octet sequence"; a longer one would be a second spelling
    if len(jws.signature) != public_key.signature_length:
        detail = f"The signature has {len(jws.signature)} bytes; it must have {public_key.signature_length}."
        raise ProofVerificationError(detail)
    algorithm = JWSRegistry.algorithms[public_key.jose_algorithm]
    if not algorithm.verify(jws.signing_input, jws.signature, _imported(public_key)):
        raise ProofVerificationError("The signature was not made with this key over this content.")
    _verify_strictly(jws, public_key)


def _verify_strictly(jws: Jws | Parts, public_key: PublicKey) -> None:
    """Refuse an Ed25519 signature whose R has small order, which the library lets pass and proofs do not."""
    if public_key.kind is KeyKind.ED25519:
        public_key.verify(jws.signature, jws.signing_input)


@lru_cache(maxsize=256)
def _imported(public_key: PublicKey) -> Any:
    members: Any = public_key.jwk
    return import_key(members)
