"""The terms of a share: its states under the clock, its days, how often it opens and what has to be typed. Pure."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from kit.errors import BadInput
from kit.i18n import _
from wallet import store
from wallet.service.share_views import Choice
from wallet.settings import WalletSettings

MOST_ITEMS: Final = 100
MOST_VIEWS: Final = 1000
WAITING, ACTIVE, DECLINED, RECALLED = "waiting", "active", "declined", "recalled"
EXPIRED, USED_UP, LOCKED = "expired", "usedUp", "locked"
"""What an active share is by the clock, by its count of openings and by the passcodes that were tried wrongly."""

SHORTEST_PASSCODE: Final = 6
LONGEST_PASSCODE: Final = 60
MOST_MISSES: Final = 20
"""Wrong passcodes after which a link opens for nobody, until the family sets a new one. Kept with the share, so that
neither a restart nor another process nor another address gives more of them."""


def state_of(row: store.Share, now: datetime) -> str:
    """The state with clock and counts taken into account: an active share past its end has expired."""
    if row.state != ACTIVE:
        return row.state
    if now >= row.expires_at:
        return EXPIRED
    if row.most_views is not None and row.used_views >= row.most_views:
        return USED_UP
    return LOCKED if row.misses >= MOST_MISSES else ACTIVE


def end_of(day: date) -> datetime:
    """The instant at which a link that works until that day stops: midnight UTC after it."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def last_day(expires_at: datetime) -> date:
    """The last day on which a link works."""
    return (expires_at - timedelta(microseconds=1)).date()


def check_choice(choice: Choice, *, today: date, settings: WalletSettings) -> None:
    """Let a choice pass that can be shared. Raises: BadInput naming what cannot be."""
    if not choice.credential_ids:
        raise BadInput(_("Nothing is chosen yet."), field="credentials", remedy=_("Switch on at least one award."))
    if len(choice.credential_ids) > MOST_ITEMS or len(set(choice.credential_ids)) != len(choice.credential_ids):
        remedy = _("Choose each award once, and at most %(most)s.", most=MOST_ITEMS)
        raise BadInput(_("That is too much for one link."), field="credentials", remedy=remedy)
    check_day(choice.until, today=today, settings=settings)
    if choice.most_views is not None and not 1 <= choice.most_views <= MOST_VIEWS:
        remedy = _("Leave it empty, or write a number from 1 to %(most)s.", most=MOST_VIEWS)
        raise BadInput(_("The link cannot open that often."), field="most_views", remedy=remedy)
    if choice.passcode:
        check_passcode(choice.passcode)


def check_day(until: date, *, today: date, settings: WalletSettings) -> None:
    """Let a day pass on which a link may stop. Raises: BadInput."""
    most = today + timedelta(days=settings.share_days_most)
    if not today <= until <= most:
        remedy = _("Choose a day from today to %(last)s.", last=most.isoformat())
        raise BadInput(_("The link cannot stop on that day."), field="until", remedy=remedy)


def check_passcode(passcode: str) -> None:
    """Let a passcode pass that twenty tries will not find. Raises: BadInput."""
    text = unicodedata.normalize("NFKC", passcode)
    if not SHORTEST_PASSCODE <= len(text) <= LONGEST_PASSCODE or len(set(text)) < 3:
        remedy = _(
            "Use %(least)s to %(most)s characters, not all the same.", least=SHORTEST_PASSCODE, most=LONGEST_PASSCODE
        )
        raise BadInput(_("This passcode would be guessed."), field="passcode", remedy=remedy)
