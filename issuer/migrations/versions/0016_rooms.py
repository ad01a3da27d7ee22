"""Awarding in the room."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0016"
down_revision = "0003c"


def upgrade() -> None:
    op.create_table(
        "room",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("achievement_id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("opened_by", sa.String(length=200), nullable=False),
        sa.Column("opened", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closes", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "achievement_id"], ["achievement.organisation_id", "achievement.id"], name="achievement"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_room_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_room_organisation_id_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_room_token_hash")),
    )
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_closes"), ["closes"], unique=False)
        batch_op.create_index("ix_room_listing", ["organisation_id", "opened"], unique=False)
    op.create_table(
        "room_guest",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("room_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ticket_hash", sa.String(length=64), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("credential_id", sa.String(length=45), nullable=True),
        sa.Column("came", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        sa.ForeignKeyConstraint(["organisation_id", "room_id"], ["room.organisation_id", "room.id"], name="room"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_room_guest_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_guest")),
        sa.UniqueConstraint("room_id", "number", name=op.f("uq_room_guest_room_id_number")),
        sa.UniqueConstraint("ticket_hash", name=op.f("uq_room_guest_ticket_hash")),
    )
