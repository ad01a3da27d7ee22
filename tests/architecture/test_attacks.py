"""docs/attacks.md says of every attack which tests it has and which guards they switch off; this holds it to the tests."""

import re

import pytest

from tests.architecture.catalogue import ROOT, Found, collect

SECTIONS = {"A": 35, "B": 8, "C": 14, "D": 16, "F": 16, "G": 5, "H": 19, "I": 16, "N": 14}
EXPECTED = {f"{letter}{number}" for letter, most in SECTIONS.items() for number in range(1, most + 1)}
EXPECTED |= {"M2", *(f"M{number}" for number in range(4, 10))}
SHORT = {
    "walk": "vc.jsonld.Processor.canonicalize",
    "schema": "vc.credential_checks.check_schema",
    "reader": "vc.securing.parse",
    "limits": "vc.judging.check_limits",
}
ROW = re.compile(r"\| ([A-Z][0-9]+) \| (.+) \| (.+) \| (.+) \| (.+) \|")


def rows() -> list[tuple[str, ...]]:
    """Id, attack, tests, guards, outcome."""
    lines = (ROOT / "docs/attacks.md").read_text(encoding="utf-8").splitlines()
    found = [ROW.fullmatch(line) for line in lines if re.match(r"\| [A-Z][0-9]", line)]
    assert all(found), "a row has an id and four cells"
    return [row.groups() for row in found if row]


def quoted(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


def path_of(guard: str) -> str:
    full = SHORT.get(guard, guard)
    return full if full.split(".")[0] in {"vc", "kit", "issuer", "verifier"} else "vc." + full


@pytest.fixture(scope="module")
def found() -> dict[str, Found]:
    return collect()


def test_every_attack_of_the_catalogue_has_one_row() -> None:
    ids = [row[0] for row in rows()]
    assert len(ids) == len(set(ids))
    assert set(ids) == EXPECTED


def test_the_tests_that_a_row_names_are_named_by_its_id(found: dict[str, Found]) -> None:
    for attack, _, tests, guards, _ in rows():
        missing = quoted(tests) - {name.removeprefix("test_") for name in found.get(attack, Found()).files}
        assert not missing, f"no test of {attack} is in {missing}"
        assert quoted(tests) or is_reason(guards), f"{attack} has no test, and nothing says why"


def test_the_guards_that_a_row_names_are_switched_off_by_its_tests(found: dict[str, Found]) -> None:
    for attack, _, _, cell, _ in rows():
        if is_reason(cell):
            continue
        guards = {path_of(guard) for guard in quoted(cell)}
        assert guards, f"{attack} has no guard, and nothing says why"
        assert guards <= found[attack].guards, f"no test of {attack} switches off {guards - found[attack].guards}"


def is_reason(cell: str) -> bool:
    return cell.startswith("– ") and len(cell) > len("– none")
