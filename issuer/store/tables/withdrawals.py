"""Many awards withdrawn together: what was asked for, and what came of each award."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import CREDENTIAL_ID, ID, Model
from kit import db


class WithdrawalRow(Model):
    """One withdrawal of many awards. ``chosen`` says by what they were chosen, as JSON; the note is sealed."""

    __tablename__ = "withdrawal"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        UniqueConstraint("organisation_id", "request"),
        Index("ix_withdrawal_listing", "organisation_id", "created"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    request: Mapped[str] = mapped_column(String(64))
    request_hash: Mapped[str] = mapped_column(String(64))
    chosen: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(60))
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200))


class WithdrawalLineRow(Model):
    """One award of a withdrawal, fixed when it began. ``state`` is waiting, withdrawn or already (by others)."""

    __tablename__ = "withdrawal_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "withdrawal_id"], ["withdrawal.organisation_id", "withdrawal.id"], name="withdrawal"
        ),
        ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        Index("ix_withdrawal_line_state", "withdrawal_id", "state", "credential_id"),
    )

    withdrawal_id: Mapped[str] = mapped_column(ID, primary_key=True)
    credential_id: Mapped[str] = mapped_column(CREDENTIAL_ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[str] = mapped_column(String(20))
