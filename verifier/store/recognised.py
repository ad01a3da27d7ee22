"""The list of recognised issuers, and every change to it, so that a change can be taken back."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from verifier.store.tables import RecognisedIssuerRow, RecognitionChangeRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One recognised issuer, as the office wrote it down."""

    did: str
    name: str
    list_name: str
    note: str
    added: datetime
    added_by: str

    def to_json(self) -> dict[str, str]:
        """The entry as a JSON object; times are ISO 8601 in UTC."""
        return {
            "did": self.did,
            "name": self.name,
            "list": self.list_name,
            "note": self.note,
            "added": self.added.isoformat(),
            "addedBy": self.added_by,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of one entry: before is None when it was added, after is None when it was removed."""

    id: int
    batch: str
    at: datetime
    actor: str
    did: str
    before: Entry | None
    after: Entry | None
    undone: bool


def entry_by_id(session: Session, entry_id: int) -> Entry | None:
    """The entry with a row id, or None."""
    row = session.get(RecognisedIssuerRow, entry_id)
    return None if row is None else _entry(row)


def entry_by_did(session: Session, did: str) -> Entry | None:
    """The entry of an issuer, or None."""
    row = _row(session, did)
    return None if row is None else _entry(row)


def entries(session: Session, *, search: str, offset: int, limit: int) -> tuple[Sequence[tuple[int, Entry]], int]:
    """A page of entries with their row ids, by name; and how many match ``search`` (name, DID or list) in all."""
    query = select(RecognisedIssuerRow)
    if search:
        pattern = "%" + search.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        columns = (RecognisedIssuerRow.name, RecognisedIssuerRow.did, RecognisedIssuerRow.list_name)
        query = query.where(or_(*(func.lower(column).like(pattern, escape="\\") for column in columns)))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(func.lower(RecognisedIssuerRow.name), RecognisedIssuerRow.id)
    rows = session.scalars(ordered.offset(offset).limit(limit)).all()
    return [(row.id, _entry(row)) for row in rows], total


def all_entries(session: Session) -> Sequence[Entry]:
    """Every entry, by name."""
    rows = session.scalars(select(RecognisedIssuerRow).order_by(RecognisedIssuerRow.name, RecognisedIssuerRow.id))
    return [_entry(row) for row in rows]


def write_entry(session: Session, did: str, after: Entry | None, *, batch: str, at: datetime, actor: str) -> Change:
    """Add, replace or (``after`` None) remove the entry of a DID, and note the change."""
    row = _row(session, did)
    before = None if row is None else _entry(row)
    if after is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(RecognisedIssuerRow(**asdict(after)))
    else:
        for name, value in asdict(after).items():
            setattr(row, name, value)
    change = RecognitionChangeRow(
        batch=batch, at=at, actor=actor, did=did, before=_dump(before), after=_dump(after), undone_by=None
    )
    session.add(change)
    session.flush()
    return _change(change)


def changes(session: Session, *, batch: str) -> Sequence[Change]:
    """The changes made together under one batch, oldest first."""
    query = select(RecognitionChangeRow).where(RecognitionChangeRow.batch == batch).order_by(RecognitionChangeRow.id)
    return [_change(row) for row in session.scalars(query)]


def mark_undone(session: Session, change_id: int, *, by: int) -> bool:
    """Note that a change was taken back by another; False when it already was."""
    row = session.get(RecognitionChangeRow, change_id)
    if row is None or row.undone_by is not None:
        return False
    row.undone_by = by
    return True


def latest_changes(session: Session, *, limit: int) -> Sequence[Change]:
    """The newest changes, newest first."""
    query = select(RecognitionChangeRow).order_by(RecognitionChangeRow.id.desc()).limit(limit)
    return [_change(row) for row in session.scalars(query)]


def _row(session: Session, did: str) -> RecognisedIssuerRow | None:
    return session.scalar(select(RecognisedIssuerRow).where(RecognisedIssuerRow.did == did))


def _entry(row: RecognisedIssuerRow) -> Entry:
    return Entry(
        did=row.did, name=row.name, list_name=row.list_name, note=row.note, added=row.added, added_by=row.added_by
    )


def _change(row: RecognitionChangeRow) -> Change:
    return Change(
        id=row.id,
        batch=row.batch,
        at=row.at,
        actor=row.actor,
        did=row.did,
        before=_load(row.before),
        after=_load(row.after),
        undone=row.undone_by is not None,
    )


def _dump(entry: Entry | None) -> str | None:
    return None if entry is None else json.dumps(entry.to_json(), ensure_ascii=False, sort_keys=True)


def _load(text: str | None) -> Entry | None:
    if text is None:
        return None
    value: dict[str, Any] = json.loads(text)
    return Entry(
        did=value["did"],
        name=value["name"],
        list_name=value["list"],
        note=value["note"],
        added=datetime.fromisoformat(value["added"]),
        added_by=value["addedBy"],
    )
