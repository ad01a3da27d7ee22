"""Long work, and which job awarded a credential."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0009"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("undone", sa.Integer(), nullable=False),
        sa.Column("pace", sa.Integer(), nullable=False),
        sa.Column("undo_minutes", sa.Integer(), nullable=False),
        sa.Column("starts", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("started", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("undo_until", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("released", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_job_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_job_organisation_id_id")),
        sa.UniqueConstraint(
            "organisation_id", "kind", "subject", "part", name=op.f("uq_job_organisation_id_kind_subject_part")
        ),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_lease", ["state", "lease_until"], unique=False)
        batch_op.create_index("ix_job_listing", ["organisation_id", "created"], unique=False)

    with op.batch_alter_table("credential", schema=None) as batch_op:
        batch_op.add_column(sa.Column("job_id", sa.String(length=36), nullable=True))
        batch_op.create_index("ix_credential_job", ["organisation_id", "job_id"], unique=False)
        batch_op.create_foreign_key("job", "job", ["organisation_id", "job_id"], ["organisation_id", "id"])
