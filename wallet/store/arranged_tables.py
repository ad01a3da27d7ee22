"""The tables of what a family puts together: collections, and which awards stand in each, in what order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wallet.store.tables import OfLearner, Row


class Collection(OfLearner, Row):
    """Awards that a family keeps together, for itself. `sealed`: the name and a note that nobody else sees."""

    __tablename__ = "collection"
    __table_args__ = (ForeignKeyConstraint(["family_id", "learner_id"], ["learner.family_id", "learner.id"]),)

    id: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]


class CollectionItem(Row):
    """One award of one collection; a lower `position` stands before a higher one."""

    __tablename__ = "collection_item"

    collection_id: Mapped[str] = mapped_column(ForeignKey("collection.id"), primary_key=True)
    credential_id: Mapped[str] = mapped_column(ForeignKey("credential.id"), primary_key=True, index=True)
    position: Mapped[int]
