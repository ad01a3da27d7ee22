"""A second way to data keys: sealed for each member's recovery codes."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "recovery_key",
        sa.Column("member_id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_recovery_key_family_id_family")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_recovery_key_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_recovery_key")),
    )
    with op.batch_alter_table("recovery_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_key_family_id"), ["family_id"], unique=False)

    op.create_table(
        "recovery_slot",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.String(length=36), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["code"], ["account_code.code"], name=op.f("fk_recovery_slot_code_account_code"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["recovery_key.member_id"],
            name=op.f("fk_recovery_slot_member_id_recovery_key"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_recovery_slot")),
    )
    with op.batch_alter_table("recovery_slot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_slot_member_id"), ["member_id"], unique=False)

    op.create_table(
        "recovery_wrap",
        sa.Column("member_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["recovery_key.member_id"],
            name=op.f("fk_recovery_wrap_member_id_recovery_key"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", "learner_id", name=op.f("pk_recovery_wrap")),
    )
    with op.batch_alter_table("recovery_wrap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_wrap_learner_id"), ["learner_id"], unique=False)
