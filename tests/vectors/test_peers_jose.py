"""Tokens that other implementations signed with keys of their own, recorded by ``tests.peers.jose.run --record``."""

import json
from pathlib import Path

import pytest

from vc.jose import JwtForm, claim_problems, inside, parse_compact, verify_jws
from vc.keys import parse_jwk
from vc.problems import ProblemError

TOKENS = json.loads((Path(__file__).parent / "peer_tokens.json").read_text())


def test_every_peer_form_and_algorithm_is_there():
    assert {name.split()[0] for name in TOKENS} == {"jose", "joserfc", "pyjwt", "openvc"}
    assert {name.split()[1] for name in TOKENS} == {"EdDSA", "ES256", "ES384", "ES512", "RS256"}
    assert len(TOKENS) == 47


@pytest.mark.parametrize("name", sorted(TOKENS))
def test_what_a_peer_signed_is_read_and_verifies(name):
    jws = parse_compact(TOKENS[name]["token"])
    assert jws.form is JwtForm(name.split()[2])
    assert jws.algorithm == name.split()[1]
    assert list(claim_problems(jws, inside(jws))) == []
    verify_jws(jws, public_key=parse_jwk(TOKENS[name]["jwk"]))


@pytest.mark.parametrize("name", sorted(TOKENS))
def test_with_another_payload_it_does_not_verify(name):
    head, body, signature = TOKENS[name]["token"].split(".")
    changed = body[:40] + ("A" if body[40] != "A" else "B") + body[41:]
    with pytest.raises(ProblemError):
        verify_jws(parse_compact(f"{head}.{changed}.{signature}"), public_key=parse_jwk(TOKENS[name]["jwk"]))
