"""Sealing the names that accounts and passkeys have under another key-encryption key."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Table, func, select, update

from kit.accounts.tables import AccountTables
from kit.accounts.values import name_place, passkey_place
from kit.db import Database
from kit.vault import Vault


def reseal_names(database: Database, tables: AccountTables, vault: Vault, *, at_once: int) -> Iterator[int]:
    """Seal every name under the current KEK, `at_once` in a transaction; how many were done, each time.

    It may be interrupted at any instant and done again; a name that changes meanwhile stays as it was changed.
    Raises: VaultError at a name that does not open.
    """
    for table, place in ((tables.account, name_place), (tables.passkey, passkey_place)):
        last = ""
        while rows := _after(database, table, last, at_once):
            done = 0
            with database.session() as session:
                for row_id, sealed in rows:
                    fresh = vault.reseal(sealed, context=place(row_id).encode())
                    if fresh != sealed:
                        same = (table.c.id == row_id, table.c.name == sealed)
                        session.execute(update(table).where(*same).values(name=fresh))
                        done += 1
            last = rows[-1][0]
            yield done


def sealed_under(database: Database, tables: AccountTables) -> dict[bytes, int]:
    """How many names are sealed under which KEK, by its id (8 bytes)."""
    found: dict[bytes, int] = {}
    with database.reading() as session:
        for table in (tables.account, tables.passkey):
            key_id = func.substr(table.c.name, 2, 8)
            for under, count in session.execute(select(key_id, func.count()).group_by(key_id)):
                found[bytes(under)] = found.get(bytes(under), 0) + count
    return found


def _after(database: Database, table: Table, last: str, limit: int) -> list[tuple[str, bytes]]:
    with database.reading() as session:
        query = select(table.c.id, table.c.name).where(table.c.id > last).order_by(table.c.id).limit(limit)
        return [(row.id, row.name) for row in session.execute(query)]
