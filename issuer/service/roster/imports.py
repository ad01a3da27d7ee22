"""A roster from a sheet: brought, looked at as a whole, asked about, taken over in one step or not at all.

Nothing is on the roster before somebody says so. The same sheet again changes nothing.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.awarding.fields import NAME
from issuer.service.context import Context, Desk
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.roster import kept
from issuer.service.roster.fields import ROSTER, ROSTER_FIELDS
from issuer.service.roster.lines import Reading, Said, read_row
from issuer.service.roster.planning import SOMEBODY_NEW, Plan, Planner
from issuer.service.roster.shelf import DISCARDED, DONE, Brought, Shelf
from issuer.service.roster.writing import Writing
from issuer.store import learners, organisations, tables
from kit.errors import BadInput, Conflict
from kit.i18n import Message, _
from kit.sheets import (
    LIMITS,
    Field,
    Order,
    Refusal,
    Sheet,
    SheetLimits,
    SheetRefused,
    encoding_question,
    explained,
    guess,
    headed,
    order_of,
    read_sheet,
    zeros_dropped,
    zeros_question,
)

ROSTER_LIMITS: Final = replace(LIMITS, rows=5000)
"""What is taken over in one step."""
RIGHT_AS_IT_IS: Final = "accept"
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterUpload:
    """A file or a pasted text, and what was chosen where it leaves a choice."""

    data: bytes
    name: str = ""
    encoding: str = ""
    tab: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a roster would do, or did where ``applied``. ``seen`` stands for all of it."""

    id: str
    name: str
    plan: Plan
    headers: Sequence[str]
    columns: Mapping[str, int | None]
    day_order: str
    cautions: Sequence[Message]
    version: int
    state: str
    applied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What somebody says about a roster: columns by field, the order of days, and answers by row (an id, ``new``, or
    ``accept``; empty takes the answer back).
    """

    columns: Mapping[str, int | None] = field(default_factory=dict)
    day_order: str = ""
    answers: Mapping[int, str] = field(default_factory=dict)


class ImportService:
    """Rosters on their way in, of one organisation at a time."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._shelf = Shelf(context, ROSTER)

    def receive(self, desk: Desk, upload: RosterUpload, *, key: str) -> Report:
        """Read a roster and say what it would do, once for this ``key``. Nothing is on the roster yet.

        Raises: Refused; BadInput or TooLarge when it cannot be read, naming the place; Unavailable.
        """
        desk.require(Right.ROSTER)
        about = json.dumps([upload.encoding, upload.tab]).encode("utf-8", "surrogatepass")
        import_id = self._shelf.receive(desk, key=key, said=about + upload.data, read=lambda: _brought(upload))
        return self.one(desk, import_id)

    def one(self, desk: Desk, import_id: str) -> Report:
        """What a roster would do now. Raises: Refused, NotFound (also once taken over or put away), Unavailable."""
        desk.require(Right.ROSTER)
        with self._context.database.reading() as session:
            return self._report(session, desk, self._shelf.one(session, desk, import_id))

    def choose(self, desk: Desk, import_id: str, choices: Choices, *, version: int | None = None) -> Report:
        """Say which column is what, in which order days are written, or who rows are.

        Raises: Refused, NotFound, BadInput, Conflict when somebody else said something meanwhile.
        """
        desk.require(Right.ROSTER)
        with self._context.database.session() as session:
            row = self._shelf.changing(session, desk, import_id, version)
            sheet, _name = self._content(row)
            columns = columns_after(json.loads(row.columns), choices.columns, sheet)
            need_values(sheet, columns)
            row.columns = json.dumps(columns)
            if choices.day_order:
                allowed = [each.value for each in Order]
                row.day_order = inputs.choice(choices.day_order, "dayOrder", allowed=allowed)
            answers = {int(number): said for number, said in json.loads(row.answers).items()}
            answers |= {number: _answer(number, said) for number, said in choices.answers.items()}
            row.answers = json.dumps({str(number): said for number, said in answers.items() if said})
            session.flush()
            return self._report(session, desk, row)

    def apply(self, desk: Desk, import_id: str, *, seen: str) -> Report:
        """Take over every row that can be used, all of them or none; the others are left out. ``seen`` is that of the
        report that somebody said yes to.

        Raises: Refused, NotFound, Conflict when it would do something else by now, or nothing; Unavailable.
        """
        desk.require(Right.ROSTER)
        now = self._context.now()
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)
            row = self._shelf.one(session, desk, import_id)
            report = self._report(session, desk, row)
            if seen != report.plan.seen:
                raise Conflict(_("Somebody changed the roster meanwhile. Look at what the sheet would do now."))
            plan, vault = report.plan, self._context.keystore.vault()
            Writing(session, vault, desk.organisation.id, now).write(plan.fresh, plan.edited, plan.places)
            self._shelf.end(row, state=DONE)
            record(
                session,
                at=now,
                actor=desk.actor,
                action="learner.import",
                organisation_id=desk.organisation.id,
                object_id=row.id,
                rows=len(report.plan.lines),
                count=report.plan.news,
            )
        return replace(report, applied=True, state=DONE)

    def discard(self, desk: Desk, import_id: str) -> None:
        """Put a roster away and erase what it says. Raises: Refused, NotFound."""
        desk.require(Right.ROSTER)
        with self._context.database.session() as session:
            self._shelf.end(self._shelf.one(session, desk, import_id), state=DISCARDED)

    def forget_old(self) -> int:
        """Erase what rosters say that nobody said yes to for a day; how many. At each start, and with each roster."""
        with self._context.database.session() as session:
            return learners.forget_imports(session, self._context.now())

    def _report(self, session: Session, desk: Desk, row: tables.RosterImportRow) -> Report:
        sheet, name = self._content(row)
        columns: dict[str, int | None] = json.loads(row.columns)
        answers = {int(number): said for number, said in json.loads(row.answers).items()}
        said = self._said(desk, sheet, columns, row.day_order, answers)
        planner = Planner(
            session,
            desk.organisation.id,
            said,
            import_id=row.id,
            answers=answers,
            vault=self._context.keystore.vault(),
        )
        return Report(
            id=row.id,
            name=name,
            plan=planner.plan(),
            headers=sheet.headers,
            columns=columns,
            day_order=row.day_order or "",
            cautions=_cautions(sheet, columns),
            version=row.version,
            state=row.state,
        )

    def _said(
        self,
        desk: Desk,
        sheet: Sheet,
        columns: Mapping[str, int | None],
        day_order: str | None,
        answers: Mapping[int, str],
    ) -> list[Said]:
        days = [row.at(columns[key]).text for row in sheet.rows for key in ("birth_date", "enrolled_on")]
        reading = Reading(
            columns=columns,
            order=Order(day_order) if day_order else order_of(days),
            now=desk.organisation.local(self._context.now()),
            accepted=frozenset(number for number, said in answers.items() if said == RIGHT_AS_IT_IS),
        )
        return [read_row(row, reading) for row in sheet.rows]

    def _content(self, row: tables.RosterImportRow) -> tuple[Sheet, str]:
        return kept.from_text(self._shelf.content(row).decode())


def read_brought(upload: RosterUpload, limits: SheetLimits, fields: Sequence[Field]) -> tuple[Sheet, str]:
    """The sheet that was brought, under its header, and the name of its file. Raises: BadInput, TooLarge."""
    name = inputs.line(upload.name, "name", required=False, longest=200)
    try:
        sheet = read_sheet(upload.data, limits=limits, encoding=upload.encoding or None, tab=upload.tab or None)
        sheet = headed(sheet, fields)
        if not sheet.rows:
            raise SheetRefused(Refusal.EMPTY)
    except SheetRefused as error:
        raise explained(error, field="file") from error
    return sheet, name


def _brought(upload: RosterUpload) -> Brought:
    sheet, name = read_brought(upload, ROSTER_LIMITS, ROSTER_FIELDS)
    columns = dict(guess(sheet, ROSTER_FIELDS).columns)
    need_values(sheet, columns)
    return Brought(content=kept.to_text(sheet, name=name).encode(), columns=columns)


def columns_after(
    before: Mapping[str, int | None], chosen: Mapping[str, int | None], sheet: Sheet
) -> dict[str, int | None]:
    """The columns after a choice. A field gives its column up to the one that it is chosen for. Raises: BadInput."""
    for key, column in chosen.items():
        if key not in before:
            raise BadInput(_("There is no such field."), field=f"columns/{key}", remedy=_("Choose one from the list."))
        if column is not None and not 0 <= column < sheet.width:
            raise BadInput(_("There is no such column."), field=f"columns/{key}", remedy=_("Choose one from the list."))
    wanted = [column for column in chosen.values() if column is not None]
    for key, column in chosen.items():
        if column is not None and wanted.count(column) > 1:
            raise BadInput(
                _("One column cannot hold two things."), field=f"columns/{key}", remedy=_("Choose another one.")
            )
    return {key: column if column not in wanted else None for key, column in before.items()} | dict(chosen)


def need_values(sheet: Sheet, columns: Mapping[str, int | None]) -> None:
    """Let through only a sheet with values, and no formulas, in these columns. Raises: BadInput, TooLarge."""
    try:
        sheet.need_values(columns.values())
    except SheetRefused as error:
        raise explained(error, field="file") from error


def _answer(number: int, said: str) -> str:
    if said in {"", SOMEBODY_NEW, RIGHT_AS_IT_IS} or _ID.fullmatch(said):
        return said
    raise BadInput(_("That is no answer to this question."), field=f"answers/{number}", remedy=_("Choose one."))


def _cautions(sheet: Sheet, columns: Mapping[str, int | None]) -> list[Message]:
    """What to look at before the rows."""
    found = [question] if (question := encoding_question(sheet)) else []
    number = columns["number"]
    if number is not None and zeros_dropped(sheet, number):
        found.append(zeros_question(sheet.header.at(number).text))
    if all(columns[key] is None for key in (NAME, "given_name", "family_name")):
        found.append(_("Choose the column that holds the learners’ names."))
    if columns["number"] is None and columns["birth_date"] is None:
        found.append(_("Nothing here tells two learners of one name apart: add their birth dates, or roster numbers."))
    return found
