"""Awards that can be paused: what may be, since when it is, why; and lists of suspensions may be set back.

The guard of `status_entry` asks for the purpose of the list from here on, so `status_list` is named in a trigger: on
SQLite a later migration that copies that table has to take the trigger away first and put it back.
"""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0012"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("achievement", sa.Column("pausable", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("achievement", schema=None) as batch_op:
        batch_op.alter_column("pausable", existing_type=sa.Boolean(), server_default=None)
    op.add_column("credential", sa.Column("suspended", kit.db.UtcDateTime(timezone=True), nullable=True))
    op.create_table(
        "suspension",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("credential_id", sa.String(length=45), nullable=False),
        sa.Column("since", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("suspended_by", sa.String(length=200), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("lifted", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_suspension_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    with op.batch_alter_table("suspension", schema=None) as batch_op:
        batch_op.create_index("ix_suspension_credential", ["organisation_id", "credential_id"], unique=False)
    connection = op.get_bind()
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRES:
        connection.exec_driver_sql(statement)


_ENTRY = "an index of a status list is taken for good, and what was set stays set, unless it is a suspension"
_LIST = "what a status list is for never changes"
_LIFTED = """NEW.value = 0 AND EXISTS
      (SELECT 1 FROM status_list WHERE status_list.id = OLD.list_id AND status_list.purpose = 'suspension')"""

_SQLITE = (
    "DROP TRIGGER status_entry_one_way",
    f"""CREATE TRIGGER status_entry_one_way BEFORE UPDATE ON status_entry
    WHEN (OLD.value <> 0 AND NEW.value <> OLD.value AND NOT ({_LIFTED}))
      OR NEW.list_id <> OLD.list_id OR NEW.position <> OLD.position
      OR (OLD.credential_id IS NOT NULL AND NEW.credential_id IS NOT OLD.credential_id)
    BEGIN SELECT RAISE(ABORT, '{_ENTRY}'); END""",
    f"""CREATE TRIGGER status_list_purpose_kept BEFORE UPDATE ON status_list
    WHEN NEW.purpose <> OLD.purpose OR NEW.id <> OLD.id
    BEGIN SELECT RAISE(ABORT, '{_LIST}'); END""",
)

_POSTGRES = (
    f"""CREATE OR REPLACE FUNCTION status_entry_one_way() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' OR (OLD.value <> 0 AND NEW.value <> OLD.value AND NOT ({_LIFTED}))
         OR NEW.list_id <> OLD.list_id OR NEW.position <> OLD.position
         OR (OLD.credential_id IS NOT NULL AND NEW.credential_id IS DISTINCT FROM OLD.credential_id) THEN
        RAISE EXCEPTION '{_ENTRY}';
      END IF;
      RETURN NEW;
    END $$""",
    f"""CREATE FUNCTION status_list_purpose_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.purpose <> OLD.purpose OR NEW.id <> OLD.id THEN
        RAISE EXCEPTION '{_LIST}';
      END IF;
      RETURN NEW;
    END $$""",
    """CREATE TRIGGER status_list_purpose_kept BEFORE UPDATE ON status_list
    FOR EACH ROW EXECUTE FUNCTION status_list_purpose_kept()""",
)
