"""The keys of tokens, wherever they are named or lie: every kind, every identifier, and the lies about both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.attacks.test_identities import FOREIGN, ISSUER, KEY, entry, lists
from tests.attacks.world import judge, resource, types, unsigned
from tests.unit.vc.test_keys import SIGNERS
from vc import Resource, Signer, Verdict
from vc.did import jwk_did, key_did
from vc.jose import JwtForm, sign_credential
from vc.keys import KeyKind, PublicKey

FORMS = [JwtForm.OPEN_BADGES, JwtForm.VC_JWT]


@dataclass
class Renamed:
    """The signer of a kind, under another name."""

    signer: Signer
    verification_method: str

    @property
    def public_key(self) -> PublicKey:
        return self.signer.public_key

    def sign(self, message: bytes) -> bytes:
        return self.signer.sign(message)


def token(issuer: str, name: str, kind: KeyKind, form: JwtForm, *, embed_key: bool = False) -> bytes:
    document: dict[str, Any] = {key: value for key, value in unsigned().items() if key != "credentialStatus"}
    document["issuer"] = {**document["issuer"], "id": issuer}
    return sign_credential(
        document, signer=Renamed(SIGNERS[kind], name), form=form, embed_key=embed_key, issued=None
    ).encode()


def jwk_at(url: str, kind: KeyKind) -> Resource:
    return resource(url, SIGNERS[kind].public_key.jwk)


each_form = pytest.mark.parametrize("form", FORMS)
each_kind = pytest.mark.parametrize("kind", KeyKind)


@each_form
@each_kind
@pytest.mark.parametrize("embed_key", [False, True])
def test_identifiers_that_are_their_keys(kind: KeyKind, form: JwtForm, embed_key: bool) -> None:
    key = SIGNERS[kind].public_key
    for did, name in ((jwk_did(key), "#0"), (key_did(key), f"#{key.multikey}")):
        report = judge(token(did, did + name, kind, form, embed_key=embed_key))
        assert report.verdict is Verdict.GENUINE_AND_CURRENT, report.problems
        assert report.check("issuer-key").facts["methods"] == [did + name]


@each_form
@each_kind
def test_an_https_issuer_with_keys_of_every_kind(kind: KeyKind, form: JwtForm) -> None:
    listed = lists(ISSUER, entry(ISSUER + "#key-1", ISSUER, SIGNERS[kind]))
    for name in (ISSUER + "#key-1", KEY):
        report = judge(token(ISSUER, name, kind, form), listed, jwk_at(KEY, kind))
        assert report.verdict is Verdict.GENUINE_AND_CURRENT, report.problems
    report = judge(token(ISSUER, ISSUER + "#key-1", kind, form, embed_key=True), listed)
    assert report.verdict is Verdict.GENUINE_AND_CURRENT, report.problems


@each_form
@pytest.mark.parametrize("embed_key", [False, True])
def test_F2_a_key_that_the_issuer_does_not_list(form: JwtForm, embed_key: bool) -> None:
    others = lists(ISSUER, entry(ISSUER + "#key-1", ISSUER, SIGNERS[KeyKind.P384]))
    forged = token(ISSUER, KEY, KeyKind.P256, form, embed_key=embed_key)
    report = judge(forged, others, jwk_at(KEY, KeyKind.P256))
    assert report.verdict is Verdict.NOT_GENUINE
    assert "INVALID_VERIFICATION_METHOD" in types(report)
    for nothing in (resource(ISSUER, b"<html>"), resource(ISSUER, {"id": ISSUER, "type": ["Profile"]})):
        unbound = judge(forged, nothing, jwk_at(KEY, KeyKind.P256))
        assert unbound.verdict is Verdict.COULD_NOT_BE_CHECKED


@each_form
def test_F1_a_key_that_says_that_it_is_somebody_elses(form: JwtForm) -> None:
    foreign = resource(KEY, entry(KEY, FOREIGN, SIGNERS[KeyKind.P256]))
    theirs = lists(FOREIGN, entry(KEY, FOREIGN, SIGNERS[KeyKind.P256]))
    report = judge(token(ISSUER, KEY, KeyKind.P256, form), foreign, theirs)
    assert report.verdict is Verdict.NOT_GENUINE
    assert "issuer-mismatch" in types(report)


@each_form
def test_F16_a_secret_at_the_address_of_a_key(form: JwtForm) -> None:
    secret = resource(KEY, {**SIGNERS[KeyKind.P256].public_key.jwk, "d": "AA"})
    listed = lists(ISSUER, entry(ISSUER + "#key-1", ISSUER, SIGNERS[KeyKind.P256]))
    report = judge(token(ISSUER, KEY, KeyKind.P256, form), secret, listed)
    assert report.verdict is Verdict.NOT_GENUINE
    assert "CRYPTOGRAPHIC_SECURITY_ERROR" in types(report)
