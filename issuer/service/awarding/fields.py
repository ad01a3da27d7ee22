"""What a sheet of awards may have: the learner, the marks of this achievement, the day, and a little more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from issuer.service.achievements import Achievement, hours_description, result_descriptions
from issuer.service.vocabulary import HOURS_ATTENDED
from kit.i18n import Message, _
from kit.sheets import FIELDS, Cell, Field, Guess, Kind, Row, Sheet, fields, folded, guess

NAME: Final = "full_name"
MARK: Final = "mark"
MOST_MARKS: Final = 20

_LEARNER: Final = fields("given_name", "family_name", NAME, "number", "mail")
_REST: Final = fields("completed_on", "term", "credits", "evidence_url", "comment")
# Columns that sheets have and that are not for us: they are known, so that nothing else is taken for them.
_OF_OTHERS: Final = fields(
    "birth_date", "guardian_name", "guardian_mail", "instructor_name", "instructor_mail", "enrolled_on", "start_date",
    "end_date", "offering_code", "title", "award", "status", "hours",
)  # fmt: skip
_KINDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "Percent": ("percent",),
        "RubricCriterionLevel": ("skill_level",),
        "RubricCriterion": ("skill_level",),
        "PerformanceLevel": ("skill_level",),
        "Status": ("status",),
        HOURS_ATTENDED: ("hours",),
    }
)
LABELS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "given_name": _("First name"),
        "family_name": _("Last name"),
        NAME: _("Whole name"),
        "number": _("Roster number"),
        "mail": _("E-mail address"),
        "completed_on": _("Earned on"),
        "term": _("Term"),
        "credits": _("Credits"),
        "evidence_url": _("Link to the work"),
        "comment": _("What is said about it"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetField:
    """A field that a column can be chosen for. ``label`` is the achievement's own word, for its marks."""

    key: str
    label: Message | str


def sheet_fields(achievement: Achievement) -> list[SheetField]:
    """The fields of a sheet of awards of this achievement, in the order in which they are shown."""
    learner = [SheetField(key=field.key, label=LABELS[field.key]) for field in _LEARNER]
    marks = [
        SheetField(key=f"{MARK}{place}", label=str(description["name"]))
        for place, description in enumerate(result_descriptions(achievement)[:MOST_MARKS])
    ]
    return [*learner, *marks, *(SheetField(key=field.key, label=LABELS[field.key]) for field in _REST)]


def known(achievement: Achievement) -> tuple[Field, ...]:
    """Everything that a header is compared with."""
    return (*_LEARNER, *mark_fields(achievement), *_REST, *of_others(achievement, _OF_OTHERS))


def of_others(achievement: Achievement | None, others: Sequence[Field]) -> Sequence[Field]:
    """What is not for us of a sheet. Hours are, where the achievement is marked by them."""
    marked = achievement is not None and hours_description(achievement) is not None
    return [each for each in others if not (marked and each.key == "hours")]


def columns_of(sheet: Sheet, achievement: Achievement) -> dict[str, int | None]:
    """Which column of a sheet probably holds which field."""
    found: Guess = guess(sheet, known(achievement))
    return {field.key: found.columns[field.key] for field in sheet_fields(achievement)}


def name_of(values: Mapping[str, str]) -> str:
    """The learner's name, of one field or of two; "Hadley, Wren" is turned."""
    keys = ("given_name", "family_name", NAME)
    return Guess(columns=dict(zip(keys, range(3), strict=True)), sure=frozenset()).name_of(
        _row([values.get(key, "") for key in keys])
    )


def mark_fields(achievement: Achievement) -> list[Field]:
    """The marks of an achievement, as headers may call them."""
    descriptions = result_descriptions(achievement)[:MOST_MARKS]
    alone = sum(each["resultType"] != HOURS_ATTENDED for each in descriptions) == 1
    found = []
    for place, description in enumerate(descriptions):
        kind = str(description["resultType"])
        usual: tuple[str, ...] = ()
        if kind == HOURS_ATTENDED:
            usual = _KINDS[kind]
        elif alone:
            usual = (MARK, *_KINDS.get(kind, ()))
        names = [folded(str(description["name"])), *(name for key in usual for name in FIELDS[key].names)]
        found.append(
            Field(
                key=f"{MARK}{place}",
                names=tuple(dict.fromkeys(name for name in names if name)),
                without=FIELDS[usual[0]].without if usual else (),
            )
        )
    return found


def _row(texts: Sequence[str]) -> Row:
    return Row(1, tuple(Cell(text, Kind.TEXT if text else Kind.EMPTY) for text in texts))
