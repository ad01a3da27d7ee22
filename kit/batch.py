"""Many verdicts at once: the same pure function in several processes.

Each process gets a handful of documents at a time and gives back reports as bytes, which are read when somebody asks.
One that dies, or that takes longer than it may, is ended and replaced; its documents are tried again one by one, and
the one that did it is *could not be checked*. What this module does not do: it fetches nothing (see `kit.fetch`).
"""

from __future__ import annotations

import gc
import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import Final

import orjson

from vc.checks import Recognition, Report, Verdict
from vc.evidence import Evidence, Resource
from vc.judging import unreadable
from vc.policy import Policy
from vc.problems import BudgetExceeded, Url
from vc.verification import verify

CHUNK: Final = 16
"""Documents handed to a process at a time; more of them would leave the last process working alone for longer."""

CHUNK_BYTES: Final = 1 << 20
MAX_PROCESSES: Final = 64
PATIENCE: Final = 60.0
"""Seconds that a process may take for what it was handed; the budgets of the verdict itself are far tighter."""

Progress = Callable[[int, int | None], None]
"""Told how many documents are done, and of how many (``None``: not known yet)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The verdict on one document, and the report behind it."""

    verdict: Verdict
    recognition: Recognition
    report_json: bytes

    @property
    def report(self) -> Report:
        """The whole report; it is read when it is asked for."""
        return Report.from_json(orjson.loads(self.report_json))


@dataclass(slots=True)
class _Worker:
    """A process, the pipe to it, and what it is busy with: the first document's number, the documents, until when."""

    process: multiprocessing.process.BaseProcess
    pipe: Connection
    chunk: tuple[int, Sequence[bytes]] | None = None
    until: float = 0.0
    ready: bool = False

    def is_ready(self) -> bool:
        """Whether the process has started; only then does its time run."""
        if not self.ready and self.pipe.poll():
            try:
                self.pipe.recv()
            except (EOFError, OSError):
                raise RuntimeError("A process that was to check documents did not start.") from None
            self.ready = True
        return self.ready

    def hand(self, chunk: tuple[int, Sequence[bytes]], patience: float) -> None:
        self.chunk = chunk
        self.until = time.monotonic() + patience
        self.pipe.send(chunk[1])

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


@dataclass(slots=True)
class _Waiting:
    """The documents that are still to be handed out."""

    documents: Iterator[bytes]
    again: deque[tuple[int, Sequence[bytes]]] = field(default_factory=deque)
    count: int = 0
    over: bool = False

    def next(self) -> tuple[int, Sequence[bytes]] | None:
        """The next few, with the number of the first; ``None`` when there are none left."""
        if self.again:
            return self.again.popleft()
        chunk: list[bytes] = []
        for data in islice(self.documents, CHUNK):
            chunk.append(data)
            if sum(map(len, chunk)) >= CHUNK_BYTES:
                break
        if not chunk:
            self.over = True
            return None
        first, self.count = self.count, self.count + len(chunk)
        return first, chunk


def verify_many(
    documents: Iterable[bytes],
    *,
    evidence: Evidence,
    policy: Policy,
    now: datetime,
    processes: int,
    progress: Progress | None = None,
    patience: float = PATIENCE,
) -> list[Judged]:
    """The verdict on each document, in their order, worked out by so many processes.

    The documents are taken from the iterable as they are needed. Everything is the same as `vc.verify` says of each
    alone; nothing is carried from one document to the next. An interruption ends the processes at once.

    Raises:
        ValueError: no process, or more than 64.
        RuntimeError: a process did not start.

    """
    if not 1 <= processes <= MAX_PROCESSES:
        raise ValueError(f"Between 1 and {MAX_PROCESSES} processes can work at once.")
    waiting = _Waiting(iter(documents))
    found: dict[int, Judged] = {}
    told = progress or (lambda _done, _of: None)
    start = _starter(evidence, policy, now)
    workers = [start() for _ in range(processes)]
    try:
        while _hand_out(workers, waiting, patience):
            for index, worker in enumerate(workers):
                if worker.chunk is None:
                    continue
                if _collect(worker, found):
                    told(len(found), waiting.count if waiting.over else None)
                elif not worker.process.is_alive() or time.monotonic() > worker.until:
                    _give_up(worker, waiting, found, patience)
                    worker.end()
                    workers[index] = start()
    finally:
        for worker in workers:
            worker.end()
    told(len(found), len(found))
    return [found[number] for number in range(len(found))]


def _starter(evidence: Evidence, policy: Policy, now: datetime) -> Callable[[], _Worker]:
    context = multiprocessing.get_context("spawn")  # a copy of a process with threads may hang
    known = (dict(evidence.resources), dict(evidence.first_seen))

    def start() -> _Worker:
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, *known, policy, now), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    return start


def _hand_out(workers: list[_Worker], waiting: _Waiting, patience: float) -> bool:
    """Give each idle worker something to do, then wait until one has an answer; False when everything is done."""
    for worker in workers:
        if worker.chunk is None and worker.is_ready():
            chunk = waiting.next()
            if chunk is None:
                break
            try:
                worker.hand(chunk, patience)
            except OSError:  # it is dead already; what it was handed is given up with it
                continue
    busy = [worker.pipe for worker in workers if worker.chunk is not None]
    starting = [] if waiting.over and not waiting.again else [worker.pipe for worker in workers if not worker.ready]
    if busy or starting:
        wait([*busy, *starting], timeout=min(1.0, patience))
    return bool(busy or starting)


def _collect(worker: _Worker, found: dict[int, Judged]) -> bool:
    """Take the worker's answer, if it has one."""
    assert worker.chunk is not None, "only those that are busy are asked"
    try:
        if not worker.pipe.poll():
            return False
        answers: list[tuple[str, str, bytes]] = worker.pipe.recv()
    except (EOFError, OSError):
        return False
    first, _ = worker.chunk
    for number, (verdict, recognition, report) in enumerate(answers, start=first):
        found[number] = Judged(verdict=Verdict(verdict), recognition=Recognition(recognition), report_json=report)
    worker.chunk = None
    return True


def _give_up(worker: _Worker, waiting: _Waiting, found: dict[int, Judged], patience: float) -> None:
    """Let each document of a worker that failed be tried alone; one that was alone is not tried again."""
    assert worker.chunk is not None, "only those that are busy can fail"
    first, documents = worker.chunk
    if len(documents) > 1:
        waiting.again.extend((first + index, [data]) for index, data in enumerate(documents))
        return
    error = BudgetExceeded(f"Checking it took longer than {patience:g} seconds, or more than the machine has.")
    found[first] = _judged(unreadable(error, digest="", subject=""))


def _judged(report: Report) -> Judged:
    return Judged(verdict=report.verdict, recognition=report.recognition, report_json=orjson.dumps(report.to_json()))


def _work(
    pipe: Connection,
    resources: Mapping[Url, Resource],
    first_seen: Mapping[str, datetime],
    policy: Policy,
    now: datetime,
) -> None:
    """Judge what comes through the pipe until nothing more comes."""
    evidence = Evidence(resources, first_seen)
    gc.freeze()  # what was loaded stays, and need not be walked through again and again
    pipe.send(None)
    while True:
        try:
            documents: Sequence[bytes] = pipe.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        reports = [verify(data, evidence=evidence, policy=policy, now=now) for data in documents]
        pipe.send(
            [(report.verdict.value, report.recognition.value, orjson.dumps(report.to_json())) for report in reports]
        )
