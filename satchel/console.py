"""What the commands say on a terminal: sentences on standard error, results on standard output, progress where it
helps.

Progress goes to standard error only; on a terminal it redraws one line, elsewhere it prints a line now and then.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

EXIT_OK = 0
EXIT_BAD = 1
EXIT_UNKNOWN = 2
EXIT_BUT = 3
EXIT_USAGE = 64
EXIT_STOPPED = 130

_REDRAW_SECONDS = 0.1
_LINE_SECONDS = 2.0


class CommandError(Exception):
    """A command cannot go on; the sentence says what happened, where, and what to do."""

    def __init__(self, sentence: str, *, status: int = EXIT_UNKNOWN) -> None:
        super().__init__(sentence)
        self.status = status


def say(text: str = "", *, stream: TextIO | None = None) -> None:
    """Print one line of ordinary output at once (nothing waits in a buffer while a server runs)."""
    print(text, file=stream or sys.stdout, flush=True)


def forget_output() -> None:
    """Let go of standard output that takes nothing any more, with what waits for it.

    Otherwise the interpreter tries once more at its end, and puts an exit code of its own in the place of ours.
    """
    if sys.stdout is sys.__stdout__ and sys.stdout is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


class Progress:
    """A count that a person can watch: `label 12 of 35, what`. Nothing is shown for work of less than a second."""

    def __init__(self, label: str, *, total: int | None, stream: TextIO) -> None:
        self._label = label
        self._total = total
        self._stream = stream
        self._count = 0
        self._started = self._shown = time.monotonic()
        self._drawn = False

    def step(self, what: str = "") -> None:
        """Count one more and name it."""
        self._count += 1
        self.show(what)

    def reach(self, count: int, what: str = "") -> None:
        """Say how far it is, where somebody else counts."""
        self._count = count
        self.show(what)

    def show(self, what: str) -> None:
        """Say what is going on now, at most ten times a second."""
        now = time.monotonic()
        live = self._stream.isatty()
        quiet = now - self._started < 1.0 or now - self._shown < (_REDRAW_SECONDS if live else _LINE_SECONDS)
        if quiet:
            return
        self._shown = now
        count = f" {self._count} of {self._total}" if self._total is not None else ""
        line = f"{self._label}{count}{': ' + what if what else ''}"
        if live:
            self._stream.write("\r\033[2K" + line[:110])
            self._drawn = True
        else:
            self._stream.write(line + "\n")
        self._stream.flush()

    def close(self) -> None:
        """Clear the redrawn line, if one was drawn."""
        if self._drawn:
            self._stream.write("\r\033[2K")
            self._stream.flush()


@contextmanager
def progress(label: str, *, total: int | None = None, stream: TextIO | None = None) -> Iterator[Progress]:
    """Show progress of the work inside the block on standard error."""
    shown = Progress(label, total=total, stream=stream or sys.stderr)
    try:
        yield shown
    finally:
        shown.close()
