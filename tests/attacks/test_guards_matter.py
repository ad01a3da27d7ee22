"""Each attack is stopped by a guard that has a name, and by nothing else: switch it off, and the attack gets through.

A row names the attack, the guards that stop it, and the document. Where an attack is stopped twice, both guards are
switched off. ``naive`` stands for a canonicalizer without our gate: PyLD as most verifiers use it. It refuses injected
datatypes (A6) and redefined words (A14) itself; these, and A16, A19 and B7, which stop a service, a flood and a stall
rather than a document, are switched off in ``test_guards_of_words.py``; B6 and B8 where they are tested.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.attacks.guards import (
    EVIL,
    GENUINE,
    TRADE,
    V2,
    Case,
    any_kind,
    any_party,
    changed,
    naive,
    no_schema,
    subject,
    verdict_of,
    verdict_without,
)
from tests.attacks.world import (
    ACHIEVEMENT,
    SCHOOL,
    judge,
    sign,
    sign_options,
    signed,
    unsigned,
)
from vc import Verdict
from vc.jsonld import Budget


def in_english() -> dict[str, Any]:
    texts = {"name": "welding i", "description": "withdrawn twice before"}
    return sign(unsigned(**{name: {"@value": text, "@language": "en"} for name, text in texts.items()}))


def shared(first: str, second: str) -> dict[str, Any]:
    document = unsigned(evidence=[{"id": SCHOOL, "type": ["Profile"], "name": second}])
    document["issuer"]["name"] = first
    return document


def swapped() -> dict[str, Any]:
    """The names of the issuer and of what has its id, exchanged after signing by who did not look."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vc.jsonld.repeats.refuse_difference", lambda key: None)
        patch.setattr("vc.jsonld.repeats.refuse_other_signer", lambda key: None)
        document = sign(shared("River School", "Harvard University"))
    return {**shared("Harvard University", "River School"), "proof": document["proof"]}


def moved_inside() -> dict[str, Any]:
    """A name of the credential that was signed in a piece of evidence, which is the credential."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vc.jsonld.walk.refuse_second_top", lambda key: None)
        document = unsigned()
        document["evidence"] = [{"id": document["id"], "type": document["type"], "description": "With honours"}]
        document = sign(document)
    document["description"] = document["evidence"][0].pop("description")
    return document


def drop_repeated(middles: list[str], start: int, _ends: list[int]) -> None:
    middles[start:] = dict.fromkeys(middles[start:])


def traded_words() -> dict[str, Any]:
    document = sign(
        {
            "@context": [V2],
            "type": ["VerifiableCredential"],
            "issuer": SCHOOL,
            "name": "Attended",
            "description": "Doctor of Welding, this is not.",
            "credentialSubject": {"id": "did:example:1"},
        }
    )
    document["name"], document["description"] = document["description"], document["name"]
    return document | {"@context": [TRADE]}


def hide_the_description(document: dict[str, Any]) -> None:
    text = document.pop("description")["@value"]
    assert text
    # The description's statement sorts before the name's, so the name's can hide in the language of the description.
    document["description"] = {
        "@value": text,
        "@language": f'en .\n<{document["id"]}> <https://schema.org/name> "welding i"@en',
    }
    del document["name"]


def move_the_achievement(document: dict[str, Any]) -> None:
    document["@included"] = [subject(document)["achievement"]]
    subject(document)["achievement"] = {"id": ACHIEVEMENT}


def wrap(document: dict[str, Any]) -> dict[str, Any]:
    inner = {name: value for name, value in document.items() if name not in {"@context", "proof"}}
    return {"@context": document["@context"], "@graph": [inner], "proof": document["proof"]}


def turn_round(document: dict[str, Any]) -> dict[str, Any]:
    inner = {name: value for name, value in document.items() if name not in {"@context", "proof", "credentialSubject"}}
    # The subject's own words are defined by its type, so they keep their meaning at the root.
    return {
        "@context": document["@context"],
        **subject(document),
        "@reverse": {"https://www.w3.org/2018/credentials#credentialSubject": inner},
        "proof": document["proof"],
    }


def rename_the_id(document: dict[str, Any]) -> None:
    document["@context"].append({"subjectId": "@id"})
    subject(document)["subjectId"] = subject(document).pop("id")


def under_a_vocabulary(url: str) -> Callable[[], Any]:
    def make() -> dict[str, Any]:
        document = unsigned()
        document["@context"].append(url)
        document["honours"] = "summa cum laude"
        try:
            return sign_options(document)
        except Exception:  # noqa: BLE001 - with the gate on it cannot even be signed; it is then refused unsigned
            return document | {"proof": signed()["proof"]}

    return make


def deep() -> dict[str, Any]:
    document = unsigned()
    level: dict[str, Any] = {"id": "https://school.example/o/0", "type": ["Profile"]}
    for number in range(1, 36):
        level = {"id": f"https://school.example/o/{number}", "type": ["Profile"], "parentOrg": level}
    subject(document)["source"] = level
    return sign_options(document)


def wide() -> dict[str, Any]:
    document = unsigned()
    subject(document)["achievement"]["tag"] = [f"tag {number}" for number in range(2_001)]
    return sign_options(document)


class Boundless:
    """A budget that never runs out."""

    @staticmethod
    def for_credentials(count: int) -> Budget:
        return Budget(max_nodes=10**9, max_blank_nodes=10**9, max_work=10**9)


def crowded() -> dict[str, Any]:
    evidence = [{"type": ["Evidence"], "name": f"Photograph {number}"} for number in range(1_301)]
    return sign_options(unsigned(evidence=evidence), budget=Boundless.for_credentials(1))


CASES = [
    Case("A1 undefined term", (naive,), changed(lambda d: subject(d).update(gpa="4.0"))),
    Case("A1 undefined term in the issuer", (naive,), changed(lambda d: d["issuer"].update(accreditedBy="Everybody"))),
    Case("A2 undefined type", (naive,), changed(lambda d: d["type"].append("DoctoralDegree"))),
    Case(
        "A3 relative id",
        (naive, no_schema),
        changed(lambda d: subject(d).update(source="Harvard")),
    ),
    Case(
        "A4 free-floating text",
        (naive, no_schema),
        changed(lambda d: d.update(credentialSubject=[subject(d), "PhD"])),
    ),
    Case("A5 language injection", (naive, no_schema), changed(hide_the_description, in_english)),
    Case(
        "A7 direction",
        (naive, no_schema),
        changed(lambda d: d.update(name={"@value": "Welding I", "@direction": "rtl"})),
    ),
    Case("A8 index", (naive,), changed(lambda d: subject(d)["achievement"].update({"@index": "Doctorate"}))),
    Case("A8 null", (naive,), changed(lambda d: subject(d).update(gpa=None))),
    Case("A9 included", (naive, no_schema), changed(move_the_achievement)),
    Case("A10 graph", (naive, no_schema, any_kind, any_party), lambda: wrap(signed())),
    Case("A11 reverse", (naive, no_schema, any_kind, any_party), lambda: turn_round(signed())),
    Case("A12 traded words", (naive, no_schema, any_kind), traded_words),
    Case("A13 inline context", (naive,), changed(rename_the_id)),
    Case("A15 vocabulary", (naive,), under_a_vocabulary("https://www.w3.org/ns/credentials/undefined-terms/v2")),
    Case("A18 remote context", (naive,), under_a_vocabulary(EVIL)),
    Case(
        "S1 described differently",
        (
            ("vc.jsonld.repeats.refuse_difference", lambda key: None),
            ("vc.jsonld.repeats.refuse_other_signer", lambda key: None),
            no_schema,
        ),
        swapped,
    ),
    Case(
        "S1 the document described inside itself",
        (("vc.jsonld.walk.refuse_second_top", lambda key: None), no_schema),
        moved_inside,
    ),
    Case(
        "S3 repeated",
        (("vc.jsonld.walk.refuse_repeated", drop_repeated),),
        changed(lambda d: d.update(evidence=d["evidence"] * 40)),
    ),
    Case(
        "S3 repeated type",
        (("vc.jsonld.plans.refuse_twice", lambda names, key: None), no_schema),
        changed(lambda d: d["issuer"].update(type=["Profile", "Profile"])),
    ),
    Case(
        "S5 a type as an address",
        (("vc.jsonld.plans.refuse_address", lambda text, active: None), no_schema),
        changed(lambda d: d["issuer"].update(type=["https://purl.imsglobal.org/spec/vc/ob/vocab.html#Profile"])),
    ),
    Case(
        "S6 a keyword that has a word",
        (("vc.jsonld.plans.refuse_keyword", lambda active, keys: None), no_schema),
        changed(lambda d: d["evidence"][0].update({"@id": d["evidence"][0].pop("id")})),
    ),
    Case(
        "S6 a literal written out",
        (("vc.jsonld.walk.refuse_written_out", lambda key: None), no_schema),
        changed(
            lambda d: subject(d).update(
                narrative={"@value": "Careful work.", "@type": "http://www.w3.org/2001/XMLSchema#string"}
            )
        ),
    ),
    Case(
        "S14 contexts in the middle",
        (("vc.jsonld.walk.refuse_nested_context", lambda plan, credential: None), no_schema),
        changed(lambda d: d["issuer"].update({"@context": d["@context"]})),
    ),
    Case(
        "S13 a rounded number",
        (
            ("vc.document._fraction", float),
            ("vc.document._DECODER", json.JSONDecoder()),
            ("vc.document._MAX_DIGITS", 99),
        ),
        lambda: (
            json.dumps(signed()).replace('"creditsEarned": 1.5', '"creditsEarned": 1.49999999999999999999').encode()
        ),
    ),
    Case("B1 too many nameless nodes", (("vc.judging.Budget", Boundless),), crowded),
    Case(
        "B2 deep",
        (
            ("vc.document._within", lambda value, limits, fractions: True),
            ("vc.judging.check_limits", lambda value, **_: None),
        ),
        deep,
    ),
    Case(
        "B3 wide",
        (
            ("vc.document._within", lambda value, limits, fractions: True),
            ("vc.judging.check_limits", lambda value, **_: None),
        ),
        wide,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_the_guard_stops_it(case: Case) -> None:
    assert verdict_of(case) not in GENUINE


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_without_the_guard_it_gets_through(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdict_without(case, monkeypatch) in GENUINE


def test_an_honest_badge_is_genuine_even_to_the_naive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*naive)
    assert judge(signed()).verdict is Verdict.GENUINE_AND_CURRENT
