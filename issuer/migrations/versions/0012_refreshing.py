"""Awards whose newest version is given out at an address of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0012c"
down_revision = "0012b"


def upgrade() -> None:
    op.add_column("achievement", sa.Column("refreshing", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("achievement", schema=None) as batch_op:
        batch_op.alter_column("refreshing", existing_type=sa.Boolean(), server_default=None)
    op.add_column("credential", sa.Column("refresh_hash", sa.String(length=64), nullable=True))
    op.add_column("credential", sa.Column("refresh_sealed", sa.LargeBinary(), nullable=True))
    op.create_index("ix_credential_refresh", "credential", ["refresh_hash"], unique=True)
