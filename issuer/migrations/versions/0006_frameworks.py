"""Frameworks of standards, and the items that achievements can correspond to."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0006"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "framework",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("identifier", sa.String(length=200), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("creator", sa.String(length=300), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("levels", sa.Text(), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_framework_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_framework_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "identifier", name=op.f("uq_framework_organisation_id_identifier")),
    )
    with op.batch_alter_table("framework", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_framework_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "framework_item",
        sa.Column("framework_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("identifier", sa.String(length=200), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=300), nullable=False),
        sa.Column("code_folded", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("levels", sa.Text(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("within", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "framework_id"],
            ["framework.organisation_id", "framework.id"],
            name=op.f("fk_framework_item_organisation_id_framework_id_framework"),
        ),
        sa.PrimaryKeyConstraint("framework_id", "position", name=op.f("pk_framework_item")),
    )
    with op.batch_alter_table("framework_item", schema=None) as batch_op:
        batch_op.create_index("ix_framework_item_code", ["organisation_id", "code_folded"], unique=False)
