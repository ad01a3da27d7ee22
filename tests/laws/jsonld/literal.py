"""RDFC-1.0 word for word as the specification writes it, without any thought of speed: the arbiter between others.

It reads N-Quads one to a line, as canonical forms are written. Spec: https://www.w3.org/TR/rdf-canon/#algorithms
"""

from __future__ import annotations

import hashlib
import itertools
import re
from typing import TypeAlias

Quad: TypeAlias = tuple[str, str, str, str]
_LINE = re.compile(r'(<[^>]*>|_:\S+) (<[^>]*>) (<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"\S*) ?(<[^>]*>|_:\S+)? ?\.')


class Issuer:
    """An identifier issuer."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.issued: dict[str, str] = {}

    def issue(self, node: str) -> str:
        return self.issued.setdefault(node, f"_:{self.prefix}{len(self.issued)}")

    def copy(self) -> Issuer:
        other = Issuer(self.prefix)
        other.issued = dict(self.issued)
        return other


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _line(quad: Quad) -> str:
    return " ".join(part for part in quad if part) + " .\n"


class Literal:
    """The canonicalization state."""

    def __init__(self, nquads: str) -> None:
        found = [_LINE.fullmatch(line) for line in nquads.splitlines()]
        self.quads: list[Quad] = [tuple(part or "" for part in match.groups()) for match in found if match]  # type: ignore[misc]
        assert len(self.quads) == len(found)
        self.mentions: dict[str, list[Quad]] = {}
        for quad in self.quads:
            for node in {part for part in quad if part.startswith("_:")}:
                self.mentions.setdefault(node, []).append(quad)
        self.canonical = Issuer("c14n")

    def run(self) -> str:
        """The canonical form (section 4.4.3)."""
        by_hash: dict[str, list[str]] = {}
        for node in self.mentions:
            by_hash.setdefault(self.first_degree(node), []).append(node)
        for digest in sorted(by_hash):
            if len(by_hash[digest]) == 1:
                self.canonical.issue(by_hash.pop(digest)[0])
        for digest in sorted(by_hash):
            paths = []
            for node in by_hash[digest]:
                if node not in self.canonical.issued:
                    temporary = Issuer("b")
                    temporary.issue(node)
                    paths.append(self.n_degree(node, temporary))
            for _, issuer in sorted(paths, key=lambda path: path[0]):
                for node in issuer.issued:
                    self.canonical.issue(node)
        names = self.canonical.issued
        return "".join(sorted(_line(tuple(names.get(part, part) for part in quad)) for quad in self.quads))  # type: ignore[arg-type]

    def first_degree(self, node: str) -> str:
        """Section 4.6.3."""

        def seen(part: str) -> str:
            return part if not part.startswith("_:") else "_:a" if part == node else "_:z"

        return _sha256("".join(sorted(_line(tuple(map(seen, quad))) for quad in self.mentions[node])))  # type: ignore[arg-type]

    def related(self, other: str, quad: Quad, issuer: Issuer, position: str) -> str:
        """Section 4.7.3."""
        text = position + (quad[1] if position != "g" else "")
        name = self.canonical.issued.get(other) or issuer.issued.get(other)
        return _sha256(text + (name or self.first_degree(other)))

    def n_degree(self, node: str, issuer: Issuer) -> tuple[str, Issuer]:
        """Section 4.8.3."""
        by_hash: dict[str, list[str]] = {}
        for quad in self.mentions[node]:
            for part, position in ((quad[0], "s"), (quad[2], "o"), (quad[3], "g")):
                if part.startswith("_:") and part != node:
                    by_hash.setdefault(self.related(part, quad, issuer, position), []).append(part)
        data = ""
        for digest in sorted(by_hash):
            data += digest
            orders = itertools.permutations(by_hash[digest])
            path, issuer = min((self.path(order, issuer.copy()) for order in orders), key=lambda found: found[0])
            data += path
        return _sha256(data), issuer

    def path(self, order: tuple[str, ...], issuer: Issuer) -> tuple[str, Issuer]:
        """Steps 5.4.1 to 5.4.5, without giving up early on a path that cannot be the least."""
        path, queue = "", []
        for other in order:
            if other in self.canonical.issued:
                path += self.canonical.issued[other]
            else:
                if other not in issuer.issued:
                    queue.append(other)
                path += issuer.issue(other)
        for other in queue:
            digest, after = self.n_degree(other, issuer)
            path += f"{issuer.issue(other)}<{digest}>"
            issuer = after
        return path, issuer
