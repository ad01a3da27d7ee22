"""Reading submitted fields: trimmed, normalised, of bounded length, and with words for the person when one is amiss."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from kit.errors import BadInput, TooLarge
from kit.i18n import _
from kit.web.csrf import FORM_KEY

_SECRET = re.compile("password|passphrase")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file somebody handed in. `name` and `media_type` are what they say, not what it is."""

    name: str
    media_type: str
    data: bytes


class Form:
    """A submitted form. `text` and the others raise BadInput naming the field; `get` never does."""

    def __init__(self, data: FormData) -> None:
        self._data = data

    def __contains__(self, name: object) -> bool:
        return name in self._data

    def get(self, name: str, default: str = "") -> str:
        """The field as it was typed, trimmed and in Unicode NFC; `default` when it is missing or a file."""
        found = self._data.get(name)
        return clean(found) if isinstance(found, str) else default

    def raw(self, name: str) -> str:
        """The field exactly as it was sent, for a pasted table in which even a blank at the start means something."""
        found = self._data.get(name)
        return found if isinstance(found, str) else ""

    def text(self, name: str, *, longest: int = 500, required: bool = True, lines: bool = False) -> str:
        """One field as text of at most `longest` characters. Line breaks only when `lines`.

        Raises: BadInput.
        """
        value = self.get(name)
        if required and not value:
            raise BadInput(_("This field is empty."), field=name, remedy=_("Fill it in."))
        if len(value) > longest:
            remedy = _("Shorten it to %(longest)s characters.", longest=longest)
            raise BadInput(_("This text is too long."), field=name, remedy=remedy)
        if any(unicodedata.category(sign) == "Cc" and not (lines and sign in "\n\t") for sign in value):
            raise BadInput(_("This text holds signs that cannot be shown."), field=name, remedy=_("Type it anew."))
        return value

    def choice(self, name: str, allowed: Collection[str]) -> str:
        """One of `allowed`. Raises: BadInput."""
        value = self.get(name)
        if value not in allowed:
            raise BadInput(_("Nothing was chosen here."), field=name, remedy=_("Choose one of the answers."))
        return value

    def whole(self, name: str, *, digits: int = 9) -> int | None:
        """A whole number of at most so many digits; None when the field says anything else."""
        return whole(self.get(name), digits=digits)

    def flag(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.get(name))

    def values(self, name: str) -> list[str]:
        """All values of a field that may come several times."""
        return [clean(value) for value in self._data.getlist(name) if isinstance(value, str)]

    def day(self, name: str, *, required: bool = True) -> date | None:
        """A day typed as 2027-03-31; None when it is empty and not required. Raises: BadInput."""
        value = self.text(name, longest=10, required=required)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            remedy = _("Write it as year-month-day, such as 2027-03-31.")
            raise BadInput(_("This is not a day of the calendar."), field=name, remedy=remedy) from None

    def fields(self) -> dict[str, str]:
        """Every text field, to show the form again; the token, passwords and passphrases are left out."""
        return {
            name: self.get(name)
            for name in self._data
            if name != "csrf" and not _SECRET.search(name) and isinstance(self._data.get(name), str)
        }

    def files(self, name: str, *, largest: int) -> list[Upload]:
        """The files handed in under `name`, each of at most `largest` bytes; empty file inputs are left out.

        Raises: TooLarge.
        """
        found: list[Upload] = []
        for item in self._data.getlist(name):
            if not isinstance(item, UploadFile) or not item.filename:
                continue
            data = item.file.read(largest + 1)
            if len(data) > largest:
                raise TooLarge(_("The file %(name)s is too large to be read here.", name=clean(item.filename)[:100]))
            found.append(
                Upload(name=clean(item.filename)[:200], media_type=(item.content_type or "").lower()[:100], data=data)
            )
        return found

    def file(self, name: str, *, largest: int) -> Upload | None:
        """The one file handed in under `name`, or None. Raises: TooLarge."""
        return next(iter(self.files(name, largest=largest)), None)


def whole(text: str, *, digits: int = 9) -> int | None:
    """The whole number that a text says in at most so many ASCII digits; None when it says anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None


def clean(value: str) -> str:
    """`value` trimmed, in Unicode NFC, with one kind of line break."""
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n").strip())


def form(request: Request) -> Form:
    """What was submitted with this POST; an empty form when nothing was.

    Raises: nothing; the form's own methods raise BadInput.
    """
    return Form(request.scope.get(FORM_KEY) or FormData())
