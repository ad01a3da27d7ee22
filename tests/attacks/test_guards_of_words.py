"""The guards of words and expressions: with each, its attack is stopped; without it, the attack gets through."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest

import contexts
import vc
from issuer.service.lint import lint_template
from tests.attacks.test_jsonld_gate import canonical, changed
from tests.bench.samples import OB, V2, medium
from vc import jsonld
from vc.jsonld import CREDENTIAL_BUDGET, processor_for
from vc.jsonld.plans import Planner
from vc.problems import DataLossError, MalformedValueError, ProblemError

GENERAL = processor_for(inline_contexts=True, extra_contexts={}, directions=False)
FORGED = '<urn:x> <https://schema.org/description> "Doctor of Welding"^^<urn:t> .'


@pytest.fixture(autouse=True)
def own_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is accepted without a guard is remembered here alone."""
    monkeypatch.setattr(jsonld.PINNED, "planner", Planner())


@pytest.mark.parametrize("ending", ["", "\n"])
def test_A6_a_datatype_that_ends_its_statement_and_begins_another(monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    datatype = f"urn:t> .\n{FORGED.removesuffix('> .')}{ending}"
    document = {"@context": [V2, OB], "id": "urn:x", "name": {"@value": "Welder", "@type": datatype}}
    with pytest.raises(DataLossError):
        canonical(document)
    monkeypatch.setattr("vc.jsonld.plans.is_iri", lambda text: True)
    assert FORGED.removesuffix("> .") in canonical(document).decode()


@pytest.mark.parametrize("place", ["id", "type"])
def test_A6_an_address_that_ends_its_statement_and_begins_another(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    address = f"urn:y> .\n{FORGED}\n<urn:z"
    document = changed("credentialSubject", place, to=address if place == "id" else ["AchievementSubject", address])
    with pytest.raises(DataLossError):
        canonical(document)
    monkeypatch.setattr("vc.jsonld.plans.is_iri", lambda text: True)
    assert f"\n{FORGED}\n" in canonical(document).decode()


def test_A14_a_protected_word_is_redefined(monkeypatch: pytest.MonkeyPatch) -> None:
    evil = {"name": "https://schema.org/description", "description": "https://schema.org/name"}
    document = {"@context": [V2, evil], "id": "urn:x", "name": "Attended", "description": "Doctor of Welding, not"}
    with pytest.raises(MalformedValueError, match="differently"):
        GENERAL.canonicalize(document, hash_name="sha256", budget=CREDENTIAL_BUDGET)
    monkeypatch.setattr("vc.jsonld.terms.refuse_redefinition", lambda name: None)
    reader = GENERAL._reader()  # the first of the two readers; the second one refuses it as well
    form = reader.canonicalize(document, hash_name="sha256", budget=CREDENTIAL_BUDGET).decode()
    assert '<https://schema.org/description> "Attended"' in form


def test_A16_a_packaged_context_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    read = contexts.read
    monkeypatch.setattr(contexts, "read", lambda file: read(file).replace(b"schema.org/name", b"schema.org/nbme"))
    with pytest.raises(RuntimeError, match="changed"):
        jsonld.self_check()
    monkeypatch.setattr("vc.jsonld.is_unchanged", lambda entry: True)
    jsonld.self_check()
    assert b"schema.org/nbme" in canonical(changed("name", to="x"))


def test_A17_a_template_with_an_undefined_word(monkeypatch: pytest.MonkeyPatch) -> None:
    template = medium(1, did="did:web:school.example")
    lint_template(template)
    template["credentialSubject"]["achievement"]["alignment"][2]["@index"] = "rank 3"
    with pytest.raises(ProblemError):
        lint_template(template)
    monkeypatch.setattr("issuer.service.lint.gate", lambda document: None)
    monkeypatch.setattr("issuer.service.lint.violations", lambda document, kind: iter(()))
    lint_template(template)


def test_A19_more_contexts_than_anybody_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    others = [
        url
        for url in contexts.index()
        if "extensions/" in url or "suites" in url or "multikey" in url or "status" in url
    ]
    document = changed("@context", to=[V2, OB, *others[:7]])
    with pytest.raises(MalformedValueError, match="at most 8"):
        canonical(document)
    monkeypatch.setattr("vc.jsonld.terms.MAX_CONTEXTS", 100)
    canonical(document)


# A part of a JSON Pointer begins with a slash and holds none: there is one way to divide it.
DIVIDED = {"vc.proof.sd.selection._POINTER"}


def patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Every expression of the core."""
    for module in pkgutil.walk_packages(vc.__path__, "vc."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern):
                yield f"{module.name}.{name}", value


def repeats_repetitions(pattern: str | bytes, flags: int = 0) -> bool:
    """Whether something without bounds is repeated without bounds, so that a text can be divided in countless ways."""
    return _open_inside(
        list(re._parser.parse(pattern, flags & ~re.UNICODE if isinstance(pattern, bytes) else flags)), False
    )  # type: ignore[attr-defined]


def _open_inside(parts: Any, inside: bool) -> bool:
    for part in parts:
        if isinstance(part, tuple) and str(part[0]) in ("MAX_REPEAT", "MIN_REPEAT"):
            _, (_, most, body) = part
            unbounded = most == re._constants.MAXREPEAT  # type: ignore[attr-defined]
            if (unbounded and inside) or _open_inside(list(body), inside or unbounded):
                return True
        elif (isinstance(part, tuple | list) or hasattr(part, "data")) and _open_inside(list(part), inside):
            return True
    return False


def test_B7_no_expression_of_the_core_repeats_a_repetition() -> None:
    found = dict(patterns())
    assert len(found) > 20
    repeating = {name for name, pattern in found.items() if repeats_repetitions(pattern.pattern, pattern.flags)}
    assert repeating <= DIVIDED


@pytest.mark.parametrize("pattern", ["(a+)+$", "((?:x|a*)b?)*", "(a|(b+c*)+)*", "(?:(?:a{2,})+b)"])
def test_B7_an_expression_that_does_is_found(pattern: str) -> None:
    assert repeats_repetitions(pattern)
