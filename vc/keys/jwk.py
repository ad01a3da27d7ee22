"""Reading a public key out of a JWK, strictly: one spelling, public members only, and for signatures only.

A JWK may say more than which key it is (``kid``, certificates); that is ignored. What it says about its use is not: a
key for encryption, or for an algorithm that is not ours, verifies nothing here.

Spec: https://www.rfc-editor.org/rfc/rfc7517, https://www.rfc-editor.org/rfc/rfc7518#section-6, https://www.rfc-editor.org/rfc/rfc8037
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from vc.document import JsonObject, JsonValue
from vc.keys import rsa
from vc.keys.ecdsa import P256, P384, P521, Curve
from vc.keys.public import KeyKind, PublicKey
from vc.multibase import base64url_decode
from vc.problems import CryptographicSecurityError, MalformedValueError, Unsupported

_SECRET: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_KEY_MEMBERS: Final = frozenset({"crv", "x", "y", "n", "e"})
_ALGORITHMS: Final[Mapping[KeyKind, frozenset[str]]] = MappingProxyType(
    {
        KeyKind.ED25519: frozenset({"EdDSA", "Ed25519"}),
        KeyKind.P256: frozenset({"ES256"}),
        KeyKind.P384: frozenset({"ES384"}),
        KeyKind.P521: frozenset({"ES512"}),
        KeyKind.RSA: frozenset({"RS256"}),
    }
)


def parse_jwk(jwk: JsonValue) -> PublicKey:
    """The public key that a JWK is.

    Raises:
        MalformedValueError: a member that makes the key is missing, too much, or not in its one spelling.
        CryptographicSecurityError: a secret key, a symmetric one, a point or a number that must not be used, or a key
            that is not for signatures.
        Unsupported: a kind of key, a curve or an algorithm that we do not implement.

    Spec: https://www.rfc-editor.org/rfc/rfc7517#section-4

    """
    if not isinstance(jwk, Mapping):
        raise MalformedValueError("A JWK is an object.")
    refuse_secret(jwk)
    name = (jwk.get("kty"), jwk.get("crv"))
    reader = _READERS.get(name) if all(part is None or isinstance(part, str) for part in name) else None
    if reader is None:
        raise Unsupported(f"JWKs of the kind {name[0]!r} with the curve {name[1]!r} are not supported.")
    kind, members, raw = reader
    if (_KEY_MEMBERS & jwk.keys()) != members:
        wanted = ", ".join(sorted(members))
        raise MalformedValueError(f"A JWK of the kind {name[0]} is made of exactly these members: {wanted}.")
    key = PublicKey(kind=kind, raw=raw(jwk))
    refuse_other_uses(jwk, key)
    return key


def refuse_secret(jwk: JsonObject) -> None:
    """Refuse a secret or symmetric key."""
    if jwk.get("kty") == "oct" or _SECRET & jwk.keys():
        raise CryptographicSecurityError("This JWK is a secret key. Whoever published it must replace it at once.")


def refuse_other_uses(jwk: JsonObject, key: PublicKey) -> None:
    """Refuse a key that says of itself that it is not for our signatures.

    Spec: https://www.rfc-editor.org/rfc/rfc7517#section-4.2
    """
    operations = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        raise CryptographicSecurityError("This JWK says that it is not for verifying signatures.")
    algorithm = jwk.get("alg", key.jose_algorithm)
    if not isinstance(algorithm, str) or algorithm not in _ALGORITHMS[key.kind]:
        raise Unsupported(f"This JWK is for the algorithm {algorithm!r}, which we do not use with its kind.")


def _bytes(jwk: JsonObject, member: str) -> bytes:
    value = jwk[member]
    if not isinstance(value, str):
        raise MalformedValueError(f"The member {member} of a JWK is not a text.")
    return base64url_decode(value)


def _number(jwk: JsonObject, member: str) -> int:
    """A number in the fewest bytes.

    Spec: https://www.rfc-editor.org/rfc/rfc7518#section-2
    """
    data = _bytes(jwk, member)
    if not data or data[0] == 0 or len(data) > rsa.MAX_BITS // 8:
        raise MalformedValueError(f"The member {member} of a JWK is empty, too long, or begins with a zero byte.")
    return int.from_bytes(data, "big")


def _of_curve(curve: Curve) -> Callable[[JsonObject], bytes]:
    def raw(jwk: JsonObject) -> bytes:
        x, y = _bytes(jwk, "x"), _bytes(jwk, "y")
        if len(x) != curve.size or len(y) != curve.size:
            raise MalformedValueError(f"The coordinates of a {curve.name} key have {curve.size} bytes each.")
        return curve.compressed(x, y)

    return raw


_READERS: Final[Mapping[object, tuple[KeyKind, frozenset[str], Callable[[JsonObject], bytes]]]] = MappingProxyType(
    {
        ("OKP", "Ed25519"): (KeyKind.ED25519, frozenset({"crv", "x"}), lambda jwk: _bytes(jwk, "x")),
        ("EC", "P-256"): (KeyKind.P256, frozenset({"crv", "x", "y"}), _of_curve(P256)),
        ("EC", "P-384"): (KeyKind.P384, frozenset({"crv", "x", "y"}), _of_curve(P384)),
        ("EC", "P-521"): (KeyKind.P521, frozenset({"crv", "x", "y"}), _of_curve(P521)),
        ("RSA", None): (
            KeyKind.RSA,
            frozenset({"n", "e"}),
            lambda jwk: rsa.encode(_number(jwk, "n"), _number(jwk, "e")),
        ),
    }
)
