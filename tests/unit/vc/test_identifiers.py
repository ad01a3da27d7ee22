"""DIDs, DID URLs, where documents lie, and which keys they list."""

from typing import Any, Literal

import pytest

from tests.attacks.world import NOW, SCHOOL, SCHOOL_SIGNER, did_json, evidence, plain, policy, resource
from vc import Evidence, ProblemError
from vc.did import (
    ControllerDocument,
    Did,
    DidKey,
    DidService,
    did_document,
    key,
    key_did,
    key_document,
    parse_key_url,
    resolve,
    web,
)
from vc.problems import (
    InvalidControllerDocumentError,
    InvalidVerificationMethodError,
    InvalidVerificationMethodUrlError,
    MissingEvidence,
    Unsupported,
)
from vc.urls import parse_url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "did",
        "did:web",
        "did:web:",
        "did:WEB:a",
        "did:web:a b",
        "did:web:a#b",
        "did:web:a/b",
        "did:web:a%2f",
        "did:web:a:",
        "did:web:a\n",
        "x" * 4000,
        5,
        None,
    ],
)
def test_what_is_no_did(text: object) -> None:
    with pytest.raises(ProblemError):
        Did.parse(text)


def test_a_did_is_its_text() -> None:
    assert str(Did.parse(SCHOOL)) == SCHOOL
    assert Did.parse(SCHOOL).method == "web"


@pytest.mark.parametrize(
    "text",
    [
        "did:web:a.example",
        "did:web:a.example#",
        "did:web:a.example#b#c",
        "did:web:a.example/p#k",
        "did:web:a.example?q#k",
        "#k",
        5,
        "did:web:" + "a" * 2100 + "#k",
        "http://school.example/keys/1",
        "https://",
        "https://school.example/keys#",
        "https://school.example/a b",
    ],
)
def test_what_names_no_key(text: object) -> None:
    with pytest.raises(InvalidVerificationMethodUrlError):
        parse_key_url(text)


@pytest.mark.parametrize(
    ("text", "controller", "fragment", "is_did"),
    [
        ("did:web:a.example#k", "did:web:a.example", "k", True),
        ("https://school.example/issuer#k", "https://school.example/issuer", "k", False),
        ("https://school.example/keys/1", "https://school.example/keys/1", None, False),
    ],
)
def test_what_names_a_key(text: str, controller: str, fragment: str | None, is_did: bool) -> None:
    found = parse_key_url(text)
    assert (str(found), found.controller, found.fragment) == (text, controller, fragment)
    assert found.did == (Did.parse(controller) if is_did else None)


@pytest.mark.parametrize(
    ("did", "place"),
    [
        ("did:web:school.example", "https://school.example/.well-known/did.json"),
        ("did:web:school.example:orgs:river", "https://school.example/orgs/river/did.json"),
        ("did:web:school.example%3A8443:a", "https://school.example:8443/a/did.json"),
    ],
)
def test_where_a_document_lies(did: str, place: str) -> None:
    assert web.url(Did.parse(did), loopback=False) == place


@pytest.mark.parametrize(
    "did",
    [
        "did:web:localhost",
        "did:web:localhost%3A8001:orgs:a",
        "did:web:127.0.0.1",
        "did:web:127.0.0.1%3A80",
        "did:web:2130706433",
        "did:web:SCHOOL.example",
        "did:web:school.example:..:etc",
        "did:web:school.example:.",
        "did:web:school.example:%2E%2E",
        "did:web:school.example:a%2Fb",
        "did:web:school.example%3A0",
        "did:web:school.example%3A99999",
        "did:web:school.example%40evil.example",
        "did:web:school.example::a",
        "did:web:intranet",
        "did:web:printer.local",
        "did:web:a.b.internal",
        "did:web:router.home.arpa",
    ],
)
def test_where_no_document_lies(did: str) -> None:
    with pytest.raises(ProblemError):
        web.url(Did.parse(did), loopback=False)


def test_a_demonstration_may_use_localhost_and_nothing_else_private() -> None:
    assert (
        web.url(Did.parse("did:web:localhost%3A8001:orgs:a"), loopback=True) == "http://localhost:8001/orgs/a/did.json"
    )
    assert parse_url("http://localhost:8001/s", loopback=True) == "http://localhost:8001/s"
    for url in ("http://127.0.0.1:8001/s", "http://school.example/s"):
        with pytest.raises(ProblemError):
            parse_url(url, loopback=True)


def test_a_did_key_is_its_own_document() -> None:
    did = Did.parse(key_did(SCHOOL_SIGNER.public_key))
    found = resolve(str(did), evidence=Evidence(), policy=policy())
    method = found.method_for(parse_key_url(f"{did}#{did.identifier}"), relationship="authentication")
    assert method.public_key == SCHOOL_SIGNER.public_key
    with pytest.raises(InvalidVerificationMethodError):
        found.method_for(parse_key_url(f"{did}#key-1"), relationship="authentication")


def test_a_did_web_is_looked_up_in_the_evidence() -> None:
    did = Did.parse(SCHOOL)
    with pytest.raises(MissingEvidence):
        resolve(str(did), evidence=Evidence(), policy=policy())
    assert resolve(str(did), evidence=evidence(), policy=policy()).id == SCHOOL
    with pytest.raises(Unsupported):
        resolve("did:ion:abc", evidence=evidence(), policy=policy())
    for nowhere in ("urn:x:1", "http://school.example", "https://10.0.0.1/issuer", "did:web:intranet"):
        with pytest.raises(Unsupported):
            resolve(nowhere, evidence=evidence(), policy=policy())


def parsed(**changes: Any) -> ControllerDocument:
    return ControllerDocument.parse(did_json(**changes), controller=SCHOOL)


METHOD = did_json()["verificationMethod"][0]
URL = parse_key_url(METHOD["id"])


def test_relative_and_embedded_keys_are_the_same_keys() -> None:
    relative = {**METHOD, "id": "#key-1"}
    for changes in (
        {"verificationMethod": [relative], "assertionMethod": ["#key-1"]},
        {"verificationMethod": [], "assertionMethod": [METHOD]},
        {"verificationMethod": relative, "assertionMethod": "#key-1"},
        {"assertionMethod": [METHOD]},
    ):
        found = parsed(**changes).method_for(URL, relationship="assertionMethod")
        assert found.public_key == SCHOOL_SIGNER.public_key


@pytest.mark.parametrize(
    "changes",
    [
        {"verificationMethod": [METHOD, METHOD]},
        {"assertionMethod": [{**METHOD, "publicKeyMultibase": "z6Mk"}]},
        {"verificationMethod": ["x"]},
        {"verificationMethod": [{}]},
        {"verificationMethod": [{**METHOD, "secretKeyMultibase": "z3u"}]},
        {"verificationMethod": [{**METHOD, "id": f"{SCHOOL}#{number}"} for number in range(65)]},
    ],
    ids=["twice", "two kinds", "text", "nameless", "secret", "too many"],
)
def test_documents_that_are_none(changes: dict) -> None:
    with pytest.raises(InvalidControllerDocumentError):
        parsed(**changes)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"type": "JsonWebKey"}, InvalidVerificationMethodError),
        ({"publicKeyMultibase": 5}, InvalidVerificationMethodError),
        ({"publicKeyMultibase": "zQ3s"}, ProblemError),
        ({"expires": "soon"}, ProblemError),
    ],
)
def test_a_key_that_cannot_be_used(change: dict, error: type[Exception]) -> None:
    with pytest.raises(error):
        parsed(verificationMethod=[{**METHOD, **change}]).method_for(URL, relationship="assertionMethod")


def test_an_issuer_publishes_its_retired_keys_with_their_ends() -> None:
    keys = [
        DidKey(fragment="key-2", public_key=SCHOOL_SIGNER.public_key),
        DidKey(fragment="key-1", public_key=SCHOOL_SIGNER.public_key, revoked=NOW, expires=NOW),
    ]
    document = ControllerDocument.parse(did_document(SCHOOL, keys), controller=SCHOOL)
    method = document.method_for(URL, relationship="assertionMethod")
    assert (method.revoked, method.expires) == (NOW, NOW)
    for wrong in ([], [keys[0], keys[0]]):
        with pytest.raises(ValueError, match="each name once"):
            did_document(SCHOOL, wrong)


@pytest.mark.parametrize("form", ["Multikey", "JsonWebKey"])
def test_a_key_is_published_in_the_form_that_its_readers_look_for(form: Literal["Multikey", "JsonWebKey"]) -> None:
    keys = [DidKey(fragment="key-1", public_key=SCHOOL_SIGNER.public_key, expires=NOW, form=form)]
    document = did_document(SCHOOL, keys)
    found = ControllerDocument.parse(document, controller=SCHOOL).method_for(URL, relationship="assertionMethod")
    assert (found.public_key, found.expires) == (SCHOOL_SIGNER.public_key, NOW)
    assert document["assertionMethod"] == [f"{SCHOOL}#key-1"]
    alone = dict(key_document(SCHOOL, keys[0]))
    assert alone.pop("@context") == key.FORMATS[form][1]
    assert [alone] == document["verificationMethod"]
    both = [*keys, DidKey(fragment="key-2", public_key=SCHOOL_SIGNER.public_key)]
    assert len(plain(did_document(SCHOOL, both))["@context"]) == (2 if form == "Multikey" else 3)


def test_what_lies_elsewhere_is_named_in_the_document() -> None:
    keys = [DidKey(fragment="key-1", public_key=SCHOOL_SIGNER.public_key)]
    place = DidService(fragment="closed", type="ClosingSnapshot", endpoint="https://school.example/closed")
    document = did_document(SCHOOL, keys, services=[place])
    entry = {"id": f"{SCHOOL}#closed", "type": "ClosingSnapshot", "serviceEndpoint": "https://school.example/closed"}
    assert document["service"] == [entry]
    assert "service" not in did_document(SCHOOL, keys)
    ControllerDocument.parse(document, controller=SCHOOL).method_for(URL, relationship="assertionMethod")


def test_an_issuers_other_names_stand_in_its_document() -> None:
    keys = [DidKey(fragment="key-1", public_key=SCHOOL_SIGNER.public_key)]
    other = f"did:key:{SCHOOL_SIGNER.public_key.multikey}"
    document = did_document(SCHOOL, keys, also_known_as=[other])
    assert document["alsoKnownAs"] == [other]
    ControllerDocument.parse(document, controller=SCHOOL).method_for(URL, relationship="assertionMethod")
    assert "alsoKnownAs" not in did_document(SCHOOL, keys)


def test_an_answer_that_was_not_200_is_no_evidence() -> None:
    item = resource("https://school.example/orgs/river/did.json", b"{}", final=503)
    with pytest.raises(Exception, match="HTTP 503"):
        resolve(SCHOOL, evidence=evidence(item), policy=policy())


@pytest.mark.parametrize(
    ("identifier", "address"),
    [
        ("did:web:school.example:orgs:river", "school.example"),
        ("did:web:localhost%3A8001:a", "localhost:8001"),
        ("https://school.example/issuers/1", "school.example"),
        ("https://school.example:8443?a", "school.example:8443"),
        ("https://harvard.example@evil.example/a", "evil.example"),
        ("https://evil.example\\@harvard.example/a", "evil.example"),
        ("did:key:z6Mk", ""),
        ("http://school.example", ""),
    ],
)
def test_the_address_that_an_identifier_names(identifier: str, address: str) -> None:
    assert web.address_of(identifier) == address
