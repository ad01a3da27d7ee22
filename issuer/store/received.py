"""Queries about endorsements that an organisation has received."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from issuer.store.tables import ReceivedEndorsementRow as Row


def one(session: Session, organisation_id: str, received_id: str) -> Row | None:
    """One of this organisation's; another organisation's does not exist here."""
    return session.scalar(select(Row).where(Row.organisation_id == organisation_id, Row.id == received_id))


def by_digest(session: Session, organisation_id: str, digest: str) -> Row | None:
    """The one with these bytes."""
    return session.scalar(select(Row).where(Row.organisation_id == organisation_id, Row.digest == digest))


def listing(session: Session, organisation_id: str, *, offset: int, limit: int) -> tuple[Sequence[Row], int]:
    """One page of an organisation's, newest first, and how many there are."""
    mine = Row.organisation_id == organisation_id
    total = session.scalar(select(func.count()).select_from(Row).where(mine)) or 0
    rows = session.scalars(select(Row).where(mine).order_by(Row.accepted.desc(), Row.id).offset(offset).limit(limit))
    return rows.all(), total


def shown(
    session: Session, organisation_id: str, achievement_id: str | None, *, now: datetime, most: int
) -> Sequence[Row]:
    """What is published about the organisation (or one achievement of it) and has not expired, oldest first."""
    query = select(Row).where(
        Row.organisation_id == organisation_id,
        Row.achievement_id.is_(None) if achievement_id is None else Row.achievement_id == achievement_id,
        Row.published,
        Row.state == "good",
        or_(Row.valid_until.is_(None), Row.valid_until > now),
    )
    return session.scalars(query.order_by(Row.accepted, Row.id).limit(most)).all()
