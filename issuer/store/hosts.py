"""Queries about wallets elsewhere: hosts, who is on the way to one, and what waits to be sent there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, delete, or_, select, update
from sqlalchemy.orm import Session

from issuer.store.credentials import insert_if_new
from issuer.store.tables import CredentialRow, HostAttemptRow, HostRow, PushRow

WAITING: Final = "waiting"
ARRIVED: Final = "arrived"
FAILED: Final = "failed"
ENDED: Final = "ended"
HOLDS: Final = ("issued", "claimed")
"""The states of an award that is sent."""

_QUIET: Final = {"synchronize_session": False}


def one(session: Session, host_id: str) -> HostRow | None:
    """One host."""
    return session.get(HostRow, host_id)


def at(session: Session, base_url: str) -> HostRow | None:
    """The host at this address, if this server is registered there."""
    return session.scalar(select(HostRow).where(HostRow.base_url == base_url))


def add(session: Session, *, host_id: str, base_url: str, registered: datetime) -> None:
    """Add a host about which nothing is known yet, unless there is one at this address."""
    empty = dict.fromkeys(("name", "authorization_url", "token_url", "refresh_url", "scope", "client_id"), "")
    insert_if_new(
        session, HostRow, id=host_id, base_url=base_url, client_secret_sealed=b"", registered=registered, **empty
    )


def forget_attempts(session: Session, now: datetime) -> None:
    """Delete what is too old to come back."""
    session.execute(delete(HostAttemptRow).where(HostAttemptRow.expires <= now), execution_options=_QUIET)


def take_attempt(session: Session, state_hash: str, now: datetime) -> HostAttemptRow | None:
    """Use up an attempt: whoever comes second finds none."""
    gone = delete(HostAttemptRow).where(HostAttemptRow.state_hash == state_hash, HostAttemptRow.expires > now)
    return session.scalars(gone.returning(HostAttemptRow), execution_options=_QUIET).first()


def pushes(session: Session, organisation_id: str, credential_id: str) -> Sequence[tuple[PushRow, HostRow]]:
    """What was sent of one award, newest first, twenty at most."""
    query = (
        select(PushRow, HostRow)
        .join(HostRow, HostRow.id == PushRow.host_id)
        .where(PushRow.organisation_id == organisation_id, PushRow.credential_id == credential_id)
        .order_by(PushRow.created.desc(), PushRow.id)
    )
    return [(push, host) for push, host in session.execute(query.limit(20))]


def is_due(session: Session, now: datetime) -> bool:
    """Whether anything can be sent now."""
    return session.scalar(_due(now).limit(1)) is not None


def take(session: Session, now: datetime) -> PushRow | None:
    """What has waited longest, locked, and nobody else's at the same time."""
    query = _due(now).order_by(PushRow.next_try, PushRow.id).limit(1).with_for_update(skip_locked=True, key_share=True)
    return session.scalar(query.execution_options(populate_existing=True))


def lock(session: Session, push_id: str) -> PushRow | None:
    """One push, locked until the session ends and read afresh."""
    query = select(PushRow).where(PushRow.id == push_id).with_for_update(key_share=True)
    return session.scalar(query.execution_options(populate_existing=True))


def send_again(session: Session, organisation_id: str, credential_id: str, now: datetime) -> int:
    """Have an award, which is another one now, sent once more to each host that has it and lets us; to how many."""
    query = (
        select(PushRow)
        .where(*_leaves(organisation_id, credential_id))
        .order_by(PushRow.created.desc(), PushRow.id)
        .with_for_update(key_share=True)
    )
    newest = {row.host_id: row for row in reversed(session.scalars(query).all())}
    for row in newest.values():
        row.state, row.tries, row.next_try, row.busy_until = WAITING, 0, now, None
        row.code, row.answer, row.settled = 0, "", None
    session.flush()
    return len(newest)


def end_leaves(session: Session, organisation_id: str, credential_id: str, now: datetime) -> int:
    """Forget the leave to send an award once more, wherever there is one; how many there were. A correction that still
    waits, which has its leave alone, is not sent; an award that is on its way for the first time is.
    """
    rows = _under_way(session, organisation_id, credential_id, PushRow.refresh_sealed.is_not(None))
    for row in rows:
        row.refresh_sealed = None
        if row.state == WAITING and row.access_sealed is None:
            row.state, row.next_try, row.settled = ARRIVED, None, now
    session.flush()
    return len(rows)


def end_all(session: Session, organisation_id: str, credential_id: str, now: datetime) -> None:
    """Send an award nowhere any more: neither what still waits, for the first time or again, nor what comes later."""
    end_leaves(session, organisation_id, credential_id, now)
    for row in _under_way(session, organisation_id, credential_id, PushRow.state == WAITING):
        row.state, row.next_try, row.settled = ENDED, None, now
        row.answer, row.access_sealed = "", None
    session.flush()


def _under_way(
    session: Session, organisation_id: str, credential_id: str, which: ColumnElement[bool]
) -> Sequence[PushRow]:
    """What waits to be sent of an award, or arrived, locked and read afresh."""
    query = (
        select(PushRow)
        .where(PushRow.organisation_id == organisation_id, PushRow.credential_id == credential_id)
        .where(PushRow.state.in_((WAITING, ARRIVED)), which)
        .order_by(PushRow.created.desc(), PushRow.id)
        .with_for_update(key_share=True)
    )
    return session.scalars(query.execution_options(populate_existing=True)).all()


def forget_leaves(session: Session, before: datetime) -> None:
    """Forget leaves that were used last before then, and those to send what does not count any more."""
    gone = select(CredentialRow.id).where(
        CredentialRow.organisation_id == PushRow.organisation_id,
        CredentialRow.id == PushRow.credential_id,
        or_(CredentialRow.state.not_in(HOLDS), CredentialRow.erased.is_not(None)),
    )
    session.execute(
        update(PushRow)
        .where(PushRow.state == ARRIVED, PushRow.refresh_sealed.is_not(None))
        .where(or_(PushRow.settled < before, gone.exists()))
        .values(refresh_sealed=None),
        execution_options=_QUIET,
    )


def _leaves(organisation_id: str, credential_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        PushRow.organisation_id == organisation_id,
        PushRow.credential_id == credential_id,
        PushRow.state == ARRIVED,
        PushRow.refresh_sealed.is_not(None),
    )


def _due(now: datetime) -> Select[PushRow]:
    return select(PushRow).where(
        PushRow.state == WAITING,
        PushRow.next_try <= now,
        or_(PushRow.busy_until.is_(None), PushRow.busy_until < now),
    )
