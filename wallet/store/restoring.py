"""Archives that are brought: every query about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from wallet.store.restoring_tables import Brought, Restoration, RestorationItem

WAITING, RUNNING, DONE = "waiting", "running", "done"


def restoration(session: Session, family_id: str, restoration_id: str) -> Restoration | None:
    """A restoration, if of that family."""
    query = select(Restoration).where(Restoration.family_id == family_id, Restoration.id == restoration_id)
    return session.scalars(query).one_or_none()


def by_id(session: Session, restoration_id: str) -> Restoration | None:
    """A restoration by its id alone: for the job."""
    return session.get(Restoration, restoration_id)


def restorations(session: Session, family_id: str, member_id: str) -> Sequence[Restoration]:
    """What a member brought, newest first."""
    query = select(Restoration).where(Restoration.family_id == family_id, Restoration.member_id == member_id)
    return session.scalars(query.order_by(Restoration.started_at.desc(), Restoration.id)).all()


def next_waiting(session: Session, restoration_id: str) -> RestorationItem | None:
    """The first thing that has not been taken in."""
    query = select(RestorationItem).where(
        RestorationItem.restoration_id == restoration_id, RestorationItem.outcome == WAITING
    )
    return session.scalars(query.order_by(RestorationItem.position).limit(1)).one_or_none()


def items(session: Session, restoration_id: str, *, outcomes: Sequence[str] | None = None) -> Sequence[RestorationItem]:
    """The things of a restoration, in their order; those with one of the outcomes, where some are given."""
    query = select(RestorationItem).where(RestorationItem.restoration_id == restoration_id)
    if outcomes is not None:
        query = query.where(RestorationItem.outcome.in_(outcomes))
    return session.scalars(query.order_by(RestorationItem.position)).all()


def awards_taken_in(session: Session, learner_id: str) -> Sequence[RestorationItem]:
    """A learner's awards that came out of archives, whichever, as far as that is still known."""
    query = select(RestorationItem).where(
        RestorationItem.learner_id == learner_id,
        RestorationItem.kind == "award",
        RestorationItem.object_id.is_not(None),
    )
    return session.scalars(query).all()


def counts(session: Session, restoration_id: str) -> dict[str, int]:
    """How many things came to which outcome."""
    query = select(RestorationItem.outcome, func.count()).where(RestorationItem.restoration_id == restoration_id)
    found = session.execute(query.group_by(RestorationItem.outcome))
    return dict(found.all())


def wait_again(session: Session, restoration_id: str, outcome: str) -> int:
    """Let things of that outcome wait once more; how many."""
    these = (RestorationItem.restoration_id == restoration_id, RestorationItem.outcome == outcome)
    done = session.execute(update(RestorationItem).where(*these).values(outcome=WAITING))
    return int(done.rowcount)  # type: ignore[attr-defined]


def lapsed(session: Session, now: datetime) -> Sequence[Restoration]:
    """Restorations that are not done and that nobody works on."""
    query = select(Restoration).where(Restoration.state == RUNNING, Restoration.lease_until < now)
    return session.scalars(query.order_by(Restoration.started_at)).all()


def renew(session: Session, restoration_id: str, *, attempt: int, until: datetime) -> bool:
    """Go on with an attempt for a while; False if it is not the present one any more."""
    mine = (Restoration.id == restoration_id, Restoration.state == RUNNING, Restoration.attempt == attempt)
    done = session.execute(update(Restoration).where(*mine).values(lease_until=until))
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def take_up(session: Session, restoration_id: str, *, attempt: int, until: datetime) -> bool:
    """Begin the next attempt after `attempt`; False if somebody else has."""
    mine = (Restoration.id == restoration_id, Restoration.attempt == attempt)
    done = session.execute(
        update(Restoration).where(*mine).values(attempt=attempt + 1, lease_until=until, state=RUNNING)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def finish(session: Session, restoration_id: str) -> None:
    """Everything was looked at."""
    session.execute(update(Restoration).where(Restoration.id == restoration_id).values(state=DONE))


def forget_before(session: Session, moment: datetime) -> int:
    """Delete restorations that began before that moment, with what was left of them; how many."""
    old = select(Restoration.id).where(Restoration.started_at < moment)
    session.execute(delete(RestorationItem).where(RestorationItem.restoration_id.in_(old)))
    return int(session.execute(delete(Restoration).where(Restoration.started_at < moment)).rowcount)  # type: ignore[attr-defined]


def brought(session: Session, family_id: str, learner_id: str) -> Sequence[Brought]:
    """What a learner's former wallets told, oldest first."""
    query = select(Brought).where(Brought.family_id == family_id, Brought.learner_id == learner_id)
    return session.scalars(query.order_by(Brought.brought_at, Brought.id)).all()


def brought_as(session: Session, learner_id: str, archive_index: bytes) -> Brought | None:
    """What was brought for a learner who was that one elsewhere."""
    query = select(Brought).where(Brought.learner_id == learner_id, Brought.archive_index == archive_index)
    return session.scalars(query).one_or_none()
