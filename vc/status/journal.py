"""From which day each position has been set: our own lists publish it in their signed description (docs/adr/0003)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

_JOURNAL: Final = "Set since the day before the colon: "
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def write_journal(since: Mapping[int, date]) -> str:
    """From which day each position has been set, as one sentence: ``… 2027-03-03: 12 40012; 2027-03-09: 7.``"""
    days: dict[date, list[int]] = {}
    for index, day in sorted(since.items()):
        days.setdefault(day, []).append(index)
    items = (f"{day.isoformat()}: {' '.join(map(str, indices))}" for day, indices in sorted(days.items()))
    return _JOURNAL + "; ".join(items) + "."


def read_journal(text: str, *, index: int) -> date | None:
    """The day from which this position has been set, if a sentence of ours says so."""
    if not text.startswith(_JOURNAL) or not text.endswith("."):
        return None
    # Found by plain searches: this runs for every withdrawn credential of a transcript, over a text of up to megabytes.
    body = text.removesuffix(".") + ";"
    places = [place for end in " ;" if (place := body.find(f" {index}{end}")) > 0]
    if not places:
        return None
    day = body[: min(places)].rpartition(":")[0][-10:]
    try:
        return date.fromisoformat(day) if _DAY.fullmatch(day) else None
    except ValueError:
        return None
