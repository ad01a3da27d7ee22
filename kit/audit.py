"""Who did what, when: rows that are only ever added, each holding the hash of the one before.

Rules: a row is written in the transaction of the act it tells of, so that neither exists without the other; its detail
has only keys on the table's list, and ids, never names; triggers refuse UPDATE and DELETE on both databases; writers
take a lock, so that concurrent ones form one chain.
Left out: proof against somebody who owns the database and rewrites the whole chain. Copy `head()` elsewhere for that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, Text, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

GENESIS = "0" * 64
_LOCK = 0x5A7C8E1A


def audit_table(metadata: MetaData, *, detail_keys: Iterable[str], name: str = "audit") -> Table:
    """The audit table of a role; `detail_keys` is everything `detail` may ever mention."""
    return Table(
        name,
        metadata,
        Column("sequence", Integer, primary_key=True, autoincrement=False),
        Column("at", String(32), nullable=False),
        Column("actor", String(100), nullable=False),
        Column("action", String(60), nullable=False, index=True),
        Column("object_id", String(300), nullable=False, index=True),
        Column("detail", Text, nullable=False),
        Column("previous", String(64), nullable=False),
        Column("hash", String(64), nullable=False),
        info={"detail_keys": frozenset(detail_keys)},
    )


def install_guards(connection: Connection, name: str = "audit") -> None:
    """Make the database refuse to change or delete audit rows. A migration calls it after creating the table."""
    if connection.dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} "
                "BEGIN SELECT RAISE(ABORT, 'audit rows are only ever added'); END"
            )
        return
    connection.exec_driver_sql(
        f"CREATE FUNCTION {name}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit rows are only ever added'; END $$"
    )
    connection.exec_driver_sql(
        f"CREATE TRIGGER {name}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_refuse()"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one row is going to say: `actor` is an account id, or a name such as "system"; `object_id` is what was acted
    upon; `at` is aware.
    """

    at: datetime
    actor: str
    action: str
    object_id: str
    detail: Mapping[str, str | int | bool | None]


def append(
    session: Session,
    table: Table,
    *,
    at: datetime,
    actor: str,
    action: str,
    object_id: str,
    detail: Mapping[str, str | int | bool | None],
) -> None:
    """Add one row, in the caller's transaction.

    `actor` is an account id, or a name such as "system"; `object_id` is what was acted upon.
    Raises: ValueError for a detail that is not on the table's list, or a naive `at`.
    """
    append_many(session, table, [Entry(at=at, actor=actor, action=action, object_id=object_id, detail=detail)])


def append_many(session: Session, table: Table, entries: Sequence[Entry]) -> None:
    """Add rows in their order, in the caller's transaction. Call it last: until the commit, nobody else adds a row.

    Raises: ValueError for a detail that is not on the table's list, or a naive `at`; then nothing was added.
    """
    for entry in entries:
        _refuse_stray(table, entry)
    if not entries:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    sequence, previous = head(session, table)
    rows = []
    for entry in entries:
        sequence += 1
        row: dict[str, Any] = {
            "sequence": sequence,
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": entry.actor,
            "action": entry.action,
            "object_id": entry.object_id,
            "detail": json.dumps(dict(entry.detail), sort_keys=True, ensure_ascii=False, separators=(",", ":")),
            "previous": previous,
        }
        previous = _digest(row)
        rows.append({**row, "hash": previous})
    session.execute(insert(table), rows)


def _refuse_stray(table: Table, entry: Entry) -> None:
    stray = entry.detail.keys() - table.info["detail_keys"]
    if stray:
        raise ValueError(f"these details are not allowed in the audit: {', '.join(sorted(stray))}")
    if entry.at.tzinfo is None:
        raise ValueError("an audit row needs an aware instant")


def verify_chain(session: Session, table: Table) -> int | None:
    """The sequence of the first row that is missing, altered or out of place; None when the chain is whole."""
    expected, previous = 1, GENESIS
    query = select(table).order_by(table.c.sequence).execution_options(yield_per=500)
    with session.execute(query) as rows:
        for row in rows.mappings():
            if row["sequence"] != expected or row["previous"] != previous or row["hash"] != _digest(row):
                return expected
            expected, previous = expected + 1, row["hash"]
    return None


def head(session: Session, table: Table) -> tuple[int, str]:
    """How many rows there are and the hash of the last: enough to notice, elsewhere, that history was rewritten."""
    last = session.execute(select(table.c.sequence, table.c.hash).order_by(table.c.sequence.desc()).limit(1)).first()
    return (last.sequence, last.hash) if last else (0, GENESIS)


def _digest(row: Mapping[Any, Any]) -> str:
    fields = ("sequence", "at", "actor", "action", "object_id", "detail", "previous")
    return hashlib.sha256(json.dumps([row[name] for name in fields], ensure_ascii=False).encode()).hexdigest()
