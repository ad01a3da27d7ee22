"""The ways to claim an award."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import CREDENTIAL_ID, ID, Model
from kit import db


class ClaimRow(Model):
    """One way to claim one award: hashes of its token and code. ``state`` is open, claimed or recalled."""

    __tablename__ = "claim"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        Index("ix_claim_credential", "organisation_id", "credential_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    credential_id: Mapped[str] = mapped_column(CREDENTIAL_ID)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    secrets_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(20))
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    expires: Mapped[datetime] = mapped_column(db.UtcDateTime)
    claimed: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    holder: Mapped[str | None] = mapped_column(String(200))
    recalled: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class ChallengeRow(Model):
    """One challenge handed to a wallet; used once, by a conditional update."""

    __tablename__ = "challenge"

    challenge_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    claim_id: Mapped[str] = mapped_column(ForeignKey("claim.id"), index=True)
    expires: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
    consumed: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
