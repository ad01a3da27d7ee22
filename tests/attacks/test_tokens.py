"""Attacks on tokens (JOSE), by the ids of the catalogue. Each token is refused, and by the guard that is named.

A row's second part is what a careless reader would have instead of our guard: with it, the attack gets through. So
every token here is wrong in one way only; most are honestly signed with the school's own key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from joserfc.jws import JWSRegistry

from tests.unit.vc.jose.tokens import (
    ED25519,
    KEY,
    LEARNER,
    P256,
    SCHOOL,
    V2,
    badge,
    claimed,
    old,
    part,
    plain,
    rsa_signer,
    shown,
    token,
    typed,
)
from vc.did import parse_key_url
from vc.document import Document
from vc.jose import JwtForm, enveloped, key_name, opened, parse_compact, verify_jws
from vc.jose import verifying as verifying_module
from vc.keys import Ed25519Signer, PublicKey, small_order_encodings
from vc.problems import InvalidVerificationMethodUrlError, ProblemError, Unsupported

ATTACKER = Ed25519Signer(bytes([9]) * 32, KEY)
HONEST = token(typed(), badge())
HEAD, BODY, SIGNATURE = HONEST.split(".")
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
Guard = tuple[str, Any]


def accepted(text: Any, key: PublicKey) -> bool:
    """Whether a reader who has the school's key takes the token for the school's."""
    try:
        jws = parse_compact(text)
        opened(jws)
        verifying_module.verify_jws(jws, public_key=key)
    except ProblemError:
        return False
    return True


def loose(text: str) -> bytes:
    """Base64url as most libraries read it: foreign characters are skipped, padding and left-over bits ignored."""
    kept = "".join(character for character in text if character.isalnum() or character in "-_")
    kept = kept[: len(kept) - (len(kept) % 4 == 1)]
    return base64.urlsafe_b64decode(kept + "=" * (-len(kept) % 4))


def trusting(jws: Any, *, public_key: PublicKey) -> None:
    """Verification that lets the token choose its algorithm."""
    secrets = {"none": None, "HS256": Secret(public_key)}
    name = jws.algorithm if jws.algorithm in secrets else "none" if jws.algorithm.lower() in {"none", ""} else None
    if name is None:
        return verify_jws(jws, public_key=public_key)
    if not JWSRegistry.algorithms[name].verify(jws.signing_input, jws.signature, secrets[name]):
        raise Unsupported("not even so")
    return None


@dataclass
class Secret:
    """The public key taken for a shared secret."""

    key: PublicKey

    def get_op_key(self, _: str) -> bytes:
        return self.key.raw


def by_name(jws: Any, *, public_key: PublicKey) -> None:
    """ECDSA as a lenient library does it: any length of r and s, or DER."""
    data = jws.signature
    half = len(data) // 2
    der = (
        data
        if data[:1] == b"\x30"
        else encode_dss_signature(*(int.from_bytes(x, "big") for x in (data[:half], data[half:])))
    )
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key.raw)
    point.verify(der, jws.signing_input, ec.ECDSA(hashes.SHA256()))


def any_algorithm(header: Any) -> str:
    return str(header.get("alg", "none"))


def last_wins(data: bytes, *, limits: Any) -> Document:
    return Document(bytes=data, value=json.loads(data))


def whatever(*_: Any, **__: Any) -> None:
    """A guard that is not there."""


unnamed: Guard = ("vc.jose.compact._algorithm", any_algorithm)
unsigned: Guard = ("vc.jose.compact._refuse_nothing", whatever)
chosen: Guard = ("vc.jose.verifying.verify_jws", trusting)
extended: Guard = ("vc.jose.compact._refuse_extensions", whatever)
lax: Guard = ("vc.jose.compact.base64url_decode", loose)
lenient: Guard = ("vc.jose.compact.parse", last_wins)
untyped: Guard = ("vc.jose.compact._form", lambda header, payload: JwtForm.VC_JWT)
unambiguous: Guard = ("vc.jose.compact._DOCUMENT", frozenset())
unchecked: Guard = ("vc.jose.compact._check_header", whatever)
incurious: Guard = ("vc.jose.forms.claim_problems", lambda jws, document: [])
stretchy: Guard = ("vc.jose.verifying.verify_jws", by_name)
first_three: Guard = ("vc.jose.compact._split", lambda text: text.split(".")[:3])


@dataclass(frozen=True)
class Case:
    attack: str
    guards: tuple[Guard, ...]
    text: Any
    key: Callable[[], PublicKey] = field(default=lambda: ED25519.public_key)


def with_alg(name: Any) -> str:
    return f"{part(typed(alg=name))}.{BODY}."


def with_mac(secret: bytes) -> str:
    signed = f"{part(typed(alg='HS256'))}.{BODY}"
    return f"{signed}.{part(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def raw(header: bytes, payload: bytes) -> str:
    signed = f"{part(header)}.{part(payload)}"
    return f"{signed}.{part(ED25519.sign(signed.encode()))}"


def twice(name: str, value: str) -> bytes:
    """The payload with a member given a second time, at its end."""
    return json.dumps(badge()).encode()[:-1] + f', "{name}": {value}}}'.encode()


def es256(change: Callable[[int, int], bytes]) -> str:
    """An ES256 token whose signature is written otherwise."""
    signed = f"{part(typed(alg='ES256'))}.{BODY}"
    data = P256.sign(signed.encode())
    return f"{signed}.{part(change(*(int.from_bytes(half, 'big') for half in (data[:32], data[32:]))))}"


def p256() -> PublicKey:
    return P256.public_key


def rsa() -> PublicKey:
    return rsa_signer().public_key


CASES = [
    *(
        Case(f"D1 the algorithm {name!r}", (unnamed, unsigned, chosen), with_alg(name))
        for name in ("none", "None", "nOnE", "NONE", "", None)
    ),
    Case("D2 a public key as a shared secret", (unnamed, chosen), with_mac(ED25519.public_key.raw)),
    *(
        Case(f"D3 a key of its own by {name}", (extended,), token(typed(**{name: value}), badge()))
        for name, value in (
            ("jku", "https://attacker.example/keys"),
            ("x5u", "https://attacker.example/chain"),
            ("x5c", ["MIIB"]),
            ("x5t", "AAAA"),
            ("x5t#S256", "AAAA"),
        )
    ),
    Case(
        "D3 a key beside a name",
        (unchecked,),
        token(typed(jwk=dict(ED25519.public_key.jwk)), badge()),
    ),
    *(
        Case(f"D5 crit {value!r}", (extended,), token(typed(crit=value, **more), badge()))
        for value, more in (
            ([], {}),
            (["exp"], {}),
            (["http://openbadges.example/x"], {"http://openbadges.example/x": True}),
            (["b64"], {"b64": True}),
        )
    ),
    Case("D5 b64 alone", (extended,), token(typed(b64=False), badge())),
    Case(
        "D6 the algorithm twice",
        (lenient,),
        raw(b'{"alg":"none",' + json.dumps(typed()).encode()[1:], json.dumps(badge()).encode()),
    ),
    Case("D6 a claim twice (N1)", (lenient,), raw(json.dumps(typed()).encode(), twice("issuer", json.dumps(SCHOOL)))),
    Case("N2 NaN", (lenient,), raw(json.dumps(typed()).encode(), twice("score", "NaN"))),
    Case("N4 a number too large", (lenient,), raw(json.dumps(typed()).encode(), twice("score", "1e400"))),
    Case("N5 half a surrogate pair", (lenient,), raw(json.dumps(typed()).encode(), twice("note", '"\\ud800"'))),
    Case("N6 a control character", (lenient,), raw(json.dumps(typed()).encode(), twice("note", '"\\u0000"'))),
    Case("D7 padding", (lax,), f"{HONEST}=="),
    Case("D7 a space", (lax,), f"{HEAD}.{BODY}. {SIGNATURE}"),
    Case("D7 a line end", (lax,), f"{HONEST}\n"),
    Case("D7 a foreign character", (lax,), f"{HEAD}.{BODY}.?{SIGNATURE}"),
    Case("D7 left-over bits", (lax,), f"{HEAD}.{BODY}.{SIGNATURE[:-1]}{chr(ord(SIGNATURE[-1]) + 1)}"),
    Case("D8 a fourth part", (first_three,), f"{HONEST}.{SIGNATURE}"),
    Case("D9 an id token", (untyped,), token(typed(typ="JWT"), {"iss": SCHOOL, "sub": LEARNER})),
    *(
        Case(f"D9 a {kind}", (untyped, unchecked), token(typed(typ=kind), badge()))
        for kind in (
            "at+jwt",
            "kb+jwt",
            "dc+sd-jwt",
            "statuslist+jwt",
            "openid4vci-proof+jwt",
            "oauth-authz-req+jwt",
            "vp+jwt",
        )
    ),
    Case("D9 a JWT that is no badge", (untyped,), token(typed(typ="JWT"), badge(type=["VerifiableCredential"]))),
    Case("D9 vc in a vc+jwt", (untyped,), token(typed(), badge(vc=old()))),
    Case("D9 a badge around a credential", (unambiguous,), token(plain(), claimed(vc=old(name="PhD")))),
    *(
        Case(f"D10 {name} disagrees", (incurious,), token(plain(), claimed(**{name: value})))
        for name, value in (
            ("iss", "did:web:other.example"),
            ("sub", "did:example:other"),
            ("jti", "urn:uuid:0"),
            ("nbf", 1),
        )
    ),
    Case(
        "D10 exp disagrees",
        (incurious,),
        token(plain(), claimed(badge(validUntil="2028-01-01T00:00:00Z"), exp=1_804_068_121)),
    ),
    *(
        Case(f"D10 {name} of the data model 1.1", (incurious,), token(plain(), {"vc": old(), name: value}))
        for name, value in (("iss", "did:web:other.example"), ("sub", "x"), ("jti", "x"), ("nbf", 1))
    ),
    *(
        Case(f"D11 nbf {value!r}", (incurious,), token(plain(), claimed(nbf=value)))
        for value in ("1804068120", 1804068120.5, -1, True)
    ),
    Case("D16 iss begins as the issuer", (incurious,), token(plain(), claimed(iss=SCHOOL + ".evil"))),
    Case("D16 the issuer begins as iss", (incurious,), token(plain(), claimed(iss=SCHOOL[:-1]))),
    Case(
        "C7 r and s with zeros before them",
        (stretchy,),
        es256(lambda r, s: r.to_bytes(40, "big") + s.to_bytes(40, "big")),
        p256,
    ),
    Case("C7 DER instead of r and s", (stretchy,), es256(encode_dss_signature), p256),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_the_token_is_refused(case):
    assert not accepted(case.text, case.key())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.attack)
def test_without_its_guards_the_token_gets_through(case, monkeypatch):
    for name, careless in case.guards:
        monkeypatch.setattr(name, careless)
    assert accepted(case.text, case.key())


def test_the_honest_token_is_accepted_by_the_same_reader():
    assert accepted(HONEST, ED25519.public_key)
    assert accepted(token(plain(), claimed()), ED25519.public_key)
    assert not accepted(HONEST, ATTACKER.public_key)


@pytest.mark.parametrize("key", [ED25519, P256, rsa_signer], ids=["Ed25519", "P-256", "RSA"])
def test_D2_no_text_of_a_public_key_is_a_shared_secret(key):
    key = (key() if callable(key) else key).public_key
    for secret in (key.raw, key.multikey.encode(), json.dumps(dict(key.jwk)).encode(), str(key.jwk.get("x")).encode()):
        assert not accepted(with_mac(secret), key)


def test_D3_a_key_in_the_header_proves_nothing():
    """The attacker's own key, honestly shown: the token verifies with it and not with the school's."""
    text = token(typed(kid=None, jwk=dict(ATTACKER.public_key.jwk)), badge(), ATTACKER)
    jws = parse_compact(text)
    assert jws.embedded_key == ATTACKER.public_key
    assert accepted(text, jws.embedded_key)
    assert not accepted(text, ED25519.public_key)
    with pytest.raises(Unsupported):
        key_name(jws, party=SCHOOL)


@pytest.mark.parametrize("member", ["d", "p", "k"])
def test_D3_a_secret_key_in_the_header_is_refused(member):
    jwk = {**ED25519.public_key.jwk, member: "AAAA"}
    assert not accepted(token(typed(kid=None, jwk=jwk), badge()), ED25519.public_key)


def test_D14_a_key_for_something_else_is_refused():
    for more in ({"use": "enc"}, {"key_ops": ["encrypt"]}, {"alg": "ES256"}):
        jwk = {**ED25519.public_key.jwk, **more}
        assert not accepted(token(typed(kid=None, jwk=jwk), badge()), ED25519.public_key)


@pytest.mark.parametrize(
    "name",
    ["../../dev/null", "' or 1=1--", "key 1", "file:///etc/passwd", "http://school.example/key", "did:web", "#", "##k"],
)
def test_D4_a_name_that_is_no_key_is_none(name):
    jws = parse_compact(token(typed(kid=name), badge()))
    with pytest.raises(InvalidVerificationMethodUrlError):
        parse_key_url(key_name(jws, party=SCHOOL))


def test_D4_a_key_of_somebody_else_stays_theirs():
    jws = parse_compact(token(typed(kid="did:web:other.example#key-1"), badge()))
    assert parse_key_url(key_name(jws, party=SCHOOL)).controller == "did:web:other.example"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"payload": BODY, "signatures": [{"protected": HEAD, "signature": SIGNATURE}]}),
        json.dumps({"payload": BODY, "protected": HEAD, "signature": SIGNATURE}),
        f"{HEAD}.{BODY}",
        f"{HONEST}.{BODY}.{SIGNATURE}",
        f"{HONEST}~",
        f"{HEAD}..{SIGNATURE}",
    ],
)
def test_D8_other_serializations_are_refused(text):
    assert not accepted(text, ED25519.public_key)


@pytest.mark.parametrize("size", [33, 300])
def test_N3_deep_nesting_is_refused(size):
    deep = b'{"a":' * size + b"1" + b"}" * size
    assert not accepted(raw(json.dumps(typed()).encode(), deep), ED25519.public_key)
    assert not accepted(raw(b'{"alg":"EdDSA","typ":"vc+jwt","x":' + deep + b"}", BODY.encode()), ED25519.public_key)


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b"\xff\xfe", b"\x00"])
def test_N7_other_encodings_are_refused(start):
    assert not accepted(raw(json.dumps(typed()).encode(), start + json.dumps(badge()).encode()), ED25519.public_key)


def test_C8_the_other_spelling_of_an_ecdsa_signature_is_the_same_credential():
    """P-256 has no rule against a high s: both verify, and nothing of ours is keyed by the bytes of a signature."""
    assert not accepted(es256(lambda r, s: r.to_bytes(32, "big") + (s ^ 1).to_bytes(32, "big")), p256())
    twins = [es256(lambda r, s: r.to_bytes(32, "big") + s.to_bytes(32, "big"))]
    twins.append(es256(lambda r, s: r.to_bytes(32, "big") + (ORDER - s).to_bytes(32, "big")))
    assert [accepted(text, p256()) for text in twins] == [True, True]
    assert opened(parse_compact(twins[0])) == opened(parse_compact(twins[1]))


@pytest.mark.parametrize("r", [0, 1, ORDER - 1, ORDER, 2**256 - 1])
@pytest.mark.parametrize("s", [0, 1, ORDER - 1, ORDER, 2**256 - 1])
def test_C9_r_and_s_out_of_range_are_refused(r, s):
    assert not accepted(es256(lambda *_: r.to_bytes(32, "big") + s.to_bytes(32, "big")), p256())


def of_small_order() -> str:
    """A token whose signature has R = the neutral point; whoever has the secret key can make one for any content."""
    signed = f"{part(typed())}.{BODY}"
    digest = hashlib.sha512(ED25519.seed).digest()
    secret = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | (1 << 254)
    neutral = (1).to_bytes(32, "little")
    hashed = hashlib.sha512(neutral + ED25519.public_key.raw + signed.encode()).digest()
    s = int.from_bytes(hashed, "little") * secret % (2**252 + 27742317777372353535851937790883648493)
    return f"{signed}.{part(neutral + s.to_bytes(32, 'little'))}"


def test_C4_a_signature_with_a_point_of_small_order_is_refused(monkeypatch):
    assert not accepted(of_small_order(), ED25519.public_key)
    monkeypatch.setattr("vc.jose.verifying._verify_strictly", whatever)
    assert accepted(of_small_order(), ED25519.public_key)


def test_C1_a_key_of_small_order_is_no_key():
    """With such a key, R = the neutral point and S = 0 would be a signature of everything."""
    for point in small_order_encodings():
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": part(point)}
        signed = f"{part(typed(kid=None, jwk=jwk))}.{BODY}"
        with pytest.raises(ProblemError):
            parse_compact(f"{signed}.{part((1).to_bytes(32, 'little') + bytes(32))}")


def test_C11_the_same_document_is_signed_with_the_same_nonce():
    assert token(typed(alg="ES256"), badge(), P256) == token(typed(alg="ES256"), badge(), P256)


def test_D15_a_refusal_never_repeats_the_token():
    long = "x" * 100_000
    for text in (
        token(typed(kid=long[:2_000]), badge(issuer=long, iss=long + "y")),
        token(plain(), claimed(iss=long)),
        token(typed(typ=long[:3_000]), badge()),
        token(typed(alg=long[:3_000]), badge()),
    ):
        with pytest.raises(ProblemError) as found:
            opened(parse_compact(text))
        assert len(found.value.detail) < 600


def envelope_of(text: str, **more: Any) -> dict[str, Any]:
    return {"@context": [V2], "type": "EnvelopedVerifiableCredential", "id": f"data:application/vc+jwt,{text}", **more}


def test_A23_what_stands_outside_an_envelope_is_refused():
    outside = envelope_of(token(typed(), badge(name="Welding")), name="PhD")
    with pytest.raises(ProblemError):
        enveloped(outside)


def test_A23_only_what_is_inside_an_envelope_counts():
    jws = enveloped(envelope_of(token(typed(), badge(name="Welding"))))
    assert opened(jws)["name"] == "Welding"


def test_A23_without_its_guard_the_outside_gets_through(monkeypatch):
    monkeypatch.setattr("vc.jose.envelope._MEMBERS", frozenset({"@context", "type", "id", "name"}))
    assert enveloped(envelope_of(token(typed(), badge()), name="PhD")) is not None


def test_D12_an_envelope_is_opened_once():
    """Each level makes the text a third longer; reading one opens one, and the limit on the whole ends the rest."""
    text = token(typed(), badge())
    for _ in range(20):
        text = token(typed(typ="vp+jwt"), shown(verifiableCredential=[envelope_of(text)]))
    assert parse_compact(text).form is JwtForm.VP_JWT


def test_D10_a_presentation_is_not_somebody_elses():
    text = token(typed(typ="vp+jwt"), shown(iss="did:example:other"))
    assert not accepted(text, ED25519.public_key)
