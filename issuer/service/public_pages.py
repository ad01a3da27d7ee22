"""Public pages of awards: there only as long as both want it, the organisation and a holder who is of age.

The organisation offers one, and says that the learner is 18 or older; whoever has the claim link and types its code
says the same, and opens it. Either takes it back at any time, at once and for good: a page that is opened again has
another address. Minors have none, and no list leads to any (O9).
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from issuer.service import tokens
from issuer.service.claim_codes import ClaimCodes
from issuer.service.claims import SYSTEM_ACTOR, ClaimService, Offer
from issuer.service.context import Context, Desk, Organisation
from issuer.service.organisations import view
from issuer.service.page_ending import end_page, note
from issuer.service.rights import Right
from issuer.service.roster.ages import birthday, is_child
from issuer.store import achievements, claims, credentials, jobs, organisations, public_pages, tables
from kit.errors import BadInput, Conflict, Gone, NotFound
from kit.i18n import Message, _
from kit.limits import Misses

_SHOWN = ("issued", "claimed")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPage:
    """The page of an award as those two see it; ``url`` is None until the holder opened it."""

    opened: datetime | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAward:
    """What stands at the address of an open page. ``body``: the signed bytes. The name is for those who ask for it."""

    organisation: Organisation
    achievement_iri: str
    achievement: Mapping[str, Any]
    learner_name: str
    mark: str
    awarded: datetime
    expired: bool
    paused: bool
    withdrawn: datetime | None
    body: bytes
    etag: str


class PublicPageService:
    """Offers, opens, shows and ends public pages."""

    def __init__(self, context: Context, claims_: ClaimService, codes: ClaimCodes) -> None:
        self._context = context
        self._claims = claims_
        self._codes = codes
        self._misses = Misses(context.clock)

    def offer(self, desk: Desk, credential_uuid: str, *, adult: bool) -> PublicPage:
        """Let the holder of an award open a public page for it. ``adult``: the desk knows that they are 18 or older.

        Offering again changes nothing. Raises: Refused, NotFound, BadInput for anybody else, Conflict while it is held
        back or once it is withdrawn.
        """
        desk.require(Right.AWARD)
        if not adult:
            raise _not_of_age(_("Only an award of somebody who is 18 or older can have a public page."))
        now, page_id, token = self._context.now(), str(uuid.uuid4()), tokens.new_token()
        sealed = self._context.keystore.seal_text(token, context=_context(page_id))
        with self._context.database.session() as session:
            row = self._locked(session, desk, credential_uuid)
            self._check_roster(session, row, desk.organisation.local(now).date())
            held = row.job_id and jobs.held(session, desk.organisation.id, row.id)
            if row.state not in _SHOWN or row.erased is not None or held:
                raise Conflict(_("Only an award that was handed out and still holds can have a public page."))
            page = public_pages.of_credential(session, desk.organisation.id, row.id)
            if page is None:
                page = tables.PublicPageRow(
                    id=page_id,
                    organisation_id=desk.organisation.id,
                    credential_id=row.id,
                    token_hash=tokens.token_hash(token),
                    token_sealed=sealed,
                    state=public_pages.OFFERED,
                    offered=now,
                    opened=None,
                    ended=None,
                )
                session.add(page)
                session.flush()
                note(session, page, action="page.offer", actor=desk.actor, now=now)
            return self._view(page)

    def of(self, desk: Desk, credential_uuid: str) -> PublicPage | None:
        """The page of an award, if there is one. Raises: Refused, NotFound, Unavailable."""
        desk.require(Right.AWARD)
        with self._context.database.reading() as session:
            row = credentials.award(session, desk.organisation.id, _urn(credential_uuid))
            if row is None or row.state not in credentials.VISIBLE:
                raise NotFound
            page = public_pages.of_credential(session, desk.organisation.id, row.id)
        return None if page is None else self._view(page)

    def end(self, desk: Desk, credential_uuid: str) -> None:
        """Take the page of an award back, at once. Raises: Refused, NotFound."""
        desk.require(Right.AWARD)
        with self._context.database.session() as session:
            row = self._locked(session, desk, credential_uuid)
            end_page(session, desk.organisation.id, row.id, desk.actor, self._context.now())

    def offered(self, offer: Offer) -> PublicPage | None:
        """The page that whoever has this claim link may open or take back; None where none was offered."""
        with self._context.database.reading() as session:
            page = self._page_of(session, offer)
        return None if page is None else self._view(page)

    def open(self, token: str, *, adult: bool, code: str, client: str) -> PublicPage:
        """Open the page that was offered for the award of a claim link.

        Raises: what ``ClaimService.look`` raises; BadInput for somebody who is not of age, or without the code;
        TooMany; NotFound where no page was offered.
        """
        offer = self._claims.look(token, client=client)
        if not adult:
            raise _not_of_age(_("Only somebody who is 18 or older can open a public page for their award."))
        self._codes.check(offer, code)
        now = self._context.now()
        with self._context.database.session() as session:
            row = credentials.lock_award(session, offer.organisation.id, self._credential_id(session, offer))
            page = self._page_of(session, offer)
            if row is None or page is None:
                raise NotFound
            self._check_roster(session, row, offer.organisation.local(now).date())
            if page.state == public_pages.OFFERED:
                page.state, page.opened = public_pages.OPEN, now
                note(session, page, action="page.open", actor=SYSTEM_ACTOR, now=now)
            return self._view(page)

    def take_back(self, token: str, *, client: str) -> None:
        """End the page of the award of a claim link, at once, also once the award was withdrawn.

        Raises: what ``ClaimService.award_of`` raises.
        """
        organisation_id, credential_id = self._claims.award_of(token, client=client)
        with self._context.database.session() as session:
            credentials.lock_award(session, organisation_id, credential_id)
            end_page(session, organisation_id, credential_id, SYSTEM_ACTOR, self._context.now())

    def left(self, token: str, *, client: str) -> PublicPage | None:
        """The open page of an award that a claim link leads to no more; None where there is none.

        Raises: what ``ClaimService.award_of`` raises.
        """
        organisation_id, credential_id = self._claims.award_of(token, client=client)
        with self._context.database.reading() as session:
            page = public_pages.of_credential(session, organisation_id, credential_id)
        return self._view(page) if page is not None and page.state == public_pages.OPEN else None

    def public(self, token: str, *, client: str) -> PublicAward:
        """What stands at an address. Raises: NotFound, TooMany; Gone once it was taken back."""
        self._misses.admit(client)
        with self._context.database.reading() as session:
            page = public_pages.by_token(session, tokens.token_hash(token)) if tokens.is_token(token) else None
            if page is None or page.state == public_pages.OFFERED:
                self._misses.missed(client)
                raise NotFound
            credential = credentials.award(session, page.organisation_id, page.credential_id)
            assert credential is not None, "kept by a foreign key"
            if page.state == public_pages.OVER or credential.state not in credentials.VISIBLE:
                raise Gone(_("This page was taken back by whoever opened it."))
            signed = credentials.signed(session, page.organisation_id, credential.id, credential.sequence)
            assert signed is not None, "what is visible was signed"
            organisation = view(organisations.by_id(session, page.organisation_id))
            achievement_id, version = credentials.achievement_of(credential)
            body = json.loads(achievements.version(session, achievement_id, version))
        return PublicAward(
            organisation=organisation,
            achievement_iri=f"{self._context.settings.identifier_url}/orgs/{organisation.slug}/achievements/{achievement_id}",
            achievement=body,
            learner_name=credential.learner_name,
            mark=credential.summary,
            awarded=credential.awarded,
            expired=credential.valid_until is not None and credential.valid_until <= self._context.now(),
            paused=credential.suspended is not None,
            withdrawn=credential.revoked,
            body=signed.body,
            etag=signed.etag,
        )

    def _check_roster(self, session: Session, row: tables.CredentialRow, today: date) -> None:
        """Return unless the roster knows that this is a child, whoever says what. Raises: BadInput, Unavailable."""
        born = birthday(session, self._context.keystore.vault(), row)
        if born is not None and is_child(born, today):
            raise BadInput(
                _("Only an award of somebody who is 18 or older can have a public page."),
                field="adult",
                remedy=_("The roster says when this learner was born. If that is wrong, correct it there."),
            )

    def _page_of(self, session: Session, offer: Offer) -> tables.PublicPageRow | None:
        return public_pages.of_credential(session, offer.organisation.id, self._credential_id(session, offer))

    @staticmethod
    def _credential_id(session: Session, offer: Offer) -> str:
        claim = claims.one(session, offer.claim_id)
        assert claim is not None, "the offer was read from it"
        return claim.credential_id

    @staticmethod
    def _locked(session: Session, desk: Desk, credential_uuid: str) -> tables.CredentialRow:
        row = credentials.lock_award(session, desk.organisation.id, _urn(credential_uuid))
        if row is None or row.state not in credentials.VISIBLE:
            raise NotFound
        return row

    def _view(self, page: tables.PublicPageRow) -> PublicPage:
        url = None
        if page.state == public_pages.OPEN and page.token_sealed is not None:
            token = self._context.keystore.open_text(page.token_sealed, context=_context(page.id))
            url = f"{self._context.settings.public_url}/c/{token}"
        return PublicPage(opened=page.opened, url=url)


def _urn(credential_uuid: str) -> str:
    return f"urn:uuid:{credential_uuid.removeprefix('urn:uuid:')}"[:45]


def _context(page_id: str) -> str:
    return f"issuer/public_page/{page_id}/token"


def _not_of_age(said: Message) -> BadInput:
    return BadInput(said, field="adult", remedy=_("Tick the box if that is so; otherwise it stays private."))
