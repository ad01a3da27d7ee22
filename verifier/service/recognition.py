"""Whom this office recognises: a list that people keep by hand, with every change on record and to be taken back.

An entry says nothing about whether a record is genuine; it says who vouches for the issuer in this office's eyes.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from kit import audit
from kit.clock import Clock
from kit.db import Database
from kit.errors import BadInput, Conflict, NotFound
from kit.i18n import _
from kit.paging import Page, Window
from vc.policy import RecognisedIssuer
from verifier import store
from verifier.service import entries

MAX_NAME: Final = 200
MAX_NOTE: Final = 2000
MAX_IMPORT: Final = 5000


Change = store.Change
Entry = store.Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry as somebody typed or sent it."""

    did: str
    name: str
    list_name: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did; ``batch`` takes all of it back."""

    batch: str
    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """The list of recognised issuers of one verifier."""

    database: Database
    clock: Clock

    def page(self, *, search: str, window: Window) -> Page[tuple[int, store.Entry]]:
        """A page of the list, by name, narrowed to what contains ``search``."""
        with self.database.reading() as session:
            items, total = store.entries(session, search=search.strip(), offset=window.offset, limit=window.size)
        return Page(items=items, number=window.number, size=window.size, total=total)

    def entry(self, entry_id: int) -> store.Entry:
        """One entry. Raises: NotFound."""
        with self.database.reading() as session:
            found = store.entry_by_id(session, entry_id)
        if found is None:
            raise NotFound
        return found

    def recognised(self) -> tuple[RecognisedIssuer, ...]:
        """The whole list, as a policy wants it."""
        with self.database.reading() as session:
            rows = store.all_entries(session)
        return tuple(
            RecognisedIssuer(did=row.did, name=row.name, list_name=row.list_name, note=row.note) for row in rows
        )

    def add(self, draft: Draft, *, actor: str) -> str:
        """Put an issuer on the list; returns the batch that takes it back.

        Raises: BadInput naming the field, Conflict when it is on the list already.
        """
        clean = _clean(draft, did=entries.identifier(draft.did))
        with self.database.session() as session:
            there = store.entry_by_did(session, clean.did)
            if there is not None:
                raise Conflict(
                    _("%(name)s is on your list already, with this identifier.", name=there.name), field="did"
                )
            return self._write(session, (clean,), actor=actor, action="recognise")

    def edit(self, entry_id: int, draft: Draft, *, actor: str) -> str:
        """Change the words about an issuer. Its DID stays: another DID is another issuer.

        Raises: NotFound, BadInput.
        """
        with self.database.session() as session:
            there = store.entry_by_id(session, entry_id)
            if there is None:
                raise NotFound
            return self._write(session, (_clean(draft, did=there.did),), actor=actor, action="edit")

    def remove(self, entry_id: int, *, actor: str) -> tuple[str, str]:
        """Take an issuer off the list; returns the batch that puts it back, and its name. Raises: NotFound."""
        with self.database.session() as session:
            there = store.entry_by_id(session, entry_id)
            if there is None:
                raise NotFound
            batch, now = str(uuid.uuid4()), self.clock.now()
            store.write_entry(session, there.did, None, batch=batch, at=now, actor=actor)
            self._note(session, at=now, actor=actor, action="remove", did=there.did, batch=batch)
        return batch, there.name

    def undo(self, batch: str, *, actor: str) -> int:
        """Take back every change of a batch; returns how many.

        Raises: NotFound for an unknown batch, Conflict when an entry was changed again since or it was taken back
        already: nothing is taken back then.
        """
        again = _("This was taken back already, or changed again since. Look at the list as it is now.")
        undoing, now = str(uuid.uuid4()), self.clock.now()
        with self.database.session() as session:
            found = store.changes(session, batch=batch)
            if not found:
                raise NotFound
            for change in reversed(found):
                if change.undone or store.entry_by_did(session, change.did) != change.after:
                    raise Conflict(again)
                undo = store.write_entry(session, change.did, change.before, batch=undoing, at=now, actor=actor)
                store.mark_undone(session, change.id, by=undo.id)
                self._note(session, at=now, actor=actor, action="undo", did=change.did, batch=undoing)
        return len(found)

    def history(self, *, limit: int) -> Sequence[store.Change]:
        """The newest changes, newest first."""
        with self.database.reading() as session:
            return store.latest_changes(session, limit=limit)

    def export(self) -> dict[str, Any]:
        """The whole list as JSON, in the form that :meth:`import_list` reads."""
        with self.database.reading() as session:
            rows = store.all_entries(session)
        return {
            "type": "RecognisedIssuers",
            "exported": self.clock.now().isoformat(),
            "issuers": [r.to_json() for r in rows],
        }

    def import_list(self, data: bytes, *, actor: str) -> Imported:
        """Add and update from an exported list, all of it or nothing. Entries that are not in it stay.

        Raises: BadInput naming the entry (counted from 1) and what is wrong with it.
        """
        drafts = _read_import(data)
        with self.database.session() as session:
            known = {entry.did: entry for entry in store.all_entries(session)}
            wanted = [draft for draft in drafts if not _says_the_same(known.get(draft.did), draft)]
            batch = self._write(session, wanted, actor=actor, action="import")
        added = sum(draft.did not in known for draft in wanted)
        return Imported(batch=batch, added=added, changed=len(wanted) - added, unchanged=len(drafts) - len(wanted))

    def _write(self, session: Session, drafts: Sequence[Draft], *, actor: str, action: str) -> str:
        batch, now = str(uuid.uuid4()), self.clock.now()
        for draft in drafts:
            there = store.entry_by_did(session, draft.did)
            after = store.Entry(
                did=draft.did,
                name=draft.name,
                list_name=draft.list_name,
                note=draft.note,
                added=now if there is None else there.added,
                added_by=actor if there is None else there.added_by,
            )
            store.write_entry(session, draft.did, after, batch=batch, at=now, actor=actor)
            self._note(session, at=now, actor=actor, action=action, did=draft.did, batch=batch)
        return batch

    def _note(self, session: Session, *, at: datetime, actor: str, action: str, did: str, batch: str) -> None:
        audit.append(
            session,
            store.AUDIT,
            at=at,
            actor=actor[:100],
            action=f"recognition.{action}",
            object_id=did,
            detail={"batch": batch},
        )


def _clean(draft: Draft, *, did: str) -> Draft:
    """The words of ``draft`` as they are kept, about the issuer ``did``. Raises: BadInput naming the field."""
    name = entries.line(draft.name, field="name", limit=MAX_NAME, missing=_("The name is missing."))
    missing = _("The name of the list is missing.")
    list_name = entries.line(draft.list_name, field="list", limit=MAX_NAME, missing=missing)
    note = draft.note.strip()
    if len(note) > MAX_NOTE:
        raise BadInput(_("The note is longer than %(limit)s characters.", limit=MAX_NOTE), field="note")
    return Draft(did=did, name=name, list_name=list_name, note=note)


def _read_import(data: bytes) -> Sequence[Draft]:
    shape = _('Use a file that was exported here: {"issuers": [{"did": …, "name": …, "list": …, "note": …}]}')
    try:
        value = json.loads(data)
    except json.JSONDecodeError as error:
        words = _("This is not readable as JSON, line %(line)s.", line=error.lineno)
        raise BadInput(words, field="file", remedy=shape) from None
    except (ValueError, RecursionError):
        raise BadInput(_("This file is not readable as JSON."), field="file", remedy=shape) from None
    rows = value.get("issuers") if isinstance(value, dict) else None
    if not isinstance(rows, list) or not rows:
        raise BadInput(_("There is no list of issuers in this file."), field="file", remedy=shape)
    if len(rows) > MAX_IMPORT:
        raise BadInput(_("There are more than %(limit)s issuers in this file.", limit=MAX_IMPORT), field="file")
    drafts: dict[str, Draft] = {}
    for number, row in enumerate(rows, start=1):
        try:
            given = _row(row)
            draft = _clean(given, did=entries.identifier(given.did))
        except BadInput as error:
            words = _("Entry %(number)s: %(detail)s", number=number, detail=error.detail)
            raise BadInput(words, field="file", remedy=error.remedy) from None
        if draft.did in drafts:
            raise BadInput(_("Entry %(number)s: this issuer is in the file twice.", number=number), field="file")
        drafts[draft.did] = draft
    return list(drafts.values())


def _row(row: Any) -> Draft:
    if not isinstance(row, Mapping) or not all(
        isinstance(row.get(key, ""), str) for key in ("did", "name", "list", "note")
    ):
        raise BadInput(_("this is not an entry with did, name and list as text."))
    return Draft(
        did=row.get("did", ""), name=row.get("name", ""), list_name=row.get("list", ""), note=row.get("note", "")
    )


def _says_the_same(entry: store.Entry | None, draft: Draft) -> bool:
    return entry is not None and (entry.name, entry.list_name, entry.note) == (draft.name, draft.list_name, draft.note)
