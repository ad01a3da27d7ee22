"""Plans: what each member of a node object is, worked out once per node shape and remembered.

A shape is the tuple of a node's member names under one active context; a plan is a shape with its types. A document's
walk then is dictionary look-ups and string joins. Working out a plan is where undefined words, types and keywords are
refused, so a refused shape is never remembered.

Spec: https://www.w3.org/TR/json-ld11-api/#expansion-algorithm
"""

from __future__ import annotations

from typing import Any, Final

from vc.jsonld.grammar import RDF, XSD, is_iri
from vc.jsonld.terms import REVERSE, ActiveContext, Compiler, Term
from vc.problems import DataLossError, MalformedValueError, ProblemError, Unsupported

TEXT: Final = 0
IRI: Final = 1
VOCABULARY: Final = 2
RAW_JSON: Final = 3

_RDF_TYPE: Final = f" <{RDF}type> "
_MAX_IRIS: Final = 16_384
_MAX_REMEMBERED_IRI: Final = 256
_MAX_TYPES: Final = 32
_MAX_REMEMBERED_TYPES: Final = 1_024

# Lexical forms that some processors rewrite, or that need more than a string.
DATATYPES_NOT_FOR_TEXT: Final = frozenset({XSD + "double", RDF + "langString", RDF + "dirLangString", RDF + "JSON"})

_NOT_SIGNED: Final = "so a signature would not cover it"


class Refused(Exception):  # noqa: N818 - the walk collects the way to the place while this passes
    """A part of the document is refused; ``path`` grows from the place outwards."""

    def __init__(self, kind: type[ProblemError], detail: str, *path: str | int) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.path: list[str | int] = list(path)


class Slot:
    """One property of a node: its predicate, how scalars are read, and the contexts for what is nested in it."""

    __slots__ = (
        "child",
        "container",
        "datatype",
        "kept",
        "key",
        "literal",
        "mode",
        "nests",
        "plain",
        "predicate",
        "suffix",
    )

    def __init__(self, compiler: Compiler, active: ActiveContext, key: str, term: Term) -> None:
        self.key = key
        self.predicate = f" <{term.iri}> "
        self.container = None if term.container == "@set" else term.container
        # A nested node leaves the type-scoped context; a scalar, a value object and a mere reference do not.
        self.child = compiler.of_property(active, active.previous or active, term)
        self.kept = compiler.of_property(active, active, term)
        # "If active property has a type mapping in active context": the context that the scoped one has changed.
        known = self.kept.terms.get(key)
        coercion = None if known is None else known.coercion
        self.mode = {"@id": IRI, "@vocab": VOCABULARY, "@json": RAW_JSON}.get(coercion or "", TEXT)
        self.datatype = coercion if self.mode == TEXT else None
        self.suffix = "" if self.datatype in (None, XSD + "string") else f"^^<{self.datatype}>"
        # Nests: an object in this place is a node or a value object.
        self.nests = self.container is None and self.mode != RAW_JSON
        # Literal: a string in this place is a text. Plain: it stands alone, as a text or as an IRI without prefixes.
        self.literal = self.mode == TEXT and self.datatype not in DATATYPES_NOT_FOR_TEXT
        self.plain = self.container is None and (self.literal or (self.mode == IRI and not self.kept.prefixes))


class Plan:
    """A node's members in order (None for ``@context``, id and types), and its types as statements and as IRIs."""

    __slots__ = ("prefixes", "slots", "type_iris", "type_middles")

    def __init__(self, active: ActiveContext, slots: tuple[Slot | None, ...], type_iris: tuple[str, ...]) -> None:
        self.prefixes = active.prefixes
        self.slots = slots
        self.type_iris = type_iris
        self.type_middles = tuple(f"{_RDF_TYPE}<{iri}>" for iri in type_iris)


class Shape:
    """Which members of a node are its id and its types, and the plans by type."""

    __slots__ = ("active", "id_key", "keys", "plans", "type_key")

    def __init__(self, active: ActiveContext, keys: tuple[str, ...]) -> None:
        self.active = active
        self.keys = keys
        self.id_key = _keyword(active, keys, "@id")
        self.type_key = _keyword(active, keys, "@type")
        self.plans: dict[str | tuple[str, ...] | None, Plan] = {}


def _keyword(active: ActiveContext, keys: tuple[str, ...], keyword: str) -> str | None:
    found = [key for key in keys if key == keyword or (key in active.terms and active.terms[key].iri == keyword)]
    if len(found) > 1:
        raise Refused(MalformedValueError, f"“{found[0]}” and “{found[1]}” say the same thing; keep one.", found[1])
    refuse_keyword(active, found)
    return found[0] if found else None


def refuse_keyword(active: ActiveContext, keys: list[str]) -> None:
    """Refuse ``@id`` and ``@type`` where the context has a word for them: who reads the word would miss them."""
    if keys and keys[0] in active.aliases:
        detail = f"“{keys[0]}” hides from who looks for “{keys[0][1:]}”, the word that the contexts have for it."
        raise Refused(MalformedValueError, detail, keys[0])


def refuse_address(text: str, active: ActiveContext) -> None:
    """Refuse the address of something that has a word: who compares words would take it for something else."""
    if ":" in text and text in active.named:
        raise Refused(
            MalformedValueError, f"“{text[:200]}” is given as an address. Use the word that the contexts have for it."
        )


def refuse_second_word(active: ActiveContext, name: str, *, member: bool) -> None:
    """Refuse a word that hides from who looks for another one with the same address.

    That is one that the document brings itself (contexts are not signed: whoever has a withdrawn credential could give
    its status another name), and as a member the word of a type: early contexts of Open Badges say "Profile" and
    "creator", "Image" and "image" by one address each.
    """
    term = active.terms.get(name)
    if term is None or not (term.brought or (member and name[:1].isupper())):
        return
    others = ((other, same) for other, same in active.terms.items() if same.iri == term.iri)
    twin = next((other for other, same in others if (not same.brought if term.brought else other[:1].islower())), None)
    if twin is not None:
        kind = Unsupported if term.brought else DataLossError
        raise Refused(kind, f"“{name}” hides from who looks for “{twin}”, which means the same here.", name)


def refuse_twice(names: tuple[str, ...], key: str) -> None:
    """Refuse a type that is named twice: a statement made twice is signed once."""
    if len(set(names)) != len(names):
        position = next(index for index, name in enumerate(names) if name in names[:index])
        raise Refused(Unsupported, f"“{names[position][:200]}” stands here twice; keep one.", position, key)


class Planner:
    """Finds or makes contexts, shapes and plans; every method may be called from several threads.

    ``directions``: whether a text may have a direction, which few programs sign.
    """

    def __init__(self, compiler: Compiler | None = None, *, directions: bool = False) -> None:
        self.directions = directions
        self.compiler = Compiler() if compiler is None else compiler
        self.iris: dict[str, str] = {}

    def context(self, active: ActiveContext, named: Any) -> ActiveContext:
        """The active context of a node that names its own contexts."""
        try:
            return self.compiler.of_document(active, named)
        except ProblemError as error:
            raise Refused(type(error), error.problem.detail, "@context") from None

    def shape(self, active: ActiveContext, keys: tuple[str, ...]) -> Shape:
        """The shape of a node with these member names, in this order, under this context."""
        found: Shape | None = active.shapes.get(keys)
        return Shape(active, keys) if found is None else found

    def plan(self, shape: Shape, types: Any) -> Plan:
        """The plan of a node of this shape with this value of its types (None: it has none)."""
        try:
            return shape.plans[tuple(types) if types.__class__ is list else types]
        except (KeyError, TypeError):
            pass  # not seen before, or not even a list of strings
        names = _type_names(shape, types)
        plan = self._make(shape, names)
        # Only what was accepted is remembered, and nothing that a stranger could make as long as he likes.
        if sum(map(len, names)) <= _MAX_REMEMBERED_TYPES:
            shape.plans[tuple(types) if isinstance(types, list) else types] = plan
            self.compiler.keep_shape(shape.active, shape.keys, shape)
        return plan

    def iri(self, text: str, prefixes: frozenset[str]) -> str:
        """A string of the document as the IRI that it must be, in angle brackets."""
        if not is_iri(text):
            raise Refused(
                DataLossError,
                f"“{text[:200]}” is not an absolute web address or identifier, {_NOT_SIGNED}. Write it in full, "
                "for example https://… or urn:uuid:….",
            )
        if prefixes:
            prefix, _, rest = text.partition(":")
            if prefix in prefixes and not rest.startswith("//"):
                raise Refused(Unsupported, f"“{text[:200]}” is abbreviated with “{prefix}:”; write it in full.")
        elif len(text) <= _MAX_REMEMBERED_IRI:
            if len(self.iris) >= _MAX_IRIS:
                self.iris.clear()
            self.iris[text] = f"<{text}>"
        return f"<{text}>"

    def word(self, text: str, active: ActiveContext) -> str:
        """A type, or another word of a vocabulary, as its IRI (without brackets); one that has a word is refused.

        Spec: https://www.w3.org/TR/json-ld11-api/#iri-expansion
        """
        term = active.terms.get(text)
        if term is not None and not term.iri.startswith("@"):
            refuse_second_word(active, text, member=False)
            return term.iri
        refuse_address(text, active)
        meant = active.word(text) if term is None else None
        if meant is not None and is_iri(meant) and meant not in active.named:
            return meant
        if ":" not in text:
            raise Refused(
                DataLossError, f"“{text[:200]}” is not defined by the contexts of this document, {_NOT_SIGNED}."
            )
        return self.iri(text, active.prefixes)[1:-1]

    def _make(self, shape: Shape, names: tuple[str, ...]) -> Plan:
        try:
            active = self.compiler.of_types(shape.active, names)
        except ProblemError as error:
            raise Refused(type(error), error.problem.detail, shape.type_key or "@type") from None
        iris: list[str] = []
        for position, name in enumerate(names):
            try:
                iris.append(self.word(name, shape.active))
            except Refused as refused:
                refused.path += [position, shape.type_key or "@type"] if len(names) > 1 else [shape.type_key or "@type"]
                raise
        slots: list[Slot | None] = []
        predicates: dict[str, str] = {}
        for key in shape.keys:
            if key in ("@context", shape.id_key, shape.type_key):
                slots.append(None)
                continue
            slot = self._slot(active, key)
            other = predicates.setdefault(slot.predicate, key)
            if other != key:
                raise Refused(
                    DataLossError,
                    f"“{other}” and “{key}” mean the same here, and a signature could not tell them apart.",
                    key,
                )
            slots.append(slot)
        for key in predicates.values():
            refuse_second_word(active, key, member=True)
        return Plan(active, tuple(slots), tuple(dict.fromkeys(iris)))

    def _slot(self, active: ActiveContext, key: str) -> Slot:
        term = active.terms.get(key)
        meant = active.word(key) if term is None else None
        if meant is not None and is_iri(meant) and meant not in active.named:
            term = Term(iri=meant)
        if term is None or term.iri.startswith("@"):
            if key.startswith("@"):
                raise Refused(DataLossError, f"“{key}” moves or hides what a document says; it is not accepted.", key)
            if term is not None and term.iri == REVERSE:
                raise Refused(Unsupported, f"“{key}” says something the other way round, which is not read.", key)
            if is_iri(key):
                raise Refused(
                    Unsupported,
                    f"“{key[:200]}” is given as an address. Use the word for it, and the context that defines it.",
                    key,
                )
            raise Refused(
                DataLossError,
                f"“{key[:200]}” is not defined by the contexts of this document, {_NOT_SIGNED}. Remove it, or add the "
                "context that defines it.",
                key,
            )
        try:
            return Slot(self.compiler, active, key, term)
        except ProblemError as error:  # the context scoped to the word is one of the document's own
            raise Refused(type(error), error.problem.detail, key) from None


def _type_names(shape: Shape, types: Any) -> tuple[str, ...]:
    if shape.type_key is None:
        return ()
    names = types if isinstance(types, list) else [types]
    if not names or len(names) > _MAX_TYPES:
        raise Refused(MalformedValueError, f"A node has between one and {_MAX_TYPES} types.", shape.type_key)
    for position, name in enumerate(names):
        if not isinstance(name, str):
            where = [position, shape.type_key] if isinstance(types, list) else [shape.type_key]
            raise Refused(MalformedValueError, "A type is a word, and nothing else.", *where)
    refuse_twice(tuple(names), shape.type_key)
    return tuple(names)
