"""A credential as its signed document states it: a read-only view, tolerant of what is not there.

The view reads the document that was signed and never writes one. It refuses (with a pointer) a member whose form would
mislead; it does not judge.

Spec: https://www.w3.org/TR/vc-data-model-2.0/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from vc.document import JsonObject, JsonValue, listed, pointer
from vc.problems import MalformedValueError
from vc.timestamps import parse_timestamp

CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"


def text_of(value: JsonObject, name: str, here: str = "") -> str | None:
    """A member that is a text, ``None`` when it is absent.

    Raises:
        MalformedValueError: it is something else.

    """
    found = value.get(name)
    if found is not None and not isinstance(found, str):
        raise MalformedValueError(f"“{name}” is not a text.", pointer=here + pointer(name))
    return found


def number_of(value: JsonObject, name: str, here: str = "") -> int | float | None:
    """A member that is a number, ``None`` when it is absent.

    Raises:
        MalformedValueError: it is something else.

    """
    found = value.get(name)
    if found is not None and (isinstance(found, bool) or not isinstance(found, int | float)):
        raise MalformedValueError(f"“{name}” is not a number.", pointer=here + pointer(name))
    return found


def object_of(value: JsonObject, name: str, here: str = "") -> JsonObject:
    """A member that is an object, an empty one when it is absent.

    Raises:
        MalformedValueError: it is something else.

    """
    found = value.get(name, {})
    if not isinstance(found, Mapping):
        raise MalformedValueError(f"“{name}” is not an object.", pointer=here + pointer(name))
    return found


def objects_of(value: JsonObject, name: str, here: str = "") -> tuple[JsonObject, ...]:
    """A member that is an object or a list of objects; an empty tuple when it is absent.

    Raises:
        MalformedValueError: it is something else.

    """
    found = listed(value.get(name))
    for index, item in enumerate(found):
        if not isinstance(item, Mapping):
            place = here + pointer(name, index)
            raise MalformedValueError(f"“{name}” holds something else than objects.", pointer=place)
    return tuple(item for item in found if isinstance(item, Mapping))


def texts_of(value: JsonObject, name: str, here: str = "") -> tuple[str, ...]:
    """A member that is a text or a list of texts; an empty tuple when it is absent.

    Raises:
        MalformedValueError: it is something else.

    """
    found = listed(value.get(name))
    for index, item in enumerate(found):
        if not isinstance(item, str):
            place = here + pointer(name, index)
            raise MalformedValueError(f"“{name}” holds something else than texts.", pointer=place)
    return tuple(item for item in found if isinstance(item, str))


def moment_of(value: JsonObject, name: str, here: str = "") -> datetime | None:
    """A member that is a date with time and zone, ``None`` when it is absent.

    Raises:
        MalformedDateError: it is something else.

    """
    return parse_timestamp(value[name], pointer=here + pointer(name)) if name in value else None


def issuer_id(document: JsonObject, member: str = "issuer") -> str | None:
    """The identifier of the issuer (or ``holder``), whether it stands alone or in an object.

    Raises:
        MalformedValueError: it is something else.

    """
    found: JsonValue = document.get(member)
    if isinstance(found, Mapping):
        return text_of(found, "id", "/" + member)
    return text_of(document, member)


@dataclass(frozen=True, slots=True)
class VerifiableCredential:
    """What a credential says about itself. Every property may raise ``MalformedValueError`` with a pointer."""

    document: JsonObject

    @classmethod
    def view(cls, document: JsonObject) -> Self:
        """The view of a credential's document."""
        return cls(document)

    @property
    def id(self) -> str | None:
        """The credential's identifier."""
        return text_of(self.document, "id")

    @property
    def types(self) -> tuple[str, ...]:
        """The types as written."""
        return texts_of(self.document, "type")

    @property
    def name(self) -> str | None:
        """The credential's name."""
        return text_of(self.document, "name")

    @property
    def description(self) -> str | None:
        """The credential's description."""
        return text_of(self.document, "description")

    @property
    def issuer_id(self) -> str | None:
        """Who issued it, as an identifier."""
        return issuer_id(self.document)

    @property
    def issuer(self) -> JsonObject:
        """What the credential says about its issuer, self-asserted; empty when only an identifier is given."""
        found = self.document.get("issuer")
        return found if isinstance(found, Mapping) else {}

    @property
    def issuer_name(self) -> str | None:
        """What the issuer calls itself."""
        return text_of(self.issuer, "name", "/issuer")

    @property
    def subject(self) -> JsonObject:
        """What is said, and about whom; the first subject where there are several."""
        found = objects_of(self.document, "credentialSubject")
        return found[0] if found else {}

    @property
    def subject_id(self) -> str | None:
        """The identifier of the subject, if it has one."""
        return text_of(self.subject, "id", "/credentialSubject")

    @property
    def valid_from(self) -> datetime | None:
        """When the credential starts to hold."""
        return moment_of(self.document, "validFrom")

    @property
    def valid_until(self) -> datetime | None:
        """When it ceases to hold."""
        return moment_of(self.document, "validUntil")

    @property
    def status_entries(self) -> tuple[JsonObject, ...]:
        """The entries of ``credentialStatus``."""
        return objects_of(self.document, "credentialStatus")

    @property
    def evidence(self) -> tuple[JsonObject, ...]:
        """The evidence that the issuer names."""
        return objects_of(self.document, "evidence")

    @property
    def schemas(self) -> tuple[JsonObject, ...]:
        """The entries of ``credentialSchema``."""
        return objects_of(self.document, "credentialSchema")

    @property
    def proofs(self) -> tuple[JsonObject, ...]:
        """The proofs as written."""
        return objects_of(self.document, "proof")
