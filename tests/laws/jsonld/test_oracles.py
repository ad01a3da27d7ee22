"""The same bytes as other implementations, on samples and on thousands of damaged documents that still pass the gate."""

from __future__ import annotations

import random
from typing import Any

import pytest
from pyld.jsonld import JsonLdError

from tests.bench.samples import OB, V2, medium, pretend_signature, record, small
from tests.laws.jsonld.mutations import mutate
from tests.laws.jsonld.oracles import by_pyld, by_pyoxigraph
from vc import jsonld
from vc.jsonld import PRESENTATION_BUDGET
from vc.problems import ProblemError

V1 = "https://www.w3.org/2018/credentials/v1"
SAMPLES: dict[str, dict[str, Any]] = {
    "small": small(1),
    "medium": medium(2),
    "signed": pretend_signature(small(3)),
    "record": record(4, sign=pretend_signature, children=3),
    "presentation": {
        "@context": [V2],
        "type": "VerifiablePresentation",
        "holder": "did:example:h",
        "verifiableCredential": [pretend_signature(small(5)), pretend_signature(medium(6))],
    },
    "older badge": {
        "@context": [V1, "https://purl.imsglobal.org/spec/ob/v3p0/context.json"],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "urn:i", "type": "Profile", "name": "x"},
        "issuanceDate": "2020-01-01T00:00:00Z",
        "credentialSubject": {
            "type": "AchievementSubject",
            "achievement": {"id": "urn:a", "type": "Achievement", "name": "n", "tag": ["t"]},
        },
    },
    "controller": {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": "did:web:x",
        "verificationMethod": [{"id": "did:web:x#k", "type": "Multikey", "controller": "did:web:x"}],
        "assertionMethod": ["did:web:x#k"],
        "authentication": [{"id": "did:web:x#l", "type": "Multikey", "publicKeyMultibase": "z6"}],
    },
    "status list": {
        "@context": [V2],
        "id": "urn:list",
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": "did:web:x",
        "credentialSubject": {"id": "urn:list#list", "type": "BitstringStatusList", "encodedList": "uH4", "ttl": 5_000},
    },
    "schema": {
        "@context": [V2, OB],
        "id": "urn:schema",
        "type": ["JsonSchema", "Profile"],
        "jsonSchema": {"type": "object", "required": ["a", "é"], "minItems": 3, "nothing": None},
    },
    "many equals": {
        "@context": [V2, OB],
        "type": "VerifiableCredential",
        "evidence": [{"name": "x"} for _ in range(5)] + [{"name": "x", "image": [{"name": "y"}, {"name": "y"}]}] * 2,
    },
}


def _compare(document: dict[str, Any]) -> bool:
    """Whether the document was accepted; if it was, all have to agree."""
    try:
        own = jsonld.canonicalize(document, hash_name="sha256", budget=PRESENTATION_BUDGET)
    except ProblemError:
        return False
    try:
        assert own == by_pyld(document)
    except JsonLdError as error:
        raise AssertionError(f"refused by PyLD: {document}") from error
    assert own == by_pyoxigraph(own, "sha256")
    longer = jsonld.canonicalize(document, hash_name="sha384", budget=PRESENTATION_BUDGET)
    assert longer == by_pyoxigraph(longer, "sha384")
    return True


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_have_the_same_bytes_everywhere(name: str) -> None:
    assert _compare(SAMPLES[name])


@pytest.mark.parametrize("seed", range(4))
def test_damaged_documents_that_pass_have_the_same_bytes_everywhere(seed: int) -> None:
    rng = random.Random(seed)
    names = [name for name in SAMPLES if name not in ("presentation", "many equals")]
    accepted = 0
    for _ in range(500):
        document = SAMPLES[rng.choice(names)]
        for _ in range(rng.randrange(1, 4)):
            document = mutate(document, rng)
        accepted += _compare(document)
    assert accepted > 90
