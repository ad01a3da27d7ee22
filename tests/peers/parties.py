"""Who signs for the peers: for each suite and kind of key one did:key, from recorded seeds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import vc
from tests.peers.samples import SEED
from vc.did import key as did_key
from vc.keys import Ed25519Signer, KeyKind, P256Signer, P384Signer
from vc.multibase import encode_multibase

CREATED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SEEDS = {KeyKind.ED25519: SEED, KeyKind.P256: bytes(range(1, 33)), KeyKind.P384: bytes(range(1, 49))}
_SIGNERS: Any = {KeyKind.ED25519: Ed25519Signer, KeyKind.P256: P256Signer, KeyKind.P384: P384Signer}
_SECRET_CODECS = {KeyKind.ED25519: "8026", KeyKind.P256: "8626", KeyKind.P384: "8726"}
V1 = "https://www.w3.org/2018/credentials/v1"


@dataclass(frozen=True)
class Party:
    """An issuer with one key, who signs with one suite."""

    suite: str
    kind: KeyKind

    @property
    def did(self) -> str:
        """The issuer."""
        return did_key.key_did(_SIGNERS[self.kind](SEEDS[self.kind], "").public_key)

    @property
    def signer(self) -> Any:
        """Its key."""
        seed = SEEDS[self.kind]
        return _SIGNERS[self.kind](seed, f"{self.did}#{_SIGNERS[self.kind](seed, '').public_key.multikey}")

    def context(self, document: Any) -> str | None:
        """The context that defines the proof, if none of the document's does."""
        if self.suite == "Ed25519Signature2020":
            return "https://w3id.org/security/suites/ed25519-2020/v1"
        return "https://w3id.org/security/data-integrity/v2" if document["@context"][0] == V1 else None

    def sign(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document with this issuer and a proof by our hand."""
        issuer = document["issuer"]
        document = {**document, "issuer": {**issuer, "id": self.did} if isinstance(issuer, dict) else self.did}
        return dict(
            vc.add_proof(
                document,
                signer=self.signer,
                suite=self.suite,
                purpose="assertionMethod",
                created=CREATED,
                challenge=None,
                domain=None,
                extra_context=self.context(document),
            )
        )

    def to_json(self) -> dict[str, str]:
        """What a peer is told: the suite, and the key in the forms that libraries ask for."""
        seed, signer = SEEDS[self.kind], self.signer
        secret = bytes.fromhex(_SECRET_CODECS[self.kind]) + seed
        return {
            "suite": self.suite,
            "seed": seed.hex(),
            "id": signer.verification_method,
            "controller": self.did,
            "publicKeyMultibase": signer.public_key.multikey,
            "secretKeyMultibase": encode_multibase(secret, encoding="z"),
        }


US = Party("eddsa-rdfc-2022", KeyKind.ED25519)
COMMON = (
    US,
    Party("eddsa-jcs-2022", KeyKind.ED25519),
    Party("ecdsa-rdfc-2019", KeyKind.P256),
    Party("ecdsa-rdfc-2019", KeyKind.P384),
    Party("ecdsa-jcs-2019", KeyKind.P256),
    Party("ecdsa-jcs-2019", KeyKind.P384),
)
PARTIES = {
    "digitalbazaar": (
        *COMMON,
        Party("eddsa-2022", KeyKind.ED25519),
        Party("Ed25519Signature2020", KeyKind.ED25519),
    ),
    "openvc": COMMON,
}


def departs(peer: str, party: Party, name: str) -> tuple[bool, bool]:
    """Whether a peer departs from the standard when it signs this document, and when it verifies it.

    openvc-core signs the JCS suites with a context that it then leaves out of the proof, while they sign the options as
    they stand (https://www.w3.org/TR/vc-di-eddsa/#create-proof-eddsa-jcs-2022); and it labels nodes without an id by
    SHA-256 where P-384 asks for SHA-384, which shows where several have to be told apart.
    """
    if peer != "openvc":
        return False, False
    labels = party.suite == "ecdsa-rdfc-2019" and party.kind is KeyKind.P384 and name == "rich.json"
    return labels or party.suite.endswith(("jcs-2022", "jcs-2019")), labels
