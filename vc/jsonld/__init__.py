"""The one door to JSON-LD: what a document says as canonical statements, or why it cannot be signed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

import contexts
from contexts import ContextEntry
from vc.jsonld.interim import canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much work a document may ask for: JSON nodes, blank nodes, and hash-n-degree work."""

    max_nodes: int
    max_blank_nodes: int
    max_work: int

    @classmethod
    def for_credentials(cls, count: int) -> Self:
        """A budget for a document that contains `count` credentials (at least one)."""
        n = max(1, count)
        return cls(max_nodes=20_000 + 2_000 * n, max_blank_nodes=1_000 + 100 * n, max_work=6_000 + 600 * n)


CREDENTIAL_BUDGET = Budget.for_credentials(1)
PRESENTATION_BUDGET = Budget.for_credentials(64)


def canonicalize(value: Mapping[str, Any], *, hash_name: Literal["sha256", "sha384"], budget: Budget) -> bytes:
    """Canonical N-Quads of a document, or a ProblemError that says which part would be lost."""
    assert hash_name in ("sha256", "sha384")
    assert budget
    return canonical(value)


def gate(value: Mapping[str, Any]) -> None:
    """Refuses a document of which any part would not be covered by a signature."""
    canonical(value)


def type_iris(value: Mapping[str, Any], pointer: str) -> frozenset[str]:
    """The types of the node at the pointer, as IRIs."""
    from pyld import jsonld
    from vc.jsonld.interim import _load
    node: Any = value
    for part in pointer.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        node = node[int(part)] if isinstance(node, list) else node[part]
    expanded = jsonld.expand({"@context": value["@context"], "type": node["type"]}, {"base": None, "documentLoader": _load})
    return frozenset(expanded[0].get("@type", ())) if expanded else frozenset()


def known_contexts() -> Mapping[str, ContextEntry]:
    """Every pinned context by URL."""
    return contexts.index()


def self_check() -> None:
    """Raises RuntimeError if a packaged context differs from its pinned hash; every app calls it at start."""
    for url, entry in contexts.index().items():
        if hashlib.sha256(contexts.read(entry.file)).hexdigest() != entry.sha256:
            raise RuntimeError(f"The packaged copy of {url} has been changed; install Satchel again.")
