"""Pictures that people of an organisation uploaded, each as it was drawn anew."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import Model
from kit import db


class PictureRow(Model):
    """One picture, under the digest of its bytes. The organisation is part of the key: none has what another has.

    ``used`` is since when something of the organisation names it; from then on it stays, because what was signed may
    name it for good.
    """

    __tablename__ = "picture"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]
    height: Mapped[int]
    added: Mapped[datetime] = mapped_column(db.UtcDateTime)
    added_by: Mapped[str] = mapped_column(String(200))
    used: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
