"""What the verifier remembers between checks: first sightings, the newest version of each list, fetched resources.

None of it names a person. Addresses longer than the columns are not remembered, which costs a fetch and nothing else.
"""

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from verifier.store.tables import CachedResourceRow, Model, SeenEntryRow, SeenListRow

MAX_URL: Final = 2000
_MAX_UNPACKED: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenList:
    """A version of a status list: its own ``validFrom``, when we fetched it, and its bytes."""

    list_url: str
    valid_from: datetime
    retrieved: datetime
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedResource:
    """A resource as it was last fetched well; ``retrieved`` is the last time the host confirmed it."""

    url: str
    body: bytes
    media_type: str
    etag: str | None
    retrieved: datetime


def first_seen(session: Session, list_url: str, position: int, purpose: str, *, now: datetime) -> datetime:
    """When this entry was first seen set; the first call for an entry remembers ``now`` and returns it."""
    query = select(SeenEntryRow).where(
        SeenEntryRow.list_url == list_url, SeenEntryRow.position == position, SeenEntryRow.purpose == purpose
    )
    row = session.scalar(query)
    if row is not None:
        return row.first_seen
    if len(list_url) > MAX_URL:
        return now
    if _add_unless_there(session, SeenEntryRow(list_url=list_url, position=position, purpose=purpose, first_seen=now)):
        return now
    row = session.scalar(query)
    return now if row is None else row.first_seen


def forget_seen(session: Session, list_url: str, position: int, purpose: str) -> None:
    """Forget that this entry was ever seen set: it is not any more."""
    session.execute(
        delete(SeenEntryRow).where(
            SeenEntryRow.list_url == list_url, SeenEntryRow.position == position, SeenEntryRow.purpose == purpose
        )
    )


def newest_list(session: Session, list_url: str) -> SeenList | None:
    """The newest version of a list that was ever seen here, or None."""
    row = session.get(SeenListRow, list_url)
    if row is None:
        return None
    return SeenList(
        list_url=row.list_url,
        valid_from=row.valid_from,
        retrieved=row.retrieved,
        media_type=row.media_type,
        body=_unpack(row.body),
    )


def remember_list(session: Session, seen: SeenList) -> bool:
    """Keep a verified version of a list unless a newer one is known; False says that this one is a rollback."""
    row = session.get(SeenListRow, seen.list_url)
    if row is None:
        if len(seen.list_url) > MAX_URL or _add_unless_there(session, _list_row(seen)):
            return True
        row = session.get_one(SeenListRow, seen.list_url, populate_existing=True)
    if seen.valid_from < row.valid_from:
        return False
    row.valid_from, row.retrieved = seen.valid_from, seen.retrieved
    row.media_type, row.body = seen.media_type, zlib.compress(seen.body, 6)
    return True


def cached_resource(session: Session, url: str) -> CachedResource | None:
    """The last good copy of a resource, or None."""
    row = session.get(CachedResourceRow, url)
    if row is None:
        return None
    return CachedResource(
        url=row.url, body=_unpack(row.body), media_type=row.media_type, etag=row.etag, retrieved=row.retrieved
    )


def cache_resource(session: Session, resource: CachedResource) -> None:
    """Keep (or replace) the last good copy of a resource."""
    if len(resource.url) > MAX_URL:
        return
    etag = resource.etag if resource.etag is not None and len(resource.etag) <= 500 else None
    packed = zlib.compress(resource.body, 6)
    row = session.get(CachedResourceRow, resource.url)
    if row is None:
        fresh = CachedResourceRow(
            url=resource.url, body=packed, media_type=resource.media_type, etag=etag, retrieved=resource.retrieved
        )
        if _add_unless_there(session, fresh):
            return
        row = session.get_one(CachedResourceRow, resource.url, populate_existing=True)
    row.body, row.etag = packed, etag
    row.media_type, row.retrieved = resource.media_type, resource.retrieved


def sweep_resources(session: Session, *, before: datetime) -> int:
    """Forget copies that no host has confirmed since ``before``; returns how many."""
    result = session.execute(delete(CachedResourceRow).where(CachedResourceRow.retrieved < before))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _add_unless_there(session: Session, row: Model) -> bool:
    """Insert a row; False when somebody else inserted the same one a moment earlier."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def _list_row(seen: SeenList) -> SeenListRow:
    return SeenListRow(
        list_url=seen.list_url,
        valid_from=seen.valid_from,
        retrieved=seen.retrieved,
        media_type=seen.media_type,
        body=zlib.compress(seen.body, 6),
    )


def _unpack(packed: bytes) -> bytes:
    return zlib.decompressobj().decompress(packed, _MAX_UNPACKED)
