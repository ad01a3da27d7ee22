"""What belongs to a withdrawal besides the bits: the open claims end, whoever has the award is told, the audit says so.

Also for what the status journal withdrew when this server started: a process that died between the journal's line and
its commit, or an older backup, left the withdrawal without them.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from issuer.service.context import SYSTEM
from issuer.service.recording import Act, record_many
from issuer.service.telling import tell
from issuer.service.withdrawing.jobs import KIND
from issuer.store import deliveries, jobs, tables, withdrawals

_AT_ONCE: Final = 500


def conclude(
    session: Session,
    organisation_id: str,
    credential_ids: Sequence[str],
    *,
    reason: str,
    job: tables.JobRow | None,
    now: datetime,
    mails: bool,
) -> list[Act]:
    """End the claims of awards that were withdrawn together, and tell of it; what the audit has to say.

    ``reason`` is a code of ``vc.status.Reason``; ``job`` is None for what the journal knew alone.
    """
    actor = SYSTEM if job is None else job.actor
    recalled = withdrawals.recall_open(session, organisation_id, credential_ids, now)
    for row in deliveries.concerned(session, organisation_id, credential_ids):
        tell(session, row, deliveries.WITHDRAWAL, actor=actor, now=now, mails=mails)
    detail: dict[str, str | int | bool | None] = {"reason": reason}
    detail |= {"method": "journal"} if job is None else {"job": job.id}
    return [
        *(Act(actor=actor, action="claim.recall", object_id=each, detail={}) for each in recalled),
        *(Act(actor=actor, action="credential.revoke", object_id=each, detail=detail) for each in credential_ids),
    ]


def conclude_replayed(session: Session, found: Sequence[tables.CredentialRow], *, now: datetime, mails: bool) -> None:
    """Conclude the withdrawal of awards that the journal knew as withdrawn and the database did not.

    Where a job was about to withdraw one, it is that job's: its count and its audit have it.
    """
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        asked = withdrawals.asked_for(session, [row.id for row in some])
        together: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for row in some:
            together[row.organisation_id, asked.get(row.id, ""), row.revocation_reason or ""].append(row.id)
        for (organisation_id, withdrawal_id, reason), ids in sorted(together.items()):
            job = _taking(session, organisation_id, withdrawal_id, ids) if withdrawal_id else None
            acts = conclude(session, organisation_id, sorted(ids), reason=reason, job=job, now=now, mails=mails)
            session.flush()
            record_many(session, at=now, organisation_id=organisation_id, acts=acts)


def _taking(session: Session, organisation_id: str, withdrawal_id: str, credential_ids: list[str]) -> tables.JobRow:
    """The job of a withdrawal, which has withdrawn these now."""
    job = jobs.of_subject(session, organisation_id, KIND, withdrawal_id)[0]
    withdrawals.settle(session, withdrawal_id, credential_ids, withdrawals.WITHDRAWN)
    job.done += len(credential_ids)
    return job
