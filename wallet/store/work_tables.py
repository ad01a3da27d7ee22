"""The tables of what a learner made: works, and the bytes of their files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wallet.store.tables import OfLearner, Row


class Work(OfLearner, Row):
    """Something that a learner made, as the family keeps it beside the awards. `sealed`: title, words, the file's name.

    `media_type` is that of its file; empty when there is none.
    """

    __tablename__ = "work"
    __table_args__ = (ForeignKeyConstraint(["family_id", "learner_id"], ["learner.family_id", "learner.id"]),)

    id: Mapped[str] = mapped_column(primary_key=True)
    credential_id: Mapped[str | None] = mapped_column(ForeignKey("credential.id"), index=True)
    added_at: Mapped[datetime]
    media_type: Mapped[str] = mapped_column(String(40))


class WorkFile(OfLearner, Row):
    """The bytes of a work: the file as it came ("file"), or the picture in it drawn anew for pages ("shown")."""

    __tablename__ = "work_file"
    __table_args__ = (
        ForeignKeyConstraint(["family_id", "learner_id"], ["learner.family_id", "learner.id"]),
        UniqueConstraint("work_id", "kind"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    work_id: Mapped[str] = mapped_column(ForeignKey("work.id"))
    kind: Mapped[str] = mapped_column(String(8))
