"""Jobs in the threads of this process, remembered by nobody: for tests, and for roles whose jobs are few and short.

After a crash or a stop only the sweep brings them back.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from typing import Final

from kit import log
from kit.jobs.seam import Register, Run, Step, Stopped, Sweep, drive

REMEMBERED: Final = 10_000
"""How many runs are known not to be driven again; beyond that the oldest are forgotten, and the rows stop them."""


class ThreadJobs:
    """See `kit.jobs.Jobs`. `lanes` jobs run at once; the sweep is asked every `sweep_every` seconds."""

    def __init__(self, *, role: str, lanes: int = 2, sweep_every: float = 20.0) -> None:
        self._role = role
        self._lanes = lanes
        self._sweep_every = sweep_every
        self._register = Register()
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Run]] = []
        self._order = itertools.count()
        self._known: dict[Run, None] = {}
        self._threads: list[threading.Thread] = []

    def handles(self, kind: str, step: Step) -> None:
        """See `Jobs`."""
        self._register.handles(kind, step)

    def sweeps(self, find: Sweep) -> None:
        """See `Jobs`."""
        self._register.sweeps(find)

    def start(self) -> None:
        """See `Jobs`."""
        self._register.close()
        wanted = [("jobs-sweep", self._sweep), *((f"jobs-{lane}", self._work) for lane in range(self._lanes))]
        self._threads = [threading.Thread(target=target, name=name, daemon=True) for name, target in wanted]
        for thread in self._threads:
            thread.start()

    def enqueue(self, run: Run) -> None:
        """See `Jobs`."""
        self._register.check(run)
        with self._changed:
            if run in self._known:
                return
            self._known[run] = None
            while len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]
            self._put(run, 0.0)

    def stop(self, *, seconds: float) -> None:
        """See `Jobs`."""
        self._stopping.set()
        until = time.monotonic() + seconds
        with self._changed:
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _put(self, run: Run, seconds: float) -> None:
        heapq.heappush(self._due, (time.monotonic() + seconds, next(self._order), run))
        self._changed.notify_all()

    def _take(self) -> Run | None:
        """Give the next run that is due, when it is; ``None`` when everything stops."""
        with self._changed:
            while not self._stopping.is_set():
                rest = self._due[0][0] - time.monotonic() if self._due else None
                if rest is not None and rest <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(rest)
            return None

    def _waiting(self) -> int:
        """How many runs are due, and not being driven."""
        with self._changed:
            now = time.monotonic()
            return sum(due <= now for due, _order, _run in self._due)

    def _work(self) -> None:
        while (run := self._take()) is not None:
            try:
                step = self._register.steps[run.kind]
                after = drive(step, run, role=self._role, stopping=self._stopping, waiting=self._waiting)
            except Stopped:
                return
            if after is not None:
                with self._changed:
                    self._put(run, after)

    def _sweep(self) -> None:
        while True:
            for run in self._register.found(self._role):
                try:
                    self.enqueue(run)
                except ValueError as error:
                    log.write(self._role, "job of an unknown kind", error=error, job=run.job_id, kind=run.kind)
            if self._stopping.wait(self._sweep_every):
                return
