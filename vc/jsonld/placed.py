"""Which place in a document each of its nodes without an id stands for.

A selective disclosure takes a part of a document and has to say, of each node without an id in that part, which node of
the whole it is. The published algorithm expands the document, gives such nodes an id, compacts the result and compares.
Compaction is no inverse of expansion: an ordered list cannot be given an id, and a term whose address is also that of a
type loses its scoped context on the way. So the compact document is walked as it is, and the walk writes down its
place whenever it makes a new node: the object itself, the graph around it, or the cell of an ordered list.

Nothing is added to the usual walk; this one inherits from it and is used for selective disclosure alone.

Spec: https://www.w3.org/TR/vc-di-ecdsa/#canonicalizeandgroup
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from vc.jsonld.dataset import Dataset, Node
from vc.jsonld.plans import Planner, Slot
from vc.jsonld.rdfc import statements
from vc.jsonld.terms import ActiveContext
from vc.jsonld.walk import Walk, _Frame

Place: TypeAlias = tuple[int, str, int]
"""``id()`` of a JSON object of the document; then ``NODE``: the object itself; ``GRAPH``: the graph that it is alone
in; otherwise the name of its member that is an ordered list, and the position in it."""

NODE: Final = ""
GRAPH: Final = "@graph"


class PlacedWalk(Walk):
    """A walk that remembers the place of each blank node, by its number.

    Each JSON object must be there only once (as in anything that was parsed), because it is told by its identity.
    """

    __slots__ = ("_owners", "_places")

    def __init__(self, planner: Planner, *, max_nodes: int) -> None:
        super().__init__(planner, max_nodes=max_nodes)
        self._owners: list[int] = []
        self._places: dict[int, Place] = {}

    def places(self) -> list[Place]:
        """The place of each blank node."""
        return [self._places[blank] for blank in range(self.dataset.blanks)]

    def _node(self, value: dict[str, Any], active: ActiveContext, graph: Node | None, depth: int) -> Node:
        self._owners.append(id(value))
        subject = super()._node(value, active, graph, depth)
        self._owners.pop()
        if isinstance(subject, int):
            self._places[subject] = (id(value), NODE, 0)
        return subject

    def _graph(self, slot: Slot, item: Any, frame: _Frame) -> None:
        name = self._blanks
        super()._graph(slot, item, frame)
        self._places[name] = (id(item), GRAPH, 0)

    def _list(self, slot: Slot, items: list[Any], frame: _Frame) -> None:
        first = self._blanks
        super()._list(slot, items, frame)
        # What was made meanwhile and has no place yet are the cells, in order.
        cells = [blank for blank in range(first, self._blanks) if blank not in self._places]
        for index, blank in enumerate(cells):
            self._places[blank] = (self._owners[-1], slot.key, index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """What a document says, before it is decided how its blank nodes are called.

    ``labels`` are their canonical labels (``c14n0``, …) and ``places`` where they stand (empty: nobody asked); both by
    the number of the blank node.
    """

    dataset: Dataset
    labels: list[str]
    places: list[Place]

    def nquads(self, names: Sequence[str]) -> list[str]:
        """The statements as N-Quads with these names for the blank nodes, in the order of their code points."""
        return sorted(statements(self.dataset, names))
