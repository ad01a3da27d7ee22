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
        # A class behind one address mistypes a good deal; against 60 bits and more all of these are nothing.
        self._by_client = Attempts(clock, burst=300, per=timedelta(minutes=10))
        self._by_all = Attempts(clock, burst=6000, per=timedelta(minutes=10))

    def admit(self, client: str) -> None:
        """Call before looking a token up. Raises: TooMany."""
        self._by_client.admit(client)
        self._by_all.admit("all")

    def missed(self, client: str) -> None:
        """Call when there was no such token, before answering NotFound."""
        self._by_client.failed(client)
        self._by_all.failed("all")


class Guesses:
    """The budget for wrong passwords and codes: small for one client at one login, so that a stranger cannot lock
    somebody out from afar; larger for a login from everywhere, and for a client at every login.
    """

    def __init__(self, clock: Clock) -> None:
        self._by_both = Attempts(clock, burst=10, per=timedelta(minutes=15))
        self._by_login = Attempts(clock, burst=50, per=timedelta(minutes=15))
        self._by_client = Attempts(clock, burst=100, per=timedelta(minutes=15))

    def admit(self, login: str, client: str) -> None:
        """Call before looking. Raises: TooMany."""
        self._by_both.admit(f"{client} {login}")
        self._by_login.admit(login)
        self._by_client.admit(client)

    def failed(self, login: str, client: str) -> None:
        """Count one failure."""
        self._by_both.failed(f"{client} {login}")
        self._by_login.failed(login)
        self._by_client.failed(client)

    def succeeded(self, login: str, client: str) -> None:
        """Forget what this client got wrong at this login."""
        self._by_both.succeeded(f"{client} {login}")
