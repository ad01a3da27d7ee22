"""Shares, what they hold and who opened them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from wallet.store.tables import Credential, Permission, Share, ShareItem, SharePart, ShareView


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
        Share.family_id == family_id,
        Share.learner_id == learner_id,
        Share.state == "active",
        Share.expires_at > now,
        or_(Share.most_views.is_(None), Share.used_views < Share.most_views),
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


def views(
    session: Session, family_id: str, share_id: str, *, offset: int = 0, limit: int | None = None
) -> Sequence[ShareView]:
    """Who opened a share, latest first; with `limit` that many at most, after `offset`."""
    query = select(ShareView).where(ShareView.family_id == family_id, ShareView.share_id == share_id)
    return session.scalars(query.order_by(ShareView.at.desc(), ShareView.id).offset(offset).limit(limit)).all()


def count_views(session: Session, family_id: str, share_id: str) -> int:
    """How often a share was opened."""
    query = select(func.count()).where(ShareView.family_id == family_id, ShareView.share_id == share_id)
    return session.scalar(query) or 0


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


def use_view(session: Session, share_id: str) -> bool:
    """Count one opening of an active share; False, and nothing counted, when its limit was reached or it was stopped.

    One statement: of two readers at the last opening one gets it.
    """
    done = session.execute(
        update(Share)
        .where(
            Share.id == share_id,
            Share.state == "active",
            or_(Share.most_views.is_(None), Share.used_views < Share.most_views),
        )
        .values(used_views=Share.used_views + 1)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def spend_miss(session: Session, share_id: str, most: int) -> bool:
    """Count one try at a passcode, before it is looked at; False when there were as many as may be."""
    done = session.execute(
        update(Share).where(Share.id == share_id, Share.misses < most).values(misses=Share.misses + 1)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def refund_miss(session: Session, share_id: str) -> None:
    """Take back a try that was right."""
    session.execute(update(Share).where(Share.id == share_id, Share.misses > 0).values(misses=Share.misses - 1))


def view(session: Session, share_id: str, view_id: str) -> ShareView | None:
    """One opening of a share."""
    return session.scalars(
        select(ShareView).where(ShareView.share_id == share_id, ShareView.id == view_id)
    ).one_or_none()


def permissions(session: Session, family_id: str, learner_id: str) -> Sequence[Permission]:
    """What guardians let a learner share without asking, oldest first."""
    query = select(Permission).where(Permission.family_id == family_id, Permission.learner_id == learner_id)
    return session.scalars(query.order_by(Permission.created_at, Permission.id)).all()


def permission(session: Session, family_id: str, permission_id: str) -> Permission | None:
    """One permission, if of that family."""
    query = select(Permission).where(Permission.family_id == family_id, Permission.id == permission_id)
    return session.scalars(query).one_or_none()


def recall_of_member(session: Session, family_id: str, learner_id: str, member_id: str, now: datetime) -> int:
    """Stop the links of a learner that a member made or let begin; the number of links stopped."""
    done = session.execute(
        update(Share)
        .where(
            Share.family_id == family_id,
            Share.learner_id == learner_id,
            Share.state.in_(["waiting", "active"]),
            (Share.started_by == member_id) | (Share.decided_by == member_id),
        )
        .values(state="recalled", recalled_at=now)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def parts(session: Session, share_id: str) -> Sequence[SharePart]:
    """The parts of awards that a share shows, for those that it does not show whole."""
    return session.scalars(select(SharePart).where(SharePart.share_id == share_id)).all()
