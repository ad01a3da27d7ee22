"""Which tests carry the ids of the catalogue of attacks, and which guards each of them switches off."""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
ID = re.compile(r"(?<![A-Za-z0-9])([A-IMN])0?([0-9]{1,2})(?![A-Za-z0-9])")
GUARD = re.compile(r"(?:vc|kit|issuer|verifier)(?:\.\w+)+")


@dataclass
class Found:
    """The files with tests of one attack, the functions and rows that are named by it, and the guards switched off."""

    files: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    guards: set[str] = field(default_factory=set)


def ids_in(text: str) -> set[str]:
    """The ids in a name: ``A06`` and ``A6`` are one."""
    return {letter + number for letter, number in ID.findall(text.replace("_", " "))}


def collect() -> dict[str, Found]:
    """What there is for every id, in all tests."""
    found: dict[str, Found] = defaultdict(Found)
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and ids_in(node.name)]
        has_rows = file.parent.name == "attacks" and "CASES = [" in file.read_text(encoding="utf-8")
        if not functions and not has_rows:
            continue
        module = importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
        for function in functions:
            for each in ids_in(function.name):
                note(found[each], file, function.name, guards_in(function, module))
        for case in getattr(module, "CASES", ()):
            for each in ids_in(case.attack):
                note(found[each], file, case.attack, {path for path, _ in case.guards})
    return found


def note(entry: Found, file: Path, name: str, guards: set[str]) -> None:
    entry.files.add(file.stem)
    entry.names.add(name)
    entry.guards |= guards


def guards_in(function: ast.FunctionDef, module: ModuleType) -> set[str]:
    """The guards that a test function replaces: by path, by a pair of path and replacement, or by owner and name."""
    return {guard for call in ast.walk(function) if is_replacement(call) for guard in replaced(call, module)}


def is_replacement(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setattr"


def replaced(call: Any, module: ModuleType) -> Iterator[str]:
    first, *rest = call.args
    if isinstance(first, ast.Constant) and GUARD.fullmatch(str(first.value)):
        yield str(first.value)
    elif isinstance(first, ast.Starred) and isinstance(first.value, ast.Name):
        yield getattr(module, first.value.id)[0]
    elif isinstance(first, ast.Name) and rest and isinstance(rest[0], ast.Constant):
        owner = getattr(module, first.id, None)
        name = getattr(owner, "__qualname__", "")
        home = getattr(owner, "__module__", "") if name else getattr(owner, "__name__", "")
        yield ".".join(filter(None, (home, name, str(rest[0].value))))
