"""Clients, connections, codes, tokens and acts: every query about awards that come from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from wallet.store.host_tables import HostAct, HostClient, HostCode, HostConnection, HostToken


def client(session: Session, client_id: str) -> HostClient | None:
    """A client by its id."""
    return session.get(HostClient, client_id)


def clients(session: Session) -> Sequence[HostClient]:
    """Every client, the newest first."""
    return session.scalars(select(HostClient).order_by(HostClient.registered_at.desc(), HostClient.id)).all()


def live_of_client(session: Session, client_id: str) -> Sequence[HostConnection]:
    """What a client may do at present, or asks for, in every family."""
    query = select(HostConnection).where(HostConnection.client_id == client_id, HostConnection.ended_at.is_(None))
    return session.scalars(query.order_by(HostConnection.id)).all()


def connection(session: Session, family_id: str, connection_id: str) -> HostConnection | None:
    """A connection, if of that family."""
    query = select(HostConnection).where(HostConnection.family_id == family_id, HostConnection.id == connection_id)
    return session.scalars(query).one_or_none()


def connection_by_id(session: Session, connection_id: str) -> HostConnection | None:
    """A connection by its id alone: for what a token or a code leads to."""
    return session.get(HostConnection, connection_id)


def connections(session: Session, family_id: str, learner_id: str) -> Sequence[HostConnection]:
    """A learner's connections, newest first."""
    query = select(HostConnection).where(HostConnection.family_id == family_id, HostConnection.learner_id == learner_id)
    return session.scalars(query.order_by(HostConnection.started_at.desc(), HostConnection.id)).all()


def live(
    session: Session, family_id: str, learner_id: str, client_id: str, states: Sequence[str]
) -> HostConnection | None:
    """The newest connection of a learner with a client, in one of the states."""
    query = select(HostConnection).where(
        HostConnection.family_id == family_id,
        HostConnection.learner_id == learner_id,
        HostConnection.client_id == client_id,
        HostConnection.state.in_(states),
    )
    return session.scalars(query.order_by(HostConnection.started_at.desc(), HostConnection.id)).first()


def move(session: Session, connection_id: str, *, expected: str, state: str) -> bool:
    """Move a connection from one state to another; False if it was elsewhere by then."""
    query = update(HostConnection).where(HostConnection.id == connection_id, HostConnection.state == expected)
    done = session.execute(query.values(state=state).execution_options(synchronize_session="fetch"))
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def code(session: Session, code_hash: bytes) -> HostCode | None:
    """A code by its hash, used or not."""
    return session.scalars(select(HostCode).where(HostCode.code_hash == code_hash)).one_or_none()


def use_code(session: Session, code_id: str, now: datetime) -> bool:
    """Mark a code as used; False if somebody did before."""
    query = update(HostCode).where(HostCode.id == code_id, HostCode.used_at.is_(None)).values(used_at=now)
    return bool(session.execute(query).rowcount == 1)  # type: ignore[attr-defined]


def token(session: Session, token_hash: bytes) -> HostToken | None:
    """A token by its hash, used or not."""
    return session.scalars(select(HostToken).where(HostToken.token_hash == token_hash)).one_or_none()


def use_token(session: Session, token_id: str, now: datetime) -> bool:
    """Mark a refresh token as used; False if somebody did before."""
    query = update(HostToken).where(HostToken.id == token_id, HostToken.used_at.is_(None)).values(used_at=now)
    return bool(session.execute(query).rowcount == 1)  # type: ignore[attr-defined]


def end_access(session: Session, chain: str) -> None:
    """Remove the access tokens of a chain: a newer one is there."""
    session.execute(delete(HostToken).where(HostToken.chain == chain, HostToken.kind == "access"))


def end_chain(session: Session, chain: str) -> None:
    """Remove every token that came from one code."""
    session.execute(delete(HostToken).where(HostToken.chain == chain))


def end_tokens(session: Session, connection_id: str) -> None:
    """Remove every code and token of a connection."""
    session.execute(delete(HostToken).where(HostToken.connection_id == connection_id))
    session.execute(delete(HostCode).where(HostCode.connection_id == connection_id))


def acts(session: Session, family_id: str, connection_id: str) -> Sequence[HostAct]:
    """What a client did, the latest first."""
    query = select(HostAct).where(HostAct.family_id == family_id, HostAct.connection_id == connection_id)
    return session.scalars(query.order_by(HostAct.last_at.desc(), HostAct.id)).all()


def act_since(
    session: Session, connection_id: str, kind: str, credential_id: str | None, moment: datetime
) -> HostAct | None:
    """The same act since a moment, to be counted once more."""
    same = HostAct.credential_id.is_(None) if credential_id is None else HostAct.credential_id == credential_id
    query = select(HostAct).where(
        HostAct.connection_id == connection_id, HostAct.kind == kind, same, HostAct.first_at >= moment
    )
    return session.scalars(query.order_by(HostAct.first_at.desc())).first()


def put_here(session: Session, connection_id: str) -> set[str]:
    """The ids of the credentials that a client put here, or sent when they were here."""
    query = select(HostAct.credential_id).where(
        HostAct.connection_id == connection_id, HostAct.kind.in_(("created", "replaced", "same"))
    )
    return {found for found in session.scalars(query) if found is not None}


def forget_old(session: Session, now: datetime, unused_before: datetime) -> int:
    """Remove codes and tokens that ran out, and clients that registered before a moment and were never used; how many
    clients.
    """
    session.execute(delete(HostCode).where(HostCode.expires_at < now))
    session.execute(delete(HostToken).where(HostToken.expires_at < now))
    idle = delete(HostClient).where(HostClient.used_at.is_(None), HostClient.registered_at < unused_before)
    return int(session.execute(idle).rowcount)  # type: ignore[attr-defined]


def erase_of_learner(session: Session, learner_id: str) -> None:
    """Remove every connection of a learner with what hangs on it."""
    of_learner = select(HostConnection.id).where(HostConnection.learner_id == learner_id)
    for table in (HostToken, HostCode, HostAct):
        session.execute(delete(table).where(table.connection_id.in_(of_learner)))
    session.execute(delete(HostConnection).where(HostConnection.learner_id == learner_id))


def forget_credential(session: Session, credential_id: str) -> None:
    """Let no act name a credential any more: it is erased."""
    session.execute(update(HostAct).where(HostAct.credential_id == credential_id).values(credential_id=None))


def end(session: Session, connection_id: str, now: datetime) -> None:
    """End a connection, with its codes and tokens. Safe to repeat."""
    end_tokens(session, connection_id)
    query = update(HostConnection).where(
        HostConnection.id == connection_id, or_(HostConnection.state != "ended", HostConnection.ended_at.is_(None))
    )
    session.execute(query.values(state="ended", ended_at=now).execution_options(synchronize_session="fetch"))
