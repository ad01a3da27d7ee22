"""Imports: what a family brings by itself, thing by thing, and what is kept apart of it."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0006"
down_revision = "0005"


def _sealed() -> list[sa.Column[object]]:
    return [
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    ]


def _of_learner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["family_id", "learner_id"],
        ["learner.family_id", "learner.id"],
        name=op.f(f"fk_{table}_family_id_learner_id_learner"),
    )


def upgrade() -> None:
    op.create_table(
        "import",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("started_by", sa.String(length=36), nullable=False),
        sa.Column("started_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        *_sealed(),
        _of_learner("import"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
    )
    op.create_table(
        "import_item",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("import_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("credential_id", sa.String(length=36), nullable=True),
        sa.Column("changed_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        *_sealed(),
        _of_learner("import_item"),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_import_item_import_id_import")),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credential.id"], name=op.f("fk_import_item_credential_id_credential")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_item")),
        sa.UniqueConstraint("import_id", "position", name=op.f("uq_import_item_import_id_position")),
    )
    op.create_table(
        "import_file",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        *_sealed(),
        _of_learner("import_file"),
        sa.ForeignKeyConstraint(["item_id"], ["import_item.id"], name=op.f("fk_import_file_item_id_import_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_file")),
        sa.UniqueConstraint("item_id", "kind", name=op.f("uq_import_file_item_id_kind")),
    )
    with op.batch_alter_table("import_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_item_credential_id"), ["credential_id"], unique=False)
    for table in ("import", "import_item", "import_file"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_learner_id"), ["learner_id"], unique=False)
