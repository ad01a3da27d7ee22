"""Awards that everybody may see at an address of their own, because their holder wanted it."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import CREDENTIAL_ID, ID, Model
from kit import db


class PublicPageRow(Model):
    """A public page of one award: ``state`` is offered (by the organisation), open (its holder agreed) or over.

    Of the address only a hash is kept, and a sealed copy for those two to read, which goes when the page is over.
    """

    __tablename__ = "public_page"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        Index("ix_public_page_credential", "organisation_id", "credential_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    credential_id: Mapped[str] = mapped_column(CREDENTIAL_ID)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    token_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(20))
    offered: Mapped[datetime] = mapped_column(db.UtcDateTime)
    opened: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    ended: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
