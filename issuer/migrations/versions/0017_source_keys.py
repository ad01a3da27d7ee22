"""What a school's own system calls learners, classes and enrolments."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0014c"


def upgrade() -> None:
    op.create_table(
        "source_key",
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("system", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=True),
        sa.Column("offering_id", sa.String(length=36), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "learner_id"], ["learner.organisation_id", "learner.id"], name="learner"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id"], ["offering.organisation_id", "offering.id"], name="offering"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "system", "kind", "key", name=op.f("pk_source_key")),
    )
    with op.batch_alter_table("source_key", schema=None) as batch_op:
        batch_op.create_index("ix_source_key_learner", ["organisation_id", "learner_id"], unique=False)
