"""Public keys of every kind: read, written, checked, and what they sign."""

from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from vc import (
    Ed25519Signer,
    P256Signer,
    P384Signer,
    P521Signer,
    ProblemError,
    PublicKey,
    RsaSigner,
    Signer,
    parse_multikey,
)
from vc.keys import KeyKind
from vc.keys import rsa as rsa_module
from vc.problems import CryptographicSecurityError, MalformedValueError


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=bits)


def rsa_signer(bits: int = 2048) -> RsaSigner:
    der = rsa_key(bits).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return RsaSigner(der, "did:web:school.example#rsa")


SIGNERS: dict[KeyKind, Signer] = {
    KeyKind.ED25519: Ed25519Signer(b"\1" * 32, "did:web:school.example#ed"),
    KeyKind.P256: P256Signer(b"\1" * 32, "did:web:school.example#p256"),
    KeyKind.P384: P384Signer(b"\1" * 48, "did:web:school.example#p384"),
    KeyKind.P521: P521Signer(b"\1" * 66, "did:web:school.example#p521"),
    KeyKind.RSA: rsa_signer(),
}
LENGTHS = {KeyKind.ED25519: 64, KeyKind.P256: 64, KeyKind.P384: 96, KeyKind.P521: 132, KeyKind.RSA: 256}
NAMES = {
    KeyKind.ED25519: "EdDSA",
    KeyKind.P256: "ES256",
    KeyKind.P384: "ES384",
    KeyKind.P521: "ES512",
    KeyKind.RSA: "RS256",
}
STARTS = {KeyKind.ED25519: "z6Mk", KeyKind.P256: "zDn", KeyKind.P384: "z82", KeyKind.P521: "z2J9", KeyKind.RSA: "z4MX"}


@pytest.mark.parametrize("kind", KeyKind)
def test_every_kind_signs_and_verifies(kind: KeyKind) -> None:
    signer = SIGNERS[kind]
    key = signer.public_key
    signature = signer.sign(b"message")
    assert (key.kind, key.jose_algorithm) == (kind, NAMES[kind])
    assert len(signature) == key.signature_length == LENGTHS[kind]
    assert signer.sign(b"message") == signature
    key.verify(signature, b"message")
    for wrong, message in (
        (signature, b"massage"),
        (signature[:-1] + bytes([signature[-1] ^ 1]), b"message"),
        (signature + b"\0", b"message"),
        (signature[:-1], b"message"),
        (b"", b"message"),
    ):
        with pytest.raises(ProblemError):
            key.verify(wrong, message)


@pytest.mark.parametrize("kind", KeyKind)
def test_every_kind_is_written_and_read_as_a_multikey(kind: KeyKind) -> None:
    key = SIGNERS[kind].public_key
    assert key.multikey.startswith(STARTS[kind])
    assert parse_multikey(key.multikey) == key
    with pytest.raises(ProblemError):
        PublicKey(kind=kind, raw=key.raw + b"\0")
    with pytest.raises(ProblemError):
        PublicKey(kind=kind, raw=b"")


def test_a_secret_or_an_unknown_multikey_is_refused() -> None:
    with pytest.raises(CryptographicSecurityError, match="secret"):
        parse_multikey("z3u2en7t5LR2WtQH5PfFqMqwVHgeXouLzo6haApm8XHqvjxq")
    with pytest.raises(ProblemError, match="not supported"):
        parse_multikey("zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme")


def test_the_largest_rsa_multikey_still_fits() -> None:
    key = PublicKey(kind=KeyKind.RSA, raw=rsa_module.encode((1 << 8191) + 1, 65_537))
    assert len(key.multikey) < 1_536
    assert parse_multikey(key.multikey) == key


@pytest.mark.parametrize(
    ("modulus", "exponent"),
    [
        ((1 << 2046) + 1, 65_537),
        ((1 << 8192) + 1, 65_537),
        ((1 << 2047) + 2, 65_537),
        ((1 << 2047) + 1, 3),
        ((1 << 2047) + 1, 65_538),
        ((1 << 2047) + 1, (1 << 64) + 1),
    ],
    ids=["short", "long", "even", "small exponent", "even exponent", "large exponent"],
)
def test_rsa_keys_that_must_not_be_used(modulus: int, exponent: int) -> None:
    with pytest.raises(CryptographicSecurityError):
        rsa_module.encode(modulus, exponent)


def test_a_short_rsa_key_is_refused_when_it_is_read() -> None:
    short = rsa_key(1024).public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    with pytest.raises(CryptographicSecurityError, match="2048"):
        PublicKey(kind=KeyKind.RSA, raw=short)


def test_rsa_keys_have_one_spelling() -> None:
    public = rsa_key(2048).public_key()
    other = ec.derive_private_key(1, ec.SECP256R1()).public_key()
    for raw in (
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        b"",
        b"\x30\x06\x02\x01\x05\x02\x01",
        SIGNERS[KeyKind.RSA].public_key.raw + b"\0",
    ):
        with pytest.raises(MalformedValueError):
            PublicKey(kind=KeyKind.RSA, raw=raw)


def test_a_signer_of_another_kind_is_refused() -> None:
    der = ec.derive_private_key(1, ec.SECP256R1()).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(ValueError, match="RSA"):
        RsaSigner(der, "")
    for seed in (bytes(48), b"\xff" * 48, b"\1" * 32):
        with pytest.raises(ValueError, match="P-384 seed"):
            _ = P384Signer(seed, "").public_key


@pytest.mark.parametrize("exponent", [65_537, 65_541, (1 << 64) - 1])
def test_rsa_exponents_within_the_bounds_are_used(exponent: int) -> None:
    for modulus in ((1 << 2047) + 1, (1 << 2047) + 3):
        raw = rsa_module.encode(modulus, exponent)
        assert rsa_module.load(raw).public_numbers().e == exponent


@pytest.mark.parametrize("more", [2, 4, 6])
def test_an_even_rsa_modulus_or_exponent_is_refused(more: int) -> None:
    for modulus, exponent in (((1 << 2047) + more, 65_537), ((1 << 2047) + 1, 65_536 + more)):
        with pytest.raises(CryptographicSecurityError):
            rsa_module.encode(modulus, exponent)
