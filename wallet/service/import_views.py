"""What a family brings by itself, as pages and programs see it, and the words for why something was not added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from kit.errors import BadInput, Words
from kit.i18n import Message, _
from kit.paging import Page
from vc.checks import Report
from wallet.service.family_views import LearnerView

WAITING, ADDED, HERE, NEWER, OLDER = "waiting", "added", "here", "newer", "older"
ASKED, DECLINED, APART, KNOWN = "asked", "declined", "apart", "known"
UNREADABLE, LEFT, CLAIM = "unreadable", "left", "claim"
OPEN: Final = (WAITING, ASKED, APART)
"""The states in which a thing is not done with, so that its bytes are kept: not looked at, for a guardian, apart."""

NOT_GENUINE, UNCHECKED, UNSUPPORTED, WHOLE = "not-genuine", "unchecked", "unsupported", "base-proof"
WHY_APART: Final[Mapping[str, tuple[Message, Message]]] = MappingProxyType(
    {
        NOT_GENUINE: (
            _("This was changed after it was signed, or signed by somebody else."),
            _("Ask the provider for the original."),
        ),
        UNCHECKED: (
            _("Whether this is genuine could not be found out: its provider's server did not say who signs for it."),
            _("Nothing is wrong with it so far. Try again in a while."),
        ),
        UNSUPPORTED: (
            _("Whether this is genuine could not be found out: it is signed in a form that this wallet does not read."),
            _("That says nothing against it. Ask the provider for it in another form, such as Open Badges 3.0."),
        ),
        WHOLE: (
            _("From this original every part can be shown, and a share would hand it on whole."),
            _("Choose the parts with “satchel derive”, and add the file that it writes."),
        ),
    }
)
"""By the reason for which something is kept apart: what that means, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Something handed in: its bytes, and what a person calls it (a file's name; empty for a pasted text)."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why something was not added: a word for programs, a sentence, and what to do."""

    kind: str
    detail: Words
    remedy: Words | None

    def to_json(self) -> dict[str, Any]:
        """For the sealed column; without a language, as long as it has none."""
        return {"kind": self.kind, "detail": _put(self.detail), "remedy": _put(self.remedy) if self.remedy else None}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Why:
        """From the sealed column."""
        remedy = value["remedy"]
        return cls(kind=value["kind"], detail=_taken(value["detail"]), remedy=_taken(remedy) if remedy else None)

    @classmethod
    def apart(cls, kind: str) -> Why:
        """Why something is kept apart."""
        detail, remedy = WHY_APART[kind]
        return cls(kind=kind, detail=detail, remedy=remedy)

    @classmethod
    def refused(cls, error: BadInput) -> Why:
        """Why something cannot be used at all."""
        return cls(kind="unreadable", detail=error.detail, remedy=error.remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One thing of an import. `title` and `issuer` are what it says of itself, empty where it was not opened; `offer`
    is the link of an award that is still to be claimed; `same` the thing that is kept apart, or waits, already.
    """

    id: str
    import_id: str
    learner_id: str
    name: str
    state: str
    title: str
    issuer: str
    why: Why | None
    credential_id: str | None
    offer: str
    same: str
    changed_at: datetime
    waits_for: str
    may_decide: bool
    may_remove: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """An import: how many things of it are in which state, and one page of them. `left` are not looked at yet."""

    id: str
    learner: LearnerView
    started_by: str
    started_at: datetime
    counts: Mapping[str, int]
    total: int
    left: int
    items: Page[ItemView]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """An import that somebody has something to do about: how many things are not looked at, or wait for a guardian."""

    id: str
    learner: LearnerView
    started_by: str
    left: int
    asked: int
    waits_for: str
    may_decide: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ApartView:
    """Something that is kept apart, looked at: what the last check found, where there was one."""

    item: ItemView
    learner: LearnerView
    report: Report | None


def _put(words: Words) -> Any:
    if isinstance(words, str):
        return words
    parameters = {name: _put(value) if isinstance(value, Message) else value for name, value in words.parameters}
    return {"words": [words.singular, words.plural, words.count], "parameters": parameters}


def _taken(value: Any) -> Words:
    if isinstance(value, str):
        return value
    singular, plural, count = value["words"]
    parameters: Sequence[tuple[str, Any]] = [
        (name, _taken(each) if isinstance(each, dict) else each) for name, each in value["parameters"].items()
    ]
    return Message(singular, plural, count, tuple(parameters))
