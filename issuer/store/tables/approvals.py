"""What waits for a second person, and what was decided."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import ID, Model
from kit import db

_OPEN = text("state = 'asked'")


class ApprovalRow(Model):
    """Something that somebody asked for and somebody else has to agree to.

    ``kind`` is what the organisation chose to have approved, ``act`` what is going to be done, ``subject`` to what: of
    one act on one subject one can be open. ``about_sealed`` is all that the act needs, erased once it is decided.
    ``answer_sealed`` are the words of whoever decided. ``state`` is asked, granted, refused, withdrawn
    (by whoever asked) or expired; ``outcome`` names what came of it.
    """

    __tablename__ = "approval"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        Index(
            "ix_approval_open",
            "organisation_id",
            "act",
            "subject",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_approval_listing", "organisation_id", "state", "asked"),
        Index("ix_approval_subject", "organisation_id", "subject"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(20))
    act: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(200))
    about_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    asked_by: Mapped[str] = mapped_column(String(200))
    asked: Mapped[datetime] = mapped_column(db.UtcDateTime)
    expires: Mapped[datetime] = mapped_column(db.UtcDateTime)
    state: Mapped[str] = mapped_column(String(20))
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    outcome: Mapped[str | None] = mapped_column(String(200))
