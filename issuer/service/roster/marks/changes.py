"""What a sheet of marks changes: row by row, old and new, held against the grid and against the rows above."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from issuer.service.awarding.reading import BAD, Problem
from issuer.service.roster.classes import Grid
from issuer.service.roster.grid import Column
from issuer.service.roster.marks.fields import WHO, cell_key, marks_fields
from issuer.service.roster.marks.reading import Said
from kit.i18n import Message, _

CHANGED, SAME, WRONG = "changed", "same", "problem"
CHANGES: Final = (WRONG, CHANGED, SAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One cell: what stands there, and what is to."""

    key: str
    label: Message | str
    before: str
    after: str
    words: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one row would do."""

    number: int
    name: str
    change: str
    learner_id: str
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    texts: Mapping[str, str]


def lines_of(rows: Sequence[Said], grid: Grid) -> list[Line]:
    """What each row would do, held against those above it: two rows may say different cells of one learner."""
    planned: dict[tuple[str, str], tuple[str, int]] = {}
    labels = {each.key: each for each in grid.columns}
    fields = {
        cell_key(each.key, grid.achievement): each.key for each in marks_fields(grid.achievement) if each.key not in WHO
    }
    lines = []
    for said in rows:
        problems, changes = list(said.problems), []
        if said.member is not None and not problems:
            for key, value in said.cells.items():
                before = planned.setdefault((said.member.id, key), (value, said.number))
                if before[0] != value:
                    problems.append(_contradicts(fields[key], before[1], labels[key]))
                elif before[1] == said.number and said.member.cells.get(key, "") != value:
                    changes.append(_change(labels[key], said.member.cells.get(key, ""), value))
        member = said.member
        lines.append(
            Line(
                number=said.number,
                name=member.name if member else "",
                change=WRONG if problems else CHANGED if changes else SAME,
                learner_id=member.id if member else "",
                changes=() if problems else tuple(changes),
                problems=tuple(problems),
                texts=said.texts,
            )
        )
    return lines


def _change(column: Column, before: str, after: str) -> Change:
    shown = dict(column.options)
    words = (shown.get(before, before), shown.get(after, after))
    return Change(key=column.key, label=column.label, before=before, after=after, words=words)


def _contradicts(key: str, row: int, column: Column) -> Problem:
    return Problem(
        code=BAD,
        field=key,
        detail=_("“%(column)s”: row %(row)s says something else about the same learner.", column=column.label, row=row),
        remedy=_("Keep the row that is right."),
    )
