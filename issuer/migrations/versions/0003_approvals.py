"""What waits for a second person, and what was decided."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0003c"
down_revision = "0005"

OPEN = sa.text("state = 'asked'")


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("about_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("asked", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_approval_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_approval_organisation_id_id")),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index("ix_approval_listing", ["organisation_id", "state", "asked"], unique=False)
        batch_op.create_index("ix_approval_subject", ["organisation_id", "subject"], unique=False)
    op.create_index(
        "ix_approval_open",
        "approval",
        ["organisation_id", "act", "subject"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
