"""What a credential looks like to a person: plain text out of the signed document, the same for family and reader.

Nothing here judges. Texts are shown as text, links only where they are https, pictures not at all (an award's emblem
is drawn
from its identifier). A member of the document that cannot be read is left out, never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from kit.errors import BadInput
from kit.i18n import Message, _
from vc.document import JsonObject
from vc.openbadges import AchievementCredential
from wallet.service.card_lines import (
    Endorsed,
    Line,
    alignments,
    contained,
    endorsements,
    evidence,
    https_only,
    read_or,
    results,
    skills,
    text_of,
)
from wallet.service.legible import legible
from wallet.service.personal import own_word, personal_data


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One award, as the family and its readers see it.

    `id` is the wallet's; `verdict` is the value of the last check's verdict, made at `checked_at`; `bound` says
    whether the
    award is bound to a key of the learner; `personal_data` names what a reader would learn beyond the award itself.
    `lapsed` says that its time was over when the card was made, whatever the last check found. `subject` is the field
    of study; `assessed_by` who assessed it, where that is not its issuer. A card of a part says how many lines are
    `shown`, `of` how many; both are 0 where all of it is. `own_word`
    says that learner and issuer are one: nobody else has confirmed it.
    """

    id: str
    title: str
    issuer_name: str
    issuer_id: str
    emblem: str
    kind: str
    awarded_on: date | None
    valid_until: datetime | None
    description: str
    criteria: str
    criteria_link: str
    results: tuple[Line, ...]
    evidence: tuple[Line, ...]
    alignments: tuple[Line, ...]
    subject: str
    skills: tuple[str, ...]
    endorsements: tuple[Endorsed, ...]
    assessed_by: str
    own_word: bool
    credits: str
    term: str
    narrative: str
    personal_data: tuple[Message, ...]
    received_at: datetime
    checked_at: datetime
    verdict: str
    lapsed: bool
    bound: bool
    note: str = ""
    tags: tuple[str, ...] = ()
    edition: int = 1
    shown: int = 0
    of: int = 0

    @property
    def cautious(self) -> bool:
        """Whether its switch on the share sheet starts off: it is withdrawn or not genuine, or holds personal data."""
        return bool(self.personal_data) or self.verdict in {"withdrawn", "notGenuine"}

    def public(self) -> Card:
        """The card without what is the family's own: the note and the tags."""
        return replace(self, note="", tags=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Exactly what a reader sees: the cards, the name the family chose to show (or none), and until when."""

    cards: tuple[Card, ...]
    shown_name: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the wallet adds to a document: its own id, times, the last verdict, the family's note and tags. `seen_at` is
    the moment at which the card is looked at.
    """

    id: str
    received_at: datetime
    checked_at: datetime
    seen_at: datetime
    verdict: str
    bound: bool
    note: str
    tags: tuple[str, ...]
    edition: int


def shared_record(cards: Sequence[Card], *, shown_name: str, until: date) -> Shared:
    """What a reader sees. The preview and the reader's page are made of this and of nothing else."""
    return Shared(cards=tuple(card.public() for card in cards), shown_name=shown_name, until=until)


def read_card(document: JsonObject, kept: Kept) -> Card:
    """The card of a credential."""
    document = legible(document)
    view = AchievementCredential(document)
    achievement = read_or(lambda: view.achievement, None)
    stated = read_or(lambda: achievement.criteria, None) if achievement else None
    criteria: JsonObject = stated.value if stated else {}
    title = read_or(lambda: view.name, None) or (read_or(lambda: achievement.name, None) if achievement else None)
    issuer_id = read_or(lambda: view.issuer_id, None) or ""
    awarded = read_or(lambda: view.awarded_date, None) or read_or(lambda: view.valid_from, None)
    achievement_id = read_or(lambda: achievement.id, None) if achievement else None
    credit = read_or(lambda: view.credits_earned, None)
    valid_until = read_or(lambda: view.valid_until, None)
    about = read_or(lambda: achievement.description, None) if achievement else None
    return Card(
        id=kept.id,
        title=title or "",
        issuer_name=read_or(lambda: view.issuer_name, None) or issuer_id,
        issuer_id=issuer_id,
        emblem=achievement_id or f"{issuer_id} {title}",
        kind=(read_or(lambda: achievement.type, None) if achievement else None) or "",
        awarded_on=awarded.date() if awarded else None,
        valid_until=valid_until,
        description=about or read_or(lambda: view.description, None) or "",
        criteria=text_of(criteria, "narrative"),
        criteria_link=https_only(text_of(criteria, "id")),
        results=tuple(read_or(lambda: list(results(view)), []) or contained(document)),
        evidence=tuple(read_or(lambda: list(evidence(view)), [])),
        alignments=tuple(read_or(lambda: list(alignments(achievement)), []) if achievement else []),
        subject=(read_or(lambda: achievement.field_of_study, None) if achievement else None) or "",
        skills=skills(achievement) if achievement else (),
        endorsements=tuple(read_or(lambda: list(endorsements(document)), [])),
        assessed_by=read_or(lambda: view.source.name if view.source else None, None) or "",
        own_word=own_word(document),
        credits="" if credit is None else f"{credit:g}",
        term=read_or(lambda: view.term, None) or "",
        narrative=read_or(lambda: view.narrative, None) or "",
        personal_data=tuple(personal_data(document)),
        received_at=kept.received_at,
        checked_at=kept.checked_at,
        verdict=kept.verdict,
        lapsed=valid_until is not None and valid_until <= kept.seen_at,
        bound=kept.bound,
        note=kept.note,
        tags=kept.tags,
        edition=kept.edition,
    )


def named(document: JsonObject) -> dict[str, str]:
    """What a document says it is, and from whom; nothing of it is judged. Members: `title`, `issuer`."""
    view = AchievementCredential(legible(document))
    title = read_or(lambda: view.name, None) or read_or(lambda: view.achievement.name, None)
    issuer = read_or(lambda: view.issuer_name, None) or read_or(lambda: view.issuer_id, None)
    return {"title": (title or "")[:400], "issuer": (issuer or "")[:400]}


def require_title(document: JsonObject) -> None:
    """Let a document pass that can be shown: nothing is kept that nobody could recognise. Raises: BadInput."""
    if not named(document)["title"]:
        raise BadInput(
            _("This award has no title, so it could not be told from others here. It was not kept."),
            field="file",
            remedy=_("Ask the provider to issue it again with a name."),
        )
