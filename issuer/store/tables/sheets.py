"""Sheets that somebody brought: what is in them, and what came of each of their lines."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import CREDENTIAL_ID, ID, Model
from kit import db


class SheetRow(Model):
    """One sheet. What it says is sealed (``about``: its name, headers and the like; ``original``: the file, as long as
    it can be read in another way).

    ``columns`` says which column holds which field, as JSON. ``state`` is open, issuing, done or discarded. ``version``
    counts the changes; ``achievement_version`` is the one that its lines were held against. A sheet made of a class
    names its ``offering_id``, and ``earned_when`` tells its awards from those of the same class at another time.
    """

    __tablename__ = "sheet"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        UniqueConstraint("organisation_id", "request"),
        ForeignKeyConstraint(
            ["organisation_id", "achievement_id"], ["achievement.organisation_id", "achievement.id"], name="achievement"
        ),
        ForeignKeyConstraint(
            ["organisation_id", "offering_id"], ["offering.organisation_id", "offering.id"], name="offering"
        ),
        Index("ix_sheet_listing", "organisation_id", "created"),
        Index("ix_sheet_offering", "organisation_id", "offering_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(20))
    achievement_id: Mapped[str | None] = mapped_column(ID)
    achievement_version: Mapped[int | None]
    request: Mapped[str] = mapped_column(String(64))
    request_hash: Mapped[str] = mapped_column(String(64))
    about_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    original_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    columns: Mapped[str] = mapped_column(Text)
    day_order: Mapped[str | None] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200))
    expires: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
    offering_id: Mapped[str | None] = mapped_column(ID)
    earned_when: Mapped[str | None] = mapped_column(String(100))


class SheetLineRow(Model):
    """One line of a sheet, by its number in the file. Its cells and what was corrected in them are sealed together, and
    erased when the sheet expires.

    ``state`` is ok, problem, later, already, queued, frozen, awarded, refused or undone; ``codes`` are the problems'
    names. ``fingerprint`` says who earned what, and when, without telling it. ``before_sealed`` is what an award said
    before this line corrected it, for as long as that can be undone.
    """

    __tablename__ = "sheet_line"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "sheet_id"], ["sheet.organisation_id", "sheet.id"], name="sheet"),
        ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        ForeignKeyConstraint(["organisation_id", "job_id"], ["job.organisation_id", "job.id"], name="job"),
        Index("ix_sheet_line_state", "sheet_id", "state", "number"),
        Index("ix_sheet_line_fingerprint", "sheet_id", "fingerprint"),
    )

    sheet_id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    cells_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(20))
    codes: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    job_id: Mapped[str | None] = mapped_column(ID)
    credential_id: Mapped[str | None] = mapped_column(CREDENTIAL_ID)
    intent_id: Mapped[str | None] = mapped_column(ID)
    before_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class AwardOnceRow(Model):
    """What was awarded from sheets: the same learner, achievement and time is there once for each ``ordinal``, which
    rises only when an award was withdrawn and somebody wants it awarded again.
    """

    __tablename__ = "award_once"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        Index("ix_award_once_credential", "organisation_id", "credential_id"),
    )

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    credential_id: Mapped[str | None] = mapped_column(CREDENTIAL_ID)
    sheet_id: Mapped[str] = mapped_column(ID)
    number: Mapped[int]
