"""The certificate of an award for whoever holds its claim link: a copy to print and to keep, beside the wallet.

What can be claimed, or was, can be had on paper by the same hands; what is erased, withdrawn or held back cannot.
Unless the learner is known to be of age, somebody has to say that they are a guardian (or of age) and to type the code
on paper: a link alone may have been passed on, or opened by a program. The address holds the claim's token alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from issuer.service.award_reading import Award
from issuer.service.award_rows import sealing_context
from issuer.service.certificates import CertificateService, Say
from issuer.service.claim_codes import ClaimCodes
from issuer.service.claims import CHALLENGES_PER_CLAIM, CHALLENGES_PER_CLIENT, CHALLENGES_WINDOW, ClaimService, Offer
from issuer.service.context import Context
from issuer.service.elsewhere.hosts import GUARDIAN, LEARNER
from issuer.service.organisation_settings import ADULTS, settings_of
from issuer.service.roster.ages import birthday, is_child
from issuer.store import claims, credentials, tables
from issuer.store.deliveries import GUARDIAN as WAITS_FOR_GUARDIAN
from kit.errors import BadInput, Conflict
from kit.i18n import _
from kit.limits import Attempts


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate's bytes, and what was earned, to name the file after."""

    body: bytes
    title: str


class FamilyCertificates:
    """Gives certificates to whoever holds a claim link."""

    def __init__(
        self, context: Context, claims_: ClaimService, codes: ClaimCodes, certificates: CertificateService
    ) -> None:
        self._context = context
        self._claims = claims_
        self._codes = codes
        self._certificates = certificates
        self._by_client = Attempts(context.clock, burst=CHALLENGES_PER_CLIENT, per=CHALLENGES_WINDOW)
        self._by_claim = Attempts(context.clock, burst=CHALLENGES_PER_CLAIM, per=CHALLENGES_WINDOW)

    def waits(self, offer: Offer) -> bool:
        """Whether a wallet has the award for somebody for whom a guardian has to say yes there first."""
        with self._context.database.reading() as session:
            return _waits(self._award(session, offer))

    def hands(self, offer: Offer) -> Sequence[str]:
        """Who may have the certificate, and has to say so with the code on paper; empty where the link is enough.

        Raises: Unavailable without the key-encryption key.
        """
        with self._context.database.reading() as session:
            row = self._award(session, offer)
            adults = settings_of(session, row.organisation_id).elsewhere == ADULTS
            born = birthday(session, self._context.keystore.vault(), row)
        if born is not None:  # whatever the organisation says of everybody: it wrote this birthday itself
            today = offer.organisation.local(self._context.now()).date()
            return (GUARDIAN,) if is_child(born, today) else ()
        if adults:
            return ()
        award = Award.from_json(
            self._context.keystore.open_text(row.draft_sealed, context=sealing_context(row.id, "award"))
        )
        return () if award.adult else (GUARDIAN, LEARNER)

    def make(
        self, token: str, *, hand: str, code: str, paper: str, say: Say, language: str, client: str
    ) -> Certificate:
        """The certificate of the award of a claim link, as it is today.

        Raises: what ``ClaimService.look`` raises; BadInput naming hand, code or paper; Conflict while a guardian has to
        say yes in a wallet; TooMany; Unavailable.
        """
        offer = self._claims.look(token, client=client)
        if self.waits(offer):
            raise Conflict(_("A guardian has to say yes in the wallet first. Then there is a certificate, too."))
        hands = self.hands(offer)
        if hands and hand not in hands:
            raise BadInput(
                _("Who is doing this has to be said, and it has to be one of these."),
                field="hand",
                remedy=_("A child cannot do this alone: ask a parent or guardian."),
            )
        if hands:
            self._codes.check(offer, code)
        self._by_client.spend(client)
        self._by_claim.spend(offer.claim_id)
        with self._context.database.reading() as session:
            row = self._award(session, offer)
        body = self._certificates.of(offer.organisation, row, say=say, language=language, paper=paper)
        return Certificate(body=body, title=row.achievement_name)

    @staticmethod
    def _award(session: Session, offer: Offer) -> tables.CredentialRow:
        claim = claims.one(session, offer.claim_id)
        assert claim is not None, "the offer was read from it"
        row = credentials.award(session, claim.organisation_id, claim.credential_id)
        assert row is not None, "kept by a foreign key"
        return row


def _waits(row: tables.CredentialRow) -> bool:
    return row.state == "issued" and row.handing == WAITS_FOR_GUARDIAN
