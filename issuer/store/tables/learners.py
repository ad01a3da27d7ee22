"""Learners whom an organisation keeps on its roster, what they are enrolled for, and rosters on their way in."""

from datetime import date, datetime

from sqlalchemy import (
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import ID, Model
from kit import db

KEY = String(64)
"""A keyed hash of what tells a learner apart: it can be looked up, and says nothing without the key."""


class LearnerRow(Model):
    """One learner. Names are in the clear, so that staff can search; everything else about the person is sealed
    together (``private``).

    ``folded`` (family name first) is what is searched, ``name_words`` what names are held against each other by.
    ``number_key``, ``mail_key`` and ``person_key`` (name and birth date) are keyed hashes. ``state`` is active, left or
    erased: an erased row says nothing any more and stays, so that its awards still belong to somebody.
    """

    __tablename__ = "learner"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        UniqueConstraint("organisation_id", "number_key"),
        Index("ix_learner_listing", "organisation_id", "folded"),
        Index("ix_learner_name", "organisation_id", "name_words"),
        Index("ix_learner_mail", "organisation_id", "mail_key"),
        Index("ix_learner_person", "organisation_id", "person_key"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    given_name: Mapped[str] = mapped_column(String(200))
    family_name: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(String(420))
    name_words: Mapped[str] = mapped_column(String(420))
    private_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    number_key: Mapped[str | None] = mapped_column(KEY)
    mail_key: Mapped[str | None] = mapped_column(KEY)
    person_key: Mapped[str | None] = mapped_column(KEY)
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    updated: Mapped[datetime] = mapped_column(db.UtcDateTime)


class EnrolmentRow(Model):
    """A learner's place in an offering; ``status`` is active, completed or withdrawn, ``hours`` a decimal as text."""

    __tablename__ = "enrolment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "offering_id"], ["offering.organisation_id", "offering.id"], name="offering"
        ),
        ForeignKeyConstraint(
            ["organisation_id", "learner_id"], ["learner.organisation_id", "learner.id"], name="learner"
        ),
        Index("ix_enrolment_learner", "organisation_id", "learner_id"),
    )

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    offering_id: Mapped[str] = mapped_column(ID, primary_key=True)
    learner_id: Mapped[str] = mapped_column(ID, primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    enrolled_on: Mapped[date | None] = mapped_column(Date)
    hours: Mapped[str | None] = mapped_column(String(20))
    completed_on: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int]
    updated: Mapped[datetime] = mapped_column(db.UtcDateTime)


class RosterImportRow(Model):
    """A roster that somebody brought and has not said yes to yet. What it says is sealed, and erased when it is taken
    over, put away, or a day old.

    ``columns`` and ``answers`` are JSON: which column holds which field, and what was said about single rows.
    """

    __tablename__ = "roster_import"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        UniqueConstraint("organisation_id", "request"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(20))
    request: Mapped[str] = mapped_column(KEY)
    request_hash: Mapped[str] = mapped_column(KEY)
    content_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    columns: Mapped[str] = mapped_column(Text)
    answers: Mapped[str] = mapped_column(Text)
    day_order: Mapped[str | None] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200))
    expires: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
