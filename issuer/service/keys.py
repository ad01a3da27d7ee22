"""An organisation's signing keys: which there are, what each is for, and what became of it.

A key is announced before it signs, so that readers who keep an identifier document for some minutes know it by then.
No key is ever taken out of that document: what it signed in its time is verified with it.
"""

import contextlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from sqlalchemy.orm import Session

from issuer.keystore import KINDS, PROOF
from issuer.service import inputs
from issuer.service.awards import AwardService
from issuer.service.context import SYSTEM, Context, Desk, Organisation
from issuer.service.credentials import Credential, CredentialService, view_credential
from issuer.service.endorsements import Endorsement, EndorsementService
from issuer.service.key_lines import KeyLine, line_of, may_sign_later
from issuer.service.organisations import (
    FROM_THE_START,
    Published,
    did_key,
    etag_of,
    new_key,
    next_key,
    publish,
    sealed_key,
    view,
)
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.second_person import COMPROMISE, KEYS, WITHDRAWALS, Granting, agreed
from issuer.service.status_lists import StatusListService
from issuer.store import identities, intents, organisations, status, tables
from issuer.store.credentials import AWARD, ENDORSEMENT
from issuer.store.identities import KEY, WEB
from kit import zones
from kit.errors import BadInput, Conflict, NotFound, RequestError, Unavailable
from kit.i18n import _
from kit.paging import Page, Window
from vc.did import key_document
from vc.document import serialize
from vc.status import Reason
from vc.timestamps import format_timestamp

ANNOUNCED_FOR: Final = timedelta(minutes=5)
"""How long a new key is published before it signs: as long as a reader may keep the document without it."""

MOST: Final = 100
"""Awards that are mended in one request."""

RESEALED_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """What came of awards that a key should not have signed: how many are mended, and why the others are not."""

    done: int
    failed: Mapping[str, RequestError]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealed:
    """How many keys there are, and how many of them were sealed under another key-encryption key until now."""

    total: int
    done: int


class KeyService:
    """Lists, makes, publishes, exchanges and revokes keys."""

    def __init__(
        self,
        context: Context,
        lists: StatusListService,
        awards: AwardService,
        credentials: CredentialService,
        endorsements: EndorsementService,
    ) -> None:
        self._context = context
        self._lists = lists
        self._awards = awards
        self._credentials = credentials
        self._endorsements = endorsements

    def keys(self, organisation: Organisation) -> Sequence[KeyLine]:
        """The organisation's signing keys, oldest first."""
        now = self._context.now()
        with self._context.database.reading() as session:
            return [
                line_of(row, identity, now)
                for identity in identities.of(session, organisation.id)
                for row in identities.keys(session, identity.id)
            ]

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
            did = identities.one(session, found[1].identity_id).did
        body = serialize(key_document(did, did_key(found[1], did)))
        return Published(body=body, etag=etag_of(body))

    def add(self, desk: Desk, *, kind: str, use: str, granting: Granting | None = None) -> KeyLine:
        """Make the first key for a use that has none, and announce it; it signs some minutes later.

        Raises: Refused, BadInput, Conflict when there is one already or the identifier is the key, SecondPersonWanted,
        Unavailable without a key-encryption key.
        """
        desk.require(Right.KEYS)
        inputs.choice(use, "use", allowed=tuple(KINDS))
        inputs.choice(kind, "kind", allowed=KINDS[use])
        key_id = str(uuid.uuid4())
        made = new_key(self._context, desk.organisation.id, key_id, kind=kind, use=use)
        now = self._context.now()
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)
            identity = _exchangeable(session, desk.organisation)
            rows = identities.keys(session, identity.id)
            if any(row.use == use and may_sign_later(row, now) for row in rows):
                raise Conflict(_("There is a key for this already. Put a new one in its place instead."), field="use")
            agreed(session, desk, KEYS, granting, now=now)
            row = self._announce(session, identity, made, now, in_use_from=now + ANNOUNCED_FOR)
            self._tell(session, desk, "key.create", row, now)
            return line_of(row, identity, now)

    def rotate(self, desk: Desk, *, kind: str, use: str, granting: Granting | None = None) -> KeyLine:
        """Announce a new key for this use. It takes over five minutes later; the present one ends in that second.

        Which key signs goes by the dates alone, so nothing has to happen in that second, and an award that is being
        signed keeps the key that it began with. Asked again meanwhile, it gives the key that is announced already.
        Raises: Refused, BadInput, Conflict when there is none to take over from or the identifier is the key,
        SecondPersonWanted, Unavailable.
        """
        desk.require(Right.KEYS)
        inputs.choice(use, "use", allowed=tuple(KINDS))
        inputs.choice(kind, "kind", allowed=KINDS[use])
        key_id = str(uuid.uuid4())
        made = new_key(self._context, desk.organisation.id, key_id, kind=kind, use=use)
        now = self._context.now()
        takes_over = now + ANNOUNCED_FOR
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)
            identity = _exchangeable(session, desk.organisation)
            rows = identities.keys(session, identity.id)
            able = [row for row in rows if row.use == use and may_sign_later(row, now)]
            announced = [row for row in able if row.in_use_from > now]
            if announced and len(able) > 1:
                return line_of(announced[-1], identity, now)
            if not able or announced:
                raise Conflict(_("There is no key in use for this yet, so there is nothing to exchange."), field="use")
            agreed(session, desk, KEYS, granting, now=now)
            for row in able:
                row.expires = takes_over
            row = self._announce(session, identity, made, now, in_use_from=takes_over)
            self._tell(session, desk, "key.rotate", row, now)
            return line_of(row, identity, now)

    def compromised(
        self, desk: Desk, name: str, *, since: str, words: str, granting: Granting | None = None
    ) -> KeyLine:
        """Revoke a key from a moment on (now, unless given; a day means its beginning). It never signs again.

        The key that was announced takes over at once; where none was, a new one does. Status lists are signed anew.
        Where the identifier is the key, none can take over: it signs withdrawals, and nothing else any more.
        ``words`` are for this desk alone. An earlier moment may be given later, never a later one.
        Raises: Refused, NotFound, BadInput for a moment in the future, SecondPersonWanted, Unavailable.
        """
        desk.require(Right.KEYS)
        now = self._context.now()
        at = _since(since, now, desk.organisation.zone)
        note = inputs.paragraph(words, "words", required=False, longest=2000)
        before = self._row(desk, name)
        key_id = str(uuid.uuid4())
        made = new_key(self._context, desk.organisation.id, key_id, kind=before.kind, use=before.use)
        with self._context.database.session() as session:
            organisations.lock(session, desk.organisation.id)
            identity = identities.one(session, before.identity_id)
            rows = identities.keys(session, identity.id)
            row = next(each for each in rows if each.fragment == name)
            if row.revoked is not None and at >= row.revoked:
                return line_of(row, identity, now)
            agreed(session, desk, COMPROMISE, granting, now=now, outcome=name)
            lonely = identity.method == WEB and may_sign_later(row, now) and not _make_room(rows, row, now)
            if lonely:
                self._announce(session, identity, made, now, in_use_from=FROM_THE_START)
            row.revoked = at
            if note:
                row.note_sealed = self._context.keystore.seal_text(note, context=_note_context(row.id))
            if row.use == PROOF:
                status.outdate(session, desk.organisation.id)
            self._tell(session, desk, "key.compromised", row, now, since=format_timestamp(at))
            line = line_of(row, identity, now)
        with contextlib.suppress(Unavailable):
            # Otherwise the lists are signed anew at the first reading that can.
            self._lists.refresh(desk.organisation.id)
        return line

    def reseal(self) -> Resealed:
        """Seal every key of every organisation under the present key-encryption key; for the operator.

        A few keys at a time, each batch whole or not at all: it may be interrupted at any instant, and done again.
        Signing goes on meanwhile. Raises: Unavailable at a key that does not open; those before it are done.
        """
        last, total, done = "", 0, 0
        while True:
            with self._context.database.reading() as session:
                rows = organisations.keys_after(session, last, RESEALED_AT_ONCE)
            if not rows:
                return Resealed(total=total, done=done)
            fresh = [(row, self._context.keystore.reseal(sealed_key(row, ""))) for row in rows]
            now = self._context.now()
            with self._context.database.session() as session:
                for row, after in fresh:
                    if after != row.sealed_seed and organisations.exchange_secret(
                        session, row.id, before=row.sealed_seed, after=after
                    ):
                        done += 1
                        record(
                            session,
                            at=now,
                            actor=SYSTEM,
                            action="key.reseal",
                            organisation_id=row.organisation_id,
                            object_id=row.fragment,
                            key=row.id,
                        )
            last, total = rows[-1].id, total + len(rows)

    def note(self, desk: Desk, name: str) -> str:
        """Why a key was revoked, as somebody here wrote, or nothing. Raises: Refused, NotFound, Unavailable."""
        desk.require(Right.KEYS)
        row = self._row(desk, name)
        if row.note_sealed is None:
            return ""
        return self._context.keystore.open_text(row.note_sealed, context=_note_context(row.id))

    def key(self, desk: Desk, name: str) -> KeyLine:
        """One key. Raises: NotFound."""
        row = self._row(desk, name)
        with self._context.database.reading() as session:
            return line_of(row, identities.one(session, row.identity_id), self._context.now())

    def signed_after(self, desk: Desk, name: str, at: Window) -> Page[Credential]:
        """One page of the awards that a revoked key signed from that moment on and nobody has mended, oldest first.

        Raises: NotFound.
        """
        key = self._row(desk, name)
        if key.revoked is None:
            return Page(items=[], number=at.number, size=at.size, total=0)
        with self._context.database.reading() as session:
            rows, total = intents.signed_since(
                session, desk.organisation.id, key.id, key.revoked, kind=AWARD, offset=at.offset, limit=at.size
            )
        return Page(items=[view_credential(row) for row in rows], number=at.number, size=at.size, total=total)

    def vouched_after(self, desk: Desk, name: str, at: Window) -> Page[Endorsement]:
        """The same of what the organisation vouches for. Raises: NotFound."""
        key = self._row(desk, name)
        if key.revoked is None:
            return Page(items=[], number=at.number, size=at.size, total=0)
        with self._context.database.reading() as session:
            rows, total = intents.signed_since(
                session, desk.organisation.id, key.id, key.revoked, kind=ENDORSEMENT, offset=at.offset, limit=at.size
            )
        items = [self._endorsements.one(desk, row.id) for row in rows]
        return Page(items=items, number=at.number, size=at.size, total=total)

    def signed_thing(self, desk: Desk, credential_uuid: str) -> Credential | Endorsement:
        """An award, or what the organisation vouches for, by its id. Raises: NotFound."""
        try:
            return self._credentials.one(desk, credential_uuid)
        except NotFound:
            return self._endorsements.one(desk, credential_uuid)

    def renew(self, desk: Desk, name: str, credential_uuids: Sequence[str]) -> Repaired:
        """Sign what ``signed_after`` and ``vouched_after`` list anew with the present key: the same, under the same id.

        Raises: Refused, BadInput for none or too many, NotFound for one that is no award here, Unavailable.
        """
        desk.require(Right.KEYS)
        desk.require(Right.AWARD)

        def renewed(found: Credential | Endorsement) -> None:
            if isinstance(found, Endorsement):
                self._endorsements.renew(desk, found.id, key=f"key/{name}/{found.uuid}")
                return
            draft, _achievement = self._awards.draft_of(desk, found.id)
            key = f"key/{name}/{found.uuid}/{found.version}"
            self._awards.reissue(desk, found.id, draft, key=key, part_of_more=True)

        return self._repair(desk, name, credential_uuids, renewed)

    def withdraw(self, desk: Desk, name: str, credential_uuids: Sequence[str]) -> Repaired:
        """Withdraw what ``signed_after`` and ``vouched_after`` list, saying that the key was no longer safe.

        Raises: Refused, BadInput for none or too many, NotFound for one that is no award here, Unavailable.
        """
        desk.require(Right.KEYS)
        desk.require(Right.WITHDRAW)

        if len(credential_uuids) > 1:
            with self._context.database.reading() as session:
                agreed(session, desk, WITHDRAWALS, None, now=self._context.now())

        def withdrawn(found: Credential | Endorsement) -> None:
            if isinstance(found, Endorsement):
                self._endorsements.withdraw(desk, found.id, reason=Reason.KEY_COMPROMISED.code)
                return
            self._credentials.revoke(desk, found.uuid, reason=Reason.KEY_COMPROMISED.code, note="")

        return self._repair(desk, name, credential_uuids, withdrawn)

    def _repair(
        self, desk: Desk, name: str, credential_uuids: Sequence[str], mend: Callable[[Credential | Endorsement], None]
    ) -> Repaired:
        if not 0 < len(credential_uuids) <= MOST:
            raise BadInput(
                _("Choose at least one award, and at most %(most)s at a time.", most=MOST), field="credentials"
            )
        row = self._row(desk, name)
        found = [self.signed_thing(desk, each) for each in dict.fromkeys(credential_uuids)]
        with self._context.database.reading() as session:
            waiting = row.revoked and intents.still_signed_since(
                session, desk.organisation.id, row.id, row.revoked, [each.id for each in found]
            )
        failed: dict[str, RequestError] = {}
        done = 0
        for each in found:
            if each.id not in (waiting or ()):
                continue
            try:
                mend(each)
                done += 1
            except (BadInput, Conflict, NotFound) as error:
                failed[each.uuid] = error
        return Repaired(done=done, failed=failed)

    @staticmethod
    def _announce(
        session: Session,
        identity: tables.IdentityRow,
        made: Mapping[str, Any],
        now: datetime,
        *,
        in_use_from: datetime,
    ) -> tables.SigningKeyRow:
        row = next_key(session, identity, made, now, in_use_from=in_use_from)
        session.add(row)
        return row

    def _row(self, desk: Desk, name: str) -> tables.SigningKeyRow:
        with self._context.database.reading() as session:
            found = organisations.published_key(session, desk.organisation.slug, name)
        if found is None:
            raise NotFound
        return found[1]

    def _tell(
        self, session: Session, desk: Desk, action: str, row: tables.SigningKeyRow, now: datetime, **detail: str
    ) -> None:
        """Publish the document and record the act, in its transaction."""
        session.flush()
        publish(
            session,
            organisations.by_id(session, desk.organisation.id),
            now,
            identifier_url=self._context.settings.identifier_url,
        )
        record(
            session,
            at=now,
            actor=desk.actor,
            action=action,
            organisation_id=desk.organisation.id,
            object_id=row.fragment,
            key=row.id,
            kind=row.kind,
            use=row.use,
            **detail,
        )


def _exchangeable(session: Session, organisation: Organisation) -> tables.IdentityRow:
    """The present identifier, where its keys can be exchanged. Raises: Conflict where it is the key itself."""
    identity = identities.present(session, organisation.id)
    if identity.method == KEY:
        raise Conflict(
            _("This organisation’s name is its key. Move it to a web address first."), kind="name-is-the-key"
        )
    return identity


def _make_room(rows: Sequence[tables.SigningKeyRow], row: tables.SigningKeyRow, now: datetime) -> bool:
    """Let another key that there is sign in the place of ``row`` from now on; False when there is none."""
    others = [each for each in rows if each is not row and each.use == row.use and may_sign_later(each, now)]
    announced = [each for each in others if each.in_use_from > now]
    if row.in_use_from > now:
        for other in others:
            if other.expires == row.in_use_from:
                other.expires = None
    elif announced:
        announced[-1].in_use_from = FROM_THE_START
    return row.in_use_from > now or bool(announced)


def _since(text: str, now: datetime, zone: tzinfo) -> datetime:
    found = inputs.moment(text, "since")
    if found is None:
        return now
    if len(text.strip()) == len("2027-03-14"):
        found = zones.begins(found.date(), zone)
    return inputs.not_after(found, now, "since")


def _note_context(key_id: str) -> str:
    return f"issuer/signing-key/{key_id}/note"
