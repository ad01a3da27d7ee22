"""Jobs that withdraw many awards: chosen and shown first, fixed when they begin, watched, and stopped if need be.

Which awards it is about is fixed in the transaction that begins it, and only if they are those that somebody looked at:
an award that is made or withdrawn meanwhile makes everybody look again. It needs no signing key from then on; the lists
are signed anew by whoever reads them, at most once a second.
"""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.context import Context, Desk
from issuer.service.credentials import Credential, reason_of, view_credential
from issuer.service.issuance import Issuance
from issuer.service.once import LONGEST_KEY, reused
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.second_person import WITHDRAWALS, Granting, agreed
from issuer.service.withdrawing.choosing import Choice, read, seal_of
from issuer.service.work import Work
from issuer.store import jobs, organisations, tables, withdrawals
from kit.errors import BadInput, Conflict, NotFound
from kit.i18n import _
from kit.jobs import Run
from kit.paging import Page, Window

KIND: Final = "withdraw"
QUEUED, RUNNING, STOPPED, DONE = "queued", "running", "stopped", "done"
LEASE: Final = timedelta(seconds=60)
MOST: Final = 50_000
LONGEST_NOTE: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The awards that are meant: one page of them, how many there are, and ``seen``, which tells them from others."""

    page: Page[Credential]
    count: int
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A withdrawal of ``total`` awards: ``done`` are withdrawn, ``already`` were by somebody else.

    ``state`` is queued, running, stopped or done.
    """

    id: str
    reason: str
    state: str
    total: int
    done: int
    already: int
    created: datetime
    created_by: str

    @property
    def settled(self) -> int:
        """How many awards it is through with."""
        return self.done + self.already

    @property
    def finished(self) -> bool:
        """Whether nothing happens any more."""
        return self.state in {STOPPED, DONE}


class WithdrawalService:
    """Withdrawals of many awards, of one organisation at a time."""

    def __init__(self, context: Context, issuance: Issuance, work: Work) -> None:
        self._context = context
        self._issuance = issuance
        self._work = work

    def select(self, desk: Desk, choice: Choice, at: Window) -> Selection:
        """The awards that are meant and can be withdrawn. Nothing happens. Raises: Refused, BadInput."""
        desk.require(Right.WITHDRAW)
        chosen = read(choice, desk.organisation.zone)
        with self._context.database.reading() as session:
            ids = self._ids(session, desk, chosen)
            rows, total = withdrawals.standing(session, desk.organisation.id, chosen, offset=at.offset, limit=at.size)
        page = Page(items=[view_credential(row) for row in rows], number=at.number, size=at.size, total=total)
        return Selection(page=page, count=len(ids), seen=seal_of(ids))

    def start(
        self,
        desk: Desk,
        choice: Choice,
        *,
        seen: str,
        count: int | None,
        reason: str,
        note: str,
        key: str,
        granting: Granting | None = None,
    ) -> Withdrawal:
        """Withdraw all of them for good, once for this ``key``; ``count`` is their number, as somebody typed it.

        Raises: Refused, BadInput naming the field (also for another request under the same key), Conflict when other
        awards are meant by now than those that were ``seen``, SecondPersonWanted, Unavailable.
        """
        desk.require(Right.WITHDRAW)
        key = inputs.line(key, "Idempotency-Key", required=True, longest=LONGEST_KEY)
        request = hashlib.sha256(key.encode()).hexdigest()
        request_hash = hashlib.sha256(json.dumps([choice.text(), seen, reason, note]).encode()).hexdigest()
        chosen = read(choice, desk.organisation.zone)
        found = reason_of(reason)
        words = inputs.paragraph(note, "note", required=False, longest=LONGEST_NOTE)
        self._issuance.ready(desk.organisation)
        now = self._context.now()
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)  # the same press twice takes turns
            before = withdrawals.by_request(session, desk.organisation.id, request)
            if before is not None:
                return self._repeated(session, before, request_hash)
            ids = self._ids(session, desk, chosen)
            _check(ids, seen=seen, count=count)
            row = tables.WithdrawalRow(
                id=str(uuid.uuid4()),
                organisation_id=desk.organisation.id,
                request=request,
                request_hash=request_hash,
                chosen=choice.text(),
                reason=found.code,
                created=now,
                created_by=desk.actor.user_id,
            )
            if words:
                row.note_sealed = self._context.keystore.seal_text(words, context=_note_context(row.id))
            agreed(session, desk, WITHDRAWALS, granting, now=now, outcome=row.id)
            session.add(row)
            withdrawals.add_lines(session, row, ids)
            job = _job(row, total=len(ids), now=now)
            session.add(job)
            session.flush()
            self._record(session, desk, "withdrawal.start", row.id, job=job.id, count=len(ids), reason=found.code)
            view, run = _view(row, job), Run(KIND, job.id, job.attempt)
        self._work.enqueue(run)
        return view

    def one(self, desk: Desk, withdrawal_id: str) -> Withdrawal:
        """One withdrawal. Raises: Refused, NotFound."""
        desk.require(Right.WITHDRAW)
        with self._context.database.reading() as session:
            row = withdrawals.one(session, desk.organisation.id, withdrawal_id[:36])
            if row is None:
                raise NotFound
            return _view(row, _job_of(session, row))

    def note(self, desk: Desk, withdrawal_id: str) -> str:
        """Its private note; empty when there is none. Raises: Refused, NotFound, Unavailable."""
        desk.require(Right.WITHDRAW)
        with self._context.database.reading() as session:
            row = withdrawals.one(session, desk.organisation.id, withdrawal_id[:36])
        if row is None:
            raise NotFound
        if row.note_sealed is None:
            return ""
        return self._context.keystore.open_text(row.note_sealed, context=_note_context(row.id))

    def listing(self, desk: Desk, at: Window) -> Page[Withdrawal]:
        """One page of the organisation's withdrawals, newest first. Raises: Refused."""
        desk.require(Right.WITHDRAW)
        with self._context.database.reading() as session:
            rows, total = withdrawals.listing(session, desk.organisation.id, offset=at.offset, limit=at.size)
            found = jobs.of_subjects(session, desk.organisation.id, KIND, [row.id for row in rows])
        return Page(items=[_view(row, found[row.id]) for row in rows], number=at.number, size=at.size, total=total)

    def stop(self, desk: Desk, withdrawal_id: str) -> Withdrawal:
        """Leave the rest as it is; what is withdrawn stays so. Raises: Refused, NotFound, Conflict when it is over."""
        desk.require(Right.WITHDRAW)
        with self._context.database.session() as session:
            row = withdrawals.one(session, desk.organisation.id, withdrawal_id[:36])
            if row is None:
                raise NotFound
            job = jobs.lock(session, _job_of(session, row).id)
            assert job is not None, "jobs are not deleted"
            if job.state == DONE:
                raise Conflict(_("It is finished: there is nothing left to stop."))
            if job.state != STOPPED:
                job.state, job.lease_until = STOPPED, None
                self._record(session, desk, "withdrawal.stop", row.id, job=job.id, count=job.total - job.done)
            session.flush()
            return _view(row, job)

    def lapsed(self) -> list[Run]:
        """The jobs that nobody drives any more, under their next attempt."""
        now = self._context.now()
        with self._context.database.session() as session:
            found = jobs.lapsed(session, KIND, now=now, lease=now + LEASE)
        return [Run(KIND, job_id, attempt) for job_id, attempt in found]

    @staticmethod
    def _repeated(session: Session, row: tables.WithdrawalRow, request_hash: str) -> Withdrawal:
        if row.request_hash != request_hash:
            raise reused(_("Use a new key for a new request. Nothing was withdrawn."))
        return _view(row, _job_of(session, row))

    @staticmethod
    def _ids(session: Session, desk: Desk, chosen: withdrawals.Chosen) -> list[str]:
        if chosen.ids and withdrawals.known(session, desk.organisation.id, chosen.ids) != len(chosen.ids):
            raise NotFound
        ids = withdrawals.standing_ids(session, desk.organisation.id, chosen, most=MOST)
        if len(ids) > MOST:
            raise BadInput(
                _("These are too many awards at a time."),
                field="since",
                remedy=_("Choose fewer days, so that there are at most %(most)s.", most=MOST),
            )
        return ids

    def _record(self, session: Session, desk: Desk, action: str, object_id: str, **detail: str | int) -> None:
        record(
            session,
            at=self._context.now(),
            actor=desk.actor,
            action=action,
            organisation_id=desk.organisation.id,
            object_id=object_id,
            **detail,
        )


def _check(ids: Sequence[str], *, seen: str, count: int | None) -> None:
    """Return when these are the awards that were looked at, and somebody typed how many they are."""
    if seal_of(ids) != seen:
        raise Conflict(_("These are no longer the awards that you saw. Look at them again; nothing was withdrawn."))
    if not ids:
        raise BadInput(
            _("There is no award here that can be withdrawn."), field="achievement", remedy=_("Choose others.")
        )
    if count != len(ids):
        raise BadInput(
            _("This is not their number."),
            field="count",
            remedy=_("Type %(count)s if you mean to withdraw all of them. Nothing was withdrawn.", count=len(ids)),
        )


def _job(row: tables.WithdrawalRow, *, total: int, now: datetime) -> tables.JobRow:
    return tables.JobRow(
        id=str(uuid.uuid4()),
        organisation_id=row.organisation_id,
        kind=KIND,
        subject=row.id,
        part=1,
        request=row.request,
        state=QUEUED,
        problem=None,
        total=total,
        done=0,
        repeated=0,
        refused=0,
        undone=0,
        pace=0,
        undo_minutes=0,
        attempt=1,
        lease_until=now + LEASE,
        created=now,
        created_by=row.created_by,
        actor=row.created_by,
    )


def _job_of(session: Session, row: tables.WithdrawalRow) -> tables.JobRow:
    return jobs.of_subject(session, row.organisation_id, KIND, row.id)[0]


def _view(row: tables.WithdrawalRow, job: tables.JobRow) -> Withdrawal:
    return Withdrawal(
        id=row.id,
        reason=row.reason,
        state=job.state,
        total=job.total,
        done=job.done,
        already=job.repeated,
        created=row.created,
        created_by=row.created_by,
    )


def _note_context(withdrawal_id: str) -> str:
    return f"issuer/withdrawal/{withdrawal_id}/note"
