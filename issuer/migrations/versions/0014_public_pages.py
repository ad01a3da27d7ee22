"""Awards that everybody may see at an address of their own, because their holder wanted it."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0014c"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "public_page",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("credential_id", sa.String(length=45), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("offered", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_public_page_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_page")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_public_page_token_hash")),
    )
    with op.batch_alter_table("public_page", schema=None) as batch_op:
        batch_op.create_index("ix_public_page_credential", ["organisation_id", "credential_id"], unique=False)
