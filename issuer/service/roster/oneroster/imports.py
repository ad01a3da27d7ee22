"""An export of a school's system: brought, looked at as a whole, asked about, taken over in one step or not at all.

It is kept as any roster on its way in: sealed, for a day, only the columns that are used.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.context import Context, Desk
from issuer.service.offerings import OfferingService
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.roster.oneroster.assembling import Teacher, assemble, open_questions
from issuer.service.roster.oneroster.files import BULK, DELTA, LEFT_OUT, file_name
from issuer.service.roster.oneroster.keys import SourceKeys
from issuer.service.roster.oneroster.missing import TICKED, plan_export
from issuer.service.roster.oneroster.planning import ACCEPT, MISSING, Asked, Plan
from issuer.service.roster.oneroster.reading import Export, notes, read_export
from issuer.service.roster.planning import SOMEBODY_NEW
from issuer.service.roster.shelf import DISCARDED, DONE, Brought, Shelf
from issuer.service.roster.values import LEFT
from issuer.service.roster.writing import Writing
from issuer.store import learners, offerings, organisations, source_keys, tables
from kit.errors import BadInput, Conflict
from kit.i18n import Message, _

ONEROSTER: Final = "oneroster"
FILE: Final = "file/"
_ID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_GONE: Final = re.compile(rf"gone/(?:learner/{_ID}|offering/{_ID}|enrolment/{_ID}/{_ID})")
_LEARNER: Final = re.compile(_ID)
_MODES: Final = frozenset({BULK, DELTA, LEFT_OUT})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportUpload:
    """A ZIP file, and whether guardians' names and addresses are wanted."""

    data: bytes
    name: str = ""
    guardians: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What an export would do, or did where ``applied``. ``questions`` are files that the manifest calls absent and
    that are there; ``teachers`` are people to invite.
    """

    id: str
    name: str
    guardians: bool
    plan: Plan
    modes: Mapping[str, str]
    schools: Sequence[str]
    teachers: Sequence[Teacher]
    notes: Sequence[Message]
    questions: Sequence[str]
    version: int
    applied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What somebody says: by row of ``users.csv`` (a learner's id, ``new`` or ``accept``), by ``file/<name>`` (bulk,
    delta or leave), by what is missing (``left``); empty takes an answer back. ``all_missing`` ticks all of it.
    """

    said: Mapping[str, str] = field(default_factory=dict)
    all_missing: bool = False


class OneRosterService:
    """Exports of schools' systems on their way in, of one organisation at a time."""

    def __init__(self, context: Context, offerings_: OfferingService) -> None:
        self._context = context
        self._offerings = offerings_
        self._shelf = Shelf(context, ONEROSTER)

    def receive(self, desk: Desk, upload: ExportUpload, *, key: str) -> ExportReport:
        """Read an export and say what it would do, once for this ``key``. Nothing is taken over yet.

        Raises: Refused; BadInput or TooLarge when it cannot be read, naming file and place; Unavailable.
        """
        desk.require(Right.ROSTER)
        desk.require(Right.DESCRIBE)
        said = upload.data + bytes([upload.guardians])
        return self.one(desk, self._shelf.receive(desk, key=key, said=said, read=lambda: _brought(upload)))

    def one(self, desk: Desk, import_id: str) -> ExportReport:
        """What an export would do now. Raises: Refused, NotFound (also once taken over or put away), Unavailable."""
        desk.require(Right.ROSTER)
        desk.require(Right.DESCRIBE)
        with self._context.database.reading() as session:
            return self._report(session, desk, self._shelf.one(session, desk, import_id))

    def choose(self, desk: Desk, import_id: str, answers: Answers, *, version: int | None = None) -> ExportReport:
        """Say who rows are, what a file is, or who left. Raises: Refused, NotFound, BadInput, Conflict, Unavailable."""
        desk.require(Right.ROSTER)
        desk.require(Right.DESCRIBE)
        with self._context.database.session() as session:
            row = self._shelf.changing(session, desk, import_id, version)
            said = json.loads(row.answers) | {name: _answer(name, each) for name, each in answers.said.items()}
            if answers.all_missing:
                lines = self._report(session, desk, row).plan.lines
                said |= {line.key: TICKED for line in lines if line.change == MISSING}
            row.answers = json.dumps({name: each for name, each in said.items() if each})
            session.flush()
            return self._report(session, desk, row)

    def apply(self, desk: Desk, import_id: str, *, seen: str) -> ExportReport:
        """Take over every row that can be used, all of them or none. ``seen`` is that of the report that somebody said
        yes to.

        Raises: Refused, NotFound, Conflict when it would do something else by now or a file is still asked about,
        Unavailable.
        """
        desk.require(Right.ROSTER)
        desk.require(Right.DESCRIBE)
        now = self._context.now()
        changed = Conflict(_("Somebody changed the roster meanwhile. Look at what the sheet would do now."))
        with self._context.database.reading() as session:  # planning takes its time, and nobody has to wait for it
            before = source_keys.stand(session, desk.organisation.id)
            report = self._report(session, desk, self._shelf.one(session, desk, import_id))
        if report.questions:
            name = report.questions[0]
            raise Conflict(_("Say first what %(file)s is.", file=file_name(name)), field=f"{FILE}{name}")
        if seen != report.plan.seen:
            raise changed
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)
            row = self._shelf.one(session, desk, import_id)
            if row.version != report.version or source_keys.stand(session, desk.organisation.id) != before:
                raise changed
            self._write(session, desk, report.plan, self._content(row).system, now)
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
                format=ONEROSTER,
            )
        return replace(report, applied=True)

    def discard(self, desk: Desk, import_id: str) -> None:
        """Put an export away and erase what it says. Raises: Refused, NotFound."""
        desk.require(Right.ROSTER)
        desk.require(Right.DESCRIBE)
        with self._context.database.session() as session:
            self._shelf.end(self._shelf.one(session, desk, import_id), state=DISCARDED)

    def _report(self, session: Session, desk: Desk, row: tables.RosterImportRow) -> ExportReport:
        export = self._content(row)
        answers: dict[str, str] = json.loads(row.answers)
        files = {name.removeprefix(FILE): said for name, said in answers.items() if name.startswith(FILE)}
        given = assemble(export, files)
        asked = Asked(
            import_id=row.id,
            organisation_id=desk.organisation.id,
            answers=answers,
            now=desk.organisation.local(self._context.now()),
            vault=self._context.keystore.vault(),
            loopback=self._context.settings.loopback,
            system=export.system,
        )
        return ExportReport(
            id=row.id,
            name=export.name,
            guardians=export.guardians,
            plan=plan_export(session, given, asked),
            modes=given.modes,
            schools=given.schools,
            teachers=given.teachers,
            notes=notes(export),
            questions=open_questions(export, files),
            version=row.version,
        )

    def _write(self, session: Session, desk: Desk, plan: Plan, system: str, now: datetime) -> None:
        vault, organisation_id = self._context.keystore.vault(), desk.organisation.id
        for offering_id, values in plan.offerings.items():
            self._offerings.added(session, desk.organisation, values, now, offering_id=offering_id)
        for offering_id in sorted(plan.closing):
            row = offerings.lock(session, organisation_id, offering_id)
            if row is not None:
                row.state, row.updated, row.version = "closed", now, row.version + 1
        Writing(session, vault, organisation_id, now).write(plan.fresh, plan.edited, plan.places)
        learners.change(session, organisation_id, [
            {"id": each, "state": LEFT, "updated": now} for each in sorted(plan.leaving)
        ])  # fmt: skip
        keys = SourceKeys(vault, organisation_id, system)
        source_keys.put(session, [
            {
                "organisation_id": organisation_id, "system": keys.system, "kind": kind, "key": key,
                "learner_id": each.learner_id or None, "offering_id": each.offering_id or None, "state": each.state,
            }
            for (kind, key), each in plan.links.items()
        ])  # fmt: skip

    def _content(self, row: tables.RosterImportRow) -> Export:
        return Export.from_json(self._shelf.content(row).decode())


def _brought(upload: ExportUpload) -> Brought:
    name = inputs.line(upload.name, "name", required=False, longest=200)
    return Brought(content=read_export(upload.data, name=name, guardians=upload.guardians).to_json().encode())


def _answer(name: str, said: str) -> str:
    """An answer that means something. Raises: BadInput."""
    row = name.isascii() and name.isdecimal() and len(name) < 8
    good = (
        (row and (said in {SOMEBODY_NEW, ACCEPT} or _LEARNER.fullmatch(said)))
        or (name.startswith(FILE) and said in _MODES)
        or (_GONE.fullmatch(name) and said == TICKED)
        or (not said and (row or name.startswith(FILE) or _GONE.fullmatch(name)))
    )
    if not good:
        raise BadInput(_("That is no answer to this question."), field=f"answers/{name[:60]}", remedy=_("Choose one."))
    return said
