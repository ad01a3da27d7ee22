"""Reading a compact JWS: one spelling, a plain header, and a form that says what is inside."""

import pytest

from tests.unit.vc.jose.tokens import ED25519, KEY, V1, badge, claimed, old, part, plain, shown, token, typed
from vc.document import PRESENTATION_LIMITS
from vc.jose import JwtForm, parse_compact
from vc.jose.compact import MAX_CHARACTERS
from vc.problems import (
    BudgetExceeded,
    CryptographicSecurityError,
    KindError,
    MalformedValueError,
    ParsingError,
    ProblemError,
    UnsecuredError,
    Unsupported,
)

HONEST = token(typed(), badge())
HEAD, BODY, SIGNATURE = HONEST.split(".")
ASSERTION = {"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "https://school.example/1"}


def test_a_token_is_read_as_it_is_written():
    jws = parse_compact(HONEST)
    assert jws.form is JwtForm.VC_JWT
    assert (jws.algorithm, jws.key_id, jws.embedded_key) == ("EdDSA", KEY, None)
    assert jws.payload == badge()
    assert jws.header == typed()
    assert jws.signing_input == f"{HEAD}.{BODY}".encode()
    assert len(jws.signature) == 64
    assert jws.text == HONEST
    assert parse_compact(HONEST.encode()) == jws


@pytest.mark.parametrize(
    ("header", "payload", "form"),
    [
        (plain(), claimed(), JwtForm.OPEN_BADGES),
        (plain(typ=None), claimed(), JwtForm.OPEN_BADGES),
        (plain(typ="jwt"), claimed(badge(type=["VerifiableCredential", "ClrCredential"])), JwtForm.OPEN_BADGES),
        (plain(), {"vc": old()}, JwtForm.VCDM_1_CREDENTIAL),
        (plain(typ=None), {"vc": old()}, JwtForm.VCDM_1_CREDENTIAL),
        (plain(), {"vp": shown(V1)}, JwtForm.VCDM_1_PRESENTATION),
        (typed(), badge(), JwtForm.VC_JWT),
        (typed(typ="application/VC+JWT", cty="vc"), badge(type="VerifiableCredential"), JwtForm.VC_JWT),
        (typed(typ="vp+jwt", cty="vp"), shown(), JwtForm.VP_JWT),
        (typed(jku_note="a header that nobody knows"), badge(), JwtForm.VC_JWT),
        ({"alg": "RS256", "typ": "JWT"}, ASSERTION, JwtForm.OPEN_BADGES_2),
    ],
)
def test_a_token_says_what_it_is(header, payload, form):
    assert parse_compact(token(header, payload)).form is form


@pytest.mark.parametrize(
    ("header", "payload", "pointer"),
    [
        (plain(), badge(type=["VerifiableCredential"]), "/typ"),
        (plain(), shown(), "/typ"),
        (plain(typ=None), {"vp": shown(V1)}, "/typ"),
        (plain(), {"iss": "me", "sub": "you"}, "/type"),
        (plain(), {"type": "Assertion"}, "/type"),
        (plain(), {"vc": old(), "vp": shown(V1)}, "/vc"),
        (plain(), claimed(vc=old()), "/vc"),
        (plain(), {"vp": shown(V1), "verifiableCredential": []}, "/vp"),
        (typed(), badge(vc="oops"), "/vc"),
        (typed(typ="vp+jwt"), shown(vp="oops"), "/vp"),
        (typed(), shown(), "/type"),
        (typed(typ="vp+jwt"), badge(), "/type"),
        (typed(cty="vp"), badge(), "/cty"),
        (typed(typ="vp+jwt", cty="vc"), shown(), "/cty"),
        (typed(typ="at+jwt"), badge(), "/typ"),
        (typed(typ=""), claimed(), "/typ"),
    ],
)
def test_a_token_that_does_not_say_what_it_is_is_refused(header, payload, pointer):
    with pytest.raises(KindError) as found:
        parse_compact(token(header, payload))
    assert found.value.pointer == pointer


@pytest.mark.parametrize(
    ("header", "problem", "pointer"),
    [
        ({"kid": KEY}, MalformedValueError, "/alg"),
        (typed(alg=1), MalformedValueError, "/alg"),
        (typed(alg="None"), UnsecuredError, "/alg"),
        (typed(alg=""), UnsecuredError, "/alg"),
        (typed(alg="PS256"), Unsupported, "/alg"),
        (typed(alg="ES256K"), Unsupported, "/alg"),
        (typed(alg="es256"), Unsupported, "/alg"),
        (typed(alg="HS256"), CryptographicSecurityError, "/alg"),
        (typed(typ=1), MalformedValueError, "/typ"),
        (typed(kid=""), MalformedValueError, "/kid"),
        (typed(kid=7), MalformedValueError, "/kid"),
        (typed(kid="k" * 2_049), MalformedValueError, "/kid"),
        (typed(kid=None, jwk="key"), MalformedValueError, "/jwk"),
        (typed(kid=None, jwk={"kty": "EC"}), Unsupported, "/jwk"),
        (typed(jwk={"kty": "oct", "k": "AAAA"}, kid=None), CryptographicSecurityError, "/jwk"),
        (typed(jwk=dict(ED25519.public_key.jwk)), MalformedValueError, "/jwk"),
        (typed(zip="DEF"), Unsupported, "/zip"),
        (typed(x5c=["MIIB"]), Unsupported, "/x5c"),
    ],
)
def test_a_header_that_asks_for_something_special_is_refused(header, problem, pointer):
    with pytest.raises(problem) as found:
        parse_compact(token(header, badge()))
    assert type(found.value) is problem
    assert found.value.pointer == pointer


@pytest.mark.parametrize("name", ["cty", "x-note"])
def test_an_open_badges_header_holds_what_its_profile_lists_and_nothing_else(name):
    with pytest.raises(MalformedValueError) as found:
        parse_compact(token(plain(**{name: "vc"}), claimed()))
    assert found.value.pointer == "/" + name


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEAD,
        f"{HEAD}.{BODY}",
        f"{HONEST}.{SIGNATURE}",
        f"{HEAD}.{BODY}.{SIGNATURE}=",
        f"{HEAD}.{BODY}.{SIGNATURE}\n",
        f" {HONEST}",
        f"{HEAD}.{BODY}.{SIGNATURE}é",
        f"{part(b'[]')}.{BODY}.{SIGNATURE}",
        f"{part(b'null')}.{BODY}.{SIGNATURE}",
        f"{HEAD}.{part(b'[]')}.{SIGNATURE}",
        f"{HEAD}.{part(b'{')}.{SIGNATURE}",
        f"{HEAD}..{SIGNATURE}",
        f".{BODY}.{SIGNATURE}",
        f"{HEAD}.{BODY}.{'A' * 1_369}",
    ],
)
def test_what_is_not_three_parts_of_base64url_and_json_is_refused(text):
    for value in (text, text.encode()):
        with pytest.raises(ParsingError):
            parse_compact(value)


def test_a_token_without_a_signature_says_nothing():
    with pytest.raises(UnsecuredError):
        parse_compact(f"{HEAD}.{BODY}.")


def test_a_signature_is_as_long_as_that_of_the_largest_key_at_most():
    assert len(parse_compact(f"{HEAD}.{BODY}.{part(bytes(1_024))}").signature) == 1_024
    with pytest.raises(ParsingError, match="more than any key makes"):
        parse_compact(f"{HEAD}.{BODY}.{part(bytes(1_025))}")


def test_a_token_beyond_every_limit_is_not_looked_at():
    with pytest.raises(BudgetExceeded):
        parse_compact("a" * (MAX_CHARACTERS + 1))
    with pytest.raises(ParsingError):
        parse_compact("a" * MAX_CHARACTERS)
    assert len(part(bytes(PRESENTATION_LIMITS.max_bytes))) < MAX_CHARACTERS
    with pytest.raises(BudgetExceeded):
        parse_compact(token(typed(note=["x"] * 17), badge()))
    with pytest.raises(BudgetExceeded):
        parse_compact(f"{HEAD}.{part(b' ' * (PRESENTATION_LIMITS.max_bytes + 1))}.{SIGNATURE}")


def test_the_newer_name_of_an_algorithm_means_the_same():
    assert parse_compact(token(typed(alg="Ed25519"), badge())).algorithm == "EdDSA"


def test_a_name_of_a_key_may_hold_a_whole_did_jwk():
    assert parse_compact(token(typed(kid="k" * 2_048), badge())).key_id == "k" * 2_048


def test_a_key_in_the_header_is_read_as_one():
    key = ED25519.public_key
    jws = parse_compact(token(typed(kid=None, jwk=dict(key.jwk)), badge()))
    assert jws.embedded_key == key
    assert jws.key_id is None


@pytest.mark.parametrize("data", [b"", b".", b"..", b"\xff.\xff.\xff", b"e30.e30.e30", b"eyJhbGciOm51bGx9.e30.e30"])
def test_junk_raises_a_problem_and_nothing_else(data):
    with pytest.raises(ProblemError):
        parse_compact(data)
