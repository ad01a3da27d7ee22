"""What was fetched last, by URL: to ask "has it changed?" instead of fetching again, and to know since when it failed.

A cached copy is never passed off as fresh: it serves when its origin has just confirmed it (304), or when the caller
asked for copies up to a certain age, and then it keeps the time it was really retrieved.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Protocol

from vc.evidence import Resource

MOST_ENTRIES = 1000
MOST_BYTES = 64 * 1024 * 1024


class ResourceCache(Protocol):
    """Keeps the last good answer per URL. A role may keep it in its database, so that it outlives the process."""

    def get(self, url: str) -> Resource | None:
        """The last good answer."""
        ...

    def put(self, resource: Resource) -> None:
        """Remember a good answer."""
        ...


class MemoryCache:
    """A cache in memory, bounded in entries and bytes; the longest unused go first."""

    def __init__(self, *, entries: int = MOST_ENTRIES, total: int = MOST_BYTES) -> None:
        self._entries = entries
        self._total = total
        self._size = 0
        self._kept: OrderedDict[str, Resource] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, url: str) -> Resource | None:
        """The last good answer."""
        with self._lock:
            found = self._kept.get(url)
            if found is not None:
                self._kept.move_to_end(url)
            return found

    def put(self, resource: Resource) -> None:
        """Remember a good answer."""
        with self._lock:
            old = self._kept.pop(resource.url, None)
            self._size -= len(old.body) if old else 0
            self._kept[resource.url] = resource
            self._size += len(resource.body)
            while self._kept and (len(self._kept) > self._entries or self._size > self._total):
                _url, dropped = self._kept.popitem(last=False)
                self._size -= len(dropped.body)
