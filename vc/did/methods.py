"""Verification methods: one key with its name, whose it is, and until when it may be used.

The type decides where the key stands, and a second spelling of the key must be the same key: what one program reads
out of ``publicKeyMultibase`` another must not read differently out of ``publicKeyJwk``.

Spec: https://www.w3.org/TR/cid-1.0/#verification-methods
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from vc.document import JsonObject, JsonValue
from vc.keys import KeyKind, PublicKey, parse_jwk, parse_multikey
from vc.problems import InvalidControllerDocumentError, InvalidVerificationMethodError, Unsupported
from vc.timestamps import parse_timestamp

_MULTIBASE, _JWK = "publicKeyMultibase", "publicKeyJwk"
_TYPES: Final[Mapping[str, tuple[str, frozenset[KeyKind]]]] = MappingProxyType(
    {
        "Multikey": (_MULTIBASE, frozenset(KeyKind)),
        "MultiKey": (_MULTIBASE, frozenset(KeyKind)),  # as the validator of 1EdTech wants it spelled
        "Ed25519VerificationKey2020": (_MULTIBASE, frozenset({KeyKind.ED25519})),
        "JsonWebKey": (_JWK, frozenset(KeyKind)),
        "JsonWebKey2020": (_JWK, frozenset(KeyKind)),
    }
)
_SECRET: Final = frozenset(
    f"{half}Key{form}" for half in ("secret", "private") for form in ("Multibase", "Jwk", "Base58", "Hex", "Pem")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationMethod:
    """One key: its name, whose it is, and from when on it must not be used (``None``: no such day is known)."""

    id: str
    controller: str
    public_key: PublicKey
    expires: datetime | None
    revoked: datetime | None


def absolute(name: str, controller: str) -> str:
    """The whole name of a key that may be written as a bare fragment."""
    return controller + name if name.startswith("#") else name


def named_method(entry: JsonValue, controller: str) -> tuple[str, JsonObject]:
    """The name of an entry among verification methods, and the entry.

    Raises:
        InvalidControllerDocumentError: it is no object with a name, or publishes a secret key.

    """
    if not isinstance(entry, Mapping) or not isinstance(name := entry.get("id"), str):
        raise InvalidControllerDocumentError("A key has no name.", pointer="/verificationMethod")
    refuse_secret(name, entry)
    return absolute(name, controller), entry


def refuse_secret(name: str, entry: JsonObject) -> None:
    """Refuse a method that publishes the secret half of its key."""
    if _SECRET & entry.keys():
        raise InvalidControllerDocumentError(f"The document publishes the secret half of {name}.")


def public_key_of(method: JsonObject) -> PublicKey:
    """The key that a verification method holds, whoever it is said to belong to.

    Raises:
        InvalidVerificationMethodError: no key stands where the type says, one of another kind, or two different ones.
        Unsupported: a type or a kind of key that we do not implement.
        ProblemError: a key that is malformed or must not be used.

    Spec: https://www.w3.org/TR/cid-1.0/#verification-methods

    """
    type_ = method.get("type")
    if not isinstance(type_, str) or type_ not in _TYPES:
        raise Unsupported(f"Keys of the type {type_!r} are not supported.")
    member, kinds = _TYPES[type_]
    found = {name: _read(method, name) for name in (_MULTIBASE, _JWK) if name in method}
    if member not in found:
        raise InvalidVerificationMethodError(f"The key {method.get('id')} has no {member}.")
    refuse_two(method, found.values())
    refuse_other_kind(type_, found[member], kinds)
    return found[member]


def refuse_two(method: JsonObject, found: Collection[PublicKey]) -> None:
    """Refuse a method that is one key to one reader and another to the next."""
    if len(set(found)) != 1:
        raise InvalidVerificationMethodError(f"The key {method.get('id')} is written in two ways that differ.")


def refuse_other_kind(type_: str, key: PublicKey, kinds: frozenset[KeyKind]) -> None:
    """Refuse a key that is not of the kind that the type announces."""
    if key.kind not in kinds:
        raise InvalidVerificationMethodError(f"A key of the type {type_} is never {key.kind.name}.")


def _read(method: JsonObject, member: str) -> PublicKey:
    value = method[member]
    if member == _JWK:
        return parse_jwk(value)
    if not isinstance(value, str):
        raise InvalidVerificationMethodError(f"The {member} of the key {method.get('id')} is not a text.")
    return parse_multikey(value)


def read_method(name: str, method: JsonObject, controller: str) -> VerificationMethod:
    """The verification method of this name, which says itself that it is the controller's.

    Raises:
        InvalidVerificationMethodError: it is another controller's, or holds no key.
        ProblemError: the key is malformed, must not be used, or is of a kind that we do not implement.

    Spec: https://www.w3.org/TR/cid-1.0/#retrieve-verification-method

    """
    refuse_other_controller(name, method, controller)
    return VerificationMethod(
        id=name,
        controller=controller,
        public_key=public_key_of(method),
        expires=_moment(method, "expires"),
        revoked=_moment(method, "revoked"),
    )


def refuse_other_controller(name: str, method: JsonObject, controller: str) -> None:
    """Refuse a key that says itself that it is another controller's.

    Spec: https://www.w3.org/TR/cid-1.0/#retrieve-verification-method
    """
    # "If verificationMethod.controller ... does not match the controllerDocumentUrl, an error MUST be raised"
    if method.get("controller") != controller:
        raise InvalidVerificationMethodError(f"The key {name} says that it belongs to somebody else.")


def _moment(method: JsonObject, member: str) -> datetime | None:
    return parse_timestamp(method[member], pointer="/" + member) if member in method else None


def strictest(methods: list[VerificationMethod]) -> VerificationMethod:
    """The first of several entries for one key, with the earliest end that any of them states."""
    first = methods[0]
    expires = [method.expires for method in methods if method.expires]
    revoked = [method.revoked for method in methods if method.revoked]
    return VerificationMethod(
        id=first.id,
        controller=first.controller,
        public_key=first.public_key,
        expires=min(expires, default=None),
        revoked=min(revoked, default=None),
    )
