"""Attacks F and I on keys and identifiers: with the guard each is stopped, without the guard it gets through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.attacks.guards import GENUINE, Case, Guard, verdict_of, verdict_without
from tests.attacks.world import (
    ATTACKER,
    ATTACKER_SIGNER,
    DAY,
    NOW,
    SCHOOL,
    SCHOOL_DOCUMENT,
    SCHOOL_SIGNER,
    did_json,
    judge,
    plain,
    resource,
    sign,
    sign_options,
    signed,
    types,
    unsigned,
)
from vc import Ed25519Signer, Outcome, P256Signer, Resource, Url, Verdict, add_proof, serialize
from vc.did import VerificationMethod, jwk_did, key_did
from vc.multibase import base58btc_encode, base64url_encode
from vc.timestamps import format_timestamp

MULTIKEY = "https://w3id.org/security/multikey/v1"
LEGACY = "Ed25519VerificationKey2020"
ISSUER = "https://school.example/issuers/1"
KEY = "https://school.example/keys/1"
NAME = SCHOOL_SIGNER.verification_method
SEED = b"\1" * 32
P256 = P256Signer(b"\7" * 32, f"{SCHOOL}#p256")
FOREIGN = "https://attacker.example/issuers/1"
FOREIGN_KEY = "https://attacker.example/keys/1"


def by(issuer: str, method: str | None = None, *, seed: bytes = SEED) -> dict[str, Any]:
    """A badge of another issuer, signed with the key of this name; without status, whose lists are the school's."""
    document = {name: value for name, value in unsigned().items() if name != "credentialStatus"}
    document["issuer"] = {**document["issuer"], "id": issuer}
    return sign(document, signer=Ed25519Signer(seed, method or f"{issuer}#key-1"))


def carrying(signer: Ed25519Signer, **changes: Any) -> dict[str, Any]:
    """A badge of the school whose proof carries its key, instead of naming it."""
    document = unsigned()
    document["@context"] = [*document["@context"], MULTIKEY]
    method = entry(signer.verification_method, SCHOOL, signer) | changes
    return sign_options(document, signer=signer, verificationMethod=method)


def entry(name: str, controller: str, signer: Any = SCHOOL_SIGNER) -> dict[str, Any]:
    key = signer.public_key.multikey
    return {"id": name, "type": "Multikey", "controller": controller, "publicKeyMultibase": key}


def lists(controller: str, *entries: Mapping[str, Any], **changes: Any) -> Resource:
    """What an issuer publishes at its own address."""
    names = [item["id"] for item in entries]
    body = {"id": controller, "verificationMethod": [*entries], "assertionMethod": names} | changes
    return resource(controller, body)


def school(**changes: Any) -> Callable[[], tuple[Resource, ...]]:
    """The school's DID document, with its one key changed."""
    document = did_json()
    document["verificationMethod"][0] |= changes
    return lambda: (resource(SCHOOL_DOCUMENT, document),)


def with_another(method: Mapping[str, Any]) -> Resource:
    """The school's DID document with one more key."""
    document = did_json()
    document["verificationMethod"].append(method)
    document["assertionMethod"].append(method["id"])
    return resource(SCHOOL_DOCUMENT, document)


def did_document_at(url: str, did: str) -> Resource:
    name = f"{did}#key-1"
    return resource(url, {"id": did, "verificationMethod": [entry(name, did)], "assertionMethod": [name]})


def believes(value: Any) -> Any:
    """A guard that believes whatever it is shown."""
    return lambda *_, **__: value


def carried_key(_document: Any, key: Any, *, relationship: str) -> VerificationMethod:
    assert relationship
    return VerificationMethod(id=NAME, controller=SCHOOL, public_key=key, expires=None, revoked=None)


def jwk_did_of(**changes: Any) -> str:
    return "did:jwk:" + base64url_encode(serialize({**SCHOOL_SIGNER.public_key.jwk, **changes}))


def padded_jwk() -> dict[str, Any]:
    jwk: dict[str, Any] = {**SCHOOL_SIGNER.public_key.jwk}
    return jwk | {"x": jwk["x"] + "="}


def loose(text: str) -> bytes:
    from base64 import urlsafe_b64decode

    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def sign_as_p256() -> dict[str, Any]:
    return plain(
        add_proof(
            unsigned(),
            signer=P256,
            suite="ecdsa-rdfc-2019",
            purpose="assertionMethod",
            created=NOW - 60 * DAY,
            challenge=None,
            domain=None,
        )
    )


refuse_nothing = believes(None)
PROFILE = (resource(ISSUER, {"id": ISSUER, "type": ["Profile"], "name": "River School"}),)
any_place: Guard = ("vc.did.web.parse_url", lambda text, loopback: Url(text))
CASES = [
    Case(
        "F1 another's key at an address of its own",
        (("vc.credential_checks.refuse_other_party", refuse_nothing),),
        lambda: by(ISSUER, FOREIGN_KEY),
        more=lambda: (
            resource(FOREIGN_KEY, entry(FOREIGN_KEY, FOREIGN)),
            lists(FOREIGN, entry(FOREIGN_KEY, FOREIGN)),
        ),
    ),
    Case(
        "F2 a key that is carried along",
        (("vc.did.controller.ControllerDocument.method_with", carried_key),),
        lambda: carrying(ATTACKER_SIGNER),
    ),
    Case(
        "F2 a key at an address of its own that only says whose it is",
        (("vc.did.retrieval.listed_by", lambda document, key, relationship: key),),
        lambda: by(ISSUER, KEY),
        more=lambda: (resource(KEY, entry(KEY, ISSUER)), lists(ISSUER)),
    ),
    Case(
        "F3 a key for another purpose",
        (("vc.did.controller.ControllerDocument.allows", believes(value=True)),),
        signed,
        more=lambda: (resource(SCHOOL_DOCUMENT, did_json(assertionMethod=[], authentication=[NAME])),),
    ),
    Case(
        "F4 I8 a document of another DID",
        (("vc.did.controller.refuse_other_id", refuse_nothing),),
        signed,
        more=lambda: (resource(SCHOOL_DOCUMENT, did_json(id="did:web:other.example")),),
    ),
    Case(
        "F4 a key of another controller",
        (("vc.did.methods.refuse_other_controller", refuse_nothing),),
        signed,
        more=school(controller=ATTACKER),
    ),
    Case(
        "F5 an expired key",
        (("vc.credential_checks.check_key_period", refuse_nothing),),
        signed,
        more=school(expires=format_timestamp(NOW - 70 * DAY)),
    ),
    Case(
        "F15 a secret beside its public half",
        (("vc.did.methods.refuse_secret", refuse_nothing),),
        signed,
        more=school(secretKeyMultibase="z3u2"),
    ),
    Case(
        "F15 a key of another kind than its type says",
        (("vc.did.methods.refuse_other_kind", refuse_nothing),),
        sign_as_p256,
        more=lambda: (with_another(entry(P256.verification_method, SCHOOL, P256) | {"type": LEGACY}),),
    ),
    Case(
        "F15 two keys under one name",
        (("vc.did.methods.refuse_two", refuse_nothing),),
        signed,
        more=school(publicKeyJwk=ATTACKER_SIGNER.public_key.jwk),
    ),
    Case(
        "F16 a secret in a JWK",
        (("vc.keys.jwk.refuse_secret", refuse_nothing),),
        signed,
        more=school(type="JsonWebKey", publicKeyJwk={**SCHOOL_SIGNER.public_key.jwk, "d": "AA"}),
    ),
    Case(
        "F16 a did:jwk with its secret",
        (("vc.keys.jwk.refuse_secret", refuse_nothing), ("vc.did.jwk.refuse_more", refuse_nothing)),
        lambda: by(did := jwk_did_of(d="AA"), did + "#0"),
    ),
    Case(
        "F16 a did:jwk that says more",
        (("vc.did.jwk.refuse_more", refuse_nothing),),
        lambda: by(did := jwk_did_of(sub="Harvard"), did + "#0"),
    ),
    Case(
        "F16 D14 a key for encryption",
        (("vc.keys.jwk.refuse_other_uses", refuse_nothing),),
        lambda: by(did := jwk_did_of(use="enc"), did + "#0"),
    ),
    Case(
        "F16 another spelling of a JWK",
        (("vc.keys.jwk.base64url_decode", loose),),
        signed,
        more=school(type="JsonWebKey", publicKeyJwk=padded_jwk()),
    ),
    Case(
        "I6 a path that climbs",
        (("vc.did.web.refuse_climbing", refuse_nothing),),
        lambda: by("did:web:school.example:..:..:x"),
        more=lambda: (did_document_at("https://school.example/../../x/did.json", "did:web:school.example:..:..:x"),),
    ),
    *(
        Case(
            f"I7 did:web of {host}",
            (any_place,),
            lambda did="did:web:" + host: by(did),
            more=lambda did="did:web:" + host, host=host: (
                did_document_at(f"https://{host.replace('%3A', ':')}/.well-known/did.json", did),
            ),
        )
        for host in ("localhost", "localhost%3A8443", "intranet", "127.0.0.1", "2130706433")
    ),
    Case(
        "I8 ten thousand keys",
        (("vc.did.controller.MAX_METHODS", 10_000),),
        signed,
        more=lambda: (
            resource(
                SCHOOL_DOCUMENT,
                did_json(
                    verificationMethod=[entry(NAME, SCHOOL)] + [entry(f"{SCHOOL}#{n}", SCHOOL) for n in range(80)]
                ),
            ),
        ),
    ),
]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)


@each_case
def test_the_guard_stops_it(case: Case) -> None:
    assert verdict_of(case) not in GENUINE


@each_case
def test_without_the_guard_it_gets_through(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdict_without(case, monkeypatch) in GENUINE


def test_honest_keys_of_every_form_are_genuine() -> None:
    multikey = SCHOOL_SIGNER.public_key.multikey
    did_key, did_jwk = key_did(SCHOOL_SIGNER.public_key), jwk_did(SCHOOL_SIGNER.public_key)
    assert judge(by(did_key, f"{did_key}#{multikey}")).verdict is Verdict.GENUINE_AND_CURRENT
    assert judge(by(did_jwk, did_jwk + "#0")).verdict is Verdict.GENUINE_AND_CURRENT
    assert judge(carrying(SCHOOL_SIGNER)).verdict is Verdict.GENUINE_AND_CURRENT
    named = entry(ISSUER + "#key-1", ISSUER)
    assert judge(by(ISSUER), lists(ISSUER, named)).verdict is Verdict.GENUINE_AND_CURRENT
    apart = judge(by(ISSUER, KEY), resource(KEY, entry(KEY, ISSUER)), lists(ISSUER, entry(KEY, ISSUER)))
    assert apart.verdict is Verdict.GENUINE_AND_CURRENT
    assert apart.check("issuer-key").facts["methods"] == [KEY]


def test_F2_a_key_of_the_school_for_another_purpose_is_carried_along() -> None:
    report = judge(carrying(SCHOOL_SIGNER), resource(SCHOOL_DOCUMENT, did_json(assertionMethod=[])))
    assert report.verdict is Verdict.NOT_GENUINE
    assert "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD" in types(report)


def test_F2_a_key_that_is_carried_along_and_says_that_it_is_somebody_elses() -> None:
    report = judge(carrying(ATTACKER_SIGNER, controller=ATTACKER))
    assert report.verdict is Verdict.NOT_GENUINE
    assert "issuer-mismatch" in types(report)
    both = signed()
    both["proof"] = [both["proof"], carrying(ATTACKER_SIGNER, controller=ATTACKER)["proof"]]
    assert judge(both).verdict is Verdict.GENUINE_AND_CURRENT


@pytest.mark.parametrize(
    "found",
    [
        (),
        (resource(ISSUER, b"<html>"),),
        PROFILE,
        (resource(ISSUER, b"", final=404),),
    ],
    ids=["nothing", "a web page", "a profile", "404"],
)
def test_F2_an_issuer_without_a_list_of_keys_could_not_be_checked(found: tuple[Resource, ...]) -> None:
    for document, more in (
        (by(ISSUER), ()),
        (by(ISSUER, KEY), (resource(KEY, entry(KEY, ISSUER)),)),
        (carrying_for(ISSUER), ()),
    ):
        report = judge(document, *more, *found)
        assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
        assert ("no-keys-published" in types(report)) == (found[:1] == PROFILE)


def carrying_for(issuer: str) -> dict[str, Any]:
    document = {name: value for name, value in unsigned().items() if name != "credentialStatus"}
    document["issuer"] = {**document["issuer"], "id": issuer}
    document["@context"] = [*document["@context"], MULTIKEY]
    return sign_options(document, verificationMethod=entry(issuer + "#key-1", issuer))


def test_F2_a_key_for_an_issuer_that_can_have_no_document_could_not_be_checked() -> None:
    for issuer in ("https://10.0.0.1/issuer", "http://school.example/issuer"):
        document = carrying_for(issuer)
        document["proof"]["verificationMethod"]["id"] = NAME
        assert judge(document).verdict is Verdict.COULD_NOT_BE_CHECKED


def test_A24_a_stranger_adds_a_key_at_an_address_of_its_own() -> None:
    document = signed()
    document["proof"] = [document["proof"], sign(unsigned(), signer=Ed25519Signer(SEED, FOREIGN_KEY))["proof"]]
    report = judge(document)
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert not report.missing


@pytest.mark.parametrize("did", [jwk_did(SCHOOL_SIGNER.public_key), key_did(SCHOOL_SIGNER.public_key)])
def test_F14_the_same_key_under_another_method_is_another_issuer(did: str) -> None:
    name = f"{did}#0" if "jwk" in did else f"{did}#{SCHOOL_SIGNER.public_key.multikey}"
    document = sign(unsigned(), signer=Ed25519Signer(SEED, name))
    report = judge(document)
    assert report.verdict is Verdict.NOT_GENUINE
    assert "issuer-mismatch" in types(report)


@pytest.mark.parametrize(
    "did",
    [
        "did:web:ex.org%2f@evil",
        "did:web:ex.org%2F%40evil.example",
        "did:web:127。0。0。1",
        "did:web:ex.org:%2e%2e:x",
        "did:web:ex.org:a%00",
        "did:web:ex.org#a",
        "did:web:ex.org?a",
        "did:web:ex.org:a/b",
        "did:web:user@ex.org",
        "did:web:ex.org%3A443%3A80",
        "did:web:ex.org%3A99999",
        "did:web:printer.local",
        "did:web:db.internal",
    ],
)
def test_I6_and_I7_places_that_nobody_asks(did: str) -> None:
    document = signed()
    document["issuer"]["id"] = did
    document["proof"]["verificationMethod"] = did + "#key-1"
    report = judge(document)
    assert report.verdict not in GENUINE
    assert report.check("issuer-key").outcome is not Outcome.PASSED
    assert not report.missing


@pytest.mark.parametrize("codec", ["e701", "8026", "8626", "1200", "ec01"])
def test_F15_a_key_in_the_place_of_another_kind(codec: str) -> None:
    raw = bytes.fromhex(codec) + SCHOOL_SIGNER.public_key.raw
    report = judge(signed(), *school(publicKeyMultibase="z" + base58btc_encode(raw))())
    assert report.verdict not in GENUINE


@pytest.mark.parametrize("codec", ["ed01", "8024", "8124", "8224", "8524"])
def test_A29_a_point_of_one_curve_announced_as_one_of_another(codec: str) -> None:
    raw = bytes.fromhex(codec) + P256.public_key.raw
    found = entry(P256.verification_method, SCHOOL, P256) | {"publicKeyMultibase": "z" + base58btc_encode(raw)}
    report = judge(sign_as_p256(), with_another(found))
    assert (report.verdict in GENUINE) == (codec == "8024")


@pytest.mark.parametrize("crv", ["P-256", "P-384", "P-521", "secp256k1", "Ed25519", "X25519", None])
@pytest.mark.parametrize("kty", ["EC", "OKP", "RSA", "oct"])
def test_A29_a_jwk_that_announces_another_curve(kty: str, crv: str | None) -> None:
    jwk = {**P256.public_key.jwk, "kty": kty, "crv": crv}
    found = {"id": P256.verification_method, "type": "JsonWebKey", "controller": SCHOOL, "publicKeyJwk": jwk}
    report = judge(sign_as_p256(), with_another(found))
    assert (report.verdict in GENUINE) == ((kty, crv) == ("EC", "P-256"))
