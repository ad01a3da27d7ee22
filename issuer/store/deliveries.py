"""Queries about deliveries: what is on its way to whom an award concerns, and whose turn it is to take it there."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from issuer.store.credentials import insert_if_new
from issuer.store.tables import CredentialRow, DeliveryRow, DeliveryRunRow

MAIL, WORD = "mail", "word"
CLAIM, CORRECTION, WITHDRAWAL = "claim", "correction", "withdrawal"
WAITING, SENT, BOUNCED, FAILED, CANCELLED = "waiting", "sent", "bounced", "failed", "cancelled"
GUARDIAN: Final = "guardian"

_QUIET: Final = {"synchronize_session": False}


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store new deliveries; their ids are made here."""
    session.add_all(DeliveryRow(id=str(uuid.uuid4()), **row) for row in rows)
    session.flush()


def one(session: Session, organisation_id: str, delivery_id: str) -> DeliveryRow | None:
    """One delivery of this organisation, locked until the session ends."""
    return session.scalar(
        select(DeliveryRow)
        .where(DeliveryRow.organisation_id == organisation_id, DeliveryRow.id == delivery_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def of_credential(session: Session, organisation_id: str, credential_id: str) -> Sequence[DeliveryRow]:
    """Everything about one award, newest first."""
    query = select(DeliveryRow).where(
        DeliveryRow.organisation_id == organisation_id, DeliveryRow.credential_id == credential_id
    )
    return session.scalars(query.order_by(DeliveryRow.created.desc(), DeliveryRow.number.desc(), DeliveryRow.id)).all()


def newest(session: Session, organisation_id: str, credential_id: str, notice: str) -> int:
    """How many there were of this kind for this award."""
    query = select(func.max(DeliveryRow.number)).where(
        DeliveryRow.organisation_id == organisation_id,
        DeliveryRow.credential_id == credential_id,
        DeliveryRow.notice == notice,
    )
    return session.scalar(query) or 0


def end_waiting(
    session: Session, organisation_id: str, credential_id: str, notices: Sequence[str], now: datetime
) -> None:
    """Cancel what still waits of these kinds for this award."""
    session.execute(
        update(DeliveryRow)
        .where(
            DeliveryRow.organisation_id == organisation_id,
            DeliveryRow.credential_id == credential_id,
            DeliveryRow.notice.in_(notices),
            DeliveryRow.state == WAITING,
        )
        .values(state=CANCELLED, next_try=None, changed=now, address_sealed=None),
        execution_options=_QUIET,
    )


def listing(
    session: Session, organisation_id: str, *, state: str, channel: str, offset: int, limit: int
) -> tuple[Sequence[tuple[DeliveryRow, CredentialRow]], int]:
    """One page of an organisation's deliveries with their awards, newest first, and how many match."""
    where = [DeliveryRow.organisation_id == organisation_id]
    if state:
        where.append(DeliveryRow.state == state)
    if channel:
        where.append(DeliveryRow.channel == channel)
    total = session.scalar(select(func.count()).select_from(DeliveryRow).where(*where)) or 0
    query = (
        select(DeliveryRow, CredentialRow)
        .join(
            CredentialRow,
            (CredentialRow.organisation_id == DeliveryRow.organisation_id)
            & (CredentialRow.id == DeliveryRow.credential_id),
        )
        .where(*where)
        .order_by(DeliveryRow.created.desc(), DeliveryRow.id)
    )
    rows = session.execute(query.offset(offset).limit(limit)).all()
    return [(row[0], row[1]) for row in rows], total


def counts(session: Session, organisation_id: str, channel: str) -> dict[str, int]:
    """How many deliveries on this channel are in each state."""
    rows = session.execute(
        select(DeliveryRow.state, func.count())
        .where(DeliveryRow.organisation_id == organisation_id, DeliveryRow.channel == channel)
        .group_by(DeliveryRow.state)
    )
    return {state: count for state, count in rows}  # noqa: C416 - rows are not pairs to mypy


def of_job(session: Session, organisation_id: str, job_id: str) -> dict[str, int]:
    """How the letters with the links of one job's awards stand: the newest for each award, counted by state."""
    later = aliased(DeliveryRow)
    rows = session.execute(
        select(DeliveryRow.state, func.count())
        .join(
            CredentialRow,
            (CredentialRow.organisation_id == DeliveryRow.organisation_id)
            & (CredentialRow.id == DeliveryRow.credential_id),
        )
        .where(
            DeliveryRow.organisation_id == organisation_id,
            CredentialRow.job_id == job_id,
            DeliveryRow.notice == CLAIM,
            ~select(later.id)
            .where(
                later.organisation_id == DeliveryRow.organisation_id,
                later.credential_id == DeliveryRow.credential_id,
                later.notice == CLAIM,
                later.number > DeliveryRow.number,
            )
            .exists(),
        )
        .group_by(DeliveryRow.state)
    )
    return {state: count for state, count in rows}  # noqa: C416 - the same


def unsent(session: Session, organisation_id: str, job_id: str, limit: int | None) -> Sequence[str]:
    """The awards of a job that nobody has claimed, whose identifier is an address, and whose link was never sent."""
    query = select(CredentialRow.id).where(*_unsent(organisation_id, job_id)).order_by(CredentialRow.id)
    return session.scalars(query.limit(limit)).all()


def count_unsent(session: Session, organisation_id: str, job_id: str) -> int:
    """How many of them there are."""
    return session.scalar(select(func.count(CredentialRow.id)).where(*_unsent(organisation_id, job_id))) or 0


def _unsent(organisation_id: str, job_id: str) -> list[ColumnElement[bool]]:
    return [
        CredentialRow.organisation_id == organisation_id,
        CredentialRow.job_id == job_id,
        CredentialRow.state == "issued",
        CredentialRow.identifier_type == "emailAddress",
        ~select(DeliveryRow.id)
        .where(
            DeliveryRow.organisation_id == CredentialRow.organisation_id,
            DeliveryRow.credential_id == CredentialRow.id,
            DeliveryRow.notice == CLAIM,
        )
        .exists(),
    ]


def due(session: Session, organisation_id: str, now: datetime, limit: int) -> Sequence[str]:
    """The letters of an organisation whose time has come, the longest waiting first."""
    query = (
        select(DeliveryRow.id)
        .where(*_due(now), DeliveryRow.organisation_id == organisation_id)
        .order_by(DeliveryRow.next_try, DeliveryRow.created, DeliveryRow.id)
    )
    return session.scalars(query.limit(limit)).all()


def _due(now: datetime) -> list[ColumnElement[bool]]:
    return [DeliveryRow.channel == MAIL, DeliveryRow.state == WAITING, DeliveryRow.next_try <= now]


def sent_since(session: Session, since: datetime) -> int:
    """How many letters of this server went out since then."""
    return (
        session.scalar(
            select(func.count())
            .select_from(DeliveryRow)
            .where(DeliveryRow.channel == MAIL, DeliveryRow.state == SENT, DeliveryRow.changed >= since)
        )
        or 0
    )


def forget(session: Session, organisation_id: str, credential_id: str, now: datetime) -> None:
    """Forget where letters about an award went or were to go; what still waits is not sent."""
    mine = (DeliveryRow.organisation_id == organisation_id, DeliveryRow.credential_id == credential_id)
    session.execute(
        update(DeliveryRow)
        .where(*mine, DeliveryRow.state == WAITING)
        .values(state=CANCELLED, next_try=None, changed=now),
        execution_options=_QUIET,
    )
    session.execute(update(DeliveryRow).where(*mine).values(address_sealed=None), execution_options=_QUIET)


def addressed(session: Session, organisation_id: str, credential_id: str) -> bytes | None:
    """The sealed address that was typed last for an award; None when its own is the one."""
    query = select(DeliveryRow.address_sealed).where(
        DeliveryRow.organisation_id == organisation_id,
        DeliveryRow.credential_id == credential_id,
        DeliveryRow.channel == MAIL,
    )
    return session.scalar(query.order_by(DeliveryRow.created.desc(), DeliveryRow.number.desc()).limit(1))


def concerned(session: Session, organisation_id: str, credential_ids: Sequence[str]) -> Sequence[CredentialRow]:
    """Those of these awards that somebody has, or got a letter about, or is about to get one."""
    letters = select(DeliveryRow.id).where(
        DeliveryRow.organisation_id == organisation_id, DeliveryRow.credential_id == CredentialRow.id
    )
    query = select(CredentialRow).where(
        CredentialRow.organisation_id == organisation_id,
        CredentialRow.id.in_(credential_ids),
        or_(CredentialRow.holder.is_not(None), letters.exists()),
    )
    return session.scalars(query.order_by(CredentialRow.id).execution_options(populate_existing=True)).all()


def went_out(session: Session, organisation_id: str, credential_id: str) -> bool:
    """Whether a letter with the link of an award was sent."""
    query = select(DeliveryRow.id).where(
        DeliveryRow.organisation_id == organisation_id,
        DeliveryRow.credential_id == credential_id,
        DeliveryRow.notice == CLAIM,
        DeliveryRow.state == SENT,
    )
    return session.scalar(query.limit(1)) is not None


def hand(session: Session, organisation_id: str, credential_id: str, handing: str | None, now: datetime | None) -> bool:
    """Say how handing over an award that nobody has claimed yet stands; whether there is such an award."""
    found = session.execute(
        update(CredentialRow)
        .where(
            CredentialRow.organisation_id == organisation_id,
            CredentialRow.id == credential_id,
            CredentialRow.state == "issued",
        )
        .values(handing=handing, handing_since=now)
        .returning(CredentialRow.id),
        execution_options=_QUIET,
    )
    return found.first() is not None


def wait(session: Session, organisation_id: str, credential_id: str, now: datetime) -> None:
    """Say that an award which nobody has claimed waits for a guardian; said again, the first time stays."""
    session.execute(
        update(CredentialRow)
        .where(
            CredentialRow.organisation_id == organisation_id,
            CredentialRow.id == credential_id,
            CredentialRow.state == "issued",
            or_(CredentialRow.handing.is_(None), CredentialRow.handing != GUARDIAN),
        )
        .values(handing=GUARDIAN, handing_since=now),
        execution_options=_QUIET,
    )


def run_of(session: Session, organisation_id: str) -> DeliveryRunRow:
    """Whose turn it is at an organisation; locked, and made when it is the first time."""
    insert_if_new(session, DeliveryRunRow, organisation_id=organisation_id, attempt=0, failures=0)
    found = lock_run(session, organisation_id)
    assert found is not None, "it was inserted, or it was there"
    return found


def lock_run(session: Session, organisation_id: str) -> DeliveryRunRow | None:
    """The same, if there is one; locked."""
    return session.scalar(
        select(DeliveryRunRow)
        .where(DeliveryRunRow.organisation_id == organisation_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def problem_of(session: Session, organisation_id: str) -> tuple[str, datetime | None] | None:
    """Why no letter of an organisation goes out, and until when nobody tries; None when nothing is wrong."""
    row = session.get(DeliveryRunRow, organisation_id)
    return None if row is None or row.problem is None else (row.problem, row.lease_until)


def lapsed(session: Session, *, now: datetime, lease: datetime) -> list[tuple[str, int]]:
    """Take the organisations with letters that are due and that nobody takes away: id and new attempt of each."""
    wanted = select(DeliveryRow.organisation_id).where(*_due(now)).distinct()
    taken = (
        update(DeliveryRunRow)
        .where(
            DeliveryRunRow.organisation_id.in_(wanted),
            or_(DeliveryRunRow.lease_until.is_(None), DeliveryRunRow.lease_until < now),
        )
        .values(attempt=DeliveryRunRow.attempt + 1, lease_until=lease)
        .returning(DeliveryRunRow.organisation_id, DeliveryRunRow.attempt)
    )
    return [(row.organisation_id, row.attempt) for row in session.execute(taken, execution_options=_QUIET)]
