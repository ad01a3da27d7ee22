"""Courtesy to other servers: at most two requests at a time to each, and a rest for one that keeps failing."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from kit.clock import Clock
from kit.fetch.kinds import Failed, Reason
from kit.fetch.network import Deadline
from kit.fetch.urls import Target

PER_HOST = 2
_BREAKER_FAILURES = 5
_BREAKER_REST = timedelta(seconds=10)


class Hosts:
    """Turns at each host (at most two at a time), and rest for a host that keeps failing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._turns: dict[str, threading.BoundedSemaphore] = {}
        self._failures: dict[str, tuple[int, datetime]] = {}

    def turn(self, target: Target, deadline: Deadline) -> Turn:
        """Wait for a turn. Raises: Failed when the host rests or no turn comes in time."""
        with self._lock:
            count, since = self._failures.get(target.origin, (0, self._clock.now()))
            if count >= _BREAKER_FAILURES:
                if self._clock.now() - since < _BREAKER_REST:
                    raise Failed(Reason.UNREACHABLE)
                self._failures[target.origin] = (count, self._clock.now())  # one probe, then rest again
            if len(self._turns) > 2000:
                self._turns.clear()
            turns = self._turns.setdefault(target.origin, threading.BoundedSemaphore(PER_HOST))
        if not turns.acquire(timeout=max(0.01, deadline.left_or_none())):
            raise Failed(Reason.TIMEOUT)
        return Turn(turns)

    def note(self, target: Target, *, good: bool) -> None:
        """Remember how it went."""
        with self._lock:
            if good:
                self._failures.pop(target.origin, None)
                return
            count, _since = self._failures.get(target.origin, (0, self._clock.now()))
            if len(self._failures) > 2000:
                self._failures.clear()
            self._failures[target.origin] = (count + 1, self._clock.now())


class Turn:
    """A place at a host, given back at the end of the block."""

    def __init__(self, turns: threading.BoundedSemaphore) -> None:
        self._turns = turns

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_exception: object) -> None:
        self._turns.release()
