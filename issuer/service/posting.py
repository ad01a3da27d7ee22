"""Taking letters to the mail server: a little at a time, by an engine of jobs, in the organisation's turn.

A letter is marked before it goes over the line, and marked again when the server took it: a crash in between sends one
letter twice, under the same number, and loses none. What the server says about one receiver concerns that letter alone
(refused for good: it bounced; not now: tried again, with growing pauses, so many times). What concerns the server as a
whole costs no letter a try: everything rests a while and goes on by itself. After some days a letter is given up.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from issuer.service.claims import ClaimService
from issuer.service.context import Context, Organisation
from issuer.service.credentials import REASONS
from issuer.service.letters import News, letter
from issuer.service.organisation_settings import settings_of
from issuer.service.organisations import view
from issuer.store import credentials, deliveries, organisations, tables
from kit.errors import Unavailable
from kit.i18n import Message, _
from kit.jobs import GO, STOP, Next, Run
from kit.mail import FOLDER, LOGIN, SENDER, TLS, UNREACHABLE, HungUp, Letter, LetterRefused, Line, MailDown, Mailer

KIND: Final = "deliver"
LEASE: Final = timedelta(seconds=60)
AT_ONCE: Final = 50
PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (5, 30, 120, 360))
"""Until the next try of a letter that was not taken now; after so many and one more it has failed."""
RESTS: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""Until the next try of a server that takes nothing; the last one again and again."""
GIVEN_UP: Final = timedelta(days=5)
UNMARKED: Final = timedelta(minutes=10)
"""After that a letter that was begun and not marked is sent again."""
DAY: Final = timedelta(days=1)

_NO_LETTER: Final = 553
"""What a server says to an address that cannot be one."""

DAILY, KEY = "daily", "key"
PROBLEMS: Final[dict[str, Message]] = {
    UNREACHABLE: _("The mail server does not answer. Letters wait and go out by themselves when it does."),
    TLS: _("The mail server offers no safe connection, and no letter leaves without one. Tell the operator."),
    LOGIN: _("The mail server does not accept the password that it was given. Tell the operator."),
    SENDER: _("The mail server does not take letters from this sender. Tell the operator."),
    FOLDER: _("The folder for letters cannot be written. Tell the operator."),
    DAILY: _("As many letters went out as may in one day. The rest follow by themselves."),
    KEY: _("Letters wait: the server’s key file is missing. Nothing is lost; they go out by themselves."),
}


class Posting:
    """The step of the engine, and what it finds to do."""

    def __init__(self, context: Context, claims: ClaimService, mailer: Mailer | None) -> None:
        self._context = context
        self._claims = claims
        self._mailer = mailer

    def lapsed(self) -> list[Run]:
        """The organisations whose letters nobody takes away though their time has come."""
        if self._mailer is None:
            return []
        now = self._context.clock.now()
        with self._context.database.session() as session:
            found = deliveries.lapsed(session, now=now, lease=now + LEASE)
        return [Run(KIND, organisation_id, attempt) for organisation_id, attempt in found]

    def step(self, run: Run) -> Next:
        """Take some letters of one organisation (``run.job_id``) to the server. Raises: what the database raises."""
        if self._mailer is None or not self._mine(run, self._context.clock.now()):
            return STOP
        now = self._context.clock.now()
        with self._context.database.reading() as session:
            due = deliveries.due(session, run.job_id, now, self._most(session, now))
        if not due:
            return self._through(run)
        try:
            self._take(run, due, self._mailer)
        except MailDown as down:
            return self._rests(run, down.problem)
        except Unavailable:
            return self._rests(run, KEY)
        return GO

    def _most(self, session: Session, now: datetime) -> int:
        """How many may go out now."""
        daily = self._context.settings.mail_daily
        if daily is None:
            return AT_ONCE
        return max(0, min(AT_ONCE, daily - deliveries.sent_since(session, now - DAY)))

    def _take(self, run: Run, due: Sequence[str], mailer: Mailer) -> None:
        """Send these letters over one line, which is opened for the first that is to be sent."""
        rows = self._begun(run, due)
        with ExitStack() as closing:
            line: Line | None = None
            for place, row in enumerate(rows):
                try:
                    written = self._written(run, row, mailer.domain)
                    if written is None:
                        self._ended(run, row, deliveries.CANCELLED)
                        continue
                    line = line or closing.enter_context(mailer.line())
                    line.send(written)
                except LetterRefused as refused:
                    mine = self._refused(run, row, refused)
                except (MailDown, Unavailable) as down:
                    # What it hung up on goes last from now on, so that one letter holds up no other.
                    self._not_begun(run, rows[place:], later=PAUSES[0] if isinstance(down, HungUp) else None)
                    raise
                else:
                    mine = self._ended(run, row, deliveries.SENT)
                if not mine:
                    return

    def _begun(self, run: Run, due: Sequence[str]) -> list[tables.DeliveryRow]:
        """These letters, marked as ones that are being sent; what has waited for too long is given up."""
        now, begun = self._context.clock.now(), []
        with self._context.database.session() as session:
            for delivery_id in due:
                row = deliveries.one(session, run.job_id, delivery_id)
                if row is None or row.state != deliveries.WAITING or row.next_try is None or row.next_try > now:
                    continue
                if row.created < now - GIVEN_UP:
                    _end(row, deliveries.FAILED, now)
                    continue
                row.tries += 1
                row.next_try = now + UNMARKED
                begun.append(row)
        return begun

    def _written(self, run: Run, row: tables.DeliveryRow, domain: str) -> Letter | None:
        """The letter; None when there is nothing to say any more. Raises: Unavailable without the key file."""
        with self._context.database.reading() as session:
            award = credentials.award(session, run.job_id, row.credential_id)
            organisation = view(organisations.by_id(session, run.job_id))
            first = settings_of(session, run.job_id).family_language
        assert award is not None, "a delivery's award is kept by a foreign key"
        address = self._address(row, award)
        news = self._news(row, award, organisation, first) if address else None
        if news is None or address is None:
            return None
        try:
            return letter(news, to=address, number=f"{row.id}@{domain}", at=self._context.now())
        except ValueError:  # what no letter can bear: it concerns this one alone
            raise LetterRefused(_NO_LETTER, address=True, for_good=True) from None

    def _address(self, row: tables.DeliveryRow, award: tables.CredentialRow) -> str | None:
        """Where it goes. Raises: Unavailable without the key-encryption key."""
        opened = self._context.keystore.open_text
        if row.address_sealed is not None:
            return opened(row.address_sealed, context=f"issuer/delivery/{award.id}/address")
        if award.identifier_type != "emailAddress":
            return None
        return opened(award.identifier_sealed, context=f"issuer/credential/{award.id}/identifier")

    def _news(
        self, row: tables.DeliveryRow, award: tables.CredentialRow, organisation: Organisation, first: str
    ) -> News | None:
        """What is to be said; None when it is overtaken by what happened since."""
        claim = self._claims.printable(organisation, award.id) if award.state == "issued" else None
        if row.notice == deliveries.CLAIM and claim is None:
            return None
        if (row.notice == deliveries.WITHDRAWAL) != (award.state == "revoked"):
            return None
        where = self._context.settings.public_url.partition("://")[2]
        return News(
            notice=row.notice,
            organisation=organisation,
            title=award.achievement_name,
            link=claim.url if claim else "",
            code=claim.code if claim else "",
            where=f"{where}/claim",
            until=claim.expires if claim else None,
            reason=REASONS.get(award.revocation_reason or ""),
            first=first,
        )

    def _mine(self, run: Run, now: datetime) -> bool:
        """Whether it is still this run's turn; then it has another while."""
        with self._context.database.session() as session:
            row = deliveries.lock_run(session, run.job_id)
            if row is None or row.attempt != run.attempt:
                return False
            row.lease_until = now + LEASE
            return True

    def _through(self, run: Run) -> Next:
        """Nothing may go out now: the turn ends, or rests where only the day's number is used up."""
        now = self._context.clock.now()
        with self._context.database.session() as session:
            row = deliveries.lock_run(session, run.job_id)
            if row is None or row.attempt != run.attempt:
                return STOP
            if not deliveries.due(session, run.job_id, now, 1):
                row.lease_until, row.problem, row.failures = None, None, 0
            elif self._most(session, now):
                return GO  # one came in just now
            else:
                row.lease_until, row.problem, row.failures = now + RESTS[2], DAILY, 0
        return STOP

    def _rests(self, run: Run, problem: str) -> Next:
        """No letter goes out for a while; the sweep begins anew when it is over."""
        now = self._context.clock.now()
        with self._context.database.session() as session:
            row = deliveries.lock_run(session, run.job_id)
            if row is not None and row.attempt == run.attempt:
                row.lease_until = now + RESTS[min(row.failures, len(RESTS) - 1)]
                row.problem = problem
                row.failures += 1
        return STOP

    def _ended(self, run: Run, begun: tables.DeliveryRow, state: str) -> bool:
        """Mark a letter as sent or as overtaken; whether it is still this run's turn."""
        now = self._context.clock.now()
        with self._context.database.session() as session:
            row = deliveries.one(session, run.job_id, begun.id)
            if row is not None and row.state == deliveries.WAITING:
                _end(row, state, now)
            return self._goes_on(session, run, now)

    def _refused(self, run: Run, begun: tables.DeliveryRow, refused: LetterRefused) -> bool:
        """Mark what the server said about one letter; whether it is still this run's turn."""
        now = self._context.clock.now()
        with self._context.database.session() as session:
            row = deliveries.one(session, run.job_id, begun.id)
            if row is not None and row.state == deliveries.WAITING:
                row.code = refused.code
                bounced = refused.for_good and refused.address
                if not refused.for_good and row.tries <= len(PAUSES):
                    row.next_try = now + PAUSES[row.tries - 1]
                else:
                    _end(row, deliveries.BOUNCED if bounced else deliveries.FAILED, now)
                if bounced and row.notice == deliveries.CLAIM:
                    deliveries.hand(session, run.job_id, row.credential_id, deliveries.BOUNCED, now)
            return self._goes_on(session, run, now)

    def _goes_on(self, session: Session, run: Run, now: datetime) -> bool:
        """Another while for this run, if it is still its turn: the server works, whatever it said of one letter."""
        row = deliveries.lock_run(session, run.job_id)
        if row is None or row.attempt != run.attempt:
            return False
        row.lease_until, row.problem, row.failures = now + LEASE, None, 0
        return True

    def _not_begun(self, run: Run, rows: Sequence[tables.DeliveryRow], *, later: timedelta | None) -> None:
        """These never went over the line: they wait as before, the first of them so much longer."""
        now = self._context.clock.now()
        with self._context.database.session() as session:
            for begun in rows:
                row = deliveries.one(session, run.job_id, begun.id)
                if row is not None and row.state == deliveries.WAITING and row.tries == begun.tries:
                    row.tries -= 1
                    row.next_try = now + later if later is not None and begun is rows[0] else now


def _end(row: tables.DeliveryRow, state: str, now: datetime) -> None:
    """A letter that is through, in whatever way."""
    row.state, row.changed, row.next_try = state, now, None
