"""Status lists and the indices that are taken in them."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import CREDENTIAL_ID, ID, Model
from kit import db


class StatusListRow(Model):
    """One status list of an organisation, with the signed bytes that are served. Its purpose never changes, nor
    does the identifier that signs it, which is that of the credentials in it.

    ``changes`` counts what happened to its entries and ``rendered_changes`` how much of that the bytes show.
    """

    __tablename__ = "status_list"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        UniqueConstraint("organisation_id", "id"),
        ForeignKeyConstraint(
            ["organisation_id", "identity_id"], ["identity.organisation_id", "identity.id"], name="identity"
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    identity_id: Mapped[str] = mapped_column(ID)
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
    """One index of one list, taken by one credential for good. ``value`` is 0 until it is set, and then stays; only in
    a list of suspensions it goes back to 0. ``changed`` is when it was set or lifted last; it only rises.

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
