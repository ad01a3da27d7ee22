"""What an organisation offers at a price: the rows of its rate card, and what they are said to count for elsewhere."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import ID, Model
from kit import db


class OfferingRow(Model):
    """One line of the rate card. ``code`` is the organisation's own and stands once.

    Hours and credits are decimal numbers as text, never floats; ``price_hundredths`` is exact (None: not said,
    0: free).
    ``funding``, ``skills`` and ``meets`` are JSON. What is asked for is kept beside the words that say it: ``folded``
    (title, code and subject for the search), ``grade_from`` to ``age_to`` out of ``grades_or_ages``, ``days`` out of
    ``schedule`` (such as ``|tue|thu|``).
    """

    __tablename__ = "offering"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        UniqueConstraint("organisation_id", "code"),
        ForeignKeyConstraint(
            ["organisation_id", "achievement_id"],
            ["achievement.organisation_id", "achievement.id"],
            name="achievement",
        ),
        Index("ix_offering_listing", "organisation_id", "title"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300))
    folded: Mapped[str] = mapped_column(String(700))
    kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    grades_or_ages: Mapped[str] = mapped_column(String(80))
    grade_from: Mapped[int | None]
    grade_to: Mapped[int | None]
    age_from: Mapped[int | None]
    age_to: Mapped[int | None]
    term: Mapped[str] = mapped_column(String(80))
    start_date: Mapped[date | None] = mapped_column(Date)
    end_date: Mapped[date | None] = mapped_column(Date)
    weekly_hours: Mapped[str | None] = mapped_column(String(20))
    weeks: Mapped[int | None]
    total_hours: Mapped[str | None] = mapped_column(String(20))
    credits: Mapped[str | None] = mapped_column(String(20))
    credit_unit: Mapped[str] = mapped_column(String(20))
    sced_code: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(80))
    level: Mapped[str] = mapped_column(String(40))
    price_hundredths: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    price_per: Mapped[str] = mapped_column(String(40))
    funding: Mapped[str] = mapped_column(Text)
    seats: Mapped[int | None]
    seats_taken: Mapped[int | None]
    location: Mapped[str] = mapped_column(String(200))
    schedule: Mapped[str] = mapped_column(String(300))
    meets: Mapped[str] = mapped_column(Text)
    days: Mapped[str] = mapped_column(String(40))
    instructor_name: Mapped[str] = mapped_column(String(200))
    instructor_email_sealed: Mapped[bytes | None]
    description: Mapped[str] = mapped_column(Text)
    skills: Mapped[str] = mapped_column(Text)
    prerequisites: Mapped[str] = mapped_column(String(500))
    assessment_method: Mapped[str] = mapped_column(String(500))
    achievement_id: Mapped[str | None] = mapped_column(ID)
    version: Mapped[int]
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    updated: Mapped[datetime] = mapped_column(db.UtcDateTime)


class OfferingCountsRow(Model):
    """What the organisation says that an offering counts for at a program, and where that can be read."""

    __tablename__ = "offering_counts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "offering_id"],
            ["offering.organisation_id", "offering.id"],
            name="offering",
        ),
    )

    organisation_id: Mapped[str] = mapped_column(ID, primary_key=True)
    offering_id: Mapped[str] = mapped_column(ID, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    program: Mapped[str] = mapped_column(String(200))
    area: Mapped[str] = mapped_column(String(80))
    credits: Mapped[str | None] = mapped_column(String(20))
    method: Mapped[str] = mapped_column(String(40))
    document_url: Mapped[str] = mapped_column(String(2000))
