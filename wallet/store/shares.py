"""Shares, what they hold and who opened them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from wallet.store.tables import Credential, Share, ShareItem, ShareView


def share(session: Session, family_id: str, share_id: str) -> Share | None:
    """A share, if of that family."""
    return session.scalars(select(Share).where(Share.family_id == family_id, Share.id == share_id)).one_or_none()


def shares(
    session: Session, family_id: str, learner_id: str, *, offset: int = 0, limit: int | None = None
) -> Sequence[Share]:
    """A learner's shares, newest first; with `limit` that many at most, after `offset`."""
    query = select(Share).where(Share.family_id == family_id, Share.learner_id == learner_id)
    return session.scalars(query.order_by(Share.created_at.desc(), Share.id).offset(offset).limit(limit)).all()


def count_shares(session: Session, family_id: str, learner_id: str) -> int:
    """How many shares a learner has, in whatever state."""
    query = select(func.count()).where(Share.family_id == family_id, Share.learner_id == learner_id)
    return session.scalar(query) or 0


def count_working(session: Session, family_id: str, learner_id: str, now: datetime) -> int:
    """How many of a learner's links work at that moment."""
    query = select(func.count()).where(
        Share.family_id == family_id, Share.learner_id == learner_id, Share.state == "active", Share.expires_at > now
    )
    return session.scalar(query) or 0


def share_by_token(session: Session, token_hash: bytes) -> Share | None:
    """The share behind a link, in whatever state."""
    return session.scalars(select(Share).where(Share.token_hash == token_hash)).one_or_none()


def share_by_code(session: Session, code_hash: bytes) -> Share | None:
    """The share behind a typed code, in whatever state."""
    return session.scalars(select(Share).where(Share.code_hash == code_hash)).one_or_none()


def shared_credentials(session: Session, share_id: str) -> Sequence[tuple[Credential, int]]:
    """What a share holds and the bin does not, in the order chosen, each with the number of the shared edition."""
    query = (
        select(Credential, ShareItem.edition)
        .join(ShareItem, ShareItem.credential_id == Credential.id)
        .where(ShareItem.share_id == share_id, Credential.deleted_at.is_(None))
    )
    return [(row, edition) for row, edition in session.execute(query.order_by(ShareItem.position))]


def pin(session: Session, share_id: str, credential_id: str, edition: int) -> None:
    """Let a share hold that edition of a credential from now on."""
    session.execute(
        update(ShareItem)
        .where(ShareItem.share_id == share_id, ShareItem.credential_id == credential_id)
        .values(edition=edition)
    )


def shares_of_credential(session: Session, family_id: str, credential_id: str) -> Sequence[Share]:
    """The shares that hold a credential, newest first."""
    query = (
        select(Share)
        .join(ShareItem, ShareItem.share_id == Share.id)
        .where(Share.family_id == family_id, ShareItem.credential_id == credential_id)
    )
    return session.scalars(query.order_by(Share.created_at.desc())).all()


def views(session: Session, family_id: str, share_id: str) -> Sequence[ShareView]:
    """Who opened a share, latest first."""
    query = select(ShareView).where(ShareView.family_id == family_id, ShareView.share_id == share_id)
    return session.scalars(query.order_by(ShareView.at.desc(), ShareView.id)).all()


def view_counts(session: Session, family_id: str, learner_id: str) -> dict[str, tuple[int, datetime]]:
    """How often each share of a learner was opened, and when last."""
    query = (
        select(ShareView.share_id, func.count(), func.max(ShareView.at))
        .where(ShareView.family_id == family_id, ShareView.learner_id == learner_id)
        .group_by(ShareView.share_id)
    )
    return {share_id: (count, last) for share_id, count, last in session.execute(query)}


def move(session: Session, share_id: str, *, expected: Sequence[str], state: str) -> bool:
    """Move a share from one of the expected states to another; False if it was elsewhere by then."""
    done = session.execute(update(Share).where(Share.id == share_id, Share.state.in_(expected)).values(state=state))
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def recall_every(session: Session, now: datetime) -> int:
    """Stop every link of every family; the number of links stopped."""
    done = session.execute(
        update(Share).where(Share.state.in_(["waiting", "active"])).values(state="recalled", recalled_at=now)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def recall_all(session: Session, family_id: str, learner_id: str, now: datetime) -> int:
    """Stop every link of a learner; the number of links stopped."""
    done = session.execute(
        update(Share)
        .where(Share.family_id == family_id, Share.learner_id == learner_id, Share.state.in_(["waiting", "active"]))
        .values(state="recalled", recalled_at=now)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
