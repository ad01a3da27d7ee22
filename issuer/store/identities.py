"""Queries about the identifiers by which organisations sign."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from issuer.store.tables import CredentialRow, IdentityRow, SigningKeyRow

WEB: Final = "web"
"""A did:web: the address of the server. Its document lists the keys, so they can be exchanged."""

KEY: Final = "key"
"""A did:key: the one key itself. Nothing has to be asked for to check what it signed, and it cannot be exchanged."""


def of(session: Session, organisation_id: str) -> Sequence[IdentityRow]:
    """Every identifier that an organisation ever had, oldest first; the last one signs what is new."""
    return session.scalars(
        select(IdentityRow)
        .where(IdentityRow.organisation_id == organisation_id)
        .order_by(IdentityRow.until.is_(None), IdentityRow.since)
    ).all()


def one(session: Session, identity_id: str) -> IdentityRow:
    """The identifier that a row of ours belongs to."""
    return session.get_one(IdentityRow, identity_id)


def present(session: Session, organisation_id: str) -> IdentityRow:
    """The identifier under which an organisation signs what is new."""
    return session.scalars(
        select(IdentityRow).where(IdentityRow.organisation_id == organisation_id, IdentityRow.until.is_(None))
    ).one()


def by_did(session: Session, organisation_id: str, did: str) -> IdentityRow:
    """An identifier of this organisation, which has it."""
    return session.scalars(
        select(IdentityRow).where(IdentityRow.organisation_id == organisation_id, IdentityRow.did == did)
    ).one()


def at(session: Session, organisation_id: str, moment: datetime) -> IdentityRow | None:
    """The identifier under which an organisation signed what was new at that moment."""
    return session.scalar(
        select(IdentityRow)
        .where(
            IdentityRow.organisation_id == organisation_id,
            or_(IdentityRow.until.is_(None), IdentityRow.until > moment),
        )
        .order_by(IdentityRow.until.is_(None), IdentityRow.until)
        .limit(1)
    )


def of_credentials(session: Session, credential_ids: Collection[str]) -> set[str]:
    """The identifiers (rows' ids) that these credentials are issued by."""
    return set(
        session.scalars(
            select(CredentialRow.identity_id).where(CredentialRow.id.in_(sorted(credential_ids))).distinct()
        )
    )


def of_credential(session: Session, organisation_id: str, credential_id: str) -> IdentityRow | None:
    """The identifier that a credential of this organisation is issued by, if there is such a credential."""
    return session.scalar(
        select(IdentityRow)
        .join(CredentialRow, CredentialRow.identity_id == IdentityRow.id)
        .where(CredentialRow.organisation_id == organisation_id, CredentialRow.id == credential_id)
    )


def keys(session: Session, identity_id: str) -> Sequence[SigningKeyRow]:
    """All keys that ever signed under an identifier, oldest first."""
    return session.scalars(
        select(SigningKeyRow)
        .where(SigningKeyRow.identity_id == identity_id)
        .order_by(SigningKeyRow.created, SigningKeyRow.fragment)
    ).all()
