"""How openvc-core verifies a credential in full, without its status, for which it would ask the network."""

import json
from collections.abc import Callable
from typing import Any

from openvc.verify import VerificationPolicy, verify_credential


def verifier(contexts: dict[str, Any], _did: str) -> Callable[[str], object]:
    """What verifies one document given as text; raises if it does not."""
    policy = VerificationPolicy(require_status=False)
    return lambda text: verify_credential(json.loads(text), policy=policy, extra_contexts=contexts)
