"""docs/attacks-roles.md says of every attack on the roles which tests are named by it; this holds it to the tests."""

import ast
import re
from collections import defaultdict

import pytest

from tests.architecture.catalogue import ROOT

SECTIONS = {"J": 13, "K": 14, "L": 16, "O": 18, "P": 14, "R": 16}
EXPECTED = {f"{letter}{number}" for letter, most in SECTIONS.items() for number in range(1, most + 1)}
ID = re.compile(r"(?:^|_)([JKLOPRjklopr])0?([0-9]{1,2})(?=_|$)")
ROW = re.compile(r"\| ([A-Z][0-9]+) \| (.+) \| (.+) \|")
OF_THE_CORE = "attacks"
"""The folder whose tests belong to docs/attacks.md; an O there is a badge of version 2.0."""


def ids_in(name):
    return {letter.upper() + number for letter, number in ID.findall(name)}


def by_id():
    found = defaultdict(set)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if OF_THE_CORE not in path.relative_to(ROOT / "tests").parts:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    for each in ids_in(node.name):
                        found[each].add(path.relative_to(ROOT / "tests").with_suffix("").as_posix())
    return found


def rows():
    lines = (ROOT / "docs/attacks-roles.md").read_text(encoding="utf-8").splitlines()
    found = [ROW.fullmatch(line) for line in lines if re.match(r"\| [A-Z][0-9]", line)]
    assert all(found), "a row has an id and two cells"
    return [row.groups() for row in found]


def test_every_attack_on_the_roles_has_one_row():
    ids = [row[0] for row in rows()]
    assert len(ids) == len(set(ids))
    assert set(ids) == EXPECTED


def test_a_row_names_the_tests_that_are_named_by_its_id():
    there = by_id()
    wrong = {
        attack: sorted(there[attack])
        for attack, _what, cell in rows()
        if set(re.findall(r"`([^`]+)`", cell)) != there[attack]
    }
    assert wrong == {}, "what the rows have to name"


def test_a_row_without_a_test_says_so():
    assert [attack for attack, _what, cell in rows() if "`" not in cell and not re.match(r"– \w+", cell)] == []


def test_no_test_is_named_by_an_attack_that_there_is_not():
    assert sorted(set(by_id()) - EXPECTED) == []


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("test_p1_p2_one_line", {"P1", "P2"}),
        ("test_L07_a_form", {"L7"}),
        ("test_keys_of_p256", set()),
        ("test_H11_taken_once", set()),
        ("test_sharp1_is_none", set()),
    ],
)
def test_ids_are_read_from_names(name, ids):
    assert ids_in(name) == ids
