"""The statements of an expanded JSON-LD document: our writer behind somebody else's expansion.

It knows what remains of a document that the walk has let through: nodes, types, literals, ordered lists, graphs.
Anything else is refused, so that nothing can be left out here.

Spec: https://www.w3.org/TR/json-ld11-api/#deserialize-json-ld-to-rdf-algorithm
"""

from __future__ import annotations

from typing import Any, Final

from vc.jsonld.dataset import Dataset, Link, Node
from vc.jsonld.grammar import RDF, XSD, Unwritable, canonical_json, is_iri, is_language_tag, number, quote

_FIRST: Final = f" <{RDF}first> "
_REST: Final = f" <{RDF}rest> "
_NIL: Final = f"<{RDF}nil>"


def statements(expanded: Any) -> Dataset:
    """What an expanded document says.

    Raises:
        Unwritable: a part of it is no statement.

    """
    writer = _Writer()
    if not isinstance(expanded, list) or len(expanded) != 1:
        raise Unwritable("The document has not one root.")
    writer.node(expanded[0], None)
    return writer.dataset()


class _Writer:
    """The statements so far, none of them twice."""

    def __init__(self) -> None:
        self._middles: dict[tuple[Node, Node | None], dict[str, None]] = {}
        self._links: dict[Link, None] = {}
        self._blanks = 0

    def dataset(self) -> Dataset:
        buckets = [(subject, graph, list(middles)) for (subject, graph), middles in self._middles.items()]
        return Dataset(buckets=buckets, links=list(self._links), blanks=self._blanks)

    def node(self, value: dict[str, Any], graph: Node | None) -> Node:
        """The name of a node, after writing what is said about it."""
        subject: Node = _iri(value["@id"]) if "@id" in value else self._blank()
        for member, items in value.items():
            if member == "@type":
                for name in items:
                    self._say(subject, f" <{RDF}type> ", _iri(name), graph)
            elif member != "@id":
                predicate = f" {_iri(member)} "
                for item in items:
                    self._say(subject, predicate, self._object(item, graph), graph)
        return subject

    def _blank(self) -> int:
        self._blanks += 1
        return self._blanks - 1

    def _say(self, subject: Node, predicate: str, item: Node, graph: Node | None) -> None:
        if isinstance(item, int):
            self._links[subject, predicate, item, graph] = None
        else:
            self._middles.setdefault((subject, graph), {})[predicate + item] = None

    def _object(self, item: dict[str, Any], graph: Node | None) -> Node:
        if "@value" in item:
            return _literal(item)
        if "@list" in item:
            return self._list(item["@list"], graph)
        if "@graph" in item:
            if len(item) > 1:
                raise Unwritable("A graph has a name.")
            name = self._blank()
            for node in item["@graph"]:
                self.node(node, name)
            return name
        return self.node(item, graph)

    def _list(self, items: list[Any], graph: Node | None) -> Node:
        rest: Node = _NIL
        for item in reversed(items):
            cell = self._blank()
            self._say(cell, _FIRST, self._object(item, graph), graph)
            self._say(cell, _REST, rest, graph)
            rest = cell
        return rest


def _iri(text: Any) -> str:
    if not isinstance(text, str) or not is_iri(text):
        raise Unwritable(f"{str(text)[:80]} is no absolute address.")
    return f"<{text}>"


def _literal(item: dict[str, Any]) -> str:
    value, datatype, language = item["@value"], item.get("@type"), item.get("@language")
    direction = item.get("@direction")
    if len(item) > 1 + (datatype is not None) + (language is not None) + (direction is not None):
        raise Unwritable("More than a value, a type and a language.")
    if datatype == "@json":
        return f"{quote(canonical_json(value))}^^<{RDF}JSON>"
    if language is not None and (not isinstance(value, str) or not is_language_tag(language)):
        raise Unwritable("A language that is none.")
    if direction is not None:
        return f"{quote(value)}^^<https://www.w3.org/ns/i18n#{(language or '').lower()}_{direction}>"
    if language is not None:
        return f"{quote(value)}@{language.lower()}"
    if isinstance(value, bool):
        text, datatype = "true" if value else "false", datatype or XSD + "boolean"
    elif isinstance(value, str):
        text = value
    else:
        text, datatype = number(value, datatype)
    return quote(text) if datatype in (None, XSD + "string") else f"{quote(text)}^^{_iri(datatype)}"
