"""Organisations that have closed: what they said, the bytes that a snapshot names, and those kept for others."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import CREDENTIAL_ID, ID, Model
from kit import db


class ClosingRow(Model):
    """The closing of one organisation: who takes care of what it awarded, what it says about it, and the credential of
    the kind ``closing`` that is its snapshot, in its newest version.
    """

    __tablename__ = "closing"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
    )

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    credential_id: Mapped[str] = mapped_column(CREDENTIAL_ID)
    closed: Mapped[datetime] = mapped_column(db.UtcDateTime)
    closed_by: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text)
    successor_name: Mapped[str] = mapped_column(String(200))
    successor_url: Mapped[str] = mapped_column(String(2000))
    successor_id: Mapped[str] = mapped_column(String(2000))


class ClosingFileRow(Model):
    """One document that a version of a snapshot names by its digest, byte for byte. ``name`` is its name in the zip."""

    __tablename__ = "closing_file"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        Index("ix_closing_file_organisation_id", "organisation_id"),
    )

    credential_id: Mapped[str] = mapped_column(CREDENTIAL_ID, primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    address: Mapped[str] = mapped_column(String(2000))
    media_type: Mapped[str] = mapped_column(String(60))
    body: Mapped[bytes] = mapped_column(LargeBinary)


class AdoptedRow(Model):
    """An organisation that closed on another server and is kept here: its signed snapshot as it came. No organisation
    of this server's has anything to do with it.
    """

    __tablename__ = "adopted"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    did: Mapped[str] = mapped_column(String(300), unique=True)
    host: Mapped[str] = mapped_column(String(300), index=True)
    path: Mapped[str] = mapped_column(String(300))
    name: Mapped[str] = mapped_column(Text)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    signed: Mapped[datetime] = mapped_column(db.UtcDateTime)
    adopted: Mapped[datetime] = mapped_column(db.UtcDateTime)


class AdoptedFileRow(Model):
    """One document of an adopted organisation, served at the address that it always had."""

    __tablename__ = "adopted_file"

    adopted_id: Mapped[str] = mapped_column(ForeignKey("adopted.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(String(600), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(60))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    etag: Mapped[str] = mapped_column(String(80))
