"""Classes: the marks of those who are enrolled in an offering, and who teaches it."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import ID, Model
from kit import db


class MarkRow(Model):
    """One mark of one learner: the value as an award would have it (for a rubric the id of the level)."""

    __tablename__ = "mark"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "offering_id", "learner_id"],
            ["enrolment.organisation_id", "enrolment.offering_id", "enrolment.learner_id"],
            name="enrolment",
        ),
    )

    organisation_id: Mapped[str] = mapped_column(ID, primary_key=True)
    offering_id: Mapped[str] = mapped_column(ID, primary_key=True)
    learner_id: Mapped[str] = mapped_column(ID, primary_key=True)
    description_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class ClassInstructorRow(Model):
    """An account that marks a class without having more rights in the organisation."""

    __tablename__ = "class_instructor"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "offering_id"], ["offering.organisation_id", "offering.id"], name="offering"
        ),
    )

    organisation_id: Mapped[str] = mapped_column(ID, primary_key=True)
    offering_id: Mapped[str] = mapped_column(ID, primary_key=True)
    user_id: Mapped[str] = mapped_column(ID, primary_key=True)
