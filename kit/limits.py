"""How often somebody may try: in memory, per process, by names that stand for nobody (addresses' /64, HMACs, words).

`Attempts` counts failures only, so that a whole school behind one address can sign in, and only guessing runs dry.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from kit.clock import Clock
from kit.errors import TooMany

_KEPT = 50_000


class Attempts:
    """A bucket of `burst` tries per key that refills evenly over `per`."""

    def __init__(self, clock: Clock, *, burst: int, per: timedelta) -> None:
        self._clock = clock
        self._burst = float(burst)
        self._rate = burst / per.total_seconds()
        self._buckets: OrderedDict[str, tuple[float, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, key: str) -> None:
        """Let `key` try. Raises: TooMany when its bucket is empty."""
        with self._lock:
            left = self._left(key)
        if left < 1:
            raise TooMany(retry_after=max(1, math.ceil((1 - left) / self._rate)))

    def failed(self, key: str) -> None:
        """Count one failure of `key`."""
        with self._lock:
            left = max(0.0, self._left(key) - 1)
            self._buckets[key] = (left, self._clock.now())
            self._buckets.move_to_end(key)
            while len(self._buckets) > _KEPT:
                self._buckets.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget the failures of `key`."""
        with self._lock:
            self._buckets.pop(key, None)

    def spend(self, key: str) -> None:
        """Admit `key` and count the try, whatever comes of it. Raises: TooMany."""
        self.admit(key)
        self.failed(key)

    def _left(self, key: str) -> float:
        found = self._buckets.get(key)
        if found is None:
            return self._burst
        left, then = found
        elapsed = max(0.0, (self._clock.now() - then).total_seconds())
        return min(self._burst, left + elapsed * self._rate)


class Misses:
    """The budget for wrong guesses at secret addresses (claim links, share links): per client, and for all together."""

    def __init__(self, clock: Clock) -> None:
        self._by_client = Attempts(clock, burst=30, per=timedelta(minutes=10))
        self._by_all = Attempts(clock, burst=600, per=timedelta(minutes=10))

    def admit(self, client: str) -> None:
        """Call before looking a token up. Raises: TooMany."""
        self._by_client.admit(client)
        self._by_all.admit("all")

    def missed(self, client: str) -> None:
        """Call when there was no such token, before answering NotFound."""
        self._by_client.failed(client)
        self._by_all.failed("all")
