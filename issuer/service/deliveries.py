"""Handing awards over: letters with a claim's link, who has them, and who has to be told by word of mouth.

Nothing here needs a mail server: without one, codes are printed. A letter is asked for by somebody, or is news about an
award that somebody has (`telling`). What is asked for is a row; `posting` takes the rows to the mail server.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from issuer.service import inputs
from issuer.service.awarding.job_views import KIND as AWARD_SHEET
from issuer.service.claims import ClaimService
from issuer.service.context import Context, Desk
from issuer.service.credentials import Credential, view_credential
from issuer.service.posting import KIND, LEASE
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.telling import EMAIL, add, waiting
from issuer.service.work import Work
from issuer.store import claims, credentials, deliveries, jobs, tables
from kit.errors import BadInput, Conflict, NotFound
from kit.i18n import _
from kit.jobs import Run
from kit.paging import Page, Window

STATES: Final = (
    deliveries.WAITING,
    deliveries.SENT,
    deliveries.BOUNCED,
    deliveries.FAILED,
    deliveries.CANCELLED,
)
MAIL, WORD = deliveries.MAIL, deliveries.WORD
CHANNELS: Final = (MAIL, WORD)
LETTERS_PER_AWARD: Final = 10
AT_ONCE: Final = 500
ADDRESS: Final = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A piece of news about an award, as pages and the API see it. ``again`` says whether it may be sent once more."""

    id: str
    credential: Credential
    notice: str
    number: int
    channel: str
    state: str
    tries: int
    code: int | None
    created: datetime
    created_by: str
    changed: datetime
    next_try: datetime | None

    @property
    def again(self) -> bool:
        """Whether a letter that did not arrive may be sent once more."""
        return (
            self.channel == deliveries.MAIL
            and self.notice == deliveries.CLAIM
            and self.credential.state == "issued"
            and self.state in {deliveries.BOUNCED, deliveries.FAILED, deliveries.CANCELLED, deliveries.SENT}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why no letter goes out just now, and when it is tried again."""

    problem: str
    until: datetime | None


class DeliveryService:
    """Letters of one organisation at a time."""

    def __init__(self, context: Context, claims: ClaimService, work: Work) -> None:
        self._context = context
        self._claims = claims
        self._work = work

    @property
    def sends_mail(self) -> bool:
        """Whether this server sends letters at all."""
        return self._context.settings.sends_mail

    def send(self, desk: Desk, credential_uuid: str, *, address: str = "") -> Delivery:
        """Send the link of an award by letter, to ``address`` or to the award's own, at once or as soon as it works.

        What still waited for the same award is not sent. Raises: Refused, NotFound, BadInput, Conflict.
        """
        desk.require(Right.AWARD)
        self._check_mail()
        typed = inputs.email(address, ADDRESS, required=False)
        found = self._award(desk, credential_uuid)
        sealed = self._sealed(found, typed)
        if self._claims.printable(desk.organisation, found.id) is None:
            raise Conflict(_("There is no open link for this award. Make a new one first."))
        now = self._context.now()
        with self._context.database.session() as session:
            row = self._unclaimed(session, desk, found.id)
            self._check_address(row, sealed)
            if deliveries.newest(session, desk.organisation.id, row.id, deliveries.CLAIM) >= LETTERS_PER_AWARD:
                raise Conflict(_("So many letters went out for this award already. Print the code instead."))
            deliveries.end_waiting(session, desk.organisation.id, row.id, [deliveries.CLAIM], now)
            if row.handing == deliveries.BOUNCED:
                row.handing, row.handing_since = None, None
            add(
                session,
                row,
                deliveries.CLAIM,
                channel=deliveries.MAIL,
                address=sealed,
                actor=desk.actor.user_id,
                now=now,
            )
            self._record(session, desk, "delivery.send", row.id, channel=deliveries.MAIL)
            made = _view(deliveries.of_credential(session, desk.organisation.id, row.id)[0], row)
        self._go(desk.organisation.id)
        return made

    def send_job(self, desk: Desk, job_id: str) -> int:
        """Send the links of what a job awarded to every learner who has an address and no letter yet; how many.

        Asked again, it sends only what is missing. Raises: Refused, NotFound, Conflict before it was handed out.
        """
        desk.require(Right.AWARD)
        self._check_mail()
        with self._context.database.reading() as session:
            job = jobs.one(session, desk.organisation.id, AWARD_SHEET, job_id[:36])
        if job is None:
            raise NotFound
        if job.released is None:
            raise Conflict(_("There is nothing to hand out yet, or it was undone."))
        total = 0
        while True:
            now = self._context.now()
            with self._context.database.session() as session:
                deliveries.run_of(session, desk.organisation.id)  # locked: two who ask at once take turns
                ids = deliveries.unsent(session, desk.organisation.id, job.id, AT_ONCE)
                deliveries.add(
                    session,
                    [
                        waiting(
                            desk.organisation.id,
                            credential_id,
                            notice=deliveries.CLAIM,
                            number=1,
                            channel=deliveries.MAIL,
                            address=None,
                            actor=desk.actor.user_id,
                            now=now,
                        )
                        for credential_id in ids
                    ],
                )
                total += len(ids)
                if ids:
                    self._record(
                        session, desk, "delivery.send", job.id, job=job.id, count=len(ids), channel=deliveries.MAIL
                    )
            if len(ids) < AT_ONCE:
                break
        self._go(desk.organisation.id)
        return total

    def of_job(self, desk: Desk, job_id: str) -> tuple[Mapping[str, int], int]:
        """How the letters of a job stand, counted by state; and how many could be sent that were not."""
        desk.require(Right.AWARD)
        with self._context.database.reading() as session:
            return (
                deliveries.of_job(session, desk.organisation.id, job_id[:36]),
                deliveries.count_unsent(session, desk.organisation.id, job_id[:36]),
            )

    def of_award(self, desk: Desk, credential_uuid: str) -> list[Delivery]:
        """Every piece of news about an award, newest first. Raises: Refused, NotFound."""
        desk.require(Right.AWARD)
        found = self._award(desk, credential_uuid)
        with self._context.database.reading() as session:
            return [_view(row, found) for row in deliveries.of_credential(session, desk.organisation.id, found.id)]

    def listing(self, desk: Desk, at: Window, *, state: str = "", channel: str = "") -> Page[Delivery]:
        """One page of an organisation's news, newest first. Raises: Refused, BadInput."""
        desk.require(Right.AWARD)
        if state:
            inputs.choice(state, "state", allowed=STATES)
        if channel:
            inputs.choice(channel, "channel", allowed=CHANNELS)
        with self._context.database.reading() as session:
            rows, total = deliveries.listing(
                session, desk.organisation.id, state=state, channel=channel, offset=at.offset, limit=at.size
            )
        return Page(items=[_view(row, award) for row, award in rows], number=at.number, size=at.size, total=total)

    def counts(self, desk: Desk, channel: str) -> Mapping[str, int]:
        """How many pieces of news on a channel are in each state. Raises: Refused."""
        desk.require(Right.AWARD)
        with self._context.database.reading() as session:
            return deliveries.counts(session, desk.organisation.id, channel)

    def trouble(self, desk: Desk) -> Trouble | None:
        """Why no letter goes out just now; None when nothing is wrong. Raises: Refused."""
        desk.require(Right.AWARD)
        with self._context.database.reading() as session:
            found = deliveries.problem_of(session, desk.organisation.id)
        return None if found is None else Trouble(problem=found[0], until=found[1])

    def waits_for_guardian(self, token: str, *, client: str) -> None:
        """Note what a wallet tells: somebody wants to keep the award of this link, and a guardian has to say yes.

        Raises: as ``ClaimService.look`` does.
        """
        offer = self._claims.look(token, client=client)
        now = self._context.now()
        with self._context.database.session() as session:
            row = claims.lock(session, offer.claim_id)
            if row is not None and row.state == "open":
                deliveries.wait(session, row.organisation_id, row.credential_id, now)

    def told(self, desk: Desk, delivery_id: str) -> None:
        """Note that somebody told the learner. Asked again, nothing changes. Raises: Refused, NotFound, Conflict."""
        desk.require(Right.AWARD)
        self._end(desk, delivery_id, channel=WORD, state=deliveries.SENT, action="delivery.told")

    def cancel(self, desk: Desk, delivery_id: str) -> None:
        """Do not send a letter that waits. Raises: Refused, NotFound, Conflict when it is not waiting any more."""
        desk.require(Right.AWARD)
        self._end(desk, delivery_id, channel=MAIL, state=deliveries.CANCELLED, action="delivery.cancel")

    def came_back(self, desk: Desk, delivery_id: str) -> None:
        """Note that a letter which went out came back later. Raises: Refused, NotFound, Conflict."""
        desk.require(Right.AWARD)
        now = self._context.now()
        with self._context.database.session() as session:
            row = self._delivery(session, desk, delivery_id, deliveries.MAIL)
            if row.state == deliveries.BOUNCED:
                return
            if row.state != deliveries.SENT:
                raise Conflict(_("This letter did not go out."))
            row.state, row.changed = deliveries.BOUNCED, now
            if row.notice == deliveries.CLAIM:
                deliveries.hand(session, desk.organisation.id, row.credential_id, deliveries.BOUNCED, now)
            self._record(session, desk, "delivery.bounce", row.credential_id, channel=deliveries.MAIL)

    def try_again(self, desk: Desk) -> None:
        """Do not rest until the time is over: try the mail server now. Raises: Refused."""
        desk.require(Right.AWARD)
        with self._context.database.session() as session:
            run = deliveries.run_of(session, desk.organisation.id)
            if run.problem is not None:
                run.lease_until = None
        self._go(desk.organisation.id)

    def _end(self, desk: Desk, delivery_id: str, *, channel: str, state: str, action: str) -> None:
        with self._context.database.session() as session:
            row = self._delivery(session, desk, delivery_id, channel)
            if row.state == state:
                return
            if row.state != deliveries.WAITING:
                raise Conflict(_("This does not wait any more."))
            row.state, row.changed, row.next_try = state, self._context.now(), None
            self._record(session, desk, action, row.credential_id, channel=channel)

    def _delivery(self, session: Session, desk: Desk, delivery_id: str, channel: str) -> tables.DeliveryRow:
        row = deliveries.one(session, desk.organisation.id, delivery_id[:36])
        if row is None or row.channel != channel:
            raise NotFound
        return row

    def _award(self, desk: Desk, credential_uuid: str) -> tables.CredentialRow:
        with self._context.database.reading() as session:
            row = credentials.award(
                session, desk.organisation.id, f"urn:uuid:{credential_uuid.removeprefix('urn:uuid:')}"[:45]
            )
        if row is None or row.state not in credentials.VISIBLE:
            raise NotFound
        return row

    def _unclaimed(self, session: Session, desk: Desk, credential_id: str) -> tables.CredentialRow:
        row = credentials.lock_award(session, desk.organisation.id, credential_id)
        if row is None:
            raise NotFound
        if row.state != "issued":
            raise Conflict(_("This award was claimed or withdrawn; there is nothing left to claim."))
        if row.job_id is not None and jobs.held(session, desk.organisation.id, row.id) is not None:
            raise Conflict(_("There is nothing to hand out yet, or it was undone."))
        return row

    def _sealed(self, row: tables.CredentialRow, typed: str) -> bytes | None:
        """An address that was typed, unless it is the award's own: that one is read when the letter goes out."""
        if row.identifier_type == EMAIL and typed:
            own = self._context.keystore.open_text(
                row.identifier_sealed, context=f"issuer/credential/{row.id}/identifier"
            )
            if own == typed.lower():
                return None
        return self._context.keystore.seal_text(typed, context=address_context(row.id)) if typed else None

    @staticmethod
    def _check_address(row: tables.CredentialRow, sealed: bytes | None) -> None:
        if sealed is None and row.identifier_type != EMAIL:
            raise BadInput(
                _("This learner has no e-mail address here."),
                field=ADDRESS,
                remedy=_("Type one, or print the code instead."),
            )

    def _check_mail(self) -> None:
        if not self.sends_mail:
            raise Conflict(_("This server sends no letters. Print the code, or copy the link."))

    def _go(self, organisation_id: str) -> None:
        """Have the letters taken away soon, unless somebody is at it or the mail server is given a rest."""
        now = self._context.clock.now()
        with self._context.database.session() as session:
            run = deliveries.run_of(session, organisation_id)
            if run.lease_until is not None and run.lease_until >= now:
                return
            run.attempt += 1
            run.lease_until = now + LEASE
            attempt = run.attempt
        self._work.enqueue(Run(KIND, organisation_id, attempt))

    def _record(self, session: Session, desk: Desk, action: str, object_id: str, **detail: str | int) -> None:
        record(
            session,
            at=self._context.now(),
            actor=desk.actor,
            action=action,
            organisation_id=desk.organisation.id,
            object_id=object_id,
            **detail,
        )


def address_context(credential_id: str) -> str:
    """What a typed address is bound to."""
    return f"issuer/delivery/{credential_id}/address"


def _view(row: tables.DeliveryRow, award: tables.CredentialRow) -> Delivery:
    return Delivery(
        id=row.id,
        credential=view_credential(award),
        notice=row.notice,
        number=row.number,
        channel=row.channel,
        state=row.state,
        tries=row.tries,
        code=row.code,
        created=row.created,
        created_by=row.created_by,
        changed=row.changed,
        next_try=row.next_try,
    )
