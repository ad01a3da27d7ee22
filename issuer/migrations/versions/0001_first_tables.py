"""The first tables, and what the database itself refuses: to take back, to move, to rewrite."""

import sqlalchemy as sa
from alembic import op

import kit.db
from kit import audit

revision = "0001"
down_revision = None


def upgrade() -> None:
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
        "organisation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("did", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("did", name=op.f("uq_organisation_did")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
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
        "achievement",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_achievement_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievement")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_achievement_organisation_id_id")),
    )
    with op.batch_alter_table("achievement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_achievement_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "idempotency",
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("intent_id", sa.String(length=36), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("response_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_idempotency_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "key", name=op.f("pk_idempotency")),
    )
    with op.batch_alter_table("idempotency", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_created"), ["created"], unique=False)

    op.create_table(
        "identifier_document",
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("etag", sa.String(length=80), nullable=False),
        sa.Column("updated", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_identifier_document_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_identifier_document")),
    )
    op.create_table(
        "membership",
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_membership_user_id_account")),
        sa.PrimaryKeyConstraint("organisation_id", "user_id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_user_id"), ["user_id"], unique=False)

    op.create_table(
        "organisation_invitation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_invitation_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_organisation_invitation_token_hash")),
    )
    with op.batch_alter_table("organisation_invitation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organisation_invitation_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "signing_key",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("fragment", sa.String(length=60), nullable=False),
        sa.Column("multikey", sa.String(length=100), nullable=False),
        sa.Column("sealed_seed", sa.LargeBinary(), nullable=False),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_signing_key_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("multikey", name=op.f("uq_signing_key_multikey")),
        sa.UniqueConstraint("organisation_id", "fragment", name=op.f("uq_signing_key_organisation_id_fragment")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_signing_key_organisation_id_id")),
    )
    with op.batch_alter_table("signing_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signing_key_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "status_list",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("opened", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("full", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("rendered_changes", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("etag", sa.String(length=80), nullable=True),
        sa.Column("valid_from", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("valid_until", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_status_list_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_list")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_status_list_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_status_list_organisation_id_number")),
    )
    op.create_table(
        "achievement_version",
        sa.Column("achievement_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievement.id"], name=op.f("fk_achievement_version_achievement_id_achievement")
        ),
        sa.PrimaryKeyConstraint("achievement_id", "version", name=op.f("pk_achievement_version")),
    )
    op.create_table(
        "credential",
        sa.Column("id", sa.String(length=45), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("achievement_id", sa.String(length=36), nullable=False),
        sa.Column("achievement_version", sa.Integer(), nullable=False),
        sa.Column("achievement_name", sa.String(length=300), nullable=False),
        sa.Column("learner_name", sa.String(length=300), nullable=False),
        sa.Column("learner_folded", sa.String(length=300), nullable=False),
        sa.Column("identifier_type", sa.String(length=60), nullable=False),
        sa.Column("identifier_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("draft_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("awarded", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("valid_until", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=True),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("revoked", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revocation_reason", sa.String(length=60), nullable=True),
        sa.Column("revocation_note", sa.LargeBinary(), nullable=True),
        sa.Column("replaces", sa.String(length=45), nullable=True),
        sa.Column("replaced_by", sa.String(length=45), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "achievement_id"], ["achievement.organisation_id", "achievement.id"], name="achievement"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_credential_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_credential_organisation_id_id")),
    )
    with op.batch_alter_table("credential", schema=None) as batch_op:
        batch_op.create_index("ix_credential_achievement", ["organisation_id", "achievement_id"], unique=False)
        batch_op.create_index("ix_credential_listing", ["organisation_id", "created"], unique=False)

    op.create_table(
        "claim",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("credential_id", sa.String(length=45), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("secrets_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("claimed", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("holder", sa.String(length=200), nullable=True),
        sa.Column("recalled", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_claim_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_claim_code_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_claim_token_hash")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index("ix_claim_credential", ["organisation_id", "credential_id"], unique=False)

    op.create_table(
        "intent",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("credential_id", sa.String(length=45), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key_id", sa.String(length=36), nullable=False),
        sa.Column("unsigned", sa.LargeBinary(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("idempotency_key", sa.String(length=200), nullable=True),
        sa.Column("claim_id", sa.String(length=36), nullable=True),
        sa.Column("holder", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "key_id"], ["signing_key.organisation_id", "signing_key.id"], name="signing_key"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_intent_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intent")),
        sa.UniqueConstraint("credential_id", "sequence", name=op.f("uq_intent_credential_id_sequence")),
    )
    with op.batch_alter_table("intent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intent_created"), ["created"], unique=False)
        batch_op.create_index("ix_intent_state", ["state"], unique=False)

    op.create_table(
        "signed_credential",
        sa.Column("credential_id", sa.String(length=45), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("etag", sa.String(length=80), nullable=False),
        sa.Column("valid_from", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("signed", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_signed_credential_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("credential_id", "sequence", name=op.f("pk_signed_credential")),
    )
    op.create_table(
        "status_entry",
        sa.Column("list_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("credential_id", sa.String(length=45), nullable=True),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("changed", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "list_id"], ["status_list.organisation_id", "status_list.id"], name="status_list"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_status_entry_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("list_id", "position", name=op.f("pk_status_entry")),
        sa.UniqueConstraint("credential_id", "list_id", name=op.f("uq_status_entry_credential_id_list_id")),
    )
    op.create_table(
        "challenge",
        sa.Column("challenge_hash", sa.String(length=64), nullable=False),
        sa.Column("claim_id", sa.String(length=36), nullable=False),
        sa.Column("expires", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("consumed", kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_challenge_claim_id_claim")),
        sa.PrimaryKeyConstraint("challenge_hash", name=op.f("pk_challenge")),
    )
    with op.batch_alter_table("challenge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_challenge_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_challenge_expires"), ["expires"], unique=False)
    _install_guards(op.get_bind())


_ENTRY = "an index of a status list is taken for good, and what was set stays set"
_SIGNED = "what was signed is never rewritten"


def _install_guards(connection: sa.Connection) -> None:
    audit.install_guards(connection)
    if connection.dialect.name == "sqlite":
        for statement in _SQLITE:
            connection.exec_driver_sql(statement)
        return
    for statement in _POSTGRES:
        connection.exec_driver_sql(statement)


_SQLITE = (
    f"""CREATE TRIGGER status_entry_one_way BEFORE UPDATE ON status_entry
    WHEN (OLD.value <> 0 AND NEW.value <> OLD.value) OR NEW.list_id <> OLD.list_id OR NEW.position <> OLD.position
      OR (OLD.credential_id IS NOT NULL AND NEW.credential_id IS NOT OLD.credential_id)
    BEGIN SELECT RAISE(ABORT, '{_ENTRY}'); END""",
    f"""CREATE TRIGGER status_entry_kept BEFORE DELETE ON status_entry
    BEGIN SELECT RAISE(ABORT, '{_ENTRY}'); END""",
    f"""CREATE TRIGGER signed_credential_kept BEFORE UPDATE ON signed_credential
    BEGIN SELECT RAISE(ABORT, '{_SIGNED}'); END""",
)

_POSTGRES = (
    f"""CREATE FUNCTION status_entry_one_way() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' OR (OLD.value <> 0 AND NEW.value <> OLD.value)
         OR NEW.list_id <> OLD.list_id OR NEW.position <> OLD.position
         OR (OLD.credential_id IS NOT NULL AND NEW.credential_id IS DISTINCT FROM OLD.credential_id) THEN
        RAISE EXCEPTION '{_ENTRY}';
      END IF;
      RETURN NEW;
    END $$""",
    """CREATE TRIGGER status_entry_one_way BEFORE UPDATE OR DELETE ON status_entry
    FOR EACH ROW EXECUTE FUNCTION status_entry_one_way()""",
    f"""CREATE FUNCTION signed_credential_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{_SIGNED}'; END $$""",
    """CREATE TRIGGER signed_credential_kept BEFORE UPDATE ON signed_credential
    FOR EACH ROW EXECUTE FUNCTION signed_credential_kept()""",
)
