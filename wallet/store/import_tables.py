"""The tables of what a family brings by itself: imports, the things in them, and the bytes of those not done with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wallet.store.tables import OfLearner, Row


def _of_learner(*others: UniqueConstraint) -> tuple[ForeignKeyConstraint | UniqueConstraint, ...]:
    return (ForeignKeyConstraint(["family_id", "learner_id"], ["learner.family_id", "learner.id"]), *others)


class Import(OfLearner, Row):
    """What somebody handed in at one time. `sealed`: nothing yet."""

    __tablename__ = "import"
    __table_args__ = _of_learner()

    id: Mapped[str] = mapped_column(primary_key=True)
    started_by: Mapped[str]
    started_at: Mapped[datetime]


class ImportItem(OfLearner, Row):
    """One thing of an import and what became of it. `sealed`: its name, what it says it is, and why.

    `fingerprint` is the learner's own keyed digest of its bytes; it knows the same thing again.
    """

    __tablename__ = "import_item"
    __table_args__ = _of_learner(UniqueConstraint("import_id", "position"))

    id: Mapped[str] = mapped_column(primary_key=True)
    import_id: Mapped[str] = mapped_column(ForeignKey("import.id"))
    position: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    fingerprint: Mapped[bytes]
    credential_id: Mapped[str | None] = mapped_column(ForeignKey("credential.id"), index=True)
    changed_at: Mapped[datetime]


class ImportFile(OfLearner, Row):
    """Bytes of a thing that is not done with: the thing as it came ("given"), or the picture or PDF around it."""

    __tablename__ = "import_file"
    __table_args__ = _of_learner(UniqueConstraint("item_id", "kind"))

    id: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("import_item.id"))
    kind: Mapped[str] = mapped_column(String(8))
    media_type: Mapped[str] = mapped_column(String(40))
