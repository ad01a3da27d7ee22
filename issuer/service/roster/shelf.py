"""Lists on their way in (rosters, exports of schools' systems, sheets of marks): sealed, for a day, once for a request.

What each of them says and does is its own service's; here is what they have in common.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.context import Context, Desk
from issuer.service.once import LONGEST_KEY, reused
from issuer.store import credentials, learners, organisations, tables
from kit.errors import Conflict, NotFound, Unavailable
from kit.i18n import _
from kit.vault import VaultError

OPEN, DONE, DISCARDED = "open", "done", "discarded"
KEPT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What was read of a list: its content, and which column of it holds which field, where it has columns."""

    content: bytes
    columns: Mapping[str, int | None] = field(default_factory=dict)


class Shelf:
    """Lists of one kind."""

    def __init__(self, context: Context, kind: str) -> None:
        self._context = context
        self._kind = kind

    def receive(self, desk: Desk, *, key: str, about: str = "", said: bytes, read: Callable[[], Brought]) -> str:
        """Keep a list, once for this ``key``; its id. ``about`` parts the keys of one thing from those of another.

        ``said`` is all that was asked for: the same key with something else is refused. ``read`` is called for what is
        not kept yet. Raises: BadInput, Unavailable, what ``read`` raises.
        """
        key = inputs.line(key, "Idempotency-Key", required=True, longest=LONGEST_KEY)
        request = hashlib.sha256(f"{self._kind} {about} {key}".encode()).hexdigest()
        request_hash = hashlib.sha256(said).hexdigest()
        with self._context.database.reading() as session:
            known = learners.import_of_request(session, desk.organisation.id, request)
        if known is None:
            row = self._new(desk, read()) | {"request": request, "request_hash": request_hash}
            with self._context.database.session() as session:
                learners.forget_imports(session, self._context.now())
                credentials.insert_if_new(session, tables.RosterImportRow, **row)
                known = learners.import_of_request(session, desk.organisation.id, request)
        assert known is not None, "it was just kept"
        if known.request_hash != request_hash:
            raise reused(_("Use a new key for another sheet. Nothing was kept of this one."))
        return known.id

    def one(self, session: Session, desk: Desk, import_id: str) -> tables.RosterImportRow:
        """A list of this kind that still says something. Raises: NotFound, also once it is taken over or put away."""
        row = learners.roster_import(session, desk.organisation.id, import_id[:36])
        if row is None or row.content_sealed is None or row.kind != self._kind:
            raise NotFound
        return row

    def changing(self, session: Session, desk: Desk, import_id: str, version: int | None) -> tables.RosterImportRow:
        """A list about which somebody says more, who saw this ``version``; nobody else changes it or the roster
        meanwhile, and it is kept for another day. Raises: NotFound, Conflict.
        """
        organisations.lock(session, desk.organisation.id)
        row = self.one(session, desk, import_id)
        if version is not None and version != row.version:
            raise Conflict(_("This sheet was changed in the meantime. Look at it again."))
        row.version, row.expires = row.version + 1, self._context.now() + KEPT
        return row

    def content(self, row: tables.RosterImportRow) -> bytes:
        """What a list says. Raises: Unavailable without the key file."""
        assert row.content_sealed is not None, "one that says nothing is not found"
        try:
            return self._context.keystore.vault().open(row.content_sealed, context=_context(row.id))
        except VaultError as error:
            raise Unavailable(retry_after=30) from error

    def sealed(self, import_id: str, content: bytes) -> bytes:
        """What a list says, as it is kept."""
        return self._context.keystore.vault().seal(content, context=_context(import_id))

    @staticmethod
    def end(row: tables.RosterImportRow, *, state: str) -> None:
        """Erase what a list says: it is taken over, or put away."""
        row.state, row.content_sealed, row.answers = state, None, "{}"

    def _new(self, desk: Desk, brought: Brought) -> dict[str, object]:
        now, import_id = self._context.now(), str(uuid.uuid4())
        return {
            "id": import_id,
            "organisation_id": desk.organisation.id,
            "kind": self._kind,
            "content_sealed": self.sealed(import_id, brought.content),
            "columns": json.dumps(dict(brought.columns)),
            "answers": "{}",
            "day_order": None,
            "state": OPEN,
            "version": 1,
            "created": now,
            "created_by": desk.actor.user_id,
            "expires": now + KEPT,
        }


def _context(import_id: str) -> bytes:
    return f"issuer/roster-import/{import_id}/content".encode()
