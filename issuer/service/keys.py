"""An organisation's signing keys: which there are, what each is for, and what became of it.

A key is announced before it signs, so that readers who keep an identifier document for some minutes know it by then.
No key is ever taken out of that document: what it signed in its time is verified with it.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from issuer.keystore import KINDS
from issuer.service import inputs
from issuer.service.context import Context, Desk, Organisation
from issuer.service.organisations import Published, did_key, etag_of, fragment, new_key, publish, view
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.store import organisations, tables
from kit.errors import Conflict, NotFound
from kit.i18n import _
from vc.did import key_document
from vc.document import serialize

ANNOUNCED_FOR: Final = timedelta(minutes=5)
"""How long a new key is published before it signs: as long as a reader may keep the document without it."""

ANNOUNCED: Final = "announced"
IN_USE: Final = "in use"
RETIRED: Final = "retired"
REVOKED: Final = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """One signing key: its name, its DID URL, what it is for, since when and until when, and its state now."""

    name: str
    verification_method: str
    multikey: str
    kind: str
    use: str
    created: datetime
    in_use_from: datetime
    expires: datetime | None
    revoked: datetime | None
    state: str


class KeyService:
    """Lists, makes and publishes keys."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def keys(self, organisation: Organisation) -> Sequence[KeyLine]:
        """The organisation's signing keys, oldest first."""
        now = self._context.now()
        with self._context.database.reading() as session:
            rows = organisations.signing_keys(session, organisation.id)
        return [_line(row, organisation, now) for row in rows]

    def every_key(self) -> Sequence[KeyLine]:
        """The signing keys of all organisations, for the operator."""
        with self._context.database.reading() as session:
            found = [view(row) for row in organisations.everything(session)]
        return [key for organisation in found for key in self.keys(organisation)]

    def document(self, slug: str, name: str) -> Published:
        """One key as it is published, by its organisation's short name and its own. Raises: NotFound."""
        with self._context.database.reading() as session:
            found = organisations.published_key(session, slug, name)
        if found is None:
            raise NotFound
        organisation, row = found
        body = serialize(key_document(organisation.did, did_key(row)))
        return Published(body=body, etag=etag_of(body))

    def add(self, desk: Desk, *, kind: str, use: str) -> KeyLine:
        """Make the first key for a use that has none, and announce it; it signs some minutes later.

        Raises: Refused, BadInput, Conflict when there is one already, Unavailable without a key-encryption key.
        """
        desk.require(Right.KEYS)
        inputs.choice(use, "use", allowed=tuple(KINDS))
        inputs.choice(kind, "kind", allowed=KINDS[use])
        key_id = str(uuid.uuid4())
        made = new_key(self._context, desk.organisation.id, key_id, kind=kind, use=use)
        now = self._context.now()
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)
            rows = organisations.signing_keys(session, desk.organisation.id)
            if any(row.use == use and _may_sign_later(row, now) for row in rows):
                raise Conflict(_("There is a key for this already. Put a new one in its place instead."), field="use")
            row = tables.SigningKeyRow(
                **made, fragment=fragment(len(rows) + 1), created=now, in_use_from=now + ANNOUNCED_FOR
            )
            session.add(row)
            session.flush()
            publish(session, organisations.by_id(session, desk.organisation.id), now)
            record(
                session,
                at=now,
                actor=desk.actor,
                action="key.create",
                organisation_id=desk.organisation.id,
                object_id=row.fragment,
                key=key_id,
                kind=kind,
                use=use,
            )
            return _line(row, desk.organisation, now)


def _may_sign_later(row: tables.SigningKeyRow, now: datetime) -> bool:
    return row.revoked is None and (row.expires is None or row.expires > now)


def _state(row: tables.SigningKeyRow, now: datetime) -> str:
    if row.revoked is not None:
        return REVOKED
    if row.expires is not None and row.expires <= now:
        return RETIRED
    return ANNOUNCED if row.in_use_from > now else IN_USE


def _line(row: tables.SigningKeyRow, organisation: Organisation, now: datetime) -> KeyLine:
    return KeyLine(
        name=row.fragment,
        verification_method=f"{organisation.did}#{row.fragment}",
        multikey=row.multikey,
        kind=row.kind,
        use=row.use,
        created=row.created,
        in_use_from=max(row.created, row.in_use_from),
        expires=row.expires,
        revoked=row.revoked,
        state=_state(row, now),
    )
