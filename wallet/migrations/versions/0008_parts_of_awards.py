"""The part of an award that a share shows, where not all of it is shown."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "share_part",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("share_id", sa.String(length=36), nullable=False),
        sa.Column("credential_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id", "learner_id"],
            ["learner.family_id", "learner.id"],
            name=op.f("fk_share_part_family_id_learner_id_learner"),
        ),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name=op.f("fk_share_part_share_id_share")),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credential.id"], name=op.f("fk_share_part_credential_id_credential")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_part")),
        sa.UniqueConstraint("share_id", "credential_id", name=op.f("uq_share_part_share_id_credential_id")),
    )
    with op.batch_alter_table("share_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_share_part_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_share_part_credential_id"), ["credential_id"], unique=False)
