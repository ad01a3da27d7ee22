"""A device that makes passkeys, in software: what a browser would hand to a page, and every way to get it wrong."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One device with one key. `counts`: whether its counter rises; `changes` replace parts of what it says."""

    origin: str
    counts: bool = True
    algorithm: int = -7
    count: int = 0
    identifier: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""

    def __post_init__(self):
        self.key = (
            ec.generate_private_key(ec.SECP256R1()) if self.algorithm == -7 else ed25519.Ed25519PrivateKey.generate()
        )

    def make(self, options, **changes):
        """The answer to the options of a registration."""
        self.handle = decode(options["user"]["id"])
        said = self._client_data("webauthn.create", options["challenge"], changes)
        data = self._data(options["rp"]["id"], changes, flags=UP | UV | AT)
        data += bytes(16) + len(self.identifier).to_bytes(2, "big") + self.identifier
        data += cbor2.dumps(changes.get("public_key") or self._public_key())
        statement = changes.get("attestation", {"fmt": "none", "attStmt": {}})
        attestation = cbor2.dumps({**statement, "authData": data})
        response = {
            "clientDataJSON": encode(said),
            "attestationObject": encode(attestation),
            "transports": ["internal"],
        }
        return self._credential(response, changes)

    def sign(self, options, **changes):
        """The answer to the options of a sign-in."""
        said = self._client_data("webauthn.get", options["challenge"], changes)
        data = self._data(options["rpId"], changes, flags=UP | UV)
        signature = self._sign(data + hashlib.sha256(said).digest())
        response = {
            "clientDataJSON": encode(changes.get("client_data_after", said)),
            "authenticatorData": encode(data),
            "signature": encode(changes.get("signature", signature)),
            "userHandle": encode(changes.get("handle", self.handle)),
        }
        return self._credential(
            {name: text for name, text in response.items() if name != changes.get("without")}, changes
        )

    def _credential(self, response, changes):
        identifier = encode(changes.get("identifier", self.identifier))
        return {"id": identifier, "rawId": identifier, "type": "public-key", "response": response}

    def _client_data(self, kind, challenge, changes):
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps({**said, **changes.get("client_data", {})}).encode()

    def _data(self, host, changes, *, flags):
        self.count = changes.get("count", self.count + 1 if self.counts else 0)
        named = hashlib.sha256(changes.get("host", host).encode()).digest()
        return named + bytes([changes.get("flags", flags)]) + self.count.to_bytes(4, "big")

    def _public_key(self):
        if self.algorithm == -8:
            return {1: 1, 3: -8, -1: 6, -2: self.key.public_key().public_bytes_raw()}
        numbers = self.key.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}

    def _sign(self, data):
        return self.key.sign(data) if self.algorithm == -8 else self.key.sign(data, ec.ECDSA(hashes.SHA256()))
