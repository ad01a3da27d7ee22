"""Stored verdicts: put away sealed, found again only by the id that was handed out, swept when they expire.

The id is 128 random bits in base64url. The database holds a BLAKE2b hash of it (the locator) and the record sealed
under a key derived from the id, so the row alone opens nothing.
"""

import hashlib
import secrets
import zlib
from datetime import datetime
from typing import Final

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.orm import Session

from kit.vault import DataKey
from verifier.store.tables import StoredVerdict

ID_BYTES: Final = 16
_LOCATOR: Final = b"satchel:locator"
_KEY: Final = b"satchel:verdict"
_MAX_UNPACKED: Final = 64 * 1024 * 1024


def new_verdict_id() -> str:
    """A fresh, unguessable id of 128 bits, in 22 characters that are safe in a path."""
    return secrets.token_urlsafe(ID_BYTES)


def keep_verdict(session: Session, verdict_id: str, content: bytes, *, created: datetime, expires: datetime) -> None:
    """Seal ``content`` (any bytes) under the id and store it until ``expires``."""
    locator = _locator(verdict_id)
    sealed = _key(verdict_id).seal(zlib.compress(content, 6), context=locator.encode())
    session.add(StoredVerdict(locator=locator, sealed=sealed, created=created, expires=expires))


def find_verdict(session: Session, verdict_id: str, *, now: datetime) -> bytes | None:
    """The content stored under an id, or None when there is none, or none any more.

    Raises: VaultError when the row was tampered with.
    """
    row = session.get(StoredVerdict, _locator(verdict_id))
    if row is None or row.expires <= now:
        return None
    packed = _key(verdict_id).open(row.sealed, context=row.locator.encode())
    return zlib.decompressobj().decompress(packed, _MAX_UNPACKED)


def count_verdicts(session: Session) -> int:
    """How many verdicts are stored at this moment."""
    return session.scalar(select(func.count()).select_from(StoredVerdict)) or 0


def sweep_verdicts(session: Session, *, now: datetime) -> int:
    """Delete what has expired; returns how many verdicts that were."""
    result = session.execute(delete(StoredVerdict).where(StoredVerdict.expires <= now))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _locator(verdict_id: str) -> str:
    return hashlib.blake2b(verdict_id.encode(), digest_size=32, person=_LOCATOR).hexdigest()


def _key(verdict_id: str) -> DataKey:
    return DataKey(hashlib.blake2b(verdict_id.encode(), digest_size=32, person=_KEY).digest())
