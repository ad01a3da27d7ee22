"""The general path: documents that bring definitions of words, where a policy allows them; refused otherwise.

Contexts are not signed, so whoever holds such a document can change what its words are as long as the statements stay
the same. That is why no default reads them, and why a definition in a document may add words and change none: not a
word of another context, not ``@id`` or ``@type`` under another name, no ``@base``, no default language.

Such a document is read twice. First it is walked and gated as every other (`vc.jsonld.walk`), under a planner that is
thrown away afterwards, so that nothing a stranger defines is remembered. Then PyLD expands it and our writer writes it
(`vc.jsonld.expanded`). Unless both have the same canonical form, byte for byte, it is refused: what two readers
understand differently is not signed. PyLD is kept under a lock, because it is not thread-safe, and gets only what the
walk has let through, which bounds its work; it has no way to load anything.

Spec: https://www.w3.org/TR/json-ld11-api/#context-processing-algorithm
"""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pyld import jsonld as pyld

import contexts
from vc.document import JsonObject
from vc.jsonld.expanded import statements
from vc.jsonld.grammar import Unwritable
from vc.jsonld.plans import Planner
from vc.jsonld.processor import Budget, Processor, canonical_form
from vc.jsonld.terms import ActiveContext, Compiler, ContextDefect, Inline
from vc.jsonld.walk import Walk
from vc.problems import BudgetExceeded, MalformedValueError, Unsupported

MAX_INLINE: Final = 16_384
"""Characters of JSON in the definitions that one ``@context`` of a document holds."""

MAX_COMPILED: Final = 512
"""How many active contexts one document may need."""

MAX_NODES: Final = 10_000
"""JSON values in one document."""

_pyld_lock: Final = threading.Lock()


class GeneralProcessor(Processor):
    """Reads what the pinned contexts define as `PINNED` does, and other documents as this module says.

    ``inline_contexts``: whether a document may bring definitions. ``extra_contexts``: further contexts by URL.
    ``directions``: whether a text may have a direction, which is then signed as JSON-LD's i18n datatypes write it.

    Raises:
        ValueError: an extra context has the URL of a pinned one, or is none.

    """

    def __init__(
        self, pinned: Processor, *, inline_contexts: bool, extra_contexts: Mapping[str, JsonObject], directions: bool
    ) -> None:
        super().__init__(pinned.planner)
        self._pinned = pinned
        self._directions = directions
        self._inline = inline_contexts
        self._extra = copy.deepcopy(dict(extra_contexts))
        known = contexts.index()
        for url, document in self._extra.items():
            if url in known or "@context" not in document:
                raise ValueError(f"{url} is pinned already, or what is given for it is no context.")

    def walk(self, value: JsonObject, *, budget: Budget, places: bool) -> Walk:
        """The walk through a document (`Processor.walk`), read twice if it uses more than the pinned contexts."""
        if not self._uses_more(value):
            return self._pinned.walk(value, budget=budget, places=places)
        budget = replace(budget, max_nodes=min(budget.max_nodes, MAX_NODES))
        walk = self._reader().walk(value, budget=budget, places=places)
        try:
            ours = canonical_form(walk.dataset, hash_name="sha256", budget=budget).nquads
        except UnicodeEncodeError:
            return walk  # half of a surrogate pair; who writes it names the place
        try:
            theirs = canonical_form(statements(self._expand(value)), hash_name="sha256", budget=budget).nquads
        except (Unwritable, BudgetExceeded):
            theirs = b""
        if ours != theirs:
            raise Unsupported("This document is understood differently by different programs.", pointer="/@context")
        return walk

    def type_iris(self, value: JsonObject, pointer: str) -> frozenset[str]:
        """The types of the node at a JSON Pointer (`Processor.type_iris`)."""
        processor = self._reader() if self._uses_more(value) else self._pinned
        return processor.type_iris(value, pointer)

    def _uses_more(self, value: Any) -> bool:
        """Whether the document uses a context that is not pinned, or is written in place, or a text's direction."""
        known = self._pinned.planner.compiler.known
        waiting = [value]
        while waiting:
            item = waiting.pop()
            if isinstance(item, dict):
                named = item.get("@context", [])
                items = named if isinstance(named, list) else [named]
                if not all(isinstance(name, str) and name in known for name in items):
                    return True
                if self._directions and "@direction" in item:
                    return True
                waiting += item.values()
            elif isinstance(item, list):
                waiting += item
        return False

    def _reader(self) -> Processor:
        compiler = GeneralCompiler(inline_contexts=self._inline, extra_contexts=self._extra)
        return Processor(Planner(compiler, directions=self._directions))

    def _expand(self, value: JsonObject) -> Any:
        """The document as PyLD expands it.

        Raises:
            Unwritable: PyLD does not.

        """
        options = {"base": None, "documentLoader": self._load}
        with _pyld_lock:
            try:
                return pyld.expand(value, options)
            except Exception as error:  # noqa: BLE001 - whatever happens in there, the document was not understood
                raise Unwritable(type(error).__name__) from None

    def _load(self, url: str, _options: Any) -> dict[str, Any]:
        document = self._extra.get(url)
        if document is None:
            document = json.loads(contexts.read(contexts.index()[url].file))
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}


class GeneralCompiler(Compiler):
    """Compiles what one document names and brings, and is thrown away with it."""

    vocabularies = True

    def __init__(self, *, inline_contexts: bool, extra_contexts: Mapping[str, JsonObject]) -> None:
        super().__init__()
        self._inline = inline_contexts
        self.known = {**self.known, **extra_contexts}
        self._definitions |= {url: document["@context"] for url, document in extra_contexts.items()}

    def inline(self, active: ActiveContext, named: Any) -> ActiveContext:
        """The active context after an ``@context`` with definitions of its own.

        Raises:
            Unsupported: no definitions are read here, or one uses a part of JSON-LD that is left out.
            MalformedValueError: a definition changes a word, or the list is none.
            BudgetExceeded: there is more of it than is read.

        """
        items = [_unwrapped(item) for item in (named if isinstance(named, list) else [named])]
        if not all(isinstance(item, str | dict) for item in items):
            raise MalformedValueError("A context is an address, or an object that defines words.")
        if not self._inline:
            return super().inline(active, named)
        key = json.dumps(items)
        if len(key) > MAX_INLINE:
            raise BudgetExceeded(f"The definitions of words come to more than {MAX_INLINE} characters.")
        if key not in active.derived:
            self._check(items)
            result = active
            for item in items:
                local = Inline(item) if isinstance(item, dict) else self._definition(item)
                result = self._process(result, local, override=False)
            self._remember(active, key, result)
        return active.derived[key]

    def _process(self, active: ActiveContext, local: Any, *, override: bool) -> ActiveContext:
        try:
            return super()._process(active, local, override=override)
        except ContextDefect as defect:
            raise Unsupported(f"The document's own definitions hold something that is not read: {defect}.") from None

    def _remember(self, active: ActiveContext, key: Any, result: ActiveContext) -> ActiveContext:
        self._active += 1
        if self._active > MAX_COMPILED:
            raise BudgetExceeded(f"The document needs more than {MAX_COMPILED} definitions of the same words.")
        return active.derived.setdefault(key, result)


def _unwrapped(item: Any) -> Any:
    """A context; one that stands in an object with nothing but it is taken out, as other programs do."""
    return item["@context"] if isinstance(item, dict) and item.keys() == {"@context"} else item
