"""What an award said before a line of a sheet corrected it."""

import sqlalchemy as sa
from alembic import op

revision = "0010b"
down_revision = "0003b"


def upgrade() -> None:
    with op.batch_alter_table("sheet_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("before_sealed", sa.LargeBinary(), nullable=True))
