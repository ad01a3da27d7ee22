"""An export of a school's system: brought, looked at as a whole, asked about, taken over in one step or not at all.

It is kept as any roster on its way in: sealed, for a day, only the columns that are used.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.context import Context, Desk
from issuer.service.offerings import OfferingService
from issuer.service.once import LONGEST_KEY
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.roster import kept
from issuer.service.roster.imports import DISCARDED, DONE, KEPT, OPEN
from issuer.service.roster.oneroster.assembling import Teacher, assemble, open_questions
from issuer.service.roster.oneroster.files import BULK, DELTA, LEFT_OUT, file_name
from issuer.service.roster.oneroster.keys import SourceKeys
from issuer.service.roster.oneroster.missing import TICKED, plan_export
from issuer.service.roster.oneroster.planning import ACCEPT, MISSING, Asked, Plan
from issuer.service.roster.oneroster.reading import Export, notes, read_export
from issuer.service.roster.planning import SOMEBODY_NEW
from issuer.service.roster.values import LEFT
from issuer.service.roster.writing import Writing
from issuer.store import credentials, learners, offerings, organisations, source_keys, tables
from kit.errors import BadInput, Conflict, NotFound
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

    def receive(self, desk: Desk, upload: ExportUpload, *, key: str) -> ExportReport:
        """Read an export and say what it would do, once for this ``key``. Nothing is taken over yet.

        Raises: Refused; BadInput or TooLarge when it cannot be read, naming file and place; Unavailable.
        """
        desk.require(Right.ROSTER)
        desk.require(Right.DESCRIBE)
        key = inputs.line(key, "Idempotency-Key", required=True, longest=LONGEST_KEY)
        request = hashlib.sha256(f"{ONEROSTER} {key}".encode()).hexdigest()
        request_hash = hashlib.sha256(upload.data + bytes([upload.guardians])).hexdigest()
        with self._context.database.reading() as session:
            known = learners.import_of_request(session, desk.organisation.id, request)
        if known is None:
            name = inputs.line(upload.name, "name", required=False, longest=200)
            export = read_export(upload.data, name=name, guardians=upload.guardians)
            now, import_id = self._context.now(), str(uuid.uuid4())
            row = {
                "id": import_id,
                "organisation_id": desk.organisation.id,
                "kind": ONEROSTER,
                "request": request,
                "request_hash": request_hash,
                "content_sealed": kept.seal(self._context.keystore.vault(), import_id, export.to_json().encode()),
                "columns": "{}",
                "answers": "{}",
                "day_order": None,
                "state": OPEN,
                "version": 1,
                "created": now,
                "created_by": desk.actor.user_id,
                "expires": now + KEPT,
            }
            with self._context.database.session() as session:
                learners.forget_imports(session, now)
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

    def one(self, desk: Desk, import_id: str) -> ExportReport:
        """What an export would do now. Raises: Refused, NotFound (also once taken over or put away), Unavailable."""
        desk.require(Right.ROSTER)
        desk.require(Right.DESCRIBE)
        with self._context.database.reading() as session:
            return self._report(session, desk, self._row(session, desk, import_id))

    def choose(self, desk: Desk, import_id: str, answers: Answers, *, version: int | None = None) -> ExportReport:
        """Say who rows are, what a file is, or who left. Raises: Refused, NotFound, BadInput, Conflict, Unavailable."""
        desk.require(Right.ROSTER)
        desk.require(Right.DESCRIBE)
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)
            row = self._row(session, desk, import_id)
            if version is not None and version != row.version:
                raise Conflict(_("This sheet was changed in the meantime. Look at it again."))
            said = json.loads(row.answers) | {name: _answer(name, each) for name, each in answers.said.items()}
            if answers.all_missing:
                lines = self._report(session, desk, row).plan.lines
                said |= {line.key: TICKED for line in lines if line.change == MISSING}
            row.answers = json.dumps({name: each for name, each in said.items() if each})
            row.version, row.expires = row.version + 1, self._context.now() + KEPT
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
            report = self._report(session, desk, self._row(session, desk, import_id))
        if report.questions:
            name = report.questions[0]
            raise Conflict(_("Say first what %(file)s is.", file=file_name(name)), field=f"{FILE}{name}")
        if seen != report.plan.seen:
            raise changed
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)
            row = self._row(session, desk, import_id)
            if row.version != report.version or source_keys.stand(session, desk.organisation.id) != before:
                raise changed
            self._write(session, desk, report.plan, self._content(row).system, now)
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
                format=ONEROSTER,
            )
        return replace(report, applied=True)

    def discard(self, desk: Desk, import_id: str) -> None:
        """Put an export away and erase what it says. Raises: Refused, NotFound."""
        desk.require(Right.ROSTER)
        desk.require(Right.DESCRIBE)
        with self._context.database.session() as session:
            row = self._row(session, desk, import_id)
            row.state, row.content_sealed, row.answers = DISCARDED, None, "{}"

    def _report(self, session: Session, desk: Desk, row: tables.RosterImportRow) -> ExportReport:
        export = self._content(row)
        answers: dict[str, str] = json.loads(row.answers)
        files = {name.removeprefix(FILE): said for name, said in answers.items() if name.startswith(FILE)}
        given = assemble(export, files)
        asked = Asked(
            import_id=row.id,
            organisation_id=desk.organisation.id,
            answers=answers,
            now=self._context.now(),
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
        assert row.content_sealed is not None, "one that says nothing is not found"
        return Export.from_json(kept.unseal(self._context.keystore.vault(), row.id, row.content_sealed).decode())

    @staticmethod
    def _row(session: Session, desk: Desk, import_id: str) -> tables.RosterImportRow:
        row = learners.roster_import(session, desk.organisation.id, import_id[:36])
        if row is None or row.content_sealed is None or row.kind != ONEROSTER:
            raise NotFound
        return row


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
