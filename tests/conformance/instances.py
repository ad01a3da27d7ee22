"""The parties of the composition: one issuer for each cryptosuite, with the one key whose did:key is its id.

The keys are made from fixed seeds, because what they sign is worth nothing: they exist on loopback, while a suite runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from vc.did import key_did
from vc.keys import Ed25519Signer, P256Signer, P384Signer, Signer

DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
ED25519_2020 = "https://w3id.org/security/suites/ed25519-2020/v1"
TOKEN = "vc+jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One issuer: the path it is reached under, its suite (``vc+jwt``: an enveloping token), its tags and its key."""

    name: str
    suite: str
    tags: tuple[str, ...]
    signer: Signer
    curve: str | None = None
    lists: bool = False

    @property
    def id(self) -> str:
        """The did:key."""
        return self.signer.verification_method.split("#")[0]

    @property
    def extra_context(self) -> str:
        """The context that a credential of the data model 1.1 needs for a proof of this suite."""
        return ED25519_2020 if self.suite == "Ed25519Signature2020" else DATA_INTEGRITY


def _signer(kind: Callable[[bytes, str], Signer], name: str) -> Signer:
    size = 48 if kind is P384Signer else 32
    seed = hashlib.sha512(f"conformance {name}".encode()).digest()[:size]
    key = kind(seed, "").public_key
    return kind(seed, f"{key_did(key)}#{key.multikey}")


def _instance(name: str, suite: str, kind: Callable[[bytes, str], Signer], *tags: str, **more: Any) -> Instance:
    return Instance(name=name, suite=suite, tags=tags, signer=_signer(kind, name), **more)


INSTANCES: Mapping[str, Instance] = {
    instance.name: instance
    for instance in (
        _instance("vc2.0", "eddsa-rdfc-2022", Ed25519Signer, "vc2.0"),
        _instance("eddsa-rdfc-2022", "eddsa-rdfc-2022", Ed25519Signer, "eddsa-rdfc-2022"),
        _instance("eddsa-jcs-2022", "eddsa-jcs-2022", Ed25519Signer, "eddsa-jcs-2022"),
        _instance("ecdsa-rdfc-2019-p256", "ecdsa-rdfc-2019", P256Signer, "ecdsa-rdfc-2019", curve="P-256"),
        _instance("ecdsa-rdfc-2019-p384", "ecdsa-rdfc-2019", P384Signer, "ecdsa-rdfc-2019", curve="P-384"),
        _instance("ecdsa-jcs-2019-p256", "ecdsa-jcs-2019", P256Signer, "ecdsa-jcs-2019", curve="P-256"),
        _instance("ecdsa-jcs-2019-p384", "ecdsa-jcs-2019", P384Signer, "ecdsa-jcs-2019", curve="P-384"),
        _instance("ecdsa-sd-2023", "ecdsa-sd-2023", P256Signer, "ecdsa-sd-2023", curve="P-256"),
        _instance("Ed25519Signature2020", "Ed25519Signature2020", Ed25519Signer, "Ed25519Signature2020"),
        _instance("vc-api", "Ed25519Signature2020", Ed25519Signer, "vc-api"),
        _instance("BitstringStatusList", "eddsa-rdfc-2022", Ed25519Signer, "BitstringStatusList", lists=True),
        _instance("enveloping", TOKEN, P256Signer, "EnvelopingProof"),
    )
}

VERIFIER_TAGS = [
    "vc2.0", "eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019", "ecdsa-jcs-2019", "ecdsa-sd-2023",
    "Ed25519Signature2020", "BitstringStatusList", "EnvelopingProof", "vc-api",
]  # fmt: skip


def manifest(base: str) -> dict[str, Any]:
    """What the suites read to know whom to call: the format of vc-test-suite-implementations."""
    models = {"supports": {"vc": ["1.1", "2.0"]}}
    urn = "urn:uuid:1f1f1f1f-0000-4000-8000-00000000c0de"
    curves = {"supportedEcdsaKeyTypes": ["P-256", "P-384"]}
    did = INSTANCES["vc2.0"].id
    return {
        "name": "Satchel",
        "implementation": "Satchel",
        "issuers": [
            {
                "id": instance.id,
                "endpoint": f"{base}/issuers/{instance.name}/credentials/issue",
                "tags": list(instance.tags),
                **models,
                **({"supportedEcdsaKeyTypes": [instance.curve]} if instance.curve else {}),
            }
            for instance in INSTANCES.values()
        ],
        "verifiers": [
            {
                "id": urn,
                "endpoint": f"{base}/verifiers/proof-only/credentials/verify",
                "tags": VERIFIER_TAGS,
                **models,
                **curves,
            }
        ],
        "vpVerifiers": [
            {
                "id": urn,
                "endpoint": f"{base}/verifiers/proof-only/presentations/verify",
                "tags": ["vc2.0", "EnvelopingProof"],
            }
        ],
        "vcHolders": [
            {
                "id": urn,
                "endpoint": f"{base}/holders/default/credentials/derive",
                "tags": ["vcHolder", "ecdsa-sd-2023"],
                **curves,
            }
        ],
        "didResolvers": [
            {
                "id": urn,
                "endpoint": f"{base}/1.0/identifiers",
                "tags": ["did-key", "did-resolution"],
                "supportedDids": {
                    "valid": [{"did": did, "resolutionOptions": {}}],
                    "derefUrls": [{"didUrl": f"{did}#{did.removeprefix('did:key:')}", "dereferencingOptions": {}}],
                    "notFound": "did:web:nowhere.satchel.example",
                    "deactivated": "did:web:closed.satchel.example",
                },
            }
        ],
        "jose-cose": {"features": {"credential_jose": True, "presentation_jose": True}},
    }
