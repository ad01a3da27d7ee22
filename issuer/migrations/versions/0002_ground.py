"""A credential says what it is: an award of an achievement, or something that no achievement stands behind."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # What there is are awards. The default is taken away again: whoever writes a credential says what it is.
    op.add_column("credential", sa.Column("kind", sa.String(length=20), nullable=False, server_default="award"))
    with op.batch_alter_table("credential") as batch_op:
        batch_op.alter_column("kind", existing_type=sa.String(length=20), server_default=None)
        batch_op.alter_column("achievement_id", existing_type=sa.String(length=36), nullable=True)
        batch_op.alter_column("achievement_version", existing_type=sa.Integer(), nullable=True)
        batch_op.create_check_constraint(
            op.f("ck_credential_award_has_achievement"),
            "kind <> 'award' OR (achievement_id IS NOT NULL AND achievement_version IS NOT NULL)",
        )
