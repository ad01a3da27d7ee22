"""Many awards withdrawn together."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0012b"
down_revision = "0014b"


def upgrade() -> None:
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_withdrawal_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_withdrawal_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "request", name=op.f("uq_withdrawal_organisation_id_request")),
    )
    with op.batch_alter_table("withdrawal", schema=None) as batch_op:
        batch_op.create_index("ix_withdrawal_listing", ["organisation_id", "created"], unique=False)

    op.create_table(
        "withdrawal_line",
        sa.Column("withdrawal_id", sa.String(length=36), nullable=False),
        sa.Column("credential_id", sa.String(length=45), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "withdrawal_id"], ["withdrawal.organisation_id", "withdrawal.id"], name="withdrawal"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_withdrawal_line_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("withdrawal_id", "credential_id", name=op.f("pk_withdrawal_line")),
    )
    with op.batch_alter_table("withdrawal_line", schema=None) as batch_op:
        batch_op.create_index("ix_withdrawal_line_state", ["withdrawal_id", "state", "credential_id"], unique=False)
