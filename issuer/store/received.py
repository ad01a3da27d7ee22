"""Queries about endorsements that an organisation has received."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from issuer.store.tables import ReceivedEndorsementRow as Row

BELIEVED_FOR: Final = timedelta(days=14)
"""How long after it was last found genuine one is shown: then, unless it could be checked again, it is left out."""


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
    session: Session, organisation_id: str, achievement_id: str | None, *, now: datetime, most: int, offset: int = 0
) -> Sequence[Row]:
    """What is published about the organisation (or one achievement of it) and holds, oldest first."""
    query = select(Row).where(*_holds(organisation_id, achievement_id, now))
    return session.scalars(query.order_by(Row.accepted, Row.id).offset(offset).limit(most)).all()


def in_awards(
    session: Session, organisation_id: str, achievement_id: str | None, *, now: datetime, most: int, offset: int = 0
) -> Sequence[Row]:
    """The same, of what goes into awards."""
    query = select(Row).where(*_holds(organisation_id, achievement_id, now), Row.in_awards)
    return session.scalars(query.order_by(Row.accepted, Row.id).offset(offset).limit(most)).all()


def _holds(organisation_id: str, achievement_id: str | None, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Published, good, not expired, and found genuine not too long ago: could not be checked is never valid."""
    return (
        Row.organisation_id == organisation_id,
        Row.achievement_id.is_(None) if achievement_id is None else Row.achievement_id == achievement_id,
        Row.published.is_(True),
        Row.state == "good",
        or_(Row.valid_until.is_(None), Row.valid_until > now),
        Row.checked > now - BELIEVED_FOR,
    )


def used(session: Session, row: Row) -> Sequence[Row]:
    """The others of the organisation that go into awards already."""
    where = (Row.organisation_id == row.organisation_id, Row.in_awards, Row.id != row.id)
    return session.scalars(select(Row).where(*where).order_by(Row.accepted, Row.id)).all()


def find(session: Session, received_id: str) -> Row | None:
    """One of whichever organisation, for what runs by itself."""
    return session.get(Row, received_id)


def any_due(session: Session, now: datetime) -> bool:
    """Whether there is one whose time to be checked has come."""
    query = select(Row.id).where(or_(Row.next_check.is_(None), Row.next_check <= now))
    return session.scalar(query.limit(1)) is not None


def take_due(session: Session, *, now: datetime, again: datetime, most: int) -> list[str]:
    """The ids of those whose time to be checked has come, the longest due first; none of them is due before ``again``.

    Two processes that ask at once get different ones.
    """
    due = or_(Row.next_check.is_(None), Row.next_check <= now)
    first = select(Row.id).where(due).order_by(Row.next_check.asc().nulls_first(), Row.id).limit(most)
    taken = (
        update(Row)
        .where(Row.id.in_(first), due)
        .values(next_check=again)
        .returning(Row.id)
        .execution_options(synchronize_session=False)
    )
    return list(session.scalars(taken))
