"""The tables of accounts, made in a role's own metadata. Tokens and codes are stored as hashes only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, LargeBinary, MetaData, String, Table, Text, false

from kit.db import UtcDateTime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTables:
    """The six tables."""

    account: Table
    session: Table
    code: Table
    invitation: Table
    passkey: Table
    challenge: Table


def account_tables(metadata: MetaData) -> AccountTables:
    """Make `account`, `account_session`, `account_code`, `account_invitation`, `account_passkey` and
    `account_challenge` in `metadata`.

    Other tables may point at `account.id` (36 characters). A session's `passkey` says whether a passkey opened it. A
    passkey's `id` is the SHA-256 of the credential id that its device gave, and its sign count has 32 bits.
    """
    account = Table(
        "account",
        metadata,
        Column("id", String(36), primary_key=True),
        Column("login", String(200), nullable=False, unique=True),
        Column("name", LargeBinary, nullable=False),
        Column("password", Text, nullable=False),
        Column("scope", String(200), nullable=False),
        Column("disabled", Boolean, nullable=False),
        Column("created", UtcDateTime, nullable=False),
    )
    session = Table(
        "account_session",
        metadata,
        Column("token", String(64), primary_key=True),
        Column("account_id", String(36), ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("created", UtcDateTime, nullable=False),
        Column("seen", UtcDateTime, nullable=False),
        Column("passkey", Boolean, nullable=False, server_default=false()),
    )
    code = Table(
        "account_code",
        metadata,
        Column("code", String(64), primary_key=True),
        Column("account_id", String(36), ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("kind", String(10), nullable=False),
        Column("expires", UtcDateTime, nullable=True),
    )
    invitation = Table(
        "account_invitation",
        metadata,
        Column("token", String(64), primary_key=True),
        Column("scope", String(200), nullable=False),
        Column("invited_by", String(36), nullable=False),
        Column("expires", UtcDateTime, nullable=False),
    )
    passkey = Table(
        "account_passkey",
        metadata,
        Column("id", String(64), primary_key=True),
        Column("account_id", String(36), ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("credential", LargeBinary, nullable=False),
        Column("public_key", LargeBinary, nullable=False),
        Column("sign_count", BigInteger, nullable=False),
        Column("transports", String(100), nullable=False),
        Column("backed_up", Boolean, nullable=False),
        Column("name", LargeBinary, nullable=False),
        Column("created", UtcDateTime, nullable=False),
        Column("used", UtcDateTime, nullable=True),
    )
    challenge = Table(
        "account_challenge",
        metadata,
        Column("challenge", String(64), primary_key=True),
        Column("account_id", String(36), ForeignKey("account.id", ondelete="CASCADE"), nullable=True, index=True),
        Column("purpose", String(10), nullable=False),
        Column("bound", String(64), nullable=False),
        Column("expires", UtcDateTime, nullable=False, index=True),
    )
    return AccountTables(
        account=account, session=session, code=code, invitation=invitation, passkey=passkey, challenge=challenge
    )
