"""The nodes of a document, each with all that the document says of it, wherever it says it.

A signature covers statements and not their places. Whoever reads one place only can be shown less than was signed.

Spec: https://www.w3.org/TR/json-ld11-api/#node-map-generation (which merges the descriptions)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from vc.document import JsonObject, JsonValue, listed, serialize

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
    a node that they also describe, they add here what the document does not say and none of them says otherwise, if it
    is of the same types there: the subject of a learner record is not who was awarded a badge in it.
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
            if isinstance(value, str):
                if key in _NODES:
                    self._references.add(value)
            elif value.__class__ in _CONTAINERS and key not in _APART:
                if isinstance(value, list):
                    below += [(scope, entry) for entry in value if entry.__class__ in _CONTAINERS]
                    if key in _NODES:
                        self._references.update(entry for entry in value if isinstance(entry, str))
                else:
                    below.append((scope, value))

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
        alike = [said for said in by_scope.values() if "type" not in own or _types(said) == _types(own)]
        whole: dict[str, JsonValue] = {}
        for key in dict.fromkeys([*own, *(key for said in by_scope.values() for key in said)]):
            others = [said[key] for said in (by_scope.values() if key == "type" else alike) if key in said]
            if key == "type":  # every one of them is a statement by itself
                whole[key] = _joined(key, [value for values in (own.get(key, []), *others) for value in values])
            elif key in own:
                whole[key] = _joined(key, own[key])
            elif key != "proof" and others:
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


def _types(said: dict[str, list[JsonValue]]) -> set[bytes]:
    """The types that the descriptions of one node give it."""
    return {_mark(item) for value in said.get("type", []) for item in listed(value)}


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
