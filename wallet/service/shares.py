"""Sharing: a chosen set of awards, for one reader, until a day, with the approval of whoever has the say.

Rules. A share is an explicit list of credentials, each in the edition that was shown; nothing is ever added to it,
and a corrected edition is shared only when somebody with the say has seen it and said so. A link exists for readers
only once somebody with the say approved it. A learner under the age of consent shares nothing without a guardian, and
where no guardian may approve, the answer is a refusal and not a wait. What the reader will see is computed by the
same function for the preview and for the reader. The link's secret is kept sealed, so that the family can show it
again; the lookup knows only its hash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from kit.audit import append
from kit.errors import Conflict, NotFound, Refused
from kit.i18n import _
from kit.paging import PAGE_SIZE, Page, Window
from wallet import store
from wallet.keystore import new_code, new_token, token_hash
from wallet.service.allowing import allow, allowed_by
from wallet.service.asks import QUESTION, NewAsk, write_ask
from wallet.service.authority import Right
from wallet.service.cards import Card, shared_record
from wallet.service.core import Actor, Household, OpenLearner, Tools, new_id
from wallet.service.credentials import Credentials
from wallet.service.family_views import learner_view
from wallet.service.papers import Setting, record_pdf
from wallet.service.parting import AwardLine
from wallet.service.people import People
from wallet.service.share_parts import ShareParts
from wallet.service.share_showing import Showing, shared_of, waits_for
from wallet.service.share_terms import (
    ACTIVE,
    DECLINED,
    LOCKED,
    RECALLED,
    USED_UP,
    WAITING,
    check_choice,
    check_day,
    check_passcode,
    end_of,
    state_of,
)
from wallet.service.share_views import Choice, ShareLine, SharePage, ShareView, Sheet, SheetItem, SheetLine
from wallet.service.text import plain

FIRST: Final = Window(number=1, size=PAGE_SIZE)


class Shares:
    """Making, approving, showing and stopping shares."""

    def __init__(self, tools: Tools, people: People, credentials: Credentials) -> None:
        self._tools = tools
        self._people = people
        self._credentials = credentials
        self._parts = ShareParts(credentials)
        self._showing = Showing(credentials)

    def sheet(self, actor: Actor, learner_id: str, choice: Choice | None = None, picked: Sequence[str] = ()) -> Sheet:
        """The sheet for a learner's awards: as first opened with what was picked, or as far as it was filled in."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id, Right.START_SHARE)
            items, chosen = [], []
            wanted_first = choice.credential_ids if choice else tuple(picked)
            for row in _first(store.credentials.credentials(session, actor.family_id, learner_id), wanted_first):
                card = self._credentials.card(home, opened, row)
                wanted = card.id in choice.credential_ids if choice else card.id in picked and not card.cautious
                lines = self._parts.lines(session, opened, row)
                part = choice.parts.get(card.id) if choice else None
                items.append(
                    SheetItem(
                        card=card,
                        on=wanted,
                        warnings=card.personal_data,
                        lines=tuple(SheetLine(line=one, on=part is None or one.pointer in part) for one in lines),
                    )
                )
                if wanted:
                    chosen.append(card if part is None else self._part_card(session, opened, row, part))
            shown = choice.shown_name if choice else opened.name
            until = choice.until if choice else home.today + timedelta(days=self._default_days(home, opened))
            return Sheet(
                learner=learner_view(home, opened),
                items=tuple(items),
                recipient=choice.recipient if choice else "",
                purpose=choice.purpose if choice else "",
                until=until,
                shown_name=shown,
                preview=shared_record(chosen, shown_name=shown, until=until),
                waits_for=waits_for(home, opened, choice.recipient if choice else ""),
                last_day=home.today + timedelta(days=self._tools.settings.share_days_most),
                most_views=choice.most_views if choice else None,
                passcode=choice.passcode if choice else "",
            )

    def create(
        self,
        actor: Actor,
        learner_id: str,
        choice: Choice,
        *,
        editions: Mapping[str, int] | None = None,
        ask: NewAsk | None = None,
    ) -> str:
        """Share, or ask a guardian to; the share's id. `editions` are those that were shown; without, the newest are.
        `ask`: the question that it answers, or that a provider is asked to confirm it.

        Raises: Refused when nobody may approve; BadInput for a day or a set that cannot be; NotFound for an award of
        others.
        """
        passcode = self._hashed(choice.passcode)  # slow on purpose, so outside the session
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id, Right.START_SHARE)
            check_choice(choice, today=home.today, settings=self._tools.settings)
            allowed = "" if Right.SHARE in opened.rights else allowed_by(home, opened, choice.recipient)
            decided_by = actor.member_id if Right.SHARE in opened.rights else allowed
            if not decided_by and not opened.standing.approvers(Right.SHARE, home.today):
                raise Refused(
                    _("No guardian of this learner may approve a share at present. Ask the family's organiser.")
                )
            token, code = new_token(), new_code()
            row = store.Share(
                id=new_id(),
                family_id=actor.family_id,
                learner_id=learner_id,
                token_hash=token_hash(token),
                code_hash=token_hash(code),
                state=ACTIVE if decided_by else WAITING,
                started_by=actor.member_id,
                created_at=home.now,
                expires_at=end_of(choice.until),
                decided_by=decided_by or None,
                decided_at=home.now if decided_by else None,
                most_views=choice.most_views,
                used_views=0,
                misses=0,
                version=0,
            )
            opened.seal(
                row,
                {
                    "recipient": plain(choice.recipient, field="recipient", most=120),
                    "purpose": plain(choice.purpose, field="purpose", most=300, required=False),
                    "shownName": plain(choice.shown_name, field="shown_name", most=120, required=False),
                    "token": token,
                    "code": code,
                    "passcode": passcode,
                    "allowed": bool(allowed),
                },
            )
            session.add(row)
            session.flush()
            if ask is not None:
                write_ask(home, opened, row.id, ask)
            for position, credential_id in enumerate(choice.credential_ids):
                found = store.credentials.credential(session, actor.family_id, credential_id)
                if found is None or found.learner_id != learner_id:
                    raise NotFound(_("One of the chosen awards is not there any more. Choose again."))
                number = (editions or {}).get(credential_id, found.edition)
                session.add(
                    store.ShareItem(share_id=row.id, credential_id=credential_id, position=position, edition=number)
                )
                if credential_id in choice.parts:
                    showing = self._parts.showing(session, opened, found, number, choice.parts[credential_id])
                    if showing.shown < showing.of:
                        self._parts.keep(session, opened, row.id, credential_id, showing)
            action = "share.allowed" if allowed else "share.approve" if decided_by else "share.ask"
            home.note(action, row.id, count=len(choice.credential_ids))
            return row.id

    def lines(self, actor: Actor, credential_id: str) -> tuple[AwardLine, ...]:
        """The lines of an award that a share may leave out; none where that cannot be. Raises: NotFound."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            row = store.credentials.credential(session, actor.family_id, credential_id)
            if row is None:
                raise NotFound
            return self._parts.lines(session, home.learner_of(row.learner_id), row)

    def check(self, actor: Actor, learner_id: str, choice: Choice) -> None:
        """Make sure that a choice could be shared, before its preview is shown. Raises: BadInput; Refused; NotFound."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            home.learner(learner_id, Right.START_SHARE)
            check_choice(choice, today=home.today, settings=self._tools.settings)

    def waiting(self, actor: Actor, learner_id: str) -> list[ShareLine]:
        """A learner's shares that wait for a guardian."""
        return [line for line in self.shares(actor, learner_id) if line.state == WAITING]

    def approve(self, actor: Actor, share_id: str, *, always: bool = False) -> None:
        """Let a share that waits begin; with `always`, others for the same recipient, too, without asking.

        Raises: Refused without the say; Conflict when it no longer waits; NotFound.
        """
        self._decide(actor, share_id, ACTIVE, always=always)

    def decline(self, actor: Actor, share_id: str) -> None:
        """Say no to a share that waits."""
        self._decide(actor, share_id, DECLINED)

    def _decide(self, actor: Actor, share_id: str, state: str, *, always: bool = False) -> None:
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = self._row(home, share_id)
            opened = home.learner_of(row.learner_id, Right.SHARE)
            if state == ACTIVE and home.now >= row.expires_at:
                raise Conflict(_("The day until which this was to be shared has passed. Start a new share."))
            if not store.shares.move(session, row.id, expected=[WAITING], state=state):
                raise Conflict(_("Somebody decided about this share already. Look at its page to see how."))
            row.decided_by, row.decided_at = actor.member_id, home.now
            home.note("share.approve" if state == ACTIVE else "share.decline", row.id)
            if always and state == ACTIVE:
                allow(home, opened, opened.open(row)["recipient"])

    def recall(self, actor: Actor, share_id: str) -> None:
        """Stop a link from this moment on. Repeating it changes nothing."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = self._row(home, share_id)
            home.learner_of(row.learner_id, Right.STOP_SHARE)
            if store.shares.move(session, row.id, expected=[WAITING, ACTIVE], state=RECALLED):
                row.recalled_at = home.now
                home.note("share.recall", row.id)

    def recall_all(self, actor: Actor, learner_id: str) -> int:
        """Stop every link of a learner; how many were stopped."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            home.learner(learner_id, Right.STOP_SHARE)
            count = store.shares.recall_all(session, actor.family_id, learner_id, home.now)
            home.note("share.recallAll", learner_id, count=count)
            return count

    def recall_every(self) -> int:
        """Stop every link of every family: for the operator, when a restored backup may have opened stopped ones.

        How many were stopped, of those that worked and those that waited.
        """
        with self._tools.database.session() as session:
            now = self._tools.clock.now()
            count = store.shares.recall_every(session, now)
            append(
                session,
                store.AUDIT,
                at=now,
                actor="system",
                action="share.recallEvery",
                object_id="wallet",
                detail={"count": count},
            )
            return count

    def extend(self, actor: Actor, share_id: str, until: date) -> None:
        """Move the day on which a link stops. Earlier needs the right to stop, later the say over sharing.

        Raises: Conflict for a link that was recalled or declined; BadInput for a day that cannot be.
        """
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = self._row(home, share_id)
            later = end_of(until) > row.expires_at
            home.learner_of(row.learner_id, Right.SHARE if later else Right.STOP_SHARE)
            check_day(until, today=home.today, settings=self._tools.settings)
            if row.state not in {WAITING, ACTIVE}:
                raise Conflict(_("This link was stopped and stays stopped. Start a new share."))
            row.expires_at = end_of(until)
            home.note("share.extend", row.id)

    def set_passcode(self, actor: Actor, share_id: str, passcode: str) -> None:
        """Ask readers for another passcode from now on, or (empty) for none; wrong ones are counted anew.

        Raises: Refused without the say over sharing; BadInput; Conflict for a link that ended.
        """
        if passcode:
            check_passcode(passcode)
        hashed = self._hashed(passcode)
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = self._row(home, share_id)
            opened = home.learner_of(row.learner_id, Right.SHARE)
            if state_of(row, home.now) not in {WAITING, ACTIVE, LOCKED}:
                raise Conflict(_("This link does not work any more. Start a new share."))
            row.misses = 0
            opened.seal(row, opened.open(row) | {"passcode": hashed})
            home.note("share.passcode", row.id)

    def update(self, actor: Actor, share_id: str, editions: Mapping[str, int]) -> None:
        """Let a share hold the newest editions, which are the `editions` (by credential id) that were shown.

        Raises: Refused without the say over sharing; Conflict when a newer one came in between, or the link ended.
        """
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = self._row(home, share_id)
            home.learner_of(row.learner_id, Right.SHARE)
            if state_of(row, home.now) not in {WAITING, ACTIVE}:
                raise Conflict(_("This link does not work any more. Start a new share."))
            held = store.shares.shared_credentials(session, row.id)
            if store.shares.parts(session, row.id):
                raise Conflict(_("Part of an award is shared here. Start a new share, and choose from its new lines."))
            if {one.id: one.edition for one, _number in held} != dict(editions):
                raise Conflict(_("Something changed since this was shown. Look at it again, then update the share."))
            for credential_id, number in editions.items():
                store.shares.pin(session, row.id, credential_id, number)
            home.note("share.update", row.id, count=sum(number < one.edition for one, number in held))

    def shares(self, actor: Actor, learner_id: str) -> list[ShareLine]:
        """A learner's shares, newest first."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            return self._showing.lines(home, home.learner(learner_id))

    def page(self, actor: Actor, learner_id: str, at: Window) -> SharePage:
        """One page of a learner's shares, newest first."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id)
            return SharePage(
                lines=Page(
                    items=self._showing.lines(home, opened, offset=at.offset, limit=at.size),
                    number=at.number,
                    size=at.size,
                    total=store.shares.count_shares(session, actor.family_id, learner_id),
                ),
                working=store.shares.count_working(session, actor.family_id, learner_id, home.now),
            )

    def share(self, actor: Actor, share_id: str, at: Window = FIRST) -> ShareView:
        """One share with its link, its preview and a page of who opened it."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            row = self._row(home, share_id)
            return self._showing.view(home, home.learner_of(row.learner_id), row, at)

    def paper(self, actor: Actor, share_id: str, setting: Setting) -> bytes:
        """What a share that works shows as a PDF, with its credentials attached, for the family to hand over.

        Raises: NotFound; Refused without the right to share; Conflict while it waits, and when it ended.
        """
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = self._row(home, share_id)
            opened = home.learner_of(row.learner_id, Right.START_SHARE)
            if state_of(row, home.now) not in {ACTIVE, LOCKED, USED_UP}:
                raise Conflict(_("Nothing is handed over before it is approved, or after it was stopped."))
            ask = store.asked.of_share(session, row.id)
            if ask is not None and ask.kind == QUESTION:
                raise Conflict(_("This was approved for the site that asks, and for nobody else. Share it anew."))
            held = self._parts.held(session, opened, row.id)
            shared = shared_of(self._parts.seen(session, opened, held), opened.open(row), row)
            home.note("share.paper", row.id, count=len(held))
        checker = self._tools.settings.verifier_url
        return record_pdf(shared, [one.data for one in held], setting, checker=checker, at=home.now)

    def _row(self, home: Household, share_id: str) -> store.Share:
        row = store.shares.share(home.session, home.actor.family_id, share_id)
        if row is None:
            raise NotFound
        home.learner_of(row.learner_id)
        return row

    def _default_days(self, home: Household, opened: OpenLearner) -> int:
        settings, age = self._tools.settings, opened.standing.age(home.today)
        return settings.share_days_young if age is not None and age < settings.consent_age else settings.share_days

    def _part_card(self, session: Session, opened: OpenLearner, row: store.Credential, part: frozenset[str]) -> Card:
        showing = self._parts.showing(session, opened, row, row.edition, part)
        return self._parts.card(session, opened, row, row.edition, showing)

    def _hashed(self, passcode: str) -> str:
        return self._tools.passwords.hash(passcode) if passcode else ""


def _first(rows: Sequence[store.Credential], wanted: Sequence[str]) -> list[store.Credential]:
    """The rows with those that are wanted before the others, in the order in which they are."""
    places = {one: place for place, one in reversed(list(enumerate(wanted)))}
    return sorted(rows, key=lambda row: places.get(row.id, len(places) + len(wanted)))
