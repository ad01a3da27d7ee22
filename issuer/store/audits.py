"""Queries about the audit, one organisation at a time."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, func, select
from sqlalchemy.orm import Session

from issuer.store.tables import AUDIT


def listing(session: Session, organisation_id: str, *, offset: int, limit: int) -> tuple[Sequence[RowMapping], int]:
    """One page of the rows whose object is this organisation's, newest first, and how many there are."""
    ours = AUDIT.c.object_id.startswith(f"{organisation_id}/", autoescape=True)
    total = session.scalar(select(func.count()).select_from(AUDIT).where(ours)) or 0
    rows = session.execute(select(AUDIT).where(ours).order_by(AUDIT.c.sequence.desc()).offset(offset).limit(limit))
    return rows.mappings().all(), total


def of_object(session: Session, organisation_id: str, object_id: str) -> Sequence[RowMapping]:
    """The rows about one thing of this organisation, oldest first."""
    rows = session.execute(
        select(AUDIT).where(AUDIT.c.object_id == f"{organisation_id}/{object_id}").order_by(AUDIT.c.sequence)
    )
    return rows.mappings().all()
