"""From one line of a sheet to an award: every problem of the line at once, each with its field and what to do.

Nothing here knows a database. What makes an award good is decided where single awards are read
(``documents.read_award``); this adds what only sheets have: days that can be read in two ways, marks under other names,
names with letters of two alphabets.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from issuer.service.achievements import Achievement, result_descriptions
from issuer.service.award_reading import Award, read_award
from issuer.service.awarding.fields import MARK, MOST_MARKS, NAME, name_of
from issuer.service.drafts import AwardDraft, EvidenceDraft, ResultDraft
from issuer.service.vocabulary import RESULT_STATUSES
from kit.errors import BadInput, Words
from kit.i18n import _
from kit.sheets import Cell, Kind, Order, odd, odd_look, read_day

_SHOWN_MARKS: Final = 12
_ROUNDS: Final = 16
_EXPONENT: Final = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")
_FIELDS: Final[Mapping[str, str]] = {
    "learnerName": NAME,
    "awardedDate": "completed_on",
    "creditsEarned": "credits",
    "term": "term",
    "narrative": "comment",
    "evidence/0/url": "evidence_url",
}
ODD_NAME, NO_MARK, UNKNOWN_MARK, DAY_EITHER, BAD = "oddName", "noMark", "unknownMark", "dayEither", "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What keeps a line from being awarded. ``field`` is a sheet's field; ``choices`` are values that would do;
    ``acceptable``: somebody may say that it is right as it is.
    """

    code: str
    field: str
    detail: Words
    remedy: Words | None
    choices: tuple[str, ...] = ()
    acceptable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One line as it came, and what somebody said about it since: ``fixed`` values by field, ``accepted`` problems,
    whether a withdrawn award is to be made ``again``, and whether an award there is is to be ``corrected``.
    """

    cells: tuple[Cell, ...]
    fixed: Mapping[str, str]
    accepted: frozenset[str] = frozenset()
    again: bool = False
    correct: bool = False

    def values(self, columns: Mapping[str, int | None]) -> dict[str, str]:
        """What stands in each field."""
        found = {}
        for key, column in columns.items():
            cell = self.cells[column] if column is not None and column < len(self.cells) else None
            found[key] = self.fixed.get(key, cell.text if cell is not None else "")
        return found

    def kind(self, columns: Mapping[str, int | None], key: str) -> Kind:
        """What a field's cell is; a corrected one is text."""
        column = columns.get(key)
        if key in self.fixed or column is None or column >= len(self.cells):
            return Kind.TEXT
        return self.cells[column].kind

    def to_json(self) -> str:
        """Everything, as text to be sealed."""
        return json.dumps(
            {
                "cells": [[cell.text, cell.kind.value] for cell in self.cells],
                "fixed": dict(self.fixed),
                "accepted": sorted(self.accepted),
                "again": self.again,
                "correct": self.correct,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> "Written":
        """What ``to_json`` wrote."""
        value = json.loads(text)
        return cls(
            cells=tuple(Cell(text_, Kind(kind)) for text_, kind in value["cells"]),
            fixed=value["fixed"],
            accepted=frozenset(value["accepted"]),
            again=value["again"],
            correct=value["correct"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Against what lines are read: the columns, the achievement, which number of a day is the month, and the time, as
    the organisation's clocks show it.
    ``when`` stands for the time at which all of them were earned, where the sheet is a class.
    """

    columns: Mapping[str, int | None]
    achievement: Achievement
    order: Order | None
    now: datetime
    loopback: bool
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a line says. ``award`` is None when there are problems; ``who`` and ``when`` are what makes it this award
    (kind of identifier and identifier; term, else the day), where they can be read.
    """

    values: Mapping[str, str]
    draft: AwardDraft
    award: Award | None
    problems: tuple[Problem, ...]
    who: tuple[str, str] | None
    when: str


def read_line(written: Written, rules: Rules) -> Read:
    """Read one line."""
    values = written.values(rules.columns)
    problems: list[Problem] = []
    day = _day(values, rules, problems)
    identified_by = "number" if values.get("number") or not values.get("mail") else "mail"
    _look(written, rules, values, identified_by, problems)
    marks = _marks(values, rules, problems)
    draft = AwardDraft(
        achievement=rules.achievement.id,
        learner_name=name_of(values),
        identifier=values.get(identified_by, ""),
        identifier_type="emailAddress" if identified_by == "mail" and values.get("mail") else "",
        awarded=day,
        term=values.get("term", ""),
        credits_earned=values.get("credits") or None,
        narrative=values.get("comment", ""),
        results=tuple(marks),
        evidence=(EvidenceDraft(url=values["evidence_url"]),) if values.get("evidence_url") else (),
    )
    award, found = _read(draft, rules, identified_by)
    problems.extend(found)
    order = list(values)
    problems.sort(key=lambda each: order.index(each.field) if each.field in order else len(order))
    left = tuple(each for each in problems if not (each.acceptable and each.code in written.accepted))
    unsure = {each.field for each in left}
    who = (award.identifier_type, award.identifier) if award and identified_by not in unsure else None
    whole = who is not None and not unsure & {"term", "completed_on"}
    return Read(
        values=values,
        draft=draft,
        award=None if left else award,
        problems=left,
        who=who if whole else None,
        when=(rules.when or award.term or day) if award else "",
    )


def _day(values: Mapping[str, str], rules: Rules, problems: list[Problem]) -> str:
    """The day as ISO 8601, or nothing."""
    text = values.get("completed_on", "")
    if not text:
        return ""
    found = read_day(text, order=rules.order)
    if found.day is None:
        problems.append(
            Problem(
                code=BAD,
                field="completed_on",
                detail=_("“%(text)s” is not a day of the calendar.", text=text[:40]),
                remedy=_("Write it as year-month-day, such as 2027-03-31."),
            )
        )
        return ""
    if found.other is not None:
        one, other = found.day.isoformat(), found.other.isoformat()
        problems.append(
            Problem(
                code=DAY_EITHER,
                field="completed_on",
                detail=_("“%(text)s” could be %(one)s or %(other)s.", text=text[:40], one=one, other=other),
                remedy=_("Choose the day that is meant, or say for the whole sheet which comes first."),
                choices=(one, other),
            )
        )
        return ""
    return found.day.isoformat()


def _look(
    written: Written, rules: Rules, values: Mapping[str, str], identified_by: str, problems: list[Problem]
) -> None:
    for field, text in ((NAME, name_of(values)), (identified_by, values.get(identified_by, ""))):
        look = odd_look(text)
        if look is not None:
            detail, remedy = odd(*look)
            problems.append(Problem(code=ODD_NAME, field=field, detail=detail, remedy=remedy, acceptable=field == NAME))
    number = values.get("number", "")
    if written.kind(rules.columns, "number") is Kind.NUMBER and (_EXPONENT.fullmatch(number) or len(number) > 15):
        problems.append(
            Problem(
                code=BAD,
                field="number",
                detail=_("A spreadsheet program shortened the number “%(number)s”.", number=number[:40]),
                remedy=_("Type the number again; in the sheet, format its column as text."),
            )
        )


def _marks(values: Mapping[str, str], rules: Rules, problems: list[Problem]) -> list[ResultDraft]:
    found = []
    for place, description in enumerate(result_descriptions(rules.achievement)[:MOST_MARKS]):
        key = f"{MARK}{place}"
        text = values.get(key, "")
        if rules.columns.get(key) is None and not text:
            continue
        if not text:
            problems.append(
                Problem(
                    code=NO_MARK,
                    field=key,
                    detail=_("There is no mark here."),
                    remedy=_("Fill it in, or say that it is awarded without."),
                    acceptable=True,
                )
            )
            continue
        mark, allowed = known_mark(text, description)
        if mark is None:
            problems.append(
                Problem(
                    code=UNKNOWN_MARK,
                    field=key,
                    detail=_("“%(mark)s” is not a mark here.", mark=text[:60]),
                    remedy=_("Use one of: %(marks)s.", marks=", ".join(allowed[:_SHOWN_MARKS])),
                    choices=tuple(allowed),
                )
            )
            continue
        found.append(ResultDraft(value=mark, description=str(description["id"])))
    return found


def known_mark(text: str, description: Mapping[str, Any]) -> tuple[str | None, Sequence[str]]:
    """The mark as the achievement writes it, or None, and what would do; any text where all marks will."""
    levels = description.get("rubricCriterionLevel", ())
    if levels:
        names = [str(level["name"]) for level in levels]
        for member in ("name", "level", "points"):
            fitting = [str(level["id"]) for level in levels if _same(text, level.get(member))]
            if len(fitting) == 1:
                return fitting[0], names
        return None, names
    known: Sequence[str] = [str(value) for value in description.get("allowedValue", ())]
    if description["resultType"] == "Status":
        known = list(RESULT_STATUSES)
    if not known:
        return text, ()
    return next((mark for mark in known if _same(text, mark)), None), known


def _same(text: str, other: object) -> bool:
    if other is None:
        return False
    return text.casefold() == str(other).casefold() or _number(text) == _number(str(other)) != ""


def _number(text: str) -> str:
    """A number in one spelling: 4, 4.0 and 4,00 are one; nothing for a text."""
    found = re.fullmatch(r"(-?\d{1,9})(?:[.,](\d{1,6}))?", text)
    if found is None:
        return ""
    fraction = (found[2] or "").rstrip("0")
    return str(int(found[1])) + (f".{fraction}" if fraction else "")


def _read(draft: AwardDraft, rules: Rules, identified_by: str) -> tuple[Award | None, list[Problem]]:
    """The award, and every problem that reading finds: what is wrong is put aside, and the rest read again."""
    problems: list[Problem] = []
    for _round in range(_ROUNDS):
        try:
            return (
                read_award(draft, achievement=rules.achievement, now=rules.now, loopback=rules.loopback),
                problems,
            )
        except BadInput as error:
            field = error.field or ""
            problems.append(
                Problem(
                    code=BAD, field=_field(field, draft, rules, identified_by), detail=error.detail, remedy=error.remedy
                )
            )
            draft = _without(draft, field)
    return None, problems


def _field(field: str, draft: AwardDraft, rules: Rules, identified_by: str) -> str:
    if field in {"identifier", "identifierType"}:
        return identified_by
    mark = re.fullmatch(r"results/(\d+)/value", field)
    if mark:
        wanted = draft.results[int(mark[1])].description
        ids = [str(description["id"]) for description in result_descriptions(rules.achievement)]
        return f"{MARK}{ids.index(wanted)}"
    return _FIELDS.get(field, field)


def _without(draft: AwardDraft, field: str) -> AwardDraft:
    """The draft with something that is good in place of what is not: only to find the other problems."""
    if field == "learnerName":
        return replace(draft, learner_name="?")
    if field in {"identifier", "identifierType"}:
        return replace(draft, identifier="?", identifier_type="identifier")
    if field.startswith("results"):
        mark = re.fullmatch(r"results/(\d+)/value", field)
        kept = [result for place, result in enumerate(draft.results) if mark and place != int(mark[1])]
        return replace(draft, results=tuple(kept))
    if field.startswith("evidence"):
        return replace(draft, evidence=())
    if field == "awardedDate":
        return replace(draft, awarded="")
    if field == "creditsEarned":
        return replace(draft, credits_earned=None)
    return replace(draft, term="", narrative="")
