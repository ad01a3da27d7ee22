"""Closing: since when an organisation awards nothing, its snapshot, and snapshots kept for others."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0013c"
down_revision = "0012c"


def upgrade() -> None:
    moment = kit.db.UtcDateTime(timezone=True)
    op.add_column("organisation", sa.Column("closed", moment, nullable=True))
    op.create_table(
        "closing",
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("credential_id", sa.String(length=45), nullable=False),
        sa.Column("closed", moment, nullable=False),
        sa.Column("closed_by", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("successor_name", sa.String(length=200), nullable=False),
        sa.Column("successor_url", sa.String(length=2000), nullable=False),
        sa.Column("successor_id", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_closing_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_closing")),
    )
    op.create_table(
        "closing_file",
        sa.Column("credential_id", sa.String(length=45), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_closing_file_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("credential_id", "sequence", "name", name=op.f("pk_closing_file")),
    )
    op.create_index("ix_closing_file_organisation_id", "closing_file", ["organisation_id"])
    op.create_table(
        "adopted",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("did", sa.String(length=300), nullable=False),
        sa.Column("host", sa.String(length=300), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signed", moment, nullable=False),
        sa.Column("adopted", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adopted")),
        sa.UniqueConstraint("did", name=op.f("uq_adopted_did")),
    )
    op.create_index(op.f("ix_adopted_host"), "adopted", ["host"])
    op.create_table(
        "adopted_file",
        sa.Column("adopted_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=600), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("etag", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["adopted_id"], ["adopted.id"], name=op.f("fk_adopted_file_adopted_id_adopted"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("adopted_id", "path", name=op.f("pk_adopted_file")),
    )
