"""RDFC-1.0 beside the algorithm word for word: small datasets whose blank nodes look alike, go round, and name graphs."""

from __future__ import annotations

import itertools
import random

import pytest

from tests.laws.jsonld.literal import Literal
from tests.laws.jsonld.oracles import by_pyoxigraph
from tests.unit.vc.jsonld.nquads import read
from vc.jsonld.rdfc import canonical

PREDICATES = ["<urn:p>", "<urn:q>"]
FAMILIES = {
    "one graph": (["_:{}"], [""]),
    "named graphs": (["_:{}", "<urn:s>"], ["", "<urn:g>"]),
    "graphs without a name": (["_:{}", "<urn:s>"], ["", "_:{}"]),
    "everything": (["_:{}", "_:{}", "<urn:s>"], ["", "<urn:g>", "_:{}", "_:{}"]),
}


def dataset(chance: random.Random, family: str, *, most: int = 8) -> str:
    """Some statements about two to five blank nodes."""
    subjects, graphs = FAMILIES[family]
    blanks = chance.randint(2, 5)

    def one(choices: list[str]) -> str:
        return chance.choice(choices).format(f"b{chance.randrange(blanks)}")

    lines = set()
    for _ in range(chance.randint(2, most)):
        value = one(["_:{}", "_:{}", "_:{}", '"1"', "<urn:o>"])
        lines.add(f"{one(subjects)} {chance.choice(PREDICATES)} {value} {one(graphs)} .\n".replace("  ", " "))
    return "".join(sorted(lines))


def canonicalized(text: str, hash_name: str = "sha256") -> str:
    found, _ = read(text)
    return canonical(found, hash_name=hash_name, max_blank_nodes=100, max_work=100_000).nquads.decode()


@pytest.mark.parametrize("family", FAMILIES)
def test_small_datasets_have_the_form_of_the_algorithm_word_for_word(family: str) -> None:
    chance = random.Random(family)
    for _ in range(150):
        text = dataset(chance, family)
        assert canonicalized(text) == Literal(text).run(), text


@pytest.mark.parametrize("family", FAMILIES)
def test_twins_are_told_apart_as_the_algorithm_does_word_for_word(family: str) -> None:
    chance = random.Random(f"twins: {family}")
    for _ in range(150):
        lines = dataset(chance, family, most=6).splitlines(keepends=True)
        twins = [line.replace("_:b", "_:c") for line in lines]
        more = chance.choice(
            ["", twins[-1].replace("_:c", "_:d"), '_:c0 <urn:q> "2" _:b1 .\n', "_:c0 <urn:q> _:b1 .\n"]
        )
        text = "".join(sorted({*lines, *twins[chance.choice([0, 0, 1]) :], *([more] if more else [])}))
        assert canonicalized(text) == Literal(text).run(), text


def test_another_program_gives_small_datasets_the_same_form_with_the_other_hash() -> None:
    chance = random.Random("sha384")
    for _ in range(50):
        text = dataset(chance, "one graph")
        assert canonicalized(text, "sha384") == by_pyoxigraph(text.encode(), "sha384").decode(), text


SHAPES = {
    "circles": [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)],
    "circles of different length": [(0, 1), (1, 0), (2, 3), (3, 4), (4, 2)],
    "star": [(0, number) for number in range(1, 5)],
    "stars": [(0, 1), (0, 2), (3, 4), (3, 5)],
    "clique": list(itertools.permutations(range(4), 2)),
    "prism": [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (0, 3), (1, 4), (2, 5)],
    "cube": [(a, a ^ bit) for a in range(8) for bit in (1, 2, 4)],
    "path": [(number, number + 1) for number in range(5)],
    "own": [(0, 0), (1, 1), (2, 3)],
}


@pytest.mark.parametrize("graph", ["", "<urn:g>", "_:g", "_:b0"])
@pytest.mark.parametrize("shape", SHAPES)
def test_what_looks_alike_from_every_side_has_the_form_of_the_algorithm(shape: str, graph: str) -> None:
    text = "".join(f"_:b{one} <urn:p> _:b{other} {graph} .\n".replace("  ", " ") for one, other in SHAPES[shape])
    assert canonicalized(text) == Literal(text).run()
