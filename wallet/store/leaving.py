"""What an archive tells of what happened: every query about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wallet.store.erasure import BELOW_LEARNER
from wallet.store.host_tables import HostConnection
from wallet.store.tables import AUDIT

_AT_ONCE = 500


def log_of_learner(session: Session, learner_id: str) -> Sequence[Any]:
    """The rows of the audit log that are about a learner or about anything that is kept below one, oldest first."""
    ids = [learner_id]
    for table in (*BELOW_LEARNER, HostConnection):
        ids += session.scalars(select(table.id).where(table.learner_id == learner_id))
    found: list[Any] = []
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        found += session.execute(select(AUDIT).where(AUDIT.c.object_id.in_(some))).all()
    return sorted(found, key=lambda row: row.sequence)
