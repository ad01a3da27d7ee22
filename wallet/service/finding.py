"""Awards as somebody looks for them: by time, subject, provider and skill, by words, by year and term (pure).

Everything here works on cards that are open already: what a family keeps is sealed, so nothing of it can be looked for
in the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from kit.paging import Page, Window
from wallet.service.cards import Card

_MOST_WORDS = 12


class By(StrEnum):
    """What awards are put together by."""

    TIME = "time"
    SUBJECT = "subject"
    PROVIDER = "provider"
    SKILL = "skill"
    TAG = "tag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Awards that have something in common: a year, a subject, a provider, a skill. `name` is empty for those that say
    nothing of it; `total` counts all of them, `cards` are those on this page.
    """

    name: str
    total: int
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What was earned in one term; `name` is empty where the awards name none."""

    name: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """What was earned in one calendar year, term by term; `year` is None for awards without a day."""

    year: int | None
    terms: tuple[Term, ...]


def matching(cards: Iterable[Card], words: str) -> list[Card]:
    """The cards that hold every word, wherever a person can read it: title, provider, texts, results, skills, note."""
    wanted = [word.casefold() for word in words.split()][:_MOST_WORDS]
    if not wanted:
        return list(cards)
    return [card for card in cards if all(word in text for text in [_searchable(card)] for word in wanted)]


def newest_first(cards: Iterable[Card]) -> list[Card]:
    """The cards by the day of the award, the newest first; those without a day at the end."""
    return sorted(cards, key=lambda card: (-_day(card).toordinal(), card.title.casefold(), card.id))


def grouped(cards: Iterable[Card], by: By, at: Window) -> Page[Group]:
    """One page of the cards, put together; a card with several skills or tags stands under each of them.

    Years come newest first, everything else by its name; what names nothing comes last.
    """
    pairs = [(name, card) for card in newest_first(cards) for name in _names(card, by)]
    totals: dict[str, int] = {}
    for name, _card in pairs:
        totals[name] = totals.get(name, 0) + 1
    pairs.sort(key=lambda pair: _place(pair[0], by))
    part = pairs[at.offset : at.offset + at.size]
    groups = [
        Group(name=name, total=totals[name], cards=tuple(card for _name, card in both))
        for name, both in groupby(part, key=lambda pair: pair[0])
    ]
    return Page(items=groups, number=at.number, size=at.size, total=len(pairs))


def years(cards: Sequence[Card]) -> tuple[Year, ...]:
    """Cards as a timeline: by year, the newest first, and in it by term, the latest first."""
    by_year: dict[int | None, dict[str, list[Card]]] = {}
    for card in newest_first(cards):
        terms = by_year.setdefault(card.awarded_on.year if card.awarded_on else None, {})
        terms.setdefault(card.term, []).append(card)
    return tuple(Year(year=year, terms=_terms(terms)) for year, terms in by_year.items())


def _terms(terms: Mapping[str, Sequence[Card]]) -> tuple[Term, ...]:
    return tuple(Term(name=name, cards=tuple(cards)) for name, cards in terms.items())


def _names(card: Card, by: By) -> tuple[str, ...]:
    if by is By.TIME:
        return (str(card.awarded_on.year) if card.awarded_on else "",)
    if by is By.SUBJECT:
        return (card.subject,)
    if by is By.PROVIDER:
        return ("" if card.own_word else card.issuer_name,)
    return (card.skills if by is By.SKILL else card.tags) or ("",)


def _place(name: str, by: By) -> tuple[bool, int, str]:
    number = -int(name) if by is By.TIME and name else 0
    return (not name, number, name.casefold())


def _day(card: Card) -> date:
    return card.awarded_on or date.min


def _searchable(card: Card) -> str:
    texts: Sequence[str] = (
        card.title,
        card.issuer_name,
        card.description,
        card.narrative,
        card.criteria,
        card.note,
        card.kind,
        card.subject,
        card.term,
        *card.skills,
        *card.tags,
        *(f"{line.name} {line.value}" for line in (*card.results, *card.alignments, *card.evidence)),
    )
    return " ".join(texts).casefold()
