"""Reading back what we wrote ourselves as JSON (records, policies, evidence), which anybody may have changed since.

Every function gives a value of exactly the type asked for, or raises ``ValueError`` or ``KeyError``: what is read back
here is used in places where nobody expects a surprise.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

T = TypeVar("T")
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)
_MAX_SECONDS: Final = 10**10


def member(value: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """The member of this name, which has exactly this type (``True`` is no number); a text can be encoded.

    Raises:
        KeyError: there is none.
        ValueError: it is something else.

    """
    found = value[name]
    if type(found) is not kind:
        raise ValueError(f"“{name}” is not of the type {kind.__name__}.")
    if isinstance(found, str):
        found.encode("utf-8")  # half of a surrogate pair raises UnicodeEncodeError, a ValueError
    return found


def optional(value: Mapping[str, Any], name: str, kind: type[T]) -> T | None:
    """The member of this name, or ``None`` where ``None`` was written."""
    return None if value[name] is None else member(value, name, kind)


def texts(value: Mapping[str, Any], name: str) -> list[str]:
    """A list of texts."""
    found = member(value, name, list)
    return [member({name: item}, name, str) for item in found]


def objects(value: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects."""
    found = member(value, name, list)
    return [member({name: item}, name, dict) for item in found]


def seconds(value: Mapping[str, Any], name: str) -> timedelta:
    """A span of time, written as a number of seconds."""
    found = value[name]
    if type(found) not in {int, float} or not abs(found) <= _MAX_SECONDS:  # what is not a number is not less
        raise ValueError(f"“{name}” is not a number of seconds.")
    return timedelta(seconds=found)


def moment(value: Mapping[str, Any], name: str) -> datetime:
    """A moment with a zone, neither before 1970 nor so late that nothing could be added to it."""
    return within_time(datetime.fromisoformat(member(value, name, str)))


def within_time(now: datetime) -> datetime:
    """The same moment, if it has a zone and can be reckoned with.

    Raises:
        ValueError: it has none, or lies before 1970 or after 9000.

    """
    if now.tzinfo is None:
        raise ValueError("A moment has a zone.")
    if not EARLIEST <= now <= LATEST:
        raise ValueError("A moment lies between 1970 and 9000.")
    return now
