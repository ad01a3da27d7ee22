"""The other suites measured: each against the least that any verifier must do for it, on the same documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from tests.bench import samples
from tests.bench.pairs import Row, ratio
from tests.bench.proofs import CREATED, ROUNDS
from vc.did import key_did
from vc.document import PRESENTATION_LIMITS, parse, serialize
from vc.jsonld import PINNED, Budget
from vc.keys import Ed25519Signer, P256Signer, P384Signer, PublicKey
from vc.multibase import base58btc_decode
from vc.proof import SUITES, Transformed, add_proof, verify_proof
from vc.proof.parsing import parse_proof
from vc.proof.transforming import HASHES

BUDGET = Budget.for_credentials(1)
SIGNERS: dict[str, Any] = {
    "Ed25519": Ed25519Signer(bytes(range(32)), ""),
    "P-256": P256Signer(bytes(range(1, 33)), ""),
    "P-384": P384Signer(bytes(range(1, 49)), ""),
}
# Suite, key, and how many times the least a small and a medium document may take.
PAIRS = (
    ("eddsa-jcs-2022", "Ed25519", 2.0, 3.5),
    ("ecdsa-rdfc-2019", "P-256", 2.5, 9.0),
    ("ecdsa-rdfc-2019", "P-384", 1.5, 4.0),
    ("ecdsa-jcs-2019", "P-256", 2.0, 3.5),
    ("ecdsa-jcs-2019", "P-384", 1.5, 2.0),
)


class Work:
    """One suite with one key: issuing, verifying, and the least that verifying could be."""

    def __init__(self, suite: str, key: str) -> None:
        self.suite = suite
        self.key: PublicKey = SIGNERS[key].public_key
        self.did = key_did(self.key)
        self.signer = type(SIGNERS[key])(SIGNERS[key].seed, f"{self.did}#{self.key.multikey}")

    def issue(self, document: Any) -> bytes:
        """The document, signed."""
        return serialize(
            add_proof(
                document,
                signer=self.signer,
                suite=self.suite,
                purpose="assertionMethod",
                created=CREATED,
                challenge=None,
                domain=None,
            )
        )

    def verify(self, data: bytes) -> None:
        """Parse, write canonically, hash and verify, with the key at hand."""
        document = parse(data, limits=PRESENTATION_LIMITS).value
        proof: Any = document["proof"]
        read = parse_proof(proof, document=document, here="/proof", beside=(), suites=frozenset({self.suite}))
        verify_proof(
            read, public_key=self.key, transformed=Transformed(document, budget=BUDGET, digest=None, processor=PINNED)
        )

    def ready(self, data: bytes) -> tuple[bytes, bytes, bytes]:
        """The document with its canonical bytes and those of its options worked out before."""
        document = parse(data, limits=PRESENTATION_LIMITS).value
        suite = SUITES[self.suite]
        scheme: Any = suite.scheme
        name = suite.hash_for(self.key.kind)
        options = scheme.form.configure(scheme.options(document["proof"], document), name)
        covered = Transformed(document, budget=BUDGET, digest=None, processor=PINNED).covered(())
        return data, options, covered.canonical(scheme.form, name)

    def least(self, item: tuple[bytes, bytes, bytes]) -> None:
        """What no verifier can do without: parse, hash ready bytes, decode base58, verify."""
        data, options, canonical = item
        proof = orjson.loads(data)["proof"]
        digest = HASHES[SUITES[self.suite].hash_for(self.key.kind)]
        message = digest(options).digest() + digest(canonical).digest()
        self.key.verify(base58btc_decode(proof["proofValue"][1:]), message)


def against_the_limit() -> Iterator[Row]:
    """Every suite that signs a document whole, but the one that has rows of its own."""
    for suite, key, *targets in PAIRS:
        work = Work(suite, key)
        for kind, target, count in zip(("small", "medium"), targets, (40, 20), strict=True):
            make = samples.small if kind == "small" else samples.medium
            rounds = []
            for index in range(ROUNDS):
                numbers = range(1 + index * 100, 1 + index * 100 + count)
                signed = [work.issue(make(number, did=work.did)) for number in numbers]
                rounds.append((signed, [work.ready(data) for data in signed]))
            work.verify(rounds[0][0][0])
            value, note = ratio(work.verify, work.least, rounds)
            what = f"{suite} {key} vs the limit, {kind}"
            yield Row(what=what, value=value, unit="×", target=target, at_least=False, note=note)
