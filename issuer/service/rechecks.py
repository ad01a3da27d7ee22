"""What others say is checked again by itself, once a day: what was withdrawn is shown no more.

One at a time, and a few in a minute, so that awarding is never kept waiting; each asks the network for some seconds at
most. What could not be found out is tried again after an hour, and left out when that goes on for long
(`store.received.BELIEVED_FOR`). The time of the next check stands in the row before it begins: a crash loses nothing,
and two processes never check the same one at once.
"""

import uuid
from datetime import timedelta
from typing import Final

from issuer.service.context import Context
from issuer.service.received import ReceivedService
from issuer.store import received
from kit.errors import NotFound, Unavailable
from kit.jobs import STOP, Next, Run

KIND: Final = "recheck"
AT_ONCE: Final = 1
"""How many are begun in one sweep of the engine."""

TRIED_AGAIN_AFTER: Final = timedelta(hours=1)
SECONDS: Final = 5.0


class Rechecks:
    """Finds what is due, and checks it."""

    def __init__(self, context: Context, found: ReceivedService) -> None:
        self._context = context
        self._received = found

    def due(self) -> list[Run]:
        """What is to be checked now; it is due again only later, whatever becomes of this."""
        now = self._context.now()
        with self._context.database.reading() as session:
            if not received.any_due(session, now):
                return []
        with self._context.database.session() as session:
            ids = received.take_due(session, now=now, again=now + TRIED_AGAIN_AFTER, most=AT_ONCE)
        return [Run(KIND, each, int(now.timestamp()) // 60) for each in ids]

    def step(self, run: Run) -> Next:
        """Check one of them. Twice does no harm."""
        try:
            self._received.recheck(str(uuid.UUID(run.job_id)), seconds=SECONDS)
        except (NotFound, Unavailable):
            return STOP
        return STOP
