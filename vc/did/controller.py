"""The document in which a controller lists its keys and what each is for.

A key counts only if it is listed here, names this controller, and stands under the purpose for which it was used. Keys
are read when they are asked for, so that one odd entry does not make the others useless.

Spec: https://www.w3.org/TR/cid-1.0/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, Self

from vc.did.syntax import KeyUrl
from vc.document import JsonObject, JsonValue, listed
from vc.keys import PublicKey, parse_multikey
from vc.problems import (
    InvalidControllerDocumentError,
    InvalidControllerDocumentIdError,
    InvalidRelationshipError,
    InvalidVerificationMethodError,
    Unsupported,
)
from vc.timestamps import parse_timestamp

MAX_METHODS: Final = 64
RELATIONSHIPS: Final = ("assertionMethod", "authentication")
_KEY_TYPES: Final = frozenset({"Multikey", "Ed25519VerificationKey2020"})


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationMethod:
    """One key: its name, whose it is, and from when on it must not be used (``None``: no such day is known)."""

    id: str
    controller: str
    public_key: PublicKey
    expires: datetime | None
    revoked: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControllerDocument:
    """The keys of one controller by their full names, and the names under each purpose."""

    id: str
    verification_methods: Mapping[str, JsonObject]
    relationships: Mapping[str, frozenset[str]]

    @classmethod
    def parse(cls, value: JsonObject, *, controller: str) -> Self:
        """The controller document of ``controller``, a DID or an https URL.

        Raises:
            InvalidControllerDocumentIdError: it belongs to another one.
            InvalidControllerDocumentError: it is malformed or lists more than 64 keys.

        Spec: https://www.w3.org/TR/cid-1.0/#retrieve-verification-method

        """
        # "If controllerDocument.id does not match the controllerDocumentUrl, an error MUST be raised"
        if value.get("id") != controller:
            raise InvalidControllerDocumentIdError(f"The document found for {controller} is another's.", pointer="/id")
        methods: dict[str, JsonObject] = {}
        for entry in listed(value.get("verificationMethod")):
            name, method = _method(entry, controller)
            if name in methods:
                raise InvalidControllerDocumentError(f"The key {name} is listed twice.", pointer="/verificationMethod")
            methods[name] = method
        relationships: dict[str, frozenset[str]] = {}
        for relationship in RELATIONSHIPS:
            names = set()
            for entry in listed(value.get(relationship)):
                if isinstance(entry, str):
                    names.add(_absolute(entry, controller))
                    continue
                name, method = _method(entry, controller)
                if methods.setdefault(name, method) != method:
                    raise InvalidControllerDocumentError(f"The key {name} is listed twice.", pointer="/" + relationship)
                names.add(name)
            relationships[relationship] = frozenset(names)
        if len(methods) > MAX_METHODS:
            raise InvalidControllerDocumentError(f"The document lists more than {MAX_METHODS} keys.")
        return cls(
            id=controller,
            verification_methods=MappingProxyType(methods),
            relationships=MappingProxyType(relationships),
        )

    def method_for(self, url: KeyUrl, *, relationship: str) -> VerificationMethod:
        """The key of this name, if it may be used for this purpose.

        Raises:
            InvalidVerificationMethodError: it is not listed, or is another controller's.
            InvalidRelationshipError: it is listed for another purpose.
            ProblemError: the key itself must not be used or is of a kind that we do not implement.

        Spec: https://www.w3.org/TR/cid-1.0/#retrieve-verification-method

        """
        name = str(url)
        method = self.verification_methods.get(name)
        if method is None:
            raise InvalidVerificationMethodError(f"{self.id} does not list the key {name}.")
        # "If verificationMethod.controller ... does not match the controllerDocumentUrl, an error MUST be raised"
        if method.get("controller") != self.id:
            raise InvalidVerificationMethodError(f"The key {name} says that it belongs to somebody else.")
        if name not in self.relationships.get(relationship, frozenset()):
            raise InvalidRelationshipError(f"The key {name} is not listed under {relationship}.")
        if str(method.get("type")) not in _KEY_TYPES:
            raise Unsupported(f"Keys of the type {method.get('type')!r} are not supported.")
        multikey = method.get("publicKeyMultibase")
        if not isinstance(multikey, str):
            raise InvalidVerificationMethodError(f"The key {name} has no publicKeyMultibase.")
        return VerificationMethod(
            id=name,
            controller=self.id,
            public_key=parse_multikey(multikey),
            expires=_moment(method, "expires"),
            revoked=_moment(method, "revoked"),
        )


def _method(entry: JsonValue, controller: str) -> tuple[str, JsonObject]:
    if not isinstance(entry, Mapping) or not isinstance(name := entry.get("id"), str):
        raise InvalidControllerDocumentError("A key has no name.", pointer="/verificationMethod")
    if "secretKeyMultibase" in entry or "privateKeyMultibase" in entry:
        raise InvalidControllerDocumentError(f"The document publishes the secret half of {name}.")
    return _absolute(name, controller), entry


def _absolute(name: str, controller: str) -> str:
    return controller + name if name.startswith("#") else name


def _moment(method: JsonObject, member: str) -> datetime | None:
    return parse_timestamp(method[member], pointer="/" + member) if member in method else None
