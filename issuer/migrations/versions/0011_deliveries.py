"""Letters on their way, and how handing over an award stands."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0011"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("credential_id", sa.String(length=45), nullable=False),
        sa.Column("notice", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("changed", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_delivery_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "organisation_id",
            "credential_id",
            "notice",
            "number",
            name=op.f("uq_delivery_organisation_id_credential_id_notice_number"),
        ),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_listing", ["organisation_id", "created"], unique=False)
        batch_op.create_index("ix_delivery_due", ["organisation_id", "state", "next_try"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_changed"), ["changed"], unique=False)

    op.create_table(
        "delivery_run",
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_delivery_run_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_delivery_run")),
    )

    op.add_column("credential", sa.Column("handing", sa.String(length=20), nullable=True))
    op.add_column("credential", sa.Column("handing_since", kit.db.UtcDateTime(timezone=True), nullable=True))
