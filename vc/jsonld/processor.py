"""What reads a document: its words by some set of contexts, its statements by the walk, its form by RDFC-1.0.

`vc.jsonld.PINNED` knows the pinned contexts and nothing else. `vc.jsonld.general.GeneralProcessor` also reads documents
that bring definitions of their own, where a policy allows that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Self

from vc.document import JsonObject, pointer
from vc.jsonld.dataset import Dataset
from vc.jsonld.grammar import has_forbidden_character
from vc.jsonld.placed import PlacedWalk, Statements
from vc.jsonld.plans import Planner, Refused
from vc.jsonld.rdfc import Canonical, HashName, canonical
from vc.jsonld.walk import Walk, type_iris_at
from vc.problems import MalformedValueError, ProblemError

_SUSPICIOUS: Final = re.compile(rb"\\(?:u00|[bf])")


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


class Processor:
    """Reads documents by the contexts of one planner; every method may be called from several threads.

    Every method raises the problems that `canonicalize` lists.
    """

    def __init__(self, planner: Planner) -> None:
        self.planner = planner

    def walk(self, value: JsonObject, *, budget: Budget, places: bool) -> Walk:
        """The walk through a whole document, with the place of each blank node (a `PlacedWalk`) if asked."""
        try:
            walk = (PlacedWalk if places else Walk)(self.planner, max_nodes=budget.max_nodes)
            walk.document(value)
        except Refused as refused:
            raise problem(refused) from None
        return walk

    def canonicalize(self, value: JsonObject, *, hash_name: HashName, budget: Budget) -> bytes:
        """The document's statements as canonical N-Quads, in UTF-8.

        Raises:
            DataLossError: a part of the document would not be covered by a signature.
            MalformedValueError: a part has a form that programs read differently.
            Unsupported: a context or construct that this processor does not know.
            BudgetExceeded: the document asks for more than the budget allows.

        Spec: https://www.w3.org/TR/rdf-canon/#canon-algorithm

        """
        dataset = self.walk(value, budget=budget, places=False).dataset
        return writable(lambda: canonical_form(dataset, hash_name=hash_name, budget=budget).nquads, value)

    def labelled(self, value: JsonObject, *, budget: Budget) -> Statements:
        """The document's statements with the canonical labels of its blank nodes, to be written with other names."""
        return _labelled(self.walk(value, budget=budget, places=False), value, budget)

    def placed(self, value: JsonObject, *, budget: Budget) -> Statements:
        """As `labelled`, with the place of each blank node; no object may stand in ``value`` twice."""
        return _labelled(self.walk(value, budget=budget, places=True), value, budget)

    def gate(self, value: JsonObject) -> None:
        """Refuse a document of which any part would not be covered by a signature; the walk alone."""
        dataset = self.walk(value, budget=PRESENTATION_BUDGET, places=False).dataset
        writable(lambda: "".join(middle for _, _, middles in dataset.buckets for middle in middles).encode(), value)

    def type_iris(self, value: JsonObject, pointer: str) -> frozenset[str]:
        """The types of the node at a JSON Pointer, as IRIs (none if it has none).

        Raises:
            KeyError: no node stands there.

        """
        try:
            return type_iris_at(self.planner, value, pointer)
        except Refused as refused:
            raise problem(refused) from None


def canonical_form(dataset: Dataset, *, hash_name: HashName, budget: Budget) -> Canonical:
    """The canonical form of statements, within the budget."""
    limits = {"max_blank_nodes": budget.max_blank_nodes, "max_work": budget.max_work}
    return canonical(dataset, hash_name=hash_name, **limits)


def _labelled(walk: Walk, value: JsonObject, budget: Budget) -> Statements:
    labels: list[str] = []

    def nquads() -> bytes:
        found = canonical_form(walk.dataset, hash_name="sha256", budget=budget)
        labels.extend(found.labels)
        return found.nquads

    writable(nquads, value)
    places = walk.places() if isinstance(walk, PlacedWalk) else []
    return Statements(dataset=walk.dataset, labels=labels, places=places)


def problem(refused: Refused) -> ProblemError:
    """A refusal as the problem that readers see, with its place as a JSON Pointer."""
    return refused.kind(refused.detail, pointer=pointer(*reversed(refused.path)))


def writable(write: Callable[[], bytes], value: JsonObject) -> bytes:
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
