"""Where the nodes without an id stand in a document, how they are called, and how much a document may ask for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bench.samples import OB, V2
from vc.jsonld import CREDENTIAL_BUDGET, PINNED, PRESENTATION_BUDGET, Budget
from vc.jsonld.grammar import RDF
from vc.jsonld.plans import Planner
from vc.jsonld.processor import Processor
from vc.jsonld.terms import Compiler
from vc.problems import BudgetExceeded, MalformedValueError

URL = "https://example.org/words"
WORDS = {
    "id": "@id",
    "name": "urn:v:name",
    "part": "urn:v:part",
    "list": {"@id": "urn:v:list", "@container": "@list"},
    "graph": {"@id": "urn:v:graph", "@container": "@graph"},
}
DOCUMENT: dict[str, Any] = {
    "@context": URL,
    "name": "top",
    "part": [
        {"name": "first"},
        {"id": "urn:x:1", "name": "second", "list": ["B", {"name": "inside", "part": {"name": "deep"}}, "A"]},
    ],
    "graph": [{"name": "alone"}, {"id": "urn:x:2", "name": "named"}],
    "list": ["C"],
}
PLACES = [
    ("", "", 0),
    ("/part/0", "", 0),
    ("/part/1", "list", 0),
    ("/part/1/list/1", "", 0),
    ("/part/1/list/1/part", "", 0),
    ("/part/1", "list", 1),
    ("/part/1", "list", 2),
    ("/graph/0", "@graph", 0),
    ("/graph/0", "", 0),
    ("/graph/1", "@graph", 0),
    ("", "list", 0),
]


def processor() -> Processor:
    """One that knows these few words."""
    compiler = Compiler()
    compiler.known = {URL: None}
    compiler._definitions = {URL: WORDS}
    return Processor(Planner(compiler))


BOTH = pytest.mark.parametrize("way", ["labelled", "placed"])


def paths_of(value: Any, path: str = "") -> dict[int, str]:
    """The path of each object of a document, by its identity."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {id(value): path} if isinstance(value, dict) else {}
    for name, item in items:
        found |= paths_of(item, f"{path}/{name}")
    return found


def test_every_node_without_an_id_has_its_place() -> None:
    paths = paths_of(DOCUMENT)
    found = processor().placed(DOCUMENT, budget=CREDENTIAL_BUDGET)
    places = [(paths[place], member, index) for place, member, index in found.places]
    assert sorted(places) == sorted(PLACES)
    said = found.nquads([f"n{number}" for number in range(len(places))])
    name = {place: f"_:n{number}" for number, place in enumerate(places)}
    assert f'{name["/part/1", "list", 0]} <{RDF}first> "B" .\n' in said
    assert f"{name['/part/1', 'list', 1]} <{RDF}first> {name['/part/1/list/1', '', 0]} .\n" in said
    assert f'{name["/part/1", "list", 2]} <{RDF}first> "A" .\n' in said
    assert f'{name["", "list", 0]} <{RDF}first> "C" .\n' in said
    assert f'{name["/part/1/list/1/part", "", 0]} <urn:v:name> "deep" .\n' in said
    assert f'{name["/graph/0", "", 0]} <urn:v:name> "alone" {name["/graph/0", "@graph", 0]} .\n' in said
    assert f'<urn:x:2> <urn:v:name> "named" {name["/graph/1", "@graph", 0]} .\n' in said
    assert said == sorted(said)


@BOTH
def test_with_their_canonical_names_the_statements_are_the_canonical_form(way: str) -> None:
    found = getattr(processor(), way)(DOCUMENT, budget=CREDENTIAL_BUDGET)
    canonical = processor().canonicalize(DOCUMENT, hash_name="sha256", budget=CREDENTIAL_BUDGET).decode()
    assert sorted(found.labels) == sorted(f"c14n{number}" for number in range(len(PLACES)))
    assert "".join(found.nquads(found.labels)) == canonical
    assert len(found.places) == (len(PLACES) if way == "placed" else 0)


@BOTH
def test_what_programs_write_differently_is_not_labelled(way: str) -> None:
    for name in ("\x7f", "\x01", "\ud800"):
        document = {"@context": [V2, OB], "id": "urn:x", "type": "Profile", "name": name}
        with pytest.raises(MalformedValueError, match="no place in one") as caught:
            getattr(PINNED, way)(document, budget=CREDENTIAL_BUDGET)
        assert caught.value.pointer == "/name"


@BOTH
def test_more_nodes_without_an_id_than_the_budget_has_are_not_labelled(way: str) -> None:
    count = len(PLACES)
    getattr(processor(), way)(DOCUMENT, budget=Budget(max_nodes=100, max_blank_nodes=count, max_work=100))
    with pytest.raises(BudgetExceeded):
        getattr(processor(), way)(DOCUMENT, budget=Budget(max_nodes=100, max_blank_nodes=count - 1, max_work=100))


def test_a_document_may_ask_for_so_much() -> None:
    assert Budget.for_credentials(0) == Budget(max_nodes=20_000, max_blank_nodes=1_000, max_work=20_000)
    assert Budget.for_credentials(1) == Budget(max_nodes=24_000, max_blank_nodes=1_200, max_work=20_300)
    assert Budget.for_credentials(0) == CREDENTIAL_BUDGET
    assert Budget.for_credentials(100) == PRESENTATION_BUDGET
