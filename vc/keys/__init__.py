"""Keys: which kinds there are, how they are written, how they sign and verify.

Two libraries, each where it is strictest: PyNaCl for Ed25519, ``cryptography`` for P-256, P-384, P-521 and RSA. A
public key is checked when it is read, never later.

Spec: https://www.w3.org/TR/cid-1.0/#Multikey
"""

from vc.keys.ed25519 import is_valid_point, small_order_encodings
from vc.keys.jwk import parse_jwk
from vc.keys.multikey import MAX_MULTIKEY, parse_multikey
from vc.keys.probing import self_test
from vc.keys.public import KeyKind, PublicKey
from vc.keys.signers import Ed25519Signer, P256Signer, P384Signer, P521Signer, RsaSigner, Signer

__all__ = [
    "MAX_MULTIKEY",
    "Ed25519Signer",
    "KeyKind",
    "P256Signer",
    "P384Signer",
    "P521Signer",
    "PublicKey",
    "RsaSigner",
    "Signer",
    "is_valid_point",
    "parse_jwk",
    "parse_multikey",
    "self_test",
    "small_order_encodings",
]
