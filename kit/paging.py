"""Long lists, a page at a time, by number: lists here are hundreds of rows, and people ask for "page 3 of 7"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from pydantic import Field

from kit.errors import BadInput
from kit.i18n import _

T = TypeVar("T")

PAGE_SIZE = 50
LARGEST_PAGE = 200
Numbered = Annotated[int, Field(ge=0, le=2**31 - 1)]
"""The number of a row in an address: as large as a column of either database holds; anything else is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which part of a list is asked for: `number` counts from 1, `size` is rows per page."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """Rows to skip."""
        return (self.number - 1) * self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list and where it stands. `next` and `previous` are page numbers or None."""

    items: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def next(self) -> int | None:
        """The next page's number."""
        return self.number + 1 if self.number < self.pages else None

    @property
    def previous(self) -> int | None:
        """The previous page's number."""
        return self.number - 1 if self.number > 1 else None

    @property
    def first_row(self) -> int:
        """The place of the first row shown, counted from 1; 0 for an empty list."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last_row(self) -> int:
        """The place of the last row shown."""
        return self.first_row + len(self.items) - 1 if self.items else 0


def window(*, page: str | int | None, size: str | int | None = None) -> Window:
    """Read a page number and size as they came in the query.

    Raises: BadInput when one is not a whole number in range.
    """
    return Window(
        number=_whole("page", page, default=1, largest=1_000_000),
        size=_whole("size", size, default=PAGE_SIZE, largest=LARGEST_PAGE),
    )


def paginate(items: Sequence[T], at: Window) -> Page[T]:
    """Cut a list that is already in memory."""
    part = items[at.offset : at.offset + at.size]
    return Page(items=part, number=at.number, size=at.size, total=len(items))


def _whole(name: str, given: str | int | None, *, default: int, largest: int) -> int:
    if given is None or given == "":
        return default
    text = str(given)
    if not text.isascii() or not text.isdigit() or len(text) > 10 or not 1 <= int(text) <= largest:
        remedy = _("Use a whole number from 1 to %(largest)s.", largest=largest)
        raise BadInput(_("The page asked for is not a page number."), field=name, remedy=remedy)
    return int(text)
