"""Shares as pages and programs see them: the sheet, a share, a list of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kit.i18n import Message
from kit.paging import Page
from wallet.service.cards import Card, Shared
from wallet.service.family_views import LearnerView
from wallet.service.parting import AwardLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody chose on the sheet. `shown_name` may be empty: then the reader sees no name from the wallet.

    Without `most_views` the link opens as often as somebody likes until its day; without `passcode` the link is enough.
    `parts`: by credential the lines (JSON Pointers) that are shown of it; one that is not there is shown whole.
    """

    credential_ids: tuple[str, ...]
    recipient: str
    purpose: str
    until: date
    shown_name: str
    most_views: int | None = None
    passcode: str = ""
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """One line of an award on the sheet, and its switch."""

    line: AwardLine
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetItem:
    """One award on the sheet: its card, its switch, why the switch is off when it is, and the lines that may be left
    out.
    """

    card: Card
    on: bool
    warnings: tuple[Message, ...]
    lines: tuple[SheetLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The share sheet: every award with its switch, the words and day to confirm, and the preview."""

    learner: LearnerView
    items: tuple[SheetItem, ...]
    recipient: str
    purpose: str
    until: date
    shown_name: str
    preview: Shared
    waits_for: str
    last_day: date
    most_views: int | None
    passcode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """That the share was opened: `kind` is "page", "check" or "file"; `reader` is what the reader called themself.

    `made_for` is the host that a check's proof was made for, and works at; empty for the other kinds.
    """

    at: datetime
    kind: str
    reader: str
    made_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskView:
    """What stands behind a share, as the family sees it.

    `kind` is "question" or "confirmation", `state` "open", "answered" or "declined". Of a question: the `host` that
    asks, its `reason`, and the address that the answer is `sent_to` (empty: it is saved and handed over). Of a
    confirmation: the `words` to the provider, the claim `link` that came for an answer, and what the provider `said`.
    """

    kind: str
    state: str
    answered_at: datetime | None
    host: str = ""
    reason: str = ""
    sent_to: str = ""
    words: str = ""
    link: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """A share as the family sees it.

    `token` and `code` are empty for those who may only look, and unless it is active. `corrected` is what a reader
    would see if the share were brought up to date; None while it holds the newest editions, or for good. `used_views`
    counts against `most_views`; `misses` are passcodes that were wrong; `allowed`: by a guardian's standing permission.
    """

    id: str
    learner: LearnerView
    state: str
    recipient: str
    purpose: str
    shown_name: str
    created_at: datetime
    expires_at: datetime
    last_day: date
    started_by: str
    decided_by: str
    recalled_at: datetime | None
    token: str
    code: str
    shared: Shared
    corrected: Shared | None
    openings: Page[Opening]
    most_views: int | None
    used_views: int
    has_passcode: bool
    misses: int
    allowed: bool
    waits_for: str
    may_approve: bool
    may_stop: bool
    may_update: bool
    partial: bool
    ask: AskView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLine:
    """A share in a list. `asks` and `ask_state` are the kind and state of what stands behind it, empty for nothing."""

    id: str
    state: str
    recipient: str
    created_at: datetime
    expires_at: datetime
    last_day: date
    opened: int
    last_opened: datetime | None
    most_views: int | None
    asks: str
    ask_state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePage:
    """One page of a learner's shares, and how many of all their links work now."""

    lines: Page[ShareLine]
    working: int
