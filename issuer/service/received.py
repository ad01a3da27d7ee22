"""What others say about an organisation: accepted once it was verified, and published with what it is about.

The bytes stay as they came. Only an endorsement that is genuine and current, signed by somebody else (F13) and about
this organisation or something that it offers is accepted; what could not be checked is not kept. Published means
embedded in the Profile or the Achievement that stands at its address, where every reader judges it by itself (A21).
"""

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from issuer.service.context import SYSTEM, Actor, Context, Desk, Organisation
from issuer.service.endorsements import spelled
from issuer.service.organisations import OrganisationService
from issuer.service.recording import record
from issuer.service.rights import Right
from issuer.service.status_lists import StatusListService
from issuer.service.vouched import LARGEST_IN_AWARDS, MOST_IN_AWARDS, first_about
from issuer.store import achievements, identities, organisations, received, tables
from kit.errors import BadInput, NotFound, RequestError, Unavailable
from kit.fetch import Fetcher, Kind, verify_online
from kit.fetch.fetcher import ROUND_SECONDS
from kit.i18n import _
from kit.paging import Page, Window
from vc.checks import DocumentKind, Outcome, Report, Verdict
from vc.document import CREDENTIAL_LIMITS, Document, JsonObject, listed, parse
from vc.evidence import Resource
from vc.openbadges import EndorsementCredential
from vc.policy import Policy
from vc.problems import ProblemError, Url
from vc.wanted import Wanted

MOST_SHOWN: Final = 20
LARGEST: Final = 128 * 1024
GOOD, STOPPED = "good", "stopped"
CHECKED_EVERY: Final = timedelta(days=1)
STOPPED_CHECKED_EVERY: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One endorsement as pages and the API see it; ``achievement_id`` is None when it is about the organisation.

    ``believed`` when it was found genuine lately enough to be shown.
    """

    id: str
    achievement_id: str | None
    about: str
    issuer_id: str
    issuer_name: str
    comment: str
    valid_until: datetime | None
    accepted: datetime
    checked: datetime
    state: str
    published: bool
    in_awards: bool
    believed: bool


class OwnFirst(Fetcher):
    """Fetches like any other, but takes what this server publishes from itself: a server that asks itself waits."""

    lists: StatusListService
    organisations: OrganisationService
    own: str

    def fetch(
        self,
        urls: Iterable[str],
        *,
        kind: Kind | None = None,
        wanted: Mapping[Url, Wanted] | None = None,
        seconds: float = ROUND_SECONDS,
        reuse_within: timedelta | None = None,
        stale_within: timedelta | None = None,
    ) -> Mapping[Url, Resource]:
        """As ``Fetcher.fetch``."""
        asked = [Url(url) for url in urls]
        ours = {url: found for url in asked if (found := self._own(url)) is not None}
        rest = [url for url in asked if url not in ours]
        others = super().fetch(
            rest, kind=kind, wanted=wanted, seconds=seconds, reuse_within=reuse_within, stale_within=stale_within
        )
        return {**ours, **others}

    def _own(self, url: Url) -> Resource | None:
        found = re.fullmatch(
            re.escape(self.own) + r"/orgs/([a-z0-9-]{1,60})/(?:did\.json|status/([0-9]{1,9}))", str(url)
        )
        if found is None:
            return None
        try:
            if found[2] is None:
                published, media = self.organisations.identifier_document(found[1]), "application/did+json"
            else:
                published, media = self.lists.serve(found[1], int(found[2])), "application/vc"
        except (NotFound, Unavailable):
            return None
        return Resource(url=url, body=published.body, media_type=media, retrieved=self.clock.now())


class ReceivedService:
    """Accepts what others say, shows it, and checks it again."""

    def __init__(self, context: Context, lists: StatusListService, organisations_: OrganisationService) -> None:
        self._context = context
        self.fetcher = OwnFirst.from_settings(context.settings, clock=context.clock)
        self.fetcher.lists, self.fetcher.organisations = lists, organisations_
        self.fetcher.own = context.settings.identifier_url

    def accept(self, desk: Desk, data: bytes) -> Received:
        """Keep an endorsement of the organisation or of something that it offers, and publish it.

        The same bytes again change nothing. Asks the network. Raises: Refused; BadInput when it is no endorsement, not
        genuine and current, one's own, or about something else; Unavailable when that cannot be found out now.
        """
        desk.require(Right.DESCRIBE)
        document = self._read(data)
        view = EndorsementCredential(document.value)
        try:
            endorsed, issuer, comment, until = view.endorsed_id, view.issuer_id, view.comment, view.valid_until
            name = view.issuer_profile.name
        except ProblemError as error:
            raise _no_endorsement() from error
        if len(listed(document.value.get("credentialSubject"))) != 1 or issuer is None:
            raise _no_endorsement()
        names = self._names(desk.organisation)
        if spelled(issuer) in {spelled(name) for name in names}:
            raise _bad(
                _("You signed this yourself. Vouching counts only when it comes from somebody else."),
                _("Ask somebody else to vouch for you."),
                kind="self-endorsement",
            )
        achievement_id = self._about(desk.organisation, endorsed)
        self._require_good(document, handed_in=True)
        now = self._context.now()
        digest = hashlib.sha256(data).hexdigest()
        with self._context.database.session() as session:
            row = received.by_digest(session, desk.organisation.id, digest)
            if row is None:
                row = tables.ReceivedEndorsementRow(
                    id=str(uuid.uuid4()),
                    organisation_id=desk.organisation.id,
                    achievement_id=achievement_id,
                    issuer_id=issuer,
                    issuer_name=name or issuer,
                    comment=comment or "",
                    body=data,
                    digest=digest,
                    valid_until=until,
                    accepted=now,
                    checked=now,
                    state=GOOD,
                    published=True,
                    in_awards=False,
                )
                session.add(row)
                session.flush()
                self._record(session, desk, "received.accept", row.id, now)
            row.checked, row.state, row.next_check = now, GOOD, now + CHECKED_EVERY
            session.flush()
            return self._view(session, row)

    def publish(self, desk: Desk, received_id: str, *, published: bool) -> Received:
        """Show it with what it is about, or no longer. Raises: Refused, NotFound, BadInput where it was stopped."""
        desk.require(Right.DESCRIBE)
        now = self._context.now()
        with self._context.database.session() as session:
            row = self._row(session, desk, received_id)
            if published and row.state != GOOD:
                raise _bad(_("This did not hold when it was last checked."), _("Check it again first."))
            if row.published != published:
                row.published = published
                self._record(session, desk, "received.publish" if published else "received.hide", row.id, now)
            session.flush()
            return self._view(session, row)

    def check(self, desk: Desk, received_id: str) -> Received:
        """Verify it again: one that no longer holds is published no more. Asks the network.

        Raises: Refused, NotFound; Unavailable when it cannot be found out now, and then nothing changes.
        """
        desk.require(Right.DESCRIBE)
        with self._context.database.reading() as session:
            data = self._row(session, desk, received_id).body
        state = self._state(data, seconds=ROUND_SECONDS)
        now = self._context.now()
        with self._context.database.session() as session:
            row = self._row(session, desk, received_id)
            self._keep(session, row, state, desk.actor, now)
            return self._view(session, row)

    def recheck(self, received_id: str, *, seconds: float) -> None:
        """The same by itself, for whichever organisation; asks the network for so many seconds at most.

        Raises: NotFound; Unavailable when it cannot be found out now, and then nothing changes.
        """
        with self._context.database.reading() as session:
            row = received.find(session, received_id)
            if row is None:
                raise NotFound
            data = row.body
        state = self._state(data, seconds=seconds)
        now = self._context.now()
        with self._context.database.session() as session:
            row = received.find(session, received_id)
            assert row is not None, "none is ever deleted"
            self._keep(session, row, state, SYSTEM, now)

    def use(self, desk: Desk, received_id: str, *, in_awards: bool) -> Received:
        """Put it into what is awarded from now on, or no longer; what was awarded stays as it was signed.

        Raises: Refused, NotFound, BadInput where it does not hold, is hidden, is too large, or there are enough.
        """
        desk.require(Right.DESCRIBE)
        now = self._context.now()
        with self._context.database.session() as session:
            row = self._row(session, desk, received_id)
            if in_awards and not row.in_awards:
                organisations.lock(session, desk.organisation.id)
                _require_usable(session, row)
            if row.in_awards != in_awards:
                row.in_awards = in_awards
                self._record(session, desk, "received.use" if in_awards else "received.leave", row.id, now)
            session.flush()
            return self._view(session, row)

    def _state(self, data: bytes, *, seconds: float) -> str:
        """Whether it holds now. Raises: Unavailable when that cannot be found out."""
        try:
            self._require_good(self._read(data), seconds=seconds)
        except BadInput:
            return STOPPED
        return GOOD

    @staticmethod
    def _keep(
        session: Session, row: tables.ReceivedEndorsementRow, state: str, actor: Actor | str, now: datetime
    ) -> None:
        if row.state != state:
            record(
                session,
                at=now,
                actor=actor,
                action="received.stop" if state == STOPPED else "received.resume",
                organisation_id=row.organisation_id,
                object_id=row.id,
            )
        row.checked, row.state = now, state
        row.next_check = now + (CHECKED_EVERY if state == GOOD else STOPPED_CHECKED_EVERY)
        session.flush()

    def listing(self, desk: Desk, at: Window) -> Page[Received]:
        """One page of what was accepted, newest first."""
        with self._context.database.reading() as session:
            rows, total = received.listing(session, desk.organisation.id, offset=at.offset, limit=at.size)
            items = [self._view(session, row) for row in rows]
        return Page(items=items, number=at.number, size=at.size, total=total)

    def one(self, desk: Desk, received_id: str) -> Received:
        """One of them. Raises: NotFound."""
        with self._context.database.reading() as session:
            return self._view(session, self._row(session, desk, received_id))

    def embedded(self, organisation: Organisation, achievement_id: str | None) -> dict[str, Any]:
        """The member ``endorsement`` of the organisation's Profile, or of one of its achievements; empty when none."""
        now = self._context.now()
        with self._context.database.reading() as session:

            def read(offset: int, most: int) -> Sequence[JsonObject]:
                rows = received.shown(session, organisation.id, achievement_id, now=now, most=most, offset=offset)
                return [json.loads(row.body) for row in rows]

            found = first_about(None if achievement_id else organisation.did, most=MOST_SHOWN, read=read)
        return {"endorsement": list(found)} if found else {}

    def shown(self, organisation: Organisation, achievement_id: str | None) -> list[Received]:
        """The same for the public page."""
        now = self._context.now()
        with self._context.database.reading() as session:
            rows = received.shown(session, organisation.id, achievement_id, now=now, most=MOST_SHOWN)
            return [self._view(session, row) for row in rows]

    def close(self) -> None:
        """Let the fetcher's threads go."""
        self.fetcher.close()

    @staticmethod
    def _read(data: bytes) -> Document:
        """An endorsement as a JSON document. Raises: BadInput."""
        try:
            document = parse(data, limits=CREDENTIAL_LIMITS)
        except ProblemError as error:
            raise _no_endorsement() from error
        if len(data) > LARGEST or "EndorsementCredential" not in listed(document.value.get("type")):
            raise _no_endorsement()
        return document

    def _names(self, organisation: Organisation) -> frozenset[str]:
        """Every identifier that the organisation has."""
        with self._context.database.reading() as session:
            return frozenset(row.did for row in identities.of(session, organisation.id))

    def _about(self, organisation: Organisation, endorsed: str | None) -> str | None:
        """The achievement that is meant, None for the organisation itself. Raises: BadInput for anything else."""
        if endorsed in self._names(organisation):
            return None
        start = f"{self._context.settings.identifier_url}/orgs/{organisation.slug}/achievements/"
        if endorsed is not None and endorsed.startswith(start):
            with self._context.database.reading() as session:
                found = achievements.one(session, organisation.id, endorsed.removeprefix(start)[:36])
            if found is not None and endorsed == start + found.id:
                return found.id
        raise _bad(
            _("This vouches for something else, not for you or what you offer."),
            _("Give whoever vouches for you the identifier on your public page, or the address of what you offer."),
            kind="about-something-else",
        )

    def _require_good(self, document: Document, *, handed_in: bool = False, seconds: float = ROUND_SECONDS) -> None:
        """Raises: BadInput; Unavailable where something did not answer, or where one that was kept cannot be judged."""
        policy = Policy.recommended(
            recognised=(),
            loopback=self._context.settings.loopback,
            require_holder_binding=False,
            challenge=None,
            domain=None,
        )
        report, _evidence = verify_online(
            document, fetcher=self.fetcher, policy=policy, now=self._context.now(), seconds=seconds
        )
        if report.document_kind is not DocumentKind.ENDORSEMENT_CREDENTIAL:
            raise _no_endorsement()
        match report.verdict:
            case Verdict.GENUINE_AND_CURRENT:
                return
            case Verdict.COULD_NOT_BE_CHECKED if handed_in and not _waits(report):
                raise _no_endorsement()
            case Verdict.COULD_NOT_BE_CHECKED:
                raise Unavailable(
                    _("Whether this is genuine could not be found out just now, so nothing was changed."),
                    retry_after=60,
                )
            case Verdict.NOT_GENUINE:
                said = _("This was changed after it was signed, or signed by somebody else.")
                raise _bad(said, _("Ask for the original."), kind="not-genuine")
            case _:
                said = _("This is genuine, but it no longer holds: it was withdrawn, has expired or is not valid yet.")
                raise _bad(said, _("Ask whoever vouched for you for a new one."), kind="not-current")

    @staticmethod
    def _row(session: Session, desk: Desk, received_id: str) -> tables.ReceivedEndorsementRow:
        row = received.one(session, desk.organisation.id, received_id[:36])
        if row is None or row.id != received_id:
            raise NotFound
        return row

    def _view(self, session: Session, row: tables.ReceivedEndorsementRow) -> Received:
        about = ""
        if row.achievement_id is not None:
            found = achievements.one(session, row.organisation_id, row.achievement_id)
            assert found is not None, "kept by a foreign key"
            about = found.name
        return Received(
            id=row.id,
            achievement_id=row.achievement_id,
            about=about,
            issuer_id=row.issuer_id,
            issuer_name=row.issuer_name,
            comment=row.comment,
            valid_until=row.valid_until,
            accepted=row.accepted,
            checked=row.checked,
            state=row.state,
            published=row.published,
            in_awards=row.in_awards,
            believed=row.checked > self._context.now() - received.BELIEVED_FOR,
        )

    @staticmethod
    def _record(session: Session, desk: Desk, action: str, received_id: str, now: datetime) -> None:
        record(
            session,
            at=now,
            actor=desk.actor,
            action=action,
            organisation_id=desk.organisation.id,
            object_id=received_id,
        )


def _waits(report: Report) -> bool:
    """Whether only something that did not answer is in the way: nothing failed, and an address is missing."""
    failed = any(check.outcome is Outcome.FAILED for check in report.checks)
    return not failed and any(check.missing for check in report.checks)


def _id(row: tables.ReceivedEndorsementRow) -> object:
    return json.loads(row.body).get("id")


def _require_usable(session: Session, row: tables.ReceivedEndorsementRow) -> None:
    if row.state != GOOD or not row.published:
        raise _bad(
            _("Only what holds and is published can go into awards."), _("Publish it, or check it again, first.")
        )
    if len(row.body) > LARGEST_IN_AWARDS:
        raise _bad(
            _("This is too large to be put into every award."), _("Ask whoever vouches for you for a shorter one.")
        )
    others = received.used(session, row)
    if any(_id(other) == _id(row) for other in others):
        raise _bad(
            _("Another version of it is in awards already."), _("Take that one out of them first."), kind="said-twice"
        )
    if sum(other.achievement_id == row.achievement_id for other in others) >= MOST_IN_AWARDS:
        raise _bad(
            _("There are %(most)s in awards already.", most=MOST_IN_AWARDS), _("Take another one out of them first.")
        )


def _bad(said: Any, remedy: Any, *, kind: str = "bad-input") -> RequestError:
    return BadInput(said, field="endorsement", remedy=remedy, kind=kind)


def _no_endorsement() -> RequestError:
    return _bad(
        _("This is not a signed endorsement."),
        _("Ask for the file that ends in .json, and hand it in as it came."),
        kind="not-an-endorsement",
    )
