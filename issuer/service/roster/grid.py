"""The marks of a class as a grid: which columns it has, and what may stand in a cell.

Hours have one column, whether what the class awards is marked by them or not: they are logged before anybody is
awarded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from issuer.service import inputs
from issuer.service.achievements import Achievement, hours_description, result_descriptions
from issuer.service.award_reading import past_moment, read_result
from issuer.service.awarding.fields import MOST_MARKS
from issuer.service.awarding.reading import known_mark
from issuer.service.roster.fields import COMPLETED, ENROLLED
from kit import zones
from kit.errors import BadInput
from kit.i18n import Message, _

HOURS, FINISHED, COMPLETED_ON = "hours", "finished", "completedOn"
_SHOWN: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: ``options`` are values and their words where there is a choice; ``key`` is a description's id, or one
    of ``hours``, ``finished`` and ``completedOn``.
    """

    key: str
    label: Message | str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One learner of a class; ``cells`` by the keys of the columns."""

    learner_id: str
    name: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What somebody wrote into a cell. ``before`` is what stood there as they looked at it; None when they did not."""

    learner_id: str
    key: str
    value: str
    before: str | None = None


def columns_of(achievement: Achievement | None) -> list[Column]:
    """The columns of a class whose learners earn this achievement."""
    found = []
    for _place, each in given_marks(achievement) if achievement else ():
        levels = each.get("rubricCriterionLevel", ())
        options = tuple((str(level["id"]), str(level["name"])) for level in levels)
        options = options or tuple((str(value), str(value)) for value in each.get("allowedValue", ()))
        if len(options) > 60:
            options = ()
        found.append(Column(key=str(each["id"]), label=str(each["name"]), options=options))
    fixed = (
        Column(key=HOURS, label=_("Hours")),
        Column(key=FINISHED, label=_("Finished"), options=(("", "–"), ("1", "✓"))),
        Column(key=COMPLETED_ON, label=_("Finished on")),
    )
    return [*found, *fixed]


def given_marks(achievement: Achievement) -> list[tuple[int, Mapping[str, Any]]]:
    """The marks that are given one by one, with their places among all: all but the hours."""
    hours = hours_description(achievement)
    return [(place, each) for place, each in enumerate(result_descriptions(achievement)[:MOST_MARKS]) if each != hours]


def marks_with_hours(achievement: Achievement, marks: Mapping[str, str], hours: str) -> Mapping[str, str]:
    """Marks by description, with the hours where the achievement is marked by them."""
    description = hours_description(achievement)
    return marks if description is None else {**marks, str(description["id"]): hours}


def read_cell(cell: Cell, achievement: Achievement | None, now: datetime) -> str:
    """What is to stand in a cell, in one spelling; empty for nothing. Raises: BadInput naming the cell."""
    field = field_of(cell.learner_id, cell.key)
    text = inputs.line(cell.value, field, required=False, longest=200)
    if not text:
        return ""
    if cell.key == HOURS:
        return inputs.hours(text, field)
    if cell.key == FINISHED:
        return "1" if inputs.choice(text, field, allowed=("1",)) else ""
    if cell.key == COMPLETED_ON:
        found = past_moment(text, field, now)
        return zones.day(found, now.tzinfo or UTC).isoformat() if found else ""
    described = given_marks(achievement) if achievement else []
    description = next((each for _place, each in described if each["id"] == cell.key), None)
    if description is None:
        raise BadInput(_("There is no such field."), field=field, remedy=_("Choose one from the list."))
    return _mark(text, description, field)


def field_of(learner_id: str, key: str) -> str:
    """A cell as forms and errors name it."""
    return f"marks/{learner_id}/{key}"


def status_of(finished: str) -> str:
    """The status of an enrolment that is finished, or is not."""
    return COMPLETED if finished else ENROLLED


def hours_text(value: str | None) -> str:
    """Hours as they are shown."""
    return value or ""


def day_text(value: date | None) -> str:
    """A day as it is shown."""
    return value.isoformat() if value else ""


def _mark(text: str, description: Mapping[str, Any], field: str) -> str:
    levels: Sequence[Mapping[str, Any]] = description.get("rubricCriterionLevel", ())
    if any(level["id"] == text for level in levels):
        return text
    mark, allowed = known_mark(text, description)
    if mark is None:
        raise BadInput(
            _("“%(mark)s” is not a mark here.", mark=text[:60]),
            field=field,
            remedy=_("Use one of: %(marks)s.", marks=", ".join(allowed[:_SHOWN])),
        )
    result = read_result(mark, description, field)
    return result.get("achievedLevel") or result.get("status") or result["value"]
