"""Sheets that somebody brought, their lines, and what was awarded from them."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "sheet",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("achievement_id", sa.String(length=36), nullable=True),
        sa.Column("achievement_version", sa.Integer(), nullable=True),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("about_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("original_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("day_order", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("expires", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "achievement_id"], ["achievement.organisation_id", "achievement.id"], name="achievement"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_sheet_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_sheet_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "request", name=op.f("uq_sheet_organisation_id_request")),
    )
    with op.batch_alter_table("sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheet_expires"), ["expires"], unique=False)
        batch_op.create_index("ix_sheet_listing", ["organisation_id", "created"], unique=False)

    op.create_table(
        "award_once",
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("credential_id", sa.String(length=45), nullable=True),
        sa.Column("sheet_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_award_once_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "fingerprint", "ordinal", name=op.f("pk_award_once")),
    )
    with op.batch_alter_table("award_once", schema=None) as batch_op:
        batch_op.create_index("ix_award_once_credential", ["organisation_id", "credential_id"], unique=False)

    op.create_table(
        "sheet_line",
        sa.Column("sheet_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("cells_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("codes", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.Column("credential_id", sa.String(length=45), nullable=True),
        sa.Column("intent_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        sa.ForeignKeyConstraint(["organisation_id", "job_id"], ["job.organisation_id", "job.id"], name="job"),
        sa.ForeignKeyConstraint(["organisation_id", "sheet_id"], ["sheet.organisation_id", "sheet.id"], name="sheet"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_sheet_line_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("sheet_id", "number", name=op.f("pk_sheet_line")),
    )
    with op.batch_alter_table("sheet_line", schema=None) as batch_op:
        batch_op.create_index("ix_sheet_line_fingerprint", ["sheet_id", "fingerprint"], unique=False)
        batch_op.create_index("ix_sheet_line_state", ["sheet_id", "state", "number"], unique=False)
