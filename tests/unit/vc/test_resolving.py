"""DID resolution as an HTTP answer, as the published suites of DID Resolution and did:key ask for it."""

from typing import Any

import pytest

from tests.attacks.world import SCHOOL, SCHOOL_DOCUMENT, SCHOOL_SIGNER, did_json, policy, resource
from tests.unit.vc.test_keys import SIGNERS
from vc import Evidence, MissingEvidence, Resource
from vc.did import jwk_did, key_did
from vc.did.resolving import DEREFERENCING, LEGACY, RESOLUTION, Answer, answer_for
from vc.keys import KeyKind
from vc.multibase import base58btc_encode, base64url_encode

DID = "did:key:z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b"
KEY = DID.removeprefix("did:key:")


def ask(identifier: str, accept: str = RESOLUTION, *found: Resource, **options: str) -> Answer:
    evidence = Evidence() | {item.url: item for item in found}
    return answer_for(identifier, accept=accept, options=options, evidence=evidence, policy=policy())


def error_of(answer: Answer) -> Any:
    for name in ("didResolutionMetadata", "didDereferencingMetadata", "dereferencingMetadata"):
        if name in answer.body:
            found: Any = answer.body[name]
            error = found.get("error")
            return error["type"] if isinstance(error, dict) else error
    raise AssertionError(answer)


@pytest.mark.parametrize("accept", ["", "*/*", RESOLUTION, f"text/html, {RESOLUTION};q=0.5"])
def test_a_resolution_result(accept: str) -> None:
    answer = ask(DID, accept)
    assert (answer.status, answer.media_type) == (200, RESOLUTION)
    document: Any = answer.body["didDocument"]
    assert document["id"] == DID
    assert document["verificationMethod"][0] == {
        "id": f"{DID}#{KEY}",
        "type": "Multikey",
        "controller": DID,
        "publicKeyMultibase": KEY,
    }
    assert answer.body["didResolutionMetadata"] == {"contentType": RESOLUTION}
    assert answer.body["didDocumentMetadata"] == {}


@pytest.mark.parametrize(
    ("identifier", "error", "status"),
    [
        ("not-a-did", "INVALID_DID", 400),
        ("did:example", "INVALID_DID", 400),
        ("", "INVALID_DID", 400),
        (f"{DID}#{KEY}", "INVALID_DID", 400),
        ("did:unsupported:123456789abcdefghi", "METHOD_NOT_SUPPORTED", 501),
        ("did:web:intranet", "NOT_FOUND", 404),
        ("did:web:school.example::a", "INVALID_DID", 400),
        ("did:jwk:" + base64url_encode(b'{"kty":"oct"}'), "INVALID_PUBLIC_KEY", 400),
        ("did:jwk:" + base64url_encode(b'{"kty":"EC"}'), "UNSUPPORTED_PUBLIC_KEY_TYPE", 501),
        ("did:jwk:x", "INVALID_DID", 400),
        ("did:key:z" + base58btc_encode(bytes.fromhex("e701") + bytes(33)), "UNSUPPORTED_PUBLIC_KEY_TYPE", 501),
        ("did:key:z" + base58btc_encode(bytes.fromhex("ed01") + bytes(32)), "INVALID_PUBLIC_KEY", 400),
    ],
)
def test_errors_of_resolution(identifier: str, error: str, status: int) -> None:
    answer = ask(identifier)
    assert (answer.status, answer.media_type) == (status, RESOLUTION)
    assert error_of(answer) == "https://www.w3.org/ns/did#" + error
    assert answer.body["didDocument"] is None
    assert answer.body["didDocumentMetadata"] == {}


def test_a_form_that_we_do_not_have() -> None:
    answer = ask(DID, "application/x-unsupported-did-representation-99999")
    assert (answer.status, error_of(answer)) == (406, "https://www.w3.org/ns/did#REPRESENTATION_NOT_SUPPORTED")


@pytest.mark.parametrize("accept", ["application/did+json", "application/did+ld+json", "application/json"])
def test_the_bare_document_or_key(accept: str) -> None:
    answer = ask(DID, accept)
    assert (answer.status, answer.media_type, answer.body["id"]) == (200, accept, DID)
    assert ask(f"{DID}#{KEY}", accept).body["id"] == f"{DID}#{KEY}"
    missing = ask("did:example", accept)
    assert (missing.status, missing.media_type) == (400, RESOLUTION)


def test_a_did_url_is_dereferenced() -> None:
    answer = ask(f"{DID}#{KEY}", DEREFERENCING)
    assert (answer.status, answer.media_type) == (200, DEREFERENCING)
    content: Any = answer.body["contentStream"]
    assert content["controller"] == DID
    assert answer.body["dereferencingMetadata"] == {"contentType": DEREFERENCING}
    assert answer.body["contentMetadata"] == {}
    assert ask(DID, DEREFERENCING).body["contentStream"] == ask(DID).body["didDocument"]
    for identifier, error, status in (
        (f"{DID}#other", "NOT_FOUND", 404),
        (f"{DID}?service=files", "FEATURE_NOT_SUPPORTED", 501),
        (f"{DID}#a b", "INVALID_DID_URL", 400),
    ):
        answer = ask(identifier, DEREFERENCING)
        assert (answer.status, error_of(answer)) == (status, "https://www.w3.org/ns/did#" + error)
        assert answer.body["contentStream"] is None


@pytest.mark.parametrize(
    ("identifier", "options", "error"),
    [
        (DID.replace("did:", "notDid:", 1), {}, "invalidDid"),
        (DID.replace("key", "experimental"), {}, "methodNotSupported"),
        (f"did:key:-4:{KEY}", {}, "invalidDid"),
        (f"did:key:{KEY[1:]}", {}, "invalidDid"),
        ("did:key:@", {}, "invalidDid"),
        ("did:key:zTjsVPtY", {}, "invalidPublicKeyLength"),
        (f"{DID}/^bar^/?query=`#{KEY}", {}, "invalidDidUrl"),
        (DID, {"publicKeyFormat": "unknown"}, "unsupportedPublicKeyType"),
        (
            f"{DID}#{KEY}",
            {"publicKeyFormat": "Ed25519VerificationKey2018", "enableExperimentalPublicKeyTypes": "false"},
            "invalidPublicKeyType",
        ),
        (
            f"{DID}#z6LSfHfAMAopsuBxaBzvp51GXrPf38Az13j2fmwqadbwwrzJ",
            {"publicKeyFormat": "Ed25519VerificationKey2018", "enableExperimentalPublicKeyTypes": "false"},
            "invalidPublicKeyType",
        ),
        (
            DID,
            {"publicKeyFormat": "Ed25519VerificationKey2018", "enableExperimentalPublicKeyTypes": "true"},
            "unsupportedPublicKeyType",
        ),
        (
            key_did(SIGNERS[KeyKind.P256].public_key),
            {"publicKeyFormat": "Ed25519VerificationKey2020"},
            "invalidPublicKeyType",
        ),
    ],
)
def test_errors_in_the_dialect_of_did_key(identifier: str, options: dict[str, str], error: str) -> None:
    answer = ask(identifier, LEGACY, **options)
    assert answer.status >= 400
    assert (error_of(answer), answer.body["didDocument"], answer.body["didDocumentMetadata"]) == (error, {}, {})
    is_url = "#" in identifier
    assert ("didDereferencingMetadata" in answer.body, "didResolutionMetadata" in answer.body) == (is_url, not is_url)
    assert "@context" in answer.body


def test_a_key_in_the_dialect_of_did_key() -> None:
    answer = ask(f"{DID}#{KEY}", LEGACY)
    document: Any = answer.body["didDocument"]
    assert (answer.status, answer.media_type, document["controller"]) == (200, LEGACY, DID)
    assert answer.body["didDereferencingMetadata"] == {"contentType": LEGACY}


@pytest.mark.parametrize("key_format", ["Multikey", "JsonWebKey", "JsonWebKey2020", "Ed25519VerificationKey2020"])
def test_the_key_in_the_form_that_is_asked_for(key_format: str) -> None:
    document: Any = ask(DID, publicKeyFormat=key_format).body["didDocument"]
    (method,) = document["verificationMethod"]
    assert method["type"] == key_format
    assert ("publicKeyJwk" in method) == key_format.startswith("JsonWebKey")


def test_a_did_jwk_resolves() -> None:
    did = jwk_did(SCHOOL_SIGNER.public_key)
    document: Any = ask(did).body["didDocument"]
    assert document["verificationMethod"][0]["publicKeyJwk"] == SCHOOL_SIGNER.public_key.jwk
    assert ask(f"{did}#0", DEREFERENCING).status == 200


def test_a_did_web_resolves_out_of_the_evidence() -> None:
    with pytest.raises(MissingEvidence):
        ask(SCHOOL)
    relative = did_json()
    relative["verificationMethod"][0]["id"] = "#key-1"
    there = resource(SCHOOL_DOCUMENT, relative)
    assert ask(SCHOOL, RESOLUTION, there).body["didDocument"] == relative
    assert ask(SCHOOL + "#key-1", DEREFERENCING, there).body["contentStream"] == relative["verificationMethod"][0]
    for body, final, error, status in (
        (b"<html>", 200, "NOT_FOUND", 404),
        (b"", 404, "NOT_FOUND", 404),
        (b'{"id": "did:web:other.example"}', 200, "INVALID_DID_DOCUMENT", 500),
        (b'{"id": "%s"}' % (b"x" * 300_000), 200, "INVALID_DID_DOCUMENT", 500),
    ):
        answer = ask(SCHOOL, RESOLUTION, resource(SCHOOL_DOCUMENT, body, final=final))
        assert (answer.status, error_of(answer)) == (status, "https://www.w3.org/ns/did#" + error)


def test_a_did_web_that_is_gone_is_deactivated() -> None:
    answer = ask(SCHOOL, RESOLUTION, resource(SCHOOL_DOCUMENT, b"", final=410))
    assert (answer.status, answer.body["didDocument"]) == (410, None)
    assert answer.body["didDocumentMetadata"] == {"deactivated": True}
