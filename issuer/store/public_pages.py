"""Queries about the public pages of awards."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from issuer.store.tables import PublicPageRow

OFFERED: Final = "offered"
OPEN: Final = "open"
OVER: Final = "over"


def of_credential(session: Session, organisation_id: str, credential_id: str) -> PublicPageRow | None:
    """The page of an award that is offered or open."""
    query = select(PublicPageRow).where(
        PublicPageRow.organisation_id == organisation_id,
        PublicPageRow.credential_id == credential_id,
        PublicPageRow.state != OVER,
    )
    return session.scalar(query.order_by(PublicPageRow.offered.desc()).limit(1))


def by_token(session: Session, token_hash: str) -> PublicPageRow | None:
    """The page at an address, whatever became of it."""
    return session.scalar(select(PublicPageRow).where(PublicPageRow.token_hash == token_hash))
