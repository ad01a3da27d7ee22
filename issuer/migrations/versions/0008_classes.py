"""Classes: hours and marks of those who are enrolled, who teaches them, and which sheet came of which class."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0008b"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "mark",
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("offering_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("description_id", sa.String(length=100), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id", "learner_id"],
            ["enrolment.organisation_id", "enrolment.offering_id", "enrolment.learner_id"],
            name="enrolment",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "offering_id", "learner_id", "description_id", name=op.f("pk_mark")),
    )
    op.create_table(
        "class_instructor",
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("offering_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id"], ["offering.organisation_id", "offering.id"], name="offering"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "offering_id", "user_id", name=op.f("pk_class_instructor")),
    )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hours", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("completed_on", sa.Date(), nullable=True))
    with op.batch_alter_table("sheet", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offering_id", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("earned_when", sa.String(length=100), nullable=True))
        batch_op.create_index("ix_sheet_offering", ["organisation_id", "offering_id"], unique=False)
        batch_op.create_foreign_key(
            "offering", "offering", ["organisation_id", "offering_id"], ["organisation_id", "id"]
        )
