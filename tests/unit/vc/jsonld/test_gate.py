"""What the walk refuses: the problem, its place, and its words; and what it lets through."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.bench.samples import OB, V2
from tests.unit.vc.jsonld.documents import BUDGET, node, said, text
from vc import jsonld
from vc.jsonld import Budget
from vc.jsonld.grammar import number
from vc.problems import BudgetExceeded, DataLossError, MalformedValueError, ProblemError, Unsupported

LONG = "x" * 2_000

REFUSED: list[tuple[str, Any, type[ProblemError], str, str]] = [
    ("no object", ["x"], MalformedValueError, "", "no @context"),
    ("no context", {"id": "urn:x", "name": "n"}, MalformedValueError, "", "no @context"),
    ("nothing but an id", {"@context": V2, "id": "urn:x"}, DataLossError, "", "says nothing"),
    ("nothing at all", {"@context": V2}, DataLossError, "", "empty"),
    ("undefined word", node(nickname="x"), DataLossError, "/nickname", "not defined"),
    ("undefined word deeper", node(image={"id": "urn:i", "size": 3}), DataLossError, "/image/size", "not defined"),
    ("word of another type", node("Profile", achievementType="x"), DataLossError, "/achievementType", "not defined"),
    ("word of the type above", node("Achievement", criteria={"tag": ["x"]}), DataLossError, "/criteria/tag", "not defined"),
    ("word with a slash", node(**{"a/b~c": 1}), DataLossError, "/a~1b~0c", "not defined"),
    ("address as a word", node(**{"https://schema.org/name": "n"}), Unsupported, "/https:~1~1schema.org~1name", "address"),
    ("keyword", node(**{"@graph": []}), DataLossError, "/@graph", "moves or hides"),
    ("unknown keyword", node(**{"@foo": 1}), DataLossError, "/@foo", "moves or hides"),
    ("keyword for an id", {"@context": [V2, OB], "@id": "urn:x", "name": "n"}, MalformedValueError, "/@id", "hides"),
    ("keyword for a type", {"@context": [V2, OB], "@type": "Profile"}, MalformedValueError, "/@type", "hides"),
    ("type twice", node("Profile", "urn:t", "Profile"), Unsupported, "/type/2", "twice"),
    ("type by its address", node("https://purl.imsglobal.org/spec/vc/ob/vocab.html#Profile"), MalformedValueError, "/type", "address"),
    ("word by its address", node("DataIntegrityProof", proofPurpose="https://w3id.org/security#assertionMethod"), MalformedValueError, "/proofPurpose", "address"),
    ("text twice", node(name=["b", "a", "b"]), Unsupported, "/name/2", "twice"),
    ("node twice", node(image=[{"name": "a"}, {"id": "urn:i"}, "urn:i"]), Unsupported, "/image/2", "twice"),
    ("number twice", node(name=[1, 1.0]), Unsupported, "/name/1", "twice"),
    ("value alone", node(name={"@value": "n"}), DataLossError, "/name/@value", "plain JSON"),
    ("number alone", node(name={"@value": 3}), DataLossError, "/name/@value", "plain JSON"),
    ("text typed as a text", node(name={"@value": "n", "@type": "http://www.w3.org/2001/XMLSchema#string"}), DataLossError, "/name/@type", "plain JSON"),
    ("date typed as a date", node("VerifiableCredential", validFrom={"@value": "2026-01-01T00:00:00Z", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}), DataLossError, "/validFrom/@type", "plain JSON"),
    ("context in a part", node(image={"@context": V2, "id": "urn:i", "name": "n"}), DataLossError, "/image/@context", "belong"),
    ("two ids", node(**{"@id": "urn:x"}), MalformedValueError, "/@id", "same thing"),
    ("two types", node(**{"@type": "Profile"}), MalformedValueError, "/@type", "same thing"),
    ("undefined type", node("Profile", "Doctorate"), DataLossError, "/type/1", "not defined"),
    ("undefined single type", node() | {"type": "Doctorate"}, DataLossError, "/type", "not defined"),
    ("type that is a keyword", node("id"), DataLossError, "/type", "not defined"),
    ("relative type", node("Profile", "#me"), DataLossError, "/type/1", "not defined"),
    ("broken type", node("Profile", "urn: x"), DataLossError, "/type/1", "absolute"),
    ("type is a number", node() | {"type": ["Profile", 5]}, MalformedValueError, "/type/1", "a word"),
    ("type is an object", node() | {"type": {"a": 1}}, MalformedValueError, "/type", "a word"),
    ("type is null", node() | {"type": None}, MalformedValueError, "/type", "a word"),
    ("no type in the list", node() | {"type": []}, MalformedValueError, "/type", "between one"),
    ("a type used as a property's word", node("Profile", "cnf"), MalformedValueError, "/type", "forbids"),
    ("relative id", node() | {"id": "alice"}, DataLossError, "/id", "absolute"),
    ("empty id", node() | {"id": ""}, DataLossError, "/id", "absolute"),
    ("blank id", node() | {"id": "_:b0"}, DataLossError, "/id", "absolute"),
    ("id with a space", node() | {"id": "did:x:a b"}, DataLossError, "/id", "absolute"),
    ("id with a line end", node() | {"id": "urn:x\n"}, DataLossError, "/id", "absolute"),
    ("id is a number", node() | {"id": 5}, MalformedValueError, "/id", "single text"),
    ("id is a list", node() | {"id": ["urn:x"]}, MalformedValueError, "/id", "single text"),
    ("relative reference", node(image="picture.png"), DataLossError, "/image", "absolute"),
    ("relative reference in a list", node("Achievement", image=["urn:i", "p.png"]), DataLossError, "/image/1", "absolute"),
    ("null", node(name=None), DataLossError, "/name", "null says nothing"),
    ("null in a list", node(name=["x", None]), DataLossError, "/name/1", "null says nothing"),
    ("null in an ordered list", node("ResultDescription", allowedValue=["x", None]), DataLossError, "/allowedValue/1", "null"),
    ("list in a list", node(name=[["x"]]), DataLossError, "/name/0", "list directly inside"),
    ("empty object", node(image={}), DataLossError, "/image", "empty"),
    ("object of nothing", node(image={"name": []}), DataLossError, "/image", "empty"),
    ("value in another direction", node(name={"@value": "n", "@direction": "rtl"}), DataLossError, "/name/@direction", "beside @value"),
    ("value with an index", node(name={"@value": "n", "@index": "i"}), DataLossError, "/name/@index", "beside @value"),
    ("null value", node(name={"@value": None}), DataLossError, "/name/@value", "plain JSON"),
    ("list value", node(name={"@value": ["x"]}), DataLossError, "/name/@value", "plain JSON"),
    ("null typed value", node(name={"@value": None, "@type": "urn:t"}), DataLossError, "/name/@value", "literal"),
    ("bad language", node(name={"@value": "n", "@language": "en us"}), DataLossError, "/name/@language", "language tag"),
    ("empty language", node(name={"@value": "n", "@language": ""}), DataLossError, "/name/@language", "language tag"),
    ("null language", node(name={"@value": "n", "@language": None}), DataLossError, "/name/@language", "language tag"),
    ("language of a number", node(name={"@value": 5, "@language": "en"}), MalformedValueError, "/name/@value", "Only a text"),
    ("language and type", node(name={"@value": "n", "@language": "en", "@type": "urn:t"}), MalformedValueError, "/name/@language", "not both"),
    ("datatype is a list", node(name={"@value": "n", "@type": ["urn:t"]}), MalformedValueError, "/name/@type", "single word"),
    ("datatype undefined", node(name={"@value": "n", "@type": "date"}), DataLossError, "/name/@type", "not defined"),
    ("JSON as a text", node(name={"@value": "1", "@type": "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON"}), Unsupported, "/name/@value", "differently"),
    ("huge number", node("AchievementSubject", creditsEarned=2**53), MalformedValueError, "/creditsEarned", "2^53-1"),
    ("infinite number", node("AchievementSubject", creditsEarned=float("inf")), MalformedValueError, "/creditsEarned", "2^53-1"),
    ("not a number", node("AchievementSubject", creditsEarned=float("nan")), MalformedValueError, "/creditsEarned", "2^53-1"),
    ("tiny number", node("AchievementSubject", creditsEarned=1e-7), MalformedValueError, "/creditsEarned", "this small"),
    ("long fraction", node("AchievementSubject", creditsEarned=0.1 + 0.2), MalformedValueError, "/creditsEarned", "16 digits"),
    ("minus zero", node("AchievementSubject", creditsEarned=-0.0), MalformedValueError, "/creditsEarned", "Minus zero"),
    ("no JSON", node(name=object()), MalformedValueError, "/name", "not a JSON value"),
    ("control character", node(name="a\x00b"), MalformedValueError, "/name", "no place"),
    ("delete character", node(name=["x", {"@value": "a\x7fb", "@language": "en"}]), MalformedValueError, "/name/1/@value", "no place"),
    ("half a surrogate", node(name="\ud800"), MalformedValueError, "/name", "no place"),
    ("half a surrogate in a part without id", node(image={"name": "\udfff"}), MalformedValueError, "/image/name", "no place"),
    ("unknown context", node() | {"@context": [V2, "https://x.example/c"]}, Unsupported, "/@context", "does not know"),
    ("long unknown context", node() | {"@context": LONG}, Unsupported, "/@context", "does not know"),
    ("inline context", node() | {"@context": [V2, {"a": "urn:a"}]}, Unsupported, "/@context", "own definitions"),
    ("inline context alone", node() | {"@context": {"a": "urn:a"}}, Unsupported, "/@context", "own definitions"),
    ("null context", node() | {"@context": None}, Unsupported, "/@context", "own definitions"),
    ("no contexts", node() | {"@context": []}, MalformedValueError, "/@context", "empty"),
    ("same context twice", node() | {"@context": [V2, OB, OB]}, MalformedValueError, "/@context", "twice"),
    ("base context later", node() | {"@context": [OB, V2]}, MalformedValueError, "/@context", "come first"),
    ("nine contexts", node() | {"@context": [f"urn:{n}" for n in range(9)]}, MalformedValueError, "/@context", "at most 8"),
    ("contradicting contexts", node() | {"@context": [V2, "https://w3id.org/vc/status-list/2021/v1", "https://www.w3.org/ns/did/v1"]}, MalformedValueError, "/@context", "come first"),
    ("unknown context inside", node(image={"@context": "urn:c", "id": "urn:i"}), Unsupported, "/image/@context", "does not know"),
    ("two words for one property", node("Achievement", Criteria={"name": "x"}, criteria={"name": "y"}), DataLossError, "/criteria", "mean the same"),
    ("text where a graph is", node("VerifiableCredential", proof="urn:p"), DataLossError, "/proof", "whole object"),
    ("reference where a graph is", node("VerifiableCredential", proof=[{"id": "urn:p"}]), DataLossError, "/proof/0", "only names"),
    ("value where a graph is", node("VerifiableCredential", proof={"@value": "x"}), DataLossError, "/proof", "whole object"),
    ("undefined purpose", node("DataIntegrityProof", proofPurpose="fun"), DataLossError, "/proofPurpose", "not defined"),
    ("purpose is a keyword", node("DataIntegrityProof", proofPurpose="id"), DataLossError, "/proofPurpose", "not defined"),
    ("half a surrogate beside parts without id", node(image=[{"name": "\udfff"}, {"name": "n"}]), MalformedValueError, "/image/0/name", "no place"),
    ("half a surrogate in a name in raw JSON", node("JsonSchema", jsonSchema={"\ud800": 1}), MalformedValueError, "/jsonSchema/\ud800", "no place"),
    ("backspace", node(name="a\bb"), MalformedValueError, "/name", "no place"),
    ("form feed", node(name="a\fb"), MalformedValueError, "/name", "no place"),
    ("fraction in raw JSON", node("JsonSchema", jsonSchema={"a": [1.5]}), Unsupported, "/jsonSchema", "whole numbers"),
    ("huge number in raw JSON", node("JsonSchema", jsonSchema={"a": [2**53]}), Unsupported, "/jsonSchema", "whole numbers"),
    ("control character in raw JSON", node("JsonSchema", jsonSchema={"a": ["\x01"]}), MalformedValueError, "/jsonSchema/a/0", "no place"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "document", "kind", "pointer", "words"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_would_not_be_signed_is_refused_with_its_place(
    name: str, document: Any, kind: type[ProblemError], pointer: str, words: str
) -> None:
    for judge in (text, jsonld.gate):
        with pytest.raises(ProblemError, match=re.escape(words)) as caught:
            judge(document)
        assert type(caught.value) is kind
        assert caught.value.problem.pointer == pointer
        assert len(caught.value.problem.detail) < 500


def test_a_prefix_of_a_context_is_not_read_in_a_document() -> None:
    clr = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
    subject = {"@context": [V2, clr, OB], "type": ["ClrSubject"], "id": "urn:s", "name": "n"}
    text(subject)
    text(subject | {"id": "cred://host/x"})
    for member in ({"id": "cred:x"}, {"image": "cred:x"}, {"image": ["obi:x"]}):
        with pytest.raises(Unsupported, match="write it in full"):
            text(subject | member)


def test_more_values_or_levels_than_allowed_are_refused() -> None:
    small = Budget(max_nodes=5, max_blank_nodes=50, max_work=2_000)
    for members in ({"name": ["x"] * 5}, {"image": {"id": "urn:i", "name": "n", "url": "urn:u"}}):
        with pytest.raises(BudgetExceeded, match="more than 5 values"):
            jsonld.canonicalize(node(**members), hash_name="sha256", budget=small)
    with pytest.raises(BudgetExceeded, match="more than 2000 values"):
        text(node("ResultDescription", allowedValue=["x"] * 2_001))
    deep: Any = {"id": "urn:end", "name": "n"}
    for level in range(70):
        deep = {"id": f"urn:{level}", "image": deep}
    with pytest.raises(BudgetExceeded, match="deeper than 64 levels"):
        text(node(image=deep))
    with pytest.raises(BudgetExceeded, match="without an id"):
        text(node(image=[{"name": str(number)} for number in range(51)]))


def test_values_are_written_as_canonical_nquads() -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    cases: list[tuple[Any, str]] = [
        ('tab\t, "quotes", back\\slash, line\r\n, é', r'"tab\t, \"quotes\", back\\slash, line\r\n, é"'),
        (True, f'"true"^^<{xsd}boolean>'),
        (False, f'"false"^^<{xsd}boolean>'),
        (5, f'"5"^^<{xsd}integer>'),
        (-5.0, f'"-5"^^<{xsd}integer>'),
        (3.25, f'"3.25E0"^^<{xsd}double>'),
        (-0.015625, f'"-1.5625E-2"^^<{xsd}double>'),
        (0.1, f'"1.0E-1"^^<{xsd}double>'),
        (1234567.5, f'"1.2345675E6"^^<{xsd}double>'),
        ({"@value": "n", "@language": "es-MX"}, '"n"@es-mx'),
        ({"@value": "n", "@type": "urn:t"}, '"n"^^<urn:t>'),
        ({"@value": True, "@type": "urn:t"}, '"true"^^<urn:t>'),
        ({"@value": 4, "@type": "urn:t"}, '"4"^^<urn:t>'),
        ("a \\u0041 that is only text", '"a \\\\u0041 that is only text"'),
        (["a \\u0001 that is only text", 5][:1], '"a \\\\u0001 that is only text"'),
        ("a \\u0001 that is only text", '"a \\\\u0001 that is only text"'),
    ]
    for value, written in cases:
        assert said(node(name=value)) == [f"<https://schema.org/name> {written}"]


def test_a_whole_number_that_is_typed_as_a_double_is_written_as_one() -> None:
    double = "http://www.w3.org/2001/XMLSchema#double"
    assert number(4, double) == ("4.0E0", double)
    assert number(0, double) == ("0.0E0", double)


def test_a_text_that_only_looks_like_an_escape_is_kept() -> None:
    members = {"name": "C:\\u0001", "identifier": [{"type": "IdentityObject", "hashed": True, "salt": ""}]}
    assert r'"C:\\u0001"' in text(node("AchievementSubject", **members))


def test_sets_lists_references_and_graphs_become_statements() -> None:
    assert said(node(name=["b", "a"])) == ['<https://schema.org/name> "a"', '<https://schema.org/name> "b"']
    assert said(node(name="n", image=[])) == ['<https://schema.org/name> "n"']
    parts = text(node(image={"image": [{"name": "x", "url": "u"}, {"name": "y", "image": {"name": "z", "url": "w"}}]}))
    assert parts.count("vocab.html#image> _:c14n") == 4
    ordered = text(node("ResultDescription", allowedValue=["b", 1, "b"]))
    assert ordered.count("rdf-syntax-ns#rest>") == 3
    assert text(node("ResultDescription", allowedValue=[])).count("#nil>") == 1
    assert text(node("ResultDescription", allowedValue="b")) == text(node("ResultDescription", allowedValue=["b"]))
    assert text(node("ResultDescription", allowedValue=[{"name": "x"}, {"name": "y"}])).count("#first>") == 2
    assert text(node(image={"id": "urn:i"})) == text(node(image="urn:i")) == text(node(image=[{"id": "urn:i"}]))
    proof = {"type": "DataIntegrityProof", "proofPurpose": "authentication", "cryptosuite": "x"}
    graph = text(node("VerifiableCredential", proof=[proof, {**proof, "cryptosuite": "y"}]))
    assert (
        graph.count("<https://w3id.org/security#proofPurpose> <https://w3id.org/security#authenticationMethod> _:c14n")
        == 2
    )
    assert text(node("DataIntegrityProof", proofPurpose="urn:own")).count("<urn:own>") == 1


def test_raw_json_is_written_in_its_canonical_form() -> None:
    value = {"b": [1, True, None, False], "é": "\n", "a": {}, "\U0001f600": 0, "\ufb33": -1}
    assert said(node("JsonSchema", jsonSchema=value)) == [
        "<https://www.w3.org/2018/credentials#jsonSchema> "
        r'"{\"a\":{},\"b\":[1,true,null,false],\"é\":\"\\n\",' + '\\"\U0001f600\\":0,\\"\ufb33\\":-1}"'
        "^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>"
    ]
    [listed] = said(node("JsonSchema", jsonSchema=["b", "a", ["b"], "b"]))
    assert listed.split(" ")[1].startswith(r'"[\"b\",\"a\",[\"b\"],\"b\"]"'), "one statement, in this order"


def test_a_node_described_twice_is_described_once() -> None:
    image = {"id": "urn:i", "type": "Image", "caption": "c"}
    inner = {"id": "urn:p", "name": "x"}
    once = text(node(image=[{**image, "name": "n"}, {**inner, "image": "urn:i"}]))
    for left, right in (
        (image, {**image, "name": "n"}),
        (image, {"id": "urn:i", "name": "n"}),
        ({**image, "name": ["n"]}, image | {"name": "n"}),
        ("urn:i", {**image, "name": "n"}),
    ):
        assert text(node(image=[left, {**inner, "image": right}])) == once


IMAGE = {"id": "urn:i", "type": "Image", "caption": "c"}
BADGE_CONTEXT = {"@context": [V2, OB], "type": ["VerifiableCredential"]}


def _places(left: Any, right: Any) -> dict[str, Any]:
    return node(image=[left, {"id": "urn:p", "image": right}])


def _credential(number: int, **members: Any) -> dict[str, Any]:
    return BADGE_CONTEXT | {"id": f"urn:v:{number}", "evidence": members}


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (_places(IMAGE, {**IMAGE, "caption": "d"}), "/image/1/image/caption"),
        (_places(IMAGE, {**IMAGE, "caption": ["c", "d"]}), "/image/1/image/caption"),
        (
            _places(IMAGE, {**IMAGE, "type": "Profile", "caption": "c"} | {"type": ["Image", "Profile"]}),
            "/image/1/image/type",
        ),
        (
            _places({"id": "urn:i", "image": {"name": "a"}}, {"id": "urn:i", "image": {"name": "b"}}),
            "/image/1/image/image",
        ),
        (
            _places({"id": "urn:i", "image": [{"name": "a"}, {"name": "a"}]}, {"id": "urn:i", "name": "b"}),
            "/image/1/image",
        ),
        (_places(IMAGE, {"id": "urn:uuid:0", "name": "b"}), "/id"),
    ],
)
def test_a_node_described_twice_differently_is_refused(document: dict[str, Any], place: str) -> None:
    document = {**document, "type": "VerifiableCredential"}
    with pytest.raises(Unsupported) as caught:
        jsonld.gate(document)
    assert (caught.value.problem.pointer or "").startswith(place)


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (node(image=[_credential(1, id="urn:e", name="a")], evidence={"id": "urn:e", "name": "b"}), "/evidence/name"),
        (
            node(evidence={"id": "urn:e", "name": "b"}, image=_credential(1, id="urn:e", name="a")),
            "/image/evidence/name",
        ),
    ],
)
def test_what_a_credential_inside_says_otherwise_is_left_open(document: dict[str, Any], place: str) -> None:
    with pytest.raises(Unsupported) as caught:
        jsonld.gate({**document, "type": "VerifiableCredential"})
    assert caught.value.pointer == place


def test_what_two_places_say_alike_is_accepted() -> None:
    parts = {"id": "urn:i", "image": [{"name": "b"}, {"name": "a"}]}
    assert text(_places(parts, {**parts, "image": parts["image"][::-1]})).count('"a"') == 2
    levels = {"id": "urn:r", "type": "ResultDescription", "allowedValue": ["A", "A", "B"]}
    assert text(_places(levels, levels)).count('"A"') == 4
    with pytest.raises(Unsupported, match="differently"):
        text(_places(levels, {**levels, "allowedValue": ["B", "A", "A"]}))
    two = [_credential(1, id="urn:e", name="a"), _credential(2, id="urn:e", name="b", type=["Evidence"])]
    assert text(node("VerifiableCredential", evidence=[*two, {"id": "urn:e", "type": ["Profile"]}]))


def test_a_reference_keeps_the_words_of_its_place_and_a_node_does_not() -> None:
    nested = {"@context": V2, "id": "urn:vc", "name": "n"}
    assert "<urn:vc> <https://schema.org/name>" in text(node("VerifiablePresentation", verifiableCredential=nested))
    with pytest.raises(DataLossError) as caught:
        text(node("VerifiablePresentation", verifiableCredential={"id": "urn:vc"}))
    assert caught.value.problem.pointer == "/verifiableCredential/id"
    with pytest.raises(DataLossError, match="only names"):
        text(node("VerifiablePresentation", verifiableCredential={"@id": "urn:vc"}))
    with pytest.raises(DataLossError, match="not defined"):
        text(node("VerifiableCredential", evidence={"name": "only", "validFrom": "2026-01-01T00:00:00Z"}))
    assert said(node("VerifiableCredential", evidence={"id": "urn:e"})) == [
        "<https://www.w3.org/2018/credentials#evidence> <urn:e>"
    ]
    assert '"only"' in text(node("VerifiableCredential", evidence={"name": "only"}))


def test_nested_contexts_that_are_pinned_are_read() -> None:
    nested = {"@context": [V2, OB], "id": "urn:v", "type": ["VerifiableCredential"], "name": "n"}
    assert "<urn:v> <https://schema.org/name>" in text(node("Profile", image=nested))
    with pytest.raises(MalformedValueError, match="forbids"):
        text(
            node(
                "VerifiableCredential",
                evidence={"@context": "https://w3id.org/vc/status-list/2021/v1", "type": "StatusList2021Credential"},
            )
        )


def test_words_may_be_typed_by_their_address() -> None:
    assert "<urn:t>" in text(node("Profile", "urn:t"))
    assert said(node(name={"@value": "n", "@type": "Profile"})) == [
        '<https://schema.org/name> "n"^^<https://purl.imsglobal.org/spec/vc/ob/vocab.html#Profile>'
    ]


def test_the_budget_of_presentations_grows_with_what_they_contain() -> None:
    one, many = Budget.for_credentials(0), Budget.for_credentials(60)
    assert (one.max_nodes, one.max_blank_nodes, one.max_work) < (many.max_nodes, many.max_blank_nodes, many.max_work)
    assert one != BUDGET
