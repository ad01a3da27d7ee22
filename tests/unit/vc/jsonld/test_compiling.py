"""What the compiler makes of single definitions, what it refuses, and that what it remembers is bounded."""

from __future__ import annotations

from typing import Any

import pytest

from vc.jsonld import terms
from vc.jsonld.terms import ActiveContext, Compiler, ContextDefect, Inline, Term
from vc.problems import MalformedValueError

KEPT: list[Term] = []
"""Contexts are remembered by the identity of the word that carries them, which has to live as long."""


class Generous(Compiler):
    """As the contexts of a document are read."""

    vocabularies = True


def laid(compiler: Compiler, definition: Any, base: ActiveContext | None = None) -> ActiveContext:
    """The context in the value of a word that carries this context."""
    base = compiler.root if base is None else base
    KEPT.append(Term(iri="urn:v:word", scope=definition))
    return compiler.of_property(base, base, KEPT[-1])


def test_a_word_without_a_definition_is_one_of_the_vocabulary() -> None:
    active = ActiveContext({}, None, "urn:v#")
    found = {text: active.word(text) for text in ("a", "a@", "", "a:b", "@a")}
    assert found == {"a": "urn:v#a", "a@": "urn:v#a@", "": None, "a:b": None, "@a": None}
    assert ActiveContext({}, None, None).word("a") is None


def chain(length: int) -> dict[str, Any]:
    """Words of which each is defined by the next."""
    words = {f"t{number}": {"@id": f"t{number + 1}"} for number in range(length - 1)}
    return words | {f"t{length - 1}": {"@id": "urn:v:last"}}


def test_a_chain_of_definitions_has_32_links_however_many_words_there_are() -> None:
    others = {f"o{number}": f"urn:v:{number}" for number in range(100)}
    found = laid(Compiler(), others | chain(32))
    assert found.terms["t0"].iri == "urn:v:last"
    assert len(found.terms) == 132
    for more in ({}, others):
        with pytest.raises(ContextDefect, match="more than 32"):
            laid(Compiler(), more | chain(33))


def test_a_definition_may_say_everything_at_once() -> None:
    rules = {"@id": "urn:v:a", "@type": "@id", "@container": "@set", "@protected": True, "@context": {"b": "urn:v:b"}}
    term = laid(Compiler(), {"a": rules}).terms["a"]
    assert (term.iri, term.coercion, term.container, term.scope) == ("urn:v:a", "@id", "@set", {"b": "urn:v:b"})
    assert (term.protected, term.scoped, term.prefix, term.brought) == (True, True, False, False)
    with pytest.raises(ContextDefect):
        laid(Compiler(), {"a": rules | {"@index": "x"}})


def test_only_a_plain_address_that_ends_so_is_a_prefix() -> None:
    found = laid(Compiler(), {"a": "urn:v#", "b": {"@id": "urn:v#"}, "c": "urn:v", "d": "a:x:y"})
    assert found.prefixes == {"a"}
    assert found.terms["d"].iri == "urn:v#x:y"


@pytest.mark.parametrize(
    "value", [{}, [], {"@id": {}}, {"@id": []}, {"@id": 5}, {"@id": "x"}, {"@id": "@none"}, 5, None]
)
def test_a_word_that_stands_for_no_address_is_refused(value: Any) -> None:
    with pytest.raises(ContextDefect):
        laid(Compiler(), {"a": value})


@pytest.mark.parametrize("kind", ["@none", "@foo", "with space", 5, [], ""])
def test_a_datatype_is_an_address_whatever_the_vocabulary(kind: Any) -> None:
    for compiler, more in ((Generous(), {"@vocab": "urn:v#"}), (Compiler(), {})):
        with pytest.raises(ContextDefect):
            laid(compiler, more | {"a": {"@id": "urn:v:a", "@type": kind if kind != "" else "@"}})
    found = laid(Generous(), {"@vocab": "urn:v#", "a": {"@type": "kind"}, "b": {"@type": "urn:x@"}})
    assert [found.terms[name].coercion for name in "ab"] == ["urn:v#kind", "urn:x@"]


def test_a_word_that_a_document_defines_again_the_same_way_counts_as_brought() -> None:
    compiler = Compiler()
    base = laid(compiler, {"a": "urn:v:a", "b": {"@id": "urn:v:b", "@protected": True}})
    found = laid(compiler, Inline({"a": "urn:v:a", "b": "urn:v:b"}), base)
    assert found.terms["a"].brought
    assert not found.terms["b"].brought
    assert found.terms["b"].protected
    with pytest.raises(MalformedValueError, match="differently"):
        laid(compiler, Inline({"a": "urn:v:other"}), base)


def test_the_contexts_of_types_are_laid_in_the_order_of_their_names() -> None:
    compiler = Compiler()
    for group in "ABCDEFGH":
        names = [f"{group}{number}" for number in range(6)]
        types = {name: {"@id": "urn:v:" + name, "@context": {"x": "urn:v:x:" + name}} for name in names}
        found = compiler.of_types(laid(compiler, types), names[::-1])
        assert found.terms["x"].iri == f"urn:v:x:{group}5"


def test_what_the_context_of_a_type_hides_is_what_was_before_all_types() -> None:
    compiler = Compiler()
    types = {name: {"@id": "urn:v:" + name, "@context": {"x": "urn:v:x"}} for name in ("A", "B")}
    base = laid(compiler, types)
    first = compiler.of_types(base, ["A"])
    assert first.previous is base
    assert compiler.of_types(first, ["B"]).previous is base
    assert compiler.of_types(base, ["A", "B"]).previous is base
    assert compiler.of_types(base, ["C"]) is base


def test_a_document_names_eight_contexts_and_no_more() -> None:
    compiler = Compiler()
    urls = [f"https://example.org/{number}" for number in range(9)]
    compiler.known = dict.fromkeys(urls)
    compiler._definitions = {url: {f"w{index}": f"urn:v:{index}"} for index, url in enumerate(urls)}
    assert len(compiler.of_document(compiler.root, urls[:8]).terms) == 8
    with pytest.raises(MalformedValueError, match="9 contexts"):
        compiler.of_document(compiler.root, urls)


def test_contexts_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_MAX_ACTIVE", 2)
    compiler = Compiler()
    renewed = []
    for number in range(7):
        before = compiler.root
        base = ActiveContext({}, None, None)
        laid(compiler, {"a": f"urn:v:{number}"}, base)
        assert len(base.derived) == 1
        renewed.append(compiler.root is not before)
    assert renewed == [False, False, True, False, True, False, True]


def test_shapes_are_forgotten_when_there_are_too_many_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_MAX_PLANS", 2)
    compiler = Compiler()
    first, second = ActiveContext({}, None, None), ActiveContext({}, None, None)

    def keep(active: ActiveContext, key: str) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]], int]:
        compiler.keep_shape(active, (key,), object())
        return list(first.shapes), list(second.shapes), len(compiler._shaped)

    assert keep(first, "1") == ([("1",)], [], 1)
    assert keep(first, "2") == ([("1",), ("2",)], [], 1)
    assert keep(second, "3") == ([], [("3",)], 1)
    assert keep(second, "4") == ([], [("3",), ("4",)], 1)
    assert keep(first, "5") == ([("5",)], [], 1)
    assert keep(second, "6") == ([("5",)], [("6",)], 2)


def test_a_context_that_is_remembered_is_not_counted_again() -> None:
    compiler = Compiler()
    types = {"A": {"@id": "urn:v:A", "@context": {"x": "urn:v:x"}}, "B": "urn:v:B"}
    base = laid(compiler, types)
    laid_again = [compiler.of_property(compiler.root, compiler.root, KEPT[-1]) for _ in range(3)]
    assert (laid_again, compiler._active) == ([base] * 3, 1)
    first, again = compiler.of_types(base, ["A"]), compiler.of_types(base, ["A"])
    assert (first is again, compiler._active) == (True, 2)
    assert (compiler.of_types(base, ["B"]) is base, compiler._active) == (True, 2)


def test_a_word_that_turns_a_statement_round_is_protected_with_the_others() -> None:
    compiler = Compiler()
    turned, other = {"a": {"@reverse": "urn:v:a"}}, {"a": "urn:v:other"}
    base = ActiveContext({}, None, None)
    for protected in (True, False):
        active = compiler._process(base, {"@protected": protected, **turned}, override=False)
        term = active.terms["a"]
        assert (term.iri, term.prefix, term.protected, term.brought) == ("@reverse", False, protected, False)
        assert compiler._process(active, turned, override=False).terms["a"].protected is protected
        if protected:
            with pytest.raises(MalformedValueError, match="differently"):
                compiler._process(active, other, override=False)
        else:
            assert compiler._process(active, other, override=False).terms["a"].iri == "urn:v:other"


def test_a_word_is_nothing_that_is_not_said_of_it() -> None:
    term = Term(iri="urn:v:a")
    assert (term.coercion, term.container, term.scoped) == (None, None, False)
    assert (term.prefix, term.protected, term.brought) == (False, False, False)


@pytest.mark.parametrize(
    "base",
    [
        "https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/2018/credentials/v1",
        "https://www.w3.org/ns/did/v1",
    ],
)
def test_the_context_of_the_data_model_comes_first(base: str) -> None:
    compiler = Compiler()
    more = "https://example.org/more"
    compiler.known = {base: None, more: None}
    compiler._definitions = {base: {"a": "urn:v:a"}, more: {"b": "urn:v:b"}}
    assert compiler.of_document(compiler.root, [base, more]).terms.keys() == {"a", "b"}
    with pytest.raises(MalformedValueError, match="has to come first"):
        compiler.of_document(compiler.root, [more, base])
