"""Works and their files: every query about what a learner made."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from wallet.store.work_tables import Work, WorkFile


def work(session: Session, family_id: str, work_id: str) -> Work | None:
    """A work, if of that family."""
    return session.scalars(select(Work).where(Work.family_id == family_id, Work.id == work_id)).one_or_none()


def works(
    session: Session, family_id: str, learner_id: str, *, offset: int = 0, limit: int | None = None
) -> Sequence[Work]:
    """A learner's works, newest first; with `limit` that many at most, after `offset`."""
    query = select(Work).where(Work.family_id == family_id, Work.learner_id == learner_id)
    return session.scalars(query.order_by(Work.added_at.desc(), Work.id).offset(offset).limit(limit)).all()


def count(session: Session, family_id: str, learner_id: str) -> int:
    """How many works a learner has."""
    query = select(func.count()).where(Work.family_id == family_id, Work.learner_id == learner_id)
    return session.scalar(query) or 0


def of_award(session: Session, family_id: str, credential_id: str) -> Sequence[Work]:
    """The works that stand beside an award, oldest first."""
    query = select(Work).where(Work.family_id == family_id, Work.credential_id == credential_id)
    return session.scalars(query.order_by(Work.added_at, Work.id)).all()


def alone(session: Session, family_id: str, learner_id: str) -> Sequence[Work]:
    """A learner's works that stand beside no award, oldest first."""
    query = select(Work).where(Work.family_id == family_id, Work.learner_id == learner_id)
    return session.scalars(query.where(Work.credential_id.is_(None)).order_by(Work.added_at, Work.id)).all()


def awards_with(session: Session, family_id: str, learner_id: str) -> frozenset[str]:
    """The ids of a learner's awards that have works beside them."""
    query = select(Work.credential_id).where(Work.family_id == family_id, Work.learner_id == learner_id)
    return frozenset(one for one in session.scalars(query) if one is not None)


def file(session: Session, family_id: str, work_id: str, kind: str) -> WorkFile | None:
    """The file of a work ("file"), or what pages show of it ("shown")."""
    query = select(WorkFile).where(WorkFile.family_id == family_id, WorkFile.work_id == work_id, WorkFile.kind == kind)
    return session.scalars(query).one_or_none()


def drop_files(session: Session, work_id: str) -> None:
    """Remove the bytes of a work before others take their place."""
    session.execute(delete(WorkFile).where(WorkFile.work_id == work_id))
    session.flush()
