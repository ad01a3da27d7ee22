"""Programs that may put awards here: clients, connections, codes, tokens, and what they did."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0005"
down_revision = "0008"


def _of_learner(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id", "learner_id"],
            ["learner.family_id", "learner.id"],
            name=op.f(f"fk_{table}_family_id_learner_id_learner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _index(table: str, *columns: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column in columns:
            batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column], unique=False)


def _to_connection(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("connection_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["host_connection.id"], name=op.f(f"fk_{table}_connection_id_host_connection")
        ),
    ]


def upgrade() -> None:
    at = kit.db.UtcDateTime(timezone=True)
    op.create_table(
        "host_client",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("described", sa.Text(), nullable=False),
        sa.Column("registered_at", at, nullable=False),
        sa.Column("used_at", at, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_client")),
    )
    _index("host_client", "registered_at")
    op.create_table(
        "host_connection",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("scopes", sa.String(length=1000), nullable=False),
        sa.Column("reads", sa.String(length=4), nullable=False),
        sa.Column("started_by", sa.String(length=36), nullable=False),
        sa.Column("started_at", at, nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", at, nullable=True),
        sa.Column("ended_at", at, nullable=True),
        *_of_learner("host_connection"),
        sa.ForeignKeyConstraint(
            ["client_id"], ["host_client.id"], name=op.f("fk_host_connection_client_id_host_client")
        ),
    )
    _index("host_connection", "client_id", "learner_id")
    op.create_table(
        "host_code",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("challenge", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.String(length=1000), nullable=False),
        sa.Column("expires_at", at, nullable=False),
        sa.Column("used_at", at, nullable=True),
        *_to_connection("host_code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_host_code_code_hash")),
    )
    _index("host_code", "connection_id", "expires_at")
    op.create_table(
        "host_token",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("chain", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("scopes", sa.String(length=1000), nullable=False),
        sa.Column("expires_at", at, nullable=False),
        sa.Column("used_at", at, nullable=True),
        *_to_connection("host_token"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_host_token_token_hash")),
    )
    _index("host_token", "chain", "connection_id", "expires_at")
    op.create_table(
        "host_act",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("credential_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("first_at", at, nullable=False),
        sa.Column("last_at", at, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        *_of_learner("host_act"),
        *_to_connection("host_act"),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credential.id"], name=op.f("fk_host_act_credential_id_credential")
        ),
    )
    _index("host_act", "connection_id", "credential_id", "learner_id")
