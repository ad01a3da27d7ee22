"""How often a share opens, the passcodes that were wrong, and what a guardian lets a minor share without asking."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0007"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.add_column(sa.Column("most_views", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("used_views", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("misses", sa.Integer(), server_default="0", nullable=False))

    op.create_table(
        "permission",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("member_id", sa.String(length=36), nullable=False),
        sa.Column("everybody", sa.Boolean(), nullable=False),
        sa.Column("created_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id", "learner_id"],
            ["learner.family_id", "learner.id"],
            name=op.f("fk_permission_family_id_learner_id_learner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permission")),
    )
    with op.batch_alter_table("permission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_permission_learner_id"), ["learner_id"], unique=False)
