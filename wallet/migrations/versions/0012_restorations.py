"""Archives that are brought from another wallet: how far each is, and what was before."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0012"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "restoration",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("member_id", sa.String(length=36), nullable=False),
        sa.Column("started_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_restoration_family_id_family")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restoration")),
    )
    with op.batch_alter_table("restoration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_restoration_family_id"), ["family_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_restoration_started_at"), ["started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_restoration_state"), ["state"], unique=False)

    op.create_table(
        "restoration_item",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("restoration_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("object_id", sa.String(length=36), nullable=True),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id", "learner_id"],
            ["learner.family_id", "learner.id"],
            name=op.f("fk_restoration_item_family_id_learner_id_learner"),
        ),
        sa.ForeignKeyConstraint(
            ["restoration_id"], ["restoration.id"], name=op.f("fk_restoration_item_restoration_id_restoration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restoration_item")),
        sa.UniqueConstraint("restoration_id", "position", name=op.f("uq_restoration_item_restoration_id_position")),
    )
    with op.batch_alter_table("restoration_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_restoration_item_learner_id"), ["learner_id"], unique=False)

    op.create_table(
        "brought",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("archive_index", sa.LargeBinary(), nullable=False),
        sa.Column("brought_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id", "learner_id"],
            ["learner.family_id", "learner.id"],
            name=op.f("fk_brought_family_id_learner_id_learner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brought")),
        sa.UniqueConstraint("learner_id", "archive_index", name=op.f("uq_brought_learner_id_archive_index")),
    )
    with op.batch_alter_table("brought", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_brought_learner_id"), ["learner_id"], unique=False)
