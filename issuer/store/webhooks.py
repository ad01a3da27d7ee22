"""Queries about notices to programs: addresses, and what waits to be sent to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from issuer.store.tables import CredentialRow, JobRow, NoticeRow, WebhookRow

ON: Final = "on"
OFF: Final = "off"
WAITING: Final = "waiting"
SENT: Final = "sent"
FAILED: Final = "failed"

_QUIET: Final = {"synchronize_session": False}


def one(session: Session, organisation_id: str, webhook_id: str) -> WebhookRow | None:
    """One address of this organisation; another organisation's does not exist here."""
    return session.scalar(
        select(WebhookRow).where(WebhookRow.organisation_id == organisation_id, WebhookRow.id == webhook_id)
    )


def lock(session: Session, webhook_id: str) -> WebhookRow | None:
    """One address, locked until the session ends and read afresh."""
    return session.scalar(
        select(WebhookRow)
        .where(WebhookRow.id == webhook_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def listing(session: Session, organisation_id: str, *, offset: int, limit: int) -> tuple[Sequence[WebhookRow], int]:
    """One page of an organisation's addresses, oldest first, and how many there are."""
    mine = WebhookRow.organisation_id == organisation_id
    total = session.scalar(select(func.count()).select_from(WebhookRow).where(mine)) or 0
    query = select(WebhookRow).where(mine).order_by(WebhookRow.created, WebhookRow.id)
    return session.scalars(query.offset(offset).limit(limit)).all(), total


def stopped(session: Session, organisation_id: str) -> int:
    """How many addresses of an organisation were put off because nothing arrived there."""
    where = (WebhookRow.organisation_id == organisation_id, WebhookRow.state == OFF, WebhookRow.problem.is_not(None))
    return session.scalar(select(func.count()).select_from(WebhookRow).where(*where)) or 0


def listening(session: Session, organisation_id: str) -> Sequence[WebhookRow]:
    """The addresses of an organisation that are on; none of them is removed before the session ends."""
    mine = (WebhookRow.organisation_id == organisation_id, WebhookRow.state == ON)
    query = select(WebhookRow).where(*mine).order_by(WebhookRow.id)
    return session.scalars(query.with_for_update(read=True, key_share=True)).all()


def held(session: Session, organisation_id: str, credential_ids: Sequence[str]) -> set[str]:
    """Those of these awards that a job holds back."""
    query = (
        select(CredentialRow.id)
        .join(JobRow, (JobRow.organisation_id == CredentialRow.organisation_id) & (JobRow.id == CredentialRow.job_id))
        .where(
            CredentialRow.organisation_id == organisation_id,
            CredentialRow.id.in_(credential_ids),
            JobRow.released.is_(None),
        )
    )
    return set(session.scalars(query))


def notice(session: Session, organisation_id: str, webhook_id: str, notice_id: str) -> NoticeRow | None:
    """One notice to one address of this organisation."""
    return session.scalar(
        select(NoticeRow).where(
            NoticeRow.organisation_id == organisation_id,
            NoticeRow.webhook_id == webhook_id,
            NoticeRow.id == notice_id,
        )
    )


def history(
    session: Session, organisation_id: str, webhook_id: str, *, offset: int, limit: int
) -> tuple[Sequence[NoticeRow], int]:
    """One page of the notices to an address, newest first, and how many there are."""
    mine = (NoticeRow.organisation_id == organisation_id, NoticeRow.webhook_id == webhook_id)
    total = session.scalar(select(func.count()).select_from(NoticeRow).where(*mine)) or 0
    query = select(NoticeRow).where(*mine).order_by(NoticeRow.at.desc(), NoticeRow.id)
    return session.scalars(query.offset(offset).limit(limit)).all(), total


def _due(now: datetime) -> Select[NoticeRow, WebhookRow]:
    """What can be sent now: it is its time, and its address is on, neither busy nor resting."""
    return (
        select(NoticeRow, WebhookRow)
        .join(WebhookRow, WebhookRow.id == NoticeRow.webhook_id)
        .where(
            NoticeRow.state == WAITING,
            NoticeRow.next_try <= now,
            WebhookRow.state == ON,
            or_(WebhookRow.busy_until.is_(None), WebhookRow.busy_until < now),
            or_(WebhookRow.rests_until.is_(None), WebhookRow.rests_until <= now),
        )
    )


def is_due(session: Session, now: datetime) -> bool:
    """Whether anything can be sent now."""
    return session.execute(_due(now).limit(1)).first() is not None


def take(session: Session, now: datetime) -> tuple[NoticeRow, WebhookRow] | None:
    """The notice that has waited longest, with its address; both locked, and nobody else's at the same time."""
    query = _due(now).order_by(NoticeRow.next_try, NoticeRow.at, NoticeRow.id).limit(1)
    found = session.execute(
        query.with_for_update(of=WebhookRow, skip_locked=True, key_share=True).execution_options(populate_existing=True)
    ).first()
    return None if found is None else (found[0], found[1])


def remove(session: Session, organisation_id: str, webhook_id: str) -> None:
    """Delete an address and every notice to it, once no act is about to tell it something."""
    mine = (WebhookRow.organisation_id == organisation_id, WebhookRow.id == webhook_id)
    session.execute(select(WebhookRow.id).where(*mine).with_for_update())
    session.execute(
        delete(NoticeRow).where(NoticeRow.organisation_id == organisation_id, NoticeRow.webhook_id == webhook_id),
        execution_options=_QUIET,
    )
    session.execute(
        delete(WebhookRow).where(*mine),
        execution_options=_QUIET,
    )


def wait_again(session: Session, webhook_id: str, now: datetime) -> None:
    """Have everything that waits for this address sent from now on, as if nothing had been tried."""
    session.execute(
        update(NoticeRow)
        .where(NoticeRow.webhook_id == webhook_id, NoticeRow.state == WAITING)
        .values(next_try=now, tries=0),
        execution_options=_QUIET,
    )


def forget(session: Session, oldest: datetime) -> int:
    """Delete notices that are through, of days before ``oldest``; how many."""
    gone = delete(NoticeRow).where(NoticeRow.state != WAITING, NoticeRow.at < oldest).returning(NoticeRow.id)
    return len(session.execute(gone, execution_options=_QUIET).all())
