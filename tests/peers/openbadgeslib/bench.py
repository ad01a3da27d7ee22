"""How openbadgeslib verifies a badge in full: contexts, form, proof, dates, the issuer's key out of its did:key."""

from collections.abc import Callable
from typing import Any

from openbadgeslib.ob3 import OB3LdpVerifier


def verifier(_contexts: dict[str, Any], did: str) -> Callable[[str], object]:
    """What verifies one document given as text; raises if it does not."""
    return OB3LdpVerifier.for_issuer_did(did).verify
