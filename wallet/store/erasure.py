"""Deleting for good: the rows of a learner or a credential, connections, and the tombstone that outlives them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from wallet.store import hosting, recovery
from wallet.store.arranged_tables import Collection, CollectionItem
from wallet.store.asked_tables import ShareAsk
from wallet.store.import_tables import Import, ImportFile, ImportItem
from wallet.store.recovery_tables import RecoveryKey
from wallet.store.restoring_tables import Brought, Restoration, RestorationItem
from wallet.store.tables import (
    ACCOUNTS,
    Checking,
    Claim,
    CourtOrder,
    Credential,
    Edition,
    Family,
    Guardianship,
    Invitation,
    Learner,
    LearnerKey,
    Member,
    Original,
    Permission,
    Share,
    ShareItem,
    SharePart,
    ShareView,
    Tombstone,
)
from wallet.store.work_tables import Work, WorkFile

BELOW_LEARNER = (
    ImportFile,
    ImportItem,
    Import,
    RestorationItem,
    Brought,
    WorkFile,
    Work,
    Collection,
    ShareAsk,
    ShareView,
    SharePart,
    Permission,
    Share,
    Claim,
    Checking,
    Original,
    Edition,
    Credential,
    LearnerKey,
    CourtOrder,
    Guardianship,
    Invitation,
)
"""Whatever names its learner, in an order in which it can be deleted."""


def erase_learner(session: Session, learner_id: str, now: datetime) -> None:
    """Remove a learner, the wrapped data key and every row below; leave a tombstone. Safe to repeat."""
    overwriting(session)
    _bury(session, learner_id, "learner", now)
    hosting.erase_of_learner(session, learner_id)
    recovery.erase_of_learner(session, learner_id)
    of_learner = select(Share.id).where(Share.learner_id == learner_id)
    credentials = select(Credential.id).where(Credential.learner_id == learner_id)
    session.execute(
        delete(ShareItem).where(or_(ShareItem.share_id.in_(of_learner), ShareItem.credential_id.in_(credentials)))
    )
    collections = select(Collection.id).where(Collection.learner_id == learner_id)
    session.execute(
        delete(CollectionItem).where(
            or_(CollectionItem.collection_id.in_(collections), CollectionItem.credential_id.in_(credentials))
        )
    )
    for table in BELOW_LEARNER:
        session.execute(delete(table).where(table.learner_id == learner_id))
    session.execute(delete(Learner).where(Learner.id == learner_id))


def erase_family(session: Session, family_id: str, now: datetime) -> None:
    """Remove a family with every learner, member and sign-in; leave tombstones. Safe to repeat."""
    overwriting(session)
    _bury(session, family_id, "family", now)
    for learner_id in session.scalars(select(Learner.id).where(Learner.family_id == family_id)).all():
        erase_learner(session, learner_id, now)
    accounts = session.scalars(select(Member.user_id).where(Member.family_id == family_id)).all()
    for table in (Restoration, RecoveryKey, Claim, Invitation, Guardianship, Member):
        session.execute(delete(table).where(table.family_id == family_id))
    session.execute(delete(Family).where(Family.id == family_id))
    session.execute(delete(ACCOUNTS.account).where(ACCOUNTS.account.c.id.in_(accounts)))


def erase_credential(session: Session, credential_id: str, now: datetime) -> None:
    """Remove a credential with its editions and its place in shares and claims; leave a tombstone. Safe to repeat."""
    overwriting(session)
    _bury(session, credential_id, "credential", now)
    session.execute(delete(SharePart).where(SharePart.credential_id == credential_id))
    session.execute(delete(ShareItem).where(ShareItem.credential_id == credential_id))
    session.execute(delete(CollectionItem).where(CollectionItem.credential_id == credential_id))
    session.execute(update(Work).where(Work.credential_id == credential_id).values(credential_id=None))
    session.execute(
        update(ImportItem).where(ImportItem.credential_id == credential_id).values(credential_id=None, state="erased")
    )
    hosting.forget_credential(session, credential_id)
    of_credential = select(Edition.id).where(Edition.credential_id == credential_id)
    session.execute(delete(Original).where(Original.edition_id.in_(of_credential)))
    session.execute(delete(Edition).where(Edition.credential_id == credential_id))
    session.execute(delete(Checking).where(Checking.credential_id == credential_id))
    session.execute(
        update(Claim).where(Claim.credential_id == credential_id).values(credential_id=None, state="erased")
    )
    session.execute(delete(Credential).where(Credential.id == credential_id))


def erase_collection(session: Session, collection_id: str, now: datetime) -> None:
    """Remove a collection, and no award; leave a tombstone. Safe to repeat."""
    overwriting(session)
    _bury(session, collection_id, "collection", now)
    session.execute(delete(CollectionItem).where(CollectionItem.collection_id == collection_id))
    session.execute(delete(Collection).where(Collection.id == collection_id))


def erase_work(session: Session, work_id: str, now: datetime) -> None:
    """Remove a work with its files; leave a tombstone. Safe to repeat."""
    overwriting(session)
    _bury(session, work_id, "work", now)
    session.execute(delete(WorkFile).where(WorkFile.work_id == work_id))
    session.execute(delete(Work).where(Work.id == work_id))


def erase_apart(session: Session, item_id: str, now: datetime) -> None:
    """Remove a thing that was kept apart, with its bytes; leave a tombstone. Safe to repeat."""
    overwriting(session)
    _bury(session, item_id, "apart", now)
    session.execute(delete(ImportFile).where(ImportFile.item_id == item_id))
    session.execute(delete(ImportItem).where(ImportItem.id == item_id))


def end_connection(session: Session, connection_id: str, now: datetime) -> None:
    """End a connection with its codes and tokens; leave a tombstone, so that no older backup revives it."""
    overwriting(session)
    _bury(session, connection_id, "connection", now)
    hosting.end(session, connection_id, now)


def buried(session: Session) -> set[str]:
    """The ids of everything that has a tombstone."""
    return set(session.scalars(select(Tombstone.id)))


def overwriting(session: Session) -> None:
    """Have SQLite overwrite what it deletes: a wrapped key left in a free page could still be unwrapped."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA secure_delete=ON")


def _bury(session: Session, row_id: str, kind: str, now: datetime) -> None:
    if session.get(Tombstone, row_id) is None:
        session.add(Tombstone(id=row_id, kind=kind, at=now))
        session.flush()
