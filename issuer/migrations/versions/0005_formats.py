"""Awards in several forms: how each is signed, what was drawn for a signature, what is for the holder alone."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0013d"

USUAL = "eddsa-rdfc-2022"


def upgrade() -> None:
    # What there is was signed in the usual form. The defaults are taken away again: whoever signs says how.
    for table in ("achievement", "credential", "intent"):
        op.add_column(table, sa.Column("format", sa.String(length=20), nullable=False, server_default=USUAL))
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("format", existing_type=sa.String(length=20), server_default=None)
    op.add_column("job", sa.Column("format", sa.String(length=20), nullable=True))
    op.add_column("intent", sa.Column("drawn_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("signed_credential", sa.Column("holder_sealed", sa.LargeBinary(), nullable=True))
