"""Names: none of the kind that says nothing, and everything that a package exports exists."""

import ast
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ["contexts", "schemas", "vc", "kit", "issuer", "wallet", "verifier", "registrar", "satchel"]
# A "base proof" is a term of vc-di-ecdsa.
EMPTY_WORDS = re.compile(r"(Manager|Helper|Utils?|V[0-9]+)$|^Base(?!Proof)[A-Z]|^Abstract")
EMPTY_MODULES = {"utils", "util", "helpers", "helper", "misc", "common", "base", "manager"}


def trees():
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(), str(path))


def test_no_class_has_a_name_that_says_nothing():
    found = [
        f"{path}: {node.name}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and EMPTY_WORDS.search(node.name)
    ]
    assert found == []


def test_no_module_is_a_drawer_for_odds_and_ends():
    assert [str(path) for path, _tree in trees() if path.stem in EMPTY_MODULES] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_what_a_package_exports_is_there(package):
    for path in sorted((ROOT / package).rglob("__init__.py")):
        name = ".".join(path.parent.relative_to(ROOT).parts)
        tree = ast.parse(path.read_text())
        if not any(isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__" for node in tree.body):
            continue
        module = importlib.import_module(name)
        missing = [exported for exported in module.__all__ if not hasattr(module, exported)]
        assert missing == [], name
        assert list(module.__all__) == sorted(module.__all__, key=_sorting), f"{name}.__all__ is not in order"


def _sorting(name):
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def test_every_module_says_what_it_is_for():
    silent = [
        str(path)
        for path, tree in trees()
        if tree.body and ast.get_docstring(tree) is None and "migrations/versions" not in path.as_posix()
    ]
    assert silent == []


def test_decisions_are_numbered_without_gaps():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_no_path_of_a_machine_is_written_down():
    homes = re.compile("/" + r"(?:home|Users|root|work)/[a-z]")
    written = [
        str(path.relative_to(ROOT))
        for package in [*PACKAGES, "docs", "tests"]
        for path in sorted((ROOT / package).rglob("*"))
        if path.suffix in {".py", ".md", ".html", ".toml", ".js", ".css", ".po"} and homes.search(path.read_text())
    ]
    assert written == []
