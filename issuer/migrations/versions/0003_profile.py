"""What else an organisation says about itself, and pictures that were uploaded."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0003b"
down_revision = "0013c"


def upgrade() -> None:
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("legal_name", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("phone", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("official", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("logo", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("parent_id", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("parent_name", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("identifiers", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("accreditations", sa.Text(), nullable=True))

    op.create_table(
        "picture",
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("added", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=200), nullable=False),
        sa.Column("used", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_picture_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "sha256", name=op.f("pk_picture")),
    )
