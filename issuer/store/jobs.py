"""Queries about jobs, and about the lines of sheets that a job has taken."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from issuer.store.sheets import parts
from issuer.store.tables import AwardOnceRow, ClaimRow, CredentialRow, JobRow, SheetLineRow

DRIVEN: Final = ("approval", "scheduled", "queued", "running", "undo", "undoing")
"""The states in which something happens by itself."""

_QUIET: Final = {"synchronize_session": False}


def one(session: Session, organisation_id: str, kind: str, job_id: str) -> JobRow | None:
    """One job of this organisation and this kind."""
    where = (JobRow.organisation_id == organisation_id, JobRow.kind == kind, JobRow.id == job_id)
    return session.scalar(select(JobRow).where(*where))


def lock(session: Session, job_id: str) -> JobRow | None:
    """One job, locked until the session ends and read afresh."""
    return session.scalar(
        select(JobRow)
        .where(JobRow.id == job_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def of_subjects(session: Session, organisation_id: str, kind: str, subjects: Sequence[str]) -> dict[str, JobRow]:
    """The newest job of each of these things."""
    query = select(JobRow).where(
        JobRow.organisation_id == organisation_id, JobRow.kind == kind, JobRow.subject.in_(subjects)
    )
    return {row.subject: row for row in session.scalars(query.order_by(JobRow.part))}


def of_subject(session: Session, organisation_id: str, kind: str, subject: str) -> Sequence[JobRow]:
    """The jobs that were made of one thing, oldest first."""
    query = select(JobRow).where(
        JobRow.organisation_id == organisation_id, JobRow.kind == kind, JobRow.subject == subject
    )
    return session.scalars(query.order_by(JobRow.part)).all()


def listing(
    session: Session, organisation_id: str, kind: str, *, offset: int, limit: int
) -> tuple[Sequence[JobRow], int]:
    """One page of an organisation's jobs of one kind, newest first, and how many there are."""
    where = (JobRow.organisation_id == organisation_id, JobRow.kind == kind)
    total = session.scalar(select(func.count()).select_from(JobRow).where(*where)) or 0
    query = select(JobRow).where(*where).order_by(JobRow.created.desc(), JobRow.id)
    return session.scalars(query.offset(offset).limit(limit)).all(), total


def lapsed(session: Session, kind: str, *, now: datetime, lease: datetime) -> list[tuple[str, int]]:
    """Take the jobs that nobody drives any more: the id and the new attempt of each."""
    due = update(JobRow).where(
        JobRow.kind == kind,
        JobRow.state.in_(DRIVEN),
        or_(JobRow.lease_until.is_(None), JobRow.lease_until < now),
    )
    taken = due.values(attempt=JobRow.attempt + 1, lease_until=lease).returning(JobRow.id, JobRow.attempt)
    return [(row.id, row.attempt) for row in session.execute(taken, execution_options=_QUIET)]


def held(session: Session, organisation_id: str, credential_id: str) -> JobRow | None:
    """The job that awarded this and was not released yet; None when nothing holds the award back."""
    return session.scalar(
        select(JobRow)
        .join(
            CredentialRow,
            (CredentialRow.organisation_id == JobRow.organisation_id) & (CredentialRow.job_id == JobRow.id),
        )
        .where(
            CredentialRow.organisation_id == organisation_id,
            CredentialRow.id == credential_id,
            JobRow.released.is_(None),
        )
    )


def queue(session: Session, sheet_id: str, job_id: str) -> None:
    """Have a job take every good line of a sheet."""
    session.execute(
        update(SheetLineRow)
        .where(SheetLineRow.sheet_id == sheet_id, SheetLineRow.state == "ok")
        .values(state="queued", job_id=job_id),
        execution_options=_QUIET,
    )


def give_back(session: Session, job_id: str) -> None:
    """Give lines back that the job has not begun."""
    session.execute(
        update(SheetLineRow)
        .where(SheetLineRow.job_id == job_id, SheetLineRow.state == "queued")
        .values(state="ok", job_id=None),
        execution_options=_QUIET,
    )


def count(session: Session, job: JobRow, state: str) -> int:
    """How many lines of a job are in a state."""
    where = [SheetLineRow.sheet_id == job.subject, SheetLineRow.state == state, SheetLineRow.job_id == job.id]
    return session.scalar(select(func.count()).select_from(SheetLineRow).where(*where)) or 0


def taken(session: Session, job: JobRow, state: str, limit: int) -> Sequence[SheetLineRow]:
    """Lines of a job that are in a state, in their order."""
    query = select(SheetLineRow).where(
        SheetLineRow.sheet_id == job.subject, SheetLineRow.state == state, SheetLineRow.job_id == job.id
    )
    return session.scalars(query.order_by(SheetLineRow.number).limit(limit)).all()


def made(session: Session, job: JobRow, limit: int) -> Sequence[SheetLineRow]:
    """Lines of a job that were awarded anew, and not as a correction of what there was."""
    query = select(SheetLineRow).where(
        SheetLineRow.sheet_id == job.subject,
        SheetLineRow.state == "awarded",
        SheetLineRow.job_id == job.id,
        SheetLineRow.codes.not_in(("correction", "stands")),
    )
    return session.scalars(query.order_by(SheetLineRow.number).limit(limit)).all()


def corrected(session: Session, job: JobRow, limit: int) -> Sequence[SheetLineRow]:
    """Lines of a job that corrected an award, or were about to, and of which it is kept what it said before."""
    query = select(SheetLineRow).where(
        SheetLineRow.sheet_id == job.subject, SheetLineRow.job_id == job.id, SheetLineRow.before_sealed.is_not(None)
    )
    return session.scalars(query.order_by(SheetLineRow.number).limit(limit)).all()


def corrections(
    session: Session, job: JobRow, *, offset: int, limit: int
) -> tuple[Sequence[tuple[SheetLineRow, CredentialRow]], int]:
    """One page of the lines of a job that corrected an award, put back or not, each with the award; and how many."""
    where = [
        SheetLineRow.sheet_id == job.subject,
        SheetLineRow.job_id == job.id,
        SheetLineRow.state.in_(("awarded", "undone")),
        SheetLineRow.codes.in_(("correction", "stands")),
    ]
    total = session.scalar(select(func.count()).select_from(SheetLineRow).where(*where)) or 0
    query = (
        select(SheetLineRow, CredentialRow)
        .join(
            CredentialRow,
            (CredentialRow.organisation_id == SheetLineRow.organisation_id)
            & (CredentialRow.id == SheetLineRow.credential_id),
        )
        .where(*where)
        .order_by(SheetLineRow.codes.desc(), SheetLineRow.number)
    )
    return [(line, award) for line, award in session.execute(query.offset(offset).limit(limit))], total


def mark_credentials(session: Session, organisation_id: str, job_id: str, credential_ids: Sequence[str]) -> None:
    """Say of credentials which job awarded them."""
    for part in parts(credential_ids):
        session.execute(
            update(CredentialRow)
            .where(CredentialRow.organisation_id == organisation_id, CredentialRow.id.in_(part))
            .values(job_id=job_id),
            execution_options=_QUIET,
        )


def name_once(session: Session, organisation_id: str, fingerprint: str, ordinal: int, credential_id: str) -> None:
    """Say which credential a fingerprint was awarded as."""
    session.execute(
        update(AwardOnceRow)
        .where(
            AwardOnceRow.organisation_id == organisation_id,
            AwardOnceRow.fingerprint == fingerprint,
            AwardOnceRow.ordinal == ordinal,
        )
        .values(credential_id=credential_id),
        execution_options=_QUIET,
    )


def free_once(session: Session, organisation_id: str, credential_ids: Sequence[str]) -> None:
    """Forget that these were awarded: they were not, or it was undone."""
    for part in parts(credential_ids):
        session.execute(
            delete(AwardOnceRow).where(
                AwardOnceRow.organisation_id == organisation_id, AwardOnceRow.credential_id.in_(part)
            ),
            execution_options=_QUIET,
        )


def free_unnamed(session: Session, organisation_id: str, fingerprint: str, ordinal: int) -> None:
    """Forget a fingerprint whose award came to nothing before it was named."""
    session.execute(
        delete(AwardOnceRow).where(
            AwardOnceRow.organisation_id == organisation_id,
            AwardOnceRow.fingerprint == fingerprint,
            AwardOnceRow.ordinal == ordinal,
            AwardOnceRow.credential_id.is_(None),
        ),
        execution_options=_QUIET,
    )


def lock_issued(session: Session, organisation_id: str, job_id: str, credential_ids: Sequence[str]) -> list[str]:
    """Those of these awards that the job made and that are issued, locked until the session ends."""
    query = select(CredentialRow.id).where(
        CredentialRow.organisation_id == organisation_id,
        CredentialRow.job_id == job_id,
        CredentialRow.id.in_(credential_ids),
        CredentialRow.state == "issued",
    )
    return list(session.scalars(query.order_by(CredentialRow.id).with_for_update(key_share=True)))


def undo(session: Session, organisation_id: str, credential_ids: Sequence[str], *, reason: str, now: datetime) -> None:
    """Mark awards as undone, and end their claims; what could be printed of these is erased."""
    session.execute(
        update(CredentialRow)
        .where(CredentialRow.organisation_id == organisation_id, CredentialRow.id.in_(credential_ids))
        .values(state="undone", revoked=now, revocation_reason=reason),
        execution_options=_QUIET,
    )
    session.execute(
        update(ClaimRow)
        .where(
            ClaimRow.organisation_id == organisation_id,
            ClaimRow.credential_id.in_(credential_ids),
            ClaimRow.state == "open",
        )
        .values(state="recalled", recalled=now, secrets_sealed=None),
        execution_options=_QUIET,
    )
