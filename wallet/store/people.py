"""Families, members, learners, guardianships and invitations: every query about people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from wallet.store.tables import Family, Guardianship, Invitation, Learner, Member


def family(session: Session, family_id: str) -> Family | None:
    """The family with that id."""
    return session.get(Family, family_id)


def member_of_user(session: Session, user_id: str) -> Member | None:
    """The family member behind a sign-in."""
    return session.scalars(select(Member).where(Member.user_id == user_id)).one_or_none()


def member(session: Session, family_id: str, member_id: str) -> Member | None:
    """A member, if of that family."""
    return session.scalars(select(Member).where(Member.family_id == family_id, Member.id == member_id)).one_or_none()


def members(session: Session, family_id: str) -> Sequence[Member]:
    """Everybody of the family who signs in, oldest first."""
    return session.scalars(
        select(Member).where(Member.family_id == family_id).order_by(Member.created_at, Member.id)
    ).all()


def learner(session: Session, family_id: str, learner_id: str, *, deleted: bool = False) -> Learner | None:
    """A learner, if of that family, and in the bin or not as asked."""
    found = session.scalars(
        select(Learner).where(Learner.family_id == family_id, Learner.id == learner_id)
    ).one_or_none()
    return found if found is not None and (found.deleted_at is not None) == deleted else None


def learner_by_id(session: Session, learner_id: str) -> Learner | None:
    """A learner by id alone: for what is reached without a family (a reader's link, an erasure)."""
    return session.get(Learner, learner_id)


def learners(session: Session, family_id: str, *, deleted: bool = False) -> Sequence[Learner]:
    """The family's learners, oldest row first."""
    in_bin = Learner.deleted_at.is_not(None) if deleted else Learner.deleted_at.is_(None)
    return session.scalars(
        select(Learner).where(Learner.family_id == family_id, in_bin).order_by(Learner.created_at, Learner.id)
    ).all()


def learners_deleted_before(session: Session, moment: datetime) -> Sequence[Learner]:
    """Learners whose time in the bin is over, of every family."""
    return session.scalars(select(Learner).where(Learner.deleted_at < moment)).all()


def guardianships(
    session: Session, family_id: str, *, member_id: str | None = None, learner_id: str | None = None
) -> Sequence[Guardianship]:
    """Guardianships that nobody ended; whether the day has passed is for the caller to decide."""
    query = select(Guardianship).where(Guardianship.family_id == family_id, Guardianship.ended_at.is_(None))
    if member_id is not None:
        query = query.where(Guardianship.member_id == member_id)
    if learner_id is not None:
        query = query.where(Guardianship.learner_id == learner_id)
    return session.scalars(query.order_by(Guardianship.created_at, Guardianship.id)).all()


def every_guardianship(session: Session, learner_id: str) -> Sequence[Guardianship]:
    """A learner's guardianships, ended ones with them, oldest first."""
    query = select(Guardianship).where(Guardianship.learner_id == learner_id)
    return session.scalars(query.order_by(Guardianship.created_at, Guardianship.id)).all()


def guardianship(session: Session, family_id: str, guardianship_id: str) -> Guardianship | None:
    """A guardianship that nobody ended, if of that family."""
    query = select(Guardianship).where(
        Guardianship.family_id == family_id, Guardianship.id == guardianship_id, Guardianship.ended_at.is_(None)
    )
    return session.scalars(query).one_or_none()


def open_invitation(session: Session, token_hash: bytes, now: datetime) -> Invitation | None:
    """An invitation that is neither used nor past its day."""
    query = select(Invitation).where(
        Invitation.token_hash == token_hash, Invitation.used_at.is_(None), Invitation.expires_at > now
    )
    return session.scalars(query).one_or_none()


def use_invitation(session: Session, invitation_id: str, now: datetime) -> bool:
    """Mark an invitation as used; False if somebody was faster."""
    done = session.execute(
        update(Invitation).where(Invitation.id == invitation_id, Invitation.used_at.is_(None)).values(used_at=now)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def invitations(session: Session, family_id: str, now: datetime) -> Sequence[Invitation]:
    """The family's own invitations that still wait for an answer; an operator's are not the family's to see."""
    query = select(Invitation).where(
        Invitation.family_id == family_id,
        Invitation.kind != "appointed",
        Invitation.used_at.is_(None),
        Invitation.expires_at > now,
    )
    return session.scalars(query.order_by(Invitation.created_at)).all()


def invitation(session: Session, family_id: str, invitation_id: str) -> Invitation | None:
    """An unused invitation, if that family made it."""
    query = select(Invitation).where(
        Invitation.family_id == family_id,
        Invitation.kind != "appointed",
        Invitation.id == invitation_id,
        Invitation.used_at.is_(None),
    )
    return session.scalars(query).one_or_none()


def end_again(session: Session, guardianship_id: str, now: datetime) -> int:
    """End a guardianship that a restored backup brought back; 1 if it had come back, else 0."""
    done = session.execute(
        update(Guardianship)
        .where(Guardianship.id == guardianship_id, Guardianship.ended_at.is_(None))
        .values(ended_at=now)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def ever_guarded(session: Session, family_id: str, learner_id: str) -> bool:
    """Whether somebody was a learner's guardian at any time, other than by the learner's own leave."""
    query = select(Guardianship.id).where(
        Guardianship.family_id == family_id, Guardianship.learner_id == learner_id, Guardianship.basis != "granted"
    )
    return session.execute(query.limit(1)).first() is not None
