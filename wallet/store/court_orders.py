"""Court orders that took a guardian's say away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from wallet.store.tables import CourtOrder, Guardianship


def barred(session: Session, family_id: str, learner_id: str) -> frozenset[str]:
    """The members who may have no say over a learner."""
    query = select(CourtOrder.member_id).where(
        CourtOrder.family_id == family_id, CourtOrder.learner_id == learner_id, CourtOrder.lifted_at.is_(None)
    )
    return frozenset(session.scalars(query))


def order(session: Session, order_id: str) -> CourtOrder | None:
    """An order by its id, of whatever family: for the operator, and for what a journal says."""
    return session.get(CourtOrder, order_id)


def orders(session: Session, *, offset: int, limit: int) -> Sequence[CourtOrder]:
    """Orders of every family, newest first."""
    query = select(CourtOrder).order_by(CourtOrder.recorded_at.desc(), CourtOrder.id)
    return session.scalars(query.offset(offset).limit(limit)).all()


def count(session: Session) -> int:
    """How many orders there are."""
    return session.scalar(select(func.count()).select_from(CourtOrder)) or 0


def end_guardianships(session: Session, family_id: str, *, learner_id: str, member_id: str, now: datetime) -> int:
    """End whatever a member holds over a learner; how many guardianships that were."""
    done = session.execute(
        update(Guardianship)
        .where(
            Guardianship.family_id == family_id,
            Guardianship.learner_id == learner_id,
            Guardianship.member_id == member_id,
            Guardianship.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
