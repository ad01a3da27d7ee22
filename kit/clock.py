"""The time, as an argument. Whoever needs "now" is handed a `Clock`; only this module reads the machine's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class FixedClock:
    """A clock that stands still until it is told to move: for tests, oracles and the sample family's dates.

    `instant` must be aware; any other raises ValueError.
    """

    instant: datetime

    def __post_init__(self) -> None:
        if self.instant.tzinfo is None:
            raise ValueError("a clock needs an aware instant; give the datetime a timezone")
        self.instant = self.instant.astimezone(UTC)

    def now(self) -> datetime:
        """The instant this clock stands at, aware, in UTC."""
        return self.instant

    def advance(self, by: timedelta) -> None:
        """Move the clock by `by` (a negative duration moves it back)."""
        self.instant += by
