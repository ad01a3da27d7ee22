"""The tables of accounts, made in a role's own metadata. Tokens and codes are stored as hashes only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Boolean, Column, ForeignKey, LargeBinary, MetaData, String, Table, Text

from kit.db import UtcDateTime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTables:
    """The four tables."""

    account: Table
    session: Table
    code: Table
    invitation: Table


def account_tables(metadata: MetaData) -> AccountTables:
    """Make `account`, `account_session`, `account_code` and `account_invitation` in `metadata`.

    Other tables may point at `account.id` (36 characters).
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
    return AccountTables(account=account, session=session, code=code, invitation=invitation)
