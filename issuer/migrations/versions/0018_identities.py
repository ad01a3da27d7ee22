"""An organisation may have two identifiers: what it signed under each, its lists and its keys belong to one of them.

On SQLite `status_list` is copied, and triggers name it: they are taken away first and put back as they were.
"""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0018"
down_revision = "0017b"

TABLES = ("signing_key", "status_list", "credential")
NAMED = ("status_entry_one_way", "status_list_purpose_kept")


def upgrade() -> None:
    op.create_table(
        "identity",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("did", sa.String(length=300), nullable=False),
        sa.Column("since", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("until", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_identity_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("did", name=op.f("uq_identity_did")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_identity_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "method", name=op.f("uq_identity_organisation_id_method")),
    )
    present = sa.text("until IS NULL")
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.create_index(
            "ix_identity_present", ["organisation_id"], unique=True, sqlite_where=present, postgresql_where=present
        )
    connection = op.get_bind()
    # What there is was signed as did:web. An organisation's first identifier has the organisation's own id.
    connection.exec_driver_sql(
        "INSERT INTO identity (id, organisation_id, method, did, since) "
        "SELECT id, id, 'web', did, created FROM organisation"
    )
    guards = _guards(connection)
    for name in guards:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    for table in TABLES:
        op.add_column(table, sa.Column("identity_id", sa.String(length=36), nullable=True))
        rows = sa.table(table, sa.column("identity_id"), sa.column("organisation_id"))
        op.execute(rows.update().values(identity_id=rows.c.organisation_id))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("identity_id", existing_type=sa.String(length=36), nullable=False)
            batch_op.create_foreign_key(
                "identity", "identity", ["organisation_id", "identity_id"], ["organisation_id", "id"]
            )
    for statement in guards.values():
        connection.exec_driver_sql(statement)


def _guards(connection: sa.Connection) -> dict[str, str]:
    """The triggers to be taken away for a while, by name, as they were made; PostgreSQL copies nothing."""
    if connection.dialect.name != "sqlite":
        return {}
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {name: statement for name, statement in rows if name in NAMED}
