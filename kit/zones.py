"""Time zones: what an instant is called where somebody lives, and which instant a day and a time of theirs is.

Instants are kept and signed in UTC; only this module and `kit.i18n` turn them into days and hours of a place. The rules
of the zones come from the machine, or from the package tzdata where it has none.

A day that was typed is kept as an instant: noon in UTC, or, until when something holds, the last second in UTC. Such
an instant is that day in every zone (`day`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

UTC_NAME: Final = "UTC"
_AREAS: Final = frozenset(
    "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split()  # noqa: SIM905 - a list
)
_NOON: Final = time(12)
_LAST_SECOND: Final = time(23, 59, 59)
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The instant, in UTC, that a day and a time are in a zone; ``twice`` when there is a second one, an hour later."""

    instant: datetime
    twice: bool


class NoSuchHourError(ValueError):
    """A time that the clocks of a zone skip on that day. ``next`` is the first one after it that exists."""

    def __init__(self, next_: time) -> None:
        super().__init__(f"the clocks go on at {next_.isoformat('minutes')}")
        self.next = next_


@cache
def names() -> Sequence[str]:
    """The names that somebody can choose, in order: UTC, and every city of the database."""
    return (UTC_NAME, *sorted(name for name in available_timezones() if name.partition("/")[0] in _AREAS))


@cache
def of(name: str) -> tzinfo:
    """The zone of this name; UTC for an empty one, and for one that the machine does not know (any more)."""
    if not name or name == UTC_NAME:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def there(instant: datetime, zone: tzinfo) -> datetime:
    """The same instant as the clocks of a zone show it; in UTC at the ends of the calendar, where they show nothing."""
    try:
        return instant.astimezone(zone)
    except OverflowError:
        return instant.astimezone(UTC)


def day(instant: datetime, zone: tzinfo) -> date:
    """The day that an instant belongs to in this zone; one that stands for a day is that day everywhere."""
    written = instant.astimezone(UTC)
    if written.time() in (_NOON, _LAST_SECOND):
        return written.date()
    return there(instant, zone).date()


def today(now: datetime, zone: tzinfo) -> date:
    """Which day it is in this zone now."""
    return there(now, zone).date()


def short(instant: datetime, zone: tzinfo) -> str:
    """What people there call their time then: "EST", "CEST", "UTC"; where it has no letters, its distance: "UTC-03"."""
    name = there(instant, zone).strftime("%Z")
    return name if name.isalpha() else f"{UTC_NAME}{name}"


def place(zone: tzinfo) -> str:
    """What a zone is called whatever the time of the year: "New York", "UTC"."""
    return str(getattr(zone, "key", UTC_NAME)).rpartition("/")[2].replace("_", " ")


def stamp(instant: datetime, zone: tzinfo) -> str:
    """An instant in figures, for both languages: "2027-03-14 17:00 EDT"."""
    return f"{there(instant, zone):%Y-%m-%d %H:%M} {short(instant, zone)}"


def at(day_: date, clock: time, zone: tzinfo) -> Found:
    """The instant of a day and a time of day there; of an hour that comes twice, the first.

    Raises: NoSuchHourError for one that is skipped; OverflowError at the ends of the calendar.
    """
    local = datetime.combine(day_, clock).replace(tzinfo=zone, fold=0)
    first = local.astimezone(UTC)
    back = first.astimezone(zone)
    if back.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchHourError(_after_gap(first, zone))
    return Found(instant=first, twice=local.replace(fold=1).astimezone(UTC) != first)


def begins(day_: date, zone: tzinfo) -> datetime:
    """The first instant of a day there, in UTC, also where the clocks skip midnight; at the ends of the calendar, the
    day's in UTC.
    """
    try:
        return datetime.combine(day_, time(), zone).astimezone(UTC)
    except OverflowError:
        return datetime.combine(day_, time(), UTC)


def _after_gap(inside: datetime, zone: tzinfo) -> time:
    """The first time that the clocks show after the gap that a skipped time lies in.

    Read by the rules before the gap, a skipped time is an instant after it; the clocks changed within a day before.
    """
    low, high = inside - timedelta(days=1), inside
    after = high.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        low, high = (low, middle) if middle.astimezone(zone).utcoffset() == after else (middle, high)
    return high.replace(microsecond=0).astimezone(zone).time()


def span(first: date | None, last: date | None, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """From when until when, both included, an instant of whole seconds is one of these days there; None has no end.

    What stands for a day is found by that day also far east, where noon in UTC is past midnight: days there begin and
    end at that noon.
    """
    since = until = None
    if first is not None:
        since = begins(first, zone)
        if first > date.min:
            since = max(since, datetime.combine(first - timedelta(days=1), _NOON, UTC) + _SECOND)
    if last is not None:
        until = datetime.combine(last, _LAST_SECOND, UTC)
        if last < date.max:
            until = max(begins(last + timedelta(days=1), zone) - _SECOND, datetime.combine(last, _NOON, UTC))
    return since, until
