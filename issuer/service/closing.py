"""Closing an organisation: it awards nothing any more, and what it awarded stays checkable wherever it is kept.

Closing signs one credential, the snapshot: the digests of the identifier document, of every key's document and of
every status list, the lists signed for ten years. Withdrawing and the renewal of the served lists go on as long as
this server does; what is withdrawn later is in the next snapshot. Within a day the owner may open it again.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from issuer.service import inputs, snapshots
from issuer.service.context import Actor, Context, Desk, Organisation
from issuer.service.documents import issuer_profile
from issuer.service.identities import acts_as, is_key, own_names
from issuer.service.issuance import Completion, Issuance, unsignable
from issuer.service.lint import lint_template
from issuer.service.once import Answer, Once
from issuer.service.organisations import Published, did_key, etag_of, publish, view
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.second_person import CLOSE as CLOSE_ACT
from issuer.service.second_person import Granting, agreed
from issuer.service.securing import USUAL
from issuer.service.snapshots import Custodian, Kept, Snapshot
from issuer.service.status_lists import StatusListService
from issuer.store import closings, credentials, identities, organisations, tables
from issuer.store.closings import Counts
from kit.errors import BadInput, Conflict, NotFound, Unavailable
from kit.i18n import _
from vc.did import key_document
from vc.document import CREDENTIAL_LIMITS, parse, serialize
from vc.problems import ProblemError
from vc.status import Reason
from vc.timestamps import format_timestamp

CLOSE: Final = "close"
CLOSING: Final = "closing"
REOPENED_WITHIN: Final = timedelta(days=1)
HOLDS_FOR: Final = timedelta(days=3653)
"""How long a list in a snapshot may be relied on: by then whoever keeps it has to have found another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingDraft:
    """What somebody typed: the short name, to be sure; who takes over; what families should know."""

    slug: str
    successor_name: str
    successor_url: str
    successor_id: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """An organisation that has closed. ``signed`` and ``fingerprint`` are those of the newest snapshot, None while it
    is being signed; ``withdrawn_since`` counts what is not in it; until ``reopen_until`` it can be opened again.
    """

    organisation: Organisation
    closed: datetime
    words: str
    custodian: Custodian
    reopen_until: datetime
    reopens: bool
    signed: datetime | None
    fingerprint: str | None
    withdrawn_since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What there is to know before an organisation closes, and what came of it when it has."""

    counts: Counts
    closed: Closed | None


class ClosingService:
    """Closes an organisation, signs its snapshot, publishes it, opens it again."""

    def __init__(self, context: Context, lists: StatusListService, issuance: Issuance) -> None:
        self._context = context
        self._lists = lists
        self._issuance = issuance
        self._once = Once(context, issuance)
        issuance.completing[CLOSE] = self._complete

    def prepare(self, desk: Desk) -> Prepared:
        """What is still open here. Raises: Refused for anybody but an owner."""
        desk.require(Right.SETTINGS)
        with self._context.database.reading() as session:
            counts = closings.counts(session, desk.organisation.id, self._context.now())
            row = closings.one(session, desk.organisation.id)
            closed = None if row is None else self._view(session, desk.organisation, row)
        return Prepared(counts=counts, closed=closed)

    def close(self, desk: Desk, draft: ClosingDraft, *, key: str, granting: Granting | None = None) -> Answer:
        """Close the organisation and sign its snapshot, once for this ``key``.

        Raises: Refused for anybody but an owner, BadInput, Conflict when it has closed already or a job is not over,
        SecondPersonWanted, InFlight, Unavailable.
        """
        desk.require(Right.SETTINGS)
        organisation = desk.organisation
        with self._context.database.reading() as session:
            names = own_names(session, organisation, identifier_url=self._context.settings.identifier_url)
        custodian, words = self._read(organisation, draft, names)

        def freeze(session: Session, now: datetime) -> str:
            row = organisations.lock_whole(session, organisation.id)
            if row.closed is not None:
                raise Conflict(_("%(name)s has closed already.", name=row.name))
            if closings.unfinished_jobs(session, organisation.id):
                raise Conflict(
                    _("Work on many awards is not over yet. Let it end, hand it out, call it off or undo it first."),
                    kind="unfinished-jobs",
                )
            if is_key(row.did):
                raise Conflict(
                    _(
                        "Whoever takes over keeps your lists at your web address, and you have none yet. "
                        "Move to a web address first, on the page about keys; then close."
                    ),
                    kind="no-web-address",
                )
            agreed(session, desk, CLOSE_ACT, granting, now=now)
            row.closed = now
            credential_id = f"urn:uuid:{uuid.uuid4()}"
            identity_id = acts_as(session, organisation).id
            session.add(_credential_row(desk, credential_id, now, identity_id=identity_id))
            session.flush()
            session.add(
                tables.ClosingRow(
                    organisation_id=organisation.id,
                    credential_id=credential_id,
                    closed=now,
                    closed_by=desk.actor.user_id,
                    words=words,
                    successor_name=custodian.name,
                    successor_url=custodian.url,
                    successor_id=custodian.id,
                )
            )
            self._lists.allocate(session, organisation, credential_id, now, pausable=False, closing=True)
            publish(session, row, now, identifier_url=self._context.settings.identifier_url)
            return self._freeze(session, view(row), desk.actor, key=key, now=now)

        request = serialize({"close": [words, custodian.name, custodian.url, custodian.id]})
        return self._once.answer(organisation, key, hashlib.sha256(request).hexdigest(), freeze)

    def renew(self, desk: Desk, *, key: str) -> Answer:
        """Sign the snapshot anew, with what was withdrawn since; once for this ``key``.

        Raises: Refused, Conflict when it has not closed or this was done in this very second, InFlight, Unavailable.
        """
        desk.require(Right.SETTINGS)
        organisation = desk.organisation

        def freeze(session: Session, now: datetime) -> str:
            row = organisations.lock_whole(session, organisation.id)
            closing = closings.one(session, organisation.id)
            if closing is None:
                raise _not_closed(row.name)
            newest = closings.newest(session, closing)
            if newest is not None and newest.valid_from >= now:
                raise Conflict(_("This was signed a moment ago. Try again in a moment."))
            return self._freeze(session, view(row), desk.actor, key=key, now=now)

        return self._once.answer(organisation, key, hashlib.sha256(b"renew").hexdigest(), freeze)

    def reopen(self, desk: Desk) -> None:
        """Take the closing back within a day: the snapshot is withdrawn, and awarding goes on.

        Raises: Refused, Conflict when it has not closed, later than that, or while it is being signed; Unavailable.
        """
        desk.require(Right.SETTINGS)
        self._issuance.ready(desk.organisation)
        now = self._context.now()
        with self._context.database.session() as session:
            row = organisations.lock_whole(session, desk.organisation.id)
            closing = closings.one(session, row.id)
            if closing is None:
                raise _not_closed(row.name)
            if now >= closing.closed + REOPENED_WITHIN:
                raise Conflict(
                    _(
                        "It closed more than a day ago, and others may have taken over what it awarded. "
                        "Open a new organisation instead."
                    ),
                    kind="too-late",
                )
            credential = credentials.lock(session, row.id, closing.credential_id)
            assert credential is not None, "kept by a foreign key"
            if credentials.pending_intent(session, credential.id) is not None:
                raise Conflict(_("The snapshot is being signed just now. Try again in a moment."))
            self._lists.withdraw(session, credential.id, Reason.ISSUED_IN_ERROR, now)
            credential.state, credential.revoked = "revoked", now
            credential.revocation_reason = Reason.ISSUED_IN_ERROR.code
            closings.drop_files(session, credential.id)
            session.delete(closing)
            row.closed = None
            session.flush()
            publish(session, row, now, identifier_url=self._context.settings.identifier_url)
            record(
                session,
                at=now,
                actor=desk.actor,
                action="closing.reopen",
                organisation_id=row.id,
                object_id=credential.id,
            )
        try:
            self._lists.refresh(desk.organisation.id)
        except Unavailable:
            # The bits are stored; the list is signed anew at the first reading that can.
            return

    def public(self, slug: str) -> tuple[Organisation, Snapshot, Published]:
        """What everybody may know of a closing, and its signed snapshot. Raises: NotFound, also while it is signed."""
        with self._context.database.reading() as session:
            organisation, _row, signed = self._signed(session, slug)
        snapshot = Snapshot.read(parse(signed.body, limits=CREDENTIAL_LIMITS).value)
        return organisation, snapshot, Published(body=signed.body, etag=signed.etag)

    def archive(self, slug: str) -> Published:
        """The snapshot and every document that it names, as one zip file. Raises: NotFound."""
        with self._context.database.reading() as session:
            _organisation, row, signed = self._signed(session, slug)
            files = [(each.name, each.body) for each in closings.files(session, row.credential_id, signed.sequence)]
        body = snapshots.archive(signed.body, files)
        return Published(body=body, etag=etag_of(body))

    @staticmethod
    def _signed(session: Session, slug: str) -> tuple[Organisation, tables.ClosingRow, tables.SignedCredentialRow]:
        found = closings.by_slug(session, slug)
        signed = None if found is None else closings.newest(session, found[1])
        if found is None or signed is None:
            raise NotFound
        return view(found[0]), found[1], signed

    def _read(self, organisation: Organisation, draft: ClosingDraft, names: frozenset[str]) -> tuple[Custodian, str]:
        loopback = self._context.settings.loopback
        if inputs.line(draft.slug, "slug", required=True) != organisation.slug:
            raise BadInput(
                _("This is not the short name of this organisation."),
                field="slug",
                remedy=_("Type “%(slug)s”, so that nobody closes it by mistake.", slug=organisation.slug),
            )
        custodian = Custodian(
            name=inputs.line(draft.successor_name, "successorName", required=True, longest=200),
            url=inputs.web_address(draft.successor_url, "successorUrl", required=True, loopback=loopback),
            id=inputs.party_uri(draft.successor_id, "successorId", required=False, loopback=loopback)
            if draft.successor_id
            else "",
        )
        if custodian.id in names:
            raise BadInput(
                _("Whoever closes cannot take over from itself."),
                field="successorId",
                remedy=_("Give the identifier of the other organisation, or leave it empty."),
            )
        return custodian, inputs.paragraph(draft.words, "words", required=False, longest=2000)

    def freeze_anew(self, session: Session, organisation: Organisation, before: tables.IntentRow, now: datetime) -> str:
        """Freeze the snapshot once more, with its documents as they are named now; the intent's id."""
        assert before.idempotency_key is not None, "a snapshot is asked for by a request"
        return self._freeze(session, organisation, before.actor, key=before.idempotency_key, now=now)

    def _freeze(
        self, session: Session, organisation: Organisation, actor: Actor | str, *, key: str, now: datetime
    ) -> str:
        """Store the snapshot's documents as they are now, and what is going to be signed about them."""
        row = closings.one(session, organisation.id)
        assert row is not None, "it is added in this transaction or was found in it"
        kept = self._documents(session, organisation, now)
        sequence = credentials.next_sequence(session, row.credential_id)
        for each in kept:
            session.add(
                tables.ClosingFileRow(
                    credential_id=row.credential_id,
                    sequence=sequence,
                    name=snapshots.file_name(each.address, kept[0].address),
                    organisation_id=organisation.id,
                    address=each.address,
                    media_type=each.media_type,
                    body=each.body,
                )
            )
        unsigned = snapshots.unsigned(
            credential_id=row.credential_id,
            issuer=issuer_profile(organisation, on=now, beside={"id": row.successor_id}),
            closed=row.closed,
            now=now,
            words=row.words,
            custodian=_custodian(row),
            kept=kept,
            status=self._lists.entries(session, organisation, row.credential_id),
        )
        try:
            lint_template(unsigned)
        except ProblemError as error:
            raise unsignable(error.detail, error.pointer) from error
        return self._issuance.freeze(
            session,
            organisation=organisation,
            credential_id=row.credential_id,
            kind=CLOSE,
            format_=USUAL,
            unsigned=unsigned,
            actor=actor,
            now=now,
            details={"validFrom": format_timestamp(now)},
            idempotency_key=key,
            claim_id=None,
            holder=None,
        )

    def _documents(self, session: Session, organisation: Organisation, now: datetime) -> Sequence[Kept]:
        """Everything that a verifier of this organisation's awards asks for, under whichever identifier it signed them;
        the identifier document comes first.
        """
        base = f"{self._context.settings.identifier_url}/orgs/{organisation.slug}"
        identifier = organisations.identifier_document(session, organisation.slug)
        assert identifier is not None, "only an organisation with a web address closes"
        keys = [
            Kept(
                address=f"{base}/keys/{key.fragment}",
                media_type="application/json",
                body=serialize(key_document(identity.did, did_key(key, identity.did))),
            )
            for identity in identities.of(session, organisation.id)
            for key in identities.keys(session, identity.id)
        ]
        lists = [
            Kept(address=address, media_type=snapshots.LIST_MEDIA, body=body)
            for address, body in self._lists.last(session, organisation, now, valid_until=now + HOLDS_FOR)
        ]
        first = Kept(address=f"{base}/did.json", media_type="application/did+json", body=identifier.body)
        return [first, *keys, *lists]

    def _complete(self, done: Completion) -> None:
        """Forget the documents of the snapshot before, and store the answer to the request."""
        closings.drop_files(done.session, done.credential.id, before=done.signed.sequence)
        place = f"{self._context.settings.identifier_url}/orgs/{done.organisation.slug}/closed"
        answer: dict[str, Any] = {
            "id": done.signed.credential_id,
            "validFrom": done.details["validFrom"],
            "links": {"document": place, "archive": f"{place}.zip"},
        }
        self._once.keep(done, answer)

    def _view(self, session: Session, organisation: Organisation, row: tables.ClosingRow) -> Closed:
        signed = closings.newest(session, row)
        until = row.closed + REOPENED_WITHIN
        return Closed(
            organisation=organisation,
            closed=row.closed,
            words=row.words,
            custodian=_custodian(row),
            reopen_until=until,
            reopens=self._context.now() < until,
            signed=None if signed is None else signed.valid_from,
            fingerprint=None if signed is None else snapshots.fingerprint(signed.body),
            withdrawn_since=0
            if signed is None
            else closings.changed_since(session, organisation.id, signed.valid_from),
        )


def _custodian(row: tables.ClosingRow) -> Custodian:
    return Custodian(name=row.successor_name, url=row.successor_url, id=row.successor_id)


def _not_closed(name: str) -> Conflict:
    return Conflict(_("%(name)s has not closed.", name=name))


def _credential_row(desk: Desk, credential_id: str, now: datetime, *, identity_id: str) -> tables.CredentialRow:
    """The credential that is the snapshot: no learner, no achievement, nothing sealed."""
    return tables.CredentialRow(
        format=USUAL,
        id=credential_id,
        organisation_id=desk.organisation.id,
        identity_id=identity_id,
        kind=CLOSING,
        achievement_name=desk.organisation.name,
        learner_name="",
        learner_folded="",
        identifier_type="",
        identifier_sealed=b"",
        draft_sealed=b"",
        summary="",
        awarded=now,
        state="pending",
        sequence=0,
        created=now,
        created_by=desk.actor.user_id,
    )
