"""A sheet of marks for one class: brought, looked at, put right, and saved through the grid, with its rules and rights.

It is kept as any roster on its way in: sealed, for a day.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.awarding.fields import MARK
from issuer.service.context import Context, Desk
from issuer.service.once import LONGEST_KEY
from issuer.service.rights import Right
from issuer.service.roster import kept
from issuer.service.roster.classes import ClassService, Grid
from issuer.service.roster.grid import Cell
from issuer.service.roster.imports import DISCARDED, DONE, KEPT, OPEN, RosterUpload, columns_after, need_values
from issuer.service.roster.learners import view_learner
from issuer.service.roster.marks.changes import Line, lines_of
from issuer.service.roster.marks.fields import columns_of, known
from issuer.service.roster.marks.reading import PERSON, Member, Members, Rules, read_row
from issuer.store import classes, credentials, learners, organisations, tables
from kit.errors import BadInput, Conflict, NotFound
from kit.i18n import Message, _
from kit.paging import Window
from kit.sheets import LIMITS, Order, Refusal, Sheet, SheetRefused, encoding_question, explained, headed, order_of
from kit.sheets import read_sheet as read

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

    def receive(self, desk: Desk, offering_id: str, upload: RosterUpload, *, key: str) -> MarksReport:
        """Read a sheet and say what it would do, once for this ``key``. Nothing is saved yet.

        Raises: Refused for a class that is not one's own, NotFound; BadInput or TooLarge when it cannot be read, naming
        the place; Unavailable.
        """
        desk.require(Right.MARK)
        grid = self._classes.grid(desk, offering_id, _CLASS)
        key = inputs.line(key, "Idempotency-Key", required=True, longest=LONGEST_KEY)
        request = hashlib.sha256(f"{MARKS} {grid.offering_id} {key}".encode()).hexdigest()
        about = json.dumps([upload.encoding, upload.tab]).encode("utf-8", "surrogatepass")
        request_hash = hashlib.sha256(about + upload.data).hexdigest()
        with self._context.database.reading() as session:
            row = learners.import_of_request(session, desk.organisation.id, request)
        if row is None:
            values = self._received(desk, grid, upload) | {"request": request, "request_hash": request_hash}
            with self._context.database.session() as session:
                learners.forget_imports(session, self._context.now())
                credentials.insert_if_new(session, tables.RosterImportRow, **values)
                row = learners.import_of_request(session, desk.organisation.id, request)
        assert row is not None, "it was just kept"
        if row.request_hash != request_hash:
            raise BadInput(
                _("This key was used before, for another request."),
                field="Idempotency-Key",
                remedy=_("Use a new key for another sheet. Nothing was kept of this one."),
                kind="idempotency-key-reused",
            )
        return self.one(desk, offering_id, row.id)

    def one(self, desk: Desk, offering_id: str, import_id: str) -> MarksReport:
        """What a sheet would do now. Raises: Refused, NotFound (also once saved or put away), Unavailable."""
        desk.require(Right.MARK)
        grid = self._classes.grid(desk, offering_id, _CLASS)
        with self._context.database.reading() as session:
            return self._report(session, desk, self._row(session, desk, grid, import_id), grid)

    def choose(
        self, desk: Desk, offering_id: str, import_id: str, choices: MarksChoices, *, version: int | None = None
    ) -> MarksReport:
        """Say which column is what, or put rows right. Raises: Refused, NotFound, BadInput, Conflict, Unavailable."""
        desk.require(Right.MARK)
        grid = self._classes.grid(desk, offering_id, _CLASS)
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)
            row = self._row(session, desk, grid, import_id)
            if version is not None and version != row.version:
                raise Conflict(_("This sheet was changed in the meantime. Look at it again."))
            content = self._content(row)
            sheet, _name = kept.from_text(content["sheet"])
            columns = columns_after(_columns(row, content, sheet, grid), choices.columns, sheet)
            need_values(sheet, columns)
            row.columns = json.dumps(columns)
            if choices.day_order:
                allowed = [each.value for each in Order]
                row.day_order = inputs.choice(choices.day_order, "dayOrder", allowed=allowed)
            fixed = _put_right(content, grid) | {name: _fixed(name, text) for name, text in choices.fixed.items()}
            content |= {"fixed": {name: text for name, text in fixed.items() if text}, "marks": _marks(grid)}
            row.content_sealed = self._sealed(row.id, content)
            row.version, row.expires = row.version + 1, self._context.now() + KEPT
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
                row.state, row.content_sealed, row.answers = state, None, "{}"

    def _received(self, desk: Desk, grid: Grid, upload: RosterUpload) -> dict[str, Any]:
        name = inputs.line(upload.name, "name", required=False, longest=200)
        try:
            sheet = read(upload.data, limits=MARKS_LIMITS, encoding=upload.encoding or None, tab=upload.tab or None)
            sheet = headed(sheet, known(grid.achievement))
            if not sheet.rows:
                raise SheetRefused(Refusal.EMPTY)
        except SheetRefused as error:
            raise explained(error, field="file") from error
        columns = columns_of(sheet, grid.achievement)
        need_values(sheet, columns)
        now, import_id = self._context.now(), str(uuid.uuid4())
        content = {
            "offering": grid.offering_id,
            "sheet": kept.to_text(sheet, name=name),
            "fixed": {},
            "marks": _marks(grid),
        }
        return {
            "id": import_id,
            "organisation_id": desk.organisation.id,
            "kind": MARKS,
            "content_sealed": self._sealed(import_id, content),
            "columns": json.dumps(columns),
            "answers": "{}",
            "day_order": None,
            "state": OPEN,
            "version": 1,
            "created": now,
            "created_by": desk.actor.user_id,
            "expires": now + KEPT,
        }

    def _report(self, session: Session, desk: Desk, row: tables.RosterImportRow, grid: Grid) -> MarksReport:
        content = self._content(row)
        sheet, name = kept.from_text(content["sheet"])
        columns = _columns(row, content, sheet, grid)
        members = self._members(session, desk, grid)
        days = [each.at(columns["completed_on"]).text for each in sheet.rows]
        rules = Rules(
            columns=columns,
            achievement=grid.achievement,
            order=Order(row.day_order) if row.day_order else order_of(days),
            now=self._context.now(),
            members=members,
            fixed=_put_right(content, grid),
        )
        question = encoding_question(sheet)
        return MarksReport(
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

    def _row(self, session: Session, desk: Desk, grid: Grid, import_id: str) -> tables.RosterImportRow:
        row = learners.roster_import(session, desk.organisation.id, import_id[:36])
        if row is None or row.content_sealed is None or row.kind != MARKS:
            raise NotFound
        if self._content(row)["offering"] != grid.offering_id:
            raise NotFound
        return row

    def _content(self, row: tables.RosterImportRow) -> dict[str, Any]:
        if row.content_sealed is None:
            raise NotFound
        found: dict[str, Any] = json.loads(
            kept.unseal(self._context.keystore.vault(), row.id, row.content_sealed).decode()
        )
        return found

    def _sealed(self, import_id: str, content: Mapping[str, Any]) -> bytes:
        return kept.seal(self._context.keystore.vault(), import_id, json.dumps(content, ensure_ascii=False).encode())


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
