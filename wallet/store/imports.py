"""Imports and their things: every query about what a family brings by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from wallet.store.import_tables import Import, ImportFile, ImportItem


def one(session: Session, family_id: str, import_id: str) -> Import | None:
    """An import, if of that family."""
    return session.scalars(select(Import).where(Import.family_id == family_id, Import.id == import_id)).one_or_none()


def of_learner(session: Session, family_id: str, learner_id: str, states: Collection[str]) -> Sequence[Import]:
    """A learner's imports with things in these states, newest first."""
    there = select(ImportItem.import_id).where(ImportItem.learner_id == learner_id, ImportItem.state.in_(states))
    query = select(Import).where(Import.family_id == family_id, Import.learner_id == learner_id, Import.id.in_(there))
    return session.scalars(query.order_by(Import.started_at.desc(), Import.id)).all()


def counts(session: Session, import_id: str) -> Mapping[str, int]:
    """How many things of an import are in which state."""
    query = select(ImportItem.state, func.count()).where(ImportItem.import_id == import_id).group_by(ImportItem.state)
    return {row[0]: row[1] for row in session.execute(query)}


def items(
    session: Session,
    import_id: str,
    *,
    states: Collection[str] | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> Sequence[ImportItem]:
    """The things of an import in their order, all or those in `states`; with `limit` that many, after `offset`."""
    query = select(ImportItem).where(ImportItem.import_id == import_id)
    if states is not None:
        query = query.where(ImportItem.state.in_(states))
    return session.scalars(query.order_by(ImportItem.position).offset(offset).limit(limit)).all()


def next_position(session: Session, import_id: str) -> int:
    """The place after the last thing of an import."""
    query = select(func.max(ImportItem.position)).where(ImportItem.import_id == import_id)
    return (session.scalar(query) or 0) + 1


def item(session: Session, family_id: str, item_id: str) -> ImportItem | None:
    """A thing of an import, if of that family."""
    query = select(ImportItem).where(ImportItem.family_id == family_id, ImportItem.id == item_id)
    return session.scalars(query).one_or_none()


def hold(session: Session, family_id: str, item_id: str, states: Collection[str]) -> ImportItem | None:
    """A thing that is in one of `states`, which nobody else moves until this session ends."""
    query = select(ImportItem).where(
        ImportItem.family_id == family_id, ImportItem.id == item_id, ImportItem.state.in_(states)
    )
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()


def in_states(
    session: Session,
    family_id: str,
    learner_id: str,
    states: Collection[str],
    *,
    offset: int = 0,
    limit: int | None = None,
) -> Sequence[ImportItem]:
    """A learner's things in these states, of every import, the newest change first."""
    query = select(ImportItem).where(
        ImportItem.family_id == family_id, ImportItem.learner_id == learner_id, ImportItem.state.in_(states)
    )
    return session.scalars(
        query.order_by(ImportItem.changed_at.desc(), ImportItem.id).offset(offset).limit(limit)
    ).all()


def count_in_states(session: Session, family_id: str, learner_id: str, states: Collection[str]) -> int:
    """How many things of a learner are in these states."""
    query = select(func.count()).where(
        ImportItem.family_id == family_id, ImportItem.learner_id == learner_id, ImportItem.state.in_(states)
    )
    return session.scalar(query) or 0


def same(session: Session, learner_id: str, fingerprint: bytes, state: str, *, but: str) -> ImportItem | None:
    """Another thing of the learner with the same bytes in that state."""
    query = select(ImportItem).where(
        ImportItem.learner_id == learner_id,
        ImportItem.fingerprint == fingerprint,
        ImportItem.state == state,
        ImportItem.id != but,
    )
    return session.scalars(query.limit(1)).first()


def file(session: Session, item_id: str, kind: str) -> ImportFile | None:
    """Bytes of a thing, by their kind, while they are there."""
    return session.scalars(
        select(ImportFile).where(ImportFile.item_id == item_id, ImportFile.kind == kind)
    ).one_or_none()


def drop_files(session: Session, item_id: str) -> None:
    """Remove the bytes of a thing that is done with."""
    session.execute(delete(ImportFile).where(ImportFile.item_id == item_id))


def forget_finished(session: Session, family_id: str, before: datetime, open_states: Collection[str]) -> None:
    """Remove a family's imports begun before that moment of which everything is done with."""
    busy = select(ImportItem.import_id).where(ImportItem.family_id == family_id, ImportItem.state.in_(open_states))
    old = select(Import.id).where(Import.family_id == family_id, Import.started_at < before, Import.id.not_in(busy))
    found = list(session.scalars(old))
    session.execute(delete(ImportItem).where(ImportItem.import_id.in_(found)))
    session.execute(delete(Import).where(Import.id.in_(found)))
