"""Achievements that say nothing of how their awards are signed: they follow their organisation from now on."""

import sqlalchemy as sa
from alembic import op

revision = "0017b"
down_revision = "0017"


def upgrade() -> None:
    # Nobody could say nothing before: what was signed as usual was never chosen against another usage.
    achievement = sa.table("achievement", sa.column("format", sa.String))
    op.execute(achievement.update().where(achievement.c.format == "eddsa-rdfc-2022").values(format="organisation"))
