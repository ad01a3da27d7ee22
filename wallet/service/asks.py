"""What stands behind a share: a verifier's question that it answers, or a confirmation that it asks a provider for.

Either is written down together with the share, under the same approval, and settled once: by the answer that is sent,
or by the provider's. Nothing of it outlives the share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from kit.errors import Conflict
from kit.i18n import _
from wallet import store
from wallet.service.core import Household, OpenLearner, new_id
from wallet.service.questions import Question
from wallet.service.share_terms import ACTIVE, WAITING, state_of
from wallet.service.share_views import AskView
from wallet.service.text import plain

QUESTION, CONFIRMATION = "question", "confirmation"
OPEN, ANSWERED, REFUSED = "open", "answered", "declined"
WORDS_LENGTH: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAsk:
    """What a new share answers or asks for. `once` is what no family takes up twice; empty for a confirmation."""

    kind: str
    once: str
    told: Mapping[str, str]


def asking_for_confirmation(words: str) -> NewAsk:
    """A provider is asked to confirm what is shared. Raises: BadInput."""
    said = plain(words, field="words", most=WORDS_LENGTH, required=False, lines=True)
    return NewAsk(kind=CONFIRMATION, once="", told={"words": said})


def answering(question: Question) -> NewAsk:
    """A verifier's question is answered."""
    site = answering_site(challenge=question.challenge, domain=question.domain, host=question.host)
    return replace(site, told={**site.told, "endpoint": question.endpoint, "reason": question.reason})


def answering_site(*, challenge: str, domain: str, host: str) -> NewAsk:
    """A question is answered that a program of the family brings from a site, and takes the answer back to."""
    told = {"challenge": challenge, "domain": domain, "host": host, "endpoint": "", "reason": ""}
    return NewAsk(kind=QUESTION, once=f"{domain} {challenge}", told=told)


def write_ask(home: Household, opened: OpenLearner, share_id: str, ask: NewAsk) -> None:
    """Put it down beside a new share. Raises: Conflict for a question that was taken up already."""
    index = home.chest.index("question", ask.once) if ask.once else None
    before = store.asked.by_question(home.session, home.actor.family_id, index) if index else None
    if before is not None:
        share = store.shares.share(home.session, home.actor.family_id, before.share_id)
        if before.state != OPEN or (share is not None and state_of(share, home.now) in {WAITING, ACTIVE}):
            raise Conflict(
                _("This request was taken up already, and is answered once. What is shared says how it stands."),
                field="request",
                remedy=_("Ask whoever sent it for another."),
            )
        store.asked.forget(home.session, before.id)
    row = store.ShareAsk(
        id=new_id(),
        family_id=opened.row.family_id,
        learner_id=opened.id,
        share_id=share_id,
        kind=ask.kind,
        state=OPEN,
        question_index=index,
        version=0,
    )
    opened.seal(row, ask.told)
    home.session.add(row)


def ask_of(session: Any, opened: OpenLearner, share_id: str) -> AskView | None:
    """What stands behind a share; None for one that somebody just shares."""
    row = store.asked.of_share(session, share_id)
    if row is None:
        return None
    told = opened.open(row)
    return AskView(
        kind=row.kind,
        state=row.state,
        answered_at=row.answered_at,
        host=told.get("host", ""),
        reason=told.get("reason", ""),
        sent_to=told.get("endpoint", ""),
        words=told.get("words", ""),
        link=told.get("link", ""),
        said=told.get("said", ""),
    )
