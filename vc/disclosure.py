"""What a selective disclosure has to contain to be a credential of its kind, as JSON Pointers.

An issuer makes `required_pointers` mandatory: "resulting credential MUST contain all required fields". A holder who
selects a part of something passes the selection through `completed`, which adds what the data model requires of each
object that is touched: who shows a result description's type shows its name, too.

Beside the required members the issuer's limits are mandatory: until when the credential holds, where its withdrawal is
published, where a newer version is. A holder who could leave these out could make a withdrawn credential current.

Spec: https://www.imsglobal.org/spec/ob/v3p0/#data-models, https://www.imsglobal.org/spec/clr/v2p0/#data-models
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from vc.document import JsonObject, JsonValue, listed, pointer

_Path: TypeAlias = tuple[str, ...]

_LIMITS: Final = (
    "issuer",
    "validFrom",
    "validUntil",
    "issuanceDate",
    "expirationDate",
    "credentialStatus",
    "credentialSchema",
    "refreshService",
    "termsOfUse",
)

REQUIRED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "Achievement": ("criteria", "description", "name"),
        "Alignment": ("targetName", "targetUrl"),
        "Association": ("associationType", "sourceId", "targetId"),
        "ClrCredential": ("name",),
        "ClrSubject": ("verifiableCredential",),
        "EndorsementCredential": ("name",),
        "GeoCoordinates": ("latitude", "longitude"),
        "IdentifierEntry": ("identifier", "identifierType"),
        "IdentityObject": ("hashed", "identityHash", "identityType"),
        "ResultDescription": ("name", "resultType"),
        "RubricCriterionLevel": ("name",),
        "VerifiableCredential": _LIMITS,
    }
)
"""Members that an object of a type has to keep whole, beside its id and types, which every selection keeps."""

PARTS: Final[Mapping[str, str]] = MappingProxyType(
    {"VerifiableCredential": "credentialSubject", "AchievementSubject": "achievement"}
)
"""The member that an object of a type has to keep, but of which no more is required than of any such object."""


def required_pointers(document: JsonObject) -> list[str]:
    """What every showing of this credential (achievement, endorsement, transcript or other) has to contain."""
    return list(dict.fromkeys(pointer(*path) for path in _required(document, ())))


def completed(document: JsonObject, pointers: Iterable[str]) -> list[str]:
    """These pointers, and those to what is required of each object on their way.

    A credential inside the document that has a proof of its own is taken whole: a part of it would not verify. Pointers
    that lead nowhere are kept as they are.
    """
    found: dict[str, None] = {}
    for text in pointers:
        found.setdefault(text)
        parts = tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])
        found |= dict.fromkeys(pointer(*path) for path in _on_the_way(document, parts))
    return list(found)


def _on_the_way(document: JsonObject, parts: _Path) -> Iterator[_Path]:
    value: JsonValue = document
    for depth in range(len(parts)):
        if isinstance(value, Mapping):
            if depth and "proof" in value:
                yield parts[:depth]
                return
            yield from _required(value, parts[:depth])
            value = value.get(parts[depth])
        else:
            items = listed(value)
            value = next((item for index, item in enumerate(items) if str(index) == parts[depth]), None)


def _required(node: JsonObject, path: _Path) -> Iterator[_Path]:
    types = [name for name in listed(node.get("type")) if isinstance(name, str)]
    for name in types:
        yield from ((*path, member) for member in REQUIRED.get(name, ()) if member in node)
    for name in types:
        member = PARTS.get(name, "")
        if member in node:
            yield from _parts(node[member], (*path, member))
    # "Either id or at least one identifier MUST be supplied."
    if not {"AchievementSubject", "ClrSubject"}.isdisjoint(types) and "id" not in node and "identifier" in node:
        yield (*path, "identifier")


def _parts(value: JsonValue, path: _Path) -> Iterator[_Path]:
    """Each of these objects with what is required of it."""
    items = [((*path, str(index)), item) for index, item in enumerate(value)] if isinstance(value, list) else []
    for place, item in items or [(path, value)]:
        if not isinstance(item, Mapping) or not ("id" in item or "type" in item):
            yield place
            continue
        yield from ((*place, member) for member in ("id", "type") if member in item)
        yield from _required(item, place)
