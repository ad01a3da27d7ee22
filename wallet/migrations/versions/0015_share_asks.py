"""What a share answers or asks: a verifier's question, or a provider's confirmation."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0015"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "share_ask",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("share_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("question_index", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id", "learner_id"],
            ["learner.family_id", "learner.id"],
            name=op.f("fk_share_ask_family_id_learner_id_learner"),
        ),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name=op.f("fk_share_ask_share_id_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_ask")),
        sa.UniqueConstraint("share_id", name=op.f("uq_share_ask_share_id")),
        sa.UniqueConstraint("family_id", "question_index", name=op.f("uq_share_ask_family_id_question_index")),
    )
    with op.batch_alter_table("share_ask", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_share_ask_learner_id"), ["learner_id"], unique=False)
