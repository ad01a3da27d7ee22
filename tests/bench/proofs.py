"""Proofs measured: against the same code on PyLD, against the least that any verifier must do, and against themselves."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import orjson
from nacl.signing import VerifyKey

import vc.proof.adding
import vc.proof.suites
from tests.bench import samples
from tests.bench.pairs import Row, ratio
from tests.laws.jsonld.oracles import by_pyld
from vc import jsonld
from vc.document import PRESENTATION_LIMITS, parse, serialize
from vc.jsonld import PINNED, Budget
from vc.keys import Ed25519Signer
from vc.multibase import base58btc_decode
from vc.proof import Proof, Transformed, add_proof, verify_proof
from vc.proof.hashed import Hashed
from vc.proof.parsing import parse_proof
from vc.proof.transforming import RDFC

SUITE = "eddsa-rdfc-2022"
HASHED = Hashed(form=RDFC, lengths=frozenset({64}))
BUDGET = Budget.for_credentials(20)
ROUNDS = 9
_SEED = Ed25519Signer(bytes(range(32)), "").public_key
DID = f"did:key:{_SEED.multikey}"
SIGNER = Ed25519Signer(bytes(range(32)), f"{DID}#{_SEED.multikey}")
CREATED = datetime(2026, 5, 1, 9, 0, 1, tzinfo=UTC)
KINDS = ("small", "medium", "CLR, 20 nested")


def issue(unsigned: Any) -> Any:
    """The document, signed."""
    return add_proof(
        unsigned, signer=SIGNER, suite=SUITE, purpose="assertionMethod", created=CREATED, challenge=None, domain=None
    )


def unsigned(kind: str, number: int) -> dict[str, Any]:
    """A distinct document of this kind, unsigned (the nested ones are signed)."""
    if kind == "small":
        return samples.small(number, did=DID)
    if kind == "medium":
        return samples.medium(number, did=DID)
    return samples.record(
        number, sign=lambda badge: issue(badge | {"issuer": samples.issuer(number, did=DID)}), did=DID
    )


def verify(data: bytes) -> None:
    """Parse, canonicalize, hash and verify, with the key at hand."""
    document = parse(data, limits=PRESENTATION_LIMITS).value
    proof = _proof(document)
    verify_proof(
        proof, public_key=_SEED, transformed=Transformed(document, budget=BUDGET, digest=None, processor=PINNED)
    )


def _proof(document: Any) -> Proof:
    return parse_proof(document["proof"], document=document, here="/proof", beside=(), suites=frozenset({SUITE}))


@contextlib.contextmanager
def canonicalized_by(canonicalize: Callable[[Any], bytes]) -> Iterator[None]:
    """The same code with another canonicalizer in the suite's row."""
    table = vc.proof.suites.SUITES
    form = dataclasses.replace(
        RDFC,
        canonicalize=lambda value, *_: canonicalize(value),
        configure=lambda options, *_: canonicalize(options),
    )
    row = dataclasses.replace(table[SUITE], scheme=dataclasses.replace(HASHED, form=form))
    other = MappingProxyType({SUITE: row})
    vc.proof.suites.SUITES = vc.proof.adding.SUITES = other
    try:
        yield
    finally:
        vc.proof.suites.SUITES = vc.proof.adding.SUITES = table


def _on_pyld(work: Callable[[Any], object]) -> Callable[[Any], object]:
    def worker(item: Any) -> object:
        with canonicalized_by(by_pyld):
            return work(item)

    return worker


def _documents(kind: str, first: int, count: int) -> list[dict[str, Any]]:
    return [unsigned(kind, number) for number in range(first, first + count)]


def against_pyld() -> Iterator[Row]:
    """Row 1 of the targets."""
    for kind, target, sizes in zip(KINDS, (15, 14, 18), ((40, 5), (20, 2), (4, 1)), strict=True):
        own, peer = sizes
        for name, work, prepare in (
            ("verify", verify, lambda document: serialize(issue(document))),
            ("issue", issue, lambda document: document),
        ):
            rounds = [
                (
                    [prepare(document) for document in _documents(kind, 1 + index * 100, peer)],
                    [prepare(document) for document in _documents(kind, 51 + index * 100, own)],
                )
                for index in range(ROUNDS)
            ]
            work(rounds[0][1][0])
            value, note = ratio(_on_pyld(work), work, rounds)
            yield Row(what=f"{name} vs PyLD, {kind}", value=value, unit="×", target=target, at_least=True, note=note)


def _least(item: tuple[bytes, bytes, bytes]) -> None:
    """What no verifier can do without: parse, hash ready canonical bytes, decode base58, verify."""
    data, options, canonical = item
    proof = orjson.loads(data)["proof"]
    digest = hashlib.sha256(options).digest() + hashlib.sha256(canonical).digest()
    VerifyKey(_SEED.raw).verify(digest, base58btc_decode(proof["proofValue"][1:]))


def _ready(data: bytes) -> tuple[bytes, bytes, bytes]:
    document = parse(data, limits=PRESENTATION_LIMITS).value
    proof = _proof(document)
    body = {name: value for name, value in document.items() if name != "proof"}
    options = jsonld.canonicalize(proof.options, hash_name="sha256", budget=BUDGET)
    return data, options, jsonld.canonicalize(body, hash_name="sha256", budget=BUDGET)


def against_the_limit() -> Iterator[Row]:
    """Row 4 of the targets."""
    for kind, target, count in zip(KINDS, (2.5, 9, 14), (60, 30, 6), strict=True):
        rounds = []
        for index in range(ROUNDS):
            signed = [serialize(issue(document)) for document in _documents(kind, 1 + index * 100, count)]
            rounds.append((signed, [_ready(data) for data in signed]))
        verify(rounds[0][0][0])
        value, note = ratio(verify, _least, rounds)
        yield Row(what=f"verify vs the limit, {kind}", value=value, unit="×", target=target, at_least=False, note=note)


def distinct_against_repeated() -> Iterator[Row]:
    """Row 5 of the targets: 1,000 distinct documents, spread over the rounds, against one repeated."""
    for kind in ("small", "medium"):
        signed = [serialize(issue(document)) for document in _documents(kind, 10_000, 1_000)]
        size = len(signed) // 10
        rounds = [(signed[start : start + size], [signed[0]] * size) for start in range(0, len(signed), size)]
        verify(signed[0])
        value, note = ratio(verify, verify, rounds)
        what = f"1,000 distinct vs one repeated, {kind}"
        yield Row(what=what, value=value, unit="×", target=1.6, at_least=False, note=note)
