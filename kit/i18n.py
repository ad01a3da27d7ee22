"""Sentences in the reader's language: gettext-shaped, catalogues read from `.po` files at start.

Rules: the English sentence is the key; what varies is named (`%(name)s`); a sentence is never glued from parts.
Python code marks sentences with `_()` and `ngettext()`, which give a `Message`: words without a language yet, so that
a service can raise one and the page that shows it decides. Templates use the same names and get finished text.
Left out: contexts (msgctxt), right-to-left interface languages, compiled catalogues.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import babel.dates
import babel.numbers
from babel import Locale
from babel.messages.pofile import read_po

from kit import zones

LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "es": "Español"})
DEFAULT_LANGUAGE = "en"

_LONG = {"en": "d MMMM y", "es": "d 'de' MMMM 'de' y"}


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence that is not in a language yet. `str()` gives the English."""

    singular: str
    plural: str | None = None
    count: int | None = None
    parameters: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        text = self.singular if self.plural is None or self.count == 1 else self.plural
        return fill(text, dict(self.parameters))


def _(sentence: str, /, **parameters: Any) -> Message:
    """Mark `sentence` for translation; `parameters` fill its `%(name)s` places when it is shown."""
    return Message(sentence, parameters=tuple(parameters.items()))


def ngettext(singular: str, plural: str, count: int, /, **parameters: Any) -> Message:
    """Mark a sentence that depends on `count`, which also fills `%(count)s`."""
    return Message(singular, plural, count, tuple({"count": count, **parameters}.items()))


def fill(text: str, parameters: Mapping[str, Any]) -> str:
    """Put `parameters` into the `%(name)s` places; a text without parameters is left as it is."""
    return text % parameters if parameters else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogues:
    """All translations of one process. `load` reads them once, at start."""

    texts: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict[str, Mapping[str, tuple[str, ...]]])

    @classmethod
    def load(cls, directories: Iterable[Path]) -> Catalogues:
        """Read the catalogues of each directory; a later directory wins. Where a file is missing, English shows."""
        texts: dict[str, dict[str, tuple[str, ...]]] = {}
        for directory in directories:
            for language in LANGUAGES:
                for path in catalogue_files(directory, language):
                    texts.setdefault(language, {}).update(read_catalogue(path, language))
        return cls(texts=texts)

    def text(self, language: str, message: Message) -> str:
        """The words for `message` in `language`, its places not yet filled."""
        known = self.texts.get(language, {}).get(message.singular)
        if message.plural is None:
            return known[0] if known else message.singular
        plural = message.count != 1
        if known and len(known) > 1:
            return known[1] if plural else known[0]
        return message.plural if plural else message.singular

    def say(self, language: str, message: str | Message) -> str:
        """`message` as finished plain text in `language`; a plain `str` is said as it is. Not HTML-escaped."""
        if isinstance(message, str):
            return message
        parameters = {
            name: self.say(language, value) if isinstance(value, Message) else value
            for name, value in message.parameters
        }
        return fill(self.text(language, message), parameters)


def catalogue_files(directory: Path, language: str) -> list[Path]:
    """The files of one language: `<language>.po`, then `<language>/*.po` by name; none for English.

    No sentence stands in two of them: the architecture's tests refuse it.
    """
    if language == DEFAULT_LANGUAGE:
        return []
    whole = directory / f"{language}.po"
    return [*([whole] if whole.is_file() else []), *sorted((directory / language).glob("*.po"))]


@cache
def read_catalogue(path: Path, language: str) -> Mapping[str, tuple[str, ...]]:
    """The finished (not fuzzy, not empty) translations of a `.po` file: English → one text, or singular and plural.

    A file is read once in a process.
    """
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=language)
    found: dict[str, tuple[str, ...]] = {}
    for entry in catalogue:
        if not entry.id or entry.fuzzy:
            continue
        key = entry.id if isinstance(entry.id, str) else entry.id[0]
        texts = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
        if texts and all(texts):
            found[key] = texts
    return MappingProxyType(found)


def pick_language(*, wanted: str | None, remembered: str | None, accept: str | None) -> str:
    """The language to answer in: asked for in the address, else remembered in a cookie, else the browser's first."""
    for choice in (wanted, remembered):
        if choice is not None and choice in LANGUAGES:
            return choice
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate((accept or "").split(",")[:20]):
        tag, _sep, rest = part.strip().partition(";")
        weight = _weight(rest)
        primary = tag.split("-")[0].lower()
        if primary in LANGUAGES and weight > 0:
            ranked.append((-weight, place, primary))
    return min(ranked)[2] if ranked else DEFAULT_LANGUAGE


def _weight(text: str) -> float:
    name, _sep, value = text.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def date_long(day: date | datetime, language: str, zone: tzinfo = UTC) -> str:
    """A day written out: "3 March 2027", "3 de marzo de 2027". Of an instant, its day in this zone."""
    if isinstance(day, datetime) and day.tzinfo is not None:
        day = zones.day(day, zone)
    return babel.dates.format_date(day, _LONG[language], locale=_locale(language))


def date_time(instant: datetime, language: str, zone: tzinfo = UTC) -> str:
    """An instant written out, in this zone and saying so: "3 March 2027, 10:02 UTC"."""
    there = zones.there(instant, zone)
    return f"{date_long(there.date(), language)}, {there:%H:%M} {zones.short(instant, zone)}"


def number(value: float | Decimal, language: str) -> str:
    """A number with the language's separators."""
    return babel.numbers.format_decimal(value, locale=_locale(language))


def money(amount: Decimal, currency: str, language: str) -> str:
    """An amount as the language writes it, without hundredths where there are none: "$165", "38,50 US$"."""
    locale = Locale.parse(language)
    pattern = str(locale.currency_formats["standard"].pattern)
    if amount == amount.to_integral_value():
        pattern = pattern.replace(".00", "")
    return babel.numbers.format_currency(amount, currency, pattern, locale=locale, currency_digits=False)


def relative(then: datetime, now: datetime, language: str) -> str:
    """How long ago, or until: "4 hours ago". Shown beside a date, never instead of one."""
    return babel.dates.format_timedelta(then - now, add_direction=True, locale=_locale(language))


def _locale(language: str) -> Locale:
    return Locale.parse("en_GB" if language == "en" else language)
