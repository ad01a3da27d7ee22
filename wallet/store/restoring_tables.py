"""The tables of archives that are brought: how far each is, what is still to be taken in, and what was before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wallet.store.tables import OfLearner, Row


class Restoration(Row):
    """That a member brought an archive. `attempt` and `lease_until` say which run of the job works on it, and how long
    nobody else need look.
    """

    __tablename__ = "restoration"

    id: Mapped[str] = mapped_column(primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("family.id"), index=True)
    member_id: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    attempt: Mapped[int]
    lease_until: Mapped[datetime]


class RestorationItem(OfLearner, Row):
    """One thing of an archive, in the order in which things are taken in. `sealed`: the thing while it waits, and what
    became of it then; `object_id` is what it is here.
    """

    __tablename__ = "restoration_item"
    __table_args__ = (
        ForeignKeyConstraint(["family_id", "learner_id"], ["learner.family_id", "learner.id"]),
        UniqueConstraint("restoration_id", "position"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    restoration_id: Mapped[str] = mapped_column(ForeignKey("restoration.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    outcome: Mapped[str] = mapped_column(String(12))
    object_id: Mapped[str | None]


class Brought(OfLearner, Row):
    """What a learner's former wallet told, and who they were there (`archive_index`). `sealed`: its history."""

    __tablename__ = "brought"
    __table_args__ = (
        ForeignKeyConstraint(["family_id", "learner_id"], ["learner.family_id", "learner.id"]),
        UniqueConstraint("learner_id", "archive_index"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    archive_index: Mapped[bytes]
    brought_at: Mapped[datetime]
