"""The guards of words and contexts, and of how much a document may ask for: with each, its attack is stopped; without it,
the attack gets through. What stops a service, a template or a flood rather than a document is tried by itself.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import contexts
import schemas
from tests.attacks.guards import (
    GENUINE,
    V2,
    Case,
    changed,
    naive,
    no_schema,
    subject,
    traded,
    verdict_of,
    verdict_without,
)
from tests.attacks.test_guards_of_words import repeats_repetitions
from tests.attacks.world import SCHOOL, judge, sign, sign_options, signed, unsigned
from tests.bench.samples import pretend_signature, record
from vc import Verdict, jsonld
from vc.jsonld import CREDENTIAL_BUDGET, Budget
from vc.jsonld.plans import Planner
from vc.jsonld.terms import Compiler, Inline
from vc.problems import BudgetExceeded, DataLossError

PLAIN = "https://attacker.example/plain"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
anything_goes = ("vc.jsonld.plans.is_iri", lambda text: True)


def in_plain_words() -> dict[str, Any]:
    texts = {"name": "welding i", "description": "withdrawn twice before"}
    return sign(unsigned(**{name: {"@value": text, "@type": PLAIN} for name, text in texts.items()}))


def hide_the_name(document: dict[str, Any]) -> None:
    """The statement of the name moves into the datatype of the description, which sorts just before it."""
    hidden = f'{PLAIN}> .\n<{document["id"]}> <https://schema.org/name> "welding i"^^<{PLAIN}'
    document["description"]["@type"] = hidden
    del document["name"]


def with_another_type() -> dict[str, Any]:
    document = unsigned()
    document["evidence"][0]["type"] = ["Evidence", "https://attacker.example/Photograph"]
    return sign(document)


def hide_the_type(document: dict[str, Any]) -> None:
    evidence = document["evidence"][0]
    iri = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#Evidence"
    evidence["type"] = [f"https://attacker.example/Photograph> .\n<{evidence['id']}> <{RDF_TYPE}> <{iri}"]
    document["evidence"] = [evidence | {"name": evidence["name"]}]


def read_inline(self: Compiler, active: Any, named: Any) -> Any:
    """Definitions in the document, taken as they are."""
    for item in named:
        local = self._definition(item) if isinstance(item, str) else Inline(item)
        active = self._process(active, local, override=False)
    return active


def traded_values() -> dict[str, Any]:
    """What a credential says of its subject, where name and description changed places after they were signed."""
    said = {"name": "Attended", "description": "Doctor of Welding, this is not."}
    document = sign(
        {
            "@context": [V2],
            "type": ["VerifiableCredential"],
            "issuer": SCHOOL,
            "credentialSubject": {"id": "did:example:1", **said},
        }
    )
    subject(document).update(name=said["description"], description=said["name"])
    return document


def redefined() -> dict[str, Any]:
    words = {"name": "https://schema.org/description", "description": "https://schema.org/name"}
    return traded_values() | {"@context": [V2, words]}


class Patient:
    """A budget for as many nodes as usual, and for any work to tell them apart."""

    @staticmethod
    def for_credentials(count: int) -> Budget:
        usual = Budget.for_credentials(count)
        return Budget(max_nodes=usual.max_nodes, max_blank_nodes=usual.max_blank_nodes, max_work=10**9)


def look_alikes() -> dict[str, Any]:
    """A list of alike places: every one has to be told from every other."""
    document = unsigned()
    description = subject(document)["achievement"]["resultDescription"][0]
    description["allowedValue"] = ["A"] * 60
    return sign_options(document, budget=Patient.for_credentials(1))


CASES = [
    Case("A6 a statement in a datatype", (anything_goes, no_schema), changed(hide_the_name, in_plain_words)),
    Case("A6 a statement in a type", (anything_goes, no_schema), changed(hide_the_type, with_another_type)),
    Case(
        "A14 a word that is redefined",
        (
            ("vc.jsonld.terms.Compiler.inline", read_inline),
            ("vc.jsonld.terms.refuse_redefinition", lambda name: None),
            no_schema,
        ),
        redefined,
    ),
    Case("B1 look-alikes", (("vc.judging.Budget", Patient),), look_alikes),
    *(
        Case(f"N10 {name}", (naive,), changed(lambda d, name=name: d.update({name: {"isAdmin": True}})))
        for name in ("__proto__", "constructor", "toString")
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_the_guard_stops_it(case: Case) -> None:
    assert verdict_of(case) not in GENUINE


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_without_the_guard_it_gets_through(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdict_without(case, monkeypatch) in GENUINE


@pytest.mark.parametrize("start", [in_plain_words, with_another_type])
def test_A6_what_the_statements_were_hidden_in_is_honest(
    start: Callable[[], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*no_schema)
    assert judge(start()).verdict is Verdict.GENUINE_AND_CURRENT


def test_A14_that_no_word_is_redefined_is_a_guard_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vc.jsonld.PINNED.planner", Planner())
    monkeypatch.setattr("vc.jsonld.terms.Compiler.inline", read_inline)
    report = judge(redefined())
    assert report.verdict not in GENUINE
    assert "forbids it" in report.check("contexts").problems[0].detail


def trade_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The packaged context of the data model, with “name” and “description” exchanged."""
    read, file = contexts.read, contexts.index()[V2].file
    other = json.dumps(traded(json.loads(read(file)))).encode()
    monkeypatch.setattr(contexts, "read", lambda name: other if name == file else read(name))
    monkeypatch.setattr("vc.jsonld.PINNED.planner", Planner())


def test_A16_with_a_changed_context_nobody_starts_and_without_the_guard_words_are_traded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = traded_values()
    assert judge(document).verdict is Verdict.NOT_GENUINE
    trade_the_words(monkeypatch)
    with pytest.raises(RuntimeError, match="changed"):
        jsonld.self_check()
    monkeypatch.setattr("vc.jsonld.is_unchanged", lambda entry: True)
    jsonld.self_check()
    assert judge(document).verdict in GENUINE


def test_A17_without_the_gate_a_template_is_signed_that_says_more_than_the_signature(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    template = unsigned()
    subject(template)["achievement"]["rank"] = 3
    with pytest.raises(DataLossError):
        jsonld.gate(template)
    # Whoever forgot to try the template is stopped when it is signed ...
    monkeypatch.setattr("vc.jsonld.Processor.gate", lambda self, value: None)
    jsonld.gate(template)
    with pytest.raises(DataLossError):
        sign(template)
    # ... and without the walk, which is both, the extension is nobody's word.
    monkeypatch.setattr(*naive)
    issued = sign(template)
    subject(issued)["achievement"]["rank"] = 1
    assert judge(issued).verdict in GENUINE


def test_B4_without_its_bound_the_memory_grows_with_every_new_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    def remembered(most: int) -> int:
        monkeypatch.setattr("vc.jsonld.terms._MAX_PLANS", most)
        planner = Planner()
        monkeypatch.setattr("vc.jsonld.PINNED.planner", planner)
        for number in range(300):
            document = {"@context": [V2], "id": "urn:x", "type": ["VerifiableCredential", f"urn:{number}"], "name": "x"}
            jsonld.gate(document)
        return planner.compiler._plans

    assert remembered(100) <= 100
    assert remembered(10**9) >= 300


def test_B5_without_its_share_for_each_line_a_large_honest_record_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    document = record(1, sign=pretend_signature, children=500)
    assert jsonld.canonicalize(document, hash_name="sha256", budget=Budget.for_credentials(500))
    monkeypatch.setattr("vc.jsonld.Budget.for_credentials", lambda count: CREDENTIAL_BUDGET)
    with pytest.raises(BudgetExceeded):
        jsonld.canonicalize(document, hash_name="sha256", budget=Budget.for_credentials(500))


def test_B7_no_expression_of_a_schema_repeats_a_repetition() -> None:
    found = [
        (file.name, json.loads(text))
        for file in Path(schemas.__path__[0]).glob("*.json")
        for text in re.findall(r'"pattern":\s*("(?:[^"\\]|\\.)*")', file.read_text())
    ]
    assert len(found) > 5
    assert [(name, pattern) for name, pattern in found if repeats_repetitions(pattern)] == []


def test_B7_a_date_is_looked_at_only_up_to_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    class Watched:
        @staticmethod
        def fullmatch(text: str) -> None:
            seen.append(len(text))

    document = copy.deepcopy(signed()) | {"validFrom": "2026-" * 20_000}
    judge(document)  # signs what is around it, whose dates are good
    monkeypatch.setattr("vc.timestamps._STAMP", Watched)
    judge(document)
    assert max(seen, default=0) < 64
