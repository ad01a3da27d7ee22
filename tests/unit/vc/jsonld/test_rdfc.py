"""RDFC-1.0: small datasets by hand, and what is too much."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable

import pytest

from tests.unit.vc.jsonld.nquads import read
from vc.jsonld import rdfc
from vc.jsonld.rdfc import MAX_PATH, canonical
from vc.problems import BudgetExceeded


def canonicalize(text: str, *, hash_name: str = "sha256", max_blank_nodes: int = 100, max_work: int = 20_000):
    dataset, names = read(text)
    result = canonical(dataset, hash_name=hash_name, max_blank_nodes=max_blank_nodes, max_work=max_work)
    return result.nquads.decode(), {name: result.labels[number] for name, number in names.items()}


def test_statements_without_blank_nodes_are_only_sorted() -> None:
    text, labels = canonicalize('<urn:b> <urn:p> "1" .\n<urn:a> <urn:p> "2" <urn:g> .\n')
    assert text == '<urn:a> <urn:p> "2" <urn:g> .\n<urn:b> <urn:p> "1" .\n'
    assert labels == {}


def test_blank_nodes_are_named_in_the_order_of_their_hashes() -> None:
    text = '_:x <urn:p> "1" .\n_:y <urn:p> "2" .\n'
    first, second = (hashlib.sha256(f'_:a <urn:p> "{value}" .\n'.encode()).hexdigest() for value in "12")
    assert canonicalize(text)[1] == ({"x": "c14n0", "y": "c14n1"} if first < second else {"x": "c14n1", "y": "c14n0"})


def test_the_hash_is_the_one_asked_for() -> None:
    text = "".join(f'_:x{number} <urn:p> "{number}" .\n' for number in range(9))
    assert canonicalize(text, hash_name="sha256")[1] != canonicalize(text, hash_name="sha384")[1]


@pytest.mark.parametrize(
    "text",
    [
        "_:{0} <urn:p> _:{1} .\n_:{1} <urn:p> _:{0} .\n_:{2} <urn:p> _:{3} .\n_:{3} <urn:p> _:{2} .\n",
        "_:{0} <urn:p> _:{0} .\n_:{1} <urn:p> _:{1} .\n_:{2} <urn:q> _:{3} _:{0} .\n",
        '_:{0} <urn:p> "a" _:{1} .\n_:{2} <urn:p> "a" _:{3} .\n_:{1} <urn:q> "x" .\n_:{3} <urn:q> "x" .\n',
        '_:{0} <urn:p> "a" _:{1} .\n_:{2} <urn:p> "a" _:{1} .\n_:{0} <urn:q> _:{3} _:{1} .\n_:{2} <urn:q> _:{3} _:{1} .\n',
        '_:{0} <urn:p> "a" _:{0} .\n_:{1} <urn:p> "a" _:{1} .\n_:{2} <urn:p> "a" <urn:g> .\n_:{3} <urn:p> <urn:o> <urn:g> .\n',
        "<urn:s> <urn:p> _:{0} <urn:g> .\n<urn:s> <urn:p> _:{1} _:{2} .\n<urn:s> <urn:p> _:{3} _:{2} .\n",
        "_:{0} <urn:p> _:{1} _:{2} .\n_:{1} <urn:p> _:{2} _:{0} .\n_:{3} <urn:p> _:{3} _:{3} .\n",
        "<urn:s> <urn:p> <urn:o> _:{0} .\n_:{0} <urn:p> _:{1} _:{1} .\n_:{1} <urn:p> _:{2} _:{3} .\n",
    ],
)
def test_the_names_given_at_first_do_not_matter(text: str) -> None:
    forms = {canonicalize(text.format(*names))[0] for names in ("abcd", "dcba", "bdac", "cadb")}
    assert len(forms) == 1


def test_blank_nodes_that_nothing_tells_apart_keep_one_form() -> None:
    text = "<urn:s> <urn:p> _:a .\n<urn:s> <urn:p> _:b .\n<urn:s> <urn:p> _:c .\n"
    assert canonicalize(text)[0] == "".join(f"<urn:s> <urn:p> _:c14n{number} .\n" for number in range(3))


def test_more_blank_nodes_than_allowed_are_refused() -> None:
    text = '_:a <urn:p> "1" .\n_:b <urn:p> "2" .\n'
    canonicalize(text, max_blank_nodes=2)
    with pytest.raises(BudgetExceeded, match="at most 1"):
        canonicalize(text, max_blank_nodes=1)


def test_a_clique_is_refused_when_the_work_is_used_up() -> None:
    text = "".join(f"_:{a} <urn:p> _:{b} .\n" for a in range(10) for b in range(10) if a != b)
    with pytest.raises(BudgetExceeded, match="Give each part an id"):
        canonicalize(text)


def cycle(size: int) -> str:
    return "".join(f"_:{number} <urn:p> _:{(number + 1) % size} .\n" for number in range(size))


def test_a_cycle_longer_than_the_longest_path_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert canonicalize(cycle(10))[0].count("\n") == 10
    assert MAX_PATH == 200
    monkeypatch.setattr(rdfc, "MAX_PATH", 10)
    assert canonicalize(cycle(10))[0].count("\n") == 10
    with pytest.raises(BudgetExceeded):
        canonicalize(cycle(11), max_work=10**9)


def edges(pairs: Iterable[tuple[int, int]]) -> str:
    return "".join(f"_:{one} <urn:p> _:{other} .\n" for one, other in pairs)


CLIQUE = edges(itertools.permutations(range(4), 2))
CUBE = edges((corner, corner ^ bit) for corner in range(8) for bit in (1, 2, 4))
TWINS = edges([(0, 1), (2, 3)])
ALONE = "".join(f'_:{name} <urn:p> "1" _:{name} .\n' for name in "ab")


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ('_:a <urn:p> "1" .\n_:b <urn:p> "2" .\n', 0),
        ("<urn:s> <urn:p> _:a .\n<urn:s> <urn:p> _:b .\n", 0),
        (cycle(3), 36),
        (cycle(40), 17_800),
        (CLIQUE, 1_032),
        (CUBE, 8_736),
        (TWINS, 8),
        (ALONE, 0),
    ],
    ids=["unlike", "unrelated", "short cycle", "long cycle", "clique", "cube", "twins", "alone"],
)
def test_every_node_that_is_followed_counts_and_none_is_followed_in_vain(text: str, work: int) -> None:
    canonicalize(text, max_work=work)
    if work:
        with pytest.raises(BudgetExceeded):
            canonicalize(text, max_work=work - 1)
