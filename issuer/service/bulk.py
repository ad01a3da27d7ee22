"""Signing in processes apart, so that many documents use every core and leave this process free to answer.

The processes are spawned when they are first needed and stay. Each reads the key-encryption key where the settings say,
at each task: no key goes through a pipe. One that dies or hangs is replaced, and what it was doing is done once more:
signing is deterministic, so a repeated part gives the same bytes. When it fails twice, nothing of the task is kept.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from issuer.keystore import Keystore, no_key
from issuer.service.signing import Outcome, Task, sign_all
from issuer.settings import IssuerSettings
from kit.errors import RequestError, Unavailable

PATIENCE: Final = 60.0
"""Seconds that a process may take for its part of a task, its start included."""

WORTH_IT: Final = 32
"""With fewer documents than this, handing them over costs more than it gains."""

TRIES: Final = 2
MAX_PROCESSES: Final = 64
_KEY_VARIABLE: Final = "SATCHEL_ISSUER_KEY_HEX"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPlace:
    """Where a process finds the key-encryption key: files, or (``None``) its environment."""

    key_file: Path | None
    retired_key_files: tuple[Path, ...]

    @classmethod
    def of(cls, settings: IssuerSettings) -> "KeyPlace | None":
        """The place; None when the key is known to this process only, which then has to sign by itself."""
        if settings.key_hex is not None and os.environ.get(_KEY_VARIABLE) != settings.key_hex.get_secret_value():
            return None
        return cls(key_file=settings.key_file, retired_key_files=settings.retired_key_files)

    def keystore(self) -> Keystore:
        """A keystore that reads the key there."""
        found = os.environ.get(_KEY_VARIABLE) if self.key_file is None else None
        settings = IssuerSettings.model_construct(
            key_file=self.key_file,
            key_hex=None if found is None else SecretStr(found),
            retired_key_files=self.retired_key_files,
        )
        return Keystore.from_settings(settings)


def processes_for(settings: IssuerSettings) -> int:
    """How many processes sign: as set, or one fewer than there are cores; 0 means in this process."""
    if settings.job_processes is not None:
        return settings.job_processes
    cores = len(os.sched_getaffinity(0))
    return max(1, cores - 1) if cores > 1 else 0


class _Failed(Exception):  # noqa: N818 - one process, not the task
    """A process died, or took too long."""


@dataclass(slots=True)
class _Worker:
    """A process, and the pipe to it."""

    process: BaseProcess
    pipe: Connection
    number: int = 0

    def hand(self, part: Task) -> None:
        self.number += 1
        try:
            self.pipe.send((self.number, part))
        except OSError as error:
            raise _Failed from error

    def answer(self, until: float) -> "list[Outcome] | str":
        """What came of its part. Raises: _Failed."""
        try:
            ready = wait([self.pipe, self.process.sentinel], timeout=max(0.0, until - time.monotonic()))
            if self.pipe in ready or self.pipe.poll():
                number, found = self.pipe.recv()
                if number == self.number:  # never an answer to something else
                    answer: list[Outcome] | str = found
                    return answer
        except (EOFError, OSError) as error:
            raise _Failed from error
        raise _Failed

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class Signing:
    """Signs tasks: in so many processes, or (0, or a key that only this process has) here. Threads take turns."""

    def __init__(
        self, settings: IssuerSettings, keystore: Keystore, *, processes: int, patience: float = PATIENCE
    ) -> None:
        if not 0 <= processes <= MAX_PROCESSES:
            raise ValueError(f"Between 0 and {MAX_PROCESSES} processes can sign.")
        self._keystore = keystore
        self._place = KeyPlace.of(settings)
        self._workers: list[_Worker | None] = [None] * (processes if self._place is not None else 0)
        self._patience = patience
        self._lock = threading.Lock()

    def sign(self, task: Task) -> list[Outcome]:
        """An answer for each document, in their order.

        Raises: Refused, Unavailable when the key cannot be opened, or a process failed twice on the same part.
        """
        if not self._workers or len(task.items) < WORTH_IT:
            return sign_all(task, self._keystore)
        with self._lock:
            return self._sign_apart(task)

    def process_ids(self) -> list[int]:
        """The processes there are just now."""
        return [worker.process.pid for worker in self._workers if worker is not None and worker.process.pid is not None]

    def close(self) -> None:
        """End the processes. They are started again when they are needed again."""
        with self._lock:
            for index in range(len(self._workers)):
                self._replace(index)

    def _sign_apart(self, task: Task) -> list[Outcome]:
        parts = _parts(task, len(self._workers))
        answers: list[list[Outcome] | None] = [None] * len(parts)
        for _ in range(TRIES):
            self._round(parts, answers)
            if None not in answers:
                break
        found: list[Outcome] = []
        for answer in answers:
            if answer is None:
                raise Unavailable
            found.extend(answer)
        return found

    def _round(self, parts: Sequence[Task], answers: list[list[Outcome] | None]) -> None:
        """Hand out what has no answer yet, and collect the answers; a process that fails is ended."""
        until = time.monotonic() + self._patience
        busy: list[int] = []
        for index, part in enumerate(parts):
            if answers[index] is None:
                try:
                    self._worker(index).hand(part)
                    busy.append(index)
                except _Failed:
                    self._replace(index)
        problem = ""
        for index in busy:
            try:
                answer = self._worker(index).answer(until)
            except _Failed:
                self._replace(index)
                continue
            if isinstance(answer, str):
                problem = answer
            else:
                answers[index] = answer
        if problem:
            raise no_key() if problem == RequestError.__name__ else RuntimeError(f"Signing failed: {problem}.")

    def _worker(self, index: int) -> _Worker:
        found = self._workers[index]
        if found is None:
            assert self._place is not None, "there are no places for processes otherwise"
            found = self._workers[index] = _start(self._place)
        return found

    def _replace(self, index: int) -> None:
        found = self._workers[index]
        if found is not None:
            found.end()
        self._workers[index] = None


def _parts(task: Task, count: int) -> list[Task]:
    size = -(-len(task.items) // count)
    return [task.part(task.items[start : start + size]) for start in range(0, len(task.items), size)]


def _start(place: KeyPlace) -> _Worker:
    context = multiprocessing.get_context("spawn")  # a copy of a process with threads may hang
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, place), name="signing", daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _work(pipe: Connection, place: KeyPlace) -> None:
    """Sign what comes through the pipe until nothing more comes. An error is told by its kind alone: its text might
    hold what was to be signed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who is interrupted ends us
    keystore = place.keystore()
    while True:
        try:
            number, task = pipe.recv()
        except (EOFError, OSError):
            return
        answer: list[Outcome] | str
        try:
            answer = sign_all(task, keystore)
        except RequestError:
            answer = RequestError.__name__
        except Exception as error:  # noqa: BLE001 - told to who asked
            answer = type(error).__name__
        pipe.send((number, answer))
