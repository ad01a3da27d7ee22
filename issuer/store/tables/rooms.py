"""Awarding in the room: rooms that somebody opened, and who came in with a phone."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import CREDENTIAL_ID, ID, Model
from kit import db


class RoomRow(Model):
    """A room for one achievement: open until ``closes``, or until somebody closes it. Its token is on the screen."""

    __tablename__ = "room"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        ForeignKeyConstraint(
            ["organisation_id", "achievement_id"], ["achievement.organisation_id", "achievement.id"], name="achievement"
        ),
        Index("ix_room_listing", "organisation_id", "opened"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    achievement_id: Mapped[str] = mapped_column(ID)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    token_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    opened_by: Mapped[str] = mapped_column(String(200))
    opened: Mapped[datetime] = mapped_column(db.UtcDateTime)
    closes: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)


class RoomGuestRow(Model):
    """Somebody in a room: the name that was typed, and the number that the phone shows, which is read aloud.

    ``state`` is waiting, approved or refused. Deleted with the room's end.
    """

    __tablename__ = "room_guest"
    __table_args__ = (
        UniqueConstraint("room_id", "number"),
        ForeignKeyConstraint(["organisation_id", "room_id"], ["room.organisation_id", "room.id"], name="room"),
        ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    room_id: Mapped[str] = mapped_column(ID)
    number: Mapped[int]
    ticket_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(20))
    credential_id: Mapped[str | None] = mapped_column(CREDENTIAL_ID)
    came: Mapped[datetime] = mapped_column(db.UtcDateTime)
