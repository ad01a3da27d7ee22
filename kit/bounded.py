"""Runs one file of ours within bounds that the system enforces.

`python -I bounded.py MEMORY SECONDS FILE [argument …]`: memory in bytes, time in seconds of the processor. What runs
writes no file and opens few. This module stands alone on purpose and imports nothing of ours.
"""

from __future__ import annotations

import contextlib
import runpy
import sys

OPEN_FILES = 32


def bound(memory_bytes: int, processor_seconds: int) -> None:
    """Let the system end this process when it takes more."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:  # pragma: no cover
        return
    limits = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_CPU: processor_seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: OPEN_FILES,
    }
    for limit, value in limits.items():
        with contextlib.suppress(ValueError, OSError):  # a lower bound is set already
            resource.setrlimit(limit, (value, value))


if __name__ == "__main__":
    memory, seconds, *sys.argv = sys.argv[1:]
    bound(int(memory), int(seconds))
    runpy.run_path(sys.argv[0], run_name="__main__")
