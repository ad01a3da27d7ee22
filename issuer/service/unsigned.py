"""What was stored to be signed and was not, when this server's address changed; and what becomes of it.

Such an intent names status lists at an address where nothing lies any more, so it is never signed. Somebody at the desk
has it made anew, or leaves it out. Rules:
1. What is made anew says the same of the same learner. The intent before it is void for good: the request, the wallet
   or the row of a sheet that waited for it gets what comes in its place, once.
2. An award that nobody ever had gets another id and other indices, under the present identifier; its first indices stay
   used up. Whatever else there is keeps its id, its indices and its issuer; its next version names the present address.
3. Nobody is asked for a second yes: somebody agreed to the same words already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from issuer.service.addressing import is_named
from issuer.service.awards import AWARD, REISSUE, AwardService
from issuer.service.claims import CLAIM
from issuer.service.closing import CLOSE, ClosingService
from issuer.service.context import Context, Desk, Organisation
from issuer.service.documents import at_address
from issuer.service.endorsements import ENDORSE
from issuer.service.identities import under
from issuer.service.issuance import Issuance
from issuer.service.organisations import view
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.status_lists import StatusListService
from issuer.store import credentials, intents, organisations, status, tables
from kit.errors import BadInput, Conflict, NotFound, RequestError
from kit.i18n import Message, _
from kit.paging import Page, Window
from vc.document import CREDENTIAL_LIMITS, JsonObject, parse

AT_ONCE: Final = 100
"""So many are made anew upon one request."""

KINDS: Final[dict[str, Message]] = {
    AWARD: _("An award"),
    REISSUE: _("A correction of an award"),
    CLAIM: _("An award that a learner was about to keep"),
    ENDORSE: _("Vouching for somebody"),
    CLOSE: _("The snapshot of closing down"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """One thing that is not signed. ``kind`` is one of ``KINDS``; ``about`` says what it is of, ``since`` when it was
    stored. ``can_leave_out``: its record says nothing that would then be wrong.
    """

    id: str
    kind: str
    credential_id: str
    learner_name: str
    about: str
    since: datetime
    job_id: str | None
    can_leave_out: bool


class UnsignedService:
    """Lists what is not signed, makes it anew, leaves it out."""

    def __init__(
        self,
        context: Context,
        *,
        awards: AwardService,
        closing: ClosingService,
        issuance: Issuance,
        lists: StatusListService,
    ) -> None:
        self._context = context
        self._awards = awards
        self._closing = closing
        self._issuance = issuance
        self._lists = lists

    def count(self, desk: Desk) -> int:
        """How many wait for somebody to say what becomes of them. Raises: Refused."""
        desk.require(Right.AWARD)
        with self._context.database.reading() as session:
            return len(self._found(session, desk.organisation))

    def listing(self, desk: Desk, at: Window) -> Page[Unsigned]:
        """One page of them, oldest first. Raises: Refused."""
        desk.require(Right.AWARD)
        with self._context.database.reading() as session:
            found = self._found(session, desk.organisation)
        items = [_line(*each) for each in found[at.offset : at.offset + at.size]]
        return Page(items=items, number=at.number, size=at.size, total=len(found))

    def anew(self, desk: Desk, intent_id: str) -> str:
        """Make one anew and sign it; the id of its credential.

        Raises: Refused, NotFound, Conflict when it was settled already, has closed, or its key is lost; BadInput when
        it cannot be signed as it is, Unavailable when signing does not work now: then it is signed later, by itself.
        """
        desk.require(Right.AWARD)
        self._issuance.ready(desk.organisation)
        now = self._context.now()
        with self._context.database.session() as session:
            intent, credential = self._locked(session, desk, intent_id)
            intent.state = intents.VOID
            session.flush()
            new_id = self._freeze(session, intent, credential, now)
            new = credentials.intent(session, new_id)
            assert new is not None, "it was frozen just now"
            intents.take_place(session, intent, new)
            self._record(session, desk, "credential.anew", new, now)
            made = new.credential_id
        self._issuance.finish(new_id)
        return made

    def all_anew(self, desk: Desk) -> tuple[int, RequestError | None]:
        """Make the oldest ``AT_ONCE`` anew: how many were, and why the first of the others was not.

        Raises: Refused, Unavailable.
        """
        desk.require(Right.AWARD)
        made, problem = 0, None
        for each in self.listing(desk, Window(number=1, size=AT_ONCE)).items:
            try:
                self.anew(desk, each.id)
            except (BadInput, Conflict, NotFound) as error:
                problem = problem or error
            else:
                made += 1
        return made, problem

    def leave_out(self, desk: Desk, intent_id: str) -> None:
        """Sign one never: an award is not made, a claim can be begun again, what was vouched for stays as it was.

        Raises: Refused, NotFound, Conflict when it was settled already, or for a correction.
        """
        desk.require(Right.AWARD)
        now = self._context.now()
        with self._context.database.session() as session:
            intent, credential = self._locked(session, desk, intent_id)
            if not _can_leave_out(intent):
                raise Conflict(_("This cannot be left out: the records say it already. Make it anew."))
            intent.state, intent.drawn_sealed = "refused", None
            if credential.state == "pending":
                credential.state = "refused"
                credentials.give_up(session, credential.organisation_id, credential.id, instead=None)
            if intent.idempotency_key:
                credentials.drop_idempotency(session, intent.organisation_id, intent.idempotency_key)
            self._record(session, desk, "credential.leave", intent, now)

    def _found(
        self, session: Session, organisation: Organisation
    ) -> Sequence[tuple[tables.IntentRow, tables.CredentialRow]]:
        waiting = intents.waiting(session, organisation.id)
        places = status.of_credentials(session, [credential.id for _intent, credential in waiting])
        urls = {
            credential_id: [self._lists.url(organisation.slug, entry.number) for entry in entries]
            for credential_id, entries in places.items()
        }
        return [each for each in waiting if not is_named(each[0].unsigned, urls.get(each[1].id, ()))]

    def _locked(self, session: Session, desk: Desk, intent_id: str) -> tuple[tables.IntentRow, tables.CredentialRow]:
        intent = credentials.lock_intent(session, intent_id[:36])
        if intent is None or intent.organisation_id != desk.organisation.id:
            raise NotFound
        credential = credentials.lock(session, desk.organisation.id, intent.credential_id)
        assert credential is not None, "an intent's credential is kept by a foreign key"
        places = status.of_credential(session, credential.id)
        urls = [self._lists.url(desk.organisation.slug, found.number) for _entry, found in places]
        if intent.state != "pending" or is_named(intent.unsigned, urls):
            raise Conflict(_("Somebody said already what becomes of this, or it waits for nobody."))
        return intent, credential

    def _freeze(
        self, session: Session, intent: tables.IntentRow, credential: tables.CredentialRow, now: datetime
    ) -> str:
        organisation = view(organisations.by_id(session, intent.organisation_id))
        if intent.kind != AWARD:
            organisation = under(session, organisation, credential.identity_id)
        if intent.kind in {AWARD, REISSUE}:
            return self._awards.freeze_anew(session, organisation, intent, now)
        if intent.kind == CLOSE:
            return self._closing.freeze_anew(session, organisation, intent, now)
        return self._issuance.freeze(
            session,
            organisation=organisation,
            credential_id=credential.id,
            kind=intent.kind,
            format_=intent.format,
            unsigned=self._readdressed(session, organisation, intent),
            actor=intent.actor,
            now=now,
            details=parse(intent.details, limits=CREDENTIAL_LIMITS).value,  # type: ignore[arg-type]
            idempotency_key=intent.idempotency_key,
            claim_id=intent.claim_id,
            holder=intent.holder,
        )

    def _readdressed(self, session: Session, organisation: Organisation, intent: tables.IntentRow) -> JsonObject:
        """What an intent was to sign, with everything that an address is part of as it is now."""
        before = parse(intent.unsigned, limits=CREDENTIAL_LIMITS).value
        entries = self._issuance.entries(session, organisation, intent.credential_id)
        return at_address(before, status=entries, server=self._context.settings.identifier_url)

    @staticmethod
    def _record(session: Session, desk: Desk, action: str, intent: tables.IntentRow, now: datetime) -> None:
        session.flush()
        record(
            session,
            at=now,
            actor=desk.actor,
            action=action,
            organisation_id=desk.organisation.id,
            object_id=intent.credential_id,
            sequence=intent.sequence,
        )


def _can_leave_out(intent: tables.IntentRow) -> bool:
    return intent.kind not in {REISSUE, CLOSE}


def _line(intent: tables.IntentRow, credential: tables.CredentialRow) -> Unsigned:
    return Unsigned(
        id=intent.id,
        kind=intent.kind,
        credential_id=credential.id,
        learner_name=credential.learner_name,
        about=credential.achievement_name,
        since=intent.created,
        job_id=credential.job_id,
        can_leave_out=_can_leave_out(intent),
    )
