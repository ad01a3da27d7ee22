"""Progress as server-sent events: one a second at most, for a quarter of an hour, for so many at once."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool

from kit.errors import RequestError, TooMany

LONGEST_STREAM: Final = 900.0
MOST_STREAMS: Final = 20
_EVERY: Final = 1.0


class Streams:
    """The open streams of one kind. ``look`` gives what the progress bar reads, with ``finished``."""

    def __init__(self) -> None:
        self._open = 0

    def watch(self, look: Callable[[], Mapping[str, Any]]) -> AsyncIterator[str]:
        """The events of one job until it is finished. Raises: TooMany; then the page asks again by itself."""
        if self._open >= MOST_STREAMS:
            raise TooMany(retry_after=5)
        return self._watch(look)

    async def _watch(self, look: Callable[[], Mapping[str, Any]]) -> AsyncIterator[str]:
        self._open += 1
        try:
            until = time.monotonic() + LONGEST_STREAM
            while time.monotonic() < until:
                try:
                    found = await run_in_threadpool(look)
                except RequestError:
                    return
                yield f"data: {json.dumps(found)}\n\n"
                if found["finished"]:
                    return
                await asyncio.sleep(_EVERY)
        finally:
            self._open -= 1
