"""Queries about withdrawals of many awards: which awards are meant, and what came of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import Session

from issuer.store.credentials import AWARD, VISIBLE
from issuer.store.tables import ClaimRow, CredentialRow, WithdrawalLineRow, WithdrawalRow

STANDING: Final = ("issued", "claimed")
"""The states of an award that can be withdrawn."""

WAITING, WITHDRAWN, ALREADY = "waiting", "withdrawn", "already"
_QUIET: Final = {"synchronize_session": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which awards are meant; empty members mean all. ``since`` and ``until`` bound when they were earned, both
    included; ``ids`` are credential ids.
    """

    achievement_id: str
    since: datetime | None
    until: datetime | None
    job_id: str
    ids: tuple[str, ...]


def standing(
    session: Session, organisation_id: str, chosen: Chosen, *, offset: int, limit: int
) -> tuple[Sequence[CredentialRow], int]:
    """One page of the awards that are meant and can be withdrawn, by name, and how many there are."""
    where = _meant(organisation_id, chosen)
    total = session.scalar(select(func.count()).select_from(CredentialRow).where(*where)) or 0
    query = select(CredentialRow).where(*where).order_by(CredentialRow.learner_folded, CredentialRow.id)
    return session.scalars(query.offset(offset).limit(limit)).all(), total


def standing_ids(session: Session, organisation_id: str, chosen: Chosen, *, most: int) -> list[str]:
    """The ids of the awards that are meant and can be withdrawn, in their order; at most one more than ``most``."""
    query = select(CredentialRow.id).where(*_meant(organisation_id, chosen)).order_by(CredentialRow.id)
    return list(session.scalars(query.limit(most + 1)))


def meant(session: Session, organisation_id: str, chosen: Chosen, credential_ids: Sequence[str]) -> bool:
    """Whether any of these awards is meant and can be withdrawn."""
    where = (*_meant(organisation_id, chosen), CredentialRow.id.in_(credential_ids))
    return session.scalar(select(CredentialRow.id).where(*where).limit(1)) is not None


def known(session: Session, organisation_id: str, credential_ids: Sequence[str]) -> int:
    """How many of these awards there are at this organisation, whatever became of them."""
    where = (
        CredentialRow.organisation_id == organisation_id,
        CredentialRow.kind == AWARD,
        CredentialRow.state.in_(VISIBLE),
        CredentialRow.id.in_(credential_ids),
    )
    return session.scalar(select(func.count()).select_from(CredentialRow).where(*where)) or 0


def by_request(session: Session, organisation_id: str, request: str) -> WithdrawalRow | None:
    """The withdrawal that this request began."""
    where = (WithdrawalRow.organisation_id == organisation_id, WithdrawalRow.request == request)
    return session.scalar(select(WithdrawalRow).where(*where).execution_options(populate_existing=True))


def one(session: Session, organisation_id: str, withdrawal_id: str) -> WithdrawalRow | None:
    """One withdrawal of this organisation."""
    where = (WithdrawalRow.organisation_id == organisation_id, WithdrawalRow.id == withdrawal_id)
    return session.scalar(select(WithdrawalRow).where(*where))


def listing(session: Session, organisation_id: str, *, offset: int, limit: int) -> tuple[Sequence[WithdrawalRow], int]:
    """One page of an organisation's withdrawals, newest first, and how many there are."""
    where = WithdrawalRow.organisation_id == organisation_id
    total = session.scalar(select(func.count()).select_from(WithdrawalRow).where(where)) or 0
    query = select(WithdrawalRow).where(where).order_by(WithdrawalRow.created.desc(), WithdrawalRow.id)
    return session.scalars(query.offset(offset).limit(limit)).all(), total


def add_lines(session: Session, withdrawal: WithdrawalRow, credential_ids: Sequence[str]) -> None:
    """Fix which awards a withdrawal is about."""
    session.flush()
    rows = [
        {
            "withdrawal_id": withdrawal.id,
            "credential_id": credential_id,
            "organisation_id": withdrawal.organisation_id,
            "state": WAITING,
        }
        for credential_id in credential_ids
    ]
    session.execute(insert(WithdrawalLineRow), rows)


def waiting(session: Session, withdrawal_id: str, limit: int) -> list[str]:
    """The next awards of a withdrawal, in their order."""
    where = (WithdrawalLineRow.withdrawal_id == withdrawal_id, WithdrawalLineRow.state == WAITING)
    query = select(WithdrawalLineRow.credential_id).where(*where).order_by(WithdrawalLineRow.credential_id)
    return list(session.scalars(query.limit(limit)))


def asked_for(session: Session, credential_ids: Sequence[str]) -> dict[str, str]:
    """Which withdrawal was about to withdraw each of these awards, by credential; the others are left out."""
    query = select(WithdrawalLineRow.credential_id, WithdrawalLineRow.withdrawal_id).where(
        WithdrawalLineRow.credential_id.in_(credential_ids), WithdrawalLineRow.state == WAITING
    )
    return {row.credential_id: row.withdrawal_id for row in session.execute(query)}


def settle(session: Session, withdrawal_id: str, credential_ids: Sequence[str], state: str) -> None:
    """Say what came of awards of a withdrawal."""
    session.execute(
        update(WithdrawalLineRow)
        .where(WithdrawalLineRow.withdrawal_id == withdrawal_id, WithdrawalLineRow.credential_id.in_(credential_ids))
        .values(state=state),
        execution_options=_QUIET,
    )


def lock_standing(session: Session, organisation_id: str, credential_ids: Sequence[str]) -> list[str]:
    """Those of these awards that can be withdrawn, locked until the session ends, in their order."""
    query = select(CredentialRow.id).where(
        CredentialRow.organisation_id == organisation_id,
        CredentialRow.id.in_(credential_ids),
        CredentialRow.state.in_(STANDING),
    )
    return list(session.scalars(query.order_by(CredentialRow.id).with_for_update(key_share=True)))


def withdraw(
    session: Session, organisation_id: str, credential_ids: Sequence[str], *, reason: str, at: datetime
) -> None:
    """Mark awards as withdrawn. Their bits are set by ``status.set_many``."""
    session.execute(
        update(CredentialRow)
        .where(CredentialRow.organisation_id == organisation_id, CredentialRow.id.in_(credential_ids))
        .values(state="revoked", revoked=at, revocation_reason=reason),
        execution_options=_QUIET,
    )


def recall_open(session: Session, organisation_id: str, credential_ids: Sequence[str], now: datetime) -> list[str]:
    """End the open claims of awards and erase what could be printed of them; the awards that had one."""
    ended = (
        update(ClaimRow)
        .where(
            ClaimRow.organisation_id == organisation_id,
            ClaimRow.credential_id.in_(credential_ids),
            ClaimRow.state == "open",
        )
        .values(state="recalled", recalled=now, secrets_sealed=None)
        .returning(ClaimRow.credential_id)
    )
    return sorted(set(session.scalars(ended, execution_options=_QUIET)))


def _meant(organisation_id: str, chosen: Chosen) -> list[ColumnElement[bool]]:
    where = [
        CredentialRow.organisation_id == organisation_id,
        CredentialRow.kind == AWARD,
        CredentialRow.state.in_(STANDING),
    ]
    if chosen.achievement_id:
        where.append(CredentialRow.achievement_id == chosen.achievement_id)
    if chosen.since is not None:
        where.append(CredentialRow.awarded >= chosen.since)
    if chosen.until is not None:
        where.append(CredentialRow.awarded <= chosen.until)
    if chosen.job_id:
        where.append(CredentialRow.job_id == chosen.job_id)
    if chosen.ids:
        where.append(CredentialRow.id.in_(chosen.ids))
    return where
