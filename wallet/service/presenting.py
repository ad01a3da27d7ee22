"""A presentation made at once for a question that a program of the family brings: a share that ends as it is answered.

It is a share like any other: the same rights, the same guardian's say, the same record of who was shown what. Where the
learner may not decide alone, the share waits for a guardian, and the program comes back with its id: what was approved
is for the site that asked then, and is answered once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kit.errors import Conflict, Gone, Refused
from kit.i18n import _
from wallet.service.answering import Answering, require_key
from wallet.service.asks import QUESTION, answering_site
from wallet.service.core import Actor, Tools
from wallet.service.reading import Reading
from wallet.service.share_terms import ACTIVE, WAITING
from wallet.service.share_views import Choice
from wallet.service.shares import Shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """The share that records it, and the presentation; None while a guardian has to approve, named in `waits_for`."""

    share_id: str
    presentation: bytes | None
    waits_for: str


class Presenting:
    """Answers questions for presentations."""

    def __init__(self, tools: Tools, shares: Shares, reading: Reading, answering: Answering) -> None:
        self._tools = tools
        self._shares = shares
        self._reading = reading
        self._answering = answering

    def prove(
        self, actor: Actor, learner_id: str, credential_ids: Sequence[str], *, challenge: str, domain: str
    ) -> Proved:
        """Present these awards of a learner to whoever asks from that domain, or ask a guardian to let it happen.

        Raises: BadInput for a question or a set that cannot be; NotFound for a learner or an award of others; Refused.
        """
        host = self._reading.question(challenge, domain)
        sheet = self._shares.sheet(actor, learner_id)
        require_key([item.card for item in sheet.items if item.card.id in credential_ids])
        today = self._tools.clock.now().date()
        choice = Choice(
            credential_ids=tuple(credential_ids),
            recipient=host[:120],
            purpose="",
            until=sheet.until if sheet.waits_for else today,
            shown_name="",
        )
        ask = answering_site(challenge=challenge, domain=domain, host=host) if sheet.waits_for else None
        share_id = self._shares.create(actor, learner_id, choice, ask=ask)
        view = self._shares.share(actor, share_id)
        if view.state == WAITING:
            return Proved(share_id=share_id, presentation=None, waits_for=view.waits_for)
        try:
            made = self._reading.present(view.token, challenge=challenge, domain=domain, reader=host, family=True)
        finally:
            self._shares.recall(actor, share_id)  # nobody else is to use its link
        return Proved(share_id=share_id, presentation=made, waits_for="")

    def answer(self, actor: Actor, share_id: str, *, challenge: str, domain: str) -> bytes:
        """The presentation of a share that works now, for somebody of the family who may use its link.

        Raises: BadInput for a question that cannot be; NotFound; Refused; Conflict while it waits, and for another site
        than it was approved for; Gone.
        """
        host = self._reading.question(challenge, domain)
        view = self._shares.share(actor, share_id)
        if view.state == WAITING:
            raise Conflict(_("This share waits for a guardian. Ask again when it was approved."))
        if view.ask is not None and view.ask.kind == QUESTION:
            return self._answering.answer_again(actor, share_id, challenge=challenge, domain=domain)
        if view.state != ACTIVE:
            raise Gone(_("This link does not work any more. Start a new share."))
        if not view.token:
            raise Refused(_("You may look at these awards, but not share them. Ask a guardian who may."))
        require_key(view.shared.cards)
        return self._reading.present(view.token, challenge=challenge, domain=domain, reader=host, family=True)
