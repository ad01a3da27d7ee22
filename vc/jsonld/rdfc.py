"""RDF Dataset Canonicalization, RDFC-1.0, with SHA-256 or SHA-384 and a budget.

In order: 1 hash each blank node by what is said about it; 2 name those whose hash is theirs alone; 3 tell the others
apart by the paths through their neighbours, which is where a hostile document could keep us busy for ever, so that
this work is counted; 4 write all statements with the names, sorted. Most documents end with step 2.

Spec: https://www.w3.org/TR/rdf-canon/#canon-algorithm
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from vc.jsonld.dataset import Bucket, Dataset, Link, Node
from vc.problems import BudgetExceeded

HashName = Literal["sha256", "sha384"]

MAX_PATH: Final = 200
"""How many blank nodes may have to be followed in a row to tell two of them apart."""

_PIECE: Final = 32
_HASHES: Final = {"sha256": hashlib.sha256, "sha384": hashlib.sha384}


@dataclass(frozen=True, slots=True, kw_only=True)
class Canonical:
    """The canonical N-Quads in UTF-8, and the canonical label (``c14n0``, …) of each blank node by its number."""

    nquads: bytes
    labels: list[str]


def canonical(dataset: Dataset, *, hash_name: HashName, max_blank_nodes: int, max_work: int) -> Canonical:
    """The canonical form of a dataset.

    Raises:
        BudgetExceeded: more blank nodes, or more work to tell them apart, than allowed.
        UnicodeEncodeError: a text holds half of a surrogate pair.

    """
    if dataset.blanks > max_blank_nodes:
        raise BudgetExceeded(
            f"The document has {dataset.blanks} parts without an id; at most {max_blank_nodes} are told apart."
        )
    # One blank node is the first one, whatever its hash: so it is in most badges and in every proof.
    labels = [f"c14n{blank}" for blank in range(dataset.blanks)]
    if dataset.blanks > 1:
        labels = _Canonicalization(dataset, hash_name, max_work).labels()
    lines = sorted(statements(dataset, labels))
    # Piece by piece: a single letter beyond ASCII would make Python widen the whole text before it narrows it again.
    pieces = ["".join(lines[start : start + _PIECE]).encode() for start in range(0, len(lines), _PIECE)]
    return Canonical(nquads=b"".join(pieces), labels=labels)


def statements(dataset: Dataset, labels: Sequence[str]) -> list[str]:
    """Every statement as a line of N-Quads, with these labels for the blank nodes, in no particular order."""
    names = [f"_:{label}" for label in labels]
    lines: list[str] = []
    for subject, graph, middles in dataset.buckets:
        head = names[subject] if isinstance(subject, int) else subject
        if graph is None:
            lines += [f"{head}{middle} .\n" for middle in middles]
        else:
            tail = names[graph] if isinstance(graph, int) else graph
            lines += [f"{head}{middle} {tail} .\n" for middle in middles]
    for subject, predicate, blank, graph in dataset.links:
        head = names[subject] if isinstance(subject, int) else subject
        tail = "" if graph is None else f"{names[graph] if isinstance(graph, int) else graph} "
        lines.append(f"{head}{predicate}{names[blank]} {tail}.\n")
    return lines


class _Issuer:
    """Gives out labels with a prefix, in order, and remembers to whom.

    Spec: https://www.w3.org/TR/rdf-canon/#blank-node-id-issuers
    """

    __slots__ = ("issued", "prefix")

    def __init__(self, prefix: str, issued: dict[int, str] | None = None) -> None:
        self.prefix = prefix
        self.issued: dict[int, str] = {} if issued is None else issued

    def issue(self, blank: int) -> str:
        label = self.issued.get(blank)
        if label is None:
            label = self.issued[blank] = f"{self.prefix}{len(self.issued)}"
        return label

    def copy(self) -> _Issuer:
        return _Issuer(self.prefix, self.issued.copy())


class _Canonicalization:
    """The state of one run (the spec's *canonicalization state*)."""

    def __init__(self, dataset: Dataset, hash_name: HashName, max_work: int) -> None:
        self._dataset = dataset
        self._hash = _HASHES[hash_name]
        self._max_work = max_work
        self._work = 0
        self._canonical = _Issuer("c14n")
        self._first_degree: list[str] = []
        self._digests: dict[str, str] = {}
        self._neighbours: list[list[tuple[str, int]]] | None = None

    def labels(self) -> list[str]:
        self._first_degree = self._hash_first_degree()
        by_hash: dict[str, list[int]] = {}
        for blank, digest in enumerate(self._first_degree):
            by_hash.setdefault(digest, []).append(blank)
        shared: list[list[int]] = []
        for digest in sorted(by_hash):
            if len(by_hash[digest]) == 1:
                self._canonical.issue(by_hash[digest][0])
            else:
                shared.append(by_hash[digest])
        for blanks in shared:
            self._tell_apart(blanks)
        issued = self._canonical.issued
        return [issued[blank] for blank in range(self._dataset.blanks)]

    def _tell_apart(self, blanks: list[int]) -> None:
        paths: list[tuple[str, _Issuer]] = []
        for blank in blanks:
            if blank in self._canonical.issued:
                continue
            issuer = _Issuer("b")
            issuer.issue(blank)
            paths.append(self._hash_n_degree(blank, issuer))
        for _, issuer in sorted(paths, key=lambda path: path[0]):
            for blank in issuer.issued:
                self._canonical.issue(blank)

    def _digest(self, text: str) -> str:
        return self._hash(text.encode()).hexdigest()

    def _hash_first_degree(self) -> list[str]:
        """The hash of each blank node by the statements that mention it, itself as ``_:a`` and others as ``_:z``.

        Spec: https://www.w3.org/TR/rdf-canon/#hash-1d-quads
        """
        lines: list[list[str]] = [[] for _ in range(self._dataset.blanks)]
        for subject, graph, middles in self._dataset.buckets:
            if isinstance(subject, int):
                tail = "" if graph is None else f"{_seen_from(subject, graph)} "
                lines[subject] += [f"_:a{middle} {tail}.\n" for middle in middles]
            if isinstance(graph, int) and graph != subject:
                head = _seen_from(graph, subject)
                lines[graph] += [f"{head}{middle} _:a .\n" for middle in middles]
        for link in self._dataset.links:
            subject, predicate, blank, graph = link
            if graph is not None or subject == blank:
                _mention(lines, link)
            elif isinstance(subject, int):
                lines[subject].append(f"_:a{predicate}_:z .\n")
                lines[blank].append(f"_:z{predicate}_:a .\n")
            else:
                lines[blank].append(f"{subject}{predicate}_:a .\n")
        return [self._digest("".join(sorted(mentions))) for mentions in lines]

    def _related(self, blank: int) -> list[tuple[str, int]]:
        """The blank nodes beside this one: for each mention the position (with the predicate) and the neighbour."""
        if self._neighbours is None:
            self._neighbours = [[] for _ in range(self._dataset.blanks)]
            for bucket in self._dataset.buckets:
                _add_bucket(self._neighbours, bucket)
            positions = {
                predicate: ("s" + predicate[1:-1], "o" + predicate[1:-1]) for _, predicate, _, _ in self._dataset.links
            }
            for link in self._dataset.links:
                _add_link(self._neighbours, link, *positions[link[1]])
        return self._neighbours[blank]

    def _spend(self, amount: int, followed: int) -> None:
        self._work += amount
        if self._work > self._max_work or followed > MAX_PATH:
            raise BudgetExceeded(
                "Parts of this document without an id are so alike that telling them apart would take too long. "
                "Give each part an id."
            )

    def _hash_n_degree(self, blank: int, issuer: _Issuer) -> tuple[str, _Issuer]:
        """The hash of a blank node by the paths through its neighbours, and the issuer that walked the chosen paths.

        Spec: https://www.w3.org/TR/rdf-canon/#hash-nd-quads
        """
        related: dict[str, list[int]] = {}
        neighbours = self._related(blank)
        self._spend(len(neighbours), len(issuer.issued))
        for position, other in neighbours:
            label = self._canonical.issued.get(other) or issuer.issued.get(other)
            seen = position + (self._first_degree[other] if label is None else f"_:{label}")
            digest = self._digests.get(seen)
            if digest is None:
                digest = self._digests[seen] = self._digest(seen)
            related.setdefault(digest, []).append(other)
        data = ""
        for digest in sorted(related):
            path, issuer = self._shortest_path(related[digest], issuer)
            data += digest + path
        return self._digest(data), issuer

    def _shortest_path(self, blanks: list[int], issuer: _Issuer) -> tuple[str, _Issuer]:
        """The least path over all orders of these neighbours (steps 5.4 to 5.6)."""
        chosen = self._path(blanks, issuer, "") if len(blanks) == 1 else None
        for order in _orders(blanks) if chosen is None else ():
            found = self._path(order, issuer.copy(), "" if chosen is None else chosen[0])
            if found is not None and (chosen is None or found[0] < chosen[0]):
                chosen = found
        assert chosen is not None, "the first order is never abandoned"
        return chosen

    def _path(self, order: Sequence[int], issuer: _Issuer, best: str) -> tuple[str, _Issuer] | None:
        """The path in one order, or None as soon as it cannot be the least."""
        self._spend(len(order) + len(issuer.issued) // 8, len(issuer.issued))
        path = ""
        deeper: list[int] = []
        for blank in order:
            label = self._canonical.issued.get(blank)
            if label is None:
                if blank not in issuer.issued:
                    deeper.append(blank)
                label = issuer.issue(blank)
            path += f"_:{label}"
        for blank in deeper:
            if best and path > best:  # and so is every path that begins like this
                return None
            digest, after = self._hash_n_degree(blank, issuer)
            path += f"_:{issuer.issue(blank)}<{digest}>"
            issuer = after
        return path, issuer


def _seen_from(viewer: int, part: Node) -> str:
    if isinstance(part, int):
        return "_:a" if part == viewer else "_:z"
    return part


def _mention(lines: list[list[str]], link: Link) -> None:
    subject, predicate, blank, graph = link
    for viewer in {part for part in (subject, blank, graph) if isinstance(part, int)}:
        tail = "" if graph is None else f"{_seen_from(viewer, graph)} "
        lines[viewer].append(f"{_seen_from(viewer, subject)}{predicate}{_seen_from(viewer, blank)} {tail}.\n")


def _add_bucket(neighbours: list[list[tuple[str, int]]], bucket: Bucket) -> None:
    subject, graph, middles = bucket
    if isinstance(subject, int) and isinstance(graph, int) and subject != graph:
        for middle in middles:
            neighbours[subject].append(("g", graph))
            neighbours[graph].append(("s" + middle[1 : middle.index(" ", 1)], subject))


def _add_link(neighbours: list[list[tuple[str, int]]], link: Link, as_subject: str, as_object: str) -> None:
    subject, _, blank, graph = link
    # A node that is there twice, as its own graph's subject say, sees each of the others once.
    parts = [(as_subject, subject), (as_object, blank), ("g", graph)]
    seen = [(position, part) for position, part in parts if isinstance(part, int)]
    for viewer in {part for _, part in seen}:
        neighbours[viewer] += [(position, part) for position, part in seen if part != viewer]


def _orders(blanks: Sequence[int]) -> Iterator[Sequence[int]]:
    """Every distinct order of the neighbours; one that is mentioned often gives no more orders than it must."""
    if len(blanks) <= 1:
        yield blanks
        return
    for first in dict.fromkeys(blanks):
        rest = list(blanks)
        rest.remove(first)
        for order in _orders(rest):
            yield [first, *order]
