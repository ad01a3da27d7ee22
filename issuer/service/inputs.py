"""Reading what people and programs typed: one function per kind of value, each naming its field when it refuses.

Text is normalised to NFC (what is signed compares equal to what is typed later), trimmed, and free of control
characters, which canonicalization and PDF alike choke on. Nothing is cut silently.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

from kit.errors import BadInput
from kit.i18n import _

_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_EMAIL: Final = re.compile(r"(?!\.)(?!.*\.\.)[^\s@<>()\[\],;:\\\"]{1,64}(?<!\.)@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}")
_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
_HOURS: Final = re.compile(r"[0-9]{1,5}(?:[.,][0-9]{1,2})?")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2})")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_DID: Final = re.compile(r"did:[a-z0-9]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]")
_URL_CHARACTERS: Final = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")

MOST_HOURS: Final = 10_000
LONGEST_LINE: Final = 300
LONGEST_TEXT: Final = 10_000


def line(value: str | None, field: str, *, required: bool, longest: int = LONGEST_LINE) -> str:
    """One line of text, trimmed and normalised; empty when it is missing and not required.

    Raises: BadInput.
    """
    text = _clean(value, field, longest=longest)
    if "\n" in text or "\t" in text:
        raise BadInput(_("This has to fit on one line."), field=field, remedy=_("Take out the line breaks and tabs."))
    if required and not text:
        raise BadInput(_("This is needed and was left empty."), field=field, remedy=_("Fill it in."))
    return text


def paragraph(value: str | None, field: str, *, required: bool, longest: int = LONGEST_TEXT) -> str:
    """Text that may have several lines, trimmed and normalised. Raises: BadInput."""
    text = _clean(value, field, longest=longest).replace("\r\n", "\n")
    if required and not text:
        raise BadInput(_("This is needed and was left empty."), field=field, remedy=_("Fill it in."))
    return text


def _clean(value: str | None, field: str, *, longest: int) -> str:
    text = (value or "").replace("\r\n", "\n").strip()
    found = _CONTROL.search(text)
    if found:
        raise BadInput(
            _("The text holds an invisible control character (U+%(code)s).", code=f"{ord(found[0]):04X}"),
            field=field,
            remedy=_("Type it again by hand instead of pasting it."),
        )
    text = unicodedata.normalize("NFC", text)
    if len(text) > longest:
        raise BadInput(
            _("The text is too long: %(length)s characters.", length=len(text)),
            field=field,
            remedy=_("Use at most %(longest)s characters.", longest=longest),
        )
    return text


def web_address(value: str | None, field: str, *, required: bool, loopback: bool) -> str:
    """An https address (http is taken only for a demonstration on this machine). Raises: BadInput."""
    text = line(value, field, required=required, longest=2000)
    if not text:
        return ""
    remedy = _("Give a whole web address such as https://school.example/course.")
    if not _URL_CHARACTERS.fullmatch(text):
        raise BadInput(_("This is not a web address."), field=field, remedy=remedy)
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - reading the property is the check
    except ValueError:
        raise BadInput(_("This is not a web address."), field=field, remedy=remedy) from None
    allowed = {"https", "http"} if loopback else {"https"}
    if parts.scheme not in allowed or not parts.hostname or parts.username is not None:
        raise BadInput(_("This is not a web address that can be used here."), field=field, remedy=remedy)
    return text


def identifier_uri(value: str | None, field: str, *, required: bool, loopback: bool) -> str:
    """A web address, or a ``urn:uuid:`` name. Raises: BadInput."""
    text = line(value, field, required=required, longest=2000)
    if re.fullmatch(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
        return text
    return web_address(text, field, required=required, loopback=loopback)


def party_uri(value: str | None, field: str, *, required: bool, loopback: bool) -> str:
    """Who somebody is: a DID, a web address or a ``urn:uuid:`` name. Raises: BadInput."""
    text = line(value, field, required=required, longest=2000)
    if _DID.fullmatch(text):
        return text
    return identifier_uri(text, field, required=required, loopback=loopback)


def email(value: str | None, field: str, *, required: bool) -> str:
    """An e-mail address, as typed. Raises: BadInput."""
    text = line(value, field, required=required, longest=254)
    if text and not _EMAIL.fullmatch(text):
        raise BadInput(
            _("This is not an e-mail address."), field=field, remedy=_("Give one like office@school.example.")
        )
    return text


def slug(value: str | None, field: str) -> str:
    """The short name in an organisation's address: small letters, digits and hyphens. Raises: BadInput."""
    text = line(value, field, required=True, longest=60)
    if not _SLUG.fullmatch(text):
        raise BadInput(
            _("The short name can only have small letters, digits and hyphens."),
            field=field,
            remedy=_("Use one like maple-coop."),
        )
    return text


def slug_of(name: str) -> str:
    """A short name made from a name; may be empty when the name has no Latin letters."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:50].strip("-")


def language_tag(value: str | None, field: str) -> str:
    """A language tag such as ``en`` or ``es-MX``, or empty. Raises: BadInput.

    Whatever is not a well-formed tag never reaches canonicalization, where it could forge statements.
    """
    text = line(value, field, required=False, longest=35)
    if text and not _LANGUAGE.fullmatch(text):
        raise BadInput(_("This is not a language tag."), field=field, remedy=_("Use one like en, es or es-MX."))
    return text


def choice(value: str | None, field: str, *, allowed: Sequence[str], extensible: bool = False) -> str:
    """One of ``allowed``; with ``extensible`` also ``ext:Name``. Raises: BadInput."""
    text = line(value, field, required=True, longest=80)
    if text in allowed or (extensible and re.fullmatch(r"ext:[A-Za-z0-9._-]{1,60}", text)):
        return text
    raise BadInput(
        _("“%(value)s” is not one of the choices.", value=text[:40]), field=field, remedy=_("Choose one from the list.")
    )


def number(value: str | float | None, field: str, *, largest: float = 1000.0) -> float | None:
    """A number from 0 up, or None. Raises: BadInput."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        found = float(value.strip().replace(",", ".")) if isinstance(value, str) else float(value)
    except ValueError:
        found = -1.0
    if isinstance(value, bool) or not 0 <= found <= largest:
        raise BadInput(
            _("This is not a number that can be used here."),
            field=field,
            remedy=_("Give a number from 0 to %(largest)s, such as 0.5.", largest=f"{largest:g}"),
        )
    return round(found, 4)


def hours(text: str, field: str) -> str:
    """A number of hours with at most two decimals, in one spelling: 28 or 1.5. Raises: BadInput."""
    found = Decimal(text.replace(",", ".")) if _HOURS.fullmatch(text) else None
    if found is None or found > MOST_HOURS:
        raise BadInput(
            _("“%(text)s” is no number of hours.", text=text[:40]), field=field, remedy=_("Write it like 28 or 1.5.")
        )
    return f"{found.normalize():f}"


def moment(value: str | datetime | None, field: str) -> datetime | None:
    """A date (taken as noon UTC, which is that day everywhere people live) or an instant with its zone; or None.

    Whole seconds, aware, in UTC. Raises: BadInput.
    """
    if isinstance(value, datetime):
        value = value.isoformat()
    text = line(value, field, required=False, longest=40)
    if not text:
        return None
    try:
        if _DAY.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), time(12), UTC)
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        pass
    raise BadInput(_("This is not a date."), field=field, remedy=_("Write it as 2027-03-14."))


def day(value: str | None, field: str) -> date | None:
    """A calendar day, or None. Raises: BadInput."""
    found = moment(value, field)
    return found.date() if found else None


def not_after(value: datetime, latest: datetime, field: str) -> datetime:
    """``value``, when it is not later than ``latest``. Raises: BadInput."""
    if value > latest:
        raise in_the_future(field)
    return value


def in_the_future(field: str) -> BadInput:
    """What is said of a day or an instant that has not come yet."""
    return BadInput(_("This date lies in the future."), field=field, remedy=_("Give today's date or an earlier one."))


def end_of_day(moment_given: datetime) -> datetime:
    """The last second of that day, UTC: until when something given by its day is valid."""
    return moment_given.replace(hour=23, minute=59, second=59)
