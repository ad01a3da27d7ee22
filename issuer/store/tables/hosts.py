"""Wallets elsewhere: how this server is known there, who is on the way there, and what was sent."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import CREDENTIAL_ID, ID, Model
from kit import db


class HostRow(Model):
    """One host of credentials that this server is registered with, once for all organisations.

    ``base_url`` is what people type; the addresses are those of its description, all of one origin.
    """

    __tablename__ = "host"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    base_url: Mapped[str] = mapped_column(String(500), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    authorization_url: Mapped[str] = mapped_column(String(2000))
    token_url: Mapped[str] = mapped_column(String(2000))
    refresh_url: Mapped[str] = mapped_column(String(2000))
    scope: Mapped[str] = mapped_column(String(500))
    client_id: Mapped[str] = mapped_column(String(500))
    client_secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    secret_expires: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    registered: Mapped[datetime] = mapped_column(db.UtcDateTime)


class HostAttemptRow(Model):
    """Somebody on the way to a host and back, for one award; used once. Holds hashes and sealed values only.

    ``hand`` says in whose hand it was begun: the learner's, being of age, or a guardian's.
    """

    __tablename__ = "host_attempt"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
    )

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    host_id: Mapped[str] = mapped_column(ForeignKey("host.id"))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    credential_id: Mapped[str] = mapped_column(CREDENTIAL_ID)
    hand: Mapped[str] = mapped_column(String(20))
    verifier_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    link_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    browser_hash: Mapped[str] = mapped_column(String(64))
    expires: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)


class PushRow(Model):
    """One award on its way to a host. ``state`` is waiting, arrived, failed or ended (not sent after all).

    The tokens are there while it waits, and erased when it is settled; but for what lets us send a correction of an
    award that arrived (``refresh_sealed``), for a year.
    """

    __tablename__ = "push"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        Index("ix_push_due", "state", "next_try"),
        Index("ix_push_credential", "organisation_id", "credential_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    credential_id: Mapped[str] = mapped_column(CREDENTIAL_ID)
    host_id: Mapped[str] = mapped_column(ForeignKey("host.id"))
    hand: Mapped[str] = mapped_column(String(20))
    access_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    refresh_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(20))
    tries: Mapped[int]
    next_try: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    busy_until: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    code: Mapped[int]
    answer: Mapped[str] = mapped_column(String(40))
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    settled: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
