"""What others say about an organisation or about what it offers."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import ID, Model
from kit import db


class ReceivedEndorsementRow(Model):
    """One endorsement that somebody else signed, byte for byte as it came, and when it was last found genuine.

    It is about the organisation, or about ``achievement_id``. ``published``: shown with what it is about;
    ``in_awards``: also put into what is awarded. ``state`` is good, or stopped when it was found to hold no longer:
    then it is neither. From ``next_check`` on it is checked again by itself, at once when that is empty.
    """

    __tablename__ = "received_endorsement"
    __table_args__ = (
        UniqueConstraint("organisation_id", "digest"),
        Index("ix_received_endorsement_next_check", "next_check"),
        ForeignKeyConstraint(
            ["organisation_id", "achievement_id"], ["achievement.organisation_id", "achievement.id"], name="achievement"
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    achievement_id: Mapped[str | None] = mapped_column(ID)
    issuer_id: Mapped[str] = mapped_column(Text)
    issuer_name: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    valid_until: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    accepted: Mapped[datetime] = mapped_column(db.UtcDateTime)
    checked: Mapped[datetime] = mapped_column(db.UtcDateTime)
    state: Mapped[str] = mapped_column(String(20))
    published: Mapped[bool]
    in_awards: Mapped[bool] = mapped_column(server_default=false())
    next_check: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
