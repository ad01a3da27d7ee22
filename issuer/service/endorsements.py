"""Vouching for others: an organisation, an achievement or a credential, with a comment, signed like an award.

Nobody vouches for himself (F13): not for the organisation, not for what it offers, not for what it awarded. A learner's
credential may be vouched for, but nothing of that is public: a page that names it would point at the learner.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.context import Context, Desk, Organisation
from issuer.service.credentials import REASONS
from issuer.service.documents import issuer_profile
from issuer.service.identities import acts_as, own_names, under
from issuer.service.issuance import Completion, Issuance, unsignable
from issuer.service.once import Answer, Once
from issuer.service.organisations import view
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.securing import USUAL
from issuer.service.status_lists import StatusListService
from issuer.store import credentials, endorsements, organisations, tables
from kit.errors import BadInput, Conflict, NotFound, Unavailable
from kit.i18n import Message, _
from kit.paging import Page, Window
from vc import openbadges
from vc.did import Did
from vc.document import CREDENTIAL_LIMITS, parse
from vc.problems import ProblemError
from vc.status import Reason
from vc.timestamps import format_timestamp

ENDORSE: Final = "endorse"
ORGANISATION, ACHIEVEMENT, CREDENTIAL = "organisation", "achievement", "credential"
TARGETS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        ORGANISATION: _("An organisation"),
        ACHIEVEMENT: _("Something that is offered"),
        CREDENTIAL: _("Somebody’s award"),
    }
)
WITHDRAWALS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        reason.code: REASONS[reason.code]
        for reason in (
            Reason.ISSUED_IN_ERROR,
            Reason.REPLACED,
            Reason.REQUIREMENTS_NOT_MET,
            Reason.KEY_COMPROMISED,
            Reason.NOT_STATED,
        )
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementDraft:
    """What somebody typed: whom or what the organisation vouches for, and why."""

    target_kind: str
    target_id: str
    target_name: str
    comment: str
    valid_until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endorsement:
    """One endorsement as pages and the API see it. ``public`` when everybody may read it at ``address``."""

    id: str
    uuid: str
    target_kind: str
    target_id: str
    target_name: str
    comment: str
    given: datetime
    valid_until: datetime | None
    state: str
    revoked: datetime | None
    revocation_reason: str | None
    address: str

    @property
    def public(self) -> bool:
        """Whether everybody may read it."""
        return self.target_kind != CREDENTIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    kind: str
    id: str
    name: str


class EndorsementService:
    """Gives endorsements, shows them and withdraws them."""

    def __init__(self, context: Context, lists: StatusListService, issuance: Issuance) -> None:
        self._context = context
        self._lists = lists
        self._issuance = issuance
        self._once = Once(context, issuance)
        issuance.completing[ENDORSE] = self._complete

    def give(self, desk: Desk, draft: EndorsementDraft, *, key: str) -> Answer:
        """Vouch for somebody else, once for this ``key``; the same request again gets the same bytes.

        Raises: Refused, BadInput (also for what is one's own), InFlight, Unavailable.
        """
        desk.require(Right.AWARD)

        def freeze(session: Session, now: datetime) -> str:
            return self._freeze(session, desk, draft, key=key, now=now)

        text = json.dumps([ENDORSE, asdict(draft)], sort_keys=True)
        return self._once.answer(desk.organisation, key, hashlib.sha256(text.encode()).hexdigest(), freeze)

    def withdraw(self, desk: Desk, endorsement_id: str, *, reason: str) -> Endorsement:
        """Withdraw an endorsement for good; the published list shows it within a second. ``reason`` is published.

        Withdrawing again changes nothing and gives the same answer. Raises: Refused, NotFound, BadInput, Unavailable.
        """
        desk.require(Right.WITHDRAW)
        code = inputs.choice(reason, "reason", allowed=tuple(WITHDRAWALS))
        found = next(each for each in Reason if each.code == code)
        self._issuance.ready(desk.organisation)
        now = self._context.now()
        with self._context.database.session() as session:
            credential = credentials.lock(session, desk.organisation.id, _urn(endorsement_id))
            row = endorsements.one(session, desk.organisation.id, _urn(endorsement_id))
            if row is None or credential is None:
                raise NotFound
            if credential.state != "revoked":
                self._lists.withdraw(session, credential.id, found, now)
                credential.state, credential.revoked, credential.revocation_reason = "revoked", now, found.code
                record(
                    session,
                    at=now,
                    actor=desk.actor,
                    action="endorsement.withdraw",
                    organisation_id=desk.organisation.id,
                    object_id=credential.id,
                    reason=found.code,
                )
                session.flush()
            answer = self._view(desk.organisation, row[0], credential)
        try:
            self._lists.refresh(desk.organisation.id)
        except Unavailable:
            # The bits are stored; the list is signed anew at the first reading that can.
            return answer
        return answer

    def renew(self, desk: Desk, endorsement_id: str, *, key: str) -> Answer:
        """Sign an endorsement anew with the present key, under the same id, with a newer ``validFrom``; once for this
        ``key``. Raises: Refused, NotFound, Conflict for one that does not count any more, InFlight, Unavailable.
        """
        desk.require(Right.AWARD)
        organisation, found_id = desk.organisation, _urn(endorsement_id)

        def freeze(session: Session, now: datetime) -> str:
            credential = credentials.lock(session, organisation.id, found_id)
            if credential is None or endorsements.one(session, organisation.id, found_id) is None:
                raise NotFound
            over = credential.valid_until is not None and credential.valid_until <= now
            if credential.state != "issued" or over:
                raise Conflict(_("It was withdrawn or has ended; there is nothing to sign anew."))
            before = credentials.signed(session, organisation.id, found_id, credential.sequence)
            assert before is not None, "what is issued has a signed version"
            rest = parse(before.body, limits=CREDENTIAL_LIMITS).value
            unsigned = {name: value for name, value in rest.items() if name != "proof"}
            # The entries are what they were, unless this server has another address now.
            acting = under(session, organisation, credential.identity_id)
            entries = [entry.to_json() for entry in self._issuance.entries(session, acting, found_id)]
            return self._issuance.freeze(
                session,
                organisation=acting,
                credential_id=found_id,
                kind=ENDORSE,
                format_=USUAL,
                unsigned={**unsigned, "validFrom": format_timestamp(now), "credentialStatus": entries},
                actor=desk.actor,
                now=now,
                details={"validFrom": format_timestamp(now)},
                idempotency_key=key,
                claim_id=None,
                holder=None,
            )

        request = hashlib.sha256(f"renew {found_id}".encode()).hexdigest()
        return self._once.answer(organisation, key, request, freeze)

    def listing(self, desk: Desk, at: Window) -> Page[Endorsement]:
        """One page of what the organisation has vouched for, newest first."""
        with self._context.database.reading() as session:
            rows, total = endorsements.listing(session, desk.organisation.id, offset=at.offset, limit=at.size)
        items = [self._view(desk.organisation, row, credential) for row, credential in rows]
        return Page(items=items, number=at.number, size=at.size, total=total)

    def one(self, desk: Desk, endorsement_id: str) -> Endorsement:
        """One endorsement. Raises: NotFound."""
        return self._one(desk.organisation, endorsement_id)[0]

    def document(self, desk: Desk, endorsement_id: str) -> tuple[bytes, str]:
        """The signed bytes, unchanged, and their ETag. Raises: NotFound."""
        _found, body, etag = self._one(desk.organisation, endorsement_id)
        return body, etag

    def public(self, slug: str, endorsement_id: str) -> tuple[Organisation, Endorsement, bytes, str]:
        """What everybody may read at an endorsement's own address, its signed bytes and their ETag.

        Raises: NotFound, also for the endorsement of a learner's credential.
        """
        with self._context.database.reading() as session:
            row = organisations.by_slug(session, slug)
        if row is None:
            raise NotFound
        organisation = view(row)
        found, body, etag = self._one(organisation, endorsement_id)
        if not found.public:
            raise NotFound
        return organisation, found, body, etag

    def _one(self, organisation: Organisation, endorsement_id: str) -> tuple[Endorsement, bytes, str]:
        with self._context.database.reading() as session:
            row = endorsements.one(session, organisation.id, _urn(endorsement_id))
            if row is None:
                raise NotFound
            signed = credentials.signed(session, organisation.id, row[1].id, row[1].sequence)
        assert signed is not None, "what is not pending has a signed version"
        return self._view(organisation, *row), signed.body, signed.etag

    def _freeze(self, session: Session, desk: Desk, draft: EndorsementDraft, *, key: str, now: datetime) -> str:
        organisation = desk.organisation
        target = self._target(session, organisation, draft)
        comment = inputs.paragraph(draft.comment, "comment", required=True, longest=2000)
        valid_until = inputs.moment(draft.valid_until, "validUntil")
        if valid_until is not None:
            valid_until = inputs.end_of_day(valid_until)
            if valid_until <= now:
                raise BadInput(
                    _("It would end before it begins."), field="validUntil", remedy=_("Give a later date, or none.")
                )
        credential_id = f"urn:uuid:{uuid.uuid4()}"
        identity_id = acts_as(session, organisation).id
        session.add(_credential_row(desk, credential_id, target, valid_until, now, identity_id=identity_id))
        session.flush()
        session.add(
            tables.EndorsementRow(
                credential_id=credential_id,
                organisation_id=organisation.id,
                target_kind=target.kind,
                target_id=target.id,
                target_name=target.name,
                comment=comment,
            )
        )
        self._lists.allocate(session, organisation, credential_id, now, pausable=False)
        try:
            unsigned = openbadges.build_endorsement(
                credential_id=credential_id,
                issuer=issuer_profile(organisation, on=now, beside={"id": target.id}),
                endorsed_id=target.id,
                comment=comment,
                valid_from=now,
                awarded_date=now,
                valid_until=valid_until,
                status=self._lists.entries(session, organisation, credential_id),
                name=target.name,
            )
        except ProblemError as error:
            raise unsignable(error.detail, error.pointer) from error
        return self._issuance.freeze(
            session,
            organisation=organisation,
            credential_id=credential_id,
            kind=ENDORSE,
            format_=USUAL,
            unsigned=unsigned,
            actor=desk.actor,
            now=now,
            details={"validFrom": format_timestamp(now)},
            idempotency_key=key,
            claim_id=None,
            holder=None,
        )

    def _target(self, session: Session, organisation: Organisation, draft: EndorsementDraft) -> _Target:
        """Whom or what somebody means. Raises: BadInput, also when it is one's own."""
        kind = inputs.choice(draft.target_kind, "targetKind", allowed=tuple(TARGETS))
        name = inputs.line(draft.target_name, "targetName", required=True)
        loopback = self._context.settings.loopback
        if kind == ORGANISATION:
            found = self._did(session, draft.target_id)
            names = own_names(session, organisation, identifier_url=self._context.settings.identifier_url)
            own = spelled(found) in {spelled(name) for name in names}
        else:
            found = inputs.identifier_uri(draft.target_id, "targetId", required=True, loopback=loopback)
            own = self._is_within(organisation, found)
        if kind == CREDENTIAL:
            own = own or credentials.lock(session, organisation.id, found) is not None
        if own:
            raise BadInput(
                _("This is your own. Vouching counts only when it comes from somebody else."),
                field="targetId",
                remedy=_("Give the identifier of another organisation, or of what it offers."),
                kind="self-endorsement",
            )
        return _Target(kind=kind, id=found, name=name)

    def _did(self, session: Session, given: str) -> str:
        """The identifier of an organisation, given as such or by the address of its page on this server."""
        text = inputs.line(given, "targetId", required=True, longest=2000)
        start = f"{self._context.settings.identifier_url}/orgs/"
        if text.startswith(start):
            row = organisations.by_slug(session, text.removeprefix(start).strip("/")[:60])
            if row is not None:
                return row.did
        if text.isascii() and text.startswith("did:") and not set(text) & set("#?/"):
            try:
                return str(Did.parse(text))
            except ProblemError:
                pass
        raise BadInput(
            _("This is not an organisation’s identifier."),
            field="targetId",
            remedy=_("It begins with did: and stands on the organisation’s public page. Copy it from there."),
        )

    def _is_within(self, organisation: Organisation, address: str) -> bool:
        """Whether an address is one of the organisation's own, however it is spelled."""
        base = urlsplit(self._context.settings.identifier_url)
        given = urlsplit(address)
        path = unquote(given.path).casefold()
        own = f"/orgs/{organisation.slug}"
        here = (given.hostname, given.port or _PORTS.get(given.scheme)) == (
            base.hostname,
            base.port or _PORTS.get(base.scheme),
        )
        return here and (path == own or path.startswith(f"{own}/"))

    def _complete(self, done: Completion) -> None:
        """Store the answer to the request."""
        number = done.signed.credential_id.removeprefix("urn:uuid:")
        base = f"{self._context.settings.public_url}/api/organisations/{done.organisation.slug}/endorsements"
        answer: dict[str, Any] = {
            "id": done.signed.credential_id,
            "targetName": done.credential.achievement_name,
            "validFrom": done.details["validFrom"],
            "links": {"self": f"{base}/{number}", "document": f"{base}/{number}/document"},
        }
        self._once.keep(done, answer)

    def _view(
        self, organisation: Organisation, row: tables.EndorsementRow, credential: tables.CredentialRow
    ) -> Endorsement:
        number = row.credential_id.removeprefix("urn:uuid:")
        over = credential.valid_until is not None and credential.valid_until <= self._context.now()
        return Endorsement(
            id=row.credential_id,
            uuid=number,
            target_kind=row.target_kind,
            target_id=row.target_id,
            target_name=row.target_name,
            comment=row.comment,
            given=credential.created,
            valid_until=credential.valid_until,
            state="expired" if credential.state == "issued" and over else credential.state,
            revoked=credential.revoked,
            revocation_reason=credential.revocation_reason,
            address=f"{self._context.settings.identifier_url}/orgs/{organisation.slug}/endorsements/{number}",
        )


_PORTS: Final[Mapping[str, int]] = MappingProxyType({"https": 443, "http": 80})


def spelled(did: str) -> str:
    """A did:web in one spelling, so that two of one place are one; any other identifier as it is."""
    return unquote(did).casefold() if did.startswith("did:web:") else did


def _urn(endorsement_id: str) -> str:
    return f"urn:uuid:{endorsement_id.removeprefix('urn:uuid:')}"[:45]


def _credential_row(
    desk: Desk,
    credential_id: str,
    target: _Target,
    valid_until: datetime | None,
    now: datetime,
    *,
    identity_id: str,
) -> tables.CredentialRow:
    """The credential that carries an endorsement: no learner, no achievement, nothing sealed."""
    return tables.CredentialRow(
        id=credential_id,
        organisation_id=desk.organisation.id,
        identity_id=identity_id,
        kind=credentials.ENDORSEMENT,
        format=USUAL,
        achievement_name=target.name,
        learner_name="",
        learner_folded="",
        identifier_type="",
        identifier_sealed=b"",
        draft_sealed=b"",
        summary="",
        awarded=now,
        valid_until=valid_until,
        state="pending",
        sequence=0,
        created=now,
        created_by=desk.actor.user_id,
    )
