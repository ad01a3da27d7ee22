"""Passkeys, the challenges that devices answer, and which sessions a passkey opened."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0015"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "account_challenge",
        sa.Column("challenge", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=True),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("bound", sa.String(length=64), nullable=False),
        sa.Column("expires", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_challenge_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("challenge", name=op.f("pk_account_challenge")),
    )
    with op.batch_alter_table("account_challenge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_challenge_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_challenge_expires"), ["expires"], unique=False)

    op.create_table(
        "account_passkey",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.String(length=100), nullable=False),
        sa.Column("backed_up", sa.Boolean(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_passkey_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_passkey")),
    )
    with op.batch_alter_table("account_passkey", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_passkey_account_id"), ["account_id"], unique=False)

    with op.batch_alter_table("account_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("passkey", sa.Boolean(), server_default=sa.false(), nullable=False))
