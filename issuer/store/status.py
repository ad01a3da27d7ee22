"""Queries about status lists. A bit is a row: a list is rendered from its rows, so no update can be lost."""

import secrets
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from issuer.store import journal
from issuer.store.credentials import insert_if_new, insert_new
from issuer.store.tables import IdentityRow, OrganisationRow, StatusEntryRow, StatusListRow

TRIES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One index that a credential has: the list's number and purpose, and the position."""

    number: int
    purpose: str
    position: int


def open_list(session: Session, identity_id: str, purpose: str) -> StatusListRow | None:
    """The list of this purpose that takes new entries under an identifier."""
    return session.scalar(
        select(StatusListRow)
        .where(
            StatusListRow.identity_id == identity_id,
            StatusListRow.purpose == purpose,
            StatusListRow.full.is_(None),
        )
        .order_by(StatusListRow.number.desc())
        .limit(1)
    )


def add_list(session: Session, identity: IdentityRow, purpose: str, *, length: int, now: datetime) -> StatusListRow:
    """Open a new list with the organisation's next number; a concurrent opening of the same number is retried."""
    organisation_id = identity.organisation_id
    for _ in range(TRIES):
        newest = session.scalar(
            select(func.max(StatusListRow.number)).where(StatusListRow.organisation_id == organisation_id)
        )
        values = {
            "id": str(uuid.uuid4()),
            "organisation_id": organisation_id,
            "identity_id": identity.id,
            "number": (newest or 0) + 1,
            "purpose": purpose,
            "length": length,
            "opened": now,
            "changes": 1,
            "rendered_changes": 0,
        }
        if insert_if_new(session, StatusListRow, **values):
            added = session.scalars(select(StatusListRow).where(StatusListRow.id == values["id"])).one()
            journal.opened(session, added)
            return added
    raise RuntimeError("no new status list could be opened: every number tried was taken at the same time")


def allocate(session: Session, *, status_list: StatusListRow, credential_id: str, now: datetime) -> int | None:
    """Take a random free index of a list for a credential; None when the list is half full and a new one is due.

    The index is random over the whole list, so that neighbours say nothing about order or class. Only a collision
    makes us count: at half full every second try collides.
    """
    for _ in range(TRIES):
        position = secrets.randbelow(status_list.length)
        taken = insert_if_new(
            session,
            StatusEntryRow,
            list_id=status_list.id,
            position=position,
            organisation_id=status_list.organisation_id,
            credential_id=credential_id,
            value=0,
        )
        if taken:
            journal.taken(session, status_list.id, position)
            return position
        used = entries(session, status_list.id)
        if used >= status_list.length // 2:
            session.execute(update(StatusListRow).where(StatusListRow.id == status_list.id).values(full=now))
            return None
    raise RuntimeError("no free status list index was found")


def allocate_many(
    session: Session, *, status_list: StatusListRow, credential_ids: Sequence[str], now: datetime
) -> dict[str, int]:
    """Take a random free index of a list for each credential; those that are missing need another list.

    The list is locked until the session ends, and its indices are counted once: it takes as many as it has room for up
    to half its length, and is full then. What one of several processes takes, no other gets.
    """
    locked = lock_list(session, status_list.id)
    room = 0 if locked.full is not None else max(0, locked.length // 2 - entries(session, locked.id))
    waiting = list(credential_ids[:room])
    found: dict[str, int] = {}
    for _ in range(TRIES):
        if not waiting:
            break
        taken = _take_some(session, locked, waiting)
        found |= taken
        waiting = [credential_id for credential_id in waiting if credential_id not in taken]
    if waiting:
        raise RuntimeError("no free status list index was found")
    if len(found) < len(credential_ids) and locked.full is None:
        session.execute(update(StatusListRow).where(StatusListRow.id == locked.id).values(full=now))
    return found


def _take_some(session: Session, status_list: StatusListRow, credential_ids: Sequence[str]) -> dict[str, int]:
    """One random index for each; those whose index was taken already are missing."""
    drawn: dict[int, str] = {}
    for credential_id in credential_ids:
        position = secrets.randbelow(status_list.length)
        while position in drawn:
            position = secrets.randbelow(status_list.length)
        drawn[position] = credential_id
    rows = [
        {
            "list_id": status_list.id,
            "position": position,
            "organisation_id": status_list.organisation_id,
            "credential_id": credential_id,
            "value": 0,
        }
        for position, credential_id in drawn.items()
    ]
    taken = insert_new(session, StatusEntryRow, rows, returning=StatusEntryRow.position)
    for position in taken:
        journal.taken(session, status_list.id, position)
    return {drawn[position]: position for position in taken}


def entries(session: Session, list_id: str) -> int:
    """How many indices of a list are taken."""
    return (
        session.scalar(select(func.count()).select_from(StatusEntryRow).where(StatusEntryRow.list_id == list_id)) or 0
    )


def of_credential(session: Session, credential_id: str) -> Sequence[tuple[StatusEntryRow, StatusListRow]]:
    """The entries of a credential with their lists, in the order of the lists."""
    rows = session.execute(
        select(StatusEntryRow, StatusListRow)
        .join(StatusListRow, StatusListRow.id == StatusEntryRow.list_id)
        .where(StatusEntryRow.credential_id == credential_id)
        .order_by(StatusListRow.number)
    )
    return [(entry, status_list) for entry, status_list in rows]


def of_credentials(session: Session, credential_ids: Sequence[str]) -> dict[str, list[Entry]]:
    """The entries of many credentials, each one's in the order of the lists."""
    rows = session.execute(
        select(StatusEntryRow.credential_id, StatusEntryRow.position, StatusListRow.number, StatusListRow.purpose)
        .join(StatusListRow, StatusListRow.id == StatusEntryRow.list_id)
        .where(StatusEntryRow.credential_id.in_(credential_ids))
        .order_by(StatusListRow.number)
    )
    found: dict[str, list[Entry]] = {}
    for credential_id, position, number, purpose in rows:
        found.setdefault(str(credential_id), []).append(Entry(number=number, purpose=purpose, position=position))
    return found


def set_value(session: Session, *, list_id: str, position: int, value: int, now: datetime) -> bool:
    """Set an entry that is still 0, and count the change; False when it was set before. There is no way back."""
    return _turn(session, list_id=list_id, position=position, value=value, now=now)


def suspend(session: Session, *, list_id: str, position: int, now: datetime) -> bool:
    """Set an entry of a list of suspensions, and count the change; False when it is set already."""
    return _turn(session, list_id=list_id, position=position, value=1, now=_after(session, list_id, position, now))


def lift(session: Session, *, list_id: str, position: int, now: datetime) -> bool:
    """Set an entry of a list of suspensions back, and count the change; False when it is not set.

    The database refuses it for a list of any other purpose.
    """
    return _turn(session, list_id=list_id, position=position, value=0, now=_after(session, list_id, position, now))


def _after(session: Session, list_id: str, position: int, now: datetime) -> datetime:
    """The present, or the second after the entry's last change: the newest of its lines in the journal is its last."""
    changed = session.scalar(
        select(StatusEntryRow.changed).where(StatusEntryRow.list_id == list_id, StatusEntryRow.position == position)
    )
    return now if changed is None else max(now, changed + timedelta(seconds=1))


def _turn(session: Session, *, list_id: str, position: int, value: int, now: datetime) -> bool:
    """Set an entry from 0, or back to 0; False when it stands there already."""
    before = StatusEntryRow.value == 0 if value else StatusEntryRow.value != 0
    result = session.execute(
        update(StatusEntryRow)
        .where(StatusEntryRow.list_id == list_id, StatusEntryRow.position == position, before)
        .values(value=value, changed=now)
        .execution_options(synchronize_session=False)
    )
    if not result.rowcount:  # type: ignore[attr-defined]
        return False
    journal.set_to(session, list_id, position, value, now=now)
    session.execute(
        update(StatusListRow)
        .where(StatusListRow.id == list_id)
        .values(changes=StatusListRow.changes + 1)
        .execution_options(synchronize_session=False)
    )
    return True


def set_many(session: Session, credential_ids: Sequence[str], *, values: Mapping[str, int], now: datetime) -> int:
    """Set every entry of these credentials that is still 0, in the lists of these purposes; how many were set.

    As ``set_value``, in few statements. The credentials are locked by the caller.
    """
    asked = [purpose for purpose, value in values.items() if value]
    rows = session.execute(
        select(StatusEntryRow.list_id, StatusEntryRow.position, StatusListRow.purpose)
        .join(StatusListRow, StatusListRow.id == StatusEntryRow.list_id)
        .where(
            StatusEntryRow.credential_id.in_(credential_ids),
            StatusEntryRow.value == 0,
            StatusListRow.purpose.in_(asked),
        )
        .order_by(StatusListRow.number, StatusEntryRow.position)
    ).all()
    if not rows:
        return 0
    session.flush()
    table = StatusEntryRow.__table__
    here = table.c.list_id == bindparam("_list"), table.c.position == bindparam("_position"), table.c.value == 0
    session.connection().execute(
        update(StatusEntryRow).where(*here).values(value=bindparam("_value"), changed=now),
        [{"_list": each.list_id, "_position": each.position, "_value": values[each.purpose]} for each in rows],
    )
    for each in rows:
        journal.set_to(session, each.list_id, each.position, values[each.purpose], now=now)
    for list_id, count in Counter(each.list_id for each in rows).items():
        session.execute(
            update(StatusListRow)
            .where(StatusListRow.id == list_id)
            .values(changes=StatusListRow.changes + count)
            .execution_options(synchronize_session=False)
        )
    return len(rows)


def set_entries(session: Session, list_id: str) -> dict[int, tuple[int, datetime]]:
    """The entries of a list that are set: index to value and to when it was set."""
    rows = session.execute(
        select(StatusEntryRow.position, StatusEntryRow.value, StatusEntryRow.changed).where(
            StatusEntryRow.list_id == list_id, StatusEntryRow.value != 0
        )
    )
    return {position: (value, changed) for position, value, changed in rows if changed is not None}


def by_number(session: Session, slug: str, number: int) -> tuple[OrganisationRow, StatusListRow] | None:
    """The list that is published under this address."""
    row = session.execute(
        select(OrganisationRow, StatusListRow)
        .join(StatusListRow, StatusListRow.organisation_id == OrganisationRow.id)
        .where(OrganisationRow.slug == slug, StatusListRow.number == number)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def lock_list(session: Session, list_id: str) -> StatusListRow:
    """A list, locked until the session ends and read afresh."""
    return session.scalars(
        select(StatusListRow)
        .where(StatusListRow.id == list_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def lists(session: Session, organisation_id: str) -> Sequence[StatusListRow]:
    """The lists of an organisation by number."""
    return session.scalars(
        select(StatusListRow).where(StatusListRow.organisation_id == organisation_id).order_by(StatusListRow.number)
    ).all()


def outdate(session: Session, organisation_id: str) -> None:
    """Have every list of an organisation signed anew at the next reading, however short a time ago it was signed."""
    session.execute(
        update(StatusListRow)
        .where(StatusListRow.organisation_id == organisation_id)
        .values(changes=StatusListRow.changes + 1, valid_from=None)
        .execution_options(synchronize_session=False)
    )
