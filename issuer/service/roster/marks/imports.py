"""A sheet of marks for one class: brought, looked at, put right, and saved through the grid, with its rules and rights.

It is kept as any roster on its way in: sealed, for a day.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.awarding.fields import MARK
from issuer.service.context import Context, Desk
from issuer.service.rights import Right
from issuer.service.roster import kept
from issuer.service.roster.classes import MOST_CELLS, ClassService, Grid
from issuer.service.roster.grid import Cell
from issuer.service.roster.imports import RosterUpload, columns_after, need_values, read_brought
from issuer.service.roster.learners import view_learner
from issuer.service.roster.marks.changes import Line, lines_of
from issuer.service.roster.marks.fields import columns_of, known
from issuer.service.roster.marks.reading import PERSON, Member, Members, Rules, read_row
from issuer.service.roster.shelf import DISCARDED, DONE, Brought, Shelf
from issuer.store import classes, learners, tables
from kit.errors import BadInput, Conflict, NotFound
from kit.i18n import Message, _
from kit.paging import Window
from kit.sheets import LIMITS, Order, Sheet, encoding_question, order_of

MARKS: Final = "marks"
MARKS_LIMITS: Final = replace(LIMITS, rows=500, file_bytes=5_000_000)
_CLASS: Final = Window(number=1, size=2000)
_FIXED: Final = re.compile(r"\d{1,7}/[a-z_]{1,20}\d{0,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarksReport:
    """What a sheet of marks would do, or did where ``applied``. ``seen`` stands for all of it."""

    id: str
    name: str
    offering_id: str
    grid: Grid
    lines: Sequence[Line]
    headers: Sequence[str]
    columns: Mapping[str, int | None]
    day_order: str
    cautions: Sequence[Message]
    people: Sequence[tuple[str, str]]
    version: int
    applied: bool = False

    def counted(self, change: str) -> int:
        """How many rows do this."""
        return sum(line.change == change for line in self.lines)

    @property
    def cells(self) -> list[Cell]:
        """What is written into the grid; each says what stood there."""
        return [
            Cell(learner_id=line.learner_id, key=each.key, value=each.after, before=each.before)
            for line in self.lines
            for each in line.changes
        ]

    @property
    def fits(self) -> bool:
        """Whether all of it can be saved at a time."""
        return len(self.cells) <= MOST_CELLS

    @property
    def seen(self) -> str:
        """What stands for all of it: another sheet, or another class, has another."""
        said = [[each.learner_id, each.key, each.before, each.value] for each in self.cells]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarksChoices:
    """What somebody says: columns by field, the order of days, and what is put right: ``7/mark0`` is a field of row 7,
    ``7/who`` the id of its learner. Empty takes it back.
    """

    columns: Mapping[str, int | None] = field(default_factory=dict)
    day_order: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)


class MarksService:
    """Sheets of marks on their way in, of one class at a time."""

    def __init__(self, context: Context, classes_: ClassService) -> None:
        self._context = context
        self._classes = classes_
        self._shelf = Shelf(context, MARKS)

    def receive(self, desk: Desk, offering_id: str, upload: RosterUpload, *, key: str) -> MarksReport:
        """Read a sheet and say what it would do, once for this ``key``. Nothing is saved yet.

        Raises: Refused for a class that is not one's own, NotFound; BadInput or TooLarge when it cannot be read, naming
        the place; Unavailable.
        """
        desk.require(Right.MARK)
        grid = self._classes.grid(desk, offering_id, _CLASS)
        about = json.dumps([upload.encoding, upload.tab]).encode("utf-8", "surrogatepass")
        import_id = self._shelf.receive(
            desk, key=key, about=grid.offering_id, said=about + upload.data, read=lambda: _brought(grid, upload)
        )
        return self.one(desk, offering_id, import_id)

    def one(self, desk: Desk, offering_id: str, import_id: str) -> MarksReport:
        """What a sheet would do now. Raises: Refused, NotFound (also once saved or put away), Unavailable."""
        desk.require(Right.MARK)
        grid = self._classes.grid(desk, offering_id, _CLASS)
        with self._context.database.reading() as session:
            return self._report(session, desk, self._shelf.one(session, desk, import_id), grid)

    def choose(
        self, desk: Desk, offering_id: str, import_id: str, choices: MarksChoices, *, version: int | None = None
    ) -> MarksReport:
        """Say which column is what, or put rows right. Raises: Refused, NotFound, BadInput, Conflict, Unavailable."""
        desk.require(Right.MARK)
        grid = self._classes.grid(desk, offering_id, _CLASS)
        with self._context.database.session() as session:
            row = self._shelf.changing(session, desk, import_id, version)
            content = self._content(row, grid)
            sheet, _name = kept.from_text(content["sheet"])
            columns = columns_after(_columns(row, content, sheet, grid), choices.columns, sheet)
            need_values(sheet, columns)
            row.columns = json.dumps(columns)
            if choices.day_order:
                allowed = [each.value for each in Order]
                row.day_order = inputs.choice(choices.day_order, "dayOrder", allowed=allowed)
            fixed = _put_right(content, grid) | {name: _fixed(name, text) for name, text in choices.fixed.items()}
            content |= {"fixed": {name: text for name, text in fixed.items() if text}, "marks": _marks(grid)}
            row.content_sealed = self._shelf.sealed(row.id, _as_bytes(content))
            session.flush()
            return self._report(session, desk, row, grid)

    def apply(self, desk: Desk, offering_id: str, import_id: str, *, seen: str) -> MarksReport:
        """Save what the rows that can be used change, all of it or nothing, as the grid does; other rows are left out.

        Raises: Refused, NotFound, Conflict when it would do something else by now, Unavailable.
        """
        desk.require(Right.MARK)
        report = self.one(desk, offering_id, import_id)
        if seen != report.seen:
            raise Conflict(_("Somebody changed the class meanwhile. Look at what the sheet would do now."))
        self._classes.mark(desk, report.offering_id, report.cells)  # a crash after this repeats what changes nothing
        self._end(desk, report, state=DONE)
        return replace(report, applied=True)

    def discard(self, desk: Desk, offering_id: str, import_id: str) -> None:
        """Put a sheet away and erase what it says. Raises: Refused, NotFound."""
        desk.require(Right.MARK)
        self._end(desk, self.one(desk, offering_id, import_id), state=DISCARDED)

    def _end(self, desk: Desk, report: MarksReport, *, state: str) -> None:
        with self._context.database.session() as session:
            row = learners.roster_import(session, desk.organisation.id, report.id)
            if row is not None:
                self._shelf.end(row, state=state)

    def _report(self, session: Session, desk: Desk, row: tables.RosterImportRow, grid: Grid) -> MarksReport:
        content = self._content(row, grid)
        sheet, name = kept.from_text(content["sheet"])
        columns = _columns(row, content, sheet, grid)
        members = self._members(session, desk, grid)
        days = [each.at(columns["completed_on"]).text for each in sheet.rows]
        rules = Rules(
            columns=columns,
            achievement=grid.achievement,
            order=Order(row.day_order) if row.day_order else order_of(days),
            now=desk.organisation.local(self._context.now()),
            members=members,
            fixed=_put_right(content, grid),
        )
        question = encoding_question(sheet)
        report = MarksReport(
            id=row.id,
            name=name,
            offering_id=grid.offering_id,
            grid=grid,
            lines=lines_of([read_row(each, rules) for each in sheet.rows], grid),
            headers=sheet.headers,
            columns=columns,
            day_order=row.day_order or "",
            cautions=[question] if question else [],
            people=[(each.id, each.name) for each in members.all.values()],
            version=row.version,
        )
        return report if report.fits else replace(report, cautions=[*report.cautions, _too_many(len(report.cells))])

    def _members(self, session: Session, desk: Desk, grid: Grid) -> Members:
        found, _total = classes.members(session, desk.organisation.id, grid.offering_id, offset=0, limit=None)
        cells = {row.learner_id: row.cells for row in grid.rows.items}
        vault = self._context.keystore.vault()
        views = [view_learner(row, vault) for _enrolment, row in found if row.id in cells]
        return Members(
            Member(
                id=each.id, name=each.name, number=each.values.number, mail=each.values.mail, cells=cells[each.id]
            )
            for each in views
            if each.values is not None
        )  # fmt: skip

    def _content(self, row: tables.RosterImportRow, grid: Grid) -> dict[str, Any]:
        """What a sheet of this class says. Raises: NotFound for one of another class, Unavailable."""
        found: dict[str, Any] = json.loads(self._shelf.content(row).decode())
        if found["offering"] != grid.offering_id:
            raise NotFound
        return found


def _too_many(count: int) -> Message:
    return _(
        "This sheet changes %(count)s cells, and at most %(most)s can be saved at a time. Bring it in two parts.",
        count=count,
        most=MOST_CELLS,
    )


def _brought(grid: Grid, upload: RosterUpload) -> Brought:
    sheet, name = read_brought(upload, MARKS_LIMITS, known(grid.achievement))
    columns = columns_of(sheet, grid.achievement)
    need_values(sheet, columns)
    text = kept.to_text(sheet, name=name)
    content = {"offering": grid.offering_id, "sheet": text, "fixed": {}, "marks": _marks(grid)}
    return Brought(content=_as_bytes(content), columns=columns)


def _as_bytes(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def _marks(grid: Grid) -> list[str]:
    """What the class gives marks for, in its order: which mark a column is said to be depends on it."""
    return [each.key for each in grid.columns]


def _columns(
    row: tables.RosterImportRow, content: Mapping[str, Any], sheet: Sheet, grid: Grid
) -> Mapping[str, int | None]:
    """Which column is what; guessed anew where the class awards something else by now than when it was said."""
    if content.get("marks") != _marks(grid):
        return columns_of(sheet, grid.achievement)
    found: dict[str, int | None] = json.loads(row.columns)
    return found


def _put_right(content: Mapping[str, Any], grid: Grid) -> dict[str, str]:
    """What somebody put right; but for marks, where the class awards something else by now."""
    same = content.get("marks") == _marks(grid)
    return {name: text for name, text in content["fixed"].items() if same or f"/{MARK}" not in name}


def _fixed(name: str, text: str) -> str:
    if not _FIXED.fullmatch(name) or (name.endswith(f"/{PERSON}") and len(text) > 36):
        raise BadInput(_("There is no such field."), field=name[:60], remedy=_("Choose one from the list."))
    return inputs.line(text, name, required=False, longest=200)
