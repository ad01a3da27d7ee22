"""Being known at a host, going there with an award, and coming back: started from the claim link, by the right hand.

Into whose hands links and codes are given, only the organisation knows: without its word nothing is sent anywhere (O8).
Where it hands them to guardians, whoever starts this says that they are one (or of age), and types the code that they
were given; a link alone may have been passed on, or opened by a program.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from issuer.service import tokens
from issuer.service.claim_codes import ClaimCodes
from issuer.service.claims import SYSTEM_ACTOR, ClaimService, Offer
from issuer.service.context import Context
from issuer.service.elsewhere import grants
from issuer.service.elsewhere.descriptions import PATH, SERVICE_DESCRIPTION, base_of, origin_of, read_description, unfit
from issuer.service.elsewhere.grants import Client, Declined
from issuer.service.elsewhere.pushes import Pushes, client_of, secret_context, token_context
from issuer.service.organisation_settings import ADULTS, GUARDIANS, settings_of
from issuer.service.recording import record
from issuer.service.roster.ages import birthday, is_child
from issuer.store import claims, credentials, hosts, tables
from kit.errors import BadInput, Refused
from kit.fetch import Fetcher
from kit.i18n import Message, _
from kit.limits import Attempts

LEARNER, GUARDIAN = "adult", "guardian"
HANDS: Final[dict[str, tuple[str, ...]]] = {ADULTS: (LEARNER,), GUARDIANS: (GUARDIAN, LEARNER)}
"""Who may start it, by what the organisation says of whom it gives links and codes to."""

THERE_AND_BACK: Final = timedelta(minutes=30)
RECENT: Final = timedelta(hours=1)
PER_CLIENT: Final = 60
PER_CLAIM: Final = 10
WINDOW: Final = timedelta(minutes=10)
LONGEST_CODE: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """Where somebody goes on to: the host's name as it says it, its origin, and the address with everything in it."""

    name: str
    origin: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One award that was, or is going to be, sent to a host. ``answer`` is one of ``answers.ANSWERS``, or empty.

    ``follows``: what is corrected here goes there by itself.
    """

    host: str
    state: str
    answer: str
    created: datetime
    next_try: datetime | None
    settled: datetime | None
    follows: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """What a browser brings back from a host. ``browser`` is what its forms are bound to."""

    host_id: str
    state: str
    code: str
    error: str
    iss: str | None
    browser: str


class HostService:
    """Sends awards to wallets elsewhere, for whoever holds a claim link."""

    def __init__(
        self, context: Context, claims_: ClaimService, codes: ClaimCodes, fetcher: Fetcher, pushes: Pushes
    ) -> None:
        self._context = context
        self._claims = claims_
        self._codes = codes
        self._fetcher = fetcher
        self._pushes = pushes
        self._by_client = Attempts(context.clock, burst=PER_CLIENT, per=WINDOW)
        self._by_claim = Attempts(context.clock, burst=PER_CLAIM, per=WINDOW)

    def allowed(self, offer: Offer) -> tuple[str, ...]:
        """Who may send awards of this organisation elsewhere, as it says; nobody as long as it has not said."""
        with self._context.database.reading() as session:
            return HANDS.get(settings_of(session, offer.organisation.id).elsewhere, ())

    def hands(self, offer: Offer) -> tuple[str, ...]:
        """Who may send this award elsewhere: of whom the roster knows as a child, a guardian alone.

        Raises: Unavailable without the key-encryption key.
        """
        allowed = self.allowed(offer)
        if not allowed:
            return ()
        with self._context.database.reading() as session:
            claim = claims.one(session, offer.claim_id)
            assert claim is not None, "the offer was read from it"
            row = credentials.award(session, claim.organisation_id, claim.credential_id)
            assert row is not None, "kept by a foreign key"
            born = birthday(session, self._context.keystore.vault(), row)
        today = offer.organisation.local(self._context.now()).date()
        return (GUARDIAN,) if born is not None and is_child(born, today) else allowed

    def sent(self, offer: Offer) -> Sequence[Push]:
        """What was sent of this award, newest first."""
        with self._context.database.reading() as session:
            claim = claims.one(session, offer.claim_id)
            assert claim is not None, "the offer was read from it"
            rows = hosts.pushes(session, offer.organisation.id, claim.credential_id)
        return [
            Push(
                host=host.base_url,
                state=push.state,
                answer=push.answer,
                created=push.created,
                next_try=push.next_try,
                settled=push.settled,
                follows=push.refresh_sealed is not None,
            )
            for push, host in rows
        ]

    def end(self, token: str, *, client: str) -> bool:
        """Send no correction of the award of a claim link by itself any more; whether any would have been sent.

        Raises: what ``ClaimService.award_of`` raises.
        """
        organisation_id, credential_id = self._claims.award_of(token, client=client)
        with self._context.database.session() as session:
            ended = hosts.end_leaves(session, organisation_id, credential_id, self._context.clock.now())
            if ended:
                record(
                    session,
                    at=self._context.now(),
                    actor=SYSTEM_ACTOR,
                    action="credential.unfollow",
                    organisation_id=organisation_id,
                    object_id=credential_id,
                )
        return bool(ended)

    def begin(self, token: str, *, host: str, hand: str, code: str, client: str, browser: str) -> Going:
        """Set out for a host with the award of a claim link. Asks the network.

        Raises: what ``ClaimService.look`` raises; Refused when this hand may not; BadInput naming host, hand or code;
        TooMany; Unavailable without the key-encryption key.
        """
        offer = self._claims.look(token, client=client)
        self._check_hand(offer, hand, code)
        self._by_client.spend(client)
        self._by_claim.spend(offer.claim_id)
        row = self._known(self._base(host))
        state, verifier, now = secrets.token_urlsafe(32), secrets.token_urlsafe(48), self._context.clock.now()
        state_hash = tokens.token_hash(state)
        seal = self._context.keystore.sealer()
        with self._context.database.session() as session:
            hosts.forget_attempts(session, now)
            claim = claims.one(session, offer.claim_id)
            assert claim is not None, "the offer was read from it"
            session.add(
                tables.HostAttemptRow(
                    state_hash=state_hash,
                    host_id=row.id,
                    organisation_id=offer.organisation.id,
                    credential_id=claim.credential_id,
                    hand=hand,
                    verifier_sealed=seal(verifier, _attempt_context(state_hash, "verifier")),
                    link_sealed=seal(token, _attempt_context(state_hash, "link")),
                    browser_hash=_browser_hash(browser),
                    expires=now + THERE_AND_BACK,
                )
            )
        url = grants.authorization(
            row.authorization_url,
            client_id=row.client_id,
            redirect_uri=self._redirect_uri(row.id),
            scope=row.scope,
            state=state,
            verifier=verifier,
        )
        return Going(name=row.name, origin=origin_of(row.base_url), url=url)

    def finish(self, back: Back, *, client: str) -> str:
        """Take what a browser brings back, once, and have the award sent; the token of the claim link.

        Raises: Refused when it is not an answer to what this browser asked (used up, late, somebody else's, another
        host's), when the host gave no leave, or when the award may not be sent any more.
        """
        now = self._context.clock.now()
        state_hash = tokens.token_hash(back.state)
        with self._context.database.session() as session:
            # Used up before anything else, whatever comes of it, so that the same answer comes once.
            attempt = hosts.take_attempt(session, state_hash, now)
            row = None if attempt is None else hosts.one(session, attempt.host_id)
        if attempt is None or row is None or not hmac.compare_digest(attempt.browser_hash, _browser_hash(back.browser)):
            raise _refused(_("This is not an answer to what you asked for here, or it came too late."))
        if row.id != back.host_id or grants.says_another(back.iss, row.authorization_url):
            raise _refused(_("Another server answered than the one that was asked."))
        keystore = self._context.keystore
        token = keystore.open_text(attempt.link_sealed, context=_attempt_context(state_hash, "link"))
        offer = self._claims.look(token, client=client)
        if attempt.hand not in self.hands(offer):
            raise _not_allowed(offer)
        if back.error or not back.code or len(back.code) > LONGEST_CODE or not back.code.isprintable():
            raise _refused(_("The other wallet did not give its leave."))
        verifier = keystore.open_text(attempt.verifier_sealed, context=_attempt_context(state_hash, "verifier"))
        try:
            given = grants.redeem(
                self._fetcher,
                row.token_url,
                client=client_of(row, keystore),
                code=back.code,
                redirect_uri=self._redirect_uri(row.id),
                scope=row.scope,
                verifier=verifier,
            )
        except Declined as declined:
            if declined.unknown_client:
                self._part(row.id)
            raise _refused(_("The other wallet did not give its leave.")) from None
        self._keep(attempt, given, now)
        return token

    def _keep(self, attempt: tables.HostAttemptRow, given: grants.Tokens, now: datetime) -> None:
        push_id, seal = str(uuid.uuid4()), self._context.keystore.sealer()
        with self._context.database.session() as session:
            session.add(
                tables.PushRow(
                    id=push_id,
                    organisation_id=attempt.organisation_id,
                    credential_id=attempt.credential_id,
                    host_id=attempt.host_id,
                    hand=attempt.hand,
                    access_sealed=seal(given.access, token_context(push_id, "access")),
                    refresh_sealed=None
                    if given.refresh is None
                    else seal(given.refresh, token_context(push_id, "refresh")),
                    state=hosts.WAITING,
                    tries=0,
                    next_try=now,
                    busy_until=None,
                    code=0,
                    answer="",
                    created=now,
                    settled=None,
                )
            )
            session.flush()
            record(
                session,
                at=self._context.now(),
                actor=SYSTEM_ACTOR,
                action="credential.send",
                organisation_id=attempt.organisation_id,
                object_id=attempt.credential_id,
                host=attempt.host_id,
                kind=attempt.hand,
            )
        self._pushes.rounds.wake()

    def _check_hand(self, offer: Offer, hand: str, code: str) -> None:
        """Raises: Refused, BadInput."""
        allowed = self.hands(offer)
        if not allowed:
            raise _not_allowed(offer)
        if hand not in allowed:
            raise BadInput(
                _("Who is doing this has to be said, and it has to be one of these."),
                field="hand",
                remedy=_("A child cannot do this alone: ask a parent or guardian."),
            )
        if GUARDIAN in allowed:
            self._codes.check(offer, code)

    def _base(self, typed: str) -> str:
        base = base_of(typed[:400])
        if not self._fetcher.takes(base) or "?" in base:
            raise unfit(_("It is not the address of a wallet on the internet."))
        return base

    def _known(self, base: str) -> tables.HostRow:
        """The host at an address, with this server registered there. Raises: BadInput."""
        found = self._fetcher.get(f"{base}{PATH}/discovery", kind=SERVICE_DESCRIPTION)
        if found.error is not None:
            raise unfit(_("No wallet that takes awards answers there."))
        said = read_description(found.body, base_url=base)
        now = self._context.clock.now()
        with self._context.database.reading() as session:
            row = hosts.at(session, base)
        fits = row is not None and row.client_id and (row.secret_expires is None or row.secret_expires > now + RECENT)
        host_id = str(uuid.uuid4()) if row is None else row.id
        client: Client | None = None
        if not fits:
            client = grants.register(
                self._fetcher,
                said.registration_url,
                public_url=self._context.settings.public_url,
                redirect_uri=self._redirect_uri(host_id),
                scope=said.scope,
            )
        with self._context.database.session() as session:
            if client is not None:  # of two who find a new host at once, the second one gets the first one's row
                hosts.add(session, host_id=host_id, base_url=base, registered=now)
            row = hosts.at(session, base)
            assert row is not None, "a host that is not known was registered with just now"
            row.name, row.scope = said.name, said.scope
            row.authorization_url, row.token_url, row.refresh_url = (
                said.authorization_url,
                said.token_url,
                said.refresh_url,
            )
            if client is not None and row.id == host_id:
                row.client_id, row.secret_expires, row.registered = client.client_id, client.expires, now
                row.client_secret_sealed = self._context.keystore.seal_text(
                    client.secret, context=secret_context(row.id)
                )
            session.flush()
            return row

    def _part(self, host_id: str) -> None:
        """Forget how this server was known at a host: it registers anew the next time."""
        with self._context.database.session() as session:
            row = hosts.one(session, host_id)
            if row is not None:
                row.client_id = ""

    def _redirect_uri(self, host_id: str) -> str:
        return f"{self._context.settings.public_url}/hosts/{host_id}/callback"


def _attempt_context(state_hash: str, column: str) -> str:
    return f"issuer/host_attempt/{state_hash}/{column}"


def _browser_hash(browser: str) -> str:
    return hashlib.sha256(f"host attempt {browser}".encode()).hexdigest()


def _refused(why: Message) -> Refused:
    return Refused(_("Nothing was sent. %(why)s", why=why), remedy=_("Start again from the award’s own page."))


def _not_allowed(offer: Offer) -> Refused:
    return Refused(
        _("%(name)s has not said who may send its awards to other wallets. Ask them.", name=offer.organisation.name)
    )
