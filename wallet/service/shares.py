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
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from kit.audit import append
from kit.errors import BadInput, Conflict, NotFound, Refused
from kit.i18n import _
from kit.paging import Page, Window
from wallet import store
from wallet.keystore import new_code, new_token, token_hash
from wallet.service.authority import Right
from wallet.service.cards import shared_record
from wallet.service.core import Actor, Household, OpenLearner, Tools, new_id
from wallet.service.credentials import Credentials
from wallet.service.people import People, learner_view
from wallet.service.share_views import Choice, Opening, ShareLine, SharePage, ShareView, Sheet, SheetItem
from wallet.service.text import plain

MOST_ITEMS = 100
WAITING, ACTIVE, DECLINED, RECALLED, EXPIRED = "waiting", "active", "declined", "recalled", "expired"


def state_of(row: store.Share, now: datetime) -> str:
    """The state with the clock taken into account: an active share past its instant has expired."""
    return EXPIRED if row.state == ACTIVE and now >= row.expires_at else row.state


def end_of(day: date) -> datetime:
    """The instant at which a link that works until that day stops: midnight UTC after it."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def last_day(expires_at: datetime) -> date:
    """The last day on which a link works."""
    return (expires_at - timedelta(microseconds=1)).date()


class Shares:
    """Making, approving, showing and stopping shares."""

    def __init__(self, tools: Tools, people: People, credentials: Credentials) -> None:
        self._tools = tools
        self._people = people
        self._credentials = credentials

    def sheet(self, actor: Actor, learner_id: str, choice: Choice | None = None, picked: Sequence[str] = ()) -> Sheet:
        """The sheet for a learner's awards: as first opened with what was picked, or as far as it was filled in."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id, Right.START_SHARE)
            items = []
            for card in self._credentials.cards(home, opened):
                wanted = card.id in choice.credential_ids if choice else card.id in picked and not card.cautious
                items.append(SheetItem(card=card, on=wanted, warnings=card.personal_data))
            shown = choice.shown_name if choice else opened.name
            until = choice.until if choice else home.today + timedelta(days=self._default_days(home, opened))
            chosen = [item.card for item in items if item.on]
            return Sheet(
                learner=learner_view(home, opened),
                items=tuple(items),
                recipient=choice.recipient if choice else "",
                purpose=choice.purpose if choice else "",
                until=until,
                shown_name=shown,
                preview=shared_record(chosen, shown_name=shown, until=until),
                waits_for=self._waits_for(home, opened),
                last_day=home.today + timedelta(days=self._tools.settings.share_days_most),
            )

    def create(
        self, actor: Actor, learner_id: str, choice: Choice, *, editions: Mapping[str, int] | None = None
    ) -> str:
        """Share, or ask a guardian to; the share's id. `editions` are those that were shown; without, the newest are.

        Raises: Refused when nobody may approve; BadInput for a day or a set that cannot be; NotFound for an award of
        others.
        """
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id, Right.START_SHARE)
            self._check(home, choice)
            approved = Right.SHARE in opened.rights
            if not approved and not opened.standing.approvers(Right.SHARE, home.today):
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
                state=ACTIVE if approved else WAITING,
                started_by=actor.member_id,
                created_at=home.now,
                expires_at=end_of(choice.until),
                decided_by=actor.member_id if approved else None,
                decided_at=home.now if approved else None,
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
                },
            )
            session.add(row)
            session.flush()
            for position, credential_id in enumerate(choice.credential_ids):
                found = store.credentials.credential(session, actor.family_id, credential_id)
                if found is None or found.learner_id != learner_id:
                    raise NotFound(_("One of the chosen awards is not there any more. Choose again."))
                number = (editions or {}).get(credential_id, found.edition)
                session.add(
                    store.ShareItem(share_id=row.id, credential_id=credential_id, position=position, edition=number)
                )
            home.note("share.approve" if approved else "share.ask", row.id, count=len(choice.credential_ids))
            return row.id

    def check(self, actor: Actor, learner_id: str, choice: Choice) -> None:
        """Make sure that a choice could be shared, before its preview is shown. Raises: BadInput; Refused; NotFound."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            home.learner(learner_id, Right.START_SHARE)
            self._check(home, choice)

    def waiting(self, actor: Actor, learner_id: str) -> list[ShareLine]:
        """A learner's shares that wait for a guardian."""
        return [line for line in self.shares(actor, learner_id) if line.state == WAITING]

    def approve(self, actor: Actor, share_id: str) -> None:
        """Let a share that waits begin. Raises: Refused without the say; Conflict when it no longer waits; NotFound."""
        self._decide(actor, share_id, ACTIVE)

    def decline(self, actor: Actor, share_id: str) -> None:
        """Say no to a share that waits."""
        self._decide(actor, share_id, DECLINED)

    def _decide(self, actor: Actor, share_id: str, state: str) -> None:
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = self._row(home, share_id)
            home.learner(row.learner_id, Right.SHARE)
            if state == ACTIVE and home.now >= row.expires_at:
                raise Conflict(_("The day until which this was to be shared has passed. Start a new share."))
            if not store.shares.move(session, row.id, expected=[WAITING], state=state):
                raise Conflict(_("Somebody decided about this share already. Look at its page to see how."))
            row.decided_by, row.decided_at = actor.member_id, home.now
            home.note("share.approve" if state == ACTIVE else "share.decline", row.id)

    def recall(self, actor: Actor, share_id: str) -> None:
        """Stop a link from this moment on. Repeating it changes nothing."""
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = self._row(home, share_id)
            home.learner(row.learner_id, Right.STOP_SHARE)
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
            home.learner(row.learner_id, Right.SHARE if later else Right.STOP_SHARE)
            self._check_day(home, until)
            if row.state not in {WAITING, ACTIVE}:
                raise Conflict(_("This link was stopped and stays stopped. Start a new share."))
            row.expires_at = end_of(until)
            home.note("share.extend", row.id)

    def update(self, actor: Actor, share_id: str, editions: Mapping[str, int]) -> None:
        """Let a share hold the newest editions, which are the `editions` (by credential id) that were shown.

        Raises: Refused without the say over sharing; Conflict when a newer one came in between, or the link ended.
        """
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            row = self._row(home, share_id)
            home.learner(row.learner_id, Right.SHARE)
            if state_of(row, home.now) not in {WAITING, ACTIVE}:
                raise Conflict(_("This link does not work any more. Start a new share."))
            held = store.shares.shared_credentials(session, row.id)
            if {one.id: one.edition for one, _number in held} != dict(editions):
                raise Conflict(_("Something changed since this was shown. Look at it again, then update the share."))
            for credential_id, number in editions.items():
                store.shares.pin(session, row.id, credential_id, number)
            home.note("share.update", row.id, count=sum(number < one.edition for one, number in held))

    def shares(self, actor: Actor, learner_id: str) -> list[ShareLine]:
        """A learner's shares, newest first."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            return self._lines(home, home.learner(learner_id))

    def page(self, actor: Actor, learner_id: str, at: Window) -> SharePage:
        """One page of a learner's shares, newest first."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id)
            return SharePage(
                lines=Page(
                    items=self._lines(home, opened, offset=at.offset, limit=at.size),
                    number=at.number,
                    size=at.size,
                    total=store.shares.count_shares(session, actor.family_id, learner_id),
                ),
                working=store.shares.count_working(session, actor.family_id, learner_id, home.now),
            )

    @staticmethod
    def _lines(home: Household, opened: OpenLearner, *, offset: int = 0, limit: int | None = None) -> list[ShareLine]:
        counts = store.shares.view_counts(home.session, home.actor.family_id, opened.id)
        lines = []
        for row in store.shares.shares(home.session, home.actor.family_id, opened.id, offset=offset, limit=limit):
            count, last = counts.get(row.id, (0, None))
            lines.append(
                ShareLine(
                    id=row.id,
                    state=state_of(row, home.now),
                    recipient=opened.open(row)["recipient"],
                    created_at=row.created_at,
                    expires_at=row.expires_at,
                    last_day=last_day(row.expires_at),
                    opened=count,
                    last_opened=last,
                )
            )
        return lines

    def share(self, actor: Actor, share_id: str) -> ShareView:
        """One share with its link, its preview and who opened it."""
        with self._tools.database.reading() as session:
            home = self._people.open(session, actor)
            row = self._row(home, share_id)
            opened = home.learner(row.learner_id)
            told = opened.open(row)
            state = state_of(row, home.now)
            held = store.shares.shared_credentials(session, row.id)
            cards = [self._credentials.card_of(session, opened, one, number) for one, number in held]
            now_cards = [self._credentials.card_of(session, opened, one) for one, _number in held]
            open_still = state in {WAITING, ACTIVE}
            corrected = open_still and any(number < one.edition for one, number in held)
            until = last_day(row.expires_at)
            linked = state == ACTIVE and Right.START_SHARE in opened.rights
            return ShareView(
                id=row.id,
                learner=learner_view(home, opened),
                state=state,
                recipient=told["recipient"],
                purpose=told["purpose"],
                shown_name=told["shownName"],
                created_at=row.created_at,
                expires_at=row.expires_at,
                last_day=until,
                started_by=home.member_name(row.started_by),
                decided_by=home.member_name(row.decided_by),
                recalled_at=row.recalled_at,
                token=told["token"] if linked else "",
                code=told["code"] if linked else "",
                shared=shared_record(cards, shown_name=told["shownName"], until=until),
                corrected=shared_record(now_cards, shown_name=told["shownName"], until=until) if corrected else None,
                openings=tuple(
                    _opening(view, opened.open(view)) for view in store.shares.views(session, actor.family_id, row.id)
                ),
                waits_for=self._waits_for(home, opened) if state == WAITING else "",
                may_approve=state == WAITING and Right.SHARE in opened.rights,
                may_stop=open_still and Right.STOP_SHARE in opened.rights,
                may_update=corrected and Right.SHARE in opened.rights,
            )

    def _row(self, home: Household, share_id: str) -> store.Share:
        row = store.shares.share(home.session, home.actor.family_id, share_id)
        if row is None:
            raise NotFound
        home.learner(row.learner_id)
        return row

    def _waits_for(self, home: Household, opened: OpenLearner) -> str:
        if Right.SHARE in opened.rights:
            return ""
        return home.member_names(opened.standing.approvers(Right.SHARE, home.today))

    def _default_days(self, home: Household, opened: OpenLearner) -> int:
        settings, age = self._tools.settings, opened.standing.age(home.today)
        return settings.share_days_young if age is not None and age < settings.consent_age else settings.share_days

    def _check(self, home: Household, choice: Choice) -> None:
        if not choice.credential_ids:
            raise BadInput(_("Nothing is chosen yet."), field="credentials", remedy=_("Switch on at least one award."))
        if len(choice.credential_ids) > MOST_ITEMS or len(set(choice.credential_ids)) != len(choice.credential_ids):
            remedy = _("Choose each award once, and at most %(most)s.", most=MOST_ITEMS)
            raise BadInput(_("That is too much for one link."), field="credentials", remedy=remedy)
        self._check_day(home, choice.until)

    def _check_day(self, home: Household, until: date) -> None:
        most = home.today + timedelta(days=self._tools.settings.share_days_most)
        if not home.today <= until <= most:
            remedy = _("Choose a day from today to %(last)s.", last=most.isoformat())
            raise BadInput(_("The link cannot stop on that day."), field="until", remedy=remedy)


def _opening(row: store.ShareView, told: Mapping[str, Any]) -> Opening:
    return Opening(at=row.at, kind=row.kind, reader=told["reader"], made_for=told.get("madeFor", ""))
