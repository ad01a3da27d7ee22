"""Organisations: their profile, their people, their keys and the identifier documents that they publish."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import ID, Model
from kit import db


class OrganisationRow(Model):
    """One organisation: its profile, and the DID that what it signs now names as issuer. The slug never changes.

    ``closed`` is since when it awards nothing any more; ``closing`` has the rest.
    ``logo`` is the whole address of an uploaded picture; ``official`` who signs; ``identifiers`` and
    ``accreditations`` are JSON lists of the values in ``issuer.service.introduction``. ``time_zone`` is a name of the
    IANA database; NULL where nobody has said, which counts as UTC.
    """

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
    legal_name: Mapped[str | None] = mapped_column(String(300))
    phone: Mapped[str | None] = mapped_column(String(60))
    official: Mapped[str | None] = mapped_column(String(200))
    logo: Mapped[str | None] = mapped_column(Text)
    parent_id: Mapped[str | None] = mapped_column(Text)
    parent_name: Mapped[str | None] = mapped_column(String(300))
    identifiers: Mapped[str | None] = mapped_column(Text)
    accreditations: Mapped[str | None] = mapped_column(Text)
    time_zone: Mapped[str | None] = mapped_column(String(64))
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    updated: Mapped[datetime] = mapped_column(db.UtcDateTime)
    closed: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class MembershipRow(Model):
    """A person who works for an organisation; what a ``role`` allows stands in ``issuer.service.rights``."""

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
    """One signing key: its sealed secret, what it is for, and the dates that the identifier document publishes.

    It signs under one of the organisation's identifiers, from ``in_use_from`` until ``expires`` or ``revoked``, and
    stays published for good; a ``fragment`` is never used again. ``kind``, ``use`` and ``custody`` are those of
    ``issuer.keystore``; ``note_sealed`` says privately why a key was revoked.
    """

    __tablename__ = "signing_key"
    __table_args__ = (
        UniqueConstraint("organisation_id", "fragment"),
        UniqueConstraint("organisation_id", "id"),
        ForeignKeyConstraint(
            ["organisation_id", "identity_id"], ["identity.organisation_id", "identity.id"], name="identity"
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    identity_id: Mapped[str] = mapped_column(ID)
    fragment: Mapped[str] = mapped_column(String(60))
    multikey: Mapped[str] = mapped_column(String(1600), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    use: Mapped[str] = mapped_column(String(20))
    custody: Mapped[str] = mapped_column(String(20))
    sealed_seed: Mapped[bytes] = mapped_column(LargeBinary)
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    in_use_from: Mapped[datetime] = mapped_column(db.UtcDateTime)
    expires: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    revoked: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class IdentifierDocumentRow(Model):
    """The bytes that are served as the DID document of an organisation, where it has a web address."""

    __tablename__ = "identifier_document"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    etag: Mapped[str] = mapped_column(String(80))
    updated: Mapped[datetime] = mapped_column(db.UtcDateTime)
