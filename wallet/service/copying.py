"""The copy that somebody keeps on a phone: what it shows, and the mark by which the phone learns that it has to go.

Rules. A copy holds the face of each award (title, who signed it, when, what was amiss at the last check) and nothing
that stands inside it. Codes of links come along only where that is asked for, only of links that work now, and only for
those who may see the link anyway. A mark belongs to one session and one choice of learners, all of whom may be seen
today: when the session ends, somebody else signs in, or one of them is out of reach, no mark is the same.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from kit.errors import BadInput, NotFound
from kit.i18n import _
from wallet.service.cards import Card
from wallet.service.core import Actor, Tools
from wallet.service.credentials import Credentials
from wallet.service.family_views import LearnerView
from wallet.service.people import People
from wallet.service.share_terms import ACTIVE
from wallet.service.share_views import ShareView
from wallet.service.shares import Shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a copy shows of one learner; `shares` are the links whose codes come along."""

    learner: LearnerView
    cards: tuple[Card, ...]
    shares: tuple[ShareView, ...]


class Copying:
    """What a phone may keep, and whether it still may."""

    def __init__(self, tools: Tools, people: People, credentials: Credentials, shares: Shares) -> None:
        self._tools = tools
        self._people = people
        self._credentials = credentials
        self._shares = shares

    def copy(self, actor: Actor, learner_ids: Sequence[str], *, codes: bool) -> tuple[Copied, ...]:
        """The faces of these learners' awards, in this order. Raises: BadInput for nobody; NotFound."""
        if not learner_ids:
            raise BadInput(_("Choose at least one learner."), field="learner")
        return tuple(self._of(actor, one, codes=codes) for one in dict.fromkeys(learner_ids))

    def mark(self, actor: Actor, learner_ids: Sequence[str], *, session: str) -> str:
        """What a copy of these learners carries that is made in this session (its token).

        Raises: NotFound where one of them may not be seen.
        """
        seen = sorted({self._people.learner(actor, one).learner.id for one in learner_ids})
        key = hmac.new(self._tools.web_secret, b"copy on a phone", hashlib.sha256).digest()
        return hmac.new(key, "\n".join([session, *seen]).encode(), hashlib.sha256).hexdigest()

    def holds(self, actor: Actor | None, learner_ids: Sequence[str], *, session: str | None) -> str:
        """The mark that a copy must carry to stay; empty when none may."""
        if actor is None or session is None or not learner_ids:
            return ""
        try:
            return self.mark(actor, learner_ids, session=session)
        except NotFound:
            return ""

    def _of(self, actor: Actor, learner_id: str, *, codes: bool) -> Copied:
        cards = self._credentials.search(actor, learner_id, "")
        lines = self._shares.shares(actor, learner_id) if codes else []
        views = [self._shares.share(actor, one.id) for one in lines if one.state == ACTIVE]
        return Copied(
            learner=self._people.learner(actor, learner_id).learner,
            cards=tuple(cards),
            shares=tuple(one for one in views if one.token),
        )
