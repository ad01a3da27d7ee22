"""Each attack is stopped by a guard that has a name, and by nothing else: switch it off, and the attack gets through.

A row names the attack, the guards that stop it, and the document. Where an attack is stopped twice, both guards are
switched off. ``naive`` stands for a canonicalizer without our gate: PyLD as most verifiers use it. It refuses injected
datatypes (A6) and redefined words (A14) itself, so these have no row. A16, A17 and A19 stop a service, a template and a
flood rather than a document; they are in ``test_jsonld_gate.py``. B6 and B8 are switched off where they are tested.
"""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from pyld import jsonld as pyld

import contexts
from tests.attacks.test_proofs_and_nesting import p256_world
from tests.attacks.world import (
    ACHIEVEMENT,
    ASKED,
    ATTACKER_SIGNER,
    DAY,
    NOW,
    REVOCATIONS,
    SCHOOL,
    SCHOOL_DOCUMENT,
    did_json,
    judge,
    present,
    resource,
    sign,
    sign_options,
    signed,
    status_list,
    unsigned,
)
from vc import DocumentKind, Verdict
from vc.checks import Findings
from vc.jsonld import Budget
from vc.jsonld.plans import Planner
from vc.keys import PublicKey
from vc.multibase import base58btc_decode, encode_multibase
from vc.proof import SUITES
from vc.proof.suites import Suite
from vc.timestamps import format_timestamp

GENUINE = {Verdict.GENUINE_AND_CURRENT, Verdict.GENUINE_BUT}
EVIL = "https://attacker.example/context"
V2 = "https://www.w3.org/ns/credentials/v2"
TRADE = "https://attacker.example/trade"
VOCABULARY = {"@context": {"@vocab": "https://attacker.example/#"}}
Guard = tuple[str, Any]


def traded(value: Any) -> Any:
    """The context with two words that mean each other, at every depth."""
    if isinstance(value, dict):
        value = {name: traded(item) for name, item in value.items()}
        if "name" in value and "description" in value:
            value["name"], value["description"] = value["description"], value["name"]
    return value


def load(url: str, _options: Any) -> dict[str, Any]:
    entry = contexts.index().get(url)
    known = contexts.index()[V2] if url == TRADE else entry
    document = json.loads(contexts.read(known.file)) if known else VOCABULARY
    document = traded(document) if url == TRADE else document
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}


def canonicalize_naively(_self: Any, value: Any, *, hash_name: str, budget: Any) -> bytes:
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "base": None,
        "documentLoader": load,
    }
    return pyld.normalize(copy.deepcopy(value), options).encode()


naive: Guard = ("vc.jsonld.Processor.canonicalize", canonicalize_naively)
no_schema: Guard = ("vc.credential_checks.check_schema", lambda findings, **_: None)
any_kind: Guard = ("vc.credential_checks.kind_of", lambda document: DocumentKind.CREDENTIAL)
any_party: Guard = ("vc.credential_checks.party_of", lambda document, member: SCHOOL)


@dataclass(frozen=True)
class Case:
    attack: str
    guards: tuple[Guard, ...]
    document: Callable[[], Any]
    more: Callable[[], tuple[Any, ...]] = tuple
    policy: dict[str, Any] = field(default_factory=dict)


def changed(change: Callable[[dict[str, Any]], Any], start: Callable[[], dict[str, Any]] = signed) -> Callable[[], Any]:
    def make() -> dict[str, Any]:
        document = start()
        change(document)
        return document

    return make


def subject(document: dict[str, Any]) -> dict[str, Any]:
    return document["credentialSubject"]


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


def tampered_child() -> dict[str, Any]:
    child = signed(2)
    child["name"] = "Welding IV"
    return present(signed(), child)


def forged_second() -> dict[str, Any]:
    issued = signed()
    return {**issued, "proof": [issued["proof"], {**issued["proof"], "created": "2027-01-09T00:00:00Z"}]}


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


def without_proof() -> dict[str, Any]:
    document = signed()
    del document["proof"]
    return document


def without_proof_of(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "proof"}


def two_subjects() -> dict[str, Any]:
    document = unsigned()
    other = copy.deepcopy(subject(document)) | {"id": ATTACKER_SIGNER.verification_method.split("#")[0]}
    other["achievement"] = {**other["achievement"], "id": f"{ACHIEVEMENT}/2"}
    other["achievement"].pop("resultDescription")
    other.pop("result")
    return document | {"credentialSubject": [subject(document), other]}


def badge_by_address() -> dict[str, Any]:
    """A badge without the criteria that its kind must have, which calls itself one by an address."""
    document = unsigned()
    document["type"] = ["VerifiableCredential", "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential"]
    del subject(document)["achievement"]["criteria"]
    return signed_naively(document)


def signed_naively(document: dict[str, Any]) -> dict[str, Any]:
    """Signed as a program without our gate signs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*naive)
        return sign_options(document)


def lenient(text: str, *, encodings: str, max_length: int) -> bytes:
    return base64.urlsafe_b64decode(text[1:] + "==") if text[0] == "u" else base58btc_decode(text[1:])


def respelled(document: dict[str, Any]) -> None:
    raw = base58btc_decode(document["proof"]["proofValue"][1:])
    document["proof"]["proofValue"] = encode_multibase(raw, encoding="u")


def keys_with(**members: Any) -> tuple[Any, ...]:
    document = did_json()
    document["verificationMethod"][0] |= members
    return (resource(SCHOOL_DOCUMENT, document),)


def enveloped() -> dict[str, Any]:
    document = unsigned(id="data:application/vc+jwt,eyJ")
    document["type"] += ["EnvelopedVerifiableCredential"]
    return document


def named_schema() -> dict[str, Any]:
    document = unsigned()
    document["@context"].append("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json")
    document["credentialSchema"] = [{"id": EVIL, "type": "1EdTechJsonSchemaValidator2019"}]
    return sign(document)


def not_found(findings: Findings, **_: Any) -> list[Any]:
    findings.facts["proofs"] = []
    return []


everything = frozenset(DocumentKind)
lists_first: Guard = ("vc.verification.ROOTS", everything)
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
    Case("A20 status list as a badge", (lists_first,), status_list),
    Case(
        "A21 tampered child",
        (("vc.nested.check_part", lambda findings, **_: None),),
        tampered_child,
        policy=ASKED,
    ),
    Case(
        "A21 two learners on one badge",
        (no_schema,),
        lambda: sign(two_subjects()),
    ),
    Case(
        "A20 a type by its address",
        (naive, ("vc.credential_checks.types_of", lambda document: set(document["type"]))),
        badge_by_address,
    ),
    Case(
        "A22 an unsigned envelope that speaks",
        (("vc.presentation_checks.refuse_unsigned_claims", lambda document: None),),
        lambda: without_proof_of(present(signed())) | {"name": "Harvard's letter of admission"},
    ),
    Case(
        "S1 described differently",
        (("vc.jsonld.repeats.refuse_difference", lambda key: None), no_schema),
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
    Case(
        "A22 no proof",
        (
            ("vc.credential_checks.check_proof_policy", not_found),
            ("vc.judging.Judge.find_keys", lambda self, findings, relationship: None),
            ("vc.credential_checks.check_signatures", lambda findings, **_: None),
        ),
        without_proof,
    ),
    Case(
        "A24 a stranger's proof alone",
        (("vc.proof.parsing.is_foreign", lambda method, party: False),),
        lambda: {**unsigned(), "proof": sign(unsigned(), signer=ATTACKER_SIGNER)["proof"]},
    ),
    Case("A24 forged second", (("vc.credential_checks.verify_proof", lambda proof, **_: None),), forged_second),
    Case(
        "A25 dangling chain",
        (("vc.proof.parsing.previous_proofs", lambda proof, beside, here: ()),),
        lambda: sign_options(unsigned(), previousProof="urn:uuid:5b6a5a7e-0000-4000-8000-00000000dead"),
    ),
    Case(
        "A26 another purpose",
        (("vc.credential_checks.purpose_problem", lambda proof, purpose: None),),
        lambda: sign_options(unsigned(), proofPurpose="authentication", challenge="c", domain="d"),
    ),
    Case(
        "A26 unknown member",
        (naive, ("vc.proof.parsing.refuse_unknown_members", lambda proof, here: None)),
        changed(lambda d: d["proof"].update(nonceX="1")),
    ),
    Case(
        "A27 context in the proof",
        (("vc.proof.parsing.refuse_other_context", lambda proof, document, here: None),),
        changed(lambda d: d["proof"].update({"@context": EVIL})),
    ),
    Case(
        "A28 unknown suite",
        (("vc.proof.parsing.suite_named", lambda **_: SUITES["eddsa-rdfc-2022"]),),
        lambda: sign_options(unsigned(), cryptosuite="eddsa-rdfc-2023"),
    ),
    Case(
        "A29 key of another kind",
        ((f"{Suite.__module__}.Suite.hash_for", lambda self, kind: "sha256"),),
        lambda: p256_world()[0],
        more=lambda: (resource(SCHOOL_DOCUMENT, p256_world()[1]),),
    ),
    Case("A30 other spelling", (("vc.proof.parsing.decode_multibase", lenient),), changed(respelled)),
    Case(
        "A33 ends before it starts",
        (("vc.credential_checks.check_validity", lambda findings, **_: None),),
        lambda: sign(unsigned(validUntil=format_timestamp(NOW - 100 * DAY))),
    ),
    Case(
        "A34 from the future",
        (("vc.credential_checks.created_problem", lambda proof, context: None),),
        lambda: sign(unsigned(), created=NOW + timedelta(minutes=6)),
    ),
    Case(
        "A34 expired proof",
        (("vc.credential_checks.expiry_problem", lambda proof, context: None),),
        lambda: sign_options(unsigned(), expires=format_timestamp(NOW - DAY)),
    ),
    Case(
        "A34 revoked key",
        (("vc.credential_checks.check_key_period", lambda created, method, pointer: None),),
        signed,
        more=lambda: keys_with(revoked=format_timestamp(NOW - 70 * DAY)),
    ),
    Case("A35 schema elsewhere", (("vc.schema.check_named", lambda *_, **__: None),), named_schema),
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
    Case(
        "C1 forged signature",
        ((f"{PublicKey.__module__}.PublicKey.verify", lambda self, signature, message: None),),
        changed(lambda d: d.update(name="Doctor of Welding")),
    ),
    Case(
        "H1 another's list",
        (("vc.status_checks.refuse_other_issuer", lambda fetched, document: SCHOOL),),
        signed,
        more=lambda: (
            resource(
                REVOCATIONS,
                status_list(issuer=ATTACKER_SIGNER.verification_method.split("#")[0], signer=ATTACKER_SIGNER),
            ),
        ),
    ),
    Case(
        "H18 repeated entry",
        (naive, ("vc.status_checks.refuse_repeated", lambda *_, **__: None)),
        changed(lambda d: d["credentialStatus"].append(d["credentialStatus"][0])),
    ),
    Case(
        "H8 stale list",
        (("vc.status_checks.refuse_stale", lambda resource, context, life: None),),
        signed,
        more=lambda: (resource(REVOCATIONS, status_list(), retrieved=NOW - 30 * DAY),),
    ),
]


def verdict_of(case: Case) -> Verdict:
    return judge(case.document(), *case.more(), **case.policy).verdict


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_the_guard_stops_it(case: Case) -> None:
    assert verdict_of(case) not in GENUINE


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_without_the_guard_it_gets_through(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vc.jsonld.PINNED.planner", Planner())  # what is accepted without the guard is remembered here alone
    for path, replacement in case.guards:
        monkeypatch.setattr(path, replacement)
    assert verdict_of(case) in GENUINE


def test_an_honest_badge_is_genuine_even_to_the_naive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*naive)
    assert judge(signed()).verdict is Verdict.GENUINE_AND_CURRENT
