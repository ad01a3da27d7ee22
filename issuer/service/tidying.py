"""What has served its time is forgotten while the server runs: at the start, and once in every hour.

Rosters nobody said yes to, rooms a day after their end, requests nobody decided, answers that are too old to be asked
for again: what pages promise to delete is deleted, also where nobody ever opens another one or starts the server anew.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from kit.clock import Clock
from kit.jobs import STOP, Next, Run

KIND: Final = "tidy"
EVERY: Final = timedelta(hours=1)


class Tidying:
    """Does what the engine of jobs asks for every so often. ``forget`` are safe to be called at any time, by several
    processes at once; each forgets some hundred rows at most.
    """

    def __init__(self, clock: Clock, forget: Sequence[Callable[[], object]]) -> None:
        self._clock = clock
        self._forget = tuple(forget)
        self._last: datetime | None = None

    def due(self) -> list[Run]:
        """A run, once an hour."""
        now = self._clock.now()
        if self._last is not None and now - self._last < EVERY:
            return []
        self._last = now
        return [Run(KIND, str(uuid.uuid4()), 1)]

    def step(self, _of: Run) -> Next:
        """Forget. Raises: Unavailable without the database; then it is tried again."""
        for each in self._forget:
            each()
        return STOP
