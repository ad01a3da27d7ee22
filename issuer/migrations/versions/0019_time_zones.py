"""An organisation lives in a time zone; those that were there before have not said in which: UTC counts until then."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("organisation", sa.Column("time_zone", sa.String(length=64), nullable=True))
