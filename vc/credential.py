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
from typing import Any, Final, Self

from vc.document import JsonObject, JsonValue, listed, pointer, serialize
from vc.problems import KindError, MalformedValueError
from vc.timestamps import parse_timestamp

CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
CONTEXT_1: Final = "https://www.w3.org/2018/credentials/v1"

_MAX_FOLDED: Final = 32
# Where a node stands that may be given by its id alone; elsewhere an id is a reference that readers follow themselves.
_NODES: Final = frozenset(
    {"issuer", "credentialSubject", "achievement", "creator", "criteria", "image", "evidence", "source", "parentOrg"}
)


_APART: Final = frozenset({"proof", "@context"})
_CONTAINERS: Final = frozenset({dict, list})


class Nodes:
    """The nodes of a document by their ids, each as all its descriptions taken together.

    That is what the signature covers: not in which of several places a thing is said of a node (`vc.jsonld.repeats`).
    Proofs and presented credentials say what they say by themselves and are left out. Credentials inside the document
    (endorsements, the credentials of a learner record) speak for themselves, too, and may disagree with one another; of
    a node that they also describe, they add here what the document does not say and none of them says otherwise.
    """

    def __init__(self, document: JsonObject) -> None:
        self._places: dict[str, dict[int, list[JsonObject]]] = {}
        self._made: dict[str, JsonObject] = {}
        self._depth = 0
        self._embedded: set[int] = set()
        self._references: set[str] = set()
        top = {key: value for key, value in document.items() if key not in {"verifiableCredential", "@context"}}
        level: list[tuple[int, Any]] = [(0, top)]
        while level:
            below: list[tuple[int, Any]] = []
            for scope, item in level:
                if item.__class__ is list:
                    below += [(scope, value) for value in item if value.__class__ in _CONTAINERS]
                else:
                    self._take(scope, item, below)
            level = below
        # Where every node is described in one place and meant in no other, a document says all in the place of each.
        self._plain = (
            not self._embedded
            and self._references.isdisjoint(self._places)
            and all(len(places[0]) == 1 for places in self._places.values())
        )

    def _take(self, scope: int, item: JsonObject, below: list[tuple[int, Any]]) -> None:
        """Note what an object says of its node, which nodes it means by their ids alone, and what stands below it."""
        if "@context" in item:
            self._embedded.add(id(item))
            scope = len(self._embedded)
        name = item.get("id")
        if isinstance(name, str):
            if len(item) > 1:
                self._places.setdefault(name, {}).setdefault(scope, []).append(item)
            else:
                self._references.add(name)
        for key, value in item.items():
            if value.__class__ in _CONTAINERS:
                if key not in _APART:
                    below.append((scope, value))
                if key in _NODES and isinstance(value, list):
                    self._references.update(text for text in value if isinstance(text, str))
            elif key in _NODES and isinstance(value, str):
                self._references.add(value)

    def described(self, name: str) -> JsonObject:
        """All that is said of the node with this id; only its id when nothing is."""
        found = self._made.get(name)
        if found is None and self._depth >= _MAX_FOLDED:
            return {"id": name}
        if found is None:
            self._depth += 1
            whole: dict[str, JsonValue] = {"id": name}
            self._made[name] = found = whole  # a node inside itself is this one
            whole |= {key: self._folded(value, key) for key, value in self._said(name).items()}
            self._depth -= 1
        return found

    def _said(self, name: str) -> dict[str, JsonValue]:
        """What is said of a node, member by member: by the document, else by those inside it if they agree."""
        by_scope: dict[int, dict[str, list[JsonValue]]] = {}
        for scope, places in self._places.get(name, {}).items():
            said = by_scope.setdefault(scope, {})
            for key, value in (member for place in places for member in place.items()):
                if key not in {"id", "@context"}:
                    said.setdefault(key, []).append(value)
        own = by_scope.pop(0, {})
        whole: dict[str, JsonValue] = {}
        for key in dict.fromkeys([*own, *(key for said in by_scope.values() for key in said)]):
            others = [said[key] for said in by_scope.values() if key in said]
            if key == "type":  # every one of them is a statement by itself
                whole[key] = _joined(key, [value for values in (own.get(key, []), *others) for value in values])
            elif key in own:
                whole[key] = _joined(key, own[key])
            elif key != "proof":
                first, *more = [_joined(key, values) for values in others]
                if all(_mark(value) == _mark(first) for value in more):
                    whole[key] = first
        return whole

    def read(self, value: JsonValue) -> JsonValue:
        """A node as all its descriptions say it, nodes below it, too; everything else as it is."""
        return value if self._plain else self._folded(value, "issuer")

    def _folded(self, value: JsonValue, key: str) -> JsonValue:
        if isinstance(value, list):
            return [self._folded(item, key) for item in value]
        if isinstance(value, str):
            return self.described(value) if key in _NODES and value in self._places else value
        if not isinstance(value, Mapping) or key == "proof" or id(value) in self._embedded:
            return value
        name = value.get("id")
        if isinstance(name, str):
            return self.described(name) if name in self._places else value
        return {member: self._folded(item, member) for member, item in value.items()}


def _joined(key: str, values: list[JsonValue]) -> JsonValue:
    """One value for a member that several places give: the gate has seen that they agree; types are put together."""
    if len(values) == 1:
        return values[0]
    found: dict[bytes, JsonValue] = {}
    for item in (item for value in values for item in listed(value)):
        found.setdefault(_mark(item), item)
    items = [found[mark] for mark in sorted(found)] if key == "type" else list(found.values())
    return items[0] if len(items) == 1 and not all(isinstance(value, list) for value in values) else items


def _mark(item: JsonValue) -> bytes:
    name = item.get("id") if isinstance(item, Mapping) else item
    return serialize({"": name if isinstance(name, str) else item})


def described(document: JsonObject, name: str) -> JsonObject:
    """All that a document says of the node with this id, wherever it says it; only its id when it says nothing.

    Moving a member from one description of the node to another changes nothing here, nor does giving the node by its
    id alone in one of the places.
    """
    return Nodes(document).described(name)


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
        found = self.whole.get("issuer")
        return found if isinstance(found, Mapping) else {}

    @property
    def issuer_name(self) -> str | None:
        """What the issuer calls itself."""
        return text_of(self.issuer, "name", "/issuer")

    @property
    def subject(self) -> JsonObject:
        """What is said, and about whom; the first subject where there are several."""
        found = objects_of(self.whole, "credentialSubject")
        return found[0] if found else {}

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
    def proofs(self) -> tuple[JsonObject, ...]:
        """The proofs as written."""
        return objects_of(self.document, "proof")
