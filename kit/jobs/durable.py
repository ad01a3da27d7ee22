"""Jobs that outlive the process: `Jobs` on DBOS, in SQLite beside a role's database or inside its PostgreSQL.

The engine keeps a line for each run: which job, which attempt, whether it ended. It keeps no steps and no results: a
run that is taken up again simply asks the rows what is left. A rest is a further line, which becomes due.

What was under way when the process died goes on when a process of the same name starts; what a machine left that does
not come back, the sweep finds. One of these a process: the engine knows no more.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from concurrent.futures import Future, InvalidStateError
from datetime import UTC, datetime, timedelta
from typing import Final

import dbos
from sqlalchemy import exc

from kit import log
from kit.db import translated
from kit.jobs import engine
from kit.jobs.seam import MOST_IN_TURN, Register, Run, Step, Stopped, Sweep, drive

POLLED: Final = 0.25
"""Seconds between two looks into the queue."""

KEPT: Final = timedelta(days=7)
"""How long the line of a run that ended stays, so that it is not driven again."""

_AT_ONCE: Final = 500
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_one_a_process = threading.Lock()


class DbosJobs:
    """See `kit.jobs.Jobs`. `address` is that of the engine's own database (`kit.jobs.engine.address_beside`).

    `worker` names this process among those of the role, and is the same after a restart. `lanes` jobs run at once; the
    sweep is asked every `sweep_every` seconds.
    """

    def __init__(self, *, role: str, worker: str, address: str, lanes: int = 2, sweep_every: float = 20.0) -> None:
        self._role = role
        self._worker = worker
        self._address = address
        self._lanes = lanes
        self._sweep_every = sweep_every
        self._queue = f"satchel-{role}"
        self._register = Register()
        self._stopping = threading.Event()
        self._given: deque[Run] = deque()
        self._wake = threading.Event()
        self._under_way: set[Future[float | None]] = set()
        self._watch = threading.Condition()
        self._hand: threading.Thread | None = None

    def handles(self, kind: str, step: Step) -> None:
        """See `Jobs`."""
        self._register.handles(kind, step)

    def sweeps(self, find: Sweep) -> None:
        """See `Jobs`."""
        self._register.sweeps(find)

    def start(self) -> None:
        """See `Jobs`. Raises also: RuntimeError when this process has another engine."""
        self._register.close()
        configuration = engine.configuration(
            role=self._role, worker=self._worker, address=self._address, lanes=self._lanes
        )
        if not _one_a_process.acquire(blocking=False):
            raise RuntimeError("This process has an engine of jobs already; it can have one.")

        def run(kind: str, job_id: str, attempt: int, part: int) -> str:
            return self._run(kind, job_id, attempt, part)

        try:
            engine.without_pickle()
            with translated():
                engine.private_file(self._address)
                dbos.DBOS(config=configuration)
                engine.quieted()
                dbos.DBOS.workflow(name="run", max_recovery_attempts=None)(run)
                dbos.DBOS.launch()
                dbos.DBOS.register_queue(
                    self._queue,
                    worker_concurrency=self._lanes,
                    polling_interval_sec=POLLED,
                    on_conflict="always_update",
                )
        except BaseException:
            dbos.DBOS.destroy(destroy_registry=True)
            _one_a_process.release()
            raise
        self._hand = threading.Thread(target=self._hand_over, name="jobs-hand", daemon=True)
        self._hand.start()

    def enqueue(self, run: Run) -> None:
        """See `Jobs`."""
        self._register.check(run)
        self._given.append(run)
        self._wake.set()

    def stop(self, *, seconds: float) -> None:
        """See `Jobs`."""
        if self._hand is None or self._stopping.is_set():
            return
        until = time.monotonic() + seconds
        self._stopping.set()
        self._wake.set()
        with self._watch:
            self._watch.wait_for(lambda: not self._under_way, timeout=max(0.0, seconds - 1.0))
            for left in list(self._under_way):
                with contextlib.suppress(InvalidStateError):
                    left.set_exception(Stopped())
        self._hand.join(max(0.1, until - time.monotonic()))
        ending = threading.Thread(target=self._end, name="jobs-end", daemon=True)
        ending.start()
        ending.join(max(0.5, until - time.monotonic()))

    def _end(self) -> None:
        dbos.DBOS.destroy(destroy_registry=True)
        _one_a_process.release()

    def _run(self, kind: str, job_id: str, attempt: int, part: int) -> str:
        """What the engine calls, on a thread of its own; it gets no result and no error that it could keep.

        The steps are taken on another thread, which can be left behind. `Stopped` passes through the engine, which
        then takes the run up again at its next start.
        """
        try:
            run = Run(kind, job_id, attempt)
            step = self._register.steps[kind]
        except (ValueError, KeyError):
            log.write(self._role, "job of an unknown kind", outcome="dropped")
            return "unknown"
        under_way: Future[float | None] = Future()
        with self._watch:
            if self._stopping.is_set():
                raise Stopped
            self._under_way.add(under_way)
        try:
            steps = threading.Thread(
                target=self._steps, args=(step, run, part, under_way), name=f"jobs-{kind}", daemon=True
            )
            steps.start()
            after = under_way.result()
        finally:
            with self._watch:
                self._under_way.discard(under_way)
                self._watch.notify_all()
        return "ended" if after is None else "rests"

    def _steps(self, step: Step, run: Run, part: int, under_way: Future[float | None]) -> None:
        try:
            after = drive(step, run, role=self._role, stopping=self._stopping, waiting=self._waiting)
            if after is not None:
                self._put(run, part + 1, after or None)
        except BaseException as error:  # noqa: BLE001 - it is handed to who waits
            if isinstance(error, Exception):  # the engine's database is gone: as if the process had been
                log.write(self._role, "job waits for its engine", error=error, job=run.job_id, kind=run.kind)
            with contextlib.suppress(InvalidStateError):
                under_way.set_exception(Stopped())
            return
        with contextlib.suppress(InvalidStateError):
            under_way.set_result(after)

    def _waiting(self) -> int:
        """How many runs are due, and begun by nobody; none where the engine cannot tell just now."""
        try:
            found = dbos.DBOS.list_workflows(
                status="ENQUEUED",
                queue_name=self._queue,
                limit=MOST_IN_TURN + 1,
                load_input=False,
                load_output=False,
            )
        except (exc.SQLAlchemyError, dbos.error.DBOSException) as error:
            log.write(self._role, "waiting jobs not counted", error=error)
            return 0
        return len(found)

    def _put(self, run: Run, part: int, seconds: float | None = None) -> None:
        """Write the engine's line for a run, or for its next part, which becomes due after so many seconds."""
        options: dbos.EnqueueOptions = {
            "workflow_name": "run",
            "queue_name": self._queue,
            "workflow_id": f"{run.kind}:{run.job_id}:{run.attempt}:{part}",
            "app_version": engine.APPLICATION_VERSION,
        }
        if seconds is not None:
            options["delay_seconds"] = seconds
        dbos.DBOS.enqueue_workflow_with_options(options, run.kind, run.job_id, run.attempt, part)

    def _hand_over(self) -> None:
        """Hand runs to the engine, and sweep; on one thread, so that nobody who enqueues ever waits for the engine."""
        sweep_at = forget_at = time.monotonic()
        while not self._stopping.is_set():
            if time.monotonic() >= sweep_at:
                self._given.extend(self._register.found(self._role))
                sweep_at = time.monotonic() + self._sweep_every
            while self._given and not self._stopping.is_set():
                run = self._given.popleft()
                try:
                    self._register.check(run)
                    self._put(run, 0)
                except Exception as error:  # noqa: BLE001 - the sweep finds it again
                    log.write(
                        self._role,
                        "job not handed over",
                        error=error,
                        job=run.job_id,
                        kind=run.kind,
                        attempt=run.attempt,
                    )
            if time.monotonic() >= forget_at and not self._stopping.is_set():
                forget_at = time.monotonic() + 3600
                self._forget()
            self._wake.wait(max(0.0, sweep_at - time.monotonic()))
            self._wake.clear()

    def _forget(self) -> None:
        """Delete the lines of runs that ended long ago."""
        before = (datetime.now(UTC) - KEPT).isoformat()
        try:
            while not self._stopping.is_set():
                old = dbos.DBOS.list_workflows(
                    status=_ENDED, completed_before=before, limit=_AT_ONCE, load_input=False, load_output=False
                )
                if not old:
                    return
                dbos.DBOS.delete_workflows([each.workflow_id for each in old])
        except (exc.SQLAlchemyError, dbos.error.DBOSException) as error:
            log.write(self._role, "old runs not deleted", error=error)
