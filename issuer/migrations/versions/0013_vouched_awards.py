"""What others say goes into awards on choice, and is checked again by itself."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0013d"
down_revision = "0008b"


def upgrade() -> None:
    with op.batch_alter_table("received_endorsement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("in_awards", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("next_check", kit.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_received_endorsement_next_check", ["next_check"])
