"""Selective disclosures for tests: an issuer with a P-256 did:key, rich badges, and the verdict on what is shown."""

import copy
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.bench.samples import OB, V2, medium, small
from vc import RECOMMENDED, Ed25519Signer, Evidence, P256Signer, Report, add_proof, serialize, verify
from vc.did.key import key_did
from vc.disclosure import required_pointers
from vc.multibase import encode_multibase
from vc.proof import sd

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CREATED = datetime(2026, 5, 1, 9, tzinfo=UTC)
SEED = bytes(range(1, 33))
HMAC_KEY = bytes(range(32))
PROOF_KEY = bytes(range(2, 34))
KEY = P256Signer(SEED, "").public_key
DID = key_did(KEY)
SIGNER = P256Signer(SEED, f"{DID}#{KEY.multikey}")

_ENDORSER_KEY = Ed25519Signer(SEED, "").public_key
ENDORSER = key_did(_ENDORSER_KEY)
ENDORSER_SIGNER = Ed25519Signer(SEED, f"{ENDORSER}#{_ENDORSER_KEY.multikey}")


def plain(number: int = 1) -> dict[str, Any]:
    """A small badge without status: nothing has to be fetched to judge it."""
    return small(number, did=DID)


def rich(number: int = 1) -> dict[str, Any]:
    """A badge with what other programs cannot disclose: ordered lists, a place on earth; and an endorsement inside."""
    document = medium(number, did=DID)
    del document["credentialStatus"]
    achievement = document["credentialSubject"]["achievement"]
    achievement["creator"] = {
        "id": f"https://river-school.example/creators/{number}",
        "type": ["Profile"],
        "name": f"Department {number}",
        "address": {
            "type": ["Address"],
            "addressLocality": "Mérida",
            "geo": {"type": "GeoCoordinates", "latitude": 20.97, "longitude": -89.62},
        },
    }
    achievement["endorsement"] = [endorsement(number, achievement["id"])]
    return document


def endorsement(number: int, about: str) -> dict[str, Any]:
    """A signed endorsement of something, by somebody else."""
    unsigned = {
        "@context": [V2, OB],
        "id": f"urn:uuid:0000000e-0000-4000-8000-{number:012x}",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsement",
        "issuer": {"id": ENDORSER, "type": ["Profile"], "name": "Regional Board"},
        "validFrom": "2026-05-01T09:00:00Z",
        "credentialSubject": {"id": about, "type": ["EndorsementSubject"], "endorsementComment": "Careful work."},
    }
    return dict(
        add_proof(
            unsigned,
            signer=ENDORSER_SIGNER,
            suite="eddsa-rdfc-2022",
            purpose="assertionMethod",
            created=CREATED,
            challenge=None,
            domain=None,
        )
    )


def issue(document: dict[str, Any], *, mandatory: Sequence[str] | None = None) -> dict[str, Any]:
    """The document with a base proof of our issuer; mandatory is what is required unless something is given."""
    return dict(
        sd.create_base_proof(
            document,
            signer=SIGNER,
            mandatory_pointers=required_pointers(document) if mandatory is None else mandatory,
            created=CREATED,
            hmac_key=HMAC_KEY,
            proof_key=PROOF_KEY,
        )
    )


def derive(base: dict[str, Any], *pointers: str) -> dict[str, Any]:
    """A disclosure of these parts, as a document of its own."""
    return copy.deepcopy(dict(sd.derive_proof(base, selective_pointers=pointers)))


def judge(document: dict[str, Any]) -> Report:
    """The verdict's report; nothing is fetched."""
    policy = RECOMMENDED(recognised=(), loopback=False, require_holder_binding=False, challenge=None, domain=None)
    return verify(serialize(document), evidence=Evidence(), policy=policy, now=NOW)


def value_of(document: dict[str, Any]) -> sd.DerivedProofValue:
    """What the proof of a disclosure says."""
    return sd.parse_derived(sd.proof_value_of(document["proof"]["proofValue"]))


def with_value(document: dict[str, Any], data: bytes) -> dict[str, Any]:
    """The same document with these bytes as its proof value."""
    return {**document, "proof": {**document["proof"], "proofValue": encode_multibase(data, encoding="u")}}


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every member and item below a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield (*path, name)
        yield from places(item, (*path, name))
