"""Documents of controllers: where they come from, which keys they list, and how a key is looked up in them."""

from typing import Any

import pytest

from tests.attacks.world import NOW, SCHOOL, SCHOOL_DOCUMENT, did_json, policy, resource
from tests.unit.vc.test_keys import SIGNERS
from vc import Evidence, EvidenceUnavailable, MissingEvidence, ProblemError, PublicKey, Resource
from vc.did import (
    ControllerDocument,
    Did,
    VerificationMethod,
    embedded_method,
    jwk_did,
    key_did,
    parse_key_url,
    place_of,
    resolve,
    retrieve,
)
from vc.keys import KeyKind
from vc.multibase import base64url_encode
from vc.problems import (
    CryptographicSecurityError,
    InvalidControllerDocumentError,
    InvalidControllerDocumentIdError,
    InvalidRelationshipError,
    InvalidVerificationMethodError,
    InvalidVerificationMethodUrlError,
    MalformedValueError,
    NoKeysPublished,
    ParsingError,
    Unsupported,
)
from vc.timestamps import format_timestamp
from vc.wanted import Wanted

ISSUER = "https://school.example/issuers/1"
KEY_URL = "https://school.example/keys/1"
ED, P256 = SIGNERS[KeyKind.ED25519].public_key, SIGNERS[KeyKind.P256].public_key
LATER = "2027-06-01T00:00:00Z"
RSA_EXAMPLE = (
    "z4MXj1wBzi9jUstyPMS4jQqB6KdJaiatPkAtVtGc6bQEQEEsKTic4G7Rou3iBf9vPmT5dbkm9qsZsuVNjq8HCuW1w24nhBFGkRE4cd2Uf2tfr"
    "B3N7h4mnyPp1BF3ZttHTYv3DLUPi1zMdkULiow3M1GfXkoC6DoxDUm1jmN6GBj22SjVsr6dxezRVQc7aj9TxE7JLbMH1wh5X3kA58H3DFW8rn"
    "YMakFGbca5CB2Jf6CnGQZmL7o5uJAdTwXfy2iiiyPxXEGerMhHwhjTA1mKYobyk2CpeEcmvynADfNZ5MBvcCS7m3XkFCMNUYBS9NQ3fze6vMS"
    "UPsNa6GVYmKx2x6JrdEjCk3qRMMmyjnjCMfR4pXbRMZa3i"
)


def entry(name: str, controller: str = SCHOOL, key: PublicKey = ED, **changes: Any) -> dict[str, Any]:
    return {"id": name, "type": "Multikey", "controller": controller, "publicKeyMultibase": key.multikey} | changes


def world(*found: Resource) -> Evidence:
    return Evidence() | {item.url: item for item in found}


def look_up(
    url: str, *found: Resource, relationship: str = "assertionMethod", party: str | None = None
) -> VerificationMethod:
    known = world(*found)
    return retrieve(
        parse_key_url(url),
        party=party,
        relationship=relationship,
        documents=lambda controller: resolve(controller, evidence=known, policy=policy()),
        evidence=known,
        policy=policy(),
    )


def method(**changes: Any) -> VerificationMethod:
    """The key of a DID document with one entry, changed; a member that becomes ``None`` is left out."""
    name = f"{SCHOOL}#key-1"
    value = {member: value for member, value in (entry(name) | changes).items() if value is not None}
    document = did_json(verificationMethod=[value])
    return ControllerDocument.parse(document, controller=SCHOOL).method_for(
        parse_key_url(name), relationship="assertionMethod"
    )


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize("type_", ["Multikey", "MultiKey", "JsonWebKey", "JsonWebKey2020"])
def test_every_kind_of_key_under_every_type(kind: KeyKind, type_: str) -> None:
    key = SIGNERS[kind].public_key
    both = {"publicKeyMultibase": key.multikey, "publicKeyJwk": key.jwk}
    alone = "publicKeyJwk" if "Json" in type_ else "publicKeyMultibase"
    other = next(name for name in both if name != alone)
    assert method(type=type_, **both).public_key == key
    assert method(type=type_, **(both | {other: None})).public_key == key
    with pytest.raises(InvalidVerificationMethodError, match="has no"):
        method(type=type_, **(both | {alone: None}))


def test_a_legacy_type_is_for_its_own_kind_alone() -> None:
    assert method(type="Ed25519VerificationKey2020").public_key == ED
    with pytest.raises(InvalidVerificationMethodError, match="never P256"):
        method(type="Ed25519VerificationKey2020", publicKeyMultibase=P256.multikey)


def test_two_spellings_must_be_one_key() -> None:
    for type_ in ("Multikey", "JsonWebKey"):
        with pytest.raises(InvalidVerificationMethodError, match="two ways"):
            method(type=type_, publicKeyJwk=P256.jwk)
    with pytest.raises(ProblemError):
        method(publicKeyJwk={"kty": "oct"})


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"type": "EcdsaSecp256k1VerificationKey2019"}, Unsupported),
        ({"type": ["Multikey"]}, Unsupported),
        (
            {"type": "JsonWebKey", "publicKeyMultibase": None, "publicKeyJwk": {"kty": "oct"}},
            CryptographicSecurityError,
        ),
        ({"type": "JsonWebKey", "publicKeyJwk": {**ED.jwk, "d": "AA"}}, CryptographicSecurityError),
        ({"controller": None}, InvalidVerificationMethodError),
    ],
)
def test_keys_that_cannot_be_used(change: dict, error: type[ProblemError]) -> None:
    with pytest.raises(error):
        method(**change)


@pytest.mark.parametrize("member", ["secretKeyJwk", "privateKeyJwk", "privateKeyBase58", "privateKeyMultibase"])
def test_a_document_that_publishes_a_secret_is_none(member: str) -> None:
    with pytest.raises(InvalidControllerDocumentError, match="secret"):
        method(**{member: "z"})


def test_a_key_that_a_document_carries_is_looked_for_among_all_keys() -> None:
    names = [f"{SCHOOL}#{number}" for number in range(4)]
    document = ControllerDocument.parse(
        did_json(
            verificationMethod=[
                entry(names[0], type="Unknown"),
                entry(names[1], key=P256),
                entry(names[2], expires=LATER),
                entry(names[3], revoked=LATER),
            ],
            assertionMethod=[names[0], names[2]],
            authentication=[names[1]],
        ),
        controller=SCHOOL,
    )
    found = document.method_with(ED, relationship="assertionMethod")
    assert found.id == names[2]
    assert format_timestamp(found.expires) == format_timestamp(found.revoked) == LATER  # type: ignore[arg-type]
    with pytest.raises(InvalidRelationshipError):
        document.method_with(P256, relationship="assertionMethod")
    with pytest.raises(InvalidVerificationMethodError, match="does not list"):
        document.method_with(SIGNERS[KeyKind.P384].public_key, relationship="assertionMethod")


def test_a_document_names_no_more_than_64_keys() -> None:
    names = [f"{SCHOOL}#{number}" for number in range(64)]
    whole = did_json(verificationMethod=[entry(name) for name in names], assertionMethod=names)
    assert len(ControllerDocument.parse(whole, controller=SCHOOL).verification_methods) == 64
    with pytest.raises(InvalidControllerDocumentError, match="64"):
        ControllerDocument.parse(
            did_json(assertionMethod=[f"https://a.example/{number}" for number in range(65)]), controller=SCHOOL
        )


@pytest.mark.parametrize("kind", KeyKind)
def test_a_did_jwk_and_a_did_key_are_their_own_documents(kind: KeyKind) -> None:
    key = SIGNERS[kind].public_key
    for did, name in ((jwk_did(key), "0"), (key_did(key), key.multikey)):
        assert place_of(did, policy=policy()) is None
        for relationship in ("assertionMethod", "authentication"):
            assert look_up(f"{did}#{name}", relationship=relationship).public_key == key
        with pytest.raises(InvalidVerificationMethodError):
            look_up(f"{did}#1")


def test_a_published_did_jwk() -> None:
    did = (
        "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAiLCJ5"
        "IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9"
    )
    assert look_up(did + "#0").public_key.kind is KeyKind.P256


@pytest.mark.parametrize(
    ("kind", "multikey"),
    [
        (KeyKind.ED25519, "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"),
        (KeyKind.P256, "zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"),
        (KeyKind.P384, "z82Lm1MpAkeJcix9K8TMiLd5NMAhnwkjjCBeWHXyu3U4oT2MVJJKXkcVBgjGhnLBn2Kaau9"),
        (KeyKind.RSA, RSA_EXAMPLE),
    ],
)
def test_the_did_keys_of_the_specification(kind: KeyKind, multikey: str) -> None:
    key = look_up(f"did:key:{multikey}#{multikey}").public_key
    assert (key.kind, key_did(key)) == (kind, f"did:key:{multikey}")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('{"kty":"oct","k":"AA"}', CryptographicSecurityError),
        ('{"crv":"Ed25519","kty":"OKP","x":"x","d":"AA"}', CryptographicSecurityError),
        ('{"crv":"Ed25519","kty":"OKP","x":"?","use":"enc"}', CryptographicSecurityError),
        ('{"crv":"Ed25519","kty":"OKP","x":"?","sub":"me"}', MalformedValueError),
        ('{"crv":"Ed25519","kty":"OKP","x":"?","x":"a"}', MalformedValueError),
        ('{"crv":"X25519","kty":"OKP","x":"?"}', Unsupported),
        ("[]", ParsingError),
        ("nonsense", ParsingError),
    ],
)
def test_F16_what_is_no_did_jwk(text: str, error: type[ProblemError]) -> None:
    written = text.replace("?", str(ED.jwk["x"])).encode()
    with pytest.raises(error):
        resolve(f"did:jwk:{base64url_encode(written)}", evidence=Evidence(), policy=policy())


def test_a_did_jwk_has_one_spelling() -> None:
    did = jwk_did(ED)
    for other in (did[:-1] + chr(ord(did[-1]) + 1), did + "A", "did:jwk:a.b"):
        with pytest.raises(ProblemError):
            resolve(other, evidence=Evidence(), policy=policy())
    assert Did.parse(did).method == "jwk"


def test_a_notice_of_maintenance_is_no_did_document() -> None:
    for body in (b"<html>", b'{"id": "soon"}', b"{}"):
        with pytest.raises(EvidenceUnavailable):
            resolve(SCHOOL, evidence=world(resource(SCHOOL_DOCUMENT, body)), policy=policy())


def controller_document(**changes: Any) -> dict[str, Any]:
    name = ISSUER + "#key-1"
    return {
        "@context": "https://www.w3.org/ns/cid/v1",
        "id": ISSUER,
        "type": ["Profile"],
        "verificationMethod": [entry(name, ISSUER)],
        "assertionMethod": [name],
    } | changes


def test_an_https_issuer_lists_its_keys_at_its_own_address() -> None:
    with pytest.raises(MissingEvidence) as missing:
        look_up(ISSUER + "#key-1")
    assert (missing.value.url, missing.value.wanted) == (ISSUER, Wanted.CONTROLLER_DOCUMENT)
    found = look_up(ISSUER + "#key-1", resource(ISSUER, controller_document()))
    assert (found.controller, found.public_key) == (ISSUER, ED)
    with pytest.raises(InvalidControllerDocumentIdError):
        look_up(ISSUER + "#key-1", resource(ISSUER, controller_document(id=ISSUER + "0")))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"<html>", EvidenceUnavailable),
        (b"", EvidenceUnavailable),
        (b"[]", EvidenceUnavailable),
        ({"id": ISSUER, "type": ["Profile"]}, NoKeysPublished),
        ({"id": "https://evil.example"}, NoKeysPublished),
    ],
)
def test_a_page_without_keys_proves_nothing(body: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        look_up(ISSUER + "#key-1", resource(ISSUER, body))


def key_document(**changes: Any) -> dict[str, Any]:
    return entry(KEY_URL, ISSUER) | {"@context": "https://w3id.org/security/multikey/v1"} | changes


LISTS: dict[str, dict[str, Any]] = {
    "by name": {"verificationMethod": [], "assertionMethod": [KEY_URL]},
    "whole": {"verificationMethod": [], "assertionMethod": [entry(KEY_URL, ISSUER)]},
    "in both places": {"verificationMethod": [entry(KEY_URL, ISSUER)], "assertionMethod": [KEY_URL]},
    "under another name": {},
}


@pytest.mark.parametrize("how", LISTS)
def test_a_key_at_its_own_address_counts_if_its_controller_lists_it(how: str) -> None:
    lists = resource(ISSUER, controller_document(**LISTS[how]))
    found = look_up(KEY_URL, resource(KEY_URL, key_document(expires=LATER)), lists)
    assert (found.id, found.controller, found.public_key) == (KEY_URL, ISSUER, ED)
    assert format_timestamp(found.expires) == LATER  # type: ignore[arg-type]
    with pytest.raises(ProblemError):
        look_up(KEY_URL, resource(KEY_URL, key_document()), lists, relationship="authentication")


@pytest.mark.parametrize(
    ("key", "lists", "error"),
    [
        ({}, {"verificationMethod": [], "assertionMethod": []}, InvalidVerificationMethodError),
        ({"publicKeyMultibase": P256.multikey}, {}, InvalidVerificationMethodError),
        ({"publicKeyMultibase": P256.multikey}, LISTS["whole"], InvalidVerificationMethodError),
        ({"id": KEY_URL + "0"}, {}, InvalidControllerDocumentIdError),
        ({"controller": None}, {}, InvalidVerificationMethodError),
        ({"controller": "https://other.example/1"}, {}, MissingEvidence),
        ({"controller": "urn:x:1"}, {}, Unsupported),
        ({"secretKeyMultibase": "z"}, {}, InvalidControllerDocumentError),
        ({"publicKeyMultibase": None, "type": None}, {}, NoKeysPublished),
    ],
)
def test_a_key_at_its_own_address_that_does_not_count(key: dict, lists: dict, error: type[Exception]) -> None:
    body = {member: value for member, value in key_document(**key).items() if value is not None}
    with pytest.raises(error):
        look_up(KEY_URL, resource(KEY_URL, body), resource(ISSUER, controller_document(**lists)))


def test_a_bare_jwk_at_an_address_is_the_partys_or_nobodys() -> None:
    jwk = resource(KEY_URL, {**ED.jwk, "kid": "1"})
    found = look_up(KEY_URL, jwk, resource(ISSUER, controller_document()), party=ISSUER)
    assert (found.id, found.controller, found.public_key) == (KEY_URL, ISSUER, ED)
    with pytest.raises(NoKeysPublished, match="not a key"):
        look_up(KEY_URL, jwk, resource(ISSUER, controller_document()))
    with pytest.raises(InvalidVerificationMethodError):
        look_up(KEY_URL, resource(KEY_URL, P256.jwk), resource(ISSUER, controller_document()), party=ISSUER)
    with pytest.raises(CryptographicSecurityError):
        look_up(KEY_URL, resource(KEY_URL, {**ED.jwk, "d": "AA"}), party=ISSUER)


def test_a_key_at_its_own_address_that_is_not_there() -> None:
    with pytest.raises(MissingEvidence):
        look_up(KEY_URL)
    with pytest.raises(EvidenceUnavailable, match="list of keys"):
        look_up(KEY_URL, resource(KEY_URL, b"<html>"))
    with pytest.raises(Unsupported):
        look_up("https://127.0.0.1/key")


def test_a_key_that_is_carried_along_is_read_and_nothing_more() -> None:
    url, key = embedded_method(entry(f"{SCHOOL}#key-1"), pointer="/proof/verificationMethod")
    assert (str(url), key) == (f"{SCHOOL}#key-1", ED)
    for changes, error in (
        ({"id": 5}, InvalidVerificationMethodUrlError),
        ({"type": "x"}, Unsupported),
        ({"secretKeyMultibase": "z"}, InvalidControllerDocumentError),
    ):
        with pytest.raises(error):
            embedded_method(entry(f"{SCHOOL}#key-1") | changes, pointer="/proof/verificationMethod")


def test_the_first_day_that_ends_a_key_counts() -> None:
    early, late = format_timestamp(NOW), LATER
    lists = resource(ISSUER, controller_document(verificationMethod=[entry(ISSUER + "#key-1", ISSUER, revoked=early)]))
    found = look_up(KEY_URL, resource(KEY_URL, key_document(revoked=late)), lists)
    assert found.revoked == NOW
