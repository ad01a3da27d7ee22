"""The guards of form and sense: signed by its issuer, and yet no document that anybody may rely on.

With each rule, its document could not be checked (form is not forgery); without it, the document would pass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from tests.attacks.guards import Case, Guard, subject, verdict_of, verdict_without
from tests.attacks.world import sign, unsigned
from vc import Verdict
from vc.credential import CONTEXT


def silent(path: str) -> Guard:
    """A rule that finds nothing."""
    return (path, lambda *_, **__: iter(()))


def badge(change: Callable[[dict[str, Any]], Any]) -> Callable[[], dict[str, Any]]:
    """An honest signature over a badge with something wrong in it."""

    def make() -> dict[str, Any]:
        document = unsigned()
        change(document)
        return sign(document)

    return make


def anonymous(document: dict[str, Any]) -> None:
    del subject(document)["id"], subject(document)["identifier"]


def only(document: dict[str, Any], entry: dict[str, Any]) -> None:
    document["credentialSchema"] = [entry]


NO_SCHEMA = silent("vc.credential_checks.schema.violations")
IDENTIFIED = silent("vc.openbadges.rules._identified")
RESULT = silent("vc.openbadges.rules._result")
ACHIEVEMENT = silent("vc.openbadges.rules._achievement")
RELATED = silent("vc.rules.related_resource_problems")
FOREIGN: Final = {"id": "https://schemas.example/1", "type": "https://schemas.example/Type"}

CASES = [
    Case("A4 a text where an object belongs", (NO_SCHEMA,), badge(lambda d: d.update(evidence="https://a.example/"))),
    Case("a badge for nobody", (IDENTIFIED,), badge(anonymous)),
    Case(
        "a hash that is cut short",
        (IDENTIFIED,),
        badge(lambda d: subject(d)["identifier"][0].update(identityHash="sha256$00")),
    ),
    Case(
        "an e-mail address called a hash",
        (IDENTIFIED,),
        badge(lambda d: subject(d)["identifier"][0].update(identityHash="jonah@mail.example")),
    ),
    Case(
        "criteria that say nothing",
        (ACHIEVEMENT,),
        badge(lambda d: subject(d)["achievement"].update(criteria={"name": "x"})),
    ),
    Case(
        "a level to pass that is none",
        (ACHIEVEMENT,),
        badge(lambda d: subject(d)["achievement"]["resultDescription"][0].update(requiredLevel="urn:example:none")),
    ),
    Case(
        "a result of another achievement",
        (RESULT,),
        badge(lambda d: subject(d)["result"][0].update(resultDescription="urn:example:none")),
    ),
    Case(
        "a level of another rubric",
        (RESULT,),
        badge(lambda d: subject(d)["result"][0].update(achievedLevel="urn:example:none")),
    ),
    Case(
        "a status that is not told",
        (RESULT,),
        badge(lambda d: subject(d)["achievement"]["resultDescription"][0].update(resultType="Status")),
    ),
    Case(
        "A33 awarded on a day that does not exist",
        (silent("vc.rules._date_problems"),),
        badge(lambda d: d.update(awardedDate="2026-02-30T00:00:00Z")),
    ),
    Case(
        "another edition of a resource",
        (RELATED,),
        badge(lambda d: d.update(relatedResource={"id": CONTEXT, "digestSRI": "sha256-" + "A" * 43 + "="})),
    ),
    Case(
        "one resource with two digests",
        (RELATED,),
        badge(lambda d: d.update(relatedResource=[{"id": "https://a.example/1"}])),
    ),
    Case(
        "N4 a number as a text",
        (NO_SCHEMA,),
        badge(lambda d: subject(d).update(creditsEarned="1e3")),
    ),
    Case(
        "N4 a result as a number",
        (NO_SCHEMA, RESULT),
        badge(lambda d: subject(d)["result"][0].update(value=4)),
    ),
    Case(
        "a schema of another type only",
        (silent("vc.openbadges.rules._common"), ("vc.credential_checks.schema.check_named", lambda *_, **__: None)),
        badge(lambda d: only(d, FOREIGN)),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_the_rule_stops_it(case: Case) -> None:
    assert verdict_of(case) is Verdict.COULD_NOT_BE_CHECKED


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_without_the_rule_it_gets_through(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdict_without(case, monkeypatch) is Verdict.GENUINE_AND_CURRENT
