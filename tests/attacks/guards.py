"""What switches guards off, and tells whether an attack then gets through.

``naive`` stands for a canonicalizer without our gate: PyLD as most verifiers use it.
"""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from pyld import jsonld as pyld

import contexts
from tests.attacks.world import (
    ACHIEVEMENT,
    ATTACKER_SIGNER,
    SCHOOL,
    judge,
    sign_options,
    signed,
    unsigned,
)
from vc import DocumentKind, Verdict
from vc.jsonld.plans import Planner
from vc.multibase import base58btc_decode

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
any_kind: Guard = ("vc.credential_checks.kind_of", lambda document, **_: DocumentKind.CREDENTIAL)
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


def verdict_of(case: Case) -> Verdict:
    return judge(case.document(), *case.more(), **case.policy).verdict


def verdict_without(case: Case, monkeypatch: pytest.MonkeyPatch) -> Verdict:
    """The verdict with the guards off; what is accepted without them is remembered here alone."""
    monkeypatch.setattr("vc.jsonld.PINNED.planner", Planner())
    for path, replacement in case.guards:
        monkeypatch.setattr(path, replacement)
    return verdict_of(case)
