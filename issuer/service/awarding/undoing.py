"""What the steps of a job have in common, and the steps that take back what it awarded."""

from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from issuer.service.awarding import job_views, judging
from issuer.service.awarding.jobs import LEASE
from issuer.service.awarding.restoring import Restoring
from issuer.service.awarding.sheets import KEPT, OPEN
from issuer.service.awards import AwardService
from issuer.service.context import SYSTEM, Context
from issuer.service.many import ManyIssuance
from issuer.service.organisations import view
from issuer.service.recording import Act, record, record_many
from issuer.service.status_lists import StatusListService
from issuer.store import jobs, organisations, sheets, tables
from kit.errors import Unavailable
from kit.jobs import GO, STOP, Next, wait
from vc.status import Reason

CHUNK: Final = 200
UNDONE_AT_ONCE: Final = 100
REST: Final = 30.0


class Stopped(Exception):  # noqa: N818 - an answer
    """The job is to rest, for a reason that somebody has to look at."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Steps:
    """The row of a job, locked, and what it waits for."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def locked(self, session: Session, job: tables.JobRow) -> tables.JobRow:
        """The job's row, locked; when somebody paused it or took it over meanwhile, this step does nothing.

        Raises: Stopped.
        """
        session.flush()
        row = jobs.lock(session, job.id)
        if row is None or row.attempt != job.attempt or row.state != job.state:
            raise Stopped("")
        return row

    def missing(self) -> str:
        """Why nothing can be signed just now."""
        try:
            self._context.keystore.vault()
        except Unavailable:
            return job_views.KEY
        return job_views.CLOCK

    def waits(self, job: tables.JobRow, problem: str) -> Next:
        """Let the job wait, and say for what. Raises: Stopped."""
        with self._context.database.session() as session:
            row = self.locked(session, job)
            row.problem = problem
            row.lease_until = self._context.now() + timedelta(seconds=REST) + LEASE
        return wait(REST)

    def record(self, session: Session, job: tables.JobRow, action: str, **detail: str | int) -> None:
        """Note what the program did by itself."""
        record(
            session,
            at=self._context.now(),
            actor=SYSTEM,
            action=action,
            organisation_id=job.organisation_id,
            object_id=job.id,
            **detail,
        )


class UndoSteps(Steps):
    """Takes back what a job awarded, and puts back what it corrected, some rows at a time."""

    def __init__(self, context: Context, *, awards: AwardService, lists: StatusListService, many: ManyIssuance) -> None:
        super().__init__(context)
        self._restoring = Restoring(context, awards)
        self._lists = lists
        self._many = many

    def step(self, job: tables.JobRow) -> Next:
        """Take back the next of what the job awarded; what was frozen is signed first, so that nothing is half done."""
        with self._context.database.reading() as session:
            frozen = jobs.taken(session, job, judging.FROZEN, CHUNK)
            organisation = view(organisations.by_id(session, job.organisation_id))
        if frozen:
            try:
                answers = self._many.finish_many(organisation, [line.intent_id or "" for line in frozen])
            except Unavailable:
                if self.missing() == job_views.KEY:
                    return self.waits(job, job_views.KEY)
                raise
            signed = {
                line.number for line, answer in zip(frozen, answers, strict=True) if not isinstance(answer, Unavailable)
            }
            with self._context.database.session() as session:
                self.locked(session, job)
                sheets.change_lines(
                    session, job.subject, [{"number": number, "state": judging.AWARDED} for number in sorted(signed)]
                )
            return GO if signed else wait(REST)
        try:
            corrected = self._restoring.step(job)
        except Unavailable:
            if self.missing() == job_views.KEY:
                return self.waits(job, job_views.KEY)
            raise
        if corrected is not None:
            return self._restored(job, corrected)
        now = self._context.now()
        with self._context.database.session() as session:
            locked = self.locked(session, job)
            locked.problem = None
            jobs.give_back(session, job.id)
            mine = jobs.made(session, locked, UNDONE_AT_ONCE)
            if not mine:
                return self._undone(session, locked)
            ids = jobs.lock_issued(session, job.organisation_id, job.id, [line.credential_id or "" for line in mine])
            for credential_id in ids:
                self._lists.withdraw(session, credential_id, Reason.ISSUED_IN_ERROR, now)
            jobs.undo(session, job.organisation_id, ids, reason=Reason.ISSUED_IN_ERROR.code, now=now)
            jobs.free_once(session, job.organisation_id, ids)
            sheets.change_lines(
                session, job.subject, [{"number": line.number, "state": judging.UNDONE, "codes": ""} for line in mine]
            )
            locked = self.locked(session, job)
            locked.undone += len(mine)
            locked.lease_until = now + LEASE
            session.flush()
            record_many(
                session,
                at=now,
                organisation_id=job.organisation_id,
                acts=[
                    Act(actor=job.actor, action="credential.undo", object_id=credential_id, detail={"job": job.id})
                    for credential_id in ids
                ],
            )
        return GO

    def _restored(self, job: tables.JobRow, changes: list[dict[str, object]]) -> Next:
        with self._context.database.session() as session:
            locked = self.locked(session, job)
            sheets.change_lines(session, job.subject, changes)
            locked = self.locked(session, job)
            locked.problem = None
            locked.undone += sum(change["state"] == judging.UNDONE for change in changes)
            locked.lease_until = self._context.now() + LEASE
        return GO if changes else wait(REST)

    def _undone(self, session: Session, job: tables.JobRow) -> Next:
        sheet = sheets.lock(session, job.organisation_id, job.subject)
        assert sheet is not None, "a job of a sheet has its sheet"
        sheet.state = OPEN
        sheet.version += 1
        sheet.expires = max(sheet.expires, self._context.now() + KEPT)
        job.state, job.lease_until, job.undo_until = job_views.UNDONE, None, None
        return STOP
