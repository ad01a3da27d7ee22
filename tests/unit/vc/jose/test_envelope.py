"""Envelopes: a token in a data: URL, and nothing beside it."""

import pytest

from tests.unit.vc.jose.tokens import V1, V2, badge, claimed, old, plain, shown, token, typed
from vc.jose import JwtForm, envelope_type, enveloped, in_envelope
from vc.problems import KindError, MalformedValueError, ParsingError, Unsupported

CREDENTIAL = token(typed(), badge())
PRESENTATION = token(typed(typ="vp+jwt"), shown())


def wrapped(text=f"data:application/vc+jwt,{CREDENTIAL}", **changes):
    document = {"@context": V2, "type": "EnvelopedVerifiableCredential", "id": text, **changes}
    return {name: value for name, value in document.items() if value is not None}


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (wrapped(), JwtForm.VC_JWT),
        (wrapped(**{"@context": [V2, "https://example.org/more"]}), JwtForm.VC_JWT),
        (wrapped(type=["EnvelopedVerifiableCredential"]), JwtForm.VC_JWT),
        (wrapped(f"data:application/jwt,{token(plain(), {'vc': old()})}"), JwtForm.VCDM_1_CREDENTIAL),
        (wrapped(f"data:application/jwt,{token(plain(), claimed())}"), JwtForm.OPEN_BADGES),
        (
            wrapped(f"data:application/vp+jwt,{PRESENTATION}", type="EnvelopedVerifiablePresentation"),
            JwtForm.VP_JWT,
        ),
        (
            wrapped(
                f"data:application/jwt,{token(plain(), {'vp': shown(V1)})}", type=["EnvelopedVerifiablePresentation"]
            ),
            JwtForm.VCDM_1_PRESENTATION,
        ),
    ],
    ids=str,
)
def test_an_envelope_holds_a_token(value, form):
    assert enveloped(value).form is form


@pytest.mark.parametrize("value", [badge(), {}, {"type": 7}, [], "EnvelopedVerifiableCredential", None], ids=str)
def test_what_is_no_envelope_is_left_alone(value):
    assert enveloped(value) is None
    assert envelope_type(value) is None


@pytest.mark.parametrize(
    ("value", "problem", "pointer"),
    [
        (wrapped(name="PhD"), MalformedValueError, "/name"),
        (wrapped(proof={}), MalformedValueError, "/proof"),
        (wrapped(type=["EnvelopedVerifiableCredential", "VerifiableCredential"]), KindError, "/type"),
        (wrapped(type=["EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"]), KindError, "/type"),
        (wrapped(**{"@context": None}), MalformedValueError, "/@context"),
        (wrapped(**{"@context": []}), MalformedValueError, "/@context"),
        (wrapped(**{"@context": ["https://www.w3.org/ns/credentials/examples/v2"]}), MalformedValueError, "/@context"),
        (wrapped(**{"@context": [V2, {"name": "https://example.org/#n"}]}), MalformedValueError, "/@context"),
        (wrapped(id=None), MalformedValueError, "/id"),
        (wrapped(7), MalformedValueError, "/id"),
        (wrapped(CREDENTIAL), MalformedValueError, "/id"),
        (wrapped(f"DATA:application/vc+jwt,{CREDENTIAL}"), MalformedValueError, "/id"),
        (wrapped("data:application/vc+jwt,"), MalformedValueError, "/id"),
        (wrapped(f"data:application/vc+jwt;{CREDENTIAL}"), MalformedValueError, "/id"),
        (wrapped(f"data:application/vc+jwt;base64,{CREDENTIAL}"), Unsupported, "/id"),
        (wrapped(f"data:application/vc+sd-jwt,{CREDENTIAL}~"), Unsupported, "/id"),
        (wrapped(f"data:application/vp+jwt,{CREDENTIAL}"), KindError, "/id"),
        (wrapped(f"data:application/jwt,{CREDENTIAL}"), KindError, "/id"),
        (wrapped(f"data:application/vp+jwt,{PRESENTATION}"), KindError, "/id"),
        (wrapped(type="EnvelopedVerifiablePresentation"), KindError, "/id"),
        (wrapped(f"data:application/vc+jwt, {CREDENTIAL}"), ParsingError, None),
        (wrapped(f"data:application/vc+jwt,{CREDENTIAL}%0A"), ParsingError, None),
    ],
    ids=lambda value: None,
)
def test_an_envelope_that_says_more_or_holds_something_else_is_refused(value, problem, pointer):
    with pytest.raises(problem) as found:
        enveloped(value)
    assert type(found.value) is problem
    assert found.value.pointer == pointer


@pytest.mark.parametrize(
    ("text", "media_type", "kind"),
    [
        (CREDENTIAL, "application/vc+jwt", "EnvelopedVerifiableCredential"),
        (PRESENTATION, "application/vp+jwt", "EnvelopedVerifiablePresentation"),
        (token(plain(), {"vc": old()}), "application/jwt", "EnvelopedVerifiableCredential"),
    ],
    ids=["vc+jwt", "vp+jwt", "jwt"],
)
def test_an_envelope_that_we_make_is_one_that_we_read(text, media_type, kind):
    made = in_envelope(text)
    assert made == {"@context": V2, "id": f"data:{media_type},{text}", "type": kind}
    assert enveloped(made).text == text
