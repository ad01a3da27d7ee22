"""A roster from a sheet: brought, looked at as a whole, asked about, taken over in one step or not at all.

Nothing is on the roster before somebody says so. The same sheet again changes nothing.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.awarding.fields import NAME
from issuer.service.context import Context, Desk
from issuer.service.once import LONGEST_KEY
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.roster import kept
from issuer.service.roster.fields import ROSTER, ROSTER_FIELDS
from issuer.service.roster.lines import Reading, Said, read_row
from issuer.service.roster.planning import SOMEBODY_NEW, Plan, Planner
from issuer.service.roster.writing import Writing
from issuer.store import credentials, learners, organisations, tables
from kit.errors import BadInput, Conflict, NotFound
from kit.i18n import Message, _
from kit.sheets import (
    LIMITS,
    Order,
    Refusal,
    Sheet,
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
OPEN, DONE, DISCARDED = "open", "done", "discarded"
KEPT: Final = timedelta(days=1)
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

    def receive(self, desk: Desk, upload: RosterUpload, *, key: str) -> Report:
        """Read a roster and say what it would do, once for this ``key``. Nothing is on the roster yet.

        Raises: Refused; BadInput or TooLarge when it cannot be read, naming the place; Unavailable.
        """
        desk.require(Right.ROSTER)
        key = inputs.line(key, "Idempotency-Key", required=True, longest=LONGEST_KEY)
        request, request_hash = _digest(key.encode()), _request_hash(upload)
        with self._context.database.reading() as session:
            known = learners.import_of_request(session, desk.organisation.id, request)
        if known is None:
            row = self._received(desk, upload) | {"request": request, "request_hash": request_hash}
            with self._context.database.session() as session:
                learners.forget_imports(session, self._context.now())
                credentials.insert_if_new(session, tables.RosterImportRow, **row)
                known = learners.import_of_request(session, desk.organisation.id, request)
        assert known is not None, "it was just kept"
        if known.request_hash != request_hash:
            raise BadInput(
                _("This key was used before, for another request."),
                field="Idempotency-Key",
                remedy=_("Use a new key for another sheet. Nothing was kept of this one."),
                kind="idempotency-key-reused",
            )
        return self.one(desk, known.id)

    def one(self, desk: Desk, import_id: str) -> Report:
        """What a roster would do now. Raises: Refused, NotFound (also once taken over or put away), Unavailable."""
        desk.require(Right.ROSTER)
        with self._context.database.reading() as session:
            row = self._row(session, desk, import_id)
            return self._report(session, desk, row)

    def choose(self, desk: Desk, import_id: str, choices: Choices, *, version: int | None = None) -> Report:
        """Say which column is what, in which order days are written, or who rows are.

        Raises: Refused, NotFound, BadInput, Conflict when somebody else said something meanwhile.
        """
        desk.require(Right.ROSTER)
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)
            row = self._row(session, desk, import_id)
            if version is not None and version != row.version:
                raise Conflict(_("This sheet was changed in the meantime. Look at it again."))
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
            row.version, row.expires = row.version + 1, self._context.now() + KEPT
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
            row = self._row(session, desk, import_id)
            report = self._report(session, desk, row)
            if seen != report.plan.seen:
                raise Conflict(_("Somebody changed the roster meanwhile. Look at what the sheet would do now."))
            plan, vault = report.plan, self._context.keystore.vault()
            Writing(session, vault, desk.organisation.id, now).write(plan.fresh, plan.edited, plan.places)
            row.state, row.content_sealed, row.answers = DONE, None, "{}"
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
            row = self._row(session, desk, import_id)
            row.state, row.content_sealed, row.answers = DISCARDED, None, "{}"

    def forget_old(self) -> int:
        """Erase what rosters say that nobody said yes to for a day; how many. At each start, and with each roster."""
        with self._context.database.session() as session:
            return learners.forget_imports(session, self._context.now())

    def _received(self, desk: Desk, upload: RosterUpload) -> dict[str, Any]:
        name = inputs.line(upload.name, "name", required=False, longest=200)
        try:
            sheet = read_sheet(
                upload.data, limits=ROSTER_LIMITS, encoding=upload.encoding or None, tab=upload.tab or None
            )
            sheet = headed(sheet, ROSTER_FIELDS)
            if not sheet.rows:
                raise SheetRefused(Refusal.EMPTY)
        except SheetRefused as error:
            raise explained(error, field="file") from error
        columns = dict(guess(sheet, ROSTER_FIELDS).columns)
        need_values(sheet, columns)
        now, import_id = self._context.now(), str(uuid.uuid4())
        content = kept.to_text(sheet, name=name).encode()
        return {
            "id": import_id,
            "organisation_id": desk.organisation.id,
            "kind": ROSTER,
            "content_sealed": kept.seal(self._context.keystore.vault(), import_id, content),
            "columns": json.dumps(columns),
            "answers": "{}",
            "day_order": None,
            "state": OPEN,
            "version": 1,
            "created": now,
            "created_by": desk.actor.user_id,
            "expires": now + KEPT,
        }

    def _report(self, session: Session, desk: Desk, row: tables.RosterImportRow) -> Report:
        sheet, name = self._content(row)
        columns: dict[str, int | None] = json.loads(row.columns)
        answers = {int(number): said for number, said in json.loads(row.answers).items()}
        said = self._said(sheet, columns, row.day_order, answers)
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
        self, sheet: Sheet, columns: Mapping[str, int | None], day_order: str | None, answers: Mapping[int, str]
    ) -> list[Said]:
        days = [row.at(columns[key]).text for row in sheet.rows for key in ("birth_date", "enrolled_on")]
        reading = Reading(
            columns=columns,
            order=Order(day_order) if day_order else order_of(days),
            now=self._context.now(),
            accepted=frozenset(number for number, said in answers.items() if said == RIGHT_AS_IT_IS),
        )
        return [read_row(row, reading) for row in sheet.rows]

    def _content(self, row: tables.RosterImportRow) -> tuple[Sheet, str]:
        assert row.content_sealed is not None, "one that says nothing is not found"
        return kept.from_text(kept.unseal(self._context.keystore.vault(), row.id, row.content_sealed).decode())

    @staticmethod
    def _row(session: Session, desk: Desk, import_id: str) -> tables.RosterImportRow:
        row = learners.roster_import(session, desk.organisation.id, import_id[:36])
        if row is None or row.content_sealed is None or row.kind != ROSTER:
            raise NotFound
        return row


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


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _request_hash(upload: RosterUpload) -> str:
    said = json.dumps([upload.encoding, upload.tab, _digest(upload.data)])
    return _digest(said.encode("utf-8", "surrogatepass"))
