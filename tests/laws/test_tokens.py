"""Laws of tokens: what we sign verifies and holds what was signed; one character more, less or other, and it does not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.attacks.test_tokens_judged import token as token_of_the_school
from tests.attacks.world import judge
from tests.unit.vc.jose.tokens import ED25519, P256, P384, V1, badge, old, shown, token
from vc import Verdict
from vc.jose import JwtForm, opened, parse_compact, sign_credential, sign_presentation, verify_jws
from vc.problems import ProblemError

SIGNERS = st.sampled_from([ED25519, P256, P384])
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=10,
)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31, 23, 59, 59), timezones=st.just(UTC))  # noqa: DTZ001
FORMS = st.sampled_from([JwtForm.OPEN_BADGES, JwtForm.VC_JWT, JwtForm.VCDM_1_CREDENTIAL])
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."


def stamp(moment):
    return moment.isoformat().replace("+00:00", "Z")


@given(form=FORMS, signer=SIGNERS, name=VALUES, start=MOMENTS, embed_key=st.booleans())
def test_what_is_signed_verifies_and_is_what_was_handed_in(form, signer, name, start, embed_key):
    make = old if form is JwtForm.VCDM_1_CREDENTIAL else badge
    first = "issuanceDate" if form is JwtForm.VCDM_1_CREDENTIAL else "validFrom"
    document = {**make(), "name": name, first: stamp(start)}
    jws = parse_compact(sign_credential(document, signer=signer, form=form, embed_key=embed_key, issued=None))
    assert jws.form is form
    assert opened(jws) == document
    verify_jws(jws, public_key=signer.public_key)


@given(form=st.sampled_from([JwtForm.VP_JWT, JwtForm.VCDM_1_PRESENTATION]), answer=TEXTS, issued=MOMENTS)
def test_a_presentation_verifies_and_is_what_was_handed_in(form, answer, issued):
    issued = min(issued, datetime(9999, 1, 1, tzinfo=UTC))
    text = sign_presentation(
        shown(V1),
        signer=ED25519,
        form=form,
        embed_key=False,
        challenge=answer,
        domain=answer,
        issued=issued,
        expires=issued + timedelta(hours=1),
    )
    jws = parse_compact(text)
    assert opened(jws) == shown(V1)
    assert (jws.payload["nonce"], jws.payload["aud"]) == (answer, answer)


TOKENS = {
    signer.public_key.jose_algorithm: sign_credential(
        badge(), signer=signer, form=JwtForm.OPEN_BADGES, embed_key=False, issued=None
    )
    for signer in (ED25519, P256, P384)
}


@pytest.mark.parametrize("signer", [ED25519, P256, P384], ids=lambda signer: signer.public_key.jose_algorithm)
@given(data=st.data())
def test_a_token_with_any_other_character_is_refused(signer, data):
    text = TOKENS[signer.public_key.jose_algorithm]
    place = data.draw(st.integers(0, len(text) - 1))
    character = data.draw(st.sampled_from(ALPHABET).filter(lambda character: character != text[place]))
    with pytest.raises(ProblemError):
        verify_jws(parse_compact(text[:place] + character + text[place + 1 :]), public_key=signer.public_key)


@given(place=st.integers(0, len(TOKENS["EdDSA"])), what=st.text(max_size=3), cut=st.integers(0, 3))
def test_a_token_with_more_or_less_is_refused(place, what, cut):
    text = TOKENS["EdDSA"]
    changed = text[:place] + what + text[place + cut :]
    if changed != text:
        with pytest.raises(ProblemError):
            verify_jws(parse_compact(changed), public_key=ED25519.public_key)


BADGE = token_of_the_school().encode()
GENUINE = {Verdict.GENUINE_AND_CURRENT, Verdict.GENUINE_BUT, Verdict.WITHDRAWN}


def test_the_badge_that_is_altered_below_is_genuine():
    assert judge(BADGE).verdict is Verdict.GENUINE_AND_CURRENT


@settings(max_examples=60)
@given(place=st.integers(0, len(BADGE) - 1), what=st.binary(max_size=3), cut=st.integers(0, 3))
def test_an_altered_token_is_never_genuine_and_never_an_error(place, what, cut):
    changed = BADGE[:place] + what + BADGE[place + cut :]
    if changed.strip() != BADGE:
        assert judge(changed).verdict not in GENUINE


@settings(max_examples=60)
@given(header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "cty", "jwk"]), VALUES), more=VALUES, name=TEXTS)
def test_whatever_a_stranger_writes_is_never_genuine_and_never_an_error(header, more, name):
    payload = {**badge(), name: more}
    for head in (header, {"alg": "EdDSA", **header}, {"alg": "EdDSA", "typ": "vc+jwt", **header}):
        assert judge(token(head, payload).encode()).verdict not in GENUINE


@given(st.binary(max_size=400) | st.text(max_size=400))
def test_junk_raises_a_problem_and_nothing_else(junk):
    with pytest.raises(ProblemError):
        parse_compact(junk)
