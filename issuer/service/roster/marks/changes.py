"""What a sheet of marks changes: row by row, old and new, held against the grid and against the rows above."""

from collections.abc import Iterator, Mapping, Sequence
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
    """What each row would do. Two rows may say different cells of one learner; where they say something else of the
    same cell, neither is used: nobody guesses which is right.
    """
    found = _said_of(rows)
    wrong = {said.number: (*said.problems, *_contradictions(said, found, grid)) for said in rows}
    labels = {each.key: each for each in grid.columns}
    written: set[tuple[str, str]] = set()
    lines = []
    for said in rows:
        member, changes = said.member, []
        if member is not None and not wrong[said.number]:
            for key, value in said.cells.items():
                before = member.cells.get(key, "")
                if before != value and (member.id, key) not in written:
                    changes.append(_change(labels[key], before, value))
                    written.add((member.id, key))
        lines.append(
            Line(
                number=said.number,
                name=member.name if member else "",
                change=WRONG if wrong[said.number] else CHANGED if changes else SAME,
                learner_id=member.id if member else "",
                changes=tuple(changes),
                problems=tuple(wrong[said.number]),
                texts=said.texts,
            )
        )
    return lines


def _said_of(rows: Sequence[Said]) -> Mapping[tuple[str, str], Mapping[str, int]]:
    """Of each learner's cell what rows without problems say, each with the first row that does."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for said in rows:
        if said.member is not None and not said.problems:
            for key, value in said.cells.items():
                found.setdefault((said.member.id, key), {}).setdefault(value, said.number)
    return found


def _contradictions(said: Said, found: Mapping[tuple[str, str], Mapping[str, int]], grid: Grid) -> Iterator[Problem]:
    """For each cell of which another row says something else, what is wrong with that."""
    if said.member is None or said.problems:
        return
    labels = {each.key: each for each in grid.columns}
    fields = {
        cell_key(each.key, grid.achievement): each.key for each in marks_fields(grid.achievement) if each.key not in WHO
    }
    for key, value in said.cells.items():
        others = [number for other, number in found[said.member.id, key].items() if other != value]
        if others:
            yield _contradicts(fields[key], min(others), labels[key])


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
