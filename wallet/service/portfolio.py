"""A portfolio: a learner's awards with the works beside them, then the works that stand beside none; for the family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kit.errors import TooLarge
from kit.i18n import _
from kit.paging import Window
from wallet.service.arranging import MOST_AWARDS, Arranging
from wallet.service.cards import Card
from wallet.service.core import Actor, Tools
from wallet.service.credentials import Credentials
from wallet.service.finding import newest_first, years
from wallet.service.papers import Group, Piece, Setting, portfolio_pdf
from wallet.service.people import People
from wallet.service.works import SHOWN, Works, WorkView

MOST_ON_PAPER: Final = 300


class Portfolios:
    """What a portfolio holds, and its paper."""

    def __init__(
        self, tools: Tools, people: People, credentials: Credentials, works: Works, arranging: Arranging
    ) -> None:
        self._tools = tools
        self._people = people
        self._credentials = credentials
        self._works = works
        self._arranging = arranging

    def cards(self, actor: Actor, learner_id: str, *, evidence: bool = False) -> list[Card]:
        """A learner's awards, newest first; with `evidence` only those that have some, or a work beside them."""
        cards = newest_first(self._credentials.search(actor, learner_id, ""))
        if not evidence:
            return cards
        beside = self._works.awards_with(actor, learner_id)
        return [card for card in cards if card.evidence or card.id in beside]

    def paper(self, actor: Actor, learner_id: str, setting: Setting, *, evidence: bool = False) -> bytes:
        """All of a learner's portfolio as a PDF. Raises: NotFound; TooLarge for more than fits into one file."""
        name = self._people.learner(actor, learner_id).learner.name
        cards, alone = self.cards(actor, learner_id, evidence=evidence), self._works.alone(actor, learner_id)
        _require_room(len(cards) + len(alone))
        groups = [
            Group(
                name=str(year.year) if year.year else _("Without a day"),
                awards=self._beside(actor, [card for term in year.terms for card in term.cards]),
            )
            for year in years(cards)
        ]
        if alone:
            groups.append(Group(name=_("Works"), awards=(), pieces=self._pieces(actor, alone)))
        return portfolio_pdf(name, groups, setting, at=self._tools.clock.now())

    def paper_of_collection(self, actor: Actor, collection_id: str, setting: Setting) -> bytes:
        """The awards of a collection as a PDF, in its order. Raises: NotFound."""
        view = self._arranging.collection(actor, collection_id, Window(number=1, size=MOST_AWARDS))
        groups = [Group(name=view.name, awards=self._beside(actor, view.cards.items))]
        return portfolio_pdf(view.learner.name, groups, setting, at=self._tools.clock.now())

    def _beside(self, actor: Actor, cards: Sequence[Card]) -> tuple[tuple[Card, tuple[Piece, ...]], ...]:
        return tuple((card, self._pieces(actor, self._works.of_award(actor, card.id))) for card in cards)

    def _pieces(self, actor: Actor, works: Sequence[WorkView]) -> tuple[Piece, ...]:
        return tuple(
            Piece(
                title=work.title,
                words=work.words,
                picture=self._works.file(actor, work.id, SHOWN).data if work.pictured else b"",
            )
            for work in works
        )


def _require_room(count: int) -> None:
    if count > MOST_ON_PAPER:
        raise TooLarge(
            _("That is more than fits into one file."),
            remedy=_("Put the awards that matter into a collection, and save that."),
        )
