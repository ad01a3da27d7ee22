"""Jobs that award a sheet: started, paused, resumed, undone, handed out.

What is awarded is signed at once and held back: its claims open when the job is released, by somebody or when the time
to undo it is over. Until then everything can be undone, and nobody ever had it.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.awarding import job_views, judging, scheduling
from issuer.service.awarding.job_views import JobView
from issuer.service.awarding.restoring import Correction, corrections
from issuer.service.awarding.sheets import ISSUING, check_open
from issuer.service.context import Context, Desk, has_closed
from issuer.service.issuance import Issuance
from issuer.service.once import LONGEST_KEY
from issuer.service.organisation_settings import LONGEST_UNDO, settings_of, usual_form
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.second_person import JOB, SHEET, Granting, needs, withdraw_open
from issuer.service.securing import chosen_form
from issuer.service.work import Work
from issuer.store import achievements, jobs, organisations, sheets, tables
from kit import zones
from kit.errors import BadInput, Conflict, NotFound
from kit.i18n import Message, _
from kit.jobs import Run
from kit.paging import Page, Window

LEASE: Final = timedelta(seconds=60)


class AwardJobs:
    """Jobs of one organisation at a time."""

    def __init__(self, context: Context, issuance: Issuance, work: Work) -> None:
        self._context = context
        self._issuance = issuance
        self._work = work

    def issue(
        self,
        desk: Desk,
        sheet_id: str,
        *,
        key: str,
        version: int | None = None,
        starts: str = "",
        undo_minutes: int | None = None,
        format_: str = "",
    ) -> JobView:
        """Award every good line of a sheet, once for this ``key``: now, or from ``starts`` on.

        ``version`` is the sheet's that was looked at (None: whichever it is). Lines that are not good stay for later.
        ``undo_minutes`` is as long as the organisation wants, unless given.
        ``format_`` is how the awards are signed; empty: as the achievement says.
        Where two people have to agree, the job waits for the second one, and for its time.
        Raises: NotFound, BadInput also for a time that is over or more than a year ahead, Conflict, Unavailable
        without a signing key.
        """
        desk.require(Right.AWARD)
        key = inputs.line(key, "Idempotency-Key", required=True, longest=LONGEST_KEY)
        request = hashlib.sha256(key.encode()).hexdigest()
        if undo_minutes is not None and not 0 <= undo_minutes <= LONGEST_UNDO:
            remedy = _("Use a number of minutes from 0 to %(longest)s.", longest=LONGEST_UNDO)
            raise BadInput(_("This is not a time that can be used here."), field="undoMinutes", remedy=remedy)
        now = self._context.now()
        begins = inputs.moment(starts, "starts")
        self._issuance.ready(desk.organisation)
        with self._context.database.session() as session:
            sheet = sheets.lock(session, desk.organisation.id, sheet_id[:36])
            if sheet is None or sheet.about_sealed is None:
                raise NotFound
            before = jobs.of_subject(session, desk.organisation.id, job_views.KIND, sheet.id)
            again = next((job for job in before if job.request == request), None)
            if again is not None:
                return JobView.of(again)
            scheduling.check(begins, now)
            check_open(sheet)
            achievement = self._check(session, desk, sheet, version)
            usual = usual_form(session, desk.organisation.id, achievement.format)
            form = chosen_form(format_, usual=usual).name
            self._issuance.key_for(session, desk.organisation, form, now)
            counts = sheets.counts(session, [sheet.id])[sheet.id]
            if not counts.get(judging.OK):
                raise Conflict(_("No row of this sheet is ready to be awarded. Correct one first."))
            row = tables.JobRow(
                id=str(uuid.uuid4()),
                organisation_id=desk.organisation.id,
                kind=job_views.KIND,
                subject=sheet.id,
                part=len(before) + 1,
                request=request,
                state=_begins(begins, now),
                problem=None,
                total=counts[judging.OK],
                done=0,
                repeated=0,
                refused=0,
                undone=0,
                pace=0,
                undo_minutes=self._undo_minutes(session, desk) if undo_minutes is None else undo_minutes,
                format=form,
                starts=begins,
                attempt=1,
                lease_until=now + LEASE,
                created=now,
                created_by=desk.actor.user_id,
                actor=desk.actor.user_id,
            )
            session.add(row)
            session.flush()
            if organisations.closed(session, desk.organisation.id):
                raise has_closed(desk.organisation.name)
            jobs.queue(session, sheet.id, row.id)
            sheet.state, sheet.original_sealed = ISSUING, None
            sheet.version += 1
            self._record(session, desk, "sheet.issue", sheet.id, job=row.id, count=row.total)
            if needs(session, desk, SHEET):
                scheduling.ask_second(session, self._context.keystore, desk, row, sheet, now=now)
            session.flush()
            view = JobView.of(row)
        if view.state != job_views.APPROVAL:
            self._work.enqueue(Run(job_views.KIND, view.id, 1))
        return view

    def approve(self, desk: Desk, job_id: str, *, granting: Granting) -> JobView:
        """Let a job begin, now that somebody else has agreed to it. Raises: Refused, NotFound, Conflict, Decided."""
        desk.require(Right.AWARD)
        now = self._context.now()
        with self._context.database.session() as session:
            row = self._lock(session, desk, job_id)
            granting.settle(session, now, outcome=row.id)
            if row.state != job_views.APPROVAL:
                raise Conflict(_("This does not wait for anybody any more."))
            row.state = _begins(row.starts, now)
            run = _next_attempt(row, now)
            session.flush()
            view = JobView.of(row)
        self._work.enqueue(run)
        return view

    def turn_down(self, session: Session, job_id: str, now: datetime) -> Run | None:
        """Take a job back that somebody did not agree to, in the caller's transaction; what is to be driven then."""
        row = jobs.lock(session, job_id)
        if row is None or row.state != job_views.APPROVAL:
            return None
        row.state, row.problem = job_views.UNDOING, None
        return _next_attempt(row, now)

    def one(self, desk: Desk, job_id: str) -> JobView:
        """One job. Raises: NotFound."""
        desk.require(Right.AWARD)
        with self._context.database.reading() as session:
            row = jobs.one(session, desk.organisation.id, job_views.KIND, job_id[:36])
        if row is None:
            raise NotFound
        return JobView.of(row)

    def listing(self, desk: Desk, at: Window) -> Page[JobView]:
        """One page of the organisation's jobs, newest first."""
        desk.require(Right.AWARD)
        with self._context.database.reading() as session:
            rows, total = jobs.listing(session, desk.organisation.id, job_views.KIND, offset=at.offset, limit=at.size)
        return Page(items=[JobView.of(row) for row in rows], number=at.number, size=at.size, total=total)

    def corrections(self, desk: Desk, job_id: str, at: Window) -> Page[Correction]:
        """One page of what a job corrected, first what stands although it was undone. Raises: Refused, NotFound."""
        desk.require(Right.AWARD)
        return corrections(self._context, desk, job_id, at)

    def of_sheet(self, desk: Desk, sheet_id: str) -> list[JobView]:
        """The jobs that were made of a sheet, oldest first."""
        desk.require(Right.AWARD)
        with self._context.database.reading() as session:
            rows = jobs.of_subject(session, desk.organisation.id, job_views.KIND, sheet_id[:36])
        return [JobView.of(row) for row in rows]

    def newest(self, desk: Desk, sheet_ids: Sequence[str]) -> Mapping[str, JobView]:
        """The newest job of each of these sheets that has one, by the sheet."""
        desk.require(Right.AWARD)
        with self._context.database.reading() as session:
            rows = jobs.of_subjects(session, desk.organisation.id, job_views.KIND, sheet_ids)
        return {sheet_id: JobView.of(row) for sheet_id, row in rows.items()}

    def obstacle(self, desk: Desk, job_id: str) -> Message | None:
        """What would stop a job that has not begun, if it were its turn now. Raises: NotFound."""
        desk.require(Right.AWARD)
        with self._context.database.reading() as session:
            row = jobs.one(session, desk.organisation.id, job_views.KIND, job_id[:36])
            if row is None:
                raise NotFound
            if row.state not in {job_views.SCHEDULED, job_views.APPROVAL}:
                return None
            sheet = sheets.one(session, desk.organisation.id, row.subject)
            assert sheet is not None, "a job of a sheet has its sheet"
            found = scheduling.obstacle(session, row, sheet)
        return None if found is None else job_views.PROBLEMS[found]

    def begin_now(self, desk: Desk, job_id: str) -> JobView:
        """Award now what waits for its time, in the name of whoever asks. Where two people have to agree, they agreed
        to another time: it is asked anew. One that has begun goes on as it does.

        Raises: NotFound, Conflict when it waits for somebody, rests, or is over.
        """
        desk.require(Right.AWARD)
        now = self._context.now()
        with self._context.database.session() as session:
            row = self._lock(session, desk, job_id)
            if row.state in job_views.WORKING - {job_views.UNDOING}:
                return JobView.of(row)
            if row.state != job_views.SCHEDULED:
                raise Conflict(_("This does not wait for its time any more. Look at it again."))
            row.state, row.starts, row.actor = job_views.QUEUED, None, desk.actor.user_id
            run = _next_attempt(row, now)
            self._record(session, desk, "job.begin", row.id)
            if needs(session, desk, SHEET):
                sheet = sheets.lock(session, desk.organisation.id, row.subject)
                assert sheet is not None, "a job of a sheet has its sheet"
                scheduling.ask_second(session, self._context.keystore, desk, row, sheet, now=now)
            session.flush()
            view = JobView.of(row)
        if view.state != job_views.APPROVAL:
            self._work.enqueue(run)
        return view

    def pause(self, desk: Desk, job_id: str) -> JobView:
        """Let it rest after the rows that are being signed just now. Raises: NotFound, Conflict when it is over."""
        desk.require(Right.AWARD)
        with self._context.database.session() as session:
            row = self._lock(session, desk, job_id)
            if row.state != job_views.PAUSED:
                if row.state == job_views.APPROVAL:
                    raise Conflict(_("It has not begun: somebody else has to agree first."))
                if row.state not in {job_views.SCHEDULED, job_views.QUEUED, job_views.RUNNING}:
                    raise Conflict(_("There is nothing left to pause: every row is through."))
                row.state, row.lease_until = job_views.PAUSED, None
                self._record(session, desk, "job.pause", row.id)
            session.flush()
            return JobView.of(row)

    def resume(self, desk: Desk, job_id: str) -> JobView:
        """Go on, in the name of whoever asks, with the achievement as it is now. Raises: NotFound, Conflict."""
        desk.require(Right.AWARD)
        now = self._context.now()
        with self._context.database.session() as session:
            row = self._lock(session, desk, job_id)
            if row.state != job_views.PAUSED:
                if row.state in {job_views.SCHEDULED, job_views.QUEUED, job_views.RUNNING, job_views.APPROVAL}:
                    return JobView.of(row)
                raise Conflict(_("This was not paused."))
            sheet = sheets.lock(session, desk.organisation.id, row.subject)
            assert sheet is not None, "a job of a sheet has its sheet"
            achievement = achievements.one(session, desk.organisation.id, sheet.achievement_id or "")
            if achievement is None or achievement.state != "active":
                raise Conflict(_("This achievement cannot be awarded."))
            changed = sheet.achievement_version != achievement.version
            sheet.achievement_version = achievement.version
            row.state = _begins(row.starts, now)
            row.problem, row.actor = None, desk.actor.user_id
            run = _next_attempt(row, now)
            self._record(session, desk, "job.resume", row.id)
            unseen = row.started is None and scheduling.lacks_second(session, desk, row)
            if unseen or (changed and needs(session, desk, SHEET)):
                # What was agreed to was another version, or nobody was asked.
                scheduling.ask_second(session, self._context.keystore, desk, row, sheet, now=now)
            session.flush()
            view = JobView.of(row)
        if view.state != job_views.APPROVAL:
            self._work.enqueue(run)
        return view

    def undo(self, desk: Desk, job_id: str) -> JobView:
        """Take back everything that it awarded, as long as nothing was handed out, and put back what it corrected.

        What cannot be put back is told by ``corrections``. It is done in the name of whoever asks.
        Raises: NotFound, Conflict when it was handed out.
        """
        desk.require(Right.AWARD)
        now = self._context.now()
        with self._context.database.session() as session:
            row = self._lock(session, desk, job_id)
            if row.state in {job_views.UNDOING, job_views.UNDONE}:
                return JobView.of(row)
            if row.released is not None:
                raise Conflict(
                    _(
                        "These were handed out at %(time)s. You can still withdraw them.",
                        time=zones.stamp(row.released, desk.organisation.zone),
                    )
                )
            withdraw_open(session, desk, JOB, row.id, now)
            row.state, row.problem, row.actor = job_views.UNDOING, None, desk.actor.user_id
            run = _next_attempt(row, now)
            self._record(session, desk, "job.undo", row.id)
            session.flush()
            view = JobView.of(row)
        self._work.enqueue(run)
        return view

    def release(self, desk: Desk, job_id: str) -> JobView:
        """Hand out now what was awarded. Raises: NotFound, Conflict while rows are left, or when it was undone."""
        desk.require(Right.AWARD)
        with self._context.database.session() as session:
            row = self._lock(session, desk, job_id)
            if row.state != job_views.RELEASED:
                if row.state != job_views.UNDO:
                    raise Conflict(_("There is nothing to hand out yet, or it was undone."))
                row.state, row.released, row.lease_until = job_views.RELEASED, self._context.now(), None
                self._record(session, desk, "job.release", row.id)
            session.flush()
            return JobView.of(row)

    def lapsed(self) -> list[Run]:
        """The jobs that nobody drives any more, under their next attempt."""
        now = self._context.now()
        with self._context.database.session() as session:
            found = jobs.lapsed(session, job_views.KIND, now=now, lease=now + LEASE)
        return [Run(job_views.KIND, job_id, attempt) for job_id, attempt in found]

    def _undo_minutes(self, session: Session, desk: Desk) -> int:
        wanted = settings_of(session, desk.organisation.id).undo_minutes
        return self._context.settings.undo_minutes if wanted is None else wanted

    @staticmethod
    def _check(session: Session, desk: Desk, sheet: tables.SheetRow, version: int | None) -> tables.AchievementRow:
        found = achievements.one(session, desk.organisation.id, sheet.achievement_id or "")
        if found is None or found.state != "active":
            raise Conflict(_("This achievement cannot be awarded."))
        if (version is not None and version != sheet.version) or found.version != sheet.achievement_version:
            raise Conflict(_("This sheet was changed in the meantime. Look at it again."))
        return found

    @staticmethod
    def _lock(session: Session, desk: Desk, job_id: str) -> tables.JobRow:
        row = jobs.lock(session, job_id[:36])
        if row is None or row.organisation_id != desk.organisation.id or row.kind != job_views.KIND:
            raise NotFound
        return row

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


def _begins(starts: datetime | None, now: datetime) -> str:
    """The state of a job that may begin."""
    return job_views.SCHEDULED if starts is not None and starts > now else job_views.QUEUED


def _next_attempt(row: tables.JobRow, now: datetime) -> Run:
    row.attempt += 1
    row.lease_until = now + LEASE
    return Run(row.kind, row.id, row.attempt)
