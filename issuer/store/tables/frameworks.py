"""Frameworks of standards that an organisation handed in, and the items that an achievement can correspond to."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import ID, Model
from kit import db


class FrameworkRow(Model):
    """A framework, as its CASE package describes it. ``levels`` are those of all items, divided by commas."""

    __tablename__ = "framework"
    __table_args__ = (UniqueConstraint("organisation_id", "id"), UniqueConstraint("organisation_id", "identifier"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    identifier: Mapped[str] = mapped_column(String(200))
    uri: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(String(300))
    creator: Mapped[str] = mapped_column(String(300))
    version: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(35))
    notes: Mapped[str] = mapped_column(Text)
    levels: Mapped[str] = mapped_column(Text)
    item_count: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    added: Mapped[datetime] = mapped_column(db.UtcDateTime)


class FrameworkItemRow(Model):
    """One item, at its place in the framework's order; ``depth`` counts from 0, ``within`` is what stands above it.

    ``folded`` is what a search looks through; ``levels`` has commas around each: ``,KG,01,``.
    """

    __tablename__ = "framework_item"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "framework_id"], ["framework.organisation_id", "framework.id"]),
        Index("ix_framework_item_code", "organisation_id", "code_folded"),
    )

    framework_id: Mapped[str] = mapped_column(ID, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ID)
    identifier: Mapped[str] = mapped_column(String(200))
    uri: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(String(300))
    code_folded: Mapped[str] = mapped_column(String(300))
    name: Mapped[str] = mapped_column(String(300))
    statement: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(100))
    levels: Mapped[str] = mapped_column(Text)
    depth: Mapped[int]
    within: Mapped[str] = mapped_column(String(300))
