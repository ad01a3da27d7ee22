"""Queries about organisations that closed on another server and are kept here."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from issuer.store.tables import AdoptedFileRow, AdoptedRow


def by_did(session: Session, did: str) -> AdoptedRow | None:
    """The one with this identifier."""
    return session.scalar(select(AdoptedRow).where(AdoptedRow.did == did))


def of_host(session: Session, host: str) -> Sequence[AdoptedRow]:
    """Those whose addresses begin with this host name (and port)."""
    return session.scalars(select(AdoptedRow).where(AdoptedRow.host == host).order_by(AdoptedRow.path)).all()


def listing(session: Session) -> Sequence[AdoptedRow]:
    """All of them, by identifier."""
    return session.scalars(select(AdoptedRow).order_by(AdoptedRow.did)).all()


def files(session: Session, adopted_id: str) -> Sequence[AdoptedFileRow]:
    """The documents of one of them, by path."""
    query = select(AdoptedFileRow).where(AdoptedFileRow.adopted_id == adopted_id)
    return session.scalars(query.order_by(AdoptedFileRow.path)).all()


def file(session: Session, host: str, path: str) -> AdoptedFileRow | None:
    """The document that stands at this address."""
    return session.scalar(
        select(AdoptedFileRow)
        .join(AdoptedRow, AdoptedRow.id == AdoptedFileRow.adopted_id)
        .where(AdoptedRow.host == host, AdoptedFileRow.path == path)
    )


def forget(session: Session, adopted_id: str) -> None:
    """Delete one of them with its documents."""
    quiet = {"synchronize_session": False}
    session.execute(delete(AdoptedFileRow).where(AdoptedFileRow.adopted_id == adopted_id), execution_options=quiet)
    session.execute(delete(AdoptedRow).where(AdoptedRow.id == adopted_id), execution_options=quiet)
