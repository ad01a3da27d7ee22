"""Collections and what stands in them: every query about what a family puts together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from wallet.store.arranged_tables import Collection, CollectionItem
from wallet.store.tables import Credential


def collection(session: Session, family_id: str, collection_id: str, *, to_change: bool = False) -> Collection | None:
    """A collection, if of that family. With `to_change` nobody else changes it before this session ends."""
    query = select(Collection).where(Collection.family_id == family_id, Collection.id == collection_id)
    return session.scalars(query.with_for_update() if to_change else query).one_or_none()


def collections(session: Session, family_id: str, learner_id: str) -> Sequence[Collection]:
    """A learner's collections, oldest first."""
    query = select(Collection).where(Collection.family_id == family_id, Collection.learner_id == learner_id)
    return session.scalars(query.order_by(Collection.created_at, Collection.id)).all()


def counts(session: Session, family_id: str, learner_id: str) -> Mapping[str, int]:
    """How many awards stand in each of a learner's collections, without what is in the bin; empty ones are left out."""
    query = (
        select(CollectionItem.collection_id, func.count())
        .join(Collection, Collection.id == CollectionItem.collection_id)
        .join(Credential, Credential.id == CollectionItem.credential_id)
        .where(Collection.family_id == family_id, Collection.learner_id == learner_id, Credential.deleted_at.is_(None))
        .group_by(CollectionItem.collection_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def members(session: Session, collection_id: str) -> Sequence[Credential]:
    """The awards of a collection in their order, what is in the bin left out."""
    query = (
        select(Credential)
        .join(CollectionItem, CollectionItem.credential_id == Credential.id)
        .where(CollectionItem.collection_id == collection_id, Credential.deleted_at.is_(None))
    )
    return session.scalars(query.order_by(CollectionItem.position, Credential.id)).all()


def items(session: Session, collection_id: str) -> list[CollectionItem]:
    """What stands in a collection, in order, with what is in the bin."""
    query = select(CollectionItem).where(CollectionItem.collection_id == collection_id)
    return list(session.scalars(query.order_by(CollectionItem.position, CollectionItem.credential_id)))


def holding(session: Session, family_id: str, credential_id: str) -> Sequence[Collection]:
    """The collections in which an award stands, oldest first."""
    query = (
        select(Collection)
        .join(CollectionItem, CollectionItem.collection_id == Collection.id)
        .where(Collection.family_id == family_id, CollectionItem.credential_id == credential_id)
    )
    return session.scalars(query.order_by(Collection.created_at, Collection.id)).all()


def take_out(session: Session, collection_id: str, credential_id: str) -> None:
    """Take one award out of a collection; the award itself stays kept."""
    session.execute(
        delete(CollectionItem).where(
            CollectionItem.collection_id == collection_id, CollectionItem.credential_id == credential_id
        )
    )
