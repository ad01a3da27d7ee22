"""From one row of a roster sheet to a learner and an enrolment: every problem of the row at once, each with its field.

Nothing here knows a database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from issuer.service import inputs
from issuer.service.awarding.fields import NAME, name_of
from issuer.service.awarding.reading import BAD, DAY_EITHER, ODD_NAME, Problem
from issuer.service.roster.fields import status_of
from issuer.service.roster.values import LearnerDraft, LearnerValues, read_learner, split_name
from kit.errors import BadInput
from kit.i18n import _
from kit.sheets import Order, Row, odd, odd_look, read_day

_NOTES: Final = {"note": "notes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a row says: ``texts`` by field as they stand there, and a learner as far as it can be read."""

    number: int
    texts: Mapping[str, str]
    learner: LearnerValues
    code: str
    status: str
    enrolled_on: date | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Against what rows are read: the columns, which number of a day is the month, the time; ``accepted`` are rows
    whose odd letters are right.
    """

    columns: Mapping[str, int | None]
    order: Order | None
    now: datetime
    accepted: frozenset[int]


def read_row(row: Row, reading: Reading) -> Said:
    """Read one row."""
    texts = {key: row.at(column).text for key, column in reading.columns.items()}
    problems: list[Problem] = []
    days = {key: day_of(key, texts.get(key, ""), reading.order, problems) for key in ("birth_date", "enrolled_on")}
    given, family = texts.get("given_name", ""), texts.get("family_name", "")
    if not given and not family:
        given, family = split_name(name_of(texts))
    draft = LearnerDraft(
        given_name=given,
        family_name=family,
        number=texts.get("number", ""),
        birth_date=days["birth_date"],
        mail=texts.get("mail", ""),
        guardian_name=texts.get("guardian_name", ""),
        guardian_mail=texts.get("guardian_mail", ""),
        note=texts.get("notes", ""),
    )
    learner, found = read_learner(draft, before=None, now=reading.now)
    problems.extend(_problem(each) for each in found)
    if row.number not in reading.accepted:
        for field, text in ((NAME, learner.name), ("number", texts.get("number", ""))):
            look = odd_look(text)
            if look is not None:
                detail, remedy = odd(*look)
                problems.append(
                    Problem(code=ODD_NAME, field=field, detail=detail, remedy=remedy, acceptable=field == NAME)
                )
    status = status_of(texts.get("status", ""))
    if status is None:
        problems.append(
            Problem(
                code=BAD,
                field="status",
                detail=_("“%(text)s” is no status that is known here.", text=texts["status"][:40]),
                remedy=_("Use one of: active, completed, withdrawn."),
            )
        )
    return Said(
        number=row.number,
        texts=texts,
        learner=learner,
        code=texts.get("offering_code", ""),
        status=status or "",
        enrolled_on=date.fromisoformat(days["enrolled_on"]) if days["enrolled_on"] else None,
        problems=tuple(problems),
    )


def day_of(key: str, text: str, order: Order | None, problems: list[Problem]) -> str:
    """The day as ISO 8601, or nothing; what is wrong with it is added to ``problems``."""
    if not text:
        return ""
    found = read_day(text, order=order)
    if found.day is None:
        detail = _("“%(text)s” is not a day of the calendar.", text=text[:40])
        remedy = _("Write it as year-month-day, such as 2027-03-31.")
        problems.append(Problem(code=BAD, field=key, detail=detail, remedy=remedy))
        return ""
    if found.other is not None:
        one, other = found.day.isoformat(), found.other.isoformat()
        problems.append(
            Problem(
                code=DAY_EITHER,
                field=key,
                detail=_("“%(text)s” could be %(one)s or %(other)s.", text=text[:40], one=one, other=other),
                remedy=_("Say for the whole sheet which comes first."),
            )
        )
        return ""
    try:
        return (inputs.day(found.day.isoformat(), key) or found.day).isoformat()
    except BadInput as error:
        problems.append(_problem(error))
        return ""


def _problem(error: BadInput) -> Problem:
    field = error.field or NAME
    return Problem(code=BAD, field=_NOTES.get(field, field), detail=error.detail, remedy=error.remedy)
