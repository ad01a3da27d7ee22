"""What the verifier brings to a verdict from earlier ones: first sightings, and no list older than one it has seen.

The core judges what it is handed. Here evidence is completed before it is judged for good: the moment an entry was
first seen set, and, where a host serves an older version of a list than before, the newer one that we kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from kit.db import Database
from vc.credential import validity
from vc.document import STATUS_LIST_LIMITS
from vc.evidence import Evidence, Resource
from vc.problems import ProblemError, Url
from vc.securing import open_bytes
from vc.status import entry_key
from verifier import store
from verifier.service.findings import StatusFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """The evidence to judge by, and the lists whose host served an older version than before."""

    evidence: Evidence
    rolled_back: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The verifier's memory, in its own database; also the fetcher's cache, which so outlives the process."""

    database: Database

    def get(self, url: str) -> Resource | None:
        """The last good answer from an address, to be revalidated."""
        with self.database.reading() as session:
            kept = store.cached_resource(session, url)
        if kept is None:
            return None
        return Resource(
            url=Url(url), body=kept.body, media_type=kept.media_type, retrieved=kept.retrieved, etag=kept.etag
        )

    def put(self, resource: Resource) -> None:
        """Remember a good answer."""
        kept = store.CachedResource(
            url=resource.url,
            body=resource.body,
            media_type=resource.media_type,
            etag=resource.etag,
            retrieved=resource.retrieved,
        )
        with self.database.session() as session:
            store.cache_resource(session, kept)

    def newest(self, evidence: Evidence, lists: Iterable[Url]) -> Completed:
        """Replace every list that is older than the newest one kept here; name those."""
        kept: dict[Url, Resource] = {}
        for url in lists:
            served = evidence.resources.get(url)
            with self.database.reading() as session:
                newest = store.newest_list(session, url)
            if served is None or served.error is not None or newest is None:
                continue
            valid_from = list_date(served)
            if valid_from is not None and valid_from < newest.valid_from:
                kept[url] = Resource(
                    url=url, body=newest.body, media_type=newest.media_type, retrieved=newest.retrieved, from_cache=True
                )
        return Completed(evidence=evidence | kept, rolled_back=tuple(kept))

    def keep(self, evidence: Evidence, lists: Iterable[Url]) -> None:
        """Remember these versions, which have been verified, as the newest seen."""
        for url in lists:
            served = evidence.resources.get(url)
            valid_from = None if served is None or served.error is not None else list_date(served)
            if served is None or valid_from is None:
                continue
            seen = store.SeenList(
                list_url=url,
                valid_from=valid_from,
                retrieved=served.retrieved,
                media_type=served.media_type,
                body=served.body,
            )
            with self.database.session() as session:
                store.remember_list(session, seen)

    def first_seen(self, entries: Iterable[StatusFinding], *, now: datetime) -> Mapping[str, datetime]:
        """When each entry was first seen set, by ``vc.status.entry_key``; one not seen before is seen now."""
        with self.database.session() as session:
            found = {
                entry_key(each.list_url, each.index): store.first_seen(
                    session, each.list_url, each.index, each.purpose, now=now
                )
                for each in entries
            }
        return MappingProxyType(found)

    def forget_lifted(self, entries: Iterable[StatusFinding]) -> None:
        """Forget when entries of these were seen set that are not set any more: a pause that comes again is a new one.

        Only a suspension can be lifted; of a withdrawal the first sighting stays.
        """
        lifted = [each for each in entries if each.purpose == "suspension" and each.value == 0]
        if lifted:
            with self.database.session() as session:
                for each in lifted:
                    store.forget_seen(session, each.list_url, each.index, each.purpose)


def list_date(resource: Resource) -> datetime | None:
    """From when a list holds, in either data model, or None when it cannot be read: then it will not verify either."""
    try:
        return validity(open_bytes(resource.body, limits=STATUS_LIST_LIMITS).document).start
    except ProblemError:
        return None
