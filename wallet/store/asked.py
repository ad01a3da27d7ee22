"""What shares answer or ask for: every query about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from wallet.store.asked_tables import ShareAsk


def of_share(session: Session, share_id: str) -> ShareAsk | None:
    """What stands behind a share, if anything does."""
    return session.scalars(select(ShareAsk).where(ShareAsk.share_id == share_id)).one_or_none()


def by_question(session: Session, family_id: str, question_index: bytes) -> ShareAsk | None:
    """The row of a question that a family took up."""
    query = select(ShareAsk).where(ShareAsk.family_id == family_id, ShareAsk.question_index == question_index)
    return session.scalars(query).one_or_none()


def kinds(session: Session, family_id: str, learner_id: str) -> Mapping[str, tuple[str, str]]:
    """The kind and state of what stands behind a learner's shares, by the share's id."""
    query = select(ShareAsk.share_id, ShareAsk.kind, ShareAsk.state)
    rows = session.execute(query.where(ShareAsk.family_id == family_id, ShareAsk.learner_id == learner_id))
    return {row[0]: (row[1], row[2]) for row in rows}


def move(session: Session, ask_id: str, *, state: str, at: datetime) -> bool:
    """Settle what is open; False when it was settled by then. One statement: of two answers one counts."""
    done = session.execute(
        update(ShareAsk).where(ShareAsk.id == ask_id, ShareAsk.state == "open").values(state=state, answered_at=at)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def reopen(session: Session, ask_id: str) -> None:
    """Let a question that could not be delivered be answered after all."""
    session.execute(update(ShareAsk).where(ShareAsk.id == ask_id).values(state="open", answered_at=None))


def forget(session: Session, ask_id: str) -> None:
    """Remove a question that was never answered, so that it can be taken up anew."""
    session.execute(delete(ShareAsk).where(ShareAsk.id == ask_id, ShareAsk.state == "open"))
    session.flush()
