"""A sheet's lines as a form: the inputs that a line's problems ask for, and what somebody said about each line."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from issuer.pages.forms import columns_of
from issuer.service.achievements import result_descriptions
from issuer.service.awarding import judging
from issuer.service.awarding.fields import MARK, NAME
from issuer.service.awarding.reading import Problem
from issuer.service.awarding.sheet_views import Edit, LineView, SheetView
from issuer.service.vocabulary import RESULT_STATUSES
from kit.i18n import Message, _
from kit.web import Form, whole

MOST_ROWS: Final = 100
MOST_FIELDS: Final = 1800
"""What a page of lines may send; forms are refused above 2,000 fields."""

_OTHER_THINGS: Final = 5
_TELLING_APART: Final = ("number", "completed_on", "term")
_NAMES: Final = ("given_name", "family_name")
_ANSWERS: Final = ("accept", "later", "again", "correct")
_FIELD: Final = re.compile(r"rows/(\d{1,7})/(\w{1,40})")

STATES: Final[Mapping[str, Message]] = {
    judging.PROBLEM: _("To look at"),
    judging.ALREADY: _("Awarded before"),
    judging.OK: _("Ready"),
    judging.LATER: _("Kept for later"),
    judging.QUEUED: _("Waiting to be signed"),
    judging.FROZEN: _("Being signed"),
    judging.AWARDED: _("Was awarded"),
    judging.REFUSED: _("Not signed"),
    judging.UNDONE: _("Undone"),
}
"""The states of a line, in the order in which they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One cell to type into: ``options`` (value and words) where only some values will do; ``long`` for a text of
    several lines; ``place`` as the spreadsheet names it, or nothing.
    """

    key: str
    label: Message | str
    place: str
    value: str
    options: Sequence[tuple[str, Message | str]]
    long: bool
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A line to correct: its inputs, what is wrong with none of them, and which answers can be given."""

    line: LineView
    inputs: Sequence[Input]
    rest: Sequence[Problem]
    answers: frozenset[str]

    @property
    def given(self) -> str:
        """The answer that was given already, and can be taken back."""
        if self.line.state != judging.OK or self.line.before is None:
            return ""
        return "correct" if self.line.correction else "again"


def rows_a_page(sheet: SheetView) -> int:
    """How many lines a page of this sheet has, so that its form can be sent."""
    return min(MOST_ROWS, MOST_FIELDS // (len(sheet.fields) + _OTHER_THINGS))


def shown(line: LineView, sheet: SheetView, *, whole: bool = False) -> Shown:
    """A line with inputs where it has problems; in every cell when it is changed as a ``whole``."""
    asked: dict[str, list[Problem]] = {}
    rest = []
    for problem in line.problems:
        keys = _keys(problem, line, sheet)
        for key in keys:
            asked.setdefault(key, [])
        if keys and problem.code not in {judging.TWICE, judging.AWARDED_BEFORE}:
            asked[keys[0]].append(problem)
        else:
            rest.append(problem)
    inputs = [
        _input(key, label, line, sheet, asked.get(key, ()))
        for key, label in ((each.key, each.label) for each in sheet.fields)
        if key in asked or whole
    ]
    return Shown(line=line, inputs=inputs, rest=rest, answers=_answers(line))


def edits(given: Form) -> dict[int, Edit]:
    """What a submitted form says about each line: the values typed, and the answers that were ticked."""
    values: dict[int, dict[str, str]] = {}
    for name, value in given.fields().items():
        found = _FIELD.fullmatch(name)
        if found:
            values.setdefault(int(found[1]), {})[found[2]] = value
    return {number: _edit(said) for number, said in values.items()}


def chosen_rows(given: Form, *, later: bool) -> dict[int, Edit]:
    """The lines that were ticked in a list, to be kept for later or to be awarded after all."""
    numbers = [whole(value, digits=7) for value in given.values("row")]
    return {number: Edit(later=later) for number in numbers if number is not None}


def chosen_columns(given: Form, sheet: SheetView) -> dict[str, int | None]:
    """The columns that somebody chose otherwise than they stand. Raises: BadInput."""
    chosen = columns_of(given)
    keys = [each.key for each in sheet.fields if each.key in chosen]
    return {key: chosen[key] for key in keys if chosen[key] != sheet.columns.get(key)}


def marks_of(sheet: SheetView, key: str) -> list[tuple[str, Message | str]]:
    """The marks that will do in a field, with their words; nothing when any text will, or it is no mark."""
    place = key.removeprefix(MARK)
    if not place.isdecimal():
        return []
    description: Mapping[str, Any] = result_descriptions(sheet.achievement)[int(place)]
    levels = description.get("rubricCriterionLevel", ())
    if levels:
        return [(str(level["name"]), str(level["name"])) for level in levels]
    if description["resultType"] == "Status":
        return list(RESULT_STATUSES.items())
    return [(str(value), str(value)) for value in description.get("allowedValue", ())]


def _keys(problem: Problem, line: LineView, sheet: SheetView) -> list[str]:
    """The fields in which a problem can be put right."""
    if problem.code in {judging.AWARDED_OTHERWISE, judging.WITHDRAWN_BEFORE}:
        return []
    if problem.code in {judging.TWICE, judging.AWARDED_BEFORE}:
        number, *others = _TELLING_APART
        return ["mail" if line.values.get("mail") and not line.values.get("number") else number, *others]
    if problem.field == NAME and not line.values.get(NAME):
        two = any(line.values.get(key) or sheet.columns.get(key) is not None for key in _NAMES)
        return list(_NAMES) if two else [NAME]
    return [problem.field] if any(each.key == problem.field for each in sheet.fields) else []


def _input(key: str, label: Message | str, line: LineView, sheet: SheetView, problems: Sequence[Problem]) -> Input:
    value = line.values.get(key, "")
    options = marks_of(sheet, key) or [(each, each) for problem in problems for each in problem.choices]
    if options:
        known = {option for option, _words in options}
        options = [*([] if "" in known else [("", _("Nothing"))]), *options]
        if value and value not in known:
            options.insert(0, (value, value))
    return Input(
        key=key,
        label=label,
        place=line.places.get(key, ""),
        value=value,
        options=options,
        long=key == "comment" or "\n" in value,
        problems=problems,
    )


def _answers(line: LineView) -> frozenset[str]:
    codes = {problem.code for problem in line.problems}
    found = {"later"} if line.state in judging.ACTIVE else set()
    if any(problem.acceptable for problem in line.problems):
        found.add("accept")
    if judging.AWARDED_OTHERWISE in codes:
        found.add("correct")
    if judging.WITHDRAWN_BEFORE in codes:
        found.add("again")
    return frozenset(found)


def _edit(said: dict[str, str]) -> Edit:
    answers: dict[str, bool | None] = {name: True for name in _ANSWERS if said.pop(name, "")}
    before = said.pop("given", "")
    if before in {"again", "correct"}:
        answers.setdefault(before, False)
    return Edit(values=said, **answers)
