"""The pinned contexts: their hashes, where they came from, that they compile, and that they say what is published."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path
from typing import Any

import pytest

import contexts
from tests.bench.samples import OB, V2
from tests.unit.vc.jsonld.documents import node
from vc import jsonld
from vc.jsonld import terms
from vc.jsonld.plans import Planner
from vc.jsonld.terms import Compiler, ContextDefect
from vc.problems import MalformedValueError, Unsupported

OTHERS = [
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/data-integrity/v2",
]


def test_every_packaged_context_has_its_pinned_hash_a_source_and_a_licence() -> None:
    known = jsonld.known_contexts()
    assert {V2, OB} <= known.keys()
    for url, entry in known.items():
        assert entry.url == url
        assert hashlib.sha256(contexts.read(entry.file)).hexdigest() == entry.sha256
        assert "://" not in entry.source
        assert "License" in entry.licence or "W3C" in entry.licence or entry.licence == "MIT"


def test_every_file_of_the_package_is_in_the_index() -> None:
    folder = Path(contexts.__file__).parent
    files = {file.name for file in folder.glob("*.json*")} - {"index.json", "revisions.json"}
    assert files == {entry.file for entry in contexts.index().values()}


def test_a_context_with_a_vocabulary_for_unknown_words_is_not_pinned() -> None:
    for entry in contexts.index().values():
        assert b"@vocab" not in contexts.read(entry.file).replace(b'"@type": "@vocab"', b"")


def test_the_self_check_passes_and_notices_a_single_changed_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    jsonld.self_check()
    read = contexts.read
    monkeypatch.setattr(contexts, "read", lambda file: read(file) + (b"\n" if file == "did-v1.jsonld" else b""))
    with pytest.raises(RuntimeError, match="did/v1 has been changed"):
        jsonld.self_check()


ELSEWHERE = {
    "https://w3id.org/citizenship/v4rc1",
    "https://w3id.org/dcc/v1",
    "https://w3id.org/security/suites/x25519-2020/v1",
}
"""In the registry alone; a published vector or a real credential says the rest."""
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


@pytest.mark.shared
def test_every_packaged_context_says_what_is_published(shared: Path) -> None:
    published = json.loads((shared / "contexts" / "index.json").read_text())
    for url, entry in contexts.index().items():
        if url in ELSEWHERE:
            continue
        file = published[url]["file"] if url in published else _extension(url)
        expected = json.loads((shared / "contexts" / file).read_text())
        assert json.loads(contexts.read(entry.file)) == expected, url


def _extension(url: str) -> str:
    """The published context of an extension, whose index does not tell its address."""
    names = {
        "ob-assessment": "assessmentExtension.v2p0.context",
        "ob-accred": "issuerAccreditationExtension.v2p0.context",
    }
    product, name = url.rstrip("/").split("/")[-3], url.split("/")[-2]
    return f"ob-v3-extensions/{names.get(product) or f'{name}.context-3.0.0'}.json"


def test_an_extension_is_known_with_and_without_the_last_slash() -> None:
    known = jsonld.known_contexts()
    for url in (
        "https://purl.imsglobal.org/spec/ob-assessment/v2p0/context",
        "https://purl.imsglobal.org/spec/ob-accred/v2p0/context",
    ):
        assert known[url].sha256 == known[url + "/"].sha256


def test_a_word_that_turns_a_statement_round_is_known_and_refused() -> None:
    value = {"@context": [V2, "https://w3id.org/dcc/v1"], "id": "urn:x", "awardedOnCompletionOf": "urn:y"}
    with pytest.raises(MalformedValueError, match="differently"):  # it also redefines what the data model protects
        jsonld.gate(value)
    value["@context"] = ["https://www.w3.org/2018/credentials/v1", "https://w3id.org/dcc/v1"]
    with pytest.raises(Unsupported, match="other way round") as caught:
        jsonld.gate(value)
    assert caught.value.pointer == "/awardedOnCompletionOf"
    jsonld.gate({"@context": value["@context"], "id": "urn:x", "courseCode": "A1"})


def test_an_earlier_revision_lacks_exactly_the_later_terms() -> None:
    days = contexts.revision_days(OPEN_BADGES)
    assert days == sorted(days)
    today = json.loads(contexts.read(contexts.index()[OPEN_BADGES].file))["@context"]
    latest = contexts.revision(OPEN_BADGES, days[-1])["@context"]
    assert today.keys() - latest.keys() == {"endorsementJwt"}
    assert contexts.revision_days("urn:unchanged") == []
    with pytest.raises(KeyError):
        contexts.revision(OPEN_BADGES, "2022-01-01")


@pytest.mark.shared
def test_earlier_revisions_say_what_was_published_then(shared: Path) -> None:
    for day in contexts.revision_days(OPEN_BADGES):
        published = shared / "contexts" / f"ob-v3p0-context-3.0.3.rev-{day}.json"
        assert contexts.revision(OPEN_BADGES, day) == json.loads(published.read_text()), day


def _compiler(monkeypatch: pytest.MonkeyPatch, **definitions: Any) -> Compiler:
    """A compiler that knows these contexts, ``a`` as ``urn:a`` and so on, and no others."""
    entries = {
        f"urn:{name}": contexts.ContextEntry(url=f"urn:{name}", file=name, sha256="", source="", licence="")
        for name in definitions
    }
    monkeypatch.setattr(contexts, "index", lambda: entries)
    monkeypatch.setattr(contexts, "read", lambda file: json.dumps({"@context": definitions[file]}).encode())
    return Compiler()


@pytest.mark.parametrize(
    "definition",
    [
        ["urn:other"],
        {"@vocab": "urn:x:"},
        {"a": 5},
        {"a": None},
        {"a": {"@id": None}},
        {"a": {"@type": "@id"}},
        {"a": {"@id": "urn:a", "@reverse": "urn:b"}},
        {"a": {"@id": "urn:a", "@container": "@index"}},
        {"a": {"@id": "undefined"}},
        {"a": "@graph"},
        {"a": "b", "b": "a"},
        {"urn:a": "urn:b"},
        {"a/b": "urn:b"},
        {"": "urn:b"},
        {"a": {"@id": "urn:a", "@context": {"@base": "urn:b"}}},
        {"a": {"@id": "urn:a", "@context": ["urn:b"]}},
    ],
    ids=str,
)
def test_a_context_that_uses_what_the_compiler_leaves_out_is_a_defect(
    monkeypatch: pytest.MonkeyPatch, definition: Any
) -> None:
    with pytest.raises(ContextDefect):
        _compiler(monkeypatch, a=definition).compile_all()


def test_null_for_a_type_is_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    compiler = _compiler(monkeypatch, a={"T": {"@id": "urn:T", "@context": None}})
    compiler.compile_all()
    with pytest.raises(ContextDefect, match="null"):
        compiler.of_types(compiler.of_document(compiler.root, "urn:a"), ["T"])


def test_terms_expand_through_other_terms_and_prefixes(monkeypatch: pytest.MonkeyPatch) -> None:
    compiler = _compiler(
        monkeypatch,
        a={
            "late": {"@id": "voc:late", "@type": "voc:Kind"},
            "alias": {"@id": "late"},
            "odd": "no-prefix:odd",
            "host": "voc://host",
            "known": "odd:x",
            "voc": "urn:voc#",
        },
        b={"more": "voc:more"},
    )
    found = compiler.of_document(compiler.root, ["urn:a", "urn:b"]).terms
    assert {name: term.iri for name, term in found.items()} == {
        "late": "urn:voc#late",
        "alias": "urn:voc#late",
        "odd": "no-prefix:odd",
        "host": "voc://host",
        "known": "odd:x",
        "voc": "urn:voc#",
        "more": "urn:voc#more",
    }
    assert found["late"].coercion == "urn:voc#Kind"
    assert [name for name, term in found.items() if term.prefix] == ["voc"]


def test_a_protected_word_keeps_its_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    compiler = _compiler(
        monkeypatch,
        a={"@protected": True, "w": "urn:w", "free": {"@id": "urn:f", "@protected": False}},
        same={"w": "urn:w"},
        other={"w": "urn:other"},
        free={"free": "urn:other"},
    )
    same = compiler.of_document(compiler.root, ["urn:a", "urn:same"])
    assert same.terms["w"].protected
    assert compiler.of_document(compiler.root, ["urn:a", "urn:free"]).terms["free"].iri == "urn:other"
    with pytest.raises(MalformedValueError, match="“w” differently"):
        compiler.of_document(compiler.root, ["urn:a", "urn:other"])


def test_the_memo_of_contexts_and_plans_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_MAX_ACTIVE", 3)
    monkeypatch.setattr(terms, "_MAX_PLANS", 4)
    monkeypatch.setattr("vc.jsonld.plans._MAX_IRIS", 5)
    planner = Planner()
    monkeypatch.setattr(jsonld.PINNED, "planner", planner)
    first = planner.compiler.root
    for number in range(12):
        jsonld.gate(node(**{"name": "n", "image": f"urn:{number}"} if number % 2 else {"image": "urn:i", "url": "u"}))
        jsonld.gate(node("Profile", f"urn:{number}", name="n"))
        jsonld.gate(node("Profile", "urn:" + "x" * 2_000, image="urn:" + "y" * 300))
        jsonld.gate(node(name="n") | {"@context": [V2, OB, *OTHERS[: number % 4]]})
        assert len(planner.iris) <= 5
        assert planner.compiler._plans <= 4
    assert planner.compiler.root is not first


def test_contexts_compile_once_when_many_threads_ask_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonld.PINNED, "planner", Planner())
    documents = [node("Achievement", "Profile", name=str(number), tag=["x"]) for number in range(8)]
    results: list[bytes] = []

    def work(document: Any) -> None:
        results.extend(
            jsonld.canonicalize(document, hash_name="sha256", budget=jsonld.CREDENTIAL_BUDGET) for _ in range(20)
        )

    threads = [threading.Thread(target=work, args=(document,)) for document in documents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 160
    assert len(set(results)) == 8
