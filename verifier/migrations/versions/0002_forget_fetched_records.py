"""Forget fetched copies: among them are credentials that people gave by address, which are not kept any more."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        # What is deleted is overwritten, so that it cannot be read in the file's free pages either.
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    connection.exec_driver_sql("DELETE FROM cached_resource")
