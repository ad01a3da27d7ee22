"""Sends what waits in an outbox, a moment at a time, so that other work has its turn.

The rows of the outbox are the truth. A run of the engine carries nothing but a random id and means "look what waits";
one that is lost, doubled or late changes nothing, since the sweep looks too.
"""

import threading
import time
import uuid
from collections.abc import Callable
from typing import Final

from issuer.service.work import Work
from kit.jobs import STOP, Next, Run

ROUND_SECONDS: Final = 2.0


class Rounds:
    """Rounds of one kind: ``is_due`` says whether anything can be sent, ``send_one`` sends it and says whether there
    was anything. Both raise Unavailable without the database; then the engine tries again.
    """

    def __init__(self, kind: str, work: Work, *, is_due: Callable[[], bool], send_one: Callable[[], bool]) -> None:
        self._kind = kind
        self._work = work
        self._is_due = is_due
        self._send_one = send_one
        self._rung = threading.Event()
        work.handles(kind, self.step, self.waiting)

    def wake(self) -> None:
        """Have somebody look at what waits; a second call before that changes nothing. Never fails."""
        if not self._rung.is_set():
            self._rung.set()
            self._work.enqueue(self._run())

    def waiting(self) -> list[Run]:
        """A run, when something can be sent: for the sweep."""
        self._rung.clear()  # whoever was called may have been another process, or gone: the next call counts
        return [self._run()] if self._is_due() else []

    def step(self, _of: Run) -> Next:
        """Send for a moment; what is left then has another run. Raises: Unavailable without the database."""
        self._rung.clear()
        until = time.monotonic() + ROUND_SECONDS
        while time.monotonic() < until:
            if not self._send_one():
                return STOP
        self.wake()
        return STOP

    def _run(self) -> Run:
        return Run(self._kind, str(uuid.uuid4()), 1)
