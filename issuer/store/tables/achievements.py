"""What can be awarded, in every version."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import ID, Model
from kit import db


class AchievementRow(Model):
    """What can be awarded, in its newest version. ``body`` is the Open Badges Achievement without its issuer.

    ``pausable`` says whether awards of it get a place in a list of suspensions; it is no part of what is signed.
    ``refreshing`` says whether awards of it to adults name an address at which their newest version is given out.
    ``format`` is how awards of it are signed unless somebody chooses otherwise (``issuer.service.securing``), or
    "organisation": as the organisation's settings say.
    """

    __tablename__ = "achievement"
    __table_args__ = (UniqueConstraint("organisation_id", "id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(80))
    format: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    pausable: Mapped[bool]
    refreshing: Mapped[bool]
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    updated: Mapped[datetime] = mapped_column(db.UtcDateTime)


class AchievementVersionRow(Model):
    """Every version that an achievement ever had, with who wrote it."""

    __tablename__ = "achievement_version"

    achievement_id: Mapped[str] = mapped_column(ForeignKey("achievement.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    actor: Mapped[str] = mapped_column(String(200))
