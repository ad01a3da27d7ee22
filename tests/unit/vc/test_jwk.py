"""JWKs, in and out, and their thumbprints."""

from typing import Any

import pytest

from tests.unit.vc.test_keys import SIGNERS
from vc import ProblemError, PublicKey, parse_jwk
from vc.keys import KeyKind, rsa
from vc.multibase import base64url_decode, base64url_encode
from vc.problems import CryptographicSecurityError, MalformedValueError, Unsupported

ED = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}  # RFC 8037 A.2
P256 = {  # RFC 7515 A.3.1
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
RSA = {  # RFC 7638 3.1
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj"
    "hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n"
    "91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    "e": "AQAB",
    "alg": "RS256",
    "kid": "2011-04-29",
}


@pytest.mark.parametrize("kind", KeyKind)
def test_every_kind_is_written_and_read_as_a_jwk(kind: KeyKind) -> None:
    key = SIGNERS[kind].public_key
    assert parse_jwk(key.jwk) == key
    assert list(key.jwk) == sorted(key.jwk)
    assert not {"d", "p", "q"} & key.jwk.keys()


def test_published_keys_and_thumbprints() -> None:
    assert parse_jwk(ED).thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"  # RFC 8037 A.3
    assert parse_jwk(RSA).thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"  # RFC 7638 3.1
    assert parse_jwk(P256).jwk == P256


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_a_secret_jwk_is_refused(member: str) -> None:
    for jwk in (ED, P256, RSA):
        with pytest.raises(CryptographicSecurityError, match="secret"):
            parse_jwk({**jwk, member: "AA"})


@pytest.mark.parametrize(
    ("jwk", "error"),
    [
        ("x", MalformedValueError),
        ({"kty": "oct", "k": "AA"}, CryptographicSecurityError),
        ({"kty": "oct"}, CryptographicSecurityError),
        ({}, Unsupported),
        ({"kty": ["EC"]}, Unsupported),
        ({**P256, "crv": ["P-256"]}, Unsupported),
        ({**P256, "crv": "secp256k1"}, Unsupported),
        ({**P256, "crv": "P-521"}, MalformedValueError),
        ({**ED, "crv": "X25519"}, Unsupported),
        ({**ED, "crv": "Ed448"}, Unsupported),
        ({**ED, "kty": "EC"}, Unsupported),
        ({**RSA, "crv": "P-256"}, Unsupported),
        ({**RSA, "x": "AA"}, MalformedValueError),
        ({**ED, "y": "AA"}, MalformedValueError),
        ({"kty": "OKP", "crv": "Ed25519"}, MalformedValueError),
        ({**ED, "x": 5}, MalformedValueError),
        ({**ED, "x": ED["x"] + "="}, MalformedValueError),
        ({**ED, "x": ED["x"][:-1] + "p"}, MalformedValueError),
        ({**ED, "x": ED["x"].replace("_", "/")}, MalformedValueError),
        ({**ED, "x": base64url_encode(bytes(31))}, MalformedValueError),
        ({**ED, "x": base64url_encode(bytes(32))}, CryptographicSecurityError),
        ({**P256, "x": P256["y"]}, CryptographicSecurityError),
        ({**P256, "x": base64url_encode(b"\0" + base64url_decode(P256["x"]))}, MalformedValueError),
        ({**P256, "crv": "P-384"}, MalformedValueError),
        ({**RSA, "e": "AAEAAQ"}, MalformedValueError),
        ({**RSA, "n": ""}, MalformedValueError),
        ({**RSA, "n": "A" * 3000}, MalformedValueError),
        ({**RSA, "e": "Aw"}, CryptographicSecurityError),
        ({**ED, "use": "enc"}, CryptographicSecurityError),
        ({**ED, "key_ops": ["sign"]}, CryptographicSecurityError),
        ({**ED, "key_ops": "verify"}, CryptographicSecurityError),
        ({**ED, "alg": "ES256"}, Unsupported),
        ({**RSA, "alg": "RS512"}, Unsupported),
        ({**P256, "alg": ["ES256"]}, Unsupported),
    ],
)
def test_a_jwk_that_is_not_a_key_of_ours(jwk: Any, error: type[ProblemError]) -> None:
    with pytest.raises(error):
        parse_jwk(jwk)


def test_what_else_a_jwk_says_is_ignored() -> None:
    more = {"use": "sig", "key_ops": ["verify"], "alg": "EdDSA", "kid": "1", "ext": True}
    assert parse_jwk({**ED, **more}) == parse_jwk({**ED, "alg": "Ed25519"}) == parse_jwk(ED)


def test_a_point_is_the_same_from_jwk_and_multikey() -> None:
    key = parse_jwk(P256)
    assert key == PublicKey(kind=KeyKind.P256, raw=key.raw)
    assert key.raw[1:] == base64url_decode(P256["x"])


def test_the_longest_rsa_jwk_still_fits_and_a_longer_one_does_not() -> None:
    key = PublicKey(kind=KeyKind.RSA, raw=rsa.encode((1 << 8191) + 1, 65_537))
    assert parse_jwk(key.jwk) == key
    longer = base64url_encode(b"\1" + base64url_decode(str(key.jwk["n"])))
    with pytest.raises(MalformedValueError, match="too long"):
        parse_jwk({**key.jwk, "n": longer})


def test_what_is_said_of_a_jwk_names_its_kind() -> None:
    with pytest.raises(Unsupported, match="kind 'EC' with the curve 'P-1'"):
        parse_jwk({"kty": "EC", "crv": "P-1"})
    with pytest.raises(MalformedValueError, match="of the kind OKP is made of exactly these members: crv, x"):
        parse_jwk({**ED, "y": "AA"})
