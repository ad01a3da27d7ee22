"""Queries about uploaded pictures. Every one names its organisation."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from issuer.store.tables import OrganisationRow, PictureRow


def public(session: Session, slug: str, sha256: str) -> PictureRow | None:
    """The picture under this digest at the organisation with this short name."""
    return session.scalar(
        select(PictureRow)
        .join(OrganisationRow, OrganisationRow.id == PictureRow.organisation_id)
        .where(OrganisationRow.slug == slug, PictureRow.sha256 == sha256)
    )


def waiting(session: Session, organisation_id: str) -> int:
    """How many pictures of an organisation nothing names yet."""
    where = (PictureRow.organisation_id == organisation_id) & PictureRow.used.is_(None)
    return session.scalar(select(func.count()).select_from(PictureRow).where(where)) or 0


def sweep(session: Session, organisation_id: str, *, before: datetime) -> None:
    """Take out those that were added before this instant and that nothing ever named."""
    session.execute(
        delete(PictureRow).where(
            PictureRow.organisation_id == organisation_id, PictureRow.used.is_(None), PictureRow.added < before
        )
    )


def use(session: Session, organisation_id: str, sha256: str, now: datetime) -> bool:
    """Keep a picture for good; False when the organisation has none under this digest."""
    mine = (PictureRow.organisation_id == organisation_id) & (PictureRow.sha256 == sha256)
    changed = update(PictureRow).where(mine).values(used=func.coalesce(PictureRow.used, now))
    return session.execute(changed.returning(PictureRow.sha256)).first() is not None


def wait_anew(session: Session, organisation_id: str, sha256: str, now: datetime) -> None:
    """Let a picture that nothing names yet wait from now on: somebody handed it in once more."""
    mine = (PictureRow.organisation_id == organisation_id) & (PictureRow.sha256 == sha256)
    session.execute(update(PictureRow).where(mine, PictureRow.used.is_(None)).values(added=now))
