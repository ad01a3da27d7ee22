"""Compiles the pinned JSON-LD contexts: what each term means in each place of a document.

The compiler knows what the pinned contexts use, and refuses to start with a context that uses more: terms with ``@id``,
``@type``, ``@container`` (``@list``, ``@set``, ``@graph``), ``@protected`` and a scoped ``@context`` (an object or
null), the aliases ``id`` and ``type``, simple terms as prefixes. ``@vocab`` is known for the contexts that a general
processor reads (`vc.jsonld.general`); no pinned context has one. Left out on purpose: ``@base``, ``@language``,
``@direction``, ``@import``, ``@propagate``, ``@reverse``, ``@nest``, ``@index``. There is never a base.

An `ActiveContext` is compiled once per way of reaching it, under a lock, and kept in a memo of bounded size.

Spec: https://www.w3.org/TR/json-ld11-api/#context-processing-algorithm
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import contexts
from vc.jsonld.grammar import is_iri
from vc.problems import MalformedValueError, Unsupported

MAX_CONTEXTS: Final = 8
"""How many contexts one node of a document may name; honest ones name two to four."""

_MAX_ACTIVE: Final = 2_048
_MAX_PLANS: Final = 8_192
_MAX_CHAIN: Final = 32
_BASE_CONTEXTS: Final = frozenset(
    {
        "https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/2018/credentials/v1",
        "https://www.w3.org/ns/did/v1",
    }
)
_GENERIC_DELIMITERS: Final = tuple(":/?#[]@")
_CONTEXT_KEYWORDS: Final = frozenset({"@protected", "@version", "@vocab"})
_TERM_KEYWORDS: Final = frozenset({"@id", "@type", "@container", "@protected", "@context"})
_CONTAINERS: Final = frozenset({"@list", "@set", "@graph"})
_ALIASES: Final = frozenset({("id", "@id"), ("type", "@type")})
REVERSE: Final = "@reverse"
"""What a word stands for that turns a statement round; a document that uses one is refused."""

_NO_SCOPE: Final = "no scoped context"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What a term stands for: an IRI or a keyword, how its values are read, and the context scoped to it.

    ``brought``: whether the document defines it itself.
    """

    iri: str
    coercion: str | None = None
    container: str | None = None
    scope: Any = _NO_SCOPE
    prefix: bool = False
    protected: bool = field(default=False, compare=False)
    brought: bool = field(default=False, compare=False)

    @property
    def scoped(self) -> bool:
        """Whether the term carries a context of its own (which may be null)."""
        return self.scope is not _NO_SCOPE


@dataclass(frozen=True, slots=True)
class Inline:
    """A context written inside a document, or scoped in one: it may add words, and change none."""

    definition: Any


class ActiveContext:
    """The terms that are defined at one place of a document, and the plans made for the node shapes seen there.

    ``vocabulary`` is what ``@vocab`` makes of every word without a definition; None, as under all pinned contexts, if
    such words have no meaning.
    """

    __slots__ = ("aliases", "derived", "named", "prefixes", "previous", "shapes", "terms", "vocabulary")

    def __init__(self, terms: Mapping[str, Term], previous: ActiveContext | None, vocabulary: str | None) -> None:
        self.terms = terms
        self.previous = previous
        self.vocabulary = vocabulary
        self.prefixes = frozenset(name for name, term in terms.items() if term.prefix)
        # What has a word here: IRIs as values, and the keywords among them as members.
        self.named = frozenset(term.iri for term in terms.values() if not term.prefix)
        self.aliases = self.named & {"@id", "@type"}
        self.derived: dict[Any, ActiveContext] = {}
        self.shapes: dict[tuple[str, ...], Any] = {}

    def word(self, text: str) -> str | None:
        """The IRI of a word without a definition, by ``@vocab``; None where there is none."""
        if self.vocabulary is None or not text or ":" in text or text.startswith("@"):
            return None
        return self.vocabulary + text


class ContextDefect(Exception):  # noqa: N818 - it is the defect that is raised
    """A packaged context contradicts itself or uses a part of JSON-LD that the compiler leaves out."""


class Compiler:
    """Compiles contexts on demand and remembers them; every method may be called from several threads."""

    vocabularies = False
    """Whether a context may give every word a meaning (``@vocab``)."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._definitions: dict[str, Any] = {}
        self.known: Mapping[str, Any] = contexts.index()
        self._active = 0
        self._plans = 0
        self._shaped: list[ActiveContext] = []
        self.root = ActiveContext({}, None, None)

    def of_document(self, active: ActiveContext, named: Any) -> ActiveContext:
        """The active context after the ``@context`` of a node.

        Raises:
            Unsupported: a context that is not pinned, or one written inside the document.
            MalformedValueError: ``@context`` is neither a URL nor a list of distinct URLs.

        """
        urls = (named,) if isinstance(named, str) else tuple(named) if isinstance(named, list) else None
        if urls is None or not all(isinstance(url, str) for url in urls):
            return self.inline(active, named)
        found = active.derived.get(urls)
        if found is not None:
            return found
        self._check(urls)
        with self._lock:
            result = active
            for url in urls:
                result = self._process(result, self._definition(url), override=False)
            return self._remember(active, urls, result)

    def inline(self, active: ActiveContext, named: Any) -> ActiveContext:
        """The active context after an ``@context`` that is, or contains, more than URLs.

        Raises:
            Unsupported: always; only `vc.jsonld.general` reads these.

        """
        del active, named
        raise Unsupported(
            "This document brings its own definitions of words. Satchel only reads documents whose words are "
            "defined by contexts that it knows; ask the issuer for one."
        )

    def of_property(self, active: ActiveContext, base: ActiveContext, term: Term) -> ActiveContext:
        """The active context for the value of a property whose term, found in ``active``, may carry a context.

        Spec: https://www.w3.org/TR/json-ld11-api/#expansion-algorithm (steps 5 to 8)

        """
        if not term.scoped:
            return base
        key = ("property", active, id(term))
        found = base.derived.get(key)
        if found is not None:
            return found
        with self._lock:
            return self._remember(base, key, self._process(base, term.scope, override=True))

    def of_types(self, active: ActiveContext, types: Sequence[str]) -> ActiveContext:
        """The active context inside a node of these types, whose contexts do not reach the nodes below.

        Spec: https://www.w3.org/TR/json-ld11-api/#expansion-algorithm (step 11)

        """
        scoped = tuple(name for name in sorted(set(types)) if name in active.terms and active.terms[name].scoped)
        if not scoped:
            return active
        key = ("types", scoped)
        found = active.derived.get(key)
        if found is not None:
            return found
        with self._lock:
            result = active
            for name in scoped:
                result = self._process(result, active.terms[name].scope, override=False)
                if result.previous is None:
                    result = ActiveContext(result.terms, active, result.vocabulary)
            return self._remember(active, key, result)

    def keep_shape(self, active: ActiveContext, keys: tuple[str, ...], shape: Any) -> None:
        """Remember a node shape that has one more plan; when there are too many plans, all are forgotten."""
        with self._lock:
            self._plans += 1
            if self._plans > _MAX_PLANS:
                for other in self._shaped:
                    other.shapes.clear()
                self._shaped.clear()
                self._plans = 1
            if not active.shapes:
                self._shaped.append(active)
            active.shapes[keys] = shape

    def compile_all(self) -> None:
        """Compile every pinned context by itself and everything that is scoped in it.

        Raises:
            ContextDefect: a context cannot be compiled.

        """
        for url in self.known:
            active = self.of_document(self.root, url)
            for term in active.terms.values():
                self.of_property(active, active, term)

    def _check(self, urls: Sequence[Any]) -> None:
        """No context list is longer, and none repeats itself, without being an attempt at something.

        Spec: https://www.w3.org/TR/vc-data-integrity/#validating-contexts, https://www.w3.org/TR/vc-data-model-2.0/#contexts
        """
        if not urls:
            raise MalformedValueError("The list of contexts is empty, so no word in this document is defined.")
        if len(urls) > MAX_CONTEXTS:
            raise MalformedValueError(f"The document names {len(urls)} contexts; at most {MAX_CONTEXTS} are read.")
        names = [url for url in urls if isinstance(url, str)]
        if len(set(names)) != len(names):
            raise MalformedValueError("The document names the same context twice.")
        for url in names:
            if url not in self.known:
                raise Unsupported(f"The document uses the context {url[:200]}, which Satchel does not know.")
        # "The value of the first item in the set MUST be the base context"; we hold to that for the others, too.
        if late := next((url for url in urls[1:] if isinstance(url, str) and url in _BASE_CONTEXTS), None):
            raise MalformedValueError(f"The context {late} has to come first.")

    def _remember(self, active: ActiveContext, key: Any, result: ActiveContext) -> ActiveContext:
        self._active += 1
        if self._active > _MAX_ACTIVE:
            self.root = ActiveContext({}, None, None)
            self._active = 1
        return active.derived.setdefault(key, result)

    def _definition(self, url: str) -> Any:
        if url not in self._definitions:
            self._definitions[url] = json.loads(contexts.read(self.known[url].file))["@context"]
        return self._definitions[url]

    def _process(self, active: ActiveContext, local: Any, *, override: bool) -> ActiveContext:
        inline = isinstance(local, Inline)
        if isinstance(local, Inline):
            local, override = local.definition, False
        if local is None:
            # "If override protected is false and active context contains any protected term definitions, an invalid
            # context nullification has been detected." Documents cannot name null, so only scopes come here.
            if not override:
                raise ContextDefect("a context that is null")
            return ActiveContext({}, None, None)
        if not isinstance(local, dict):
            raise ContextDefect(f"a context that is not an object: {str(local)[:80]}")
        if "@vocab" in local and not self.vocabularies:
            raise ContextDefect("@vocab in a context")
        definitions = _Definitions(active, local, override=override, inline=inline)
        return ActiveContext(definitions.all(), active.previous, definitions.vocabulary)


def refuse_redefinition(name: str) -> None:
    """Refuse a definition that changes what a word means that another context protects, or gave before."""
    raise MalformedValueError(
        f"Two contexts of this document define the word “{name}” differently, and the first forbids it."
    )


class _Definitions:
    """The terms after one local context has been laid over those before it.

    Spec: https://www.w3.org/TR/json-ld11-api/#create-term-definition
    """

    def __init__(self, before: ActiveContext, local: Mapping[str, Any], *, override: bool, inline: bool) -> None:
        self._before = before.terms
        self._terms = dict(before.terms)
        self._local = local
        self._override = override
        self._inline = inline
        self.vocabulary = local.get("@vocab", before.vocabulary)
        if self.vocabulary is not None and not (isinstance(self.vocabulary, str) and is_iri(self.vocabulary)):
            raise ContextDefect("@vocab is no absolute address")
        self._protected = local.get("@protected") is True
        self._state: dict[str, bool] = {}
        self._open = 0

    def all(self) -> Mapping[str, Term]:
        for name in self._local:
            if not name.startswith("@"):
                self._define(name)
            elif name not in _CONTEXT_KEYWORDS:
                raise ContextDefect(f"{name} in a context")
        return self._terms

    def _define(self, name: str) -> None:
        if name in self._state:
            if not self._state[name]:
                raise ContextDefect(f"{name} is defined by itself")
            return
        if not name or ":" in name or "/" in name:
            raise ContextDefect(f"{name} as a term")
        # What a word is defined by is defined first, and so on; honest contexts go two or three steps.
        self._open += 1
        if self._open > _MAX_CHAIN:
            raise ContextDefect(f"{name} at the end of a chain of more than {_MAX_CHAIN} definitions")
        self._state[name] = False
        term = self._term(name, self._local[name])
        known = self._before.get(name)
        if known is not None and (known.protected or self._inline) and not self._override:
            # "If override protected is false and previous definition exists and is protected: if definition is not
            # the same as previous definition (other than the value of protected), a protected term redefinition
            # error has been detected. Set definition to previous definition to retain the value of protected."
            if term != known:
                refuse_redefinition(name)
            elif known.protected:
                term = known
        self._terms[name] = term
        self._state[name] = True
        self._open -= 1

    def _term(self, name: str, value: Any) -> Term:
        if isinstance(value, dict) and value.keys() == {"@reverse"} and not self._inline:
            return Term(iri=REVERSE, protected=self._protected)
        simple = isinstance(value, str)
        rules: dict[str, Any] = {"@id": value} if simple else value
        if not isinstance(rules, dict) or not rules.keys() <= _TERM_KEYWORDS:
            raise ContextDefect(f"the definition of {name}")
        container = rules.get("@container")
        if container is not None and (not isinstance(container, str) or container not in _CONTAINERS):
            raise ContextDefect(f"the container of {name}")
        iri = self._iri(name, rules)
        scope = rules.get("@context", _NO_SCOPE)
        return Term(
            iri=iri,
            coercion=self._coercion(rules.get("@type")),
            container=container,
            scope=Inline(scope) if self._inline and scope is not _NO_SCOPE else scope,
            prefix=simple and iri.endswith(_GENERIC_DELIMITERS),
            protected=rules.get("@protected", self._protected),
            brought=self._inline,
        )

    def _iri(self, name: str, rules: Mapping[str, Any]) -> str:
        """What a term stands for: a keyword under its usual name, or an absolute IRI."""
        value = rules.get("@id", name)
        if isinstance(value, str) and (name, value) in _ALIASES:
            return value
        if "@id" not in rules and self.vocabulary is not None:
            value = self.vocabulary + name
        iri = self._expand(value) if isinstance(value, str) and not value.startswith("@") else ""
        if not is_iri(iri):
            raise ContextDefect(f"the meaning of {name}")
        return iri

    def _coercion(self, kind: Any) -> str | None:
        if kind is None or kind in ("@id", "@vocab", "@json"):
            return kind  # type: ignore[no-any-return]  # one of the four
        datatype = self._expand(kind) if isinstance(kind, str) else ""
        if not is_iri(datatype):
            raise ContextDefect(f"the type {kind!r}")
        return datatype

    def _expand(self, value: str) -> str:
        """The IRI for a term or compact IRI inside a context, defining what it depends on first.

        Spec: https://www.w3.org/TR/json-ld11-api/#iri-expansion
        """
        if value in self._local:
            self._define(value)
        if value in self._terms:
            return self._terms[value].iri
        prefix, colon, suffix = value.partition(":")
        if value.startswith("@") or (not colon and self.vocabulary is None):
            raise ContextDefect(f"{value} is not defined")
        if not colon:
            return f"{self.vocabulary}{value}"
        if not suffix.startswith("//"):
            if prefix in self._local:
                self._define(prefix)
            if prefix in self._terms and self._terms[prefix].prefix:
                return self._terms[prefix].iri + suffix
        return value
