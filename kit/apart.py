"""A file of ours that opens hostile files of somebody else's, each in a process of its own.

The process gets bytes on its standard input and nothing else: no environment, no settings, no folder of ours; and
bounds that the system enforces (`kit.bounded`). What ends it, ends it alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kit.errors import Unavailable
from kit.i18n import _

AT_ONCE: Final = 2
_BOUNDED: Final = Path(__file__).with_name("bounded.py")


class EndedError(Exception):
    """The process took too much or too long, or was brought down by what it opened."""


@dataclass(kw_only=True)
class Apart:
    """`script` imports nothing of ours, reads a file from its standard input and writes one JSON object.

    It may take so many bytes of memory, so many seconds of the processor and so many by the clock. `AT_ONCE` run at
    the same time; whoever comes then waits for `patience` seconds.
    """

    script: Path
    memory_bytes: int
    processor_seconds: int
    seconds: float
    patience: float
    _places: threading.BoundedSemaphore = field(init=False, default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    def answer(self, *arguments: str, data: bytes) -> dict[str, Any]:
        """What `script` says of `data`.

        Raises: EndedError; Unavailable when too many are being opened at this moment.
        """
        if not self._places.acquire(timeout=self.patience):
            raise Unavailable(_("Many files are being opened at this moment. Wait a few seconds, then try again."))
        try:
            return self._run(arguments, data)
        finally:
            self._places.release()

    def _run(self, arguments: tuple[str, ...], data: bytes) -> dict[str, Any]:
        bounds = (str(self.memory_bytes), str(self.processor_seconds))
        with subprocess.Popen(  # noqa: S603 - our own interpreter and our own files
            [sys.executable, "-I", str(_BOUNDED), *bounds, str(self.script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        ) as process:
            try:
                output, _none = process.communicate(data, timeout=self.seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                raise EndedError from None
        if process.returncode != 0:  # the system ended it, or the file did
            raise EndedError
        answer: dict[str, Any] = json.loads(output)
        return answer
