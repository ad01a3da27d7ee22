"""Vouching for others: what a credential of the kind "endorsement" is about."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "endorsement",
        sa.Column("credential_id", sa.String(length=45), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("target_kind", sa.String(length=20), nullable=False),
        sa.Column("target_id", sa.String(length=2000), nullable=False),
        sa.Column("target_name", sa.String(length=300), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "credential_id"],
            ["credential.organisation_id", "credential.id"],
            name="credential",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_endorsement_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_endorsement")),
    )
    with op.batch_alter_table("endorsement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_endorsement_organisation_id"), ["organisation_id"], unique=False)
