"""From a row of a sheet to a learner of the class and the cells of the grid, with every problem of the row at once.

Whoever the row is of is told by roster number, else by e-mail address, else by a name that one learner of the class has
alone. An empty cell says nothing: it takes no mark away. Nothing here knows a database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from issuer.service.achievements import Achievement
from issuer.service.award_rows import plain
from issuer.service.awarding.fields import NAME, name_of
from issuer.service.awarding.reading import BAD, Problem
from issuer.service.learner_keys import name_words
from issuer.service.roster.fields import COMPLETED, ENROLLED, status_of
from issuer.service.roster.grid import Cell, read_cell
from issuer.service.roster.lines import day_of
from issuer.service.roster.marks.fields import WHO, cell_key, marks_fields
from kit.errors import BadInput
from kit.i18n import Message, _
from kit.sheets import Order, Row

NOBODY: Final = "nobody"
PERSON: Final = "who"
"""What an answer names the learner of a row by, when somebody chose one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody in the class, with what stands in the grid."""

    id: str
    name: str
    number: str
    mail: str
    cells: Mapping[str, str]


class Members:
    """Those in the class, found by whatever tells them apart there."""

    def __init__(self, members: Iterable[Member]) -> None:
        self.all = {each.id: each for each in members}
        self._found: dict[tuple[str, str], list[Member]] = {}
        for each in self.all.values():
            said = (("number", plain(each.number)), ("mail", plain(each.mail)), (NAME, name_words(each.name)))
            for key in said:
                if key[1]:
                    self._found.setdefault(key, []).append(each)

    def who(self, texts: Mapping[str, str], chosen: str) -> Member | Problem:
        """Who a row is of, or why that cannot be told."""
        if chosen in self.all:
            return self.all[chosen]
        name = name_of(texts)
        for key, text in (("number", plain(texts.get("number", ""))), ("mail", plain(texts.get("mail", "")))):
            if text:
                found = self._found.get((key, text), [])
                if len(found) != 1:
                    return _nobody(key, _("Nobody in this class has “%(text)s”.", text=texts[key][:60]))
                if name and not set(name_words(name).split()) & set(name_words(found[0].name).split()):
                    said = _("“%(text)s” is somebody’s with another name.", text=texts[key][:60])
                    return _nobody(key, said)
                return found[0]
        found = self._found.get((NAME, name_words(name)), []) if name else []
        if len(found) > 1:
            return _nobody(NAME, _("More than one learner of this class has this name."))
        if not found:
            return _nobody(NAME, _("Nobody of this name is in this class."))
        return found[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Against what rows are read; ``fixed`` is what somebody put right, by row and field."""

    columns: Mapping[str, int | None]
    achievement: Achievement | None
    order: Order | None
    now: datetime
    members: Members
    fixed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a row says: ``texts`` by field as they stand there, the learner, and values by column of the grid."""

    number: int
    texts: Mapping[str, str]
    member: Member | None
    cells: Mapping[str, str]
    problems: Sequence[Problem]


def read_row(row: Row, rules: Rules) -> Said:
    """Read one row."""
    texts = {key: rules.fixed.get(f"{row.number}/{key}", row.at(column).text) for key, column in rules.columns.items()}
    found = rules.members.who(texts, rules.fixed.get(f"{row.number}/{PERSON}", ""))
    member, problems = (found, []) if isinstance(found, Member) else (None, [found])
    cells: dict[str, str] = {}
    for each in marks_fields(rules.achievement):
        text = texts.get(each.key, "")
        if each.key in WHO or not text:
            continue
        value = _plain_value(each.key, text, rules.order, problems)
        key = cell_key(each.key, rules.achievement)
        if value:
            try:
                cells[key] = read_cell(Cell(learner_id="", key=key, value=value), rules.achievement, rules.now)
            except BadInput as error:
                problems.append(Problem(code=BAD, field=each.key, detail=error.detail, remedy=error.remedy))
    return Said(number=row.number, texts=texts, member=member, cells=cells, problems=problems)


def _plain_value(key: str, text: str, order: Order | None, problems: list[Problem]) -> str:
    """A day as ISO 8601, a status as the grid has it, anything else as it is; nothing for what changes nothing."""
    if key == "completed_on":
        return day_of(key, text, order, problems)
    if key != "status":
        return text
    status = status_of(text)
    if status == COMPLETED:
        return "1"
    if status != ENROLLED:
        problems.append(
            Problem(
                code=BAD,
                field=key,
                detail=_("“%(text)s” is no status that a sheet of marks can set.", text=text[:40]),
                remedy=_("Use one of: active, completed. Whoever gave a class up is withdrawn on the learner’s page."),
            )
        )
    return ""


def _nobody(key: str, detail: Message) -> Problem:
    remedy = _("Choose the learner, or correct it.")
    return Problem(code=NOBODY, field=key, detail=detail, remedy=remedy)
