"""The bridge for the VC-JOSE-COSE suite answers as the suite expects, without the suite."""

import json

import pytest

from tests.conformance.jose_bridge import answer
from tests.unit.vc.jose.tokens import ED25519, V2, badge, part, shown, token, typed
from vc.keys import P521Signer

SEED = bytes([1]) * 32
KEY = {
    "id": "https://school.example#key-1",
    "publicKeyJwk": {**ED25519.public_key.jwk, "kid": "k"},
    "secretKeyJwk": {**ED25519.public_key.jwk, "kid": "k", "d": part(SEED)},
}
CHILD = {"@context": V2, "type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,not.a.token"}


def ask(operation, value, feature="credential_jose", key=KEY):
    text = value if isinstance(value, str) else json.dumps(value)
    request = {"input": text, "inputName": "x", "key": key, "feature": feature}
    return answer(operation, {**request, "verificationTime": "2027-03-03T10:03:00Z"})


@pytest.mark.parametrize(
    ("feature", "document"),
    [("credential_jose", badge()), ("presentation_jose", shown(verifiableCredential=[CHILD]))],
)
def test_what_it_issues_it_verifies(feature, document):
    made = ask("issue", document, feature)
    assert made["result"] == "success"
    read = ask("verify", made["data"] + "\n", feature)
    assert (read["result"], json.loads(read["data"])) == ("success", document)
    assert (
        ask("verify", made["data"], "presentation_jose" if "cred" in feature else "credential_jose")["result"]
        == "failure"
    )


def test_a_key_on_the_largest_curve_signs_too():
    signer = P521Signer(bytes(65) + b"\1", "k")
    jwk = {**signer.public_key.jwk, "kid": "k"}
    key = {"publicKeyJwk": jwk, "secretKeyJwk": {**jwk, "d": part(signer.seed)}}
    made = ask("issue", badge(), key=key)
    assert ask("verify", made["data"], key=key)["result"] == "success"
    assert ask("verify", made["data"])["result"] == "failure"


@pytest.mark.parametrize(
    ("operation", "value", "feature"),
    [
        ("issue", badge(badExtension={}), "credential_jose"),
        ("issue", shown(verifiableCredential=[badge()]), "presentation_jose"),
        ("issue", shown(verifiableCredential=[{**CHILD, "id": 7}]), "presentation_jose"),
        ("verify", badge(), "credential_jose"),
        ("verify", token(typed(kid="k"), badge(vc="oops")), "credential_jose"),
        ("verify", token(typed(typ="bad+typ"), badge()), "credential_jose"),
        ("verify", token(typed(), badge(iss="x")), "credential_jose"),
        ("verify", token(typed(), badge(exp=1)), "credential_jose"),
        ("verify", token(typed(typ="vp+jwt"), shown(verifiableCredential=["x"])), "presentation_jose"),
    ],
)
def test_what_the_suite_wants_refused_is_a_failure(operation, value, feature):
    assert ask(operation, value, feature)["result"] == "failure"


def test_a_textual_iat_is_passed_over_here_and_only_here():
    assert ask("verify", token(typed(), badge(iat="2010-01-01T19:23:24Z")))["result"] == "success"


@pytest.mark.parametrize("feature", ["credential_sdjwt", "presentation_cose", "x"])
def test_what_is_not_implemented_is_indeterminate(feature):
    assert ask("verify", badge(), feature)["result"] == "indeterminate"
