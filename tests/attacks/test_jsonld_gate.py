"""Attacks on what is signed: rewrites that would leave the signature valid and change what a reader sees, and poison.

Each test is named for its row in the catalogue of attacks. A rewrite must be refused or change the canonical bytes.
"""

from __future__ import annotations

import copy
import socket
from typing import Any

import pytest

import contexts
from tests.bench.samples import CLR, OB, V2, medium, pretend_signature, record, small
from tests.work import calls
from vc import jsonld
from vc.jsonld import CREDENTIAL_BUDGET, PRESENTATION_BUDGET, Budget
from vc.problems import BudgetExceeded, DataLossError, MalformedValueError, ProblemError, Unsupported

BADGE = pretend_signature(small(1))


def canonical(document: Any, budget: Budget = CREDENTIAL_BUDGET) -> bytes:
    return jsonld.canonicalize(document, hash_name="sha256", budget=budget)


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    """The badge with another value at a place."""
    document = copy.deepcopy(BADGE)
    place: Any = document
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = to
    return document


def refuse(document: Any, *kinds: type[ProblemError]) -> ProblemError:
    """The problem with which both doors refuse a document."""
    found = []
    for door in (canonical, jsonld.gate):
        with pytest.raises(kinds or ProblemError) as caught:
            door(document)
        found.append(caught.value)
    assert found[0].problem == found[1].problem
    return found[0]


@pytest.mark.parametrize(
    "place", [(), ("issuer",), ("credentialSubject",), ("credentialSubject", "achievement"), ("proof",)]
)
def test_A01_an_undefined_term_is_not_dropped(place: tuple[str, ...]) -> None:
    error = refuse(changed(*place, "gpa", to="4.0"), DataLossError)
    assert error.problem.pointer == "".join(f"/{part}" for part in (*place, "gpa"))


@pytest.mark.parametrize("name", ["DoctoralDegree", "./DoctoralDegree", "#Doctor", ""])
def test_A02_an_undefined_or_relative_type_is_not_dropped(name: str) -> None:
    refuse(changed("type", to=[*BADGE["type"], name]), DataLossError)
    refuse(changed("credentialSubject", "type", to=["AchievementSubject", name]), DataLossError)


@pytest.mark.parametrize(
    "name", ["alice", "", " ", "did:x:a b", "urn:o><x", "_:x", "_:", "//host/x", "#x", "urn:x\u2028", "urn:x\u202ey"]
)
def test_A03_an_id_is_an_absolute_iri(name: str) -> None:
    refuse(changed("credentialSubject", "id", to=name), DataLossError)
    refuse(changed("credentialSubject", "achievement", "image", to=name), DataLossError)


def test_A04_free_floating_values_are_not_dropped() -> None:
    refuse(changed("credentialSubject", to=[BADGE["credentialSubject"], "PhD"]), DataLossError)
    refuse({"@context": [V2, OB], "id": "urn:x"}, DataLossError)
    refuse(changed("proof", to=[BADGE["proof"], "urn:proof"]), DataLossError)


@pytest.mark.parametrize(
    "tag",
    [
        'en .\n<urn:s> <urn:p> "x"@en',
        "en us",
        "en\n",
        "en-",
        "-en",
        "toolonglang-x",
        "e" * 9,
        "é",
        "en-" + "a1" * 40,
        "",
        5,
        None,
        ["en"],
    ],
)
def test_A05_a_language_tag_carries_no_statement(tag: Any) -> None:
    refuse(changed("name", to={"@value": "Beekeeping", "@language": tag}), DataLossError)


@pytest.mark.parametrize(
    "text", ["urn:d> <urn:x", "urn:d\n", "urn:d .\n<urn:s> <urn:p> <urn:o>", "urn:\\u003e", 'urn:"x"', "urn:{x}"]
)
def test_A06_no_statement_hides_in_a_datatype_an_id_a_type_or_a_word(text: str) -> None:
    refuse(changed("name", to={"@value": "x", "@type": text}), DataLossError)
    refuse(changed("id", to=text), DataLossError)
    refuse(changed("type", to=[*BADGE["type"], text]), DataLossError)
    refuse(changed(text, to="x"), DataLossError)
    refuse(changed("issuer", to=text), DataLossError)


def test_A06_text_cannot_leave_its_quotes() -> None:
    hostile = 'x" .\n<urn:s> <urn:p> "y'
    assert canonical(changed("name", to=hostile)).count(b"\n") == canonical(BADGE).count(b"\n")


def test_A07_a_direction_is_not_carried_unsigned() -> None:
    error = refuse(changed("name", to={"@value": "x", "@direction": "rtl"}), DataLossError)
    assert error.problem.pointer == "/name/@direction"
    refuse(changed("@direction", to="rtl"), DataLossError)


@pytest.mark.parametrize(
    "value", [None, ["x", None], {}, [{}], {"@value": "x", "@index": "1"}, [["x"]], {"@set": ["x"]}, {"@list": ["x"]}]
)
def test_A08_what_would_be_carried_but_not_signed_is_refused(value: Any) -> None:
    refuse(changed("name", to=value), DataLossError)


@pytest.mark.parametrize(
    "keyword", ["@index", "@nest", "@included", "@reverse", "@graph", "@set", "@list", "@language", "@base", "@vocab"]
)
@pytest.mark.parametrize("place", [(), ("credentialSubject",), ("credentialSubject", "achievement")])
def test_A08_keywords_that_hide_or_move_content_are_refused(keyword: str, place: tuple[str, ...]) -> None:
    refuse(changed(*place, keyword, to={"name": "x"}), DataLossError)


def test_A09_included_blocks_do_not_move_the_body() -> None:
    subject = BADGE["credentialSubject"]
    rest = {key: value for key, value in BADGE.items() if key != "credentialSubject"}
    refuse({**rest, "credentialSubject": subject["id"], "@included": [subject]}, DataLossError)
    refuse({"@context": [V2, OB], "id": BADGE["issuer"]["id"], "name": "x", "@included": [BADGE]}, DataLossError)
    refuse({"@context": [V2, OB], **BADGE["issuer"], "@included": rest}, DataLossError)
    refuse({**BADGE["credentialSubject"]["achievement"], "@context": [V2, OB], "@included": [BADGE]}, DataLossError)


def test_A10_a_graph_wrapper_is_refused() -> None:
    body = {key: value for key, value in BADGE.items() if key not in ("@context", "proof")}
    refuse({"@context": [V2, OB], "@graph": [body], "proof": BADGE["proof"]}, DataLossError)
    refuse({"@context": [V2, OB], "@graph": [body, {"id": "urn:other", "name": "x"}]}, DataLossError)
    refuse([BADGE], MalformedValueError)


def test_A11_a_reversed_document_is_refused() -> None:
    subject = BADGE["credentialSubject"]
    rest = {key: value for key, value in BADGE.items() if key != "credentialSubject"}
    refuse({"@context": [V2, OB], **subject, "@reverse": {"credentialSubject": rest}}, DataLossError)


def test_A12_other_contexts_are_refused_or_change_the_bytes() -> None:
    signed = canonical(BADGE)
    swapped = {"@vocab": "urn:x:", "name": "https://schema.org/description", "description": "https://schema.org/name"}
    refuse(changed("@context", to=[V2, swapped]), Unsupported)
    refuse(changed("@context", to=swapped), Unsupported)
    refuse(changed("@context", to=["https://evil.example/c"]), Unsupported)
    refuse(changed("@context", to=[OB, V2]), MalformedValueError)
    for older in ("context.json", "context-3.0.1.json", "context-3.0.2.json"):
        try:
            other = canonical(changed("@context", to=[V2, OB.replace("context-3.0.3.json", older)]))
        except ProblemError:
            continue
        assert other != signed


def test_A12_a_word_cannot_be_traded_for_another_of_the_same_meaning() -> None:
    refuse(changed("https://schema.org/name", to="x"), Unsupported)
    achievement = {**BADGE["credentialSubject"]["achievement"], "Criteria": {"narrative": "another"}}
    refuse(changed("credentialSubject", "achievement", to=achievement), DataLossError)


@pytest.mark.parametrize(
    "addition", [{"subjectId": "@id"}, {"ID": "urn:decoy"}, {"name": None}, {}, None, 5, ["nested"]]
)
def test_A13_no_context_is_brought_along(addition: Any) -> None:
    refuse(changed("@context", to=[V2, OB, addition]), Unsupported)
    refuse(changed("credentialSubject", "@context", to=addition), Unsupported)


def test_A14_protected_words_are_not_redefined() -> None:
    refuse(changed("@context", to=[V2, OB, {"name": "https://evil.example/x"}]), Unsupported)
    refuse(changed("@context", to=[V2, OB, None]), Unsupported)
    status = "https://w3id.org/vc/status-list/2021/v1"
    subject = {"@context": status, "type": "StatusList2021Credential", "id": "urn:s"}
    error = refuse(changed("credentialSubject", to=subject), MalformedValueError)
    assert error.problem.pointer == "/credentialSubject/type"
    refuse(changed("@context", to=["https://www.w3.org/2018/credentials/v1", V2]), MalformedValueError)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.w3.org/ns/credentials/undefined-terms/v2",
        "https://www.w3.org/ns/credentials/examples/v2",
        "https://www.w3.org/2018/credentials/examples/v1",
        "https://schema.org/",
        V2 + "#",
        V2 + "/",
        V2.replace("https", "http"),
        V2.replace("www", "WWW"),
    ],
)
def test_A15_contexts_that_swallow_unknown_words_are_not_known(url: str) -> None:
    assert url not in jsonld.known_contexts()
    refuse(changed("@context", to=[V2, OB, url]), Unsupported)


def test_A16_a_changed_context_stops_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    read = contexts.read
    monkeypatch.setattr(contexts, "read", lambda file: read(file).replace(b"schema.org/name", b"schema.org/nbme"))
    with pytest.raises(RuntimeError, match="changed"):
        jsonld.self_check()


def test_A17_a_template_with_an_undefined_extension_is_refused_when_it_is_made() -> None:
    template = medium(1)
    jsonld.gate(template)
    template["credentialSubject"]["achievement"]["alignment"][2]["extensions:rank"] = 3
    with pytest.raises(ProblemError) as caught:
        jsonld.gate(template)
    assert caught.value.problem.pointer == "/credentialSubject/achievement/alignment/2/extensions:rank"


def test_A18_no_context_is_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0)
        refuse(changed("@context", to=[V2, f"http://127.0.0.1:{canary.getsockname()[1]}/c"]), Unsupported)
        with pytest.raises(BlockingIOError):
            canary.accept()


def test_A19_masses_of_contexts_are_refused_at_once() -> None:
    many = changed("@context", to=[f"urn:{number}" for number in range(100_000)])
    assert calls(lambda: refuse(many, MalformedValueError)) < 500_000  # twice at either door, and no more
    masses = changed("@context", to=[{"@context": [{}] * 1_000}] * 1_000)
    assert calls(lambda: refuse(masses, Unsupported)) < 1_000
    nested: Any = {"name": "x"}
    for number in range(60):
        nested = {
            "@context": [V2, OB, CLR][number % 3],
            "type": ["VerifiableCredential"],
            "evidence": nested,
            "id": f"urn:{number}",
        }
    document = changed("evidence", to=nested)
    canonical(document)
    compiled = jsonld.PINNED.planner.compiler._active
    canonical(document)  # pinned contexts may be named again and again; none is compiled twice
    assert jsonld.PINNED.planner.compiler._active == compiled


def _evidence(members: list[Any]) -> dict[str, Any]:
    return {"@context": [V2, OB], "id": "urn:x", "type": "VerifiableCredential", "evidence": members}


@pytest.mark.parametrize("budget", [CREDENTIAL_BUDGET, PRESENTATION_BUDGET], ids=["credential", "presentation"])
@pytest.mark.parametrize("width", [7, 8, 10, 200])
def test_B1_twins_without_ids_are_too_complex(budget: Budget, width: int) -> None:
    twins = [{"name": "x", "image": [{"name": "y"} for _ in range(width)]} for _ in range(2)]
    with pytest.raises(BudgetExceeded):
        canonical(_evidence(twins), budget)


def test_B1_long_chains_of_equals_are_too_complex() -> None:
    with pytest.raises(BudgetExceeded):
        canonical({"@context": [V2, OB], "id": "urn:x", "type": "ResultDescription", "allowedValue": ["x"] * 900})
    with pytest.raises(BudgetExceeded, match="without an id"):
        canonical(_evidence([{"name": str(number)} for number in range(CREDENTIAL_BUDGET.max_blank_nodes + 1)]))


@pytest.mark.parametrize("levels", [65, 300, 900])
def test_B2_deep_nesting_is_refused_without_recursion(levels: int) -> None:
    deep: Any = {"id": "urn:end", "name": "x"}
    for level in range(levels):
        deep = {"id": f"urn:{level}", "image": deep}
    refuse(changed("image", to=deep), BudgetExceeded)
    lists: Any = "x"
    for _ in range(levels):
        lists = [lists]
    refuse(changed("name", to=lists), DataLossError)


def test_B3_wide_sets_take_linear_time() -> None:
    def texts(count: int) -> dict[str, Any]:
        return changed("name", to=[str(number) for number in range(count)])

    def nodes(count: int) -> dict[str, Any]:
        return _evidence([{"image": {"id": "urn:e", "name": "x"}, "name": str(number)} for number in range(count)])

    assert calls(lambda: canonical(texts(10_000))) < 2.2 * calls(lambda: canonical(texts(5_000)))
    assert calls(lambda: canonical(nodes(900))) < 2.2 * calls(lambda: canonical(nodes(450)))
    refuse(_evidence([{"id": "urn:e", "narrative": "x"} for _ in range(6_000)]), Unsupported)
    with pytest.raises(BudgetExceeded):
        canonical(changed("name", to=["x"] * 30_000))


def test_B4_every_shape_is_new_and_the_memory_stays_bounded() -> None:
    compiler = jsonld.PINNED.planner.compiler
    for number in range(300):
        canonical(_evidence([{"type": ["Evidence", f"urn:{number}:{part}"], "name": "x"} for part in range(40)]))
    assert compiler._plans <= 8_192
    assert len(jsonld.PINNED.planner.iris) <= 16_384


def test_B5_a_large_honest_record_passes() -> None:
    document = record(1, sign=pretend_signature, children=500)
    assert canonical(document, Budget.for_credentials(500)).count(b"\n") > 5_000
    with pytest.raises(BudgetExceeded):  # it is the budget that grows with the record
        canonical(document, CREDENTIAL_BUDGET)
