"""What the issuer is put together from is whole: no module of pages or API is forgotten, and their order means nothing."""

import ast
import re
from pathlib import Path

import pytest
from fastapi import APIRouter

from issuer import api, pages
from issuer.store import tables

ROOT = Path(__file__).parents[2]


def modules_with(folder, name):
    """The modules in a folder that define the function `name`."""
    for path in sorted((ROOT / folder).glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and name(node.name) for node in tree.body):
            yield path.stem


def test_every_module_of_pages_is_put_in():
    listed = [part.__name__.rpartition(".")[2] for part in pages.PARTS]
    assert listed == sorted(listed) == list(modules_with("issuer/pages", lambda name: name == "add"))


def test_every_module_of_the_api_is_put_in():
    listed = [make.__module__.rpartition(".")[2] for make in api.ROUTERS]
    assert listed == sorted(listed) == list(modules_with("issuer/api", lambda name: name.endswith("_api")))


def test_every_table_is_exported_and_so_in_the_metadata():
    written = {
        node.name
        for path in sorted((ROOT / "issuer/store/tables").glob("*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and any(ast.unparse(part) == "Model" for part in node.bases)
    }
    assert written == {name for name in tables.__all__ if name.endswith("Row")}


def routers():
    for part in pages.PARTS:
        router = APIRouter()
        part.add(router, None)
        yield part.__name__, router
    for make in api.ROUTERS:
        yield make.__module__, make()


def addresses():
    for name, router in routers():
        yield name, {(method, route.path) for route in router.routes for method in route.methods}


PARAMETER = re.compile(r"\{\w+\}")


def overlap(one, other):
    """Whether some address could be meant by both."""
    parts, others = one.split("/"), other.split("/")
    return len(parts) == len(others) and all(both(*pair) for pair in zip(parts, others, strict=True))


def both(one, other):
    """The same for one part of an address; of two with parameters it is taken to be so."""
    if PARAMETER.search(one) and PARAMETER.search(other):
        return True
    pattern, text = (other, one) if PARAMETER.search(other) else (one, other)
    return re.fullmatch("[^/]+".join(map(re.escape, PARAMETER.split(pattern))), text) is not None


def test_no_address_belongs_to_two_parts():
    found = list(addresses())
    clashes = [
        (name, path, other_name, other_path)
        for place, (name, mine) in enumerate(found)
        for other_name, theirs in found[place + 1 :]
        for method, path in mine
        for other_method, other_path in theirs
        if method == other_method and overlap(path, other_path)
    ]
    assert clashes == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("/a/{x}", "/a/new", True),
        ("/a/{x}", "/b/new", False),
        ("/a/{x}", "/a/{y}/b", False),
        ("/a", "/a", True),
        ("/a/p.{x}", "/a/q", False),
        ("/a/p.{x}", "/a/p.svg", True),
    ],
)
def test_a_parameter_stands_for_any_word(one, other, same):
    assert overlap(one, other) is same
