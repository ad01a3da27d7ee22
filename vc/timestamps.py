"""Dates as credentials write them: date, time and zone, all three, in one spelling.

Refused although some programs read them: a missing zone, lower-case ``t`` and ``z``, a space for the ``T``, 24:00:00,
leap seconds (a credential cannot start in one), days that no month has and years beyond 9999.

Spec: https://www.w3.org/TR/xmlschema11-2/#dateTimeStamp
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

from vc.document import JsonValue
from vc.problems import MalformedDateError

_STAMP: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(Z|([+-])([0-9]{2}):([0-9]{2}))"
)


def parse_timestamp(value: JsonValue, *, pointer: str) -> datetime:
    """The moment that a ``dateTimeStamp`` text names, in UTC, cut to microseconds.

    Raises:
        MalformedDateError: it names none.

    Spec: https://www.w3.org/TR/vc-data-model-2.0/#representing-time

    """
    try:
        return _moment(value if isinstance(value, str) and len(value) < 64 else "")
    except MalformedDateError as error:
        raise MalformedDateError(error.detail, pointer=pointer) from None


@lru_cache(maxsize=4096)
def _moment(value: str) -> datetime:
    found = _STAMP.fullmatch(value)
    if not found:
        raise MalformedDateError("A date with time and zone is written like 2027-03-03T10:02:00Z.")
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    zone = UTC
    if found[9]:
        hours, minutes = int(found[10]), int(found[11])
        # XSD 1.1 §3.3.7: an offset lies between "-14:00" and "+14:00"
        if minutes > 59 or hours * 60 + minutes > 14 * 60:
            raise MalformedDateError("The zone of a date lies between -14:00 and +14:00.")
        zone = timezone(timedelta(hours=hours, minutes=minutes) * (-1 if found[9] == "-" else 1))
    micro = int((found[7] or "0").ljust(6, "0")[:6])
    try:
        return datetime(year, month, day, hour, minute, second, micro, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise MalformedDateError("There is no such day or time.") from None


@lru_cache(maxsize=4096)
def format_timestamp(moment: datetime) -> str:
    """The text of a moment in UTC, in whole seconds: ``2027-03-03T10:02:00Z``.

    Raises:
        ValueError: the moment has no zone.

    """
    if moment.tzinfo is None:
        raise ValueError("A moment without a zone cannot be written down.")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
