"""Credentials, their editions, and the keys they are bound to: every query about what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from wallet.store.tables import Checking, Credential, Edition, LearnerKey, Original


def credential(session: Session, family_id: str, credential_id: str, *, deleted: bool = False) -> Credential | None:
    """A credential, if of that family, and in the bin or not as asked."""
    query = select(Credential).where(Credential.family_id == family_id, Credential.id == credential_id)
    found = session.scalars(query).one_or_none()
    return found if found is not None and (found.deleted_at is not None) == deleted else None


def credentials(session: Session, family_id: str, learner_id: str, *, deleted: bool = False) -> Sequence[Credential]:
    """A learner's credentials, newest arrival first."""
    in_bin = Credential.deleted_at.is_not(None) if deleted else Credential.deleted_at.is_(None)
    query = select(Credential).where(Credential.family_id == family_id, Credential.learner_id == learner_id, in_bin)
    return session.scalars(query.order_by(Credential.received_at.desc(), Credential.id)).all()


def credential_by_identity(
    session: Session, family_id: str, learner_id: str, identity_index: bytes
) -> Credential | None:
    """The credential with that issuer and id among a learner's, in the bin or not."""
    query = select(Credential).where(
        Credential.family_id == family_id,
        Credential.learner_id == learner_id,
        Credential.identity_index == identity_index,
    )
    return session.scalars(query).one_or_none()


def credentials_deleted_before(session: Session, moment: datetime) -> Sequence[Credential]:
    """Credentials whose time in the bin is over, of every family."""
    return session.scalars(select(Credential).where(Credential.deleted_at < moment)).all()


def editions(session: Session, family_id: str, credential_id: str) -> Sequence[Edition]:
    """Every edition of a credential, newest first."""
    query = select(Edition).where(Edition.family_id == family_id, Edition.credential_id == credential_id)
    return session.scalars(query.order_by(Edition.number.desc())).all()


def edition(session: Session, family_id: str, credential_id: str, number: int) -> Edition | None:
    """One edition of a credential."""
    query = select(Edition).where(
        Edition.family_id == family_id, Edition.credential_id == credential_id, Edition.number == number
    )
    return session.scalars(query).one_or_none()


def original(session: Session, family_id: str, edition_id: str) -> Original | None:
    """The file in which an edition came, where there was one."""
    query = select(Original).where(Original.family_id == family_id, Original.edition_id == edition_id)
    return session.scalars(query).one_or_none()


def learner_key(session: Session, family_id: str, learner_id: str, issuer_index: bytes) -> LearnerKey | None:
    """The learner's key for one issuer."""
    query = select(LearnerKey).where(
        LearnerKey.family_id == family_id, LearnerKey.learner_id == learner_id, LearnerKey.issuer_index == issuer_index
    )
    return session.scalars(query).one_or_none()


def learner_keys(session: Session, family_id: str, learner_id: str) -> Sequence[LearnerKey]:
    """Every key of a learner."""
    query = select(LearnerKey).where(LearnerKey.family_id == family_id, LearnerKey.learner_id == learner_id)
    return session.scalars(query.order_by(LearnerKey.created_at, LearnerKey.id)).all()


def checking(session: Session, family_id: str, credential_id: str) -> Checking | None:
    """The last check of a credential."""
    query = select(Checking).where(Checking.family_id == family_id, Checking.credential_id == credential_id)
    return session.scalars(query).one_or_none()


def learner_key_by_id(session: Session, family_id: str, learner_id: str, key_id: str) -> LearnerKey | None:
    """One key of a learner."""
    query = select(LearnerKey).where(
        LearnerKey.family_id == family_id, LearnerKey.learner_id == learner_id, LearnerKey.id == key_id
    )
    return session.scalars(query).one_or_none()
