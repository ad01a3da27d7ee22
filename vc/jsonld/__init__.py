"""The one door to JSON-LD: what a document says as canonical statements, or why it cannot be signed.

Contexts are the pinned ones of `contexts` and no others; nothing here can reach a network. A document is either
canonicalized whole or refused with the place and the reason: no part of it is ever dropped.

Spec: https://www.w3.org/TR/json-ld11-api/, https://www.w3.org/TR/rdf-canon/
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import contexts
from contexts import ContextEntry
from vc.document import JsonObject, pointer
from vc.jsonld.dataset import Dataset
from vc.jsonld.grammar import has_forbidden_character
from vc.jsonld.placed import PlacedWalk, Statements
from vc.jsonld.plans import Planner, Refused
from vc.jsonld.rdfc import HashName, canonical
from vc.jsonld.walk import Walk, type_iris_at
from vc.problems import MalformedValueError, ProblemError

__all__ = [
    "CREDENTIAL_BUDGET",
    "PRESENTATION_BUDGET",
    "Budget",
    "ContextEntry",
    "canonicalize",
    "gate",
    "known_contexts",
    "self_check",
    "type_iris",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much one document may ask for: JSON values; nodes without an id; steps to tell such nodes apart."""

    max_nodes: int
    max_blank_nodes: int
    max_work: int

    @classmethod
    def for_credentials(cls, count: int) -> Self:
        """The budget for a document that contains ``count`` credentials beside itself (0: none)."""
        return cls(max_nodes=20_000 + 4_000 * count, max_blank_nodes=1_000 + 200 * count, max_work=20_000 + 300 * count)


CREDENTIAL_BUDGET: Final = Budget.for_credentials(0)
PRESENTATION_BUDGET: Final = Budget.for_credentials(100)

_SUSPICIOUS: Final = re.compile(rb"\\(?:u00|[bf])")

_planner = Planner()


def canonicalize(value: JsonObject, *, hash_name: HashName, budget: Budget) -> bytes:
    """The document's statements as canonical N-Quads, in UTF-8.

    Raises:
        DataLossError: a part of the document would not be covered by a signature.
        MalformedValueError: a part has a form that programs read differently.
        Unsupported: a context or construct that Satchel does not know.
        BudgetExceeded: the document asks for more than the budget allows.

    Spec: https://www.w3.org/TR/rdf-canon/#canon-algorithm

    """
    dataset = _walk(value, max_nodes=budget.max_nodes)

    def nquads() -> bytes:
        limits = {"max_blank_nodes": budget.max_blank_nodes, "max_work": budget.max_work}
        return canonical(dataset, hash_name=hash_name, **limits).nquads

    return _writable(nquads, value)


def labelled(value: JsonObject, *, budget: Budget) -> Statements:
    """The document's statements with the canonical labels of its blank nodes, to be written with other names.

    Raises:
        ProblemError: as `canonicalize`.

    """
    return _labelled(value, Walk(_planner, max_nodes=budget.max_nodes), budget)


def placed(value: JsonObject, *, budget: Budget) -> Statements:
    """As `labelled`, with the place of each blank node; no object may stand in ``value`` twice.

    Raises:
        ProblemError: as `canonicalize`.

    """
    walk = PlacedWalk(_planner, max_nodes=budget.max_nodes)
    return replace(_labelled(value, walk, budget), places=walk.places())


def _labelled(value: JsonObject, walk: Walk, budget: Budget) -> Statements:
    labels: list[str] = []

    def nquads() -> bytes:
        limits = {"max_blank_nodes": budget.max_blank_nodes, "max_work": budget.max_work}
        found = canonical(walk.dataset, hash_name="sha256", **limits)
        labels.extend(found.labels)
        return found.nquads

    try:
        walk.document(value)
    except Refused as refused:
        raise _problem(refused) from None
    _writable(nquads, value)
    return Statements(dataset=walk.dataset, labels=labels, places=[])


def gate(value: JsonObject) -> None:
    """Refuse a document of which any part would not be covered by a signature; the walk alone.

    Raises:
        ProblemError: as `canonicalize`.

    """
    dataset = _walk(value, max_nodes=PRESENTATION_BUDGET.max_nodes)
    _writable(lambda: "".join(middle for _, _, middles in dataset.buckets for middle in middles).encode(), value)


def type_iris(value: JsonObject, pointer: str) -> frozenset[str]:
    """The types of the node at a JSON Pointer, as IRIs (none if it has none).

    Raises:
        ProblemError: the contexts on the way, or the types, are refused.
        KeyError: no node stands there.

    """
    try:
        return type_iris_at(_planner, value, pointer)
    except Refused as refused:
        raise _problem(refused) from None


def known_contexts() -> Mapping[str, ContextEntry]:
    """Every pinned context by its URL."""
    return contexts.index()


def self_check() -> None:
    """Check the packaged contexts; every app calls this at its start, so that none runs with a changed one.

    Raises:
        RuntimeError: a file differs from its pinned hash, or cannot be compiled.

    """
    for url, entry in contexts.index().items():
        if hashlib.sha256(contexts.read(entry.file)).hexdigest() != entry.sha256:
            raise RuntimeError(f"The packaged copy of {url} has been changed. Install Satchel again.")
    _planner.compiler.compile_all()


def _walk(value: JsonObject, *, max_nodes: int) -> Dataset:
    try:
        return Walk(_planner, max_nodes=max_nodes).document(value)
    except Refused as refused:
        raise _problem(refused) from None


def _problem(refused: Refused) -> ProblemError:
    return refused.kind(refused.detail, pointer=pointer(*reversed(refused.path)))


def _writable(write: Callable[[], bytes], value: JsonObject) -> bytes:
    """What is written, after a look for characters that programs write differently.

    Such a character shows as an escape that begins like this, as itself, or by not being encodable; only then are the
    strings of the document searched for it.
    """
    try:
        data = write()
    except UnicodeEncodeError:
        data = b""
    if not data or b"\x7f" in data or (b"\\" in data and _SUSPICIOUS.search(data)):
        _search(value, [])
    assert data, "only half of a surrogate pair cannot be encoded, and it has been found"
    return data


def _search(value: Any, path: list[str | int]) -> None:
    if isinstance(value, str):
        _refuse_forbidden(value, path)
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_forbidden(key, [*path, key])
            _search(item, [*path, key])
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _search(item, [*path, index])


def _refuse_forbidden(text: str, path: list[str | int]) -> None:
    if has_forbidden_character(text):
        raise MalformedValueError("A text holds a character that has no place in one.", pointer=pointer(*path))
