"""The document in which a controller lists its keys and what each is for.

A key counts only if it is listed here, names this controller, and stands under the purpose for which it was used. Keys
are read when they are asked for, so that one odd entry does not make the others useless.

Spec: https://www.w3.org/TR/cid-1.0/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self

from vc.did.methods import VerificationMethod, absolute, named_method, read_method, strictest
from vc.did.syntax import KeyUrl
from vc.document import JsonObject, listed
from vc.keys import PublicKey
from vc.problems import (
    InvalidControllerDocumentError,
    InvalidControllerDocumentIdError,
    InvalidRelationshipError,
    InvalidVerificationMethodError,
    ProblemError,
)

MAX_METHODS: Final = 64
RELATIONSHIPS: Final = ("assertionMethod", "authentication")


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
        refuse_other_id(value, controller)
        methods: dict[str, JsonObject] = {}
        for entry in listed(value.get("verificationMethod")):
            name, method = named_method(entry, controller)
            if name in methods:
                raise InvalidControllerDocumentError(f"The key {name} is listed twice.", pointer="/verificationMethod")
            methods[name] = method
        relationships: dict[str, frozenset[str]] = {}
        for relationship in RELATIONSHIPS:
            names = set()
            for entry in listed(value.get(relationship)):
                if isinstance(entry, str):
                    names.add(absolute(entry, controller))
                    continue
                name, method = named_method(entry, controller)
                if methods.setdefault(name, method) != method:
                    raise InvalidControllerDocumentError(f"The key {name} is listed twice.", pointer="/" + relationship)
                names.add(name)
            relationships[relationship] = frozenset(names)
        if len(methods) > MAX_METHODS or any(len(names) > MAX_METHODS for names in relationships.values()):
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
        found = read_method(name, method, self.id)
        if not self.allows(name, relationship=relationship):
            raise InvalidRelationshipError(f"The key {name} is not listed under {relationship}.")
        return found

    def method_with(self, key: PublicKey, *, relationship: str) -> VerificationMethod:
        """The key that holds this very public key, if it may be used for this purpose.

        For keys that a document carries itself: what it says about them counts for nothing. If the same key is listed
        under several names, the earliest end that is stated for any of them counts.

        Raises:
            InvalidVerificationMethodError: it is not listed.
            InvalidRelationshipError: it is listed for another purpose only.

        """
        found = [method for method in self._readable() if method.public_key == key]
        if not found:
            raise InvalidVerificationMethodError(f"{self.id} does not list the key that the document carries.")
        allowed = [method for method in found if self.allows(method.id, relationship=relationship)]
        if not allowed:
            detail = f"The key that the document carries, {found[0].id}, is not listed under {relationship}."
            raise InvalidRelationshipError(detail)
        return strictest([*allowed, *found])

    def allows(self, name: str, *, relationship: str) -> bool:
        """Whether the key of this name may be used for this purpose."""
        return name in self.relationships.get(relationship, frozenset())

    def _readable(self) -> list[VerificationMethod]:
        """The keys of this controller that can be read; the others are none that a document could carry."""
        found: list[VerificationMethod] = []
        for name, method in self.verification_methods.items():
            try:
                found.append(read_method(name, method, self.id))
            except ProblemError:
                continue
        return found


def refuse_other_id(value: JsonObject, controller: str) -> None:
    """Refuse a document that lies at one address and belongs to another.

    Spec: https://www.w3.org/TR/cid-1.0/#retrieve-verification-method
    """
    # "If controllerDocument.id does not match the controllerDocumentUrl, an error MUST be raised"
    if value.get("id") != controller:
        raise InvalidControllerDocumentIdError(f"What was found for {controller} is another's.", pointer="/id")
