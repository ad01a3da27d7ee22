"""What a school's system calls somebody (``sourcedId``), as keyed hashes: found again, and saying nothing."""

import hashlib
import hmac
import json
import unicodedata
from typing import Final

from kit.vault import Vault

LEARNER, OFFERING, SEAT = "learner", "offering", "enrolment"
LISTED, DROPPED = "listed", "dropped"
"""Whether the file still lists it; ``dropped`` was taken off by a file, so that a file can bring it back."""
LABEL: Final = "source"


class SourceKeys:
    """Makes the keyed hashes of one organisation and one system of a school's: 64 hexadecimal digits."""

    def __init__(self, vault: Vault, organisation_id: str, system: str) -> None:
        self._begun = hmac.new(vault.derive(LABEL), json.dumps([organisation_id, system]).encode(), hashlib.sha256)
        self._known: dict[tuple[str, str], str] = {}
        self.system = self.of("system", "")

    def of(self, kind: str, source: str) -> str:
        """Of one sourcedId. The same is asked for many times of one file, and made once."""
        found = self._known.get((kind, source))
        if found is None:
            made = self._begun.copy()
            made.update(f"{kind}\n{unicodedata.normalize('NFC', source)}".encode())
            found = self._known[kind, source] = made.hexdigest()
        return found
