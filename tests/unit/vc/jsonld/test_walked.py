"""The walk in corners that no pinned context leads to: lone ids, graphs in graphs, lists of nodes and of addresses."""

from __future__ import annotations

from typing import Any

import pytest

from vc.jsonld import CREDENTIAL_BUDGET, processor_for
from vc.jsonld.grammar import RDF
from vc.jsonld.plans import Planner
from vc.jsonld.processor import Processor
from vc.jsonld.terms import Compiler
from vc.problems import BudgetExceeded, DataLossError, ProblemError, Unsupported

URL = "https://example.org/words"
SECURED = "https://www.w3.org/2018/credentials#VerifiableCredential"
WORDS: dict[str, Any] = {
    "type": "@type",
    "name": "urn:v:name",
    "part": "urn:v:part",
    "ref": {"@id": "urn:v:ref", "@type": "@id"},
    "refs": {"@id": "urn:v:refs", "@type": "@id", "@container": "@list"},
    "list": {"@id": "urn:v:list", "@container": "@list"},
    "graph": {"@id": "urn:v:graph", "@container": "@graph"},
    "one": {"@id": "urn:v:one", "@context": {"T": "urn:one:T"}},
    "two": {"@id": "urn:v:two", "@context": {"T": "urn:two:T"}},
    "Abbreviating": {"@id": "urn:v:A", "@context": {"p": "urn:p:"}},
    "Naming": {"@id": "urn:v:N", "@context": {"id": "@id"}},
    "Credential": SECURED,
    "Envelope": "https://www.w3.org/2018/credentials#EnvelopedVerifiableCredential",
    "Other": "https://www.w3.org/2018/credentials#VerifiablePresentation",
}
WITH_ID = WORDS | {"id": "@id"}


def processor(words: dict[str, Any] = WITH_ID) -> Processor:
    """One that knows these words."""
    compiler = Compiler()
    compiler.known = {URL: None}
    compiler._definitions = {URL: words}
    return Processor(Planner(compiler))


def text(words: dict[str, Any] = WITH_ID, /, **members: Any) -> str:
    """The canonical form of a document with these members."""
    document = {"@context": URL, **members}
    return processor(words).canonicalize(document, hash_name="sha256", budget=CREDENTIAL_BUDGET).decode()


@pytest.mark.parametrize(("words", "key"), [(WITH_ID, "id"), (WORDS, "@id")], ids=["id", "@id"])
def test_a_lone_id_is_read_with_the_words_of_the_types_around_it(words: dict[str, Any], key: str) -> None:
    """'If element does not consist of a single entry expanding to @id', the words of the types around end before it."""
    with pytest.raises(Unsupported, match="abbreviated with “p:”"):
        text(words, type="Abbreviating", part={key: "p:x"})
    assert "<urn:v:part> <p:x> ." in text(words, type="Abbreviating", part={key: "p:x", "name": "n"})
    assert "<urn:v:part> <p:x> ." in text(words, type="Credential", part={key: "p:x"})


def test_a_lone_member_that_is_no_id_is_not_read_with_the_words_of_the_types_around_it() -> None:
    with pytest.raises(DataLossError, match="“word” is not defined"):
        text(WITH_ID | {"A": {"@id": "urn:v:A", "@context": {"word": "urn:v:word"}}}, type="A", part={"word": "n"})


def test_a_word_for_the_id_that_only_the_type_around_has_is_that_of_a_lone_id() -> None:
    members = {"type": "Naming", "name": "n", "ref": {"id": "urn:x"}}
    assert "<urn:v:ref> <urn:x> ." in text(WORDS, **members)
    assert processor(WORDS).type_iris({"@context": URL, **members}, "/ref") == frozenset()
    with pytest.raises(DataLossError, match="“id” is not defined"):
        text(WORDS, **members | {"ref": {"id": "urn:x", "name": "n"}})


def test_the_types_at_a_place_are_read_with_the_words_of_the_way_to_it() -> None:
    document = {"@context": URL, "one": {"type": "T"}, "two": {"type": "T"}, "name": "n", "ref": "urn:x"}
    for name in ("one", "two"):
        assert processor().type_iris(document, f"/{name}") == {f"urn:{name}:T"}
    for pointer in ("/name", "/name/x", "/ref/0"):
        with pytest.raises(KeyError):
            processor().type_iris(document, pointer)
    with pytest.raises(KeyError):
        processor().type_iris(document | {"name": 5}, "/name/x")


def nested(levels: int) -> dict[str, Any]:
    """So many graphs, each in the one before."""
    inner: dict[str, Any] = {"name": "inside"}
    for _ in range(levels - 1):
        inner = {"graph": inner, "name": "n"}
    return inner


def test_graphs_lie_64_levels_deep_and_no_deeper() -> None:
    processor().gate({"@context": URL, "graph": nested(64)})
    with pytest.raises(BudgetExceeded, match="deeper than 64"):
        processor().gate({"@context": URL, "graph": nested(65)})


DIFFERENT = {"id": "urn:x", "name": "other"}


def inside(**members: Any) -> dict[str, Any]:
    """A credential that is embedded in a document: it has contexts of its own."""
    return {"@context": URL, "type": "Credential", **members}


@pytest.mark.parametrize("kind", ["Credential", "Envelope"])
def test_a_credential_and_its_envelope_have_contexts_of_their_own(kind: str) -> None:
    assert '<urn:v:name> "n"' in text(part={"@context": URL, "type": kind, "name": "n"})
    for other in ({"type": "Other"}, {}):
        with pytest.raises(DataLossError, match="Contexts belong to the document"):
            text(part={"@context": URL, **other, "name": "n"})


def test_a_credential_inside_one_that_is_shown_says_nothing_else_than_that_one() -> None:
    shown = {"name": "shown", "part": [{"id": "urn:x", "name": "n"}, inside(part=DIFFERENT)]}
    for members in (shown, {"graph": shown}, {"graph": [shown]}):
        with pytest.raises(Unsupported, match="A credential inside says something else"):
            text(**members)
    shown["part"][0] = {"id": "urn:x", "name": "other"}  # type: ignore[index]
    assert text(graph=shown).count('<urn:x> <urn:v:name> "other"') == 1


def test_what_follows_a_graph_in_a_credential_is_still_said_by_that() -> None:
    within = inside(graph={"name": "g"}, part=DIFFERENT)
    with pytest.raises(Unsupported, match="A credential inside says something else"):
        text(ref={"id": "urn:x", "name": "n"}, part=within)


def test_a_list_of_addresses_is_one_of_addresses() -> None:
    found = text(refs=["urn:x:1", "urn:x:2"], list=["urn:x:1", {"name": "n"}, "z"])
    assert f"<{RDF}first> <urn:x:1> ." in found
    assert f"<{RDF}first> <urn:x:2> ." in found
    assert f'<{RDF}first> "urn:x:1" .' in found
    assert found.count(f"<{RDF}first>") == 5
    with pytest.raises(DataLossError, match="not an absolute web address"):
        text(refs=["urn:x:1", "relative"])


@pytest.mark.parametrize("value", [[1], {"a": 1}, None], ids=str)
def test_a_literal_with_a_type_is_a_single_value(value: Any) -> None:
    with pytest.raises(DataLossError, match="A literal is a text, a number") as caught:
        text(name={"@value": value, "@type": "urn:t"})
    assert caught.value.pointer == "/name/@value"


def test_a_text_without_a_direction_stands_beside_one_with_it() -> None:
    directed = processor_for(inline_contexts=False, extra_contexts={}, directions=True)
    document = {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "type": "VerifiableCredential",
        "name": {"@value": "a", "@direction": "rtl"},
        "description": {"@value": "b", "@language": "en"},
    }
    found = directed.canonicalize(document, hash_name="sha256", budget=CREDENTIAL_BUDGET).decode()
    assert '"a"^^<https://www.w3.org/ns/i18n#_rtl>' in found
    assert '"b"@en' in found
    with pytest.raises(ProblemError):
        directed.canonicalize(document | {"description": {"@value": "b"}}, hash_name="sha256", budget=CREDENTIAL_BUDGET)
