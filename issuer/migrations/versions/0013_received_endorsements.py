"""What others say about an organisation or about what it offers, as it was signed."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0013b"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "received_endorsement",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("achievement_id", sa.String(length=36), nullable=True),
        sa.Column("issuer_id", sa.Text(), nullable=False),
        sa.Column("issuer_name", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("valid_until", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("accepted", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("checked", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "achievement_id"],
            ["achievement.organisation_id", "achievement.id"],
            name="achievement",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_received_endorsement_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_endorsement")),
        sa.UniqueConstraint("organisation_id", "digest", name=op.f("uq_received_endorsement_organisation_id_digest")),
    )
    with op.batch_alter_table("received_endorsement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_received_endorsement_organisation_id"), ["organisation_id"], unique=False)
