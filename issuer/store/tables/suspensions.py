"""Pauses of awards."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import CREDENTIAL_ID, ID, Model
from kit import db


class SuspensionRow(Model):
    """One pause of an award: since when, by whom and why (sealed, for the desk alone), and when it was lifted.

    Empty for a pause that only the journal knows: whoever restored an older backup has no reason for it.
    """

    __tablename__ = "suspension"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        Index("ix_suspension_credential", "organisation_id", "credential_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    credential_id: Mapped[str] = mapped_column(CREDENTIAL_ID)
    since: Mapped[datetime] = mapped_column(db.UtcDateTime)
    suspended_by: Mapped[str] = mapped_column(String(200))
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    lifted: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    lifted_by: Mapped[str | None] = mapped_column(String(200))
