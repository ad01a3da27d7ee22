"""How many checks may work at once. The next one waits a moment, and the one after that is told when to come back.

A check costs processor time and outbound requests; without a bound, a burst would slow every check down until none
met its deadline. Pages, health and stored verdicts never pass through here.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kit.errors import Unavailable
from kit.i18n import _


class Capacity:
    """``running`` places, ``waiting`` seats before them, and nobody sits longer than ``waiting_seconds``."""

    def __init__(self, *, running: int, waiting: int, waiting_seconds: float) -> None:
        self._places = threading.BoundedSemaphore(running)
        self._seats = threading.BoundedSemaphore(running + waiting)
        self._waiting_seconds = waiting_seconds

    @contextmanager
    def place(self) -> Iterator[None]:
        """Work inside the block. Raises: Unavailable at once, or after waiting in vain."""
        if not self._seats.acquire(blocking=False):
            raise self._full()
        try:
            if not self._places.acquire(timeout=self._waiting_seconds):
                raise self._full()
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._seats.release()

    def _full(self) -> Unavailable:
        words = _(
            "Many records are being checked at this moment. Nothing was lost; wait a few seconds, then try again."
        )
        return Unavailable(words, retry_after=max(1, round(self._waiting_seconds)))
