"""The first tables: accounts, audit, families and what is kept for them."""

import sqlalchemy as sa
from alembic import op

import kit.db
from kit.audit import install_guards

revision = "0001"
down_revision = None


def upgrade() -> None:  # noqa: PLR0915 # tables are listed, not reasoned about
    op.create_table(
        "account",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
    )
    op.create_table(
        "account_invitation",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("invited_by", sa.String(length=36), nullable=False),
        sa.Column("expires", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_account_invitation")),
    )
    op.create_table(
        "audit",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("object_id", sa.String(length=300), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_object_id"), ["object_id"], unique=False)

    op.create_table(
        "family",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family")),
    )
    op.create_table(
        "tombstone",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstone")),
    )
    op.create_table(
        "vault_check",
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_vault_check")),
    )
    op.create_table(
        "account_code",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("expires", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_code_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_account_code")),
    )
    with op.batch_alter_table("account_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_code_account_id"), ["account_id"], unique=False)

    op.create_table(
        "account_session",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_session_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_account_session")),
    )
    with op.batch_alter_table("account_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_session_account_id"), ["account_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=True),
        sa.Column("learner_id", sa.String(length=36), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("created_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("scopes", sa.String(length=80), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_invitation_family_id_family")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_family_id"), ["family_id"], unique=False)

    op.create_table(
        "member",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("organises", sa.Boolean(), nullable=False),
        sa.Column("created_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_member_family_id_family")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("family_id", "id", name=op.f("uq_member_family_id_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_member_user_id")),
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_family_id"), ["family_id"], unique=False)

    op.create_table(
        "learner",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("member_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id", "member_id"],
            ["member.family_id", "member.id"],
            name=op.f("fk_learner_family_id_member_id_member"),
        ),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_learner_family_id_family")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner")),
        sa.UniqueConstraint("family_id", "id", name=op.f("uq_learner_family_id_id")),
        sa.UniqueConstraint("member_id", name=op.f("uq_learner_member_id")),
    )
    with op.batch_alter_table("learner", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_learner_family_id"), ["family_id"], unique=False)

    op.create_table(
        "guardianship",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("member_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("basis", sa.String(length=24), nullable=False),
        sa.Column("scopes", sa.String(length=80), nullable=False),
        sa.Column("created_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("ended_at", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["family_id", "learner_id"],
            ["learner.family_id", "learner.id"],
            name=op.f("fk_guardianship_family_id_learner_id_learner"),
        ),
        sa.ForeignKeyConstraint(
            ["family_id", "member_id"],
            ["member.family_id", "member.id"],
            name=op.f("fk_guardianship_family_id_member_id_member"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardianship")),
    )
    with op.batch_alter_table("guardianship", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guardianship_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_guardianship_member_id"), ["member_id"], unique=False)

    op.create_table(
        "learner_key",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("issuer_index", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id", "learner_id"],
            ["learner.family_id", "learner.id"],
            name=op.f("fk_learner_key_family_id_learner_id_learner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner_key")),
        sa.UniqueConstraint("learner_id", "issuer_index", name=op.f("uq_learner_key_learner_id_issuer_index")),
    )
    with op.batch_alter_table("learner_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_learner_key_learner_id"), ["learner_id"], unique=False)

    op.create_table(
        "share",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("started_by", sa.String(length=36), nullable=False),
        sa.Column("created_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("recalled_at", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id", "learner_id"],
            ["learner.family_id", "learner.id"],
            name=op.f("fk_share_family_id_learner_id_learner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_share_code_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_share_token_hash")),
    )
    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_share_learner_id"), ["learner_id"], unique=False)

    op.create_table(
        "credential",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("identity_index", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(length=36), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("received_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id", "learner_id"],
            ["learner.family_id", "learner.id"],
            name=op.f("fk_credential_family_id_learner_id_learner"),
        ),
        sa.ForeignKeyConstraint(["key_id"], ["learner_key.id"], name=op.f("fk_credential_key_id_learner_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("learner_id", "identity_index", name=op.f("uq_credential_learner_id_identity_index")),
    )
    with op.batch_alter_table("credential", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credential_learner_id"), ["learner_id"], unique=False)

    op.create_table(
        "share_view",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("share_id", sa.String(length=36), nullable=False),
        sa.Column("at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id", "learner_id"],
            ["learner.family_id", "learner.id"],
            name=op.f("fk_share_view_family_id_learner_id_learner"),
        ),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name=op.f("fk_share_view_share_id_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_view")),
    )
    with op.batch_alter_table("share_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_share_view_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_share_view_share_id"), ["share_id"], unique=False)

    op.create_table(
        "checking",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("credential_id", sa.String(length=36), nullable=False),
        sa.Column("checked_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credential.id"], name=op.f("fk_checking_credential_id_credential")
        ),
        sa.ForeignKeyConstraint(
            ["family_id", "learner_id"],
            ["learner.family_id", "learner.id"],
            name=op.f("fk_checking_family_id_learner_id_learner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checking")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_checking_credential_id")),
    )
    with op.batch_alter_table("checking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checking_learner_id"), ["learner_id"], unique=False)

    op.create_table(
        "claim",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=True),
        sa.Column("offer_index", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("started_by", sa.String(length=36), nullable=False),
        sa.Column("started_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("credential_id", sa.String(length=36), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_claim_credential_id_credential")),
        sa.ForeignKeyConstraint(
            ["family_id", "learner_id"],
            ["learner.family_id", "learner.id"],
            name=op.f("fk_claim_family_id_learner_id_learner"),
        ),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_claim_family_id_family")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_family_id"), ["family_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_offer_index"), ["offer_index"], unique=False)

    op.create_table(
        "edition",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("credential_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("received_at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_edition_credential_id_credential")),
        sa.ForeignKeyConstraint(
            ["family_id", "learner_id"],
            ["learner.family_id", "learner.id"],
            name=op.f("fk_edition_family_id_learner_id_learner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("credential_id", "number", name=op.f("uq_edition_credential_id_number")),
    )
    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_edition_credential_id"), ["credential_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_edition_learner_id"), ["learner_id"], unique=False)

    op.create_table(
        "share_item",
        sa.Column("share_id", sa.String(length=36), nullable=False),
        sa.Column("credential_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credential.id"], name=op.f("fk_share_item_credential_id_credential")
        ),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name=op.f("fk_share_item_share_id_share")),
        sa.PrimaryKeyConstraint("share_id", "credential_id", name=op.f("pk_share_item")),
    )
    install_guards(op.get_bind())
