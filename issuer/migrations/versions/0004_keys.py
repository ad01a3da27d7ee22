"""Several signing keys for an organisation, of several kinds, each for one use and from one moment on."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0004"
down_revision = "0010"

KEYS = sa.table("signing_key", sa.column("in_use_from", kit.db.UtcDateTime))
FROM_THE_START = datetime(2000, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    # What there is are Ed25519 keys, sealed here, in use from the start. The defaults are taken away again:
    # whoever makes a key says what it is.
    op.add_column("signing_key", sa.Column("kind", sa.String(length=20), nullable=False, server_default="ed25519"))
    op.add_column("signing_key", sa.Column("use", sa.String(length=20), nullable=False, server_default="proof"))
    op.add_column("signing_key", sa.Column("custody", sa.String(length=20), nullable=False, server_default="sealed"))
    op.add_column("signing_key", sa.Column("in_use_from", kit.db.UtcDateTime(timezone=True), nullable=True))
    op.add_column("signing_key", sa.Column("note_sealed", sa.LargeBinary(), nullable=True))
    op.execute(KEYS.update().values(in_use_from=FROM_THE_START))
    with op.batch_alter_table("signing_key") as batch_op:
        for name in ("kind", "use", "custody"):
            batch_op.alter_column(name, existing_type=sa.String(length=20), server_default=None)
        batch_op.alter_column("in_use_from", existing_type=kit.db.UtcDateTime(timezone=True), nullable=False)
        batch_op.alter_column("multikey", existing_type=sa.String(length=100), type_=sa.String(length=1600))
