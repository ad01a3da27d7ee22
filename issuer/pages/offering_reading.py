"""Between the form for an offering and its draft. Field names are the API's member names."""

from dataclasses import fields
from typing import Final

from issuer.service.offering_values import MOST_COUNTS, CountsDraft, OfferingDraft
from issuer.service.offerings import Offering
from kit.web import Form

_LISTS: Final = frozenset({"funding", "skills", "counts"})


def draft_of(given: Form) -> OfferingDraft:
    """What was typed."""
    typed = {part.name: given.get(member(part.name)) for part in fields(OfferingDraft) if part.name not in _LISTS}
    return OfferingDraft(
        **typed,
        funding=tuple(given.values("funding")),
        skills=(given.get("skills"),),
        counts=tuple(
            CountsDraft(**{part.name: given.get(f"counts/{row}/{member(part.name)}") for part in fields(CountsDraft)})
            for row in range(MOST_COUNTS)
        ),
    )


def counts_rows(given: Form) -> int:
    """How many rows of what it counts for were sent."""
    return max((row + 1 for row in range(MOST_COUNTS) if f"counts/{row}/program" in given), default=1)


def values_of(found: Offering) -> dict[str, str]:
    """What the form shows for an offering that is there."""
    values = found.values
    shown = {
        member(part.name): _text(getattr(values, part.name))
        for part in fields(OfferingDraft)
        if part.name not in _LISTS
    }
    shown["skills"] = "; ".join(values.skills)
    for row, each in enumerate(values.counts):
        shown |= {f"counts/{row}/{member(part.name)}": _text(getattr(each, part.name)) for part in fields(CountsDraft)}
    return shown


def member(name: str) -> str:
    """A field as the API calls it: ``pricePer``."""
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def _text(value: object) -> str:
    return "" if value is None else str(value).removesuffix(".00")
