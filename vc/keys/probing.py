"""What every app asks of the libraries before it serves anybody."""

from __future__ import annotations

from vc.keys.ed25519 import FIELD, is_valid_point, small_order_encodings
from vc.keys.signers import Ed25519Signer, P256Signer, P384Signer, Signer
from vc.problems import ProofVerificationError


def self_test() -> None:
    """Refuse to run on a library that accepts keys which make signatures worthless; every app calls this at start.

    Raises:
        RuntimeError: it does.

    """
    signer = Ed25519Signer(bytes(range(32)), "")
    honest = signer.public_key.raw
    # A known key plus the point (0, -1): of mixed order, and exactly what an old release of the library let through.
    mixed = (FIELD - int.from_bytes(honest, "little") % 2**255) % FIELD
    mixed_raw = (mixed | (1 - (honest[31] >> 7)) << 255).to_bytes(32, "little")
    if not is_valid_point(honest) or any(map(is_valid_point, (mixed_raw, *small_order_encodings()))):
        raise RuntimeError("The Ed25519 library accepts unsafe keys. Install PyNaCl 1.6.2 or newer.")
    for each in (signer, P256Signer(b"\1" * 32, ""), P384Signer(b"\1" * 48, "")):
        _refuse_forgeries(each)


def _refuse_forgeries(signer: Signer) -> None:
    """Refuse a library that takes a signature over another message, or one of nothing but zeros, for good."""
    key = signer.public_key
    key.verify(signer.sign(b"satchel"), b"satchel")
    for forged in (signer.sign(b"satchel!"), bytes(key.signature_length)):
        try:
            key.verify(forged, b"satchel")
        except ProofVerificationError:
            continue
        raise RuntimeError(f"The {key.kind.name} library accepts a signature over another message, or of zeros.")
