"""How word of an award gets to whom it concerns: by letter, or by somebody who tells them."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import CREDENTIAL_ID, ID, Model
from kit import db


class DeliveryRow(Model):
    """One piece of news about an award on its way: ``notice`` is claim, correction or withdrawal, ``number`` counts.

    ``channel`` is mail or word (somebody has to tell them); ``state`` waiting, sent, bounced, failed or cancelled. The
    address is the award's own unless another was typed, which is sealed here. ``code`` is the mail server's reply.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("organisation_id", "credential_id", "notice", "number"),
        ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        Index("ix_delivery_listing", "organisation_id", "created"),
        Index("ix_delivery_due", "organisation_id", "state", "next_try"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    credential_id: Mapped[str] = mapped_column(CREDENTIAL_ID)
    notice: Mapped[str] = mapped_column(String(20))
    number: Mapped[int]
    channel: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    tries: Mapped[int]
    next_try: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    code: Mapped[int | None]
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200))
    changed: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)


class DeliveryRunRow(Model):
    """Who takes an organisation's letters to the mail server: an attempt and its lease, as of a job.

    ``problem`` says in a word why none goes out, ``failures`` how often in a row; then the lease is a rest.
    """

    __tablename__ = "delivery_run"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    attempt: Mapped[int]
    lease_until: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    problem: Mapped[str | None] = mapped_column(String(40))
    failures: Mapped[int]
