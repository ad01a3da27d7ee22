"""What is signed: awards, what is going to be signed, and what was."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import CREDENTIAL_ID, ID, Model
from kit import db


class CredentialRow(Model):
    """One credential, by its ``kind``: an ``award``, which has an achievement in one of its versions.

    ``identity_id`` is the identifier that it names as its issuer, in all of its versions.
    ``sequence`` names the signed version that counts; ``state`` is pending, issued, claimed, revoked, refused or undone
    (withdrawn before anybody could get it). ``identifier`` is sealed; the name is searchable. ``job_id`` is the job
    that awarded it. ``suspended`` is since when it is paused; empty when it is not. ``format`` is one of
    ``issuer.service.securing``, and that of all its versions.
    ``refresh_hash`` finds it by the token of the address at which its newest version is given out; the token is sealed.
    ``learner_id`` is whom of the roster it belongs to, ``identifier_key`` a keyed hash of the
    identifier by which that is known. ``erased``: since then nothing personal is kept of it.
    ``handing`` says how handing over an issued award stands, where anybody knows: ``guardian`` (a wallet has it and
    waits for a guardian's yes) or ``bounced`` (the letter came back).
    """

    __tablename__ = "credential"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        ForeignKeyConstraint(
            ["organisation_id", "achievement_id"], ["achievement.organisation_id", "achievement.id"], name="achievement"
        ),
        CheckConstraint(
            "kind <> 'award' OR (achievement_id IS NOT NULL AND achievement_version IS NOT NULL)",
            name="award_has_achievement",
        ),
        ForeignKeyConstraint(["organisation_id", "job_id"], ["job.organisation_id", "job.id"], name="job"),
        ForeignKeyConstraint(
            ["organisation_id", "identity_id"], ["identity.organisation_id", "identity.id"], name="identity"
        ),
        ForeignKeyConstraint(
            ["organisation_id", "learner_id"], ["learner.organisation_id", "learner.id"], name="learner"
        ),
        Index("ix_credential_learner", "organisation_id", "learner_id"),
        Index("ix_credential_identifier", "organisation_id", "identifier_key"),
        Index("ix_credential_listing", "organisation_id", "created"),
        Index("ix_credential_refresh", "refresh_hash", unique=True),
        Index("ix_credential_job", "organisation_id", "job_id"),
        Index("ix_credential_achievement", "organisation_id", "achievement_id"),
    )

    id: Mapped[str] = mapped_column(CREDENTIAL_ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    identity_id: Mapped[str] = mapped_column(ID)
    kind: Mapped[str] = mapped_column(String(20))
    format: Mapped[str] = mapped_column(String(20))
    achievement_id: Mapped[str | None] = mapped_column(ID)
    achievement_version: Mapped[int | None]
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
    suspended: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    revoked: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    revocation_reason: Mapped[str | None] = mapped_column(String(60))
    revocation_note: Mapped[bytes | None] = mapped_column(LargeBinary)
    replaces: Mapped[str | None] = mapped_column(CREDENTIAL_ID)
    replaced_by: Mapped[str | None] = mapped_column(CREDENTIAL_ID)
    job_id: Mapped[str | None] = mapped_column(ID)
    refresh_hash: Mapped[str | None] = mapped_column(String(64))
    refresh_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    learner_id: Mapped[str | None] = mapped_column(ID)
    identifier_key: Mapped[str | None] = mapped_column(String(64))
    erased: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    handing: Mapped[str | None] = mapped_column(String(20))
    handing_since: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class IntentRow(Model):
    """What is going to be signed, stored before it is signed: the unsigned bytes, the key and the proof's date.

    Signing is deterministic, so an intent left behind by a crash is signed again to the same bytes: what is drawn at
    random for one signature lies sealed in ``drawn_sealed`` until it is signed.
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
    format: Mapped[str] = mapped_column(String(20))
    drawn_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    unsigned: Mapped[bytes] = mapped_column(LargeBinary)
    details: Mapped[bytes] = mapped_column(LargeBinary)
    created: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20))
    idempotency_key: Mapped[str | None] = mapped_column(String(200))
    claim_id: Mapped[str | None] = mapped_column(ID)
    holder: Mapped[str | None] = mapped_column(String(200))


class SignedCredentialRow(Model):
    """One signed version of a credential, byte for byte as it was released.

    ``holder_sealed`` is what the learner's wallet gets instead of ``body``, where that is something else.
    """

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
    holder_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
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
