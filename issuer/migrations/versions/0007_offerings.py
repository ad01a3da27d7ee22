"""What an organisation offers at a price, and what that is said to count for."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0007"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "offering",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("folded", sa.String(length=700), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("grades_or_ages", sa.String(length=80), nullable=False),
        sa.Column("grade_from", sa.Integer(), nullable=True),
        sa.Column("grade_to", sa.Integer(), nullable=True),
        sa.Column("age_from", sa.Integer(), nullable=True),
        sa.Column("age_to", sa.Integer(), nullable=True),
        sa.Column("term", sa.String(length=80), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("weekly_hours", sa.String(length=20), nullable=True),
        sa.Column("weeks", sa.Integer(), nullable=True),
        sa.Column("total_hours", sa.String(length=20), nullable=True),
        sa.Column("credits", sa.String(length=20), nullable=True),
        sa.Column("credit_unit", sa.String(length=20), nullable=False),
        sa.Column("sced_code", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("price_hundredths", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price_per", sa.String(length=40), nullable=False),
        sa.Column("funding", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("seats_taken", sa.Integer(), nullable=True),
        sa.Column("location", sa.String(length=200), nullable=False),
        sa.Column("schedule", sa.String(length=300), nullable=False),
        sa.Column("meets", sa.Text(), nullable=False),
        sa.Column("days", sa.String(length=40), nullable=False),
        sa.Column("instructor_name", sa.String(length=200), nullable=False),
        sa.Column("instructor_email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("skills", sa.Text(), nullable=False),
        sa.Column("prerequisites", sa.String(length=500), nullable=False),
        sa.Column("assessment_method", sa.String(length=500), nullable=False),
        sa.Column("achievement_id", sa.String(length=36), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "achievement_id"], ["achievement.organisation_id", "achievement.id"], name="achievement"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_offering_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offering")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_offering_organisation_id_code")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_offering_organisation_id_id")),
    )
    with op.batch_alter_table("offering", schema=None) as batch_op:
        batch_op.create_index("ix_offering_listing", ["organisation_id", "title"], unique=False)

    op.create_table(
        "offering_counts",
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("offering_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("program", sa.String(length=200), nullable=False),
        sa.Column("area", sa.String(length=80), nullable=False),
        sa.Column("credits", sa.String(length=20), nullable=True),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("document_url", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id"], ["offering.organisation_id", "offering.id"], name="offering"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "offering_id", "position", name=op.f("pk_offering_counts")),
    )
