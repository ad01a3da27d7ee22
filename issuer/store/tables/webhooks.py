"""Notices to programs: where they go, and each one that was or will be sent."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import ID, Model
from kit import db


class WebhookRow(Model):
    """One address of a program that an organisation wants to be told. ``events`` is a JSON list of what about.

    ``state`` is on or off; ``problem`` says in a word why it was put off by itself. ``busy_until`` is held by whoever
    sends to it just now, ``rests_until`` lets an address that does not answer rest.
    """

    __tablename__ = "webhook"
    __table_args__ = (UniqueConstraint("organisation_id", "id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    url: Mapped[str] = mapped_column(String(2000))
    events: Mapped[str] = mapped_column(Text)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(20))
    problem: Mapped[str | None] = mapped_column(String(40))
    busy_until: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    rests_until: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200))


class NoticeRow(Model):
    """One notice to one address: what happened (``event``) to what (``object_id``, an id and nothing else), and when.

    ``state`` is waiting, sent or failed; ``tries`` counts the attempts, ``code`` is the last answer's status (0: none)
    and ``problem`` a word for what was wrong.
    """

    __tablename__ = "notice"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "webhook_id"], ["webhook.organisation_id", "webhook.id"], name="webhook"
        ),
        Index("ix_notice_due", "state", "next_try"),
        Index("ix_notice_listing", "organisation_id", "webhook_id", "at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    webhook_id: Mapped[str] = mapped_column(ID)
    event: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    state: Mapped[str] = mapped_column(String(20))
    tries: Mapped[int]
    next_try: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    tried: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    code: Mapped[int]
    problem: Mapped[str | None] = mapped_column(String(40))
