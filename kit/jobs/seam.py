"""What a role and an engine of jobs say to one another; and how a job is driven, which is the same for every engine."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from kit import log

ENGINE_FILE: Final = "jobs.db"
"""What an engine's own file is called in a role's folder. No backup holds it: the rows know better."""

TRIES: Final = 5
"""How often in a row a step may raise; then its job is left to the sweep."""

LONGEST_PAUSE: Final = 8.0
"""Seconds between two tries of a step that raises, at most: 1, 2, 4, 8."""

SHORT: Final = 1.0
"""Seconds that a job waits for where it is; for more than that it makes room for others."""

TURN: Final = 1.0
"""Seconds after which a job makes room for one that waits, between two steps, and goes on after those that do."""

MOST_IN_TURN: Final = 20
"""While more jobs than that wait, each goes on to its end or its next rest: with so many, whoever had a turn would wait
for the next one beyond its lease, be found by the sweep, and never get through.
"""

_KIND = re.compile(r"[a-z]+(-[a-z]+){0,4}")


@dataclass(frozen=True, slots=True)
class Next:
    """What a step answers: come again after so many seconds, or (``None``) not again."""

    seconds: float | None


GO: Final = Next(0.0)
"""There is more to do."""

STOP: Final = Next(None)
"""Nothing is left, or it is not for this run to do."""


def wait(seconds: float) -> Next:
    """Come again no sooner than in so many seconds. Raises: ValueError for a negative number, or more than a year."""
    if not 0 <= seconds <= 366 * 86_400:
        raise ValueError("A job may wait for a year at most, and not for less than nothing.")
    return Next(float(seconds))


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt at one job: everything an engine ever knows of it.

    `kind` is of lower-case letters and hyphens, `job_id` a UUID as the rows spell it, `attempt` counts from 1.
    Raises: ValueError for anything else; a name or an address could not get into an engine by mistake.
    """

    kind: str
    job_id: str
    attempt: int

    def __post_init__(self) -> None:
        if not isinstance(self.kind, str) or not _KIND.fullmatch(self.kind) or len(self.kind) > 40:
            raise ValueError("A kind of job is of lower-case letters and hyphens.")
        if not isinstance(self.job_id, str) or not _is_uuid(self.job_id):
            raise ValueError("A job is named by its UUID and by nothing else.")
        if type(self.attempt) is not int or not 1 <= self.attempt < 1 << 31:
            raise ValueError("Attempts are counted from 1.")


def _is_uuid(value: str) -> bool:
    try:
        return str(uuid.UUID(value)) == value
    except ValueError:
        return False


Step = Callable[[Run], Next]
"""Does a little of a job, in transactions of its own."""

Sweep = Callable[[], Iterable[Run]]
"""Finds the jobs that nobody works on though somebody should, raises their attempt in the rows, and names them."""


class Jobs(Protocol):
    """Drives jobs. `handles` and `sweeps` come before `start`; nothing runs before it, and nothing new after `stop`."""

    def handles(self, kind: str, step: Step) -> None:
        """Jobs of this kind are done by this step. Raises: ValueError for a second step; RuntimeError once started."""
        ...

    def sweeps(self, find: Sweep) -> None:
        """Ask this at the start and every so often, and enqueue what it names. Raises: RuntimeError once started."""
        ...

    def start(self) -> None:
        """Begin to work. Raises: RuntimeError when it was started already; `kit.errors.Unavailable`."""
        ...

    def enqueue(self, run: Run) -> None:
        """Have this run driven soon; call it when the job's row is committed. Never waits and never fails.

        The same run is driven once, however often it is enqueued. A run that is lost on its way is found by the sweep.
        Raises: ValueError for a kind that nothing handles; RuntimeError before `start`.
        """
        ...

    def stop(self, *, seconds: float) -> None:
        """Let the steps that are under way end and begin no other; give up waiting after so many seconds.

        What was interrupted goes on at the next start. A step that does not end is left as if the process had been
        killed. A second call does nothing.
        """
        ...


class Stopped(BaseException):
    """The run was interrupted because everything stops; no `except Exception` on the way may take it for an outcome."""


class Register:
    """Who handles what: filled before the start, and read only from then on."""

    def __init__(self) -> None:
        self.steps: dict[str, Step] = {}
        self.finders: list[Sweep] = []
        self._closed = False

    def handles(self, kind: str, step: Step) -> None:
        """Keep the step. Raises: ValueError for a second one or a kind that is no kind; RuntimeError when closed."""
        self._check_open()
        Run(kind, str(uuid.UUID(int=0)), 1)
        if kind in self.steps:
            raise ValueError(f"There is a step for jobs of the kind {kind} already.")
        self.steps[kind] = step

    def sweeps(self, find: Sweep) -> None:
        """Keep what finds lapsed jobs. Raises: RuntimeError when closed."""
        self._check_open()
        self.finders.append(find)

    def close(self) -> None:
        """Take no more. Raises: RuntimeError when closed already."""
        self._check_open()
        self._closed = True

    def check(self, run: Run) -> None:
        """Raise: RuntimeError before the start; ValueError for a kind that nothing handles."""
        if not self._closed:
            raise RuntimeError("Jobs are enqueued once the engine was started.")
        if run.kind not in self.steps:
            raise ValueError(f"Nothing handles jobs of the kind {run.kind}.")

    def found(self, role: str) -> Iterable[Run]:
        """Ask everything that finds lapsed jobs; one that raises is logged, and asked again the next time."""
        for find in self.finders:
            try:
                yield from find()
            except Exception as error:  # noqa: BLE001 - whatever it is, the other finders are asked
                log.write(role, "sweep failed", error=error)

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("The engine of jobs was started already.")


def drive(step: Step, run: Run, *, role: str, stopping: threading.Event, waiting: Callable[[], int]) -> float | None:
    """Take steps until there is nothing left (``None``), or until the job is to rest (so many seconds; none when it
    had its turn and others wait). ``waiting`` says how many jobs could begin if there were room, and never fails.

    Raises: Stopped between two steps, once `stopping` is set.
    """
    failures, turn = 0, time.monotonic()
    while True:
        if stopping.is_set():
            raise Stopped
        try:
            after = step(run).seconds
            failures = 0
        except Exception as error:  # noqa: BLE001 - a step may raise anything; its text may quote a person's data
            failures += 1
            given_up = failures >= TRIES
            event = "job left to the sweep" if given_up else "job tries again"
            log.write(role, event, error=error, job=run.job_id, kind=run.kind, attempt=run.attempt, count=failures)
            if given_up:
                return None
            after = min(2.0 ** (failures - 1), LONGEST_PAUSE)
            stopping.wait(after)
            continue
        if after is None or after > SHORT:
            return after
        if time.monotonic() - turn >= TURN:
            if 0 < waiting() <= MOST_IN_TURN:
                return after
            turn = time.monotonic()
        if after:
            stopping.wait(after)
