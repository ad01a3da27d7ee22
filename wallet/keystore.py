"""Data keys and learners' signing keys: the only place where something sealed is opened.

Rules. (1) A sealed value is bound to its place: family, learner, table, row, version; moved anywhere else it does
not open.
(2) A learner's data key opens nothing of another learner; the family's key opens nothing of a learner.
(3) A signing key is handed out only against an `Approval`, which names the claim, share or statement that a person
approved and when.
(4) Seeds are made here, from the system's randomness, and leave only as a signer, or against an `Approval` in the
archive that somebody who may manage the learner asked for; from one they come back only where the seed proves the DID.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from kit.codes import short_code
from kit.vault import DataKey, Vault
from vc.did import key_did
from vc.document import JsonValue
from vc.keys import Ed25519Signer
from vc.multibase import base64url_encode, decode_multibase, encode_multibase

_SECRET_CODEC: Final = bytes.fromhex("8026")
"""ed25519-priv, as a varint: what a Multikey's secret half begins with."""
_SEED_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a sealed value lives; it opens nowhere else. `learner_id` is empty for what belongs to the family."""

    family_id: str
    learner_id: str
    table: str
    row_id: str
    version: int

    @property
    def context(self) -> bytes:
        """The associated data, unambiguous because JSON quotes its parts."""
        return json.dumps([self.family_id, self.learner_id, self.table, self.row_id, self.version]).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """That a person decided: which claim, share, statement or archive, who and when; made from what they did."""

    kind: Literal["claim", "share", "statement", "archive"]
    object_id: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLearnerKey:
    """A fresh signing key: its DID, and what to seal."""

    did: str
    secret: dict[str, Any]


class Chest:
    """An opened data key of one family or one learner; opens and seals values at their places."""

    def __init__(self, key: DataKey) -> None:
        self.key = key

    def seal(self, place: Place, value: dict[str, Any]) -> bytes:
        """A JSON object, sealed to its place."""
        return self.seal_bytes(place, json.dumps(value, ensure_ascii=False).encode())

    def open(self, place: Place, sealed: bytes) -> dict[str, Any]:
        """The JSON object sealed at that place. Raises: kit.vault's error when it was sealed elsewhere or altered."""
        value = json.loads(self.open_bytes(place, sealed))
        if not isinstance(value, dict):
            raise TypeError("what was sealed here is not an object")
        return value

    def seal_bytes(self, place: Place, value: bytes) -> bytes:
        """Bytes, sealed to their place: for documents, which are kept exactly as they came."""
        return self.key.seal(value, context=place.context)

    def open_bytes(self, place: Place, sealed: bytes) -> bytes:
        """The bytes sealed at that place."""
        return self.key.open(sealed, context=place.context)

    def index(self, *parts: str) -> bytes:
        """A fingerprint (32 bytes) under this key: finds something again without writing it down."""
        return hmac.new(self.key.derive("index"), json.dumps(parts).encode(), hashlib.sha256).digest()


class Keystore:
    """Makes and opens data keys, and gives out signers against approvals."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault

    def rewrap(self, wrapped: bytes, family_id: str, learner_id: str) -> bytes:
        """The same data key wrapped under the present key-encryption key; unchanged when it already is."""
        return self.vault.rewrap(wrapped, context=_owner(family_id, learner_id))

    def opens(self, wrapped: bytes) -> bool:
        """Whether a wrapped data key is under a key-encryption key that is here."""
        return self.vault.knows(wrapped[1:9])

    def adopt(self, key: DataKey, family_id: str, learner_id: str) -> bytes:
        """A data key that came back by a recovery code, wrapped for its row."""
        return self.vault.adopt(key, context=_owner(family_id, learner_id))

    def new_chest(self, family_id: str, learner_id: str = "") -> tuple[Chest, bytes]:
        """A new data key for a family (no learner) or a learner: opened, and wrapped for its row."""
        key, wrapped = self.vault.new_data_key(context=_owner(family_id, learner_id))
        return Chest(key), wrapped

    def chest(self, wrapped: bytes, family_id: str, learner_id: str = "") -> Chest:
        """Open the data key of a family (no learner) or a learner. Raises: kit.vault's error for another's key."""
        return Chest(self.vault.unwrap(wrapped, context=_owner(family_id, learner_id)))

    def new_learner_key(self, issuer_id: str) -> NewLearnerKey:
        """A fresh Ed25519 key that a learner will use with one issuer and nobody else."""
        seed = secrets.token_bytes(32)
        did = key_did(Ed25519Signer(seed, "").public_key)
        return NewLearnerKey(did=did, secret={"did": did, "seed": seed.hex(), "issuer": issuer_id})

    def signer(self, secret: dict[str, Any], *, approval: Approval) -> Ed25519Signer:
        """The signer of a learner's key, for what the approval names.

        Raises: PermissionError when nobody approved.
        """
        _require(approval)
        return _signer(bytes.fromhex(secret["seed"]), secret["did"])

    def portable(self, secret: dict[str, Any], *, approval: Approval) -> dict[str, JsonValue]:
        """A learner's key as any wallet reads it: a Multikey, and the same as a JWK, both with the secret half.

        Raises: PermissionError when nobody approved.
        """
        _require(approval)
        seed = bytes.fromhex(secret["seed"])
        signer = _signer(seed, secret["did"])
        return {
            "id": signer.verification_method,
            "type": "Multikey",
            "controller": secret["did"],
            "publicKeyMultibase": signer.public_key.multikey,
            "secretKeyMultibase": encode_multibase(_SECRET_CODEC + seed, encoding="z"),
            "privateKeyJwk": {**signer.public_key.jwk, "d": base64url_encode(seed)},
        }

    def brought(self, portable: Mapping[str, JsonValue], issuer_id: str) -> NewLearnerKey:
        """A key out of an archive, to be sealed here. Raises: ValueError unless the secret half proves the DID."""
        written = portable.get("secretKeyMultibase")
        if not isinstance(written, str):
            raise ValueError("the key has no secret half")  # noqa: TRY004 - what the file says, not our caller
        raw = decode_multibase(written, encodings="z", max_length=64)
        if len(raw) != len(_SECRET_CODEC) + _SEED_BYTES or not raw.startswith(_SECRET_CODEC):
            raise ValueError("the key is of another kind")
        seed = raw.removeprefix(_SECRET_CODEC)
        did = key_did(Ed25519Signer(seed, "").public_key)
        if portable.get("controller") != did:
            raise ValueError("the key is another one than the file says")
        return NewLearnerKey(did=did, secret={"did": did, "seed": seed.hex(), "issuer": issuer_id})


def _require(approval: Approval) -> None:
    if not approval.decided_by or not approval.object_id:
        raise PermissionError("a learner's key signs only what a person approved")


def _signer(seed: bytes, did: str) -> Ed25519Signer:
    return Ed25519Signer(seed, f"{did}#{did.removeprefix('did:key:')}")


def new_token() -> str:
    """The secret part of a link: 128 random bits, base64url, 22 characters."""
    return secrets.token_urlsafe(16)


def new_code() -> str:
    """A code that a person can type from paper: 12 signs without look-alikes, 60 random bits."""
    return short_code(signs=12)


def token_hash(token: str) -> bytes:
    """What the store keeps of a secret that somebody else holds (SHA-256)."""
    return hashlib.sha256(token.encode()).digest()


def place_of_key(family_id: str, learner_id: str) -> bytes:
    """What a recovery copy of a data key is bound to."""
    return b"recovery/" + _owner(family_id, learner_id)


def _owner(family_id: str, learner_id: str) -> bytes:
    return json.dumps(["data key", family_id, learner_id]).encode()
