"""What a sheet of marks may have: who it is, the marks of what the class awards, hours, and when it was finished."""

from typing import Final

from issuer.service.achievements import Achievement, result_descriptions
from issuer.service.awarding.fields import LABELS, MARK, NAME, SheetField, mark_fields
from issuer.service.roster.fields import WORDS
from issuer.service.roster.grid import COMPLETED_ON, FINISHED, HOURS, given_marks
from kit.i18n import _
from kit.sheets import Field, Sheet, fields, guess

WHO: Final = ("given_name", "family_name", NAME, "number", "mail")
_REST: Final = {"hours": HOURS, "completed_on": COMPLETED_ON, "status": FINISHED}
# Columns that sheets have and that are not for us: they are known, so that nothing else is taken for them.
_OF_OTHERS: Final = fields(
    "birth_date", "guardian_name", "guardian_mail", "instructor_name", "instructor_mail", "enrolled_on", "start_date",
    "end_date", "offering_code", "title", "award", "term", "credits", "comment", "evidence_url",
)  # fmt: skip


def marks_fields(achievement: Achievement | None) -> list[SheetField]:
    """The fields of a sheet of marks, in the order in which they are shown."""
    marks = given_marks(achievement) if achievement else []
    return [
        *(SheetField(key=key, label=LABELS[key]) for key in WHO),
        *(SheetField(key=f"{MARK}{place}", label=str(each["name"])) for place, each in marks),
        SheetField(key="hours", label=_("Hours")),
        SheetField(key="completed_on", label=_("Finished on")),
        SheetField(key="status", label=WORDS["status"]),
    ]


def known(achievement: Achievement | None) -> tuple[Field, ...]:
    """Everything that a header is compared with."""
    own = {f"{MARK}{place}" for place, _each in given_marks(achievement)} if achievement else set()
    marks = [each for each in mark_fields(achievement) if each.key in own] if achievement else []
    return (*fields(*WHO), *marks, *fields(*_REST), *_OF_OTHERS)


def columns_of(sheet: Sheet, achievement: Achievement | None) -> dict[str, int | None]:
    """Which column of a sheet probably holds which field."""
    found = guess(sheet, known(achievement))
    return {each.key: found.columns[each.key] for each in marks_fields(achievement)}


def cell_key(key: str, achievement: Achievement | None) -> str:
    """The column of the grid that a field of the sheet is written into."""
    if key in _REST:
        return _REST[key]
    assert achievement is not None, "without an achievement there are no marks"
    return str(result_descriptions(achievement)[int(key.removeprefix(MARK))]["id"])
