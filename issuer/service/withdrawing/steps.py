"""One step of a job that withdraws many awards: the bits, the awards, their claims and the audit in one transaction.

The rows are the truth: a step that is repeated finds what is left. No list is signed here: whoever reads one has it
signed anew, at most once a second.
"""

from typing import Final

from issuer.service.context import SYSTEM, Context
from issuer.service.credentials import reason_of
from issuer.service.recording import Act, record_many
from issuer.service.withdrawing.concluding import conclude
from issuer.service.withdrawing.jobs import DONE, LEASE, RUNNING
from issuer.store import jobs, status, withdrawals
from kit.jobs import GO, STOP, Next, Run

CHUNK: Final = 100
"""Awards in one transaction: so few that whoever has a list signed anew waits for milliseconds only."""


class WithdrawalSteps:
    """Does what jobs of this kind do."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def step(self, run: Run) -> Next:
        """Withdraw the next awards. Raises: Unavailable when the records cannot be reached; then it is tried again."""
        now = self._context.now()
        with self._context.database.session() as session:
            job = jobs.lock(session, run.job_id)
            if job is None or job.attempt != run.attempt or job.state not in jobs.DRIVEN:
                return STOP
            withdrawal = withdrawals.one(session, job.organisation_id, job.subject)
            assert withdrawal is not None, "a job of a withdrawal has its withdrawal"
            mine = withdrawals.waiting(session, withdrawal.id, CHUNK)
            standing = withdrawals.lock_standing(session, job.organisation_id, mine)
            gone = sorted(set(mine) - set(standing))
            reason = reason_of(withdrawal.reason)
            status.set_many(session, standing, values={"revocation": 1, "message": reason.value}, now=now)
            withdrawals.withdraw(session, job.organisation_id, standing, reason=reason.code, at=now)
            mails = self._context.settings.sends_mail
            acts = conclude(session, job.organisation_id, standing, reason=reason.code, job=job, now=now, mails=mails)
            withdrawals.settle(session, withdrawal.id, standing, withdrawals.WITHDRAWN)
            withdrawals.settle(session, withdrawal.id, gone, withdrawals.ALREADY)
            job.state, job.started, job.lease_until = RUNNING, job.started or now, now + LEASE
            job.done += len(standing)
            job.repeated += len(gone)
            if len(mine) < CHUNK:
                job.state, job.lease_until = DONE, None
                acts.append(
                    Act(
                        actor=SYSTEM,
                        action="withdrawal.finish",
                        object_id=withdrawal.id,
                        detail={"job": job.id, "count": job.done},
                    )
                )
            after = STOP if job.state == DONE else GO
            session.flush()
            record_many(session, at=now, organisation_id=job.organisation_id, acts=acts)
        return after
