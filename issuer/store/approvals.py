"""Queries about what waits for a second person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from issuer.store.tables import ACCOUNTS, ApprovalRow, MembershipRow

ASKED: Final = "asked"
JOB: Final = "job"
"""The act of a job that waits, whose own row says that it does."""


def one(session: Session, organisation_id: str, approval_id: str) -> ApprovalRow | None:
    """One of this organisation's, whatever its state."""
    return session.scalar(
        select(ApprovalRow).where(ApprovalRow.organisation_id == organisation_id, ApprovalRow.id == approval_id)
    )


def lock(session: Session, approval_id: str) -> ApprovalRow | None:
    """One, locked until the session ends and read afresh."""
    return session.scalar(
        select(ApprovalRow)
        .where(ApprovalRow.id == approval_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def newest(session: Session, organisation_id: str, act: str, subject: str) -> ApprovalRow | None:
    """What was asked last about this act and subject, whatever became of it: what is open, also where another one was
    asked and decided in the same second.
    """
    return session.scalar(
        select(ApprovalRow)
        .where(ApprovalRow.organisation_id == organisation_id, ApprovalRow.act == act, ApprovalRow.subject == subject)
        .order_by((ApprovalRow.state == ASKED).desc(), ApprovalRow.asked.desc(), ApprovalRow.id)
        .limit(1)
    )


def listing(
    session: Session, organisation_id: str, *, waiting: bool, offset: int, limit: int
) -> tuple[Sequence[ApprovalRow], int]:
    """One page of what waits (oldest first), or of what is decided (newest first), and how many there are."""
    is_open = ApprovalRow.state == ASKED
    where = [ApprovalRow.organisation_id == organisation_id, is_open if waiting else ~is_open]
    total = session.scalar(select(func.count()).select_from(ApprovalRow).where(*where)) or 0
    order = ApprovalRow.asked if waiting else ApprovalRow.asked.desc()
    query = select(ApprovalRow).where(*where).order_by(order, ApprovalRow.id)
    return session.scalars(query.offset(offset).limit(limit)).all(), total


def waiting_for(session: Session, organisation_id: str, user_id: str, now: datetime) -> int:
    """How many wait that this person may decide: what others asked for."""
    query = select(func.count()).select_from(ApprovalRow)
    where = [
        ApprovalRow.organisation_id == organisation_id,
        ApprovalRow.state == ASKED,
        ApprovalRow.asked_by != user_id,
        ApprovalRow.expires > now,
    ]
    return session.scalar(query.where(*where)) or 0


def overdue(session: Session, now: datetime, organisation_id: str | None = None) -> Sequence[ApprovalRow]:
    """What nobody decided in time, but for what jobs wait for; locked until the session ends; of one organisation, or
    of all.
    """
    query = select(ApprovalRow).where(ApprovalRow.state == ASKED, ApprovalRow.act != JOB, ApprovalRow.expires <= now)
    if organisation_id is not None:
        query = query.where(ApprovalRow.organisation_id == organisation_id)
    return session.scalars(query.order_by(ApprovalRow.id).limit(200).with_for_update(skip_locked=True)).all()


def open_with_content(session: Session, organisation_id: str) -> Sequence[ApprovalRow]:
    """Everything here of which it is still kept what it needs, in its order; locked until the session ends."""
    where = (ApprovalRow.organisation_id == organisation_id, ApprovalRow.about_sealed.is_not(None))
    return session.scalars(select(ApprovalRow).where(*where).order_by(ApprovalRow.id).with_for_update()).all()


def forget_answers(session: Session, organisation_id: str, outcomes: Sequence[str]) -> None:
    """Erase the words of those who agreed to what these are."""
    session.execute(
        update(ApprovalRow)
        .where(ApprovalRow.organisation_id == organisation_id, ApprovalRow.outcome.in_(outcomes))
        .values(answer_sealed=None),
        execution_options={"synchronize_session": False},
    )


def forget_words(session: Session, organisation_id: str, acts: Sequence[str]) -> None:
    """Erase the words of those who decided requests of these acts of which nothing came: nobody can tell any more whom
    they were about.
    """
    session.execute(
        update(ApprovalRow)
        .where(ApprovalRow.organisation_id == organisation_id, ApprovalRow.act.in_(acts))
        .where(ApprovalRow.state != ASKED, ApprovalRow.outcome.is_(None))
        .values(answer_sealed=None),
        execution_options={"synchronize_session": False},
    )


def others_able(session: Session, organisation_id: str, roles: Sequence[str], *, but: str) -> int:
    """How many people who may sign in have one of these roles here, without the person ``but``."""
    account = ACCOUNTS.account
    query = (
        select(func.count())
        .select_from(MembershipRow)
        .join(account, account.c.id == MembershipRow.user_id)
        .where(
            MembershipRow.organisation_id == organisation_id,
            MembershipRow.role.in_(roles),
            MembershipRow.user_id != but,
            account.c.disabled.is_(False),
        )
    )
    return session.scalar(query) or 0


def close(session: Session, row: ApprovalRow, *, state: str, by: str, now: datetime) -> None:
    """Say what became of it; what the act needed is erased."""
    session.execute(
        update(ApprovalRow)
        .where(ApprovalRow.id == row.id, ApprovalRow.state == ASKED)
        .values(state=state, decided_by=by, decided=now, about_sealed=None)
        .execution_options(synchronize_session="fetch")
    )
