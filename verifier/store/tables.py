"""The verifier's tables.

Stored verdicts are sealed: the row is found by a hash of the verdict's id and opened with a key made from the id, so
that nobody who holds the database, a backup of it or its operator's password can read whose records were checked.
What is remembered about lists (which entries were seen set, the newest version seen) names no person.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kit import audit, db, vault
from kit.accounts import account_tables


class Model(DeclarativeBase):
    """The verifier's own metadata: one naming convention, no table shared with another role."""

    metadata = db.metadata()


METADATA = Model.metadata
ACCOUNTS = account_tables(METADATA)
VAULT_CHECK = vault.vault_table(METADATA)
AUDIT = audit.audit_table(METADATA, detail_keys=("batch",))


class StoredVerdict(Model):
    """One verdict: sealed, compressed, deleted when it expires."""

    __tablename__ = "verdict"

    locator: Mapped[str] = mapped_column(String(64), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created: Mapped[datetime] = mapped_column(db.UtcDateTime)
    expires: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)


class RecognisedIssuerRow(Model):
    """One issuer that this office recognises, and on which of its lists."""

    __tablename__ = "recognised_issuer"

    id: Mapped[int] = mapped_column(primary_key=True)
    did: Mapped[str] = mapped_column(String(300), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    list_name: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text)
    added: Mapped[datetime] = mapped_column(db.UtcDateTime)
    added_by: Mapped[str] = mapped_column(String(200))


class RecognitionChangeRow(Model):
    """One change of the list of recognised issuers, kept so that it can be taken back.

    ``before`` and ``after`` are JSON objects of one entry, or null where there was or is none. The changes of one
    import share a ``batch`` and are taken back together.
    """

    __tablename__ = "recognition_change"
    __table_args__ = (Index("ix_recognition_change_batch", "batch"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    actor: Mapped[str] = mapped_column(String(200))
    did: Mapped[str] = mapped_column(String(300))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("recognition_change.id"))


class SeenEntryRow(Model):
    """The first time this verifier saw one entry of a status list set (revoked or suspended)."""

    __tablename__ = "seen_entry"
    __table_args__ = (UniqueConstraint("list_url", "position", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_url: Mapped[str] = mapped_column(String(2000))
    position: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(40))
    first_seen: Mapped[datetime] = mapped_column(db.UtcDateTime)


class SeenListRow(Model):
    """The newest verified version of a status list that this verifier has seen; an older one is a rollback."""

    __tablename__ = "seen_list"

    list_url: Mapped[str] = mapped_column(String(2000), primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(db.UtcDateTime)
    retrieved: Mapped[datetime] = mapped_column(db.UtcDateTime)
    media_type: Mapped[str] = mapped_column(String(200))
    body: Mapped[bytes] = mapped_column(LargeBinary)


class CachedResourceRow(Model):
    """A resource as it was last fetched well: for revalidation by ETag, and to say since when it cannot be reached."""

    __tablename__ = "cached_resource"

    url: Mapped[str] = mapped_column(String(2000), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str] = mapped_column(String(200))
    etag: Mapped[str | None] = mapped_column(String(500))
    retrieved: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
