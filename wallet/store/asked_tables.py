"""The table of what stands behind a share: a question that it answers, or a confirmation that it asks for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wallet.store.tables import OfLearner, Row


class ShareAsk(OfLearner, Row):
    """What a share answers (`kind` "question") or asks for ("confirmation"); `state`: open, answered or declined.

    `question_index` is a keyed hash of a question's domain and challenge: no family takes the same one up twice.
    `sealed`: of a question its challenge, domain, endpoint and reason; of a confirmation what the family writes, and
    what the provider answered.
    """

    __tablename__ = "share_ask"
    __table_args__ = (
        ForeignKeyConstraint(["family_id", "learner_id"], ["learner.family_id", "learner.id"]),
        UniqueConstraint("share_id"),
        UniqueConstraint("family_id", "question_index"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    share_id: Mapped[str] = mapped_column(ForeignKey("share.id"))
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    question_index: Mapped[bytes | None]
    answered_at: Mapped[datetime | None]
