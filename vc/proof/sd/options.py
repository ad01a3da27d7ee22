"""The options of an ecdsa-sd-2023 proof, which its hash covers.

Spec: https://www.w3.org/TR/vc-di-ecdsa/#base-proof-configuration-ecdsa-sd-2023
"""

from __future__ import annotations

import hashlib
from typing import Final

from vc.document import JsonObject
from vc.jsonld import Processor
from vc.proof.configuration import canonical_configuration

NAME: Final = "ecdsa-sd-2023"


def options_of(proof: JsonObject, document: JsonObject) -> JsonObject:
    """All members of a proof but its value, with the context of its document."""
    return {name: value for name, value in proof.items() if name != "proofValue"} | {
        "@context": document.get("@context")
    }


def proof_hash(options: JsonObject, processor: Processor) -> bytes:
    """The hash of a proof's options.

    Raises:
        ProblemError: a member would not be covered by the signature.

    Spec: https://www.w3.org/TR/vc-di-ecdsa/#base-proof-hashing-ecdsa-sd-2023

    """
    return hashlib.sha256(canonical_configuration(options, "sha256", processor)).digest()
