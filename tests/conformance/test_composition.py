"""The composition keeps the contract that the official suites rely on, and refuses what they never send."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.conformance.app import create_app
from tests.conformance.instances import INSTANCES, manifest

BASE = "https://localhost:40443"
V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
HOLDERS = "/holders/default/credentials/derive"
VERIFY = "/verifiers/proof-only/credentials/verify"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(BASE)) as made:
        yield made


def new(**changes: Any) -> dict[str, Any]:
    document = {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": "https://vc.example/issuers/5678",
        "credentialSubject": {"id": "did:example:abc", "name": "Jonah"},
    }
    return {name: value for name, value in (document | changes).items() if value is not ...}


def old() -> dict[str, Any]:
    return {
        "@context": [V1],
        "id": "urn:uuid:7a0f7bb8-0000-4000-8000-000000000001",
        "type": ["VerifiableCredential"],
        "issuer": INSTANCES["vc2.0"].id,
        "issuanceDate": "2020-03-16T22:37:26.544Z",
        "credentialSubject": {"id": "did:example:abc"},
    }


def issued(client: TestClient, credential: dict[str, Any], instance: str = "vc2.0", **options: Any) -> Any:
    answer = client.post(f"/issuers/{instance}/credentials/issue", json={"credential": credential, "options": options})
    assert answer.status_code == 201, answer.text
    return answer.json()["verifiableCredential"]


def verified(client: TestClient, value: Any, **options: Any) -> int:
    return client.post(VERIFY, json={"verifiableCredential": value, "options": options}).status_code


# Selective disclosure has a test of its own; a token and our status entries are of the data model 2.0.
SIGNING = [name for name in INSTANCES if name != "ecdsa-sd-2023"]
OF_OLD = [name for name in SIGNING if name not in ("enveloping", "BitstringStatusList")]


@pytest.mark.parametrize(
    ("instance", "credential"), [*((name, new()) for name in SIGNING), *((name, old()) for name in OF_OLD)]
)
def test_what_each_issuer_signs_verifies_and_no_longer_once_it_is_changed(
    client: TestClient, instance: str, credential: dict[str, Any]
) -> None:
    made = issued(client, {**credential, "issuer": INSTANCES[instance].id}, instance)
    assert verified(client, made) == 200
    changed = deepcopy(made)
    if "credentialSubject" in changed:
        changed["credentialSubject"]["id"] = "did:example:eve"
    else:
        changed["id"] = changed["id"][:-8] + "AAAAAAAA"
    assert verified(client, changed) == 400


def test_a_base_proof_is_derived_and_verified_and_refused_as_it_is(client: TestClient) -> None:
    base = issued(
        client, {**new(), "issuer": INSTANCES["ecdsa-sd-2023"].id}, "ecdsa-sd-2023", mandatoryPointers=["/issuer"]
    )
    assert verified(client, base) == 400
    asked = {"verifiableCredential": base, "options": {"selectivePointers": ["/credentialSubject/id"]}}
    shown = client.post(HOLDERS, json=asked).json()["verifiableCredential"]
    assert verified(client, shown) == 200
    assert "name" not in shown["credentialSubject"]
    assert verified(client, {**shown, "issuer": "did:example:eve"}) == 400
    nowhere = {"credential": new(issuer=INSTANCES["ecdsa-sd-2023"].id), "options": {"mandatoryPointers": ["/nowhere"]}}
    assert client.post("/issuers/ecdsa-sd-2023/credentials/issue", json=nowhere).status_code == 400


REFUSED = {
    "no context": {"@context": ...},
    "context is a text": {"@context": V2},
    "another first context": {"@context": [EXAMPLES, V2]},
    "a number among the contexts": {"@context": [V2, 7]},
    "a context that cannot be loaded": {"@context": [V2, "https://example.com"]},
    "a context that is no address": {"@context": [V2, "https ://not-a-url/"]},
    "a protected word redefined": {"@context": [V2, {"VerifiableCredential": "https://evil.example/x"}]},
    "no type": {"type": ...},
    "type is a text": {"type": "VerifiableCredential"},
    "another type alone": {"type": ["Dog"]},
    "a type that nobody defines": {"type": ["VerifiableCredential", "Unheard"]},
    "a word that nobody defines": {"unheard": "of"},
    "no id but nothing": {"id": None},
    "an id that is none": {"id": "not an address"},
    "no issuer": {"issuer": ...},
    "an issuer that is none": {"issuer": "fake-issuer"},
    "an issuer that is a number": {"issuer": 7},
    "no subject": {"credentialSubject": ...},
    "an empty subject": {"credentialSubject": {}},
    "a list with an empty subject": {"credentialSubject": [{"id": "did:example:a"}, {}]},
    "a subject that is a text": {"credentialSubject": "did:example:a"},
    "a day that is none": {"validFrom": "2026-02-30T00:00:00Z"},
    "ends before it starts": {"validFrom": "2026-01-02T00:00:00Z", "validUntil": "2026-01-01T00:00:00Z"},
    "a status without a type": {"credentialStatus": {"id": "https://x.example/1"}},
    "a schema without an id": {"credentialSchema": {"type": "JsonSchema"}},
    "evidence without a type": {"evidence": {"id": "https://x.example/1"}},
    "a resource without a digest": {"relatedResource": {"id": V2}},
    "a name with odd members": {"name": {"@value": "a", "@language": "en", "@type": "x"}},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_a_credential_of_the_wrong_form_is_not_signed(client: TestClient, changes: dict[str, Any]) -> None:
    answer = client.post("/issuers/vc2.0/credentials/issue", json={"credential": new(**changes)})
    assert answer.status_code == 400
    assert answer.json()["problemDetails"][0]["detail"]


ACCEPTED = {
    "an issuer with a name": {"issuer": {"id": "https://vc.example/1", "name": "School"}},
    "a type that the document defines": {
        "@context": [V2, {"Diploma": "https://vc.example/terms#Diploma"}],
        "type": ["VerifiableCredential", "Diploma"],
    },
    "a type that is an address": {"type": ["VerifiableCredential", "https://vc.example/terms#Diploma"]},
    "the words of the examples": {"@context": [V2, EXAMPLES], "type": ["VerifiableCredential", "ExampleDegree"]},
    "several subjects": {"credentialSubject": [{"id": "did:example:a"}, {"id": "did:example:b"}]},
    "long past": {"validFrom": "2001-01-01T00:00:00Z", "validUntil": "2002-01-01T00:00:00Z"},
    "milliseconds and an offset": {"validFrom": "2026-01-02T00:00:00.123+05:30"},
    "names in languages": {"name": [{"@value": "Hallo", "@language": "de"}, {"@value": "Hello", "@language": "en"}]},
}


@pytest.mark.parametrize("changes", ACCEPTED.values(), ids=ACCEPTED)
def test_a_credential_of_an_unusual_form_is_signed_and_verifies(client: TestClient, changes: dict[str, Any]) -> None:
    assert verified(client, issued(client, new(**changes))) == 200


def proofs(**changes: Any) -> dict[str, Any]:
    return changes


@pytest.mark.parametrize(
    "change",
    [
        proofs(proofPurpose="authentication"),
        proofs(proofPurpose=...),
        proofs(proofValue=...),
        proofs(proofValue="u" + "A" * 86),
        proofs(type="UnknownProof"),
        proofs(cryptosuite="UnknownSuite"),
        proofs(verificationMethod=...),
        proofs(created="yesterday"),
    ],
)
def test_a_proof_of_the_wrong_form_is_not_verified(client: TestClient, change: dict[str, Any]) -> None:
    made = issued(client, new())
    made["proof"] = {name: value for name, value in (made["proof"] | change).items() if value is not ...}
    assert verified(client, made) == 400


@pytest.mark.parametrize("value", [None, "{}", [], 7, {}, {"proof": None}, {"proof": "x"}, {"proof": []}])
def test_what_is_no_secured_credential_is_not_verified(client: TestClient, value: Any) -> None:
    if isinstance(value, dict) and "proof" in value:
        value = {**issued(client, new()), **value}
    assert verified(client, value) == 400
    assert client.post(VERIFY, json={}).status_code == 400
    assert client.post(VERIFY, content=b"{").status_code == 400


def test_a_withdrawn_credential_is_not_verified(client: TestClient) -> None:
    made = issued(client, {**new(), "issuer": INSTANCES["BitstringStatusList"].id}, "BitstringStatusList")
    assert verified(client, made) == 200
    other = issued(client, {**new(), "issuer": INSTANCES["BitstringStatusList"].id}, "BitstringStatusList")
    client.post("/status-lists/withdraw", json={"index": made["credentialStatus"]["statusListIndex"]})
    assert verified(client, made) == 400
    assert verified(client, other) == 200
    published = client.get("/status-lists/1").json()
    assert published["credentialSubject"]["encodedList"].startswith("u")
    assert verified(client, published) == 200


def test_dids_are_resolved_in_both_dialects(client: TestClient) -> None:
    did = INSTANCES["vc2.0"].id
    found = client.get(f"/1.0/identifiers/{did}", headers={"Accept": "application/did-resolution"})
    assert found.json()["didDocument"]["id"] == did
    legacy = 'application/ld+json;profile="https://w3id.org/did-resolution"'
    assert (
        client.get("/1.0/identifiers/notDid:key:x", headers={"Accept": legacy}).json()["didResolutionMetadata"]["error"]
        == "invalidDid"
    )
    for name, status in (("nowhere", 404), ("closed", 410)):
        place = f"/1.0/identifiers/did:web:{name}.satchel.example"
        assert client.get(place, headers={"Accept": "application/did-resolution"}).status_code == status


def test_the_manifest_names_every_party(client: TestClient) -> None:
    found = client.get("/conformance/manifest.json").json()
    assert found == json.loads(json.dumps(manifest(BASE)))
    assert all(issuer["id"].startswith("did:key:") for issuer in found["issuers"])
