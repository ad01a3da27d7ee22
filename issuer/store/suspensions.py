"""Queries about pauses of awards. The bit in the list is what counts; the rows tell when, by whom and why."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from issuer.store.tables import CredentialRow, StatusEntryRow, StatusListRow, SuspensionRow

SUSPENSION: Final = "suspension"
"""The purpose of a list whose entries may be set back."""

_UNKNOWN: Final = "system"


def of_credential(session: Session, organisation_id: str, credential_id: str) -> Sequence[SuspensionRow]:
    """The pauses of an award, oldest first."""
    where = (SuspensionRow.organisation_id == organisation_id, SuspensionRow.credential_id == credential_id)
    return session.scalars(select(SuspensionRow).where(*where).order_by(SuspensionRow.since, SuspensionRow.id)).all()


def begin(session: Session, credential: CredentialRow, *, since: datetime, by: str, reason: bytes | None) -> None:
    """Note that an award is paused. ``reason`` is sealed."""
    credential.suspended = since
    session.add(
        SuspensionRow(
            id=str(uuid.uuid4()),
            organisation_id=credential.organisation_id,
            credential_id=credential.id,
            since=since,
            suspended_by=by,
            reason_sealed=reason,
        )
    )


def end(session: Session, credential: CredentialRow, *, lifted: datetime, by: str) -> None:
    """Note that the pause of an award is over."""
    credential.suspended = None
    for row in of_credential(session, credential.organisation_id, credential.id):
        if row.lifted is None:
            row.lifted, row.lifted_by = lifted, by


def turn_again(
    session: Session, entry: StatusEntryRow, status_list: StatusListRow, *, value: int, when: datetime
) -> int:
    """Set an entry as the journal knows it, and its credential, too; 0 when somebody changed it later than that."""
    credential = None
    if entry.credential_id is not None:  # locked before its entry, as everybody does who pauses
        credential = session.scalars(
            select(CredentialRow).where(CredentialRow.id == entry.credential_id).with_for_update(key_share=True)
        ).one()
    older = or_(StatusEntryRow.changed.is_(None), StatusEntryRow.changed < when)
    result = session.execute(
        update(StatusEntryRow)
        .where(StatusEntryRow.list_id == entry.list_id, StatusEntryRow.position == entry.position, older)
        .values(value=value, changed=when)
        .execution_options(synchronize_session="fetch")
    )
    if not result.rowcount:  # type: ignore[attr-defined]
        return 0
    status_list.changes += 1
    if credential is not None:
        end(session, credential, lifted=when, by=_UNKNOWN)
        if value:
            begin(session, credential, since=when, by=_UNKNOWN, reason=None)
    session.flush()
    return 1
