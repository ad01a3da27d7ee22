"""A credential as its signed document states it: a read-only view, tolerant of what is not there.

The view reads the document that was signed and never writes one. It refuses (with a pointer) a member whose form would
mislead; it does not judge.

Spec: https://www.w3.org/TR/vc-data-model-2.0/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final, Self

from vc.document import JsonObject, JsonValue, listed, pointer
from vc.nodes import Nodes
from vc.problems import KindError, MalformedValueError
from vc.timestamps import parse_timestamp

CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
CONTEXT_1: Final = "https://www.w3.org/2018/credentials/v1"


class DataModel(Enum):
    """The edition of the data model that a document follows; its first context says which."""

    V1 = "1.1"
    V2 = "2.0"


def data_model(document: JsonObject) -> DataModel:
    """The edition of the data model that a document follows.

    Raises:
        KindError: its first context is that of neither.

    Spec: https://www.w3.org/TR/vc-data-model-2.0/#contexts, https://www.w3.org/TR/vc-data-model-1.1/#contexts

    """
    match listed(document.get("@context")):
        # VCDM 2.0 §4.3: "the first item is a URL with the value https://www.w3.org/ns/credentials/v2"
        case [first, *_] if first == CONTEXT:
            return DataModel.V2
        case [first, *_] if first == CONTEXT_1:
            return DataModel.V1
    raise KindError(f"The first context of a credential is {CONTEXT} (or {CONTEXT_1}).", pointer="/@context")


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """When a credential holds, and the members that say so; ``None`` where nothing limits it."""

    start: datetime | None
    end: datetime | None
    start_name: str
    end_name: str


def validity(document: JsonObject) -> Validity:
    """When a credential holds: ``validFrom`` and ``validUntil``, or, before the data model 2.0, what stood for them.

    A credential of the data model 1.1 may give both pairs; then it holds while both say so.

    Raises:
        MalformedDateError: a date is none.

    Spec: https://www.w3.org/TR/vc-data-model-2.0/#validity-period, https://www.w3.org/TR/vc-data-model-1.1/#issuance-date

    """
    starts, ends = ["validFrom"], ["validUntil"]
    if CONTEXT_1 in listed(document.get("@context"))[:1]:
        starts, ends = ["issuanceDate", *starts], ["expirationDate", *ends]
    begun = [(moment, name) for name in starts if (moment := moment_of(document, name))]
    ended = [(moment, name) for name in ends if (moment := moment_of(document, name))]
    start, start_name = max(begun) if begun else (None, starts[0])
    end, end_name = min(ended) if ended else (None, ends[0])
    return Validity(start=start, end=end, start_name=start_name, end_name=end_name)


def text_of(value: JsonObject, name: str, here: str = "") -> str | None:
    """A member that is a text, ``None`` when it is absent.

    Raises:
        MalformedValueError: it is something else.

    """
    found = value.get(name)
    if found is not None and not isinstance(found, str):
        raise MalformedValueError(f"“{name}” is not a text.", pointer=here + pointer(name))
    return found


def words_of(value: JsonObject, name: str, here: str = "") -> str | None:
    """A member that is a text, or one in several languages; ``None`` when it is absent.

    Of several, it is the one whose language comes first in the alphabet: their order is not signed.

    Raises:
        MalformedValueError: it is something else.

    Spec: https://www.w3.org/TR/vc-data-model-2.0/#language-and-base-direction

    """
    found: list[tuple[str, str]] = []
    for item in listed(value.get(name)):
        said = item if isinstance(item, Mapping) else {"@value": item}
        text, language = said.get("@value"), said.get("@language", "")
        if not isinstance(text, str) or not isinstance(language, str):
            raise MalformedValueError(f"“{name}” is not a text.", pointer=here + pointer(name))
        found.append((language.lower(), text))
    return min(found)[1] if found else None


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
    objects: list[JsonObject] = []
    for index, item in enumerate(listed(value.get(name))):
        if not isinstance(item, Mapping):
            place = here + pointer(name, index)
            raise MalformedValueError(f"“{name}” holds something else than objects.", pointer=place)
        objects.append(item)
    return tuple(objects)


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
    _nodes: list[Nodes] = field(default_factory=list, init=False, repr=False, compare=False)
    _whole: list[JsonObject] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def nodes(self) -> Nodes:
        """The nodes of the document by their ids; worked out once."""
        if not self._nodes:
            self._nodes.append(Nodes(self.document))
        return self._nodes[0]

    @property
    def whole(self) -> JsonObject:
        """The members that describe others, each with all that the document says of it, wherever; worked out once."""
        if not self._whole:
            names = [name for name in ("issuer", "credentialSubject", "evidence", "image") if name in self.document]
            self._whole.append({name: self.nodes.read(self.document[name]) for name in names})
        return self._whole[0]

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
        return words_of(self.document, "name")

    @property
    def description(self) -> str | None:
        """The credential's description."""
        return words_of(self.document, "description")

    @property
    def issuer_id(self) -> str | None:
        """Who issued it, as an identifier."""
        return issuer_id(self.document)

    @property
    def issuer(self) -> JsonObject:
        """What the credential says about its issuer, self-asserted; empty when only an identifier is given."""
        found = self.whole.get("issuer")
        return found if isinstance(found, Mapping) else {}

    @property
    def issuer_name(self) -> str | None:
        """What the issuer calls itself."""
        return words_of(self.issuer, "name", "/issuer")

    @property
    def subject(self) -> JsonObject:
        """What is said, and about whom; the first subject where there are several."""
        found = objects_of(self.whole, "credentialSubject")
        return found[0] if found else {}

    @property
    def subjects(self) -> tuple[JsonObject, ...]:
        """Everybody and everything that it says something about; their order is not signed."""
        return objects_of(self.whole, "credentialSubject")

    @property
    def subject_id(self) -> str | None:
        """The identifier of the subject, if it has one."""
        return text_of(self.subject, "id", "/credentialSubject")

    @property
    def valid_from(self) -> datetime | None:
        """When the credential starts to hold."""
        return validity(self.document).start

    @property
    def valid_until(self) -> datetime | None:
        """When it ceases to hold."""
        return validity(self.document).end

    @property
    def status_entries(self) -> tuple[JsonObject, ...]:
        """The entries of ``credentialStatus``."""
        return objects_of(self.document, "credentialStatus")

    @property
    def evidence(self) -> tuple[JsonObject, ...]:
        """The evidence that the issuer names."""
        return objects_of(self.whole, "evidence")

    @property
    def schemas(self) -> tuple[JsonObject, ...]:
        """The entries of ``credentialSchema``."""
        return objects_of(self.document, "credentialSchema")

    @property
    def refresh_services(self) -> tuple[JsonObject, ...]:
        """Where a newer version may be asked for."""
        return objects_of(self.document, "refreshService")

    @property
    def terms_of_use(self) -> tuple[JsonObject, ...]:
        """The terms under which it may be used."""
        return objects_of(self.document, "termsOfUse")

    @property
    def related_resources(self) -> tuple[JsonObject, ...]:
        """Resources that it names with their digests."""
        return objects_of(self.document, "relatedResource")

    @property
    def proofs(self) -> tuple[JsonObject, ...]:
        """The proofs as written."""
        return objects_of(self.document, "proof")
