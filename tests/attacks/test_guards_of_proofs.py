"""The guards of the suites and of chains: with each, its attack is stopped; without it, the attack gets through."""

from __future__ import annotations

from typing import Any

import pytest

from tests.attacks.guards import GENUINE, Case, lenient, naive, no_schema, verdict_of
from tests.attacks.signers import MISFITS, PAIRS, forced, school_keys, signed_as
from tests.attacks.test_chains import FIRST, extended
from tests.attacks.world import ATTACKER_SIGNER, SCHOOL_DOCUMENT, resource, unsigned
from vc.jsonld.plans import Planner
from vc.keys import KeyKind
from vc.multibase import base58btc_decode, encode_multibase
from vc.proof import SUITES
from vc.proof.hashed import Hashed
from vc.proof.suites import Suite

V2 = "https://www.w3.org/ns/credentials/v2"
ED25519_2020 = "https://w3id.org/security/suites/ed25519-2020/v1"
NOWHERE = "urn:uuid:nowhere"


def keys() -> tuple[Any, ...]:
    return (resource(SCHOOL_DOCUMENT, school_keys()),)


def with_all_contexts() -> dict[str, Any]:
    return unsigned() | {"@context": [*unsigned()["@context"], ED25519_2020]}


def built_on_a_forgery() -> dict[str, Any]:
    document = extended(unsigned(), ATTACKER_SIGNER, proof_id=FIRST)
    document["proof"]["created"] = "2027-01-05T00:00:00Z"
    return extended(document, previous=[FIRST])


def respelled(name: str, kind: KeyKind) -> dict[str, Any]:
    document = signed_as(name, kind)
    raw = base58btc_decode(document["proof"]["proofValue"][1:])
    document["proof"]["proofValue"] = encode_multibase(raw, encoding="u")
    return document


def mislabelled(name: str, kind: KeyKind) -> dict[str, Any]:
    suite = SUITES[name]
    own = {"hash_name": suite.hashes[kind], "document": with_all_contexts()}
    return forced(name, kind, **own, cryptosuite=suite.name + "x" if suite.cryptosuite else "eddsa-rdfc-2023")


CASES = [
    Case(
        "A25 dangling chain",
        (("vc.proof.parsing.previous_proofs", lambda proof, beside, here: ()),),
        lambda: forced("eddsa-jcs-2022", KeyKind.ED25519, previousProof=NOWHERE),
        keys,
    ),
    Case(
        "A25 a proof that builds on itself",
        (("vc.proof.parsing.previous_proofs", lambda proof, beside, here: ()),),
        lambda: forced("ecdsa-rdfc-2019", KeyKind.P256, id=FIRST, previousProof=FIRST),
        keys,
    ),
    Case(
        "A25 built on a forgery",
        (("vc.proof.parsing.reached", lambda names, beside: set()),),
        built_on_a_forgery,
        keys,
    ),
    Case(
        "A31 a prefix of the contexts",
        (("vc.proof.parsing.refuse_other_context", lambda proof, document, here: None),),
        lambda: forced("eddsa-jcs-2022", KeyKind.ED25519, **{"@context": [V2]}),
        keys,
    ),
    Case(
        "A1 a word without meaning, signed as JSON",
        (naive, no_schema),
        lambda: forced("ecdsa-jcs-2019", KeyKind.P384, hash_name="sha384", document=unsigned(gpa="4.0")),
        keys,
    ),
    *(
        Case(
            f"A28 {name} by another name, {kind.name}",
            (
                (
                    "vc.proof.parsing.suite_named",
                    lambda cryptosuite, name=name, **_: SUITES.get(cryptosuite, SUITES[name]),
                ),
            ),
            lambda name=name, kind=kind: mislabelled(name, kind),
            keys,
        )
        for name, kind in PAIRS
        if SUITES[name].cryptosuite
    ),
    *(
        Case(
            f"A29 {name} with {kind.name}",
            (
                (f"{Suite.__module__}.Suite.hash_for", lambda self, kind: "sha256"),
                (f"{Hashed.__module__}.Hashed.check", lambda self, signature: None),
            ),
            lambda name=name, kind=kind: forced(name, kind, document=with_all_contexts()),
            keys,
        )
        for name, kind in MISFITS
    ),
    *(
        Case(
            f"A30 {name} with {kind.name}",
            (("vc.proof.parsing.decode_multibase", lenient),),
            lambda name=name, kind=kind: respelled(name, kind),
            keys,
        )
        for name, kind in PAIRS
    ),
]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)


@each_case
def test_the_guard_stops_it(case: Case) -> None:
    assert verdict_of(case) not in GENUINE


@each_case
def test_without_the_guard_it_gets_through(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    document = case.document()
    monkeypatch.setattr("vc.jsonld.PINNED.planner", Planner())
    for path, replacement in case.guards:
        monkeypatch.setattr(path, replacement)
    assert verdict_of(Case(case.attack, (), lambda: document, case.more)) in GENUINE
