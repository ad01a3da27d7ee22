"""One step of a job that awards a sheet: some rows frozen, signed and kept; or some taken back; or a rest.

The rows are the truth. A step first takes up what an earlier one froze and did not see signed; what was signed already
is not signed again, and whoever was awarded before is not awarded again, whatever sheet it stands in (``award_once``).
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from issuer.service.achievements import Achievement, AchievementService
from issuer.service.addressing import AddressChanged
from issuer.service.award_reading import Award, to_draft
from issuer.service.awarding import job_views, judging, scheduling
from issuer.service.awarding.checking import Checked, Checker
from issuer.service.awarding.jobs import LEASE
from issuer.service.awarding.judging import Verdict, correction_of
from issuer.service.awarding.restoring import Earlier, remember
from issuer.service.awarding.sheets import DONE, KEPT, OPEN, SheetService
from issuer.service.awarding.undoing import CHUNK, REST, Steps, Stopped, UndoSteps
from issuer.service.awards import AwardService
from issuer.service.context import Actor, Context, Desk
from issuer.service.drafts import AwardDraft
from issuer.service.identities import KeyLost
from issuer.service.issuance import Issuance, Signed
from issuer.service.many import ManyIssuance
from issuer.service.many_awards import Frozen, ManyAwards
from issuer.service.once import InFlight
from issuer.service.organisations import view
from issuer.service.second_person import ASKED, JOB, expire_one
from issuer.service.securing import USUAL
from issuer.service.status_lists import StatusListService
from issuer.store import approvals, credentials, jobs, organisations, sheets, tables
from kit.errors import BadInput, Conflict, NotFound, RequestError, Unavailable
from kit.jobs import GO, STOP, Next, Run, wait

CORRECTIONS: Final = 20
FIRST: Final = 200
MOST_REFUSED: Final = 0.2
LONGEST_WAIT: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """A job that is running, as a step found it: for whom, as whom, of what."""

    job: tables.JobRow
    desk: Desk
    sheet: tables.SheetRow
    achievement: Achievement


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """What the first transaction of a step took: intents by line, and corrections by line."""

    intents: Mapping[int, str]
    corrections: Mapping[int, tuple[str, AwardDraft]]


class AwardSteps(Steps):
    """Does what jobs of this kind do."""

    def __init__(
        self,
        context: Context,
        *,
        achievements: AchievementService,
        awards: AwardService,
        issuance: Issuance,
        lists: StatusListService,
        many: ManyIssuance,
        many_awards: ManyAwards,
        sheets_: SheetService,
    ) -> None:
        super().__init__(context)
        self._undoing = UndoSteps(context, awards=awards, lists=lists, many=many)
        self._achievements = achievements
        self._awards = awards
        self._issuance = issuance
        self._lists = lists
        self._many = many
        self._many_awards = many_awards
        self._sheets = sheets_

    def step(self, run: Run) -> Next:
        """Do a little of a job. Raises: Unavailable when the records cannot be reached; then it is tried again."""
        begun = time.monotonic()
        now = self._context.now()
        with self._context.database.session() as session:
            job = jobs.lock(session, run.job_id)
            if job is None or job.attempt != run.attempt or job.state not in jobs.DRIVEN:
                return STOP
            rest = self._rest(session, job, now)
            if rest is not None:
                return rest
            job.lease_until = now + LEASE
            if job.state != job_views.UNDOING:
                job.state, job.started = job_views.RUNNING, job.started or now
            state = job.state
            session.flush()
            session.expunge(job)
        try:
            return self._undoing.step(job) if state == job_views.UNDOING else self._award(job, begun)
        except Stopped as stop:
            return self._pause(run, stop.problem)

    def _rest(self, session: Session, job: tables.JobRow, now: datetime) -> Next | None:
        """What a job does that waits for a time or for somebody; None when it has something to do."""
        if job.state == job_views.APPROVAL:
            asked = approvals.newest(session, job.organisation_id, JOB, job.id)
            if asked is not None and asked.state == ASKED and asked.expires > now:
                job.lease_until = asked.expires
                return STOP
            # Nobody agreed in time: what it took is given back.
            expire_one(session, asked, now)
            job.state = job_views.UNDOING
        until = {job_views.SCHEDULED: job.starts, job_views.UNDO: job.undo_until}.get(job.state)
        if until is not None and until > now:
            seconds = min((until - now).total_seconds(), LONGEST_WAIT)
            job.lease_until = now + timedelta(seconds=seconds) + LEASE
            return wait(seconds)
        if job.started is None and job.state in {job_views.SCHEDULED, job_views.QUEUED}:
            return self._ask(session, job, now)
        if job.state == job_views.UNDO:
            job.state, job.released, job.lease_until = job_views.RELEASED, now, None
            self.record(session, job, action="job.release")
            return STOP
        return None

    def _ask(self, session: Session, job: tables.JobRow, now: datetime) -> Next | None:
        """Have a job that was made before two people were wanted wait for the second one before it begins."""
        member = organisations.membership(session, organisations.by_id(session, job.organisation_id).slug, job.actor)
        sheet = sheets.one(session, job.organisation_id, job.subject)
        if member is None or sheet is None:
            return None
        desk = Desk(organisation=view(member[0]), actor=Actor(user_id=job.actor, name=""), role=member[1])
        if not scheduling.lacks_second(session, desk, job):
            return None
        try:
            scheduling.ask_second(session, self._context.keystore, desk, job, sheet, now=now)
        except Conflict:
            job.state, job.problem, job.lease_until = job_views.PAUSED, job_views.ALONE, None
        return STOP

    def _award(self, job: tables.JobRow, begun: float) -> Next:
        work = self._work(job)
        try:
            self._issuance.ready(work.desk.organisation)
        except Unavailable:
            return self.waits(job, self.missing())
        try:
            taken = self._take(work)
            answers = self._finish(work, taken)
        except Unavailable:
            if self.missing() == job_views.KEY:
                return self.waits(job, job_views.KEY)
            raise
        corrected = self._correct(work, taken)
        return self._settle(work, taken, {**answers, **corrected}, begun)

    def _work(self, job: tables.JobRow) -> _Work:
        """Raises: _Stop when whoever started it may not award any more, or the achievement was changed."""
        with self._context.database.reading() as session:
            slug = organisations.by_id(session, job.organisation_id).slug
            member = organisations.membership(session, slug, job.actor)
            sheet = sheets.one(session, job.organisation_id, job.subject)
            assert sheet is not None, "a job of a sheet has its sheet"
            found = scheduling.obstacle(session, job, sheet)
        if found is not None or member is None:
            raise Stopped(found or job_views.ACTOR)
        desk = Desk(organisation=view(member[0]), actor=Actor(user_id=job.actor, name=""), role=member[1])
        achievement = self._achievements.one(desk.organisation, sheet.achievement_id or "")
        if achievement.version != sheet.achievement_version:
            raise Stopped(job_views.ACHIEVEMENT)
        return _Work(job=job, desk=desk, sheet=sheet, achievement=achievement)

    def _take(self, work: _Work) -> _Taken:
        """Freeze the next rows, after those that were frozen before. One transaction. Raises: _Stop, Unavailable."""
        now = self._context.now()
        vault = self._context.keystore.vault()
        seal = self._context.keystore.sealer()
        rules = self._sheets.rules_of(work.desk.organisation, work.sheet, work.achievement)
        checker = Checker(vault, work.desk.organisation.id, rules)
        with self._context.database.session() as session:
            job = self.locked(session, work.job)
            frozen = jobs.taken(session, job, judging.FROZEN, CHUNK)
            intents = {line.number: line.intent_id for line in frozen if line.intent_id}
            room = CHUNK - len(frozen)
            queued = jobs.taken(session, job, judging.QUEUED, room) if room else []
            checked = checker.shown(session, queued)
            corrections = self._corrections(session, work, queued, checked, checker)
            good = [
                line
                for line in queued
                if checked.verdicts[line.number].state == judging.OK and not checked.verdicts[line.number].correction
            ]
            fresh = self._once(session, work, good, checked.verdicts)
            changes = [
                {"number": line.number, **_settled(checked.verdicts[line.number])}
                for line in queued
                if line.number not in corrections and line.number not in fresh
                and not checked.verdicts[line.number].correction
            ]  # fmt: skip
            lines = [line for line in good if line.number in fresh]
            awards = [_award_of(checked, line.number) for line in lines]
            try:
                made = (
                    self._many_awards.freeze(
                        session,
                        work.desk,
                        work.achievement,
                        awards,
                        format_=work.job.format or USUAL,
                        seal=seal,
                        now=now,
                    )
                    if awards
                    else []
                )
            except KeyLost:
                raise Stopped(job_views.LOST) from None
            except (BadInput, Conflict):
                raise Stopped(job_views.ACHIEVEMENT) from None
            for line, each in zip(lines, made, strict=True):
                fingerprint, ordinal = fresh[line.number]
                if isinstance(each, Frozen):
                    jobs.name_once(session, job.organisation_id, fingerprint, ordinal, each.credential_id)
                    intents[line.number] = each.intent_id
                    changes.append(_change(line.number, judging.FROZEN, each))
                else:
                    jobs.free_unnamed(session, job.organisation_id, fingerprint, ordinal)
                    changes.append(_change(line.number, judging.REFUSED, None))
            ids = [each.credential_id for each in made if isinstance(each, Frozen)]
            jobs.mark_credentials(session, job.organisation_id, job.id, ids)
            states = [change["state"] for change in changes]
            sheets.change_lines(session, work.sheet.id, changes)
            job = self.locked(session, work.job)
            job.repeated += states.count(judging.ALREADY)
            job.refused += states.count(judging.REFUSED)
        return _Taken(intents=intents, corrections=corrections)

    def _once(
        self,
        session: Session,
        work: _Work,
        good: Sequence[tables.SheetLineRow],
        verdicts: Mapping[int, Verdict],
    ) -> dict[int, tuple[str, int]]:
        """Those lines that nobody has awarded, with fingerprint and ordinal: from now on nobody else awards them."""
        wanted: dict[tuple[str, int], int] = {}
        for line in good:
            verdict = verdicts[line.number]
            assert verdict.fingerprint is not None, "a good line has its fingerprint"
            ordinal = verdict.before.ordinal + 1 if verdict.before else 0
            wanted.setdefault((verdict.fingerprint, ordinal), line.number)
        rows = [
            {
                "organisation_id": work.desk.organisation.id,
                "fingerprint": fingerprint,
                "ordinal": ordinal,
                "credential_id": None,
                "sheet_id": work.sheet.id,
                "number": number,
            }
            for (fingerprint, ordinal), number in sorted(
                wanted.items()
            )  # the same order for all: nobody waits in a ring
        ]
        if not rows:
            return {}
        ours = set(
            credentials.insert_new(session, tables.AwardOnceRow, rows, returning=tables.AwardOnceRow.fingerprint)
        )
        return {number: once for once, number in wanted.items() if once[0] in ours}

    def _corrections(
        self,
        session: Session,
        work: _Work,
        queued: Sequence[tables.SheetLineRow],
        checked: Checked,
        checker: Checker,
    ) -> dict[int, tuple[str, AwardDraft]]:
        """The next corrections by line; what the awards say until then is kept, so that it can be put back."""
        found: dict[int, tuple[str, AwardDraft]] = {}
        earlier = []
        for line in queued:
            verdict = checked.verdicts[line.number]
            if verdict.correction and verdict.before is not None and len(found) < CORRECTIONS:
                before = checker.opened(verdict.before)
                zone = work.desk.organisation.zone
                draft = correction_of(checked.reads[line.number], before, work.achievement.id, zone)
                known = verdict.before
                found[line.number] = (known.credential_id, draft)
                said = to_draft(before, work.achievement.id, "")
                earlier.append((line, Earlier(credential_id=known.credential_id, sequence=known.sequence, draft=said)))
        remember(session, self._context.keystore, work.sheet.id, earlier)
        return found

    def _finish(self, work: _Work, taken: _Taken) -> dict[int, Signed | RequestError]:
        numbers = list(taken.intents)
        if not numbers:
            return {}
        ids = [taken.intents[number] for number in numbers]
        return dict(zip(numbers, self._many.finish_many(work.desk.organisation, ids), strict=True))

    def _correct(self, work: _Work, taken: _Taken) -> dict[int, Signed | RequestError | None]:
        """Sign corrections, one by one: each has its key, so that a step that is repeated corrects once."""
        found: dict[int, Signed | RequestError | None] = {}
        for number, (credential_id, draft) in taken.corrections.items():
            if not self._is_mine(work.job):
                break  # somebody undoes it, or another process goes on with it
            key = f"sheet:{work.sheet.id}:{work.job.part}:{number}"
            try:
                self._awards.reissue(work.desk, credential_id, draft, key=key, part_of_more=True)
                found[number] = None
            except InFlight:
                continue
            except (BadInput, Conflict, NotFound) as error:
                found[number] = error
        return found

    def _is_mine(self, job: tables.JobRow) -> bool:
        with self._context.database.reading() as session:
            row = jobs.one(session, job.organisation_id, job.kind, job.id)
        return row is not None and row.attempt == job.attempt

    def _settle(
        self, work: _Work, taken: _Taken, answers: Mapping[int, Signed | RequestError | None], begun: float
    ) -> Next:
        """Say what came of the rows; the next thing to do."""
        awarded = [number for number, answer in answers.items() if answer is None or isinstance(answer, Signed)]
        waiting = [number for number, answer in answers.items() if isinstance(answer, Unavailable)]
        refused = [number for number in answers if number not in awarded and number not in waiting]
        now = self._context.now()
        with self._context.database.session() as session:
            job = jobs.lock(session, work.job.id)
            assert job is not None, "jobs are not deleted"
            lines = sheets.numbered(session, work.sheet.id, [*awarded, *refused])
            ours = {line.number: line for line in lines if line.state in {judging.FROZEN, judging.QUEUED}}
            done = [number for number in awarded if number in ours]
            gone = [number for number in refused if number in ours]
            lost = [line.credential_id for number in gone if (line := ours[number]).credential_id]
            jobs.free_once(session, job.organisation_id, lost)
            corrected = {number: taken.corrections[number][0] for number in done if number in taken.corrections}
            sheets.change_lines(
                session,
                work.sheet.id,
                [
                    *(
                        {
                            "number": number,
                            "state": judging.AWARDED,
                            "codes": judging.CORRECTION if number in corrected else "",
                            "credential_id": corrected.get(number, ours[number].credential_id),
                        }
                        for number in done
                    ),
                    *(
                        {"number": number, "state": judging.REFUSED, "codes": judging.REFUSED, "credential_id": None}
                        for number in gone
                    ),
                ],
            )
            job = jobs.lock(session, work.job.id)
            assert job is not None, "the same"
            job.done += len(done)
            job.refused += len(gone)
            job.pace = round(len(done) / max(0.001, time.monotonic() - begun))
            job.problem = job_views.WITHHELD if waiting else None
            if any(isinstance(answers[number], AddressChanged) for number in waiting):
                job.problem = job_views.ADDRESS
            job.lease_until = now + LEASE
            if job.attempt != work.job.attempt or job.state != job_views.RUNNING:
                return STOP
            left = jobs.count(session, job, judging.QUEUED)
            if not left and not waiting and not jobs.count(session, job, judging.FROZEN):
                return self._through(session, job, now)
            if _looks_wrong(job, work.job):
                job.state, job.problem, job.lease_until = job_views.PAUSED, job_views.REFUSALS, None
                return STOP
            if waiting and not done and not gone:
                job.lease_until = now + timedelta(seconds=REST) + LEASE
                return wait(REST)
        return GO

    def _through(self, session: Session, job: tables.JobRow, now: datetime) -> Next:
        """Every row is settled: hold what was signed for a while, so that it can be undone, or hand it out."""
        sheet = sheets.lock(session, job.organisation_id, job.subject)
        assert sheet is not None, "a job of a sheet has its sheet"
        counts = sheets.counts(session, [sheet.id])[sheet.id]
        kept = any(counts.get(state) for state in (judging.OK, judging.PROBLEM, judging.LATER, judging.REFUSED))
        sheet.state = OPEN if kept else DONE
        sheet.version += 1
        sheet.expires = max(sheet.expires, now + KEPT)
        self.record(session, job, action="job.finish", count=job.done)
        job.state, job.undo_until = job_views.UNDO, now + timedelta(minutes=job.undo_minutes)
        if job.undo_minutes == 0:
            job.state, job.released, job.lease_until = job_views.RELEASED, now, None
            self.record(session, job, action="job.release")
            return STOP
        seconds = min(job.undo_minutes * 60.0, LONGEST_WAIT)
        job.lease_until = now + timedelta(seconds=seconds) + LEASE
        return wait(seconds)

    def _pause(self, run: Run, problem: str) -> Next:
        if problem:
            with self._context.database.session() as session:
                row = jobs.lock(session, run.job_id)
                if row is not None and row.attempt == run.attempt and row.state == job_views.RUNNING:
                    row.state, row.problem, row.lease_until = job_views.PAUSED, problem, None
        return STOP


def _award_of(checked: Checked, number: int) -> Award:
    award = checked.reads[number].award
    assert award is not None, "a good line has its award"
    return award


def _settled(verdict: Verdict) -> dict[str, object]:
    """What becomes of a line that is not awarded after all."""
    state = judging.ALREADY if verdict.state in {judging.ALREADY, judging.OK} else judging.REFUSED
    codes = verdict.codes or (judging.AWARDED_BEFORE if state == judging.ALREADY else judging.REFUSED)
    return {"state": state, "codes": codes, "credential_id": None, "intent_id": None}


def _change(number: int, state: str, made: Frozen | None) -> dict[str, object]:
    return {
        "number": number,
        "state": state,
        "codes": "" if made else judging.REFUSED,
        "credential_id": made.credential_id if made else None,
        "intent_id": made.intent_id if made else None,
    }


def _looks_wrong(job: tables.JobRow, before: tables.JobRow) -> bool:
    """Whether so many of the first rows were refused that somebody should look before it goes on."""
    through = job.done + job.repeated + job.refused
    return before.done + before.repeated + before.refused < FIRST <= through and job.refused > MOST_REFUSED * through
