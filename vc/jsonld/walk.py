"""The walk through a document, which is also the gate: whatever a signature would not cover is refused, with its place.

In the order in which they are met: a context that is not pinned; an undefined word, type or keyword; two members that
mean the same; an id that is no absolute IRI; null; a list in a list; a value with a direction or a bad language tag;
a number or character that programs write differently; an empty node; a scalar where only a node can be kept; a value
twice in one set; a literal that is written out though plain JSON says the same; one node described in two ways.
What it does not do: it neither fetches nor repairs nor reorders, and it knows nothing of proofs or dates.

Spec: https://www.w3.org/TR/json-ld11-api/#expansion-algorithm,
https://www.w3.org/TR/json-ld11-api/#deserialize-json-ld-to-rdf-algorithm,
https://www.w3.org/TR/vc-data-integrity/#securing-data-losslessly
"""

from __future__ import annotations

from typing import Any, Final

from vc.jsonld.dataset import Dataset, Node
from vc.jsonld.grammar import RDF, XSD, Unwritable, canonical_json, is_language_tag, number, quote
from vc.jsonld.plans import DATATYPES_NOT_FOR_TEXT, RAW_JSON, TEXT, VOCABULARY, Plan, Planner, Refused, Slot
from vc.jsonld.repeats import (
    DescribedNode,
    Description,
    refuse_nested_context,
    refuse_repeated,
    refuse_second_top,
    refuse_written_out,
)
from vc.jsonld.terms import ActiveContext
from vc.problems import BudgetExceeded, DataLossError, MalformedValueError, Unsupported

MAX_DEPTH: Final = 64
"""Levels of nodes; the reader of documents allows fewer."""

_FIRST: Final = f" <{RDF}first> "
_REST: Final = f" <{RDF}rest> "
_NIL: Final = f"<{RDF}nil>"
_VALUE_KEYS: Final = frozenset({"@value", "@type", "@language"})
_I18N: Final = "https://www.w3.org/ns/i18n#"
_SECURED: Final = frozenset(
    f"https://www.w3.org/2018/credentials#{name}" for name in ("VerifiableCredential", "EnvelopedVerifiableCredential")
)
_OF_PLAIN_JSON: Final = frozenset(XSD + name for name in ("string", "boolean", "integer", "double"))


class _Frame:
    """A node while its members are read: its name, the graph it is said in, its level, and its middles so far."""

    __slots__ = ("depth", "graph", "middles", "subject")

    def __init__(self, subject: Node, graph: Node | None, depth: int, middles: list[str]) -> None:
        self.subject = subject
        self.graph = graph
        self.depth = depth
        self.middles = middles


class Walk:
    """One walk through one document; ``dataset`` is what it says so far."""

    __slots__ = (
        "_blanks",
        "_buckets",
        "_described",
        "_iris",
        "_links",
        "_max_nodes",
        "_nodes",
        "_planner",
        "_scope",
        "_scopes",
        "_tops",
        "dataset",
    )

    def __init__(self, planner: Planner, *, max_nodes: int) -> None:
        self._planner = planner
        self._iris = planner.iris
        self._max_nodes = max_nodes
        self._nodes = 0
        self._blanks = 0
        self._described: dict[tuple[str, Node | None], Description | DescribedNode] = {}
        self._tops: dict[Node | None, dict[str, Any]] = {}
        self._scope = self._scopes = 0
        self.dataset = Dataset()
        self._buckets = self.dataset.buckets
        self._links = self.dataset.links

    def document(self, value: Any) -> Dataset:
        """The statements of a whole document.

        Raises:
            Refused: a part of it would not be signed, or cannot be read; with the way to the place.

        """
        if not isinstance(value, dict) or "@context" not in value:
            raise Refused(MalformedValueError, "The document has no @context, so no word in it is defined.")
        self._tops[None] = value
        self._node(value, self._planner.compiler.root, None, 0)
        if not self._buckets and not self._links:
            raise Refused(DataLossError, "The document says nothing that could be signed.")
        self.dataset.blanks = self._blanks
        return self.dataset

    def _node(self, value: dict[str, Any], active: ActiveContext, graph: Node | None, depth: int) -> Node:
        self._nodes += len(value)
        if self._nodes > self._max_nodes:
            raise self._too_many()
        if depth > MAX_DEPTH:
            raise Refused(BudgetExceeded, f"The document is nested deeper than {MAX_DEPTH} levels.")
        planner = self._planner
        if "@context" in value:
            active = planner.context(active, value["@context"])
        keys = tuple(value)
        shape = active.shapes.get(keys) or planner.shape(active, keys)
        types = None if shape.type_key is None else value[shape.type_key]
        try:
            plan = shape.plans[tuple(types) if types.__class__ is list else types]
        except (KeyError, TypeError):
            plan = planner.plan(shape, types)
        scope = self._scope
        if "@context" in value and value is not self._tops[graph]:
            refuse_nested_context(plan, _SECURED)
            self._scopes += 1
            self._scope = self._scopes
        key = shape.id_key
        subject: Node = self._blank() if key is None else self._id(value[key], plan.prefixes, key)
        frame = _Frame(subject, graph, depth, list(plan.type_middles))
        links = len(self._links)
        self._members(plan, value, frame)
        self._scope = scope
        if key is not None:
            if len(value) > 1:
                self._describe(str(subject), graph, (key, shape.type_key, plan, value, scope, frame.middles))
        elif frame.middles:
            self._buckets.append((subject, graph, frame.middles))
        elif links == len(self._links):
            raise Refused(DataLossError, "This part of the document is empty, so a signature would not cover it.")
        return subject

    def _describe(self, subject: str, graph: Node | None, found: Description) -> None:
        """Keep what is said of a node with an id; if it was described before, only what is new."""
        known = self._described.setdefault((subject, graph), found)
        middles = found[-1]
        if known is not found:
            if not isinstance(known, DescribedNode):
                known = self._described[subject, graph] = DescribedNode(known)
            if found[3] is self._tops[graph] and not known.is_endorsed_only:
                refuse_second_top(found[0])
            middles = known.add(found)
        if middles:
            self._buckets.append((subject, graph, middles))

    def _members(self, plan: Plan, value: dict[str, Any], frame: _Frame) -> None:
        add = frame.middles.append
        iris = self._iris
        slot = None
        try:
            for slot, item in zip(plan.slots, value.values(), strict=True):
                if slot is None:
                    continue
                kind = item.__class__
                if kind is str and slot.plain:
                    if slot.mode == TEXT:
                        add(f"{slot.predicate}{quote(item)}{slot.suffix}")
                    else:
                        add(slot.predicate + (iris.get(item) or self._planner.iri(item, slot.kept.prefixes)))
                elif kind is dict and slot.nests and len(item) > 1 and "@value" not in item:
                    child = self._node(item, slot.child, frame.graph, frame.depth + 1)
                    if isinstance(child, int):
                        self._links.append((frame.subject, slot.predicate, child, frame.graph))
                    else:
                        add(slot.predicate + child)
                elif slot.container is not None:
                    self._contained(slot, item, frame)
                elif kind is list and slot.mode != RAW_JSON:
                    self._set(slot, item, frame)
                else:
                    self._value(slot, item, frame, slot.predicate)
        except Refused as refused:
            assert slot is not None, "only a slot's value is refused here"
            refused.path.append(slot.key)
            raise

    def _count(self, items: list[Any]) -> None:
        self._nodes += len(items)
        if self._nodes > self._max_nodes:
            raise self._too_many()

    def _too_many(self) -> Refused:
        return Refused(BudgetExceeded, f"The document holds more than {self._max_nodes} values.")

    def _blank(self) -> int:
        self._blanks += 1
        return self._blanks - 1

    def _id(self, value: Any, prefixes: frozenset[str], key: str) -> str:
        if not isinstance(value, str):
            raise Refused(MalformedValueError, "An id is a single text.", key)
        try:
            return (None if prefixes else self._iris.get(value)) or self._planner.iri(value, prefixes)
        except Refused as refused:
            refused.path.append(key)
            raise

    def _set(self, slot: Slot, items: list[Any], frame: _Frame) -> None:
        """An unordered set of values: each is a statement of its own, and an empty one says nothing."""
        self._count(items)
        item, start = None, len(frame.middles)
        ends: list[int] = []
        try:
            for item in items:
                self._value(slot, item, frame, slot.predicate)
                ends.append(len(frame.middles))
        except Refused as refused:
            refused.path.append(len(ends))
            raise
        if len(items) > 1:
            refuse_repeated(frame.middles, start, ends)

    def _value(self, slot: Slot, item: Any, frame: _Frame, predicate: str) -> None:
        """One value of a property: one statement."""
        if not isinstance(item, dict) or slot.mode == RAW_JSON:
            frame.middles.append(predicate + self._scalar(slot, item))
        elif "@value" in item:
            frame.middles.append(predicate + self._value_object(slot, item))
        else:
            child = self._node(item, _below(slot, item), frame.graph, frame.depth + 1)
            if isinstance(child, int):
                self._links.append((frame.subject, predicate, child, frame.graph))
            else:
                frame.middles.append(predicate + child)

    def _scalar(self, slot: Slot, item: Any) -> str:
        if slot.mode == RAW_JSON:
            return self._json(item)
        if isinstance(item, str):
            if slot.mode == TEXT:
                return self._text(item, slot.datatype)
            if slot.mode == VOCABULARY:
                return f"<{self._planner.word(item, slot.kept)}>"
            return self._planner.iri(item, slot.kept.prefixes)
        if item is None:
            raise Refused(DataLossError, "null says nothing, so a signature would not cover it. Leave the member out.")
        if isinstance(item, list):
            raise Refused(DataLossError, "A list directly inside a list: a signature would not cover the grouping.")
        return self._native(item, slot.datatype)

    @staticmethod
    def _text(item: str, datatype: str | None) -> str:
        if datatype in DATATYPES_NOT_FOR_TEXT:
            raise Refused(Unsupported, f"A text with the type {datatype} is written differently by different programs.")
        return quote(item) if datatype in (None, XSD + "string") else f"{quote(item)}^^<{datatype}>"

    @staticmethod
    def _native(item: Any, datatype: str | None) -> str:
        if item is True or item is False:
            text, datatype = "true" if item else "false", datatype or XSD + "boolean"
        elif not isinstance(item, int | float):
            raise Refused(MalformedValueError, "This is not a JSON value.")
        else:
            try:
                text, datatype = number(item, datatype)
            except Unwritable as reason:
                raise Refused(MalformedValueError, str(reason)) from None
        return f'"{text}"' if datatype == XSD + "string" else f'"{text}"^^<{datatype}>'

    @staticmethod
    def _json(item: Any) -> str:
        try:
            return f"{quote(canonical_json(item))}^^<{RDF}JSON>"
        except Unwritable as reason:
            raise Refused(Unsupported, str(reason)) from None

    def _value_object(self, slot: Slot, item: dict[str, Any]) -> str:
        """A literal with its type or its language.

        Spec: https://www.w3.org/TR/json-ld11-api/#value-objects (expansion, steps 14 and 15)
        """
        directed = self._planner.directions and "@direction" in item
        if extra := next(
            (key for key in item if key not in _VALUE_KEYS and not (directed and key == "@direction")), None
        ):
            raise Refused(DataLossError, f"“{extra}” beside @value would not be signed.", extra)
        value = item["@value"]
        if len(item) == 1:
            refuse_written_out("@value")
        try:
            if directed:
                return self._directed(value, item)
            if "@language" in item:
                return self._tagged(value, item)
            return self._typed(value, item["@type"], slot)
        except Refused as refused:
            if not refused.path:
                refused.path.append("@value")
            raise

    @staticmethod
    def _tagged(value: Any, item: dict[str, Any]) -> str:
        language = item["@language"]
        if "@type" in item:
            raise Refused(MalformedValueError, "A text has a language or a type, not both.", "@language")
        if not isinstance(language, str) or not is_language_tag(language):
            raise Refused(DataLossError, "This is not a language tag such as en or es-MX.", "@language")
        if not isinstance(value, str):
            raise Refused(MalformedValueError, "Only a text has a language.")
        return f"{quote(value)}@{language.lower()}"

    @staticmethod
    def _directed(value: Any, item: dict[str, Any]) -> str:
        """A text with a direction, as a literal whose datatype names the language and the direction.

        Spec: https://www.w3.org/TR/json-ld11/#the-i18n-namespace
        """
        if item["@direction"] not in ("ltr", "rtl"):
            raise Refused(DataLossError, "A direction is ltr or rtl.", "@direction")
        tagged = Walk._tagged(value, {"@language": "x", **item})
        language = tagged.removeprefix(quote(value))[1:] if "@language" in item else ""
        return f"{quote(value)}^^<{_I18N}{language}_{item['@direction']}>"

    def _typed(self, value: Any, name: Any, slot: Slot) -> str:
        if not isinstance(name, str):
            raise Refused(MalformedValueError, "The type of a literal is a single word or address.", "@type")
        try:
            datatype = self._planner.word(name, slot.kept)
        except Refused as refused:
            refused.path.append("@type")
            raise
        if datatype in _OF_PLAIN_JSON or datatype == slot.datatype:
            refuse_written_out("@type")
        if isinstance(value, str):
            return self._text(value, datatype)
        if value is None or isinstance(value, list | dict):
            raise Refused(DataLossError, "A literal is a text, a number, or true or false.")
        return self._native(value, datatype)

    def _contained(self, slot: Slot, item: Any, frame: _Frame) -> None:
        """The values of a property whose container is an ordered list or a graph of its own."""
        items = item if isinstance(item, list) else [item]
        self._count(items)
        if slot.container == "@list":
            self._list(slot, items, frame)
            return
        for index, value in enumerate(items):
            try:
                self._graph(slot, value, frame)
            except Refused as refused:
                if items is item:
                    refused.path.append(index)
                raise

    def _graph(self, slot: Slot, item: Any, frame: _Frame) -> None:
        """One node in a graph of its own, which a new blank node names.

        Spec: https://www.w3.org/TR/json-ld11/#graph-containers
        """
        if not isinstance(item, dict) or "@value" in item:
            raise Refused(DataLossError, "Only a whole object can be signed here, neither a text nor a reference.")
        name = self._blank()
        self._tops[name] = item
        self._links.append((frame.subject, slot.predicate, name, frame.graph))
        before = len(self._buckets) + len(self._links)
        scope, self._scope = self._scope, 0
        self._node(item, _below(slot, item), name, frame.depth + 1)
        self._scope = scope
        if len(self._buckets) + len(self._links) == before:
            raise Refused(DataLossError, "This object only names something; a signature would not cover it.")

    def _list(self, slot: Slot, items: list[Any], frame: _Frame) -> None:
        """An ordered list, as a chain of blank nodes.

        Spec: https://www.w3.org/TR/json-ld11-api/#list-to-rdf-conversion
        """
        if not items:
            frame.middles.append(slot.predicate + _NIL)
        predicate, holder = slot.predicate, frame.subject
        for index, item in enumerate(items):
            blank = self._blank()
            self._links.append((holder, predicate, blank, frame.graph))
            if slot.literal and item.__class__ is str:
                middles = [f"{_FIRST}{quote(item)}{slot.suffix}"]
            else:
                middles = self._listed(slot, item, _Frame(blank, frame.graph, frame.depth, []), index)
            if index == len(items) - 1:
                middles.append(_REST + _NIL)
            if middles:
                self._buckets.append((blank, frame.graph, middles))
            predicate, holder = _REST, blank

    def _listed(self, slot: Slot, item: Any, cell: _Frame, index: int) -> list[str]:
        try:
            self._value(slot, item, cell, _FIRST)
        except Refused as refused:
            refused.path.append(index)
            raise
        return cell.middles


def _below(slot: Slot, item: dict[str, Any]) -> ActiveContext:
    """The context for a node in this slot: "if element does not consist of a single entry expanding to @id, set active
    context to previous context from active context".

    Spec: https://www.w3.org/TR/json-ld11-api/#expansion-algorithm (step 7)
    """
    if len(item) == 1 and slot.kept is not slot.child:
        (key,) = item
        if key == "@id" or (key in slot.kept.terms and slot.kept.terms[key].iri == "@id"):
            return slot.kept
    return slot.child


def type_iris_at(planner: Planner, document: Any, pointer: str) -> frozenset[str]:
    """The types of the node at a JSON Pointer, as IRIs, without looking at anything beside the way to it.

    Raises:
        Refused: a context or type on the way is refused.
        KeyError: no node stands there.

    """
    value, active, plan = document, planner.compiler.root, None
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    while True:
        if not isinstance(value, dict):
            raise KeyError(pointer)
        if "@context" in value:
            active = planner.context(active, value["@context"])
        shape = planner.shape(active, tuple(value))
        plan = planner.plan(shape, None if shape.type_key is None else value[shape.type_key])
        if not parts:
            return frozenset(plan.type_iris)
        key = parts.pop(0)
        slot = next((slot for slot in plan.slots if slot is not None and slot.key == key), None)
        if slot is None:
            raise KeyError(pointer)
        value = value[key]
        if isinstance(value, list):
            if not parts or not parts[0].isdecimal() or int(parts[0]) >= len(value):
                raise KeyError(pointer)
            value = value[int(parts.pop(0))]
        active = _below(slot, value) if isinstance(value, dict) else slot.child
