"""Days and hours as people of an organisation write them: which time zone, and which instant is meant.

What a day or an hour is in a zone is `kit.zones`'; here it is read, and refused in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time, tzinfo
from types import MappingProxyType
from typing import Final

from issuer.service import inputs
from kit import zones
from kit.errors import BadInput
from kit.i18n import Message, _

USUAL: Final[Mapping[str, Message]] = MappingProxyType({
    "America/New_York": _("Eastern time (New York, Ohio)"),
    "America/Chicago": _("Central time (Chicago, Texas)"),
    "America/Denver": _("Mountain time (Denver, Utah)"),
    "America/Phoenix": _("Mountain time without summer time (Arizona)"),
    "America/Los_Angeles": _("Pacific time (California, Washington)"),
    "America/Anchorage": _("Alaska time"),
    "Pacific/Honolulu": _("Hawaii time"),
    "America/Puerto_Rico": _("Atlantic time (Puerto Rico)"),
})  # fmt: skip
"""The zones that stand first in a list, and what people call them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """An instant as programs write it, and whether the hour that was typed comes twice: then this is the first."""

    text: str
    twice: bool


def others() -> Sequence[tuple[str, str]]:
    """The zones that stand after the usual ones: each name, and how it is shown."""
    return [(name, name.replace("_", " ")) for name in zones.names() if name not in USUAL]


def zone_name(text: str, field: str) -> str:
    """The name of a time zone, or empty. Raises: BadInput."""
    found = inputs.line(text, field, required=False, longest=64)
    if found and found not in zones.names():
        raise BadInput(
            _("“%(name)s” is no time zone that is known here.", name=found[:40]),
            field=field,
            remedy=_("Use a name such as America/New_York, or UTC."),
        )
    return found


def meant(day: str, clock: str, zone: tzinfo) -> Meant:
    """The instant of a day (``2027-03-14``) and a time of day (``08:30``) in a zone.

    Raises: BadInput naming ``day`` or ``time``, also for an hour that the clocks skip.
    """
    found = inputs.day(inputs.line(day, "day", required=True), "day")
    typed = inputs.line(clock, "time", required=True)
    try:
        hour = time.fromisoformat(typed) if ":" in typed else None
    except ValueError:
        hour = None
    if found is None or hour is None or hour.tzinfo is not None:
        raise BadInput(_("This is not a time of day."), field="time", remedy=_("Write it as 08:30."))
    try:
        at = zones.at(found, hour.replace(second=0, microsecond=0), zone)
    except zones.NoSuchHourError as skipped:
        raise BadInput(
            _("There is no %(time)s on that day: the clocks go forward.", time=f"{hour:%H:%M}"),
            field="time",
            remedy=_("Use another time, such as %(time)s.", time=f"{skipped.next:%H:%M}"),
        ) from None
    except OverflowError:
        raise BadInput(_("This is not a date."), field="day", remedy=_("Write it as 2027-03-14.")) from None
    return Meant(text=f"{at.instant:%Y-%m-%dT%H:%M:%S}Z", twice=at.twice)
