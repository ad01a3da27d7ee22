"""Queries about many intents at once: in few statements, without a mapped object for each row."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, insert, select, update
from sqlalchemy.orm import Session

from issuer.store.credentials import AWARD, ENDORSEMENT, give_up
from issuer.store.tables import (
    ApprovalRow,
    AwardOnceRow,
    CredentialRow,
    IdempotencyRow,
    IntentRow,
    RoomGuestRow,
    SheetLineRow,
)

VOID: Final = "void"
"""The state of an intent in whose place there is another one: nobody signs it any more. Its details name that one."""
_INSTEAD: Final = "instead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What is going to be signed, or was: an intent's row as a value."""

    id: str
    credential_id: str
    sequence: int
    kind: str
    key_id: str
    format: str
    drawn_sealed: bytes | None
    unsigned: bytes
    details: Mapping[str, Any]
    created: datetime
    actor: str
    state: str
    idempotency_key: str | None
    claim_id: str | None
    holder: str | None


def many(session: Session, organisation_id: str, intent_ids: Sequence[str]) -> dict[str, Intent]:
    """Those of these intents that are the organisation's, by id."""
    columns = [getattr(IntentRow, name) for name in Intent.__dataclass_fields__]
    rows = session.execute(
        select(*columns).where(IntentRow.organisation_id == organisation_id, IntentRow.id.in_(intent_ids))
    )
    return {row.id: Intent(**{**row._mapping, "details": json.loads(row.details)}) for row in rows}  # noqa: SLF001


def pending_among(session: Session, credential_ids: Sequence[str]) -> bool:
    """Whether one of these credentials has an intent that was not signed yet."""
    query = select(IntentRow.id).where(IntentRow.credential_id.in_(credential_ids), IntentRow.state == "pending")
    return session.execute(query.limit(1)).first() is not None


def newest_sequences(session: Session, credential_ids: Sequence[str]) -> dict[str, int]:
    """The number of the newest intent of each of these credentials that has one."""
    rows = session.execute(
        select(IntentRow.credential_id, func.max(IntentRow.sequence))
        .where(IntentRow.credential_id.in_(credential_ids))
        .group_by(IntentRow.credential_id)
    )
    return {credential_id: sequence for credential_id, sequence in rows}  # noqa: C416 - rows are not pairs to mypy


def waiting(session: Session, organisation_id: str) -> Sequence[tuple[IntentRow, CredentialRow]]:
    """Every intent of an organisation that nobody has signed, with its credential, oldest first."""
    query = (
        select(IntentRow, CredentialRow)
        .join(CredentialRow, CredentialRow.id == IntentRow.credential_id)
        .where(IntentRow.organisation_id == organisation_id, IntentRow.state == "pending")
        .order_by(IntentRow.created, IntentRow.id)
    )
    return [(intent, credential) for intent, credential in session.execute(query)]


def take_place(session: Session, old: IntentRow, new: IntentRow) -> None:
    """Void an intent for another one: whatever waits for it, or names the credential that it was of, names the new
    one's.
    """
    old.state, old.drawn_sealed = VOID, None
    old.details = json.dumps({**json.loads(old.details), _INSTEAD: new.id}).encode()
    session.flush()
    here = old.organisation_id
    changes: list[tuple[Any, Any, Any]] = [
        (IdempotencyRow, IdempotencyRow.intent_id, new.id),
        (SheetLineRow, SheetLineRow.intent_id, new.id),
    ]
    if old.credential_id != new.credential_id:
        changes += [
            (SheetLineRow, SheetLineRow.credential_id, new.credential_id),
            (AwardOnceRow, AwardOnceRow.credential_id, new.credential_id),
            (RoomGuestRow, RoomGuestRow.credential_id, new.credential_id),
            (ApprovalRow, ApprovalRow.outcome, new.credential_id),
        ]
        give_up(session, here, old.credential_id, instead=new.credential_id)
    for table, column, value in changes:
        before = old.id if value == new.id else old.credential_id
        session.execute(
            update(table)
            .where(table.organisation_id == here, column == before)
            .values({column.key: value})
            .execution_options(synchronize_session=False)
        )


def instead_of(void: IntentRow) -> str:
    """The id of the intent that took the place of a void one."""
    return str(json.loads(void.details)[_INSTEAD])


def add(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of a mapped class, which all have the same columns."""
    if rows:
        session.flush()
        session.connection().execute(insert(table.__table__), list(rows))


def lock_pending(session: Session, signed_with: Mapping[str, str]) -> set[str]:
    """Those of these intents that nobody has signed and that still name this key, locked until the session ends."""
    query = select(IntentRow.id, IntentRow.key_id).where(IntentRow.id.in_(signed_with), IntentRow.state == "pending")
    rows = session.execute(query.order_by(IntentRow.id).with_for_update(key_share=True))
    return {intent_id for intent_id, key_id in rows if signed_with[intent_id] == key_id}


def give_key(session: Session, organisation_id: str, intent_ids: Sequence[str], *, key_id: str, now: datetime) -> None:
    """Have intents that nobody has signed be signed with another key, at this date."""
    session.execute(
        update(IntentRow)
        .where(IntentRow.organisation_id == organisation_id, IntentRow.id.in_(intent_ids), IntentRow.state == "pending")
        .values(key_id=key_id, created=now)
        .execution_options(synchronize_session=False)
    )


def signed_since(
    session: Session, organisation_id: str, key_id: str, since: datetime, *, kind: str, offset: int, limit: int
) -> tuple[Sequence[CredentialRow], int]:
    """A page of what of this kind counts as this key signed it from a moment on, oldest first; how many there are.

    What was signed anew with another key, or withdrawn, is not among them.
    """
    newest, theirs = _signed_since(organisation_id, key_id, since, kinds=(kind,))
    count = select(func.count()).select_from(CredentialRow).join(IntentRow, newest).where(theirs)
    rows = (
        select(CredentialRow)
        .join(IntentRow, newest)
        .where(theirs)
        .order_by(IntentRow.created, CredentialRow.id)
        .offset(offset)
        .limit(limit)
    )
    return session.scalars(rows).all(), session.execute(count).scalar_one()


def still_signed_since(
    session: Session, organisation_id: str, key_id: str, since: datetime, credential_ids: Sequence[str]
) -> set[str]:
    """Those of these credentials that ``signed_since`` lists."""
    newest, theirs = _signed_since(organisation_id, key_id, since, kinds=(AWARD, ENDORSEMENT))
    query = select(CredentialRow.id).join(IntentRow, newest).where(theirs, CredentialRow.id.in_(credential_ids))
    return set(session.scalars(query))


def _signed_since(
    organisation_id: str, key_id: str, since: datetime, *, kinds: Sequence[str]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """How a credential is joined to the intent that counts, and what is asked of both."""
    newest = (IntentRow.credential_id == CredentialRow.id) & (IntentRow.sequence == CredentialRow.sequence)
    return newest, and_(
        IntentRow.organisation_id == organisation_id,
        IntentRow.key_id == key_id,
        IntentRow.state == "signed",
        IntentRow.created >= since,
        CredentialRow.kind.in_(kinds),
        CredentialRow.state.in_(("issued", "claimed")),
    )


def lock_credentials(session: Session, organisation_id: str, credential_ids: Sequence[str]) -> None:
    """Lock these credentials until the session ends."""
    query = select(CredentialRow.id).where(
        CredentialRow.organisation_id == organisation_id, CredentialRow.id.in_(credential_ids)
    )
    session.scalars(query.order_by(CredentialRow.id).with_for_update(key_share=True)).all()


def settle(session: Session, organisation_id: str, signed: Sequence[Intent]) -> None:
    """Mark intents as signed, erase what was drawn for them, and have each credential's newest version count; a pending
    one is issued now.
    """
    ids = [intent.id for intent in signed]
    now_signed = update(IntentRow).where(IntentRow.id.in_(ids)).values(state="signed", drawn_sealed=None)
    session.execute(now_signed.execution_options(synchronize_session=False))
    by_sequence: dict[int, list[str]] = {}
    for intent in signed:
        by_sequence.setdefault(intent.sequence, []).append(intent.credential_id)
    for sequence, credential_ids in by_sequence.items():
        session.execute(
            update(CredentialRow)
            .where(CredentialRow.organisation_id == organisation_id, CredentialRow.id.in_(credential_ids))
            .values(
                sequence=sequence,
                state=case((CredentialRow.state == "pending", "issued"), else_=CredentialRow.state),
            )
            .execution_options(synchronize_session=False)
        )
