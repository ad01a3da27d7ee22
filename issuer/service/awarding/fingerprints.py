"""Who earned what, and when, as a value that tells none of it: the same again is known without looking anybody up.

A mark is not part of it: a sheet with one mark corrected is the same sheet with a correction, not a second award.
"""

import hashlib
import hmac
import json
from collections.abc import Callable

from issuer.service.award_rows import plain
from kit.vault import Vault

LABEL = "award-once"

Fingerprint = Callable[[str, str, str, str], str]
"""Takes the achievement's id, the kind of identifier, the identifier, and the term or the day (or nothing)."""


def fingerprinting(vault: Vault, organisation_id: str) -> Fingerprint:
    """Makes fingerprints for one organisation: 64 hexadecimal digits, of no use elsewhere and without the key."""
    key = vault.derive(LABEL)

    def fingerprint(achievement_id: str, identifier_type: str, identifier: str, when: str) -> str:
        said = [organisation_id, achievement_id, identifier_type, plain(identifier), plain(when)]
        return hmac.new(key, json.dumps(said, ensure_ascii=False).encode(), hashlib.sha256).hexdigest()

    return fingerprint
