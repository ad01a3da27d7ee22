"""What a credential looks like to a person: plain text out of the signed document, the same for family and reader.

Nothing here judges. Texts are shown as text, links only where they are https, pictures not at all (an award's emblem
is drawn
from its identifier). A member of the document that cannot be read is left out, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar
from urllib.parse import urlsplit

from kit.errors import BadInput
from kit.i18n import Message, _
from vc.document import JsonObject, JsonValue
from vc.openbadges import Achievement, AchievementCredential
from vc.problems import ProblemError
from vc.securing import open_value

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing with a name: a result, a piece of evidence, an alignment. `link` is empty unless it is https."""

    name: str
    value: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One award, as the family and its readers see it.

    `id` is the wallet's; `verdict` is the value of the last check's verdict, made at `checked_at`; `bound` says
    whether the
    award is bound to a key of the learner; `personal_data` names what a reader would learn beyond the award itself.
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
    credits: str
    term: str
    narrative: str
    personal_data: tuple[Message, ...]
    received_at: datetime
    checked_at: datetime
    verdict: str
    bound: bool
    note: str = ""
    edition: int = 1

    @property
    def cautious(self) -> bool:
        """Whether its switch on the share sheet starts off: it is withdrawn or not genuine, or holds personal data."""
        return bool(self.personal_data) or self.verdict in {"withdrawn", "notGenuine"}

    def public(self) -> Card:
        """The card without what is the family's own: the note."""
        return replace(self, note="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Exactly what a reader sees: the cards, the name the family chose to show (or none), and until when."""

    cards: tuple[Card, ...]
    shown_name: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the wallet adds to a document: its own id, times, the last verdict, and the family's note."""

    id: str
    received_at: datetime
    checked_at: datetime
    verdict: str
    bound: bool
    note: str
    edition: int


def shared_record(cards: Sequence[Card], *, shown_name: str, until: date) -> Shared:
    """What a reader sees. The preview and the reader's page are made of this and of nothing else."""
    return Shared(cards=tuple(card.public() for card in cards), shown_name=shown_name, until=until)


def read_card(document: JsonObject, kept: Kept) -> Card:
    """The card of a credential."""
    view = AchievementCredential(document)
    achievement = _or(lambda: view.achievement, None)
    stated = _or(lambda: achievement.criteria, None) if achievement else None
    criteria: JsonObject = stated.value if stated else {}
    title = _or(lambda: view.name, None) or (_or(lambda: achievement.name, None) if achievement else None)
    issuer_id = _or(lambda: view.issuer_id, None) or ""
    awarded = _or(lambda: view.awarded_date, None) or _or(lambda: view.valid_from, None)
    achievement_id = _or(lambda: achievement.id, None) if achievement else None
    credit = _or(lambda: view.credits_earned, None)
    about = _or(lambda: achievement.description, None) if achievement else None
    return Card(
        id=kept.id,
        title=title or "",
        issuer_name=_or(lambda: view.issuer_name, None) or issuer_id,
        issuer_id=issuer_id,
        emblem=achievement_id or f"{issuer_id} {title}",
        kind=(_or(lambda: achievement.type, None) if achievement else None) or "",
        awarded_on=awarded.date() if awarded else None,
        valid_until=_or(lambda: view.valid_until, None),
        description=about or _or(lambda: view.description, None) or "",
        criteria=_text(criteria, "narrative"),
        criteria_link=https_only(_text(criteria, "id")),
        results=tuple(_or(lambda: list(_results(view)), []) or _contained(document)),
        evidence=tuple(_or(lambda: list(_evidence(view)), [])),
        alignments=tuple(_or(lambda: list(_alignments(achievement)), []) if achievement else []),
        credits="" if credit is None else f"{credit:g}",
        term=_or(lambda: view.term, None) or "",
        narrative=_or(lambda: view.narrative, None) or "",
        personal_data=tuple(personal_data(document)),
        received_at=kept.received_at,
        checked_at=kept.checked_at,
        verdict=kept.verdict,
        bound=kept.bound,
        note=kept.note,
        edition=kept.edition,
    )


def require_title(document: JsonObject) -> None:
    """Let a document pass that can be shown: nothing is kept that nobody could recognise. Raises: BadInput."""
    view = AchievementCredential(document)
    if not (_or(lambda: view.name, None) or _or(lambda: view.achievement.name, None)):
        raise BadInput(
            _("This award has no title, so it could not be told from others here. It was not kept."),
            field="file",
            remedy=_("Ask the provider to issue it again with a name."),
        )


def https_only(link: str) -> str:
    """The link if a person may follow it (https, a host, no credentials in it), else nothing."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    fine = (
        parts.scheme == "https" and parts.hostname and parts.username is None and link.isprintable() and " " not in link
    )
    return link if fine else ""


_PERSONAL: Mapping[str, Message] = {
    "dateOfBirth": _("a birth date"),
    "birthDate": _("a birth date"),
    "address": _("an address"),
    "email": _("an e-mail address"),
    "phone": _("a telephone number"),
    "telephone": _("a telephone number"),
    "givenName": _("a name"),
    "familyName": _("a name"),
    "studentId": _("a student number"),
    "sourcedId": _("a student number"),
}
_IDENTITY: Mapping[str, Message] = {
    "name": _("a name"),
    "emailAddress": _("an e-mail address"),
    "sisSourcedId": _("a student number"),
    "sourcedId": _("a student number"),
    "systemId": _("a student number"),
    "accountId": _("a student number"),
}


def personal_data(document: JsonObject) -> Iterator[Message]:
    """What a reader of the whole credential learns about the learner beyond the award: kinds of data, each once."""
    seen: set[Message] = set()
    subject = document.get("credentialSubject")
    for name, value in _members(subject):
        found = _PERSONAL.get(name)
        if name == "identityHash" and isinstance(value, str) and not value.startswith(("sha256$", "md5$")):
            found = _("an identity in clear")
        if name == "identifier" and isinstance(value, Mapping) and value.get("hashed") is not True:
            found = _IDENTITY.get(str(value.get("identityType")), _("an identity in clear"))
        if found is not None and found not in seen:
            seen.add(found)
            yield found


def _members(value: JsonValue, depth: int = 0) -> Iterator[tuple[str, JsonValue]]:
    if depth > 12:
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            for one in inner if isinstance(inner, list) else [inner]:
                yield name, one
            # The achievement describes the award, not the learner; its creator may well have an address.
            if name not in {"achievement", "source"}:
                yield from _members(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _members(inner, depth + 1)


def _results(view: AchievementCredential) -> Iterator[Line]:
    for result in view.results:
        value = _or(lambda r=result: r.value or r.status, None)  # type: ignore[misc]
        level = _or(lambda r=result: r.achieved_level, None)  # type: ignore[misc]
        if value is None and level is not None:
            value = _level_name(result.described, level)
        if value:
            yield Line(name=_or(lambda r=result: r.description or r.type, None) or "", value=value)  # type: ignore[misc]


def _contained(document: JsonObject) -> Iterator[Line]:
    """What a transcript is made of: the title of each credential in it, and who signed that."""
    subject = document.get("credentialSubject")
    inner = subject.get("verifiableCredential") if isinstance(subject, Mapping) else None
    for item in inner if isinstance(inner, list) else [] if inner is None else [inner]:
        try:
            view = AchievementCredential(open_value(item).document)
        except ProblemError:
            continue
        title = _or(lambda v=view: v.name, None) or _or(lambda v=view: v.achievement.name, None)  # type: ignore[misc]
        if title:
            yield Line(name=title, value=_or(lambda v=view: v.issuer_name, None) or "")  # type: ignore[misc]


def _level_name(described: JsonObject, level: str) -> str:
    levels = described.get("rubricCriterionLevel")
    for one in levels if isinstance(levels, list) else [levels]:
        if isinstance(one, Mapping) and one.get("id") == level:
            return _text(one, "name")
    return ""


def _evidence(view: AchievementCredential) -> Iterator[Line]:
    for one in view.evidence:
        name, about, link = _text(one, "name"), _text(one, "description") or _text(one, "narrative"), _text(one, "id")
        if name or about or link:
            yield Line(name=name or link, value=about, link=https_only(link))


def _alignments(achievement: Achievement) -> Iterator[Line]:
    for one in (alignment.value for alignment in achievement.alignments):
        name = _text(one, "targetName")
        if name:
            yield Line(name=name, value=_text(one, "targetCode"), link=https_only(_text(one, "targetUrl")))


def _text(value: JsonObject, name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _or(read: Callable[[], T], otherwise: T) -> T:
    try:
        return read()
    except ProblemError:
        return otherwise
