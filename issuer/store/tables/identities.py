"""The identifiers by which an organisation signs."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import ID, Model
from kit import db

_PRESENT = text("until IS NULL")


class IdentityRow(Model):
    """One identifier of an organisation: what the awards that it signed under it name as their issuer, for good.

    ``method`` is ``web`` or ``key``; an organisation has at most one of each, and signs what is new under the one that
    has no ``until``. Its credentials, its status lists and its keys belong to one of them each.
    """

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        UniqueConstraint("organisation_id", "method"),
        Index("ix_identity_present", "organisation_id", unique=True, sqlite_where=_PRESENT, postgresql_where=_PRESENT),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    method: Mapped[str] = mapped_column(String(20))
    did: Mapped[str] = mapped_column(String(300), unique=True)
    since: Mapped[datetime] = mapped_column(db.UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
