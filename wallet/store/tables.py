"""The wallet's tables, typed.

Each row that holds something personal holds it in one column, `sealed`: bytes that only the keystore opens, bound to
the row
by its family, learner, table, id and `version`. What stands in clear is ids, states and times, never a name or a title.
Every table names its family, and every table below the learner names the pair, so that no query and no foreign key can
reach across families.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import Date, ForeignKey, ForeignKeyConstraint, Integer, LargeBinary, MetaData, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kit.accounts import account_tables
from kit.audit import audit_table
from kit.db import UtcDateTime, metadata
from kit.vault import vault_table

METADATA: Final[MetaData] = metadata()
ACCOUNTS: Final = account_tables(METADATA)
AUDIT: Final = audit_table(
    METADATA, detail_keys=("learner", "share", "claim", "credential", "client", "state", "count", "kind")
)
VAULT: Final = vault_table(METADATA)


class Row(DeclarativeBase):
    """What every table shares: one MetaData with the naming convention of the house."""

    metadata = METADATA
    type_annotation_map = {str: String(36), bytes: LargeBinary, datetime: UtcDateTime, date: Date, int: Integer}  # noqa: RUF012


class Family(Row):
    """A household, or one adult alone. `sealed`: name."""

    __tablename__ = "family"

    id: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    wrapped_key: Mapped[bytes]
    version: Mapped[int] = mapped_column(default=1)
    sealed: Mapped[bytes]


class Member(Row):
    """A person of a family who signs in. `sealed`: the name that the family sees."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("family_id", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("family.id"), index=True)
    user_id: Mapped[str] = mapped_column(unique=True)
    organises: Mapped[bool]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    sealed: Mapped[bytes]


class Learner(Row):
    """A person whose awards are kept. `sealed`: name and birth date.

    Without `wrapped_key` nothing of theirs can be read again.
    """

    __tablename__ = "learner"
    __table_args__ = (
        UniqueConstraint("family_id", "id"),
        ForeignKeyConstraint(["family_id", "member_id"], ["member.family_id", "member.id"]),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("family.id"), index=True)
    member_id: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    wrapped_key: Mapped[bytes]
    version: Mapped[int] = mapped_column(default=1)
    sealed: Mapped[bytes]


class Guardianship(Row):
    """What one member may do for one learner, and until when.

    `valid_until` is the first day on which it no longer holds.
    """

    __tablename__ = "guardianship"
    __table_args__ = (
        ForeignKeyConstraint(["family_id", "member_id"], ["member.family_id", "member.id"]),
        ForeignKeyConstraint(["family_id", "learner_id"], ["learner.family_id", "learner.id"]),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    family_id: Mapped[str]
    member_id: Mapped[str] = mapped_column(index=True)
    learner_id: Mapped[str] = mapped_column(index=True)
    basis: Mapped[str] = mapped_column(String(24))
    scopes: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    valid_until: Mapped[date | None]
    ended_at: Mapped[datetime | None]


class Invitation(Row):
    """A link by which a person joins:
    a new family, a guardian of this one, or a learner who gets a sign-in. `sealed`: the name.
    """

    __tablename__ = "invitation"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    family_id: Mapped[str | None] = mapped_column(ForeignKey("family.id"), index=True)
    learner_id: Mapped[str | None]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    scopes: Mapped[str] = mapped_column(String(80))
    valid_until: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    sealed: Mapped[bytes | None]


class OfLearner:
    """The two columns by which everything below a learner is found, and by which nothing else is."""

    family_id: Mapped[str]
    learner_id: Mapped[str] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)
    sealed: Mapped[bytes]


def _of_learner(*others: UniqueConstraint) -> tuple[ForeignKeyConstraint | UniqueConstraint, ...]:
    pair = ["family_id", "learner_id"]
    return (ForeignKeyConstraint(pair, ["learner.family_id", "learner.id"]), *others)


class LearnerKey(OfLearner, Row):
    """A learner's key for one issuer. `sealed`: the seed and the issuer;
    `issuer_index` finds it without naming the issuer.
    """

    __tablename__ = "learner_key"
    __table_args__ = _of_learner(UniqueConstraint("learner_id", "issuer_index"))

    id: Mapped[str] = mapped_column(primary_key=True)
    issuer_index: Mapped[bytes]
    created_at: Mapped[datetime]


class Credential(OfLearner, Row):
    """One credential as the family sees it: the newest document, the note, the state. `sealed`:
    the note and the summary.
    """

    __tablename__ = "credential"
    __table_args__ = _of_learner(UniqueConstraint("learner_id", "identity_index"))

    id: Mapped[str] = mapped_column(primary_key=True)
    identity_index: Mapped[bytes]
    key_id: Mapped[str | None] = mapped_column(ForeignKey("learner_key.id"))
    edition: Mapped[int]
    received_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class Edition(OfLearner, Row):
    """One edition of a credential, byte for byte as it came. `sealed`: those bytes."""

    __tablename__ = "edition"
    __table_args__ = _of_learner(UniqueConstraint("credential_id", "number"))

    id: Mapped[str] = mapped_column(primary_key=True)
    credential_id: Mapped[str] = mapped_column(ForeignKey("credential.id"), index=True)
    number: Mapped[int]
    source: Mapped[str] = mapped_column(String(8))
    received_at: Mapped[datetime]


class Original(OfLearner, Row):
    """The file in which an edition came, where it came inside one (a picture, a PDF). `sealed`: that file's bytes."""

    __tablename__ = "original"
    __table_args__ = _of_learner(UniqueConstraint("edition_id"))

    id: Mapped[str] = mapped_column(primary_key=True)
    edition_id: Mapped[str] = mapped_column(ForeignKey("edition.id"))
    media_type: Mapped[str] = mapped_column(String(40))


class Checking(OfLearner, Row):
    """The last check of a credential. `sealed`: the report, each check with the age of its evidence."""

    __tablename__ = "checking"
    __table_args__ = _of_learner(UniqueConstraint("credential_id"))

    id: Mapped[str] = mapped_column(primary_key=True)
    credential_id: Mapped[str] = mapped_column(ForeignKey("credential.id"))
    checked_at: Mapped[datetime]


class Claim(Row):
    """An offer on its way in. `sealed` (under the family's key until a learner is chosen):
    link, card and what went wrong.
    """

    __tablename__ = "claim"
    __table_args__ = (ForeignKeyConstraint(["family_id", "learner_id"], ["learner.family_id", "learner.id"]),)

    id: Mapped[str] = mapped_column(primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("family.id"), index=True)
    learner_id: Mapped[str | None] = mapped_column(index=True)
    offer_index: Mapped[bytes] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(12))
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    credential_id: Mapped[str | None] = mapped_column(ForeignKey("credential.id"))
    version: Mapped[int] = mapped_column(default=1)
    sealed: Mapped[bytes]


class Share(OfLearner, Row):
    """A set of credentials for one reader until a day. `sealed`:
    recipient, purpose, the shown name, the link's secret, the code, and the passcode's hash.

    `used_views` counts the openings that a limit (`most_views`) counts, `misses` the passcodes that were wrong.
    """

    __tablename__ = "share"
    __table_args__ = _of_learner(UniqueConstraint("token_hash"), UniqueConstraint("code_hash"))

    id: Mapped[str] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes]
    code_hash: Mapped[bytes]
    state: Mapped[str] = mapped_column(String(12))
    started_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    recalled_at: Mapped[datetime | None]
    most_views: Mapped[int | None]
    used_views: Mapped[int] = mapped_column(default=0, server_default="0")
    misses: Mapped[int] = mapped_column(default=0, server_default="0")


class Permission(OfLearner, Row):
    """That a guardian lets a minor share without asking: with one recipient (`sealed`), or with `everybody`.

    It holds as long as whoever gave it may approve shares.
    """

    __tablename__ = "permission"
    __table_args__ = _of_learner()

    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str]
    everybody: Mapped[bool]
    created_at: Mapped[datetime]


class ShareItem(Row):
    """One credential of one share, in the order chosen, in the edition that was shown before it was shared."""

    __tablename__ = "share_item"

    share_id: Mapped[str] = mapped_column(ForeignKey("share.id"), primary_key=True)
    credential_id: Mapped[str] = mapped_column(ForeignKey("credential.id"), primary_key=True)
    position: Mapped[int]
    edition: Mapped[int]


class SharePart(OfLearner, Row):
    """The part of an award that a share shows, where that is not all of it. `sealed`: the document made of it, and how
    many of its lines those are.
    """

    __tablename__ = "share_part"
    __table_args__ = _of_learner(UniqueConstraint("share_id", "credential_id"))

    id: Mapped[str] = mapped_column(primary_key=True)
    share_id: Mapped[str] = mapped_column(ForeignKey("share.id"))
    credential_id: Mapped[str] = mapped_column(ForeignKey("credential.id"), index=True)


class ShareView(OfLearner, Row):
    """That a share was opened: when, how, and by whom as the reader put it (`sealed`). No address, no place."""

    __tablename__ = "share_view"
    __table_args__ = _of_learner()

    id: Mapped[str] = mapped_column(primary_key=True)
    share_id: Mapped[str] = mapped_column(ForeignKey("share.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(8))


class CourtOrder(OfLearner, Row):
    """That a court took a member's say over a learner away, until it is lifted. `sealed`: the order's reference.

    Recorded by an operator's account; a row that a journal brought back after a restore has an empty reference.
    """

    __tablename__ = "court_order"
    __table_args__ = _of_learner()

    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    lifted_at: Mapped[datetime | None]


class Tombstone(Row):
    """That a learner or a credential was deleted for good:
    an id and a time, to be replayed after an older backup is restored.
    """

    __tablename__ = "tombstone"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
