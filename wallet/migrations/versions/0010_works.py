"""Works: what a learner made, kept beside the awards, with their files."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "work",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("credential_id", sa.String(length=36), nullable=True),
        sa.Column("added_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id", "learner_id"],
            ["learner.family_id", "learner.id"],
            name=op.f("fk_work_family_id_learner_id_learner"),
        ),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_work_credential_id_credential")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
    )
    with op.batch_alter_table("work", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_credential_id"), ["credential_id"], unique=False)

    op.create_table(
        "work_file",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("work_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id", "learner_id"],
            ["learner.family_id", "learner.id"],
            name=op.f("fk_work_file_family_id_learner_id_learner"),
        ),
        sa.ForeignKeyConstraint(["work_id"], ["work.id"], name=op.f("fk_work_file_work_id_work")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_file")),
        sa.UniqueConstraint("work_id", "kind", name=op.f("uq_work_file_work_id_kind")),
    )
    with op.batch_alter_table("work_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_file_learner_id"), ["learner_id"], unique=False)
