"""The second way to data keys: every query about it, and what is done when the first way is lost for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from wallet.store.recovery_tables import RecoveryKey, RecoverySlot, RecoveryWrap
from wallet.store.tables import ACCOUNTS

CLOSED = "closed:"
"""What the sign-in name of an account begins with whose own one can no longer be found."""


def drop(session: Session, member_id: str) -> None:
    """Forget a member's pair, with everything that was sealed for it."""
    session.execute(delete(RecoveryKey).where(RecoveryKey.member_id == member_id))
    session.flush()


def pairs(session: Session, family_id: str) -> Sequence[RecoveryKey]:
    """The pairs of a family's members."""
    return session.scalars(select(RecoveryKey).where(RecoveryKey.family_id == family_id)).all()


def families(session: Session) -> Sequence[str]:
    """The families of which somebody has a pair."""
    return session.scalars(select(RecoveryKey.family_id).distinct()).all()


def wraps(session: Session, member_id: str) -> Sequence[RecoveryWrap]:
    """What is sealed for a member's pair."""
    return session.scalars(select(RecoveryWrap).where(RecoveryWrap.member_id == member_id)).all()


def slots_left(session: Session, member_id: str) -> int:
    """How many of a member's codes open the pair."""
    return session.scalar(select(func.count()).where(RecoverySlot.member_id == member_id)) or 0


def slot(session: Session, code: str) -> RecoverySlot | None:
    """What a code (its digest) opens."""
    return session.get(RecoverySlot, code)


def erase_of_learner(session: Session, learner_id: str) -> None:
    """Remove every copy of a learner's data key."""
    session.execute(delete(RecoveryWrap).where(RecoveryWrap.learner_id == learner_id))


def drop_copy(session: Session, *, learner_id: str, member_id: str) -> None:
    """Remove the copy of a learner's data key that a member's codes open."""
    these = (RecoveryWrap.learner_id == learner_id, RecoveryWrap.member_id == member_id)
    session.execute(delete(RecoveryWrap).where(*these))


def spend(session: Session, code: str) -> str | None:
    """Use a recovery code up; the account's id, or None if it was used by then."""
    table = ACCOUNTS.code
    done = session.execute(
        delete(table).where(table.c.code == code, table.c.kind == "recovery").returning(table.c.account_id)
    ).first()
    return done.account_id if done is not None else None


def account(session: Session, account_id: str) -> Any:
    """An account's row, whatever its state."""
    return session.execute(select(ACCOUNTS.account).where(ACCOUNTS.account.c.id == account_id)).first()


def reopen(session: Session, account_id: str, *, login: str, password: str, name: bytes) -> None:
    """Give a closed account a sign-in name, a password (hashed) and its name (sealed)."""
    table = ACCOUNTS.account
    changed = {"login": login, "password": password, "name": name, "disabled": False}
    session.execute(update(table).where(table.c.id == account_id).values(changed))


def closed(session: Session) -> int:
    """How many accounts are closed because a key was lost."""
    table = ACCOUNTS.account
    return session.scalar(select(func.count()).where(table.c.login.like(f"{CLOSED}%"))) or 0


def ids(session: Session, *, passkeys: bool) -> Sequence[str]:
    """The ids of all accounts, or of all passkeys."""
    return session.scalars(select((ACCOUNTS.passkey if passkeys else ACCOUNTS.account).c.id)).all()


def close_account(session: Session, account_id: str, *, name: bytes) -> None:
    """Let nobody in by an account whose sign-in name can no longer be found."""
    table, kept = ACCOUNTS.account, ACCOUNTS.session
    changed = {"login": f"{CLOSED}{account_id}", "name": name, "disabled": True}
    session.execute(update(table).where(table.c.id == account_id).values(changed))
    session.execute(delete(kept).where(kept.c.account_id == account_id))


def rename_passkey(session: Session, passkey_id: str, *, name: bytes) -> None:
    """Another name (sealed) for a passkey."""
    table = ACCOUNTS.passkey
    session.execute(update(table).where(table.c.id == passkey_id).values(name=name))
