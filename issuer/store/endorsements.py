"""Queries about endorsements that an organisation has given."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from issuer.store.credentials import VISIBLE
from issuer.store.tables import CredentialRow, EndorsementRow

Row = tuple[EndorsementRow, CredentialRow]


def one(session: Session, organisation_id: str, credential_id: str) -> Row | None:
    """One endorsement of this organisation with its credential; another organisation's does not exist here."""
    found = session.execute(
        select(EndorsementRow, CredentialRow)
        .join(CredentialRow, CredentialRow.id == EndorsementRow.credential_id)
        .where(
            EndorsementRow.organisation_id == organisation_id,
            EndorsementRow.credential_id == credential_id,
            CredentialRow.state.in_(VISIBLE),
        )
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def listing(session: Session, organisation_id: str, *, offset: int, limit: int) -> tuple[Sequence[Row], int]:
    """One page of an organisation's endorsements, newest first, and how many there are."""
    where = (EndorsementRow.organisation_id == organisation_id, CredentialRow.state.in_(VISIBLE))
    query = select(EndorsementRow, CredentialRow).join(CredentialRow, CredentialRow.id == EndorsementRow.credential_id)
    total = session.scalar(select(func.count()).select_from(query.where(*where).subquery())) or 0
    newest = (CredentialRow.created.desc(), EndorsementRow.credential_id)
    rows = session.execute(query.where(*where).order_by(*newest).offset(offset).limit(limit))
    return [(endorsement, credential) for endorsement, credential in rows], total
