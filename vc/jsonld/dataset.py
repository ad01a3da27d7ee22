"""What a document says, in the form from which it is canonicalized.

Blank nodes are small integers, IRIs and literals are strings as N-Quads writes them. A statement whose object is no
blank node is a *middle*, ``" <predicate> object"``, kept in a bucket with all the others of the same subject and graph.
A statement whose object is a blank node is a *link*.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

Node: TypeAlias = "str | int"
"""``<iri>``, or the number of a blank node."""

Bucket: TypeAlias = tuple[Node, "Node | None", list[str]]
"""Subject, graph (None: the default graph), middles."""

Link: TypeAlias = tuple[Node, str, int, "Node | None"]
"""Subject, ``" <predicate> "``, blank object, graph."""


@dataclass(slots=True, kw_only=True)
class Dataset:
    """All statements of one document, none of them twice; ``blanks`` says how many blank nodes there are, from 0."""

    buckets: list[Bucket] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    blanks: int = 0
