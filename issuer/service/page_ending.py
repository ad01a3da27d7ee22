"""Ending the public page of an award, in the transaction of whatever ends it."""

from datetime import datetime

from sqlalchemy.orm import Session

from issuer.service.context import Actor
from issuer.service.recording import record
from issuer.store import public_pages, tables


def end_page(session: Session, organisation_id: str, credential_id: str, actor: Actor | str, now: datetime) -> None:
    """End the page of an award that the caller has locked, if it has one, in the caller's transaction."""
    page = public_pages.of_credential(session, organisation_id, credential_id)
    if page is not None:
        page.state, page.ended, page.token_sealed = public_pages.OVER, now, None
        note(session, page, action="page.end", actor=actor, now=now)


def note(session: Session, page: tables.PublicPageRow, action: str, actor: Actor | str, now: datetime) -> None:
    """Record what somebody did with a page, in the caller's transaction."""
    record(
        session,
        at=now,
        actor=actor,
        action=action,
        organisation_id=page.organisation_id,
        object_id=page.credential_id,
    )
