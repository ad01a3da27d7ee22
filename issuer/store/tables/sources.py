"""What a school's own system calls learners, classes and enrolments, so that its next export finds them again."""

from sqlalchemy import ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.learners import KEY
from issuer.store.tables.model import ID, Model


class SourceKeyRow(Model):
    """One key of one system, as a keyed hash. ``kind`` is learner, offering or enrolment, which has both ids; ``state``
    is listed, or dropped once an export took it off the list.
    """

    __tablename__ = "source_key"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "offering_id"], ["offering.organisation_id", "offering.id"], name="offering"
        ),
        ForeignKeyConstraint(
            ["organisation_id", "learner_id"], ["learner.organisation_id", "learner.id"], name="learner"
        ),
        Index("ix_source_key_learner", "organisation_id", "learner_id"),
    )

    organisation_id: Mapped[str] = mapped_column(ID, primary_key=True)
    system: Mapped[str] = mapped_column(KEY, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(KEY, primary_key=True)
    learner_id: Mapped[str | None] = mapped_column(ID)
    offering_id: Mapped[str | None] = mapped_column(ID)
    state: Mapped[str] = mapped_column(String(20))
