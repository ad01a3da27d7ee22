"""What a file, a choice of columns and a correction of a line have to be like; each refusal names its place."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from issuer.service import inputs
from issuer.service.achievements import Achievement
from issuer.service.awarding import judging
from issuer.service.awarding.checking import About
from issuer.service.awarding.fields import known, sheet_fields
from issuer.service.awarding.reading import Written
from issuer.service.awarding.sheet_views import Edit, Upload
from kit.errors import BadInput
from kit.i18n import _
from kit.sheets import LIMITS, Refusal, Sheet, SheetRefused, explained, headed, order_of, read_sheet

LONGEST_FIX: Final = 2000
MOST_EDITS: Final = 1000


def read_file(upload: Upload, achievement: Achievement) -> Sheet:
    """The table in a file, with its header. Raises: BadInput, TooLarge, Unavailable."""
    try:
        sheet = read_sheet(upload.data, limits=LIMITS, encoding=upload.encoding or None, tab=upload.tab or None)
        sheet = headed(sheet, known(achievement))
        if not sheet.rows:
            raise SheetRefused(Refusal.EMPTY)
    except SheetRefused as error:
        raise explained(error, field="file") from error
    return sheet


def need_values(sheet: Sheet, columns: Mapping[str, int | None]) -> None:
    """Let through only values, no formulas, in the columns that are used. Raises: BadInput, naming the cell."""
    try:
        sheet.need_values(columns.values())
    except SheetRefused as error:
        raise explained(error, field="file") from error


def shown_order(sheet: Sheet, columns: Mapping[str, int | None]) -> str | None:
    """Which number of a day is the month, where the days of the column show it."""
    column = columns.get("completed_on")
    shown = order_of(row.at(column).text for row in sheet.rows)
    return shown.value if shown else None


def columns_after(
    before: Mapping[str, int | None], chosen: Mapping[str, int | None], about: About, achievement: Achievement
) -> dict[str, int | None]:
    """The columns after a choice. A field gives its column up to the one that it is chosen for. Raises: BadInput."""
    keys = [each.key for each in sheet_fields(achievement)]
    for key, column in chosen.items():
        if key not in keys:
            raise BadInput(_("There is no such field."), field=f"columns/{key}", remedy=_("Choose one from the list."))
        if column is not None and not 0 <= column < about.width:
            raise BadInput(_("There is no such column."), field=f"columns/{key}", remedy=_("Choose one from the list."))
    wanted = [column for column in chosen.values() if column is not None]
    for key, column in chosen.items():
        if column is not None and wanted.count(column) > 1:
            raise BadInput(
                _("One column cannot hold two things."), field=f"columns/{key}", remedy=_("Choose another one.")
            )
    kept = {key: before.get(key) if before.get(key) not in wanted else None for key in keys}
    return kept | dict(chosen)


def checked_values(number: int, edit: Edit, names: Collection[str], standing: Mapping[str, str]) -> dict[str, str]:
    """What was typed for a line, where something else is ``standing``. Raises: BadInput, naming line and field."""
    found = {}
    for key, value in edit.values.items():
        if standing.get(key) == value:
            continue
        place = f"rows/{number}/{key}"
        if key not in names:
            raise BadInput(_("There is no such field."), field=place, remedy=_("Choose one from the list."))
        found[key] = inputs.paragraph(value, place, required=False, longest=LONGEST_FIX)
    return found


def rests(state: str, edit: Edit) -> bool:
    """Whether a line is kept for later after this."""
    return edit.later if edit.later is not None else state == judging.LATER


def edited(before: Written, values: Mapping[str, str], edit: Edit, asked: Collection[str]) -> Written:
    """The line with what was said about it; accepting holds for the problems that were shown."""
    accepted = before.accepted
    if edit.accept is not None:
        accepted = accepted | frozenset(asked) if edit.accept else frozenset()
    return replace(
        before,
        fixed={**before.fixed, **values},
        accepted=accepted,
        again=before.again if edit.again is None else edit.again,
        correct=before.correct if edit.correct is None else edit.correct,
    )
