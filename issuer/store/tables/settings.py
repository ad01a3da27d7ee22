"""What an organisation wants otherwise than this server does it by itself."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import Model
from kit import db


class OrganisationSettingsRow(Model):
    """The settings of one organisation as JSON, none as long as nobody set any; ``version`` counts the changes."""

    __tablename__ = "organisation_settings"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    updated: Mapped[datetime] = mapped_column(db.UtcDateTime)
