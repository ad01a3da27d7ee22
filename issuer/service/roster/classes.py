"""Classes: who is enrolled, their marks, who teaches them, and awarding all of them.

Whoever may award marks any class; an instructor marks those that were given to them, and signs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.achievements import Achievement, AchievementService
from issuer.service.awarding.class_sheets import ClassList, ClassSheetService, Pupil
from issuer.service.awarding.sheet_views import SheetView
from issuer.service.context import INSTRUCTOR, Context, Desk
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.roster.fields import COMPLETED, ENROLLED, STATUSES
from issuer.service.roster.grid import (
    COMPLETED_ON,
    FINISHED,
    HOURS,
    Cell,
    Column,
    GridRow,
    columns_of,
    day_text,
    field_of,
    hours_text,
    marks_with_hours,
    read_cell,
    status_of,
)
from issuer.service.roster.learners import view_learner
from issuer.service.roster.values import LEFT
from issuer.store import classes, learners, offerings, organisations, tables
from kit.errors import BadInput, Conflict, NotFound, Refused
from kit.i18n import _
from kit.paging import Page, Window

MOST_CELLS: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A class: its columns, one page of its learners, the accounts that teach it, and what it awards."""

    offering_id: str
    title: str
    term: str
    achievement: Achievement | None
    columns: Sequence[Column]
    rows: Page[GridRow]
    instructors: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """What is to stand in a cell, as it is kept."""

    cell: Cell
    value: str
    at: datetime


class ClassService:
    """Classes of one organisation at a time."""

    def __init__(self, context: Context, achievements_: AchievementService, sheets_: ClassSheetService) -> None:
        self._context = context
        self._achievements = achievements_
        self._sheets = sheets_

    def grid(self, desk: Desk, offering_id: str, at: Window) -> Grid:
        """The marks of a class. Raises: Refused for a class that is not one's own, NotFound, Unavailable."""
        desk.require(Right.MARK)
        with self._context.database.reading() as session:
            offering = self._offering(session, desk, offering_id)
            found, total = classes.members(session, desk.organisation.id, offering.id, offset=at.offset, limit=at.size)
            marks = classes.marks(session, desk.organisation.id, offering.id)
            teaching = classes.instructors(session, desk.organisation.id, offering.id)
        rows = [
            GridRow(
                learner_id=learner.id,
                name=f"{learner.given_name} {learner.family_name}".strip(),
                cells=_cells(enrolment, marks.get(learner.id, {})),
            )
            for enrolment, learner in found
        ]
        achievement = self._achievement(desk, offering)
        return Grid(
            offering_id=offering.id,
            title=offering.title,
            term=offering.term,
            achievement=achievement,
            columns=columns_of(achievement),
            rows=Page(items=rows, number=at.number, size=at.size, total=total),
            instructors=frozenset(teaching),
        )

    def mark(self, desk: Desk, offering_id: str, cells: Sequence[Cell]) -> int:
        """Write into cells of a class, all of them or none; how many changed. A cell whose value is the one that was
        looked at is no change, whatever stands there by now.

        Raises: Refused, NotFound, BadInput naming the cell, Conflict naming the cell in which somebody else wrote
        meanwhile.
        """
        desk.require(Right.MARK)
        if len(cells) > MOST_CELLS:
            remedy = _("Send at most %(most)s.", most=MOST_CELLS)
            raise BadInput(_("There are too many rows at a time."), field="marks", remedy=remedy)
        now = self._context.now()
        changed = 0
        with self._context.database.session() as session:
            offering = self._offering(session, desk, offering_id)
            achievement = self._achievement(desk, offering)
            offerings.lock(session, desk.organisation.id, offering.id)
            marks = classes.marks(session, desk.organisation.id, offering.id)
            for cell in cells:
                value = read_cell(cell, achievement, desk.organisation.local(now))
                if cell.before is not None and value == cell.before:
                    continue
                change = _Change(cell=cell, value=value, at=now)
                changed += self._written(session, desk, offering, change, marks)
            if changed:
                record(
                    session,
                    at=now,
                    actor=desk.actor,
                    action="mark.set",
                    organisation_id=desk.organisation.id,
                    object_id=offering.id,
                    count=changed,
                )
        return changed

    def enrol(self, desk: Desk, learner_id: str, offering_id: str, *, status: str) -> bool:
        """Enrol a learner, or say that the place is finished or given up; whether somebody is enrolled who left.

        Raises: Refused, NotFound, BadInput.
        """
        desk.require(Right.ROSTER)
        inputs.choice(status, "status", allowed=tuple(STATUSES))
        now = self._context.now()
        with self._context.database.session() as session:
            learner = learners.lock(session, desk.organisation.id, learner_id[:36])  # nobody erases them meanwhile
            offering = offerings.one(session, desk.organisation.id, offering_id[:36])
            if learner is None or learner.state == learners.ERASED or offering is None:
                raise NotFound
            before = classes.enrolment(session, desk.organisation.id, offering.id, learner.id)
            row = {
                "organisation_id": desk.organisation.id,
                "offering_id": offering.id,
                "learner_id": learner.id,
                "status": status,
                "enrolled_on": desk.organisation.local(now).date() if before is None else None,
                "version": 1,
                "updated": now,
            }
            learners.enrol(session, [row])
            record(
                session,
                at=now,
                actor=desk.actor,
                action="learner.enrol",
                organisation_id=desk.organisation.id,
                object_id=learner.id,
                offering=offering.id,
                state=status,
            )
            return learner.state == LEFT and status == ENROLLED

    def teach(self, desk: Desk, offering_id: str, accounts: Sequence[str]) -> None:
        """Let these instructors, and no others, mark a class. Raises: Refused, NotFound, BadInput."""
        desk.require(Right.DESCRIBE)
        now = self._context.now()
        with self._context.database.session() as session:
            offering = self._offering(session, desk, offering_id)
            roles = {row.user_id: row.role for row in organisations.members(session, desk.organisation.id)}
            for account in accounts:
                if roles.get(account) != INSTRUCTOR:
                    raise BadInput(
                        _("This is no instructor of the organisation."),
                        field="instructors",
                        remedy=_("Choose one from the list."),
                    )
            offerings.lock(session, desk.organisation.id, offering.id)
            classes.set_instructors(session, desk.organisation.id, offering.id, sorted(set(accounts)))
            record(
                session,
                at=now,
                actor=desk.actor,
                action="offering.teach",
                organisation_id=desk.organisation.id,
                object_id=offering.id,
                count=len(set(accounts)),
            )

    def award(self, desk: Desk, offering_id: str, *, key: str) -> SheetView:
        """A sheet of awards of the class as it stands, once for this ``key``: from there on like any other sheet.

        Raises: Refused, NotFound, Conflict when the class awards nothing or nobody is in it, Unavailable.
        """
        desk.require(Right.AWARD)
        vault = self._context.keystore.vault()
        with self._context.database.reading() as session:
            offering = self._offering(session, desk, offering_id)
            if offering.achievement_id is None:
                raise Conflict(_("Say first what this class awards: choose an achievement for it on the rate card."))
            found, _total = classes.members(session, desk.organisation.id, offering.id, offset=0, limit=None)
            marks = classes.marks(session, desk.organisation.id, offering.id)
        awarded = self._achievements.one(desk.organisation, offering.achievement_id)
        pupils = []
        for enrolment, row in found:
            values = view_learner(row, vault).values
            assert values is not None, "an erased learner is in no class"
            pupils.append(
                Pupil(
                    name=values.name,
                    number=values.number,
                    marks=marks_with_hours(awarded, marks.get(row.id, {}), hours_text(enrolment.hours)),
                    completed_on=day_text(enrolment.completed_on),
                )
            )
        if not pupils:
            raise Conflict(_("Nobody is in this class yet."))
        given = ClassList(
            offering_id=offering.id,
            title=offering.title,
            achievement_id=offering.achievement_id,
            when=offering.term,
            pupils=pupils,
        )
        return self._sheets.make(desk, given, key=key)

    def _written(
        self,
        session: Session,
        desk: Desk,
        offering: tables.OfferingRow,
        change: _Change,
        marks: dict[str, dict[str, str]],
    ) -> bool:
        cell, value, now = change.cell, change.value, change.at
        place = (desk.organisation.id, offering.id, cell.learner_id[:36])
        row = classes.enrolment(session, *place, lock=True)
        if row is None or row.status not in classes.IN_CLASS:
            raise NotFound
        there = _cells(row, marks.get(row.learner_id, {})).get(cell.key, "")
        if there == value:
            return False
        if cell.before is not None and there != cell.before:
            raise self._elsewhere(session, desk, offering, cell, there)
        if cell.key == HOURS:
            row.hours = value or None
        elif cell.key == FINISHED:
            row.status = status_of(value)
        elif cell.key == COMPLETED_ON:
            row.completed_on = date.fromisoformat(value) if value else None
        else:
            classes.set_mark(session, (*place, cell.key), value, by=desk.actor.user_id, at=now)
            marks.setdefault(row.learner_id, {})[cell.key] = value
        row.version, row.updated = row.version + 1, now
        session.flush()
        return True

    def _elsewhere(
        self, session: Session, desk: Desk, offering: tables.OfferingRow, cell: Cell, there: str
    ) -> Conflict:
        """Somebody else was faster: which cell, and what stands there now."""
        learner = learners.one(session, desk.organisation.id, cell.learner_id)
        assert learner is not None, "who is enrolled is on the roster"
        columns = {each.key: each for each in columns_of(self._achievement(desk, offering))}
        column = columns.get(cell.key, Column(key=cell.key, label=cell.key))  # a mark that is not given any more
        shown = dict(column.options).get(there, there) or "–"
        return Conflict(
            _(
                "%(name)s, “%(column)s”: somebody else wrote “%(there)s” there meanwhile. Nothing was saved yet.",
                name=f"{learner.given_name} {learner.family_name}".strip(),
                column=column.label,
                there=shown[:60],
            ),
            field=field_of(cell.learner_id, cell.key),
            remedy=_("Look at the cell, and save again what is to stand there."),
        )

    def _achievement(self, desk: Desk, offering: tables.OfferingRow) -> Achievement | None:
        return self._achievements.one(desk.organisation, offering.achievement_id) if offering.achievement_id else None

    @staticmethod
    def _offering(session: Session, desk: Desk, offering_id: str) -> tables.OfferingRow:
        """The offering, for somebody who may mark it. Raises: NotFound, Refused."""
        row = offerings.one(session, desk.organisation.id, offering_id[:36])
        if row is None:
            raise NotFound
        own = classes.instructors(session, desk.organisation.id, row.id)
        if not desk.may(Right.AWARD) and desk.actor.user_id not in own:
            raise Refused(_("This class is not yours to mark. Whoever keeps the rate card can give it to you."))
        return row


def _cells(row: tables.EnrolmentRow, marks: dict[str, str]) -> dict[str, str]:
    return {
        **marks,
        HOURS: hours_text(row.hours),
        FINISHED: "1" if row.status == COMPLETED else "",
        COMPLETED_ON: day_text(row.completed_on),
    }
