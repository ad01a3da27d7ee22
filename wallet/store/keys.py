"""Wrapped data keys, whosever they are: every query of a change of the key-encryption key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from wallet.store.erasure import overwriting
from wallet.store.tables import Family, Learner


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrap:
    """One wrapped data key: of a learner, or of the family where there is no learner."""

    family_id: str
    learner_id: str
    wrapped: bytes

    @property
    def row_id(self) -> str:
        """The id of the row in which it stands."""
        return self.learner_id or self.family_id


def wraps_after(session: Session, table: type[Family | Learner], last: str, limit: int) -> Sequence[Wrap]:
    """The next wrapped keys of families or learners, in the order of their ids."""
    family_id = Learner.family_id if table is Learner else Family.id
    query = select(table.id, family_id, table.wrapped_key).where(table.id > last).order_by(table.id).limit(limit)
    return [
        Wrap(family_id=family, learner_id=row_id if table is Learner else "", wrapped=wrapped)
        for row_id, family, wrapped in session.execute(query)
    ]


def exchange(session: Session, wrap: Wrap, fresh: bytes) -> bool:
    """Put another wrapping of the same data key in its place; False if it is not there any more as it was read."""
    overwriting(session)
    table = Learner if wrap.learner_id else Family
    same = (table.id == wrap.row_id, table.wrapped_key == wrap.wrapped)
    done = session.execute(update(table).where(*same).values(wrapped_key=fresh))
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def wrapped_under(session: Session) -> dict[bytes, int]:
    """How many data keys are wrapped under which key-encryption key, by its id (8 bytes)."""
    found: dict[bytes, int] = {}
    for table in (Family, Learner):
        key_id = func.substr(table.wrapped_key, 2, 8)
        for under, count in session.execute(select(key_id, func.count()).group_by(key_id)):
            found[bytes(under)] = found.get(bytes(under), 0) + count
    return found
