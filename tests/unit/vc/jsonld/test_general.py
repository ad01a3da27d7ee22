"""The general path: what a document's own definitions may do, and what they may not."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.bench.samples import OB, V2, medium, small
from tests.laws.jsonld.oracles import by_pyld
from tests.unit.vc.jsonld.documents import BUDGET
from vc import jsonld
from vc.jsonld import PINNED, general, processor_for
from vc.jsonld.expanded import statements
from vc.jsonld.grammar import Unwritable
from vc.problems import BudgetExceeded, DataLossError, MalformedValueError, ProblemError, Unsupported

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
EXTRA: dict[str, Any] = {EXAMPLES: {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}}
GENERAL = processor_for(inline_contexts=True, extra_contexts=EXTRA, directions=False)


def document(*own: Any, **members: Any) -> dict[str, Any]:
    """A credential whose context list ends with these."""
    return {"@context": [V2, *own], "type": ["VerifiableCredential"], "issuer": "urn:i", **members}


def text(value: Any, processor: Any = GENERAL) -> str:
    """Its canonical form."""
    form: bytes = processor.canonicalize(value, hash_name="sha256", budget=BUDGET)
    return form.decode()


PET = {"Pet": "urn:x:Pet", "pet": {"@id": "urn:x:pet", "@context": {"nick": "urn:x:nick"}}}
NESTED: dict[str, Any] = {
    "@protected": True,
    "Boat": {"@id": "urn:x:Boat", "@context": {"@protected": True, "id": "@id", "type": "@type", "year": "urn:x:year"}},
    "boats": {"@id": "urn:x:boats", "@type": "@id", "@container": "@set"},
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "built": {"@id": "urn:x:built", "@type": "xsd:date"},
    "order": {"@id": "urn:x:order", "@container": "@list"},
    "raw": {"@id": "urn:x:raw", "@type": "@json"},
}
READ: list[dict[str, Any]] = [
    document({"Pet": "urn:x:Pet"}, credentialSubject={"type": "Pet", "name": "Rex"}),
    document({"@context": {"Pet": "urn:x:Pet"}}, credentialSubject={"type": "Pet"}),
    document(PET, credentialSubject={"pet": {"type": "Pet", "nick": "R", "name": {"@value": "Rex", "@language": "en"}}}),
    document(
        NESTED,
        credentialSubject={"boats": [{"id": "urn:b1", "type": "Boat", "year": 1999}, {"type": "Boat", "year": 2.5}]},
        evidence={"built": "2020-01-01", "order": [1, "a", {"name": "x"}, True], "raw": {"b": None, "a": [1]}},
    ),
    document({"@vocab": "urn:v:"}, credentialSubject={"type": "Anything", "colour": "red", "size": {"@value": "3", "@type": "T"}}),
    document(EXAMPLES, credentialSubject={"degree": {"type": "ExampleDegree", "name": "B"}}),
    document({"@vocab": "urn:v:", "made": {"@type": "xsd:date"}, "xsd": "http://x.example/#"}, evidence={"made": "2020"}),
    document({"@vocab": "urn:v:"}, {"@vocab": None, "word": "urn:w"}, evidence={"word": "x"}),
    document({"@vocab": "urn:v:", "made": {}, "x": "thing"}, made="2020", x="y"),
    document(
        {"s": {"@id": "urn:x:s", "@type": "http://www.w3.org/2001/XMLSchema#string"}, "n": "urn:x:n"},
        evidence={"s": ["a", 5, True], "n": [{"@value": "c", "@type": "urn:x:t"}, 2.5]},
    ),
    document(NESTED, evidence={"order": [], "name": "x", "raw": "r"}),
    document({"a": "urn:a"}, {"a": "urn:a", "b": "a"}, evidence={"a": "x"}),
    {"@context": {"id": "@id", "type": "@type", "w": "urn:w"}, "id": "urn:x", "type": "urn:T", "w": "v"},
    {"@context": [V2, {"W": "urn:W"}], "type": ["VerifiablePresentation", "W"], "verifiableCredential": [
        {"@context": [V2, {"X": "urn:X"}], "type": ["VerifiableCredential", "X"], "name": name} for name in "ab"
    ]},
]  # fmt: skip


@pytest.mark.parametrize("value", READ, ids=range(len(READ)))
def test_definitions_that_add_words_are_read_as_pyld_reads_them(value: dict[str, Any]) -> None:
    assert text(value).encode() == by_pyld(value, EXTRA)
    GENERAL.gate(value)
    with pytest.raises(Unsupported, match=r"brings its own definitions|does not know"):
        jsonld.gate(value)


REFUSED: list[tuple[dict[str, Any], type[ProblemError], str, str]] = [
    (document({"x": "urn:x"}, undefined="x"), DataLossError, "/undefined", "not defined"),
    (document({"x": "urn:x"}, evidence={"type": "Undefined"}), DataLossError, "/evidence/type", "not defined"),
    (document({"x": "urn:x"}, id="relative"), DataLossError, "/id", "not an absolute"),
    (document({"x": "urn:x"}, x=None), DataLossError, "/x", "null"),
    (document({"x": "urn:x"}, name={"@value": "v", "@direction": "rtl"}), DataLossError, "/name/@direction", "signed"),
    (document({"x": "urn:x"}, name={"@value": "v", "@language": "en us"}), DataLossError, "/name/@language", "tag"),
    (document({"subject": "@id"}), Unsupported, "/@context", "subject"),
    (document({"kind": "@type"}), Unsupported, "/@context", "kind"),
    (document({"all": "@graph"}), Unsupported, "/@context", "all"),
    (document({"VerifiableCredential": "urn:x:Bad"}), MalformedValueError, "/@context", "differently"),
    (document({"name": "urn:x:description"}), MalformedValueError, "/@context", "differently"),
    (document({"a": "urn:a"}, {"a": "urn:b"}), MalformedValueError, "/@context", "differently"),
    (document({"P": {"@id": "urn:P", "@context": {"name": "urn:n"}}}, evidence={"type": "P"}), MalformedValueError, "/evidence/type", "differently"),
    (document({"p": {"@id": "urn:p", "@context": {"name": "urn:n"}}}, p={"name": "x"}), MalformedValueError, "/p", "differently"),
    (document({"p": {"@id": "urn:p", "@context": None}}, p={"name": "x"}), Unsupported, "/p", "null"),
    (document({"P": {"@id": "urn:P", "@context": ["urn:c"]}}, evidence={"type": "P"}), Unsupported, "/evidence/type", "not an object"),
    (document({"@base": "https://a.example/"}), Unsupported, "/@context", "@base"),
    (document({"@language": "en"}), Unsupported, "/@context", "@language"),
    (document({"@import": "urn:c"}), Unsupported, "/@context", "@import"),
    (document({"@vocab": ""}), Unsupported, "/@context", "@vocab"),
    (document({"@vocab": 5}), Unsupported, "/@context", "@vocab"),
    (document({"@vocab": "relative"}), Unsupported, "/@context", "@vocab"),
    (document({"@vocab": None}, type=["VerifiableCredential", "Unknown"]), DataLossError, "/type/1", "not defined"),
    (document({"x": None}), Unsupported, "/@context", "definition of x"),
    (document({"x": 5}), Unsupported, "/@context", "definition of x"),
    (document({"x": {"@id": 5}}), Unsupported, "/@context", "meaning of x"),
    (document({"x": {}}), Unsupported, "/@context", "defined by itself"),
    (document({"x": "https ://not-a-url"}), Unsupported, "/@context", "meaning of x"),
    (document({"x": {"@id": "urn:x", "@type": 5}}), Unsupported, "/@context", "type"),
    (document({"x": {"@id": "urn:x", "@type": "nothing"}}), Unsupported, "/@context", "nothing"),
    (document({"x": {"@id": "urn:x", "@container": "@index"}}), Unsupported, "/@context", "container"),
    (document({"x": {"@id": "urn:x", "@container": ["@set"]}}), Unsupported, "/@context", "container"),
    (document({"x": {"@reverse": "urn:x"}}), Unsupported, "/@context", "definition of x"),
    (document({"a b": "urn:x"}, {"@vocab": "urn:v:"}, **{"c d": "x"}), DataLossError, "/c d", "not defined"),
    (document({"x": "y", "y": "x"}), Unsupported, "/@context", "by itself"),
    (document(5), MalformedValueError, "/@context", "an address, or an object"),
    (document(None), MalformedValueError, "/@context", "an address, or an object"),
    (document([{"x": "urn:x"}]), MalformedValueError, "/@context", "an address, or an object"),
    (document("https://unknown.example/", {"x": "urn:x"}), Unsupported, "/@context", "does not know"),
    ({"@context": [{"x": "urn:x"}, V2], "x": "1"}, MalformedValueError, "/@context", "come first"),
    (document(*[{f"x{n}": "urn:x"} for n in range(8)]), MalformedValueError, "/@context", "at most 8"),
    (document({"a": "urn:a", "b": "urn:a"}, a="1", b="2"), DataLossError, "/b", "mean the same"),
    (document({"x": "urn:x"}, evidence={"@context": {"y": "urn:y"}, "y": "1"}), DataLossError, "/evidence/@context", "belong to the document"),
    (document({"@vocab": "https://schema.org/na"}, me="n"), DataLossError, "/me", "not defined"),
    (document({"@vocab": "https://schema.org/na"}, type=["VerifiableCredential", "me"]), DataLossError, "/type/1", "not defined"),
    (document({"@vocab": "urn:v:"}, **{"two words": "n"}), DataLossError, "/two words", "not defined"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "kind", "place", "words"), REFUSED, ids=range(len(REFUSED)))
def test_definitions_that_change_or_hide_words_are_refused(
    value: dict[str, Any], kind: type[ProblemError], place: str, words: str
) -> None:
    with pytest.raises(kind, match=words) as caught:
        text(value)
    assert caught.value.pointer == place


def test_pinned_documents_are_read_as_without_a_policy_and_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(general.pyld, "expand", None)
    assert text(medium(1)) == text(medium(1), PINNED)
    assert GENERAL.type_iris(small(1), "") == PINNED.type_iris(small(1), "")
    assert processor_for(inline_contexts=False, extra_contexts={}, directions=False) is PINNED


def test_extra_contexts_alone_allow_no_definitions_in_documents() -> None:
    processor = processor_for(inline_contexts=False, extra_contexts=EXTRA, directions=False)
    assert "examples#colour" in text(document(EXAMPLES, colour="red"), processor)
    with pytest.raises(Unsupported, match="brings its own definitions"):
        text(document(EXAMPLES, {"x": "urn:x"}), processor)


@pytest.mark.parametrize("extra", [{V2: {"@context": {}}}, {"urn:c": {"no": "context"}}], ids=str)
def test_an_extra_context_that_replaces_a_pinned_one_or_is_none_is_a_mistake(extra: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="pinned already"):
        processor_for(inline_contexts=False, extra_contexts=extra, directions=False)


def test_an_extra_context_may_be_no_object() -> None:
    processor = processor_for(inline_contexts=False, extra_contexts={"urn:c": {"@context": 5}}, directions=False)
    with pytest.raises(Unsupported, match="not an object"):
        text(document("urn:c"), processor)


def test_types_are_told_by_the_documents_own_definitions() -> None:
    value = document({"Pet": "urn:x:Pet"}, type=["VerifiableCredential", "Pet"])
    assert GENERAL.type_iris(value, "") == {"https://www.w3.org/2018/credentials#VerifiableCredential", "urn:x:Pet"}


DIRECTED: list[tuple[dict[str, Any], str]] = [
    ({"@value": "v", "@direction": "rtl"}, '"v"^^<https://www.w3.org/ns/i18n#_rtl>'),
    ({"@value": "v", "@direction": "ltr"}, '"v"^^<https://www.w3.org/ns/i18n#_ltr>'),
    ({"@value": "v", "@language": "AR-eg", "@direction": "rtl"}, '"v"^^<https://www.w3.org/ns/i18n#ar-eg_rtl>'),
]


@pytest.mark.parametrize(("literal", "written"), DIRECTED, ids=str)
def test_a_direction_is_signed_where_the_policy_lets_texts_have_one(literal: dict[str, Any], written: str) -> None:
    processor = processor_for(inline_contexts=False, extra_contexts={}, directions=True)
    assert written in text(document(name=literal), processor)
    with pytest.raises(DataLossError, match="would not be signed"):
        text(document(name=literal))


def test_where_texts_may_have_a_direction_others_are_read_as_ever() -> None:
    processor = processor_for(inline_contexts=False, extra_contexts={}, directions=True)
    for literal in ({"@value": "v", "@language": "ES"}, {"@value": "v", "@type": "urn:t"}):
        assert text(document(name=literal), processor) == text(document(name=literal))


@pytest.mark.parametrize(
    "literal",
    [
        {"@value": "v", "@direction": "up"},
        {"@value": "v", "@direction": None},
        {"@value": 5, "@direction": "rtl"},
        {"@value": "v", "@direction": "rtl", "@type": "urn:t"},
        {"@value": "v", "@direction": "rtl", "@language": "a b"},
        {"@value": "v", "@direction": "rtl", "@index": "i"},
    ],
    ids=str,
)
def test_a_direction_that_is_none_is_refused(literal: dict[str, Any]) -> None:
    processor = processor_for(inline_contexts=False, extra_contexts={}, directions=True)
    with pytest.raises(ProblemError):
        text(document(name=literal), processor)


def test_what_the_second_reader_understands_differently_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    expand = general.pyld.expand
    monkeypatch.setattr(general.pyld, "expand", lambda value, options: expand({**value, "name": "other"}, options))
    with pytest.raises(Unsupported, match="differently by different programs"):
        text(document({"x": "urn:x"}, name="n"))


@pytest.mark.parametrize("expanded", [RuntimeError("bad"), [], [{"@id": "relative"}], {}])
def test_what_the_second_reader_does_not_read_is_refused(monkeypatch: pytest.MonkeyPatch, expanded: Any) -> None:
    def expand(_value: Any, _options: Any) -> Any:
        if isinstance(expanded, Exception):
            raise expanded
        return expanded

    monkeypatch.setattr(general.pyld, "expand", expand)
    with pytest.raises(Unsupported, match="differently by different programs"):
        text(document({"x": "urn:x"}, name="n"))


def test_half_of_a_surrogate_pair_is_refused_with_its_place() -> None:
    with pytest.raises(MalformedValueError) as caught:
        text(document({"x": "urn:x"}, name="\ud800"))
    assert caught.value.pointer == "/name"


def test_the_budget_bounds_definitions_contexts_and_nodes() -> None:
    with pytest.raises(BudgetExceeded, match="characters"):
        text(document({f"x{n}": "urn:x" for n in range(2_000)}))
    scoped = {f"T{n}": {"@id": f"urn:T{n}", "@context": {f"x{n}": f"urn:{n}"}} for n in range(12)}
    nodes = [{"type": [f"T{k}" for k in range(12) if n >> k & 1], "name": "n"} for n in range(1, 1_000)]
    with pytest.raises(BudgetExceeded, match="definitions of the same words"):
        text(document(scoped, evidence=nodes), Wide())
    with pytest.raises(BudgetExceeded, match="values"):
        text(document({"x": "urn:x"}, x=[str(n) for n in range(general.MAX_NODES)]), Wide())


class Wide:
    """The general processor under a budget that is wider than its own."""

    @staticmethod
    def canonicalize(value: Any, **_: Any) -> bytes:
        return GENERAL.canonicalize(value, hash_name="sha256", budget=jsonld.PRESENTATION_BUDGET)


def test_threads_do_not_disturb_each_other() -> None:
    values = [document({f"W{n}": f"urn:w:{n}"}, evidence={"type": f"W{n}", "name": str(n)}) for n in range(6)]
    alone = [text(value) for value in values]
    found: list[bool] = []

    def read() -> None:
        found.extend(text(value) == form for value, form in zip(values, alone, strict=True))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 24


def test_nothing_a_stranger_defines_is_remembered() -> None:
    before = set(PINNED.planner.compiler.root.derived)
    text(document({"Pet": "urn:x:Pet"}, credentialSubject={"type": "Pet", "name": "Rex"}))
    assert set(PINNED.planner.compiler.root.derived) == before
    with pytest.raises(Unsupported):
        jsonld.gate({"@context": [V2, OB, {"Pet": "urn:x:Pet"}], "type": "Pet", "name": "n"})


@pytest.mark.parametrize(
    "literal",
    [
        {"@value": "v", "@index": "i"},
        {"@value": "v", "@language": "a b"},
        {"@value": 5, "@language": "en"},
        {"@value": "v", "@type": "relative"},
        {"@graph": [], "@id": "urn:g"},
        {"@value": 2**60},
    ],
    ids=str,
)
def test_the_writer_of_expanded_documents_leaves_nothing_out(literal: dict[str, Any]) -> None:
    with pytest.raises(Unwritable):
        statements([{"@id": "urn:x", "urn:p": [literal]}])
