"""The bounds of the walk, exactly: the last document that is read, and the first that is not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bench.samples import OB, V2
from tests.unit.vc.jsonld.documents import node
from vc import jsonld
from vc.jsonld import Budget
from vc.problems import BudgetExceeded, MalformedValueError


def read_within(document: Any, max_nodes: int) -> None:
    """Walk through a document with so many values allowed."""
    budget = Budget(max_nodes=max_nodes, max_blank_nodes=50, max_work=2_000)
    jsonld.canonicalize(document, hash_name="sha256", budget=budget)


def test_every_member_and_every_entry_of_a_set_counts_once() -> None:
    plain = node(name="A", description="B")
    nested = node(image={"id": "urn:x:1", "type": "Image", "caption": "C"})
    for document, values in ((plain, 5), (nested, 4 + 3)):
        read_within(document, values)
        with pytest.raises(BudgetExceeded):
            read_within(document, values - 1)


def test_a_set_of_entries_counts_them() -> None:
    document = node("Profile", otherIdentifier=[{"id": f"urn:x:{index}"} for index in range(3)])
    read_within(document, 4 + 3 + 3)
    with pytest.raises(BudgetExceeded):
        read_within(document, 4 + 3 + 3 - 1)


def deep(levels: int, *, listed: bool) -> dict[str, Any]:
    """A document with so many levels of nodes below it, each alone or in a list."""
    inner: Any = {"id": "urn:x:last", "type": "Profile", "name": "A"}
    for level in range(levels - 1):
        inner = {"id": f"urn:x:{level}", "type": "Profile", "parentOrg": [inner] if listed else inner}
    return node(parentOrg=inner)


@pytest.mark.parametrize("listed", [False, True])
def test_nodes_lie_64_levels_deep_and_no_deeper(*, listed: bool) -> None:
    read_within(deep(64, listed=listed), 2_000)
    with pytest.raises(BudgetExceeded):
        read_within(deep(65, listed=listed), 2_000)


def test_a_node_has_32_types_and_no_more() -> None:
    types = ["Profile", *(f"urn:type:{index}" for index in range(31))]
    read_within(node(*types), 2_000)
    with pytest.raises(MalformedValueError):
        read_within(node(*types, "urn:type:x"), 2_000)
    with pytest.raises(MalformedValueError):
        read_within({"@context": [V2, OB], "id": "urn:x:0", "type": [], "name": "A"}, 2_000)
