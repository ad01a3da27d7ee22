"""The pages of an organisation's desk, in the one order in which its menu shows them.

All pages of the desk that are planned stand here. The menu shows those that this app has and that the desk may see: an
entry appears when its route does. Its name is the name of that route and what a template sets as ``here``.
"""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import NoMatchFound

from issuer.service.context import Desk
from issuer.service.rights import Right
from kit.i18n import Message, _

SHOWN: Final = 9
_SLUG: Final = "{slug}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One page: the name of its route, what the menu calls it, and the right to look at it."""

    name: str
    label: Message
    right: Right


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of one organisation: ``name`` of its route, ``label``, ``path``, and how many things wait there."""

    name: str
    label: Message
    path: str
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Menu:
    """What one desk sees: ``first`` stands in the open, ``more`` behind one word."""

    first: tuple[Place, ...]
    more: tuple[Place, ...]

    @property
    def waiting(self) -> int:
        """How many things wait behind that word."""
        return sum(place.waiting for place in self.more)

    @property
    def all_waiting(self) -> int:
        """How many things wait behind the word for all of it, which small screens show."""
        return self.waiting + sum(place.waiting for place in self.first)


ENTRIES: Final = (
    Entry("desk", _("Desk"), Right.SEE),
    Entry("achievements", _("What you offer"), Right.SEE),
    Entry("offerings", _("Rate card"), Right.SEE),
    Entry("learners", _("Learners"), Right.ROSTER),
    Entry("jobs", _("Many at once"), Right.AWARD),
    Entry("credentials", _("Awards"), Right.SEE),
    Entry("rooms", _("In the room"), Right.AWARD),
    Entry("people", _("People"), Right.SEE),
    Entry("approvals", _("Second signatures"), Right.APPROVE),
    Entry("signing", _("Keys and lists"), Right.SEE),
    Entry("audit", _("What happened"), Right.SEE),
    Entry("deliveries", _("Handing out"), Right.AWARD),
    Entry("endorsements", _("Vouching"), Right.SEE),
    Entry("frameworks", _("Standards"), Right.DESCRIBE),
    Entry("settings", _("Settings"), Right.SETTINGS),
    Entry("hosts", _("Other wallets"), Right.SETTINGS),
    Entry("webhooks", _("Notices to programs"), Right.SETTINGS),
    Entry("closing", _("Closing down"), Right.SETTINGS),
)


class Navigation:
    """The menus of one app. Which pages it has is asked once, when the first menu is shown; how many things wait at a
    page is asked of its function in ``waiting`` each time.
    """

    def __init__(self, waiting: Mapping[str, Callable[[Desk], int]] | None = None) -> None:
        self._paths: Mapping[str, str] | None = None
        self._waiting = waiting or {}

    def menu(self, request: Request, desk: Desk) -> Menu:
        """The menu of a desk, for the templates of its pages."""
        if self._paths is None:
            self._paths = paths(request.app)
        slug = desk.organisation.slug
        found = [
            Place(
                entry.name,
                entry.label,
                self._paths[entry.name].replace(_SLUG, slug),
                self._waiting[entry.name](desk) if entry.name in self._waiting else 0,
            )
            for entry in ENTRIES
            if entry.name in self._paths and desk.may(entry.right)
        ]
        return Menu(tuple(found[:SHOWN]), tuple(found[SHOWN:]))


def paths(app: Starlette) -> dict[str, str]:
    """Where the pages of an organisation are that this app has, by the names of their routes."""
    found = {}
    for entry in ENTRIES:
        with contextlib.suppress(NoMatchFound):
            found[entry.name] = str(app.url_path_for(entry.name, slug=_SLUG))
    return found
