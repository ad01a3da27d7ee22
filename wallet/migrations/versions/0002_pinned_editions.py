"""A share holds each credential in one edition: of shares made before, the newest that was kept when they were made."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("share_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("edition", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE share_item SET edition = COALESCE((SELECT MAX(edition.number) FROM edition, share "
        "WHERE share.id = share_item.share_id AND edition.credential_id = share_item.credential_id "
        "AND edition.received_at <= share.created_at), 1)"
    )
    with op.batch_alter_table("share_item", schema=None) as batch_op:
        batch_op.alter_column("edition", existing_type=sa.Integer(), nullable=False)
