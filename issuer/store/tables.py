"""The issuer's tables.

Rules that the database itself keeps, so that no line of code has to be trusted with them:

* every row of an organisation carries ``organisation_id``, and references inside an organisation are composite, so a
  row cannot point into another organisation;
* an index of a status list is used once: ``status_entry`` has the list and the position as its key, and a trigger
  refuses to delete or move an entry or to take back a value that was set;
* an idempotency key is used once per organisation;
* what was signed is never rewritten: a trigger refuses to update ``signed_credential``.

Left out on purpose: tokens and codes of claims (only their hashes, and a sealed copy for printing that is erased when
the claim is over), identifiers of learners in the clear (sealed; names are searchable, see ``docs/operating.md``).
"""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kit import accounts, audit, db, vault

ID = String(36)
CREDENTIAL_ID = String(45)


class Model(DeclarativeBase):
    """The issuer's own metadata: one naming convention, no table shared with another role."""

    metadata = db.metadata()


ACCOUNTS = accounts.account_tables(Model.metadata)
AUDIT = audit.audit_table(
    Model.metadata,
    detail_keys=(
        "key", "sequence", "kind", "reason", "version", "role", "list", "index", "purpose", "replaces", "replaced_by",
        "slug", "claim", "user", "job", "sheet", "rows", "count", "identity", "method", "format", "use", "state",
        "target", "host", "hook", "channel", "learner", "offering", "approval", "role_before", "since",
    ),
)  # fmt: skip
VAULT_CHECK = vault.vault_table(Model.metadata)


class OrganisationRow(Model):
    """One organisation: its profile, and the DID that its credentials name as issuer. The slug never changes."""

    __tablename__ = "organisation"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    did: Mapped[str] = mapped_column(String(300), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(60))
    url: Mapped[str] = mapped_column(String(2000))
    email: Mapped[str] = mapped_column(String(254))
    description: Mapped[str] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    updated: Mapped[datetime] = mapped_column(db.UtcDateTime)


class MembershipRow(Model):
    """A person who works for an organisation: ``owner`` (people and profile too) or ``issuer`` (awards)."""

    __tablename__ = "membership"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20))
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)


class InvitationRow(Model):
    """An invitation to work for an organisation; only the hash of its token is kept."""

    __tablename__ = "organisation_invitation"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(200))
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    expires: Mapped[datetime] = mapped_column(db.UtcDateTime)
    used: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class SigningKeyRow(Model):
    """One signing key: the sealed seed, and the dates that the identifier document publishes."""

    __tablename__ = "signing_key"
    __table_args__ = (UniqueConstraint("organisation_id", "fragment"), UniqueConstraint("organisation_id", "id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    fragment: Mapped[str] = mapped_column(String(60))
    multikey: Mapped[str] = mapped_column(String(100), unique=True)
    sealed_seed: Mapped[bytes] = mapped_column(LargeBinary)
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    expires: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    revoked: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class IdentifierDocumentRow(Model):
    """The bytes that are served as an organisation's DID document."""

    __tablename__ = "identifier_document"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    etag: Mapped[str] = mapped_column(String(80))
    updated: Mapped[datetime] = mapped_column(db.UtcDateTime)


class AchievementRow(Model):
    """What can be awarded, in its newest version. ``body`` is the Open Badges Achievement without its issuer."""

    __tablename__ = "achievement"
    __table_args__ = (UniqueConstraint("organisation_id", "id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    updated: Mapped[datetime] = mapped_column(db.UtcDateTime)


class AchievementVersionRow(Model):
    """Every version that an achievement ever had, with who wrote it."""

    __tablename__ = "achievement_version"

    achievement_id: Mapped[str] = mapped_column(ForeignKey("achievement.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    actor: Mapped[str] = mapped_column(String(200))


class CredentialRow(Model):
    """One award. ``sequence`` names the signed version that counts; ``state`` is pending, issued, claimed, revoked or
    refused. ``identifier`` is sealed; the name is searchable.
    """

    __tablename__ = "credential"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        ForeignKeyConstraint(
            ["organisation_id", "achievement_id"], ["achievement.organisation_id", "achievement.id"], name="achievement"
        ),
        Index("ix_credential_listing", "organisation_id", "created"),
        Index("ix_credential_achievement", "organisation_id", "achievement_id"),
    )

    id: Mapped[str] = mapped_column(CREDENTIAL_ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    achievement_id: Mapped[str] = mapped_column(ID)
    achievement_version: Mapped[int]
    achievement_name: Mapped[str] = mapped_column(String(300))
    learner_name: Mapped[str] = mapped_column(String(300))
    learner_folded: Mapped[str] = mapped_column(String(300))
    identifier_type: Mapped[str] = mapped_column(String(60))
    identifier_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    draft_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    summary: Mapped[str] = mapped_column(String(300))
    awarded: Mapped[datetime] = mapped_column(db.UtcDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    state: Mapped[str] = mapped_column(String(20))
    sequence: Mapped[int]
    holder: Mapped[str | None] = mapped_column(String(200))
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200))
    revoked: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    revocation_reason: Mapped[str | None] = mapped_column(String(60))
    revocation_note: Mapped[bytes | None] = mapped_column(LargeBinary)
    replaces: Mapped[str | None] = mapped_column(CREDENTIAL_ID)
    replaced_by: Mapped[str | None] = mapped_column(CREDENTIAL_ID)


class IntentRow(Model):
    """What is going to be signed, stored before it is signed: the unsigned bytes, the key and the proof's date.

    Signing is deterministic, so an intent left behind by a crash is signed again to the same bytes.
    """

    __tablename__ = "intent"
    __table_args__ = (
        UniqueConstraint("credential_id", "sequence"),
        ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        ForeignKeyConstraint(
            ["organisation_id", "key_id"], ["signing_key.organisation_id", "signing_key.id"], name="signing_key"
        ),
        Index("ix_intent_state", "state"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    credential_id: Mapped[str] = mapped_column(CREDENTIAL_ID)
    sequence: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    key_id: Mapped[str] = mapped_column(ID)
    unsigned: Mapped[bytes] = mapped_column(LargeBinary)
    details: Mapped[bytes] = mapped_column(LargeBinary)
    created: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20))
    idempotency_key: Mapped[str | None] = mapped_column(String(200))
    claim_id: Mapped[str | None] = mapped_column(ID)
    holder: Mapped[str | None] = mapped_column(String(200))


class SignedCredentialRow(Model):
    """One signed version of a credential, byte for byte as it was released."""

    __tablename__ = "signed_credential"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
    )

    credential_id: Mapped[str] = mapped_column(CREDENTIAL_ID, primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(20))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    etag: Mapped[str] = mapped_column(String(80))
    valid_from: Mapped[datetime] = mapped_column(db.UtcDateTime)
    signed: Mapped[datetime] = mapped_column(db.UtcDateTime)


class IdempotencyRow(Model):
    """One request that must not happen twice: the hash of its body, and the sealed answer once there is one."""

    __tablename__ = "idempotency"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    intent_id: Mapped[str | None] = mapped_column(ID)
    status: Mapped[int | None]
    response_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)


class StatusListRow(Model):
    """One status list of an organisation, with the signed bytes that are served.

    ``changes`` counts what happened to its entries and ``rendered_changes`` how much of that the bytes show.
    """

    __tablename__ = "status_list"
    __table_args__ = (UniqueConstraint("organisation_id", "number"), UniqueConstraint("organisation_id", "id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(30))
    length: Mapped[int]
    opened: Mapped[datetime] = mapped_column(db.UtcDateTime)
    full: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    changes: Mapped[int]
    rendered_changes: Mapped[int]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    etag: Mapped[str | None] = mapped_column(String(80))
    valid_from: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class StatusEntryRow(Model):
    """One index of one list, taken by one credential for good. ``value`` is 0 until it is set, and then stays.

    ``credential_id`` is empty for an index that the journal knows and a restored older database does not.
    """

    __tablename__ = "status_entry"
    __table_args__ = (
        UniqueConstraint("credential_id", "list_id"),
        ForeignKeyConstraint(
            ["organisation_id", "list_id"], ["status_list.organisation_id", "status_list.id"], name="status_list"
        ),
        ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
    )

    list_id: Mapped[str] = mapped_column(ID, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    credential_id: Mapped[str | None] = mapped_column(CREDENTIAL_ID)
    value: Mapped[int]
    changed: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class ClaimRow(Model):
    """One way to claim one award: hashes of its token and code. ``state`` is open, claimed or recalled."""

    __tablename__ = "claim"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
        Index("ix_claim_credential", "organisation_id", "credential_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    credential_id: Mapped[str] = mapped_column(CREDENTIAL_ID)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    secrets_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(20))
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    expires: Mapped[datetime] = mapped_column(db.UtcDateTime)
    claimed: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    holder: Mapped[str | None] = mapped_column(String(200))
    recalled: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class ChallengeRow(Model):
    """One challenge handed to a wallet; used once, by a conditional update."""

    __tablename__ = "challenge"

    challenge_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    claim_id: Mapped[str] = mapped_column(ForeignKey("claim.id"), index=True)
    expires: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
    consumed: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
