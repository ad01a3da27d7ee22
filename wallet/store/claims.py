"""Claims: offers that were opened, wait for a guardian, were kept or were declined."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from wallet.store.tables import Claim


def claim(session: Session, family_id: str, claim_id: str) -> Claim | None:
    """A claim, if of that family."""
    return session.scalars(select(Claim).where(Claim.family_id == family_id, Claim.id == claim_id)).one_or_none()


def claims_of_offer(session: Session, family_id: str, offer_index: bytes) -> Sequence[Claim]:
    """What the family already did with an offer, newest first."""
    query = select(Claim).where(Claim.family_id == family_id, Claim.offer_index == offer_index)
    return session.scalars(query.order_by(Claim.started_at.desc(), Claim.id)).all()


def claims(session: Session, family_id: str, learner_id: str, states: Sequence[str]) -> Sequence[Claim]:
    """A learner's claims in one of the states, newest first."""
    query = select(Claim).where(Claim.family_id == family_id, Claim.learner_id == learner_id, Claim.state.in_(states))
    return session.scalars(query.order_by(Claim.started_at.desc(), Claim.id)).all()


def every_claim(session: Session, family_id: str, learner_id: str) -> Sequence[Claim]:
    """A learner's claims in whatever state, newest first."""
    query = select(Claim).where(Claim.family_id == family_id, Claim.learner_id == learner_id)
    return session.scalars(query.order_by(Claim.started_at.desc(), Claim.id)).all()


def move(session: Session, claim_id: str, *, expected: Sequence[str], state: str) -> bool:
    """Move a claim from one of the expected states to another; False if it was elsewhere by then."""
    done = session.execute(update(Claim).where(Claim.id == claim_id, Claim.state.in_(expected)).values(state=state))
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def forget_unchosen(session: Session, before: datetime) -> None:
    """Remove offers that somebody looked at before that moment and did nothing about."""
    session.execute(delete(Claim).where(Claim.state == "offered", Claim.started_at < before))
