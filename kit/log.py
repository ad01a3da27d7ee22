"""The log: one JSON object a line, and only fields on a list.

Rules: no names, no tokens, no addresses of pages with tokens, no query strings, no SQL parameters. A message of
another library is written as its template, without what it wanted to fill in; an exception as its class and the places
it passed, without its text, which may quote a person's data.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

FIELDS = frozenset(
    {
        "role", "event", "route", "method", "status", "ms", "reference", "bytes", "count", "check", "outcome",
        "reason", "host", "port", "url", "revision", "job", "attempt", "kind", "signal", "pid", "version", "key_id",
    }
)  # fmt: skip

ROOT = "satchel"


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON holding time, level, source and the allowed fields."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; a newline inside a value is escaped, so that nothing can forge a second line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": str(record.msg)[:200],
        }
        line.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = describe(record.exc_info[1], record.exc_info[2])
        return json.dumps(line, default=str)


def describe(error: BaseException | None, trace: TracebackType | None) -> dict[str, object]:
    """An exception's class and where it passed, innermost last, without its text."""
    frames = traceback.extract_tb(trace)[-12:]
    places = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    described: dict[str, object] = {"class": type(error).__qualname__, "places": places}
    if error is not None and error.__cause__ is not None:
        described["cause"] = type(error.__cause__).__qualname__
    return described


def _short(path: str) -> str:
    return "/".join(path.split("/")[-2:])


class _Lines(logging.StreamHandler[TextIO]):
    """Writes the lines. Where one cannot be written (a disk that is full, a pipe that nobody reads), it is lost."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - the signature is logging's
        """Say that a line was lost, if that can be said; never what was in it: logging itself would print all of it."""
        with contextlib.suppress(Exception):
            self.stream.write('{"level": "error", "event": "a line of the log was lost"}\n')
            self.flush()


def configure(*, role: str, stream: TextIO | None = None) -> None:
    """Send every logger of this process through `JsonLines`. Called once by a role's `serve`, never by a library."""
    handler = _Lines(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(ROOT).setLevel(logging.INFO)
    logging.getLogger(f"{ROOT}.{role}").setLevel(logging.INFO)


def write(
    role: str, event: str, *, level: int = logging.INFO, error: BaseException | None = None, **fields: object
) -> None:
    """Write one line about `event`.

    Raises: ValueError for a field that is not on the list; add it there, with thought, or leave it out.
    """
    stray = fields.keys() - FIELDS
    if stray:
        raise ValueError(f"these fields are not allowed in the log: {', '.join(sorted(stray))}")
    trace = (type(error), error, error.__traceback__) if error is not None else None
    logging.getLogger(f"{ROOT}.{role}").log(level, event, extra={"fields": {"role": role, **fields}}, exc_info=trace)
