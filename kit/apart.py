"""A file of ours that opens a hostile file of somebody else's, run as a process of its own.

The process gets bytes on its standard input and nothing else: no environment, no settings, no folder of ours. It puts
bounds on itself (see `kit.intake.opening` and `kit.sheets.opening`); what ends it, ends it alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


class EndedError(Exception):
    """The process took too long, or was brought down by what it opened."""


def answer_of(script: Path, *arguments: str, data: bytes, seconds: float) -> dict[str, Any]:
    """The JSON object that `script`, a file that imports nothing of ours, writes when it has read `data`.

    `seconds` are by the clock. Raises: EndedError.
    """
    with subprocess.Popen(  # noqa: S603 - our own interpreter and our own file
        [sys.executable, "-I", str(script), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    ) as process:
        try:
            output, _none = process.communicate(data, timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise EndedError from None
    if process.returncode != 0:  # the system ended it, or the file did
        raise EndedError
    answer: dict[str, Any] = json.loads(output)
    return answer
