"""Learners on the roster and their enrolments; which award belongs to whom; what was signed may be emptied for good."""

import sqlalchemy as sa
from alembic import op

import kit.db

revision = "0008"
down_revision = "0010b"

_SIGNED = "what was signed is never rewritten"
_SQLITE = (
    "DROP TRIGGER signed_credential_kept",
    f"""CREATE TRIGGER signed_credential_kept BEFORE UPDATE ON signed_credential
    WHEN length(NEW.body) > 0 OR NEW.credential_id <> OLD.credential_id OR NEW.sequence <> OLD.sequence
      OR NEW.organisation_id <> OLD.organisation_id OR NEW.kind <> OLD.kind OR NEW.etag <> OLD.etag
      OR NEW.valid_from <> OLD.valid_from OR NEW.signed <> OLD.signed
    BEGIN SELECT RAISE(ABORT, '{_SIGNED}'); END""",
)
_POSTGRES = (
    f"""CREATE OR REPLACE FUNCTION signed_credential_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF octet_length(NEW.body) > 0 OR NEW.credential_id <> OLD.credential_id OR NEW.sequence <> OLD.sequence
         OR NEW.organisation_id <> OLD.organisation_id OR NEW.kind <> OLD.kind OR NEW.etag <> OLD.etag
         OR NEW.valid_from <> OLD.valid_from OR NEW.signed <> OLD.signed THEN
        RAISE EXCEPTION '{_SIGNED}';
      END IF;
      RETURN NEW;
    END $$""",
)


def upgrade() -> None:
    op.create_table(
        "learner",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("given_name", sa.String(length=200), nullable=False),
        sa.Column("family_name", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.String(length=420), nullable=False),
        sa.Column("name_words", sa.String(length=420), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number_key", sa.String(length=64), nullable=True),
        sa.Column("mail_key", sa.String(length=64), nullable=True),
        sa.Column("person_key", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_learner_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_learner_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "number_key", name=op.f("uq_learner_organisation_id_number_key")),
    )
    with op.batch_alter_table("learner", schema=None) as batch_op:
        batch_op.create_index("ix_learner_listing", ["organisation_id", "folded"], unique=False)
        batch_op.create_index("ix_learner_name", ["organisation_id", "name_words"], unique=False)
        batch_op.create_index("ix_learner_mail", ["organisation_id", "mail_key"], unique=False)
        batch_op.create_index("ix_learner_person", ["organisation_id", "person_key"], unique=False)

    op.create_table(
        "enrolment",
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("offering_id", sa.String(length=36), nullable=False),
        sa.Column("learner_id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("enrolled_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "learner_id"], ["learner.organisation_id", "learner.id"], name="learner"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id"], ["offering.organisation_id", "offering.id"], name="offering"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_enrolment_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "offering_id", "learner_id", name=op.f("pk_enrolment")),
    )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.create_index("ix_enrolment_learner", ["organisation_id", "learner_id"], unique=False)

    op.create_table(
        "roster_import",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("day_order", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("expires", kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_roster_import_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_roster_import_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "request", name=op.f("uq_roster_import_organisation_id_request")),
    )
    with op.batch_alter_table("roster_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_import_expires"), ["expires"], unique=False)

    with op.batch_alter_table("credential", schema=None) as batch_op:
        batch_op.add_column(sa.Column("learner_id", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("identifier_key", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("erased", kit.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_credential_learner", ["organisation_id", "learner_id"], unique=False)
        batch_op.create_index("ix_credential_identifier", ["organisation_id", "identifier_key"], unique=False)
        batch_op.create_foreign_key("learner", "learner", ["organisation_id", "learner_id"], ["organisation_id", "id"])

    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRES:
        op.execute(statement)
