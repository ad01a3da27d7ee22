"""Queries about rooms and who is in them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from issuer.store.tables import RoomGuestRow, RoomRow


def one(session: Session, organisation_id: str, room_id: str) -> RoomRow | None:
    """One room of this organisation."""
    return session.scalar(select(RoomRow).where(RoomRow.organisation_id == organisation_id, RoomRow.id == room_id))


def by_token(session: Session, token_hash: str) -> RoomRow | None:
    """The room whose token has this hash."""
    return session.scalar(select(RoomRow).where(RoomRow.token_hash == token_hash))


def lock(session: Session, room_id: str) -> RoomRow | None:
    """One room, locked until the session ends and read afresh."""
    query = select(RoomRow).where(RoomRow.id == room_id).with_for_update(key_share=True)
    return session.scalar(query.execution_options(populate_existing=True))


def listing(
    session: Session, organisation_id: str, now: datetime, *, offset: int, limit: int
) -> tuple[Sequence[RoomRow], int]:
    """One page of the rooms that are open, newest first, and how many there are."""
    where = [RoomRow.organisation_id == organisation_id, RoomRow.closes > now]
    total = session.scalar(select(func.count()).select_from(RoomRow).where(*where)) or 0
    query = select(RoomRow).where(*where).order_by(RoomRow.opened.desc(), RoomRow.id)
    return session.scalars(query.offset(offset).limit(limit)).all(), total


def guests(session: Session, room_id: str) -> Sequence[RoomGuestRow]:
    """Everybody who came into a room, in the order in which they came."""
    query = select(RoomGuestRow).where(RoomGuestRow.room_id == room_id)
    return session.scalars(query.order_by(RoomGuestRow.came, RoomGuestRow.id)).all()


def guest(session: Session, organisation_id: str, room_id: str, guest_id: str) -> RoomGuestRow | None:
    """One of them, locked until the session ends and read afresh."""
    query = select(RoomGuestRow).where(
        RoomGuestRow.organisation_id == organisation_id, RoomGuestRow.room_id == room_id, RoomGuestRow.id == guest_id
    )
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def by_ticket(session: Session, ticket_hash: str) -> RoomGuestRow | None:
    """Whose ticket has this hash."""
    return session.scalar(select(RoomGuestRow).where(RoomGuestRow.ticket_hash == ticket_hash))


def has_old(session: Session, before: datetime) -> bool:
    """Whether a room closed before a time."""
    return session.scalar(select(RoomRow.id).where(RoomRow.closes < before).limit(1)) is not None


def forget(session: Session, before: datetime) -> int:
    """Delete the rooms that closed before a time, with everybody in them; how many rooms."""
    old = session.scalars(select(RoomRow.id).where(RoomRow.closes < before).limit(500)).all()
    session.execute(delete(RoomGuestRow).where(RoomGuestRow.room_id.in_(old)))
    session.execute(delete(RoomRow).where(RoomRow.id.in_(old)))
    return len(old)
