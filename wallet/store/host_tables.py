"""The tables of awards that come from elsewhere: who may put them here, for which learner, and what they did.

A client's own description is the provider's and stands in clear; what concerns a learner is ids, states and times. No
secret stands here: of secrets, codes and tokens only hashes do.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wallet.store.tables import OfLearner, Row

_SCOPES = 1000


def _below_learner() -> tuple[ForeignKeyConstraint]:
    return (ForeignKeyConstraint(["family_id", "learner_id"], ["learner.family_id", "learner.id"]),)


class HostClient(Row):
    """A program that registered itself. `described`: JSON, what it says of itself; `used_at`: when anybody was last
    asked about it, and None for one that lapses.
    """

    __tablename__ = "host_client"

    id: Mapped[str] = mapped_column(primary_key=True)
    secret_hash: Mapped[bytes]
    described: Mapped[str] = mapped_column(Text)
    registered_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class HostConnection(OfLearner, Row):
    """That a client may do something for a learner, or that somebody asks for it. `scopes`: words with a blank between;
    `reads`: "own" or "all". `sealed`: the way back for whoever waits, and a name that the provider proposes.
    """

    __tablename__ = "host_connection"
    __table_args__ = _below_learner()

    id: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("host_client.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    scopes: Mapped[str] = mapped_column(String(_SCOPES))
    reads: Mapped[str] = mapped_column(String(4))
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class HostCode(Row):
    """A code that a client turns into tokens, once."""

    __tablename__ = "host_code"

    id: Mapped[str] = mapped_column(primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    connection_id: Mapped[str] = mapped_column(ForeignKey("host_connection.id"), index=True)
    redirect_uri: Mapped[str] = mapped_column(Text)
    challenge: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[str] = mapped_column(String(_SCOPES))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class HostToken(Row):
    """A token. `chain` is the code from which it and those before and after it came: they end together.

    `kind` is "access" or "refresh"; a refresh token that was used stays until it runs out, to know it when it comes
    again.
    """

    __tablename__ = "host_token"

    id: Mapped[str] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    connection_id: Mapped[str] = mapped_column(ForeignKey("host_connection.id"), index=True)
    chain: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(8))
    scopes: Mapped[str] = mapped_column(String(_SCOPES))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class HostAct(OfLearner, Row):
    """What a client did for a learner; the same again on the same day is counted. `sealed`: why it was not taken."""

    __tablename__ = "host_act"
    __table_args__ = _below_learner()

    id: Mapped[str] = mapped_column(primary_key=True)
    connection_id: Mapped[str] = mapped_column(ForeignKey("host_connection.id"), index=True)
    credential_id: Mapped[str | None] = mapped_column(ForeignKey("credential.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    times: Mapped[int]
