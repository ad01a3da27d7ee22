"""The issuer's audit: what may stand in a row, and how a row names its organisation.

``object_id`` is ``<organisation id>/<what>``, so that one organisation's rows are found without reading the others'.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from issuer.service.context import Actor
from issuer.service.notices import announce
from issuer.store import audits, tables
from kit import audit


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One row, for a page: ``actor`` is an account id or ``system``; ``object_id`` without the organisation."""

    sequence: int
    at: datetime
    actor: str
    action: str
    object_id: str
    detail: dict[str, str | int | bool | None]


def record(
    session: Session,
    *,
    at: datetime,
    actor: Actor | str,
    action: str,
    organisation_id: str,
    object_id: str,
    **detail: str | int | bool | None,
) -> None:
    """Add one row to the audit, in the transaction of what it tells of; and tell the programs that want to know."""
    announce(session, at=at, organisation_id=organisation_id, acts=[(action, object_id)])
    audit.append(
        session,
        tables.AUDIT,
        at=at,
        actor=actor if isinstance(actor, str) else actor.user_id,
        action=action,
        object_id=f"{organisation_id}/{object_id}",
        detail=detail,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody did to one thing: ``record``'s arguments, as a value."""

    actor: str
    action: str
    object_id: str
    detail: Mapping[str, str | int | bool | None]


def record_many(session: Session, *, at: datetime, organisation_id: str, acts: Sequence[Act]) -> None:
    """Add a row for each act, in their order, in the transaction of what they tell of; the last thing that it does."""
    announce(session, at=at, organisation_id=organisation_id, acts=[(act.action, act.object_id) for act in acts])
    audit.append_many(
        session,
        tables.AUDIT,
        [
            audit.Entry(
                at=at,
                actor=act.actor,
                action=act.action,
                object_id=f"{organisation_id}/{act.object_id}",
                detail=act.detail,
            )
            for act in acts
        ],
    )


def entries(session: Session, organisation_id: str, *, offset: int, limit: int) -> tuple[list[AuditEntry], int]:
    """One page of an organisation's rows, newest first, and how many there are."""
    rows, total = audits.listing(session, organisation_id, offset=offset, limit=limit)
    return [_entry(row) for row in rows], total


def story(session: Session, organisation_id: str, object_id: str) -> list[AuditEntry]:
    """The rows about one thing of an organisation, oldest first."""
    return [_entry(row) for row in audits.of_object(session, organisation_id, object_id)]


def _entry(row: RowMapping) -> AuditEntry:
    return AuditEntry(
        sequence=row["sequence"],
        at=datetime.fromisoformat(row["at"]),
        actor=row["actor"],
        action=row["action"],
        object_id=str(row["object_id"]).partition("/")[2],
        detail=json.loads(row["detail"]),
    )
