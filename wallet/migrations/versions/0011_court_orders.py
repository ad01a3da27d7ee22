"""Court orders that took a guardian's say over a learner away."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0011"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "court_order",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("member_id", sa.String(length=36), nullable=False),
        sa.Column("recorded_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=36), nullable=False),
        sa.Column("lifted_at", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id", "learner_id"],
            ["learner.family_id", "learner.id"],
            name=op.f("fk_court_order_family_id_learner_id_learner"),
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_court_order_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_court_order")),
    )
    with op.batch_alter_table("court_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_court_order_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_court_order_member_id"), ["member_id"], unique=False)
