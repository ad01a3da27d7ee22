"""Reads N-Quads into the dataset that the canonicalizer takes; for the published suite only, the product never reads any."""

from __future__ import annotations

import re

from vc.jsonld.dataset import Dataset

_TERM = re.compile(
    r'[ \t]*(?:(<[^>]*>)|(_:[^\s<>"]*[^\s<>".])|("(?:[^"\\]|\\.)*"(?:\^\^<[^>]*>|@[A-Za-z0-9-]+)?)|(\.))', re.DOTALL
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_NAMED = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_CANONICAL = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}
_STRING = "^^<http://www.w3.org/2001/XMLSchema#string>"


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda found: _NAMED[found[3]] if found[3] else chr(int(found[1] or found[2], 16)), text)


def _escape(text: str) -> str:
    return "".join(_CANONICAL.get(ord(c)) or (f"\\u{ord(c):04X}" if ord(c) < 32 or ord(c) == 127 else c) for c in text)


def _term(found: re.Match[str]) -> str:
    iri, blank, literal, _ = found.groups()
    if iri:
        return f"<{_unescape(iri[1:-1])}>"
    if blank:
        return blank
    end = literal.rindex('"')
    tail = "" if literal[end + 1 :] == _STRING else _unescape(literal[end + 1 :])
    return f'"{_escape(_unescape(literal[1:end]))}"{tail}'


def read(text: str) -> tuple[Dataset, dict[str, int]]:
    """The dataset of an N-Quads document, and the number of each blank node by its label (without ``_:``)."""
    quads: set[tuple[str, ...]] = set()
    for line in text.split("\n"):
        terms: list[str] = []
        position = 0
        while line.strip() and not line.startswith("#"):
            found = _TERM.match(line, position)
            assert found, line
            position = found.end()
            if found[4]:
                quads.add(tuple(terms))
                break
            terms.append(_term(found))
    names: dict[str, int] = {}
    dataset = Dataset()

    def node(term: str) -> str | int:
        return names.setdefault(term[2:], len(names)) if term.startswith("_:") else term

    for subject, predicate, value, *graphs in sorted(quads):
        graph = node(graphs[0]) if graphs else None
        start, end = node(subject), node(value)
        if isinstance(end, int):
            dataset.links.append((start, f" {predicate} ", end, graph))
        else:
            dataset.buckets.append((start, graph, [f" {predicate} {end}"]))
    dataset.blanks = len(names)
    return dataset, names
