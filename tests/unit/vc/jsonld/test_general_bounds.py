"""The general path: when a document is read twice, and how much of its own definitions is read, exactly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.bench.samples import V2
from tests.laws.jsonld.oracles import by_pyld
from tests.unit.vc.jsonld.documents import BUDGET
from tests.unit.vc.jsonld.test_general import EXAMPLES, EXTRA, GENERAL, document, text
from vc.jsonld import PINNED, PRESENTATION_BUDGET, general, processor_for
from vc.problems import BudgetExceeded, MalformedValueError, Unsupported

DIRECTED = processor_for(inline_contexts=False, extra_contexts={}, directions=True)


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads a document a second time fails."""

    def expand(value: Any, options: Any) -> Any:
        pytest.fail(f"read twice: {value} {options}")

    monkeypatch.setattr(general.pyld, "expand", expand)


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize("processor", [GENERAL, DIRECTED], ids=["definitions", "directions"])
def test_what_the_pinned_contexts_define_is_read_once(processor: Any) -> None:
    for value in (document(name="n"), document(name="n") | {"@context": V2}):
        assert text(value, processor) == text(value, PINNED)


def test_a_definition_deep_inside_is_read_where_all_else_is_pinned() -> None:
    inner = {**document({"Pet": "urn:x:Pet"}), "credentialSubject": {"type": "Pet", "name": "Rex"}}
    value = {"@context": V2, "type": "VerifiablePresentation", "verifiableCredential": [inner]}
    assert text(value).encode() == by_pyld(value)


@pytest.mark.parametrize("named", [5, None, True, 2.5], ids=str)
def test_a_context_that_is_none_is_refused(named: Any) -> None:
    with pytest.raises(MalformedValueError, match="A context is an address"):
        text({"@context": named, "name": "n"})


def test_an_address_that_stands_in_an_object_is_refused() -> None:
    for inline, reason in ((False, "brings its own definitions"), (True, "differently by different programs")):
        processor = processor_for(inline_contexts=inline, extra_contexts=EXTRA, directions=False)
        with pytest.raises(Unsupported, match=reason):
            text(document({"@context": EXAMPLES}, name="n"), processor)


def test_a_further_context_changes_no_protected_word_beside_a_definition() -> None:
    url = "https://example.org/other"
    extra = {url: {"@context": {"name": "urn:other:name"}}}
    processor = processor_for(inline_contexts=True, extra_contexts=extra, directions=False)
    with pytest.raises(MalformedValueError, match="differently"):
        text(document({"x": "urn:x"}, url, name="n"), processor)


def test_definitions_come_to_16384_characters_and_no_more() -> None:
    def defined(more: int) -> dict[str, Any]:
        return {"x": "urn:x:" + "a" * more}

    more = 16_384 - len(json.dumps([V2, defined(0)]))
    assert "urn:x:aaa" in text(document(defined(more), x="v"))
    with pytest.raises(BudgetExceeded, match="more than 16384 characters"):
        text(document(defined(more + 1), x="v"))


def test_a_document_needs_512_contexts_and_no_more() -> None:
    compiler = general.GeneralCompiler(inline_contexts=True, extra_contexts={})
    for number in range(512):
        for _ in range(2):
            compiler.inline(compiler.root, {"x": f"urn:x:{number}"})
    with pytest.raises(BudgetExceeded, match="more than 512"):
        compiler.inline(compiler.root, {"x": "urn:x:512"})


def test_a_document_has_10000_values_and_no_more() -> None:
    def long(count: int) -> dict[str, Any]:
        return document({"x": "urn:x"}, x=[str(number) for number in range(count)])

    count = 9_996
    assert GENERAL.walk(long(count), budget=PRESENTATION_BUDGET, places=False).dataset.buckets
    with pytest.raises(BudgetExceeded, match="more than 10000 values"):
        GENERAL.walk(long(count + 1), budget=PRESENTATION_BUDGET, places=False)


def test_a_second_reading_that_asks_for_more_than_the_budget_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [{"@type": ["urn:t"], "urn:p": [{"urn:q": [{"@value": n}]} for n in range(BUDGET.max_blank_nodes)]}]
    monkeypatch.setattr(general.pyld, "expand", lambda _value, _options: many)
    with pytest.raises(Unsupported, match="differently by different programs"):
        text(document({"x": "urn:x"}, name="n"))
