"""A token verifies with the key that signed it, by the algorithm of that key, and in no other way."""

import pytest

from tests.unit.vc.jose.tokens import SIGNERS, badge, claimed, part, plain, rsa_signer, token, typed
from vc.jose import ALGORITHMS, parse_compact, verify_jws
from vc.keys import Ed25519Signer, KeyKind, P256Signer, PublicKey
from vc.problems import ProofVerificationError


def test_every_algorithm_that_is_read_is_one_of_a_kind_of_key():
    assert {make().public_key.jose_algorithm for make in SIGNERS.values()} == ALGORITHMS
    assert {make().public_key.kind for make in SIGNERS.values()} == set(KeyKind)


@pytest.mark.parametrize("algorithm", sorted(SIGNERS))
def test_a_token_verifies_with_its_key_and_with_no_other(algorithm):
    signer = SIGNERS[algorithm]()
    jws = parse_compact(token(plain(alg=algorithm), claimed(), signer))
    verify_jws(jws, public_key=signer.public_key)
    for other, make in SIGNERS.items():
        if other != algorithm:
            with pytest.raises(ProofVerificationError) as found:
                verify_jws(jws, public_key=make().public_key)
            assert found.value.pointer == "/alg"


@pytest.mark.parametrize(
    ("algorithm", "other"),
    [("EdDSA", Ed25519Signer(bytes([9]) * 32, "")), ("ES256", P256Signer(bytes([9]) * 32, ""))],
)
def test_another_key_of_the_same_kind_does_not_fit(algorithm, other):
    jws = parse_compact(token(plain(alg=algorithm), claimed(), SIGNERS[algorithm]()))
    with pytest.raises(ProofVerificationError):
        verify_jws(jws, public_key=other.public_key)


@pytest.mark.parametrize("algorithm", sorted(SIGNERS))
@pytest.mark.parametrize("which", [0, 1, 2])
def test_any_change_breaks_the_signature(algorithm, which):
    signer = SIGNERS[algorithm]()
    parts = token(typed(alg=algorithm), badge(), signer).split(".")
    changes = (
        part(typed(alg=algorithm, note="x")),
        part(badge(name="x")),
        part(bytes(signer.public_key.signature_length)),
    )
    parts[which] = changes[which]
    with pytest.raises(ProofVerificationError):
        verify_jws(parse_compact(".".join(parts)), public_key=signer.public_key)


@pytest.mark.parametrize("algorithm", sorted(SIGNERS))
@pytest.mark.parametrize(("before", "cut", "after"), [(b"", 1, b""), (b"", 0, b"\0"), (b"\0", 0, b"")])
def test_a_signature_has_the_length_of_its_key(algorithm, before, cut, after):
    signer = SIGNERS[algorithm]()
    signed = f"{part(typed(alg=algorithm))}.{part(badge())}"
    jws = parse_compact(f"{signed}.{part(before + signer.sign(signed.encode())[cut:] + after)}")
    with pytest.raises(ProofVerificationError, match="bytes; it must have"):
        verify_jws(jws, public_key=signer.public_key)


def test_a_key_read_from_its_jwk_is_the_same_key():
    key = rsa_signer().public_key
    assert PublicKey(kind=KeyKind.RSA, raw=key.raw) == key
