"""What several forms ask alike: which page this is, a sheet, its columns, and the place to return to."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from kit.errors import BadInput
from kit.i18n import _
from kit.sheets import place_of
from kit.web import Form, whole

_KEY: Final = 100
_COLUMNS: Final = "columns/"
_NEVER: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A sheet that somebody handed in: a file, or rows that were pasted."""

    data: bytes
    name: str
    encoding: str
    tab: str

    @property
    def said(self) -> bytes:
        """All that makes it another sheet."""
        return f"{self.encoding}/{self.tab}/".encode("utf-8", "surrogatepass") + self.data


def form_key(given: Form, said: bytes | None = None) -> str:
    """The form's own key: sending the same page twice does it once. With ``said``, the same page saying something else
    does something else. Raises: BadInput.
    """
    key = given.get("key")
    if not key:
        raise BadInput(_("This page is incomplete. Open it again and fill it in anew."))
    mark = "" if said is None else f"-{hashlib.sha256(said).hexdigest()}"
    return f"form-{key[:_KEY]}{mark}"


def table_of(given: Form, *, largest: int) -> Table:
    """The file of at most so many bytes, or else what was pasted. Raises: BadInput, TooLarge."""
    file = given.file("file", largest=largest)
    if file is not None:
        return Table(data=file.data, name=file.name, encoding=given.get("encoding"), tab=given.get("tab"))
    text = given.raw("text")
    if not text.strip():
        remedy = _("Choose a file, or copy the rows in your spreadsheet and paste them.")
        raise BadInput(_("There is no sheet yet."), field="file", remedy=remedy)
    return Table(data=text.encode("utf-8", "surrogatepass"), name="", encoding="utf-8", tab="")


def version_of(given: Form) -> int | None:
    """The version that the page showed; None where it showed none. What cannot be read is none that there ever was."""
    said = given.get("version")
    if not said:
        return None
    number = whole(said)
    return _NEVER if number is None else number


def columns_of(given: Form) -> dict[str, int | None]:
    """Which column was chosen for each field; None where it was said that there is none. Raises: BadInput."""
    chosen = [name for name in given.fields() if name.startswith(_COLUMNS)]
    return {name.removeprefix(_COLUMNS): _column(given.get(name), name) for name in chosen}


def _column(said: str, name: str) -> int | None:
    """The column that was chosen; None where nothing was. What cannot be read is not taken for nothing."""
    column = whole(said, digits=4)
    if said and column is None:
        raise BadInput(_("There is no such column."), field=name, remedy=_("Choose one from the list."))
    return column


def lettered(headers: Sequence[str]) -> list[tuple[int, str, str]]:
    """The columns of a sheet to choose from: place from 0, letter as spreadsheets write it, header."""
    return [(at, place_of(1, at)[:-1], header) for at, header in enumerate(headers)]


def place_kept(given: Form, counted: Callable[[str], int], changes: Collection[str]) -> str:
    """The part of the list and the page that somebody was at, as a query; nothing where that part is empty now."""
    asked = {name: given.get(name) for name in ("only", "page") if given.get(name)}
    if asked.get("only") in changes and not counted(asked["only"]):
        return ""
    return f"?{urlencode(asked)}" if asked else ""
