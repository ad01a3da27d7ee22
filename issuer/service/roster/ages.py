"""Whether an award is a child's, as far as the roster knows."""

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from issuer.service.roster.learners import opened
from issuer.store import learners, tables
from kit.vault import Vault

ADULT: Final = 18
"""Years."""


def birthday(session: Session, vault: Vault, row: tables.CredentialRow) -> date | None:
    """The birthday that the roster knows of whoever has an award. Raises: Unavailable."""
    learner = None if row.learner_id is None else learners.one(session, row.organisation_id, row.learner_id)
    if learner is None or learner.private_sealed is None:
        return None
    return opened(learner, vault).birth_date


def is_child(born: date, today: date) -> bool:
    """Whether somebody who was born then is a child on this day."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < ADULT
