"""How a property is read, which words a node may use, and what is remembered of them."""

from __future__ import annotations

from typing import Any

import pytest

from vc.jsonld import plans
from vc.jsonld.grammar import RDF, XSD
from vc.jsonld.plans import Plan, Planner, Refused, Shape
from vc.jsonld.terms import ActiveContext, Compiler, Inline, Term
from vc.problems import DataLossError, MalformedValueError, Unsupported

WORDS: dict[str, Any] = {
    "id": "@id",
    "type": "@type",
    "text": "urn:v:text",
    "string": {"@id": "urn:v:string", "@type": XSD + "string"},
    "date": {"@id": "urn:v:date", "@type": XSD + "dateTime"},
    "double": {"@id": "urn:v:double", "@type": XSD + "double"},
    "html": {"@id": "urn:v:html", "@type": RDF + "langString"},
    "directed": {"@id": "urn:v:directed", "@type": RDF + "dirLangString"},
    "ref": {"@id": "urn:v:ref", "@type": "@id"},
    "word": {"@id": "urn:v:word", "@type": "@vocab"},
    "raw": {"@id": "urn:v:raw", "@type": "@json"},
    "list": {"@id": "urn:v:list", "@container": "@list"},
    "set": {"@id": "urn:v:set", "@container": "@set"},
    "A": "urn:v:A",
    "B": "urn:v:B",
    "AB": "urn:v:AB",
}


class Generous(Compiler):
    vocabularies = True


def under(words: dict[str, Any], planner: Planner) -> ActiveContext:
    root = planner.compiler.root
    return planner.compiler.of_property(root, root, Term(iri="urn:v:x", scope=words))


def planned(keys: tuple[str, ...], types: Any = None, words: dict[str, Any] = WORDS, planner: Any = None) -> Plan:
    planner = planner or Planner(Generous())
    return planner.plan(planner.shape(under(words, planner), keys), types)


READ = {
    "text": (None, None, "", True, True, True),
    "string": (None, XSD + "string", "", True, True, True),
    "date": (None, XSD + "dateTime", f"^^<{XSD}dateTime>", True, True, True),
    "double": (None, XSD + "double", f"^^<{XSD}double>", False, False, True),
    "html": (None, RDF + "langString", f"^^<{RDF}langString>", False, False, True),
    "directed": (None, RDF + "dirLangString", f"^^<{RDF}dirLangString>", False, False, True),
    "ref": (None, None, "", False, True, True),
    "word": (None, None, "", False, False, True),
    "raw": (None, None, "", False, False, False),
    "list": ("@list", None, "", True, False, False),
    "set": (None, None, "", True, True, True),
}


@pytest.mark.parametrize("name", READ)
def test_how_a_property_is_read(name: str) -> None:
    (slot,) = planned((name,)).slots
    assert slot is not None
    found = (slot.container, slot.datatype, slot.suffix, slot.literal, slot.plain, slot.nests)
    assert found == READ[name]
    assert (slot.key, slot.predicate) == (name, f" <urn:v:{name}> ")


def test_addresses_are_looked_at_one_by_one_where_there_are_prefixes() -> None:
    text, ref = planned(("text", "ref"), words=WORDS | {"p": "urn:p:"}).slots
    assert text is not None
    assert ref is not None
    assert (text.plain, ref.plain) == (True, False)


def test_the_word_for_an_id_and_for_a_type_is_used_where_there_is_one() -> None:
    for key, word in (("@id", "id"), ("@type", "type")):
        with pytest.raises(Refused) as caught:
            planned((key, "text"))
        assert (
            caught.value.detail == f"“{key}” hides from who looks for “{word}”, the word that the contexts have for it."
        )
        with pytest.raises(Refused, match="say the same thing"):
            planned((word, key))
    assert planned(("@id", "text"), words={"text": "urn:v:text"}).slots[0] is None


def test_what_was_planned_is_remembered_by_its_types() -> None:
    planner = Planner()
    active = under(WORDS, planner)
    keys = ("type", "text")
    found = planner.plan(planner.shape(active, keys), ["A", "B"])
    assert found.type_iris == ("urn:v:A", "urn:v:B")
    assert planner.plan(planner.shape(active, keys), ["A", "B"]) is found
    single = planner.plan(planner.shape(active, keys), "AB")
    assert single.type_iris == ("urn:v:AB",)
    assert planner.plan(planner.shape(active, keys), "AB") is single
    assert isinstance(planner.shape(active, keys), Shape)


@pytest.mark.parametrize(("length", "remembered"), [(1_024, True), (1_025, False)])
def test_long_types_are_not_remembered(length: int, remembered: bool) -> None:
    planner = Planner()
    active = under(WORDS, planner)
    types = ["urn:t:" + "x" * (length - 7), "A"]
    first, second = (planner.plan(planner.shape(active, ("type",)), types) for _ in range(2))
    assert (first is second) is remembered
    assert bool(active.shapes) is remembered


def test_addresses_are_remembered_so_many_and_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "_MAX_IRIS", 2)
    planner = Planner()
    none: frozenset[str] = frozenset()
    longest = "urn:x:" + "a" * 250
    for text in (longest, longest + "a", "urn:x:1"):
        assert planner.iri(text, none) == f"<{text}>"
    assert planner.iris == {longest: f"<{longest}>", "urn:x:1": "<urn:x:1>"}
    planner.iri("urn:x:2", none)
    assert planner.iris == {"urn:x:2": "<urn:x:2>"}
    planner.iri("urn:x:3", frozenset({"p"}))
    assert "urn:x:3" not in planner.iris


def test_an_abbreviated_address_is_refused_by_its_first_colon() -> None:
    planner, prefixes = Planner(), frozenset({"p"})
    for text in ("p:x", "p:x:y"):
        with pytest.raises(Refused, match="abbreviated"):
            planner.iri(text, prefixes)
    assert planner.iri("p://x", prefixes) == "<p://x>"
    assert planner.iri("q:p:x", prefixes) == "<q:p:x>"


@pytest.mark.parametrize("vocabulary", [None, "urn:v#"])
@pytest.mark.parametrize(
    ("name", "kind"),
    [("id", DataLossError), ("@id", DataLossError), ("a b", DataLossError), ("urn:v:A", MalformedValueError)],
)
def test_a_type_that_is_no_word_for_one(name: str, kind: type, vocabulary: str | None) -> None:
    more = {} if vocabulary is None else {"@vocab": vocabulary}
    with pytest.raises(Refused) as caught:
        planned(("type",), name, words=WORDS | more)
    assert caught.value.kind is kind


def test_a_word_of_the_vocabulary_that_has_another_word_is_refused() -> None:
    words = WORDS | {"@vocab": "urn:v:"}
    plan = planned(("type", "free"), "Free", words=words)
    assert plan.type_iris == ("urn:v:Free",)
    words |= {"Other": "urn:v:Free", "other": "urn:v:free"}
    with pytest.raises(Refused) as caught:
        planned(("type", "text"), "Free", words=words)
    assert (caught.value.kind, caught.value.path) == (DataLossError, ["type"])
    with pytest.raises(Refused) as caught:
        planned(("type", "free"), "A", words=words)
    assert (caught.value.kind, caught.value.path) == (DataLossError, ["free"])


def test_where_a_refused_type_stands() -> None:
    for types, path in (("none", ["type"]), (["none"], ["type"]), (["A", "none"], [1, "type"])):
        with pytest.raises(Refused) as caught:
            planned(("type",), types)
        assert caught.value.path == path


def test_the_word_of_a_type_as_a_member_hides_that_of_a_property() -> None:
    words = WORDS | {"Image": "urn:v:image", "image": "urn:v:image", "Alone": "urn:v:alone"}
    for name in ("image", "Alone"):
        assert planned((name,), words=words).slots[0] is not None
    with pytest.raises(Refused, match="looks for “image”") as caught:
        planned(("Image",), words=words)
    assert (caught.value.kind, caught.value.path) == (DataLossError, ["Image"])


def test_a_word_given_as_an_address_or_unknown_is_refused() -> None:
    for name, kind in (("urn:v:text", Unsupported), ("unknown", DataLossError), ("@graph", DataLossError)):
        with pytest.raises(Refused) as caught:
            planned((name,))
        assert (caught.value.kind, caught.value.path) == (kind, [name])


def test_two_words_for_one_address_are_one_as_good_as_the_other() -> None:
    words = WORDS | {"image": "urn:v:image", "picture": "urn:v:image", "Image": "urn:v:image"}
    assert [planned((name,), words=words).slots[0] is not None for name in ("image", "picture")] == [True, True]
    assert planned(("type",), "Image", words=words).type_iris == ("urn:v:image",)


def test_the_words_of_properties_begin_with_a_small_letter() -> None:
    with pytest.raises(Refused, match="looks for “iMage”"):
        planned(("Image",), words=WORDS | {"Image": "urn:v:image", "iMage": "urn:v:image"})


@pytest.mark.parametrize("name", ["status", "Status"])
def test_a_word_that_a_document_brings_hides_no_other(name: str) -> None:
    planner = Planner(Generous())
    words = WORDS | {"state": "urn:v:status"}
    brought = Term(iri="urn:v:y", scope=Inline({name: "urn:v:status", "again": "urn:v:new", "new": "urn:v:new"}))
    before = under(words, planner)
    active = planner.compiler.of_property(before, before, brought)
    for keys, types, path in (((name,), None, [name]), (("type",), name, [name, "type"])):
        with pytest.raises(Refused, match="looks for “state”") as caught:
            planner.plan(planner.shape(active, keys), types)
        assert (caught.value.kind, caught.value.path) == (Unsupported, path)
    assert planner.plan(planner.shape(active, ("type", "new")), "again").type_iris == ("urn:v:new",)


def test_the_beginning_of_addresses_is_no_word_for_an_address() -> None:
    words = WORDS | {"all": "urn:v#", "one": {"@id": "urn:w#"}}
    assert planned(("type",), "urn:v#", words=words).type_iris == ("urn:v#",)
    with pytest.raises(Refused, match="given as an address"):
        planned(("type",), "urn:w#", words=words)


def test_a_word_for_the_id_that_only_a_type_brings_is_not_read() -> None:
    words = {"type": "@type", "A": {"@id": "urn:v:A", "@context": {"id": "@id"}}}
    with pytest.raises(Refused, match="not defined") as caught:
        planned(("type", "id"), "A", words=words)
    assert (caught.value.kind, caught.value.path) == (DataLossError, ["id"])
