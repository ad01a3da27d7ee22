"""What was awarded: found, shown, withdrawn, repaired. The desk's side of a credential's life."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.award_rows import fold
from issuer.service.awards import AwardService
from issuer.service.claims import ClaimService, PrintableClaim, recall
from issuer.service.context import Context, Desk
from issuer.service.issuance import Issuance
from issuer.service.once import Answer
from issuer.service.page_ending import end_page
from issuer.service.recording import AuditEntry, record, story
from issuer.service.rights import Right
from issuer.service.securing import form_of
from issuer.service.status_lists import StatusListService
from issuer.service.telling import tell
from issuer.store import credentials, hosts, tables
from issuer.store.deliveries import WITHDRAWAL
from kit.errors import BadInput, Conflict, Gone, NotFound, Unavailable
from kit.i18n import Message, _
from kit.paging import Page, Window
from vc.status import Reason

REASONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        Reason.ISSUED_IN_ERROR.code: _("It was issued in error"),
        Reason.WRONG_PERSON.code: _("It went to the wrong person"),
        Reason.REPLACED.code: _("It is replaced by a corrected one"),
        Reason.REQUIREMENTS_NOT_MET.code: _("The requirements were not met after all"),
        Reason.LEARNER_ASKED.code: _("The learner asked for it"),
        Reason.PROVIDER_CLOSED.code: _("The provider has closed"),
        Reason.KEY_COMPROMISED.code: _("The signing key was no longer safe"),
        Reason.NOT_STATED.code: _("No reason is published"),
    }
)
MOST_CHOSEN: Final = 200
_BY_CODE: Final = {reason.code: reason for reason in Reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """One award as pages and the API see it. ``uuid`` is the id without ``urn:uuid:``; ``mark`` a short text.

    ``suspended`` is since when it is paused, also when it was withdrawn meanwhile. ``refreshes``: its newest version is
    given out at an address of its own.
    ``format`` is how it is signed (`securing`).
    """

    id: str
    uuid: str
    format: str
    achievement_id: str
    achievement_name: str
    learner_name: str
    mark: str
    awarded: datetime
    created: datetime
    created_by: str
    valid_until: datetime | None
    state: str
    version: int
    holder: str | None
    revoked: datetime | None
    revocation_reason: str | None
    replaces: str | None
    replaced_by: str | None
    erased: datetime | None = None
    handing: str | None
    handing_since: datetime | None
    suspended: datetime | None = None
    refreshes: bool = False

    @property
    def shown(self) -> str:
        """The state that people are told: a pause is told unless it was withdrawn, and how handing it over stands."""
        if self.suspended is not None and self.state != "revoked":
            return credentials.PAUSED
        return self.handing or self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """The signed bytes of an award, their ETag (quoted), their media type, and the ending of a file with them."""

    body: bytes
    etag: str
    media_type: str
    ending: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One signed version: award, claim or reissue."""

    sequence: int
    kind: str
    valid_from: datetime
    signed: datetime
    bytes: int


class CredentialService:
    """Finds, shows, withdraws and repairs awards of one organisation at a time."""

    def __init__(
        self,
        context: Context,
        lists: StatusListService,
        claims: ClaimService,
        awards: AwardService,
        issuance: Issuance,
    ) -> None:
        self._context = context
        self._lists = lists
        self._claims = claims
        self._awards = awards
        self._issuance = issuance

    def listing(
        self, desk: Desk, at: Window, *, state: str = "", achievement: str = "", words: str = "", job: str = ""
    ) -> Page[Credential]:
        """One page of the organisation's awards, newest first. Unknown states raise BadInput."""
        if state:
            inputs.choice(state, "state", allowed=(*credentials.VISIBLE, credentials.PAUSED, *credentials.HANDING))
        text = inputs.line(words, "q", required=False, longest=200)
        with self._context.database.reading() as session:
            rows, total = credentials.listing(
                session,
                desk.organisation.id,
                state=state or None,
                achievement_id=achievement or None,
                words=fold(text),
                offset=at.offset,
                limit=at.size,
                job_id=job[:36] or None,
            )
        return Page(items=[view_credential(row) for row in rows], number=at.number, size=at.size, total=total)

    def counts(self, desk: Desk) -> Mapping[str, int]:
        """How many awards are in each state."""
        with self._context.database.reading() as session:
            return credentials.counts(session, desk.organisation.id)

    def one(self, desk: Desk, credential_uuid: str) -> Credential:
        """One award. Raises: NotFound."""
        with self._context.database.reading() as session:
            return view_credential(self._row(session, desk, credential_uuid))

    def file(self, desk: Desk, credential_uuid: str) -> File:
        """The newest signed version as it is handed out, with its media type. Raises: NotFound."""
        found = self.one(desk, credential_uuid)
        body, etag = self.document(desk, credential_uuid)
        form = form_of(found.format)
        return File(body=body, etag=etag, media_type=form.media_type, ending=form.ending)

    def document(self, desk: Desk, credential_uuid: str, *, version: int | None = None) -> tuple[bytes, str]:
        """The signed bytes, unchanged, and their ETag. Raises: NotFound."""
        with self._context.database.reading() as session:
            row = self._row(session, desk, credential_uuid)
            found = credentials.signed(session, desk.organisation.id, row.id, version or row.sequence)
        if found is None:
            raise NotFound
        if row.erased is not None:
            raise Gone(_("What was signed here was erased with everything else about the learner."))
        return found.body, found.etag

    def versions(self, desk: Desk, credential_uuid: str) -> Sequence[VersionLine]:
        """Every signed version of an award, oldest first. Raises: NotFound."""
        with self._context.database.reading() as session:
            row = self._row(session, desk, credential_uuid)
            rows = credentials.signed_versions(session, desk.organisation.id, row.id)
        return [
            VersionLine(
                sequence=found.sequence,
                kind=found.kind,
                valid_from=found.valid_from,
                signed=found.signed,
                bytes=len(found.body),
            )
            for found in rows
        ]

    def story(self, desk: Desk, credential_uuid: str) -> Sequence[AuditEntry]:
        """What happened to an award, oldest first. Raises: NotFound."""
        with self._context.database.reading() as session:
            row = self._row(session, desk, credential_uuid)
            return story(session, desk.organisation.id, row.id)

    def note(self, desk: Desk, credential_uuid: str) -> str:
        """The private note of a withdrawal; empty when there is none. Raises: NotFound, Unavailable."""
        with self._context.database.reading() as session:
            row = self._row(session, desk, credential_uuid)
        if row.revocation_note is None:
            return ""
        return self._context.keystore.open_text(row.revocation_note, context=_note_context(row.id))

    def identifier(self, desk: Desk, credential_uuid: str) -> str:
        """The roster number or address that was typed. Raises: NotFound, Unavailable."""
        with self._context.database.reading() as session:
            row = self._row(session, desk, credential_uuid)
        return self._awards.opened(row).identifier

    def claim(self, desk: Desk, credential_uuid: str) -> PrintableClaim | None:
        """Link and code of the award's open claim, if there is one: for those who hand it over.

        Raises: Refused, NotFound, Unavailable.
        """
        desk.require(Right.AWARD)
        found = self.one(desk, credential_uuid)
        return self._claims.printable(desk.organisation, found.id)

    def to_hand_out(
        self,
        desk: Desk,
        at: Window,
        *,
        job: str = "",
        chosen: Sequence[str] = (),
        state: str = "",
        achievement: str = "",
        words: str = "",
    ) -> Page[tuple[Credential, PrintableClaim | None]]:
        """One page of awards that nobody has claimed yet, by name, each with its open link and code: those of a job,
        the ``chosen`` ones (UUIDs), or all that match. What a job holds back is left out.

        Raises: Refused, BadInput, Unavailable.
        """
        desk.require(Right.AWARD)
        if state:
            inputs.choice(state, "state", allowed=("issued", *credentials.HANDING))
        if len(chosen) > MOST_CHOSEN:
            raise BadInput(
                _("These are too many at a time."),
                field="credential",
                remedy=_("Choose at most %(most)s.", most=MOST_CHOSEN),
            )
        text = inputs.line(words, "q", required=False, longest=200)
        with self._context.database.reading() as session:
            rows, total = credentials.listing(
                session,
                desk.organisation.id,
                state=state or "issued",
                achievement_id=achievement or None,
                words=fold(text),
                offset=at.offset,
                limit=at.size,
                job_id=job or None,
                ids=[f"urn:uuid:{each.removeprefix('urn:uuid:')}"[:45] for each in chosen] or None,
                free=True,
            )
        items = [(view_credential(row), self._claims.printable(desk.organisation, row.id)) for row in rows]
        return Page(items=items, number=at.number, size=at.size, total=total)

    def renew_claim(self, desk: Desk, credential_uuid: str) -> None:
        """Take the open link and code back and make new ones. Raises: Refused, NotFound, Conflict, Unavailable."""
        desk.require(Right.AWARD)
        self._issuance.ready(desk.organisation)
        now = self._context.now()
        with self._context.database.session() as session:
            row = self._row(session, desk, credential_uuid, lock=True)
            if row.state != "issued":
                raise Conflict(_("This award was claimed or withdrawn; there is nothing left to claim."))
            if row.erased is not None:
                raise _nothing_left()
            _settled(session, row)
            self._taken_back(session, desk, row.id, now)
            self._claims.open(session, desk.organisation, row.id, now)
            row.handing, row.handing_since = None, None
            self._record(session, desk, "claim.open", row.id, now)

    def recall_claim(self, desk: Desk, credential_uuid: str) -> None:
        """Take the open link and code back. Raises: Refused, NotFound, Conflict while a wallet is being answered."""
        desk.require(Right.AWARD)
        with self._context.database.session() as session:
            row = self._row(session, desk, credential_uuid, lock=True)
            _settled(session, row)
            self._taken_back(session, desk, row.id, self._context.now())

    def revoke(self, desk: Desk, credential_uuid: str, *, reason: str, note: str, since: str = "") -> Credential:
        """Withdraw an award for good; the published list shows it within a second.

        ``reason`` is one of ``REASONS`` and is published; ``note`` is for this desk alone. ``since`` backdates what the
        list says, in demonstrations only. Withdrawing again changes nothing and gives the same answer.
        Raises: Refused, NotFound, BadInput, Unavailable.
        """
        desk.require(Right.WITHDRAW)
        found = reason_of(reason)
        words = inputs.paragraph(note, "note", required=False, longest=2000)
        at = self._since(since)
        self._issuance.ready(desk.organisation)
        with self._context.database.session() as session:
            row = self._row(session, desk, credential_uuid, lock=True)
            if row.state == "revoked":
                return view_credential(row)
            self._withdraw(session, desk, row, found, at)
            tell(
                session,
                row,
                WITHDRAWAL,
                actor=desk.actor.user_id,
                now=self._context.now(),
                mails=self._context.settings.sends_mail,
            )
            if words:
                row.revocation_note = self._context.keystore.seal_text(words, context=_note_context(row.id))
            session.flush()
            view = view_credential(row)
        self._publish(desk)
        return view

    def release(self, desk: Desk, credential_uuid: str, *, key: str) -> Answer:
        """Repair "the wrong child claimed it": withdraw the award and award it anew, with a new link, in one step.

        Raises: Refused, NotFound, Conflict when nobody has claimed it or it is withdrawn, Unavailable.
        """
        desk.require(Right.WITHDRAW)
        found = self.one(desk, credential_uuid)
        if found.erased is not None:
            raise _nothing_left()
        draft, _achievement = self._awards.draft_of(desk, found.id)

        def withdraw(session: Session, new_id: str, now: datetime) -> None:
            row = self._row(session, desk, credential_uuid, lock=True)
            if row.state != "claimed":
                raise Conflict(_("Only an award that somebody has claimed can be released."))
            if row.suspended is not None:
                raise Conflict(_("This award is paused. Lift the pause first, or withdraw it and award it anew."))
            if row.erased is not None:
                raise _nothing_left()
            _settled(session, row)
            self._withdraw(session, desk, row, Reason.WRONG_PERSON, now)
            end_page(session, desk.organisation.id, row.id, desk.actor, now)
            row.replaced_by = new_id

        answer = self._awards.replace(desk, draft, key=key, replaces=found.id, withdraw=withdraw)
        self._publish(desk)
        return answer

    @staticmethod
    def _taken_back(session: Session, desk: Desk, credential_id: str, now: datetime) -> None:
        """End the open link of an award, and what somebody began with it: a public page, corrections to a wallet."""
        if recall(session, desk.organisation, credential_id, desk.actor.user_id, now):
            hosts.end_all(session, desk.organisation.id, credential_id, now)
            end_page(session, desk.organisation.id, credential_id, desk.actor, now)

    def _publish(self, desk: Desk) -> None:
        try:
            self._lists.refresh(desk.organisation.id)
        except Unavailable:
            # The bits are stored; the list is signed anew at the first reading that can.
            return

    def _withdraw(self, session: Session, desk: Desk, row: tables.CredentialRow, reason: Reason, at: datetime) -> None:
        if row.state not in ("issued", "claimed"):
            raise Conflict(_("This award is not finished yet. Try again in a moment."))
        self._lists.withdraw(session, row.id, reason, at)
        row.state, row.revoked, row.revocation_reason = "revoked", at, reason.code
        now = self._context.now()
        recall(session, desk.organisation, row.id, desk.actor.user_id, now)
        self._record(session, desk, "credential.revoke", row.id, now, reason=reason.code)

    def _since(self, since: str) -> datetime:
        now = self._context.now()
        given = inputs.moment(since, "since")
        if given is None:
            return now
        if not self._context.settings.loopback:
            raise BadInput(_("A withdrawal counts from now."), field="since", remedy=_("Leave the date out."))
        return inputs.not_after(given, now, "since")

    def _row(self, session: Session, desk: Desk, credential_uuid: str, *, lock: bool = False) -> tables.CredentialRow:
        find = credentials.lock_award if lock else credentials.award
        row = find(session, desk.organisation.id, f"urn:uuid:{credential_uuid.removeprefix('urn:uuid:')}"[:45])
        if row is None or row.state not in credentials.VISIBLE:
            raise NotFound
        return row

    @staticmethod
    def _record(session: Session, desk: Desk, action: str, credential_id: str, now: datetime, **detail: str) -> None:
        record(
            session,
            at=now,
            actor=desk.actor,
            action=action,
            organisation_id=desk.organisation.id,
            object_id=credential_id,
            **detail,
        )


def _nothing_left() -> Conflict:
    return Conflict(_("What was known of this award was erased; it can only be withdrawn."))


def _settled(session: Session, row: tables.CredentialRow) -> None:
    """Return when nothing is being signed for this award: a wallet may be about to get it. Raises: Conflict."""
    if credentials.pending_intent(session, row.id) is not None:
        raise Conflict(_("This award is being signed just now. Try again in a moment."))


def reason_of(code: str) -> Reason:
    """The reason of the list that has this code. Raises: BadInput."""
    found = _BY_CODE.get(code)
    if found is None:
        raise BadInput(_("Choose why this is withdrawn."), field="reason", remedy=_("Choose one reason from the list."))
    return found


def _note_context(credential_id: str) -> str:
    return f"issuer/credential/{credential_id}/note"


def view_credential(row: tables.CredentialRow) -> Credential:
    """The row as pages and the API see it."""
    achievement_id, _version = credentials.achievement_of(row)
    return Credential(
        id=row.id,
        uuid=row.id.removeprefix("urn:uuid:"),
        format=row.format,
        achievement_id=achievement_id,
        achievement_name=row.achievement_name,
        learner_name=row.learner_name,
        mark=row.summary,
        awarded=row.awarded,
        created=row.created,
        created_by=row.created_by,
        valid_until=row.valid_until,
        state=row.state,
        version=row.sequence,
        holder=row.holder,
        revoked=row.revoked,
        revocation_reason=row.revocation_reason,
        replaces=row.replaces,
        replaced_by=row.replaced_by,
        suspended=row.suspended,
        refreshes=row.refresh_hash is not None,
        erased=row.erased,
        handing=row.handing if row.state == "issued" else None,
        handing_since=row.handing_since if row.state == "issued" else None,
    )
