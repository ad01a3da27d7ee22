"""Queries about sheets, their lines, and what was awarded from them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from issuer.store import intents
from issuer.store.tables import AwardOnceRow, CredentialRow, JobRow, SheetLineRow, SheetRow

AT_ONCE: Final = 500
"""Values in one question: databases take no more than some thousand."""

_UNDOABLE: Final = (JobRow.released.is_(None), JobRow.state != "undone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What a fingerprint was awarded as, the last time. ``awarded`` is the day it was earned, ``made`` when.

    ``sequence`` is the version that is in force.
    """

    credential_id: str
    ordinal: int
    state: str
    summary: str
    awarded: datetime
    made: datetime
    draft_sealed: bytes
    sequence: int


def one(session: Session, organisation_id: str, sheet_id: str) -> SheetRow | None:
    """One sheet of this organisation."""
    return session.scalar(select(SheetRow).where(SheetRow.organisation_id == organisation_id, SheetRow.id == sheet_id))


def lock(session: Session, organisation_id: str, sheet_id: str) -> SheetRow | None:
    """The same, locked until the session ends and read afresh."""
    return session.scalar(
        select(SheetRow)
        .where(SheetRow.organisation_id == organisation_id, SheetRow.id == sheet_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def of_request(session: Session, organisation_id: str, request: str) -> SheetRow | None:
    """The sheet that this request brought."""
    return session.scalar(
        select(SheetRow).where(SheetRow.organisation_id == organisation_id, SheetRow.request == request)
    )


def listing(session: Session, organisation_id: str, *, offset: int, limit: int) -> tuple[Sequence[SheetRow], int]:
    """One page of an organisation's sheets that were not discarded, newest first, and how many there are."""
    where = [SheetRow.organisation_id == organisation_id, SheetRow.state != "discarded"]
    total = session.scalar(select(func.count()).select_from(SheetRow).where(*where)) or 0
    query = select(SheetRow).where(*where).order_by(SheetRow.created.desc(), SheetRow.id)
    return session.scalars(query.offset(offset).limit(limit)).all(), total


def counts(session: Session, sheet_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many lines of each of these sheets are in each state."""
    rows = session.execute(
        select(SheetLineRow.sheet_id, SheetLineRow.state, func.count())
        .where(SheetLineRow.sheet_id.in_(sheet_ids))
        .group_by(SheetLineRow.sheet_id, SheetLineRow.state)
    )
    found: dict[str, dict[str, int]] = {sheet_id: {} for sheet_id in sheet_ids}
    for sheet_id, state, count in rows:
        found[sheet_id][state] = count
    return found


def lines(
    session: Session, sheet_id: str, *, state: str | None, offset: int, limit: int
) -> tuple[Sequence[SheetLineRow], int]:
    """One page of a sheet's lines in their order, and how many there are."""
    where = [SheetLineRow.sheet_id == sheet_id]
    if state is not None:
        where.append(SheetLineRow.state == state)
    total = session.scalar(select(func.count()).select_from(SheetLineRow).where(*where)) or 0
    query = select(SheetLineRow).where(*where).order_by(SheetLineRow.number)
    return session.scalars(query.offset(offset).limit(limit)).all(), total


def all_lines(session: Session, sheet_id: str) -> Sequence[SheetLineRow]:
    """Every line of a sheet in their order."""
    return session.scalars(
        select(SheetLineRow).where(SheetLineRow.sheet_id == sheet_id).order_by(SheetLineRow.number)
    ).all()


def numbered(session: Session, sheet_id: str, numbers: Sequence[int]) -> Sequence[SheetLineRow]:
    """These lines of a sheet, in their order, read afresh."""
    found: list[SheetLineRow] = []
    for part in parts(numbers):
        query = select(SheetLineRow).where(SheetLineRow.sheet_id == sheet_id, SheetLineRow.number.in_(part))
        found.extend(session.scalars(query.execution_options(populate_existing=True)))
    return sorted(found, key=lambda line: line.number)


def sharing(session: Session, sheet_id: str, fingerprints: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    """The lines of a sheet that have one of these fingerprints: their numbers and states, by fingerprint, in order."""
    found: dict[str, list[tuple[int, str]]] = {}
    for part in parts(fingerprints):
        rows = session.execute(
            select(SheetLineRow.fingerprint, SheetLineRow.number, SheetLineRow.state)
            .where(SheetLineRow.sheet_id == sheet_id, SheetLineRow.fingerprint.in_(part))
            .order_by(SheetLineRow.number)
        )
        for fingerprint, number, state in rows:
            found.setdefault(str(fingerprint), []).append((number, state))
    return found


def numbers(session: Session, sheet_id: str, states: Sequence[str]) -> list[int]:
    """The lines of a sheet that are in one of these states."""
    query = select(SheetLineRow.number).where(SheetLineRow.sheet_id == sheet_id, SheetLineRow.state.in_(states))
    return list(session.scalars(query.order_by(SheetLineRow.number)))


def add_lines(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert lines, which all have the same columns."""
    intents.add(session, SheetLineRow, rows)


def drop_lines(session: Session, sheet_id: str) -> None:
    """Delete every line of a sheet."""
    session.execute(delete(SheetLineRow).where(SheetLineRow.sheet_id == sheet_id))


def change_lines(session: Session, sheet_id: str, changes: Sequence[Mapping[str, Any]]) -> None:
    """Change lines of a sheet: each change names its ``number`` and the new values; all have the same columns."""
    if not changes:
        return
    columns = [name for name in changes[0] if name != "number"]
    table = SheetLineRow.__table__
    statement = (
        update(SheetLineRow.__table__)  # type: ignore[arg-type]
        .where(table.c.sheet_id == sheet_id, table.c.number == bindparam("at_number"))
        .values({name: bindparam(f"to_{name}") for name in columns})
    )
    session.flush()
    session.connection().execute(
        statement,
        [{"at_number": change["number"], **{f"to_{name}": change[name] for name in columns}} for change in changes],
    )
    session.expire_all()


def awarded_before(session: Session, organisation_id: str, fingerprints: Sequence[str]) -> dict[str, Before]:
    """What these fingerprints were awarded as, each the last time; those that never were are missing."""
    found: dict[str, Before] = {}
    for part in parts(fingerprints):
        rows = session.execute(
            select(
                AwardOnceRow.fingerprint,
                AwardOnceRow.ordinal,
                CredentialRow.id,
                CredentialRow.state,
                CredentialRow.summary,
                CredentialRow.awarded,
                CredentialRow.created,
                CredentialRow.draft_sealed,
                CredentialRow.sequence,
            )
            .join(
                CredentialRow,
                (CredentialRow.organisation_id == AwardOnceRow.organisation_id)
                & (CredentialRow.id == AwardOnceRow.credential_id),
            )
            .where(AwardOnceRow.organisation_id == organisation_id, AwardOnceRow.fingerprint.in_(part))
            .order_by(AwardOnceRow.ordinal)
        )
        for fingerprint, ordinal, credential_id, state, summary, awarded, made, sealed, sequence in rows:
            found[fingerprint] = Before(
                credential_id=credential_id,
                ordinal=ordinal,
                state=state,
                summary=summary,
                awarded=awarded,
                made=made,
                draft_sealed=sealed,
                sequence=sequence,
            )
    return found


def undoable(session: Session, sheet_id: str) -> bool:
    """Whether something was awarded from a sheet that can still be undone: what it says is needed for that."""
    return session.scalar(select(JobRow.id).where(JobRow.subject == sheet_id, *_UNDOABLE).limit(1)) is not None


def erase(session: Session, before: datetime) -> int:
    """Erase what old sheets say that nothing is being made of any more; how many. What came of the lines stays."""
    due = select(SheetRow.id).where(
        SheetRow.expires < before,
        SheetRow.state != "issuing",
        SheetRow.about_sealed.is_not(None),
        SheetRow.id.not_in(select(JobRow.subject).where(*_UNDOABLE)),
    )
    ids = session.scalars(due.limit(AT_ONCE)).all()
    if ids:
        quiet = {"synchronize_session": False}
        session.execute(
            update(SheetLineRow).where(SheetLineRow.sheet_id.in_(ids)).values(cells_sealed=None, before_sealed=None),
            execution_options=quiet,
        )
        session.execute(
            update(SheetRow)
            .where(SheetRow.id.in_(ids))
            .values(about_sealed=None, original_sealed=None, state="discarded"),
            execution_options=quiet,
        )
    return len(ids)


def parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values, so many at a time as one question takes."""
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
