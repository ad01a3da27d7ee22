"""A share as its family sees it: a line of a list, and its page with the link, the preview and who opened it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kit.paging import Page, Window
from wallet import store
from wallet.service.allowing import allowed_by
from wallet.service.asks import QUESTION, ask_of
from wallet.service.authority import Right
from wallet.service.cards import Card, Shared, shared_record
from wallet.service.core import Household, OpenLearner
from wallet.service.credentials import Credentials
from wallet.service.family_views import learner_view
from wallet.service.share_parts import ShareParts
from wallet.service.share_terms import ACTIVE, LOCKED, WAITING, last_day, state_of
from wallet.service.share_views import Opening, ShareLine, ShareView


class Showing:
    """Shares, inside an open household."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._parts = ShareParts(credentials)

    @staticmethod
    def lines(home: Household, opened: OpenLearner, *, offset: int = 0, limit: int | None = None) -> list[ShareLine]:
        """A learner's shares, newest first; with `limit` that many at most, after `offset`."""
        counts = store.shares.view_counts(home.session, home.actor.family_id, opened.id)
        asked = store.asked.kinds(home.session, home.actor.family_id, opened.id)
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
                    most_views=row.most_views,
                    asks=asked.get(row.id, ("", ""))[0],
                    ask_state=asked.get(row.id, ("", ""))[1],
                )
            )
        return lines

    @staticmethod
    def openings(home: Household, opened: OpenLearner, row: store.Share, at: Window) -> Page[Opening]:
        """A page of who opened a share, latest first."""
        family_id = home.actor.family_id
        rows = store.shares.views(home.session, family_id, row.id, offset=at.offset, limit=at.size)
        return Page(
            items=tuple(_opening(one, opened.open(one)) for one in rows),
            number=at.number,
            size=at.size,
            total=store.shares.count_views(home.session, family_id, row.id),
        )

    def view(self, home: Household, opened: OpenLearner, row: store.Share, at: Window) -> ShareView:
        """One share with everything about it and a page of its openings; its link only for those who may share."""
        session, told = home.session, opened.open(row)
        state = state_of(row, home.now)
        held = store.shares.shared_credentials(session, row.id)
        cards = self._parts.seen(session, opened, self._parts.held(session, opened, row.id))
        partial = bool(store.shares.parts(session, row.id))
        now_cards = [self._credentials.card_of(session, opened, one) for one, _number in held]
        open_still = state in {WAITING, ACTIVE, LOCKED}
        corrected = open_still and any(number < one.edition for one, number in held)
        until = last_day(row.expires_at)
        ask = ask_of(session, opened, row.id)
        for_one = ask is not None and ask.kind == QUESTION  # approved for one site, so nobody else gets a link
        linked = state in {ACTIVE, LOCKED} and Right.START_SHARE in opened.rights and not for_one
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
            shared=shared_of(cards, told, row),
            corrected=shared_of(now_cards, told, row) if corrected else None,
            openings=self.openings(home, opened, row, at),
            most_views=row.most_views,
            used_views=row.used_views,
            has_passcode=bool(told.get("passcode")),
            misses=row.misses,
            allowed=bool(told.get("allowed")),
            waits_for=_approvers(home, opened) if state == WAITING and Right.SHARE not in opened.rights else "",
            may_approve=state == WAITING and Right.SHARE in opened.rights,
            may_stop=open_still and Right.STOP_SHARE in opened.rights,
            may_update=corrected and not partial and Right.SHARE in opened.rights,
            partial=partial,
            ask=ask,
        )


def shared_of(cards: Sequence[Card], told: Mapping[str, Any], row: store.Share) -> Shared:
    """What a reader sees of a share that holds these cards; `told` is what its row holds sealed."""
    return shared_record(cards, shown_name=told["shownName"], until=last_day(row.expires_at))


def waits_for(home: Household, opened: OpenLearner, recipient: str) -> str:
    """The names of those who would have to approve a share with that recipient; empty when nobody has to."""
    if Right.SHARE in opened.rights or allowed_by(home, opened, recipient):
        return ""
    return _approvers(home, opened)


def _approvers(home: Household, opened: OpenLearner) -> str:
    return home.member_names(opened.standing.approvers(Right.SHARE, home.today))


def _opening(row: store.ShareView, told: Mapping[str, Any]) -> Opening:
    return Opening(at=row.at, kind=row.kind, reader=told["reader"], made_for=told.get("madeFor", ""))
