"""What an entry of the list of recognised issuers may say: an identifier that can match, a name that can be seen."""

import re
import unicodedata
from typing import Final
from urllib.parse import unquote

from kit.errors import BadInput
from kit.i18n import Message, _
from vc.did import Did, web
from vc.problems import ProblemError, Unsupported
from vc.urls import parse_url

MAX_DID: Final = 300
IDENTIFIER: Final = _("Copy it from a record that you trust, or from the issuer: it starts with did: or https://")

_ESCAPED: Final = re.compile("(?:%[0-9A-Fa-f]{2})+")
_HOST: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:%3A[1-9][0-9]{0,4})?"
)
# Fillers and blanks that Unicode counts among letters, marks and symbols, so that they pass for something to read.
_UNSEEN: Final = frozenset(
    map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810)))
)


def identifier(text: str) -> str:
    """The DID or https address in ``text``, which is in the one spelling that records carry.

    Raises: BadInput naming the field ``did``; for a did:web in another spelling its sentence gives the right one.
    """
    did = text.strip()
    if not did:
        raise BadInput(_("The identifier is missing."), field="did", remedy=IDENTIFIER)
    if len(did) > MAX_DID:
        raise BadInput(_("This identifier is too long."), field="did", remedy=IDENTIFIER)
    if did.startswith("https://"):
        return _address(did)
    canonical = canonical_web(did)
    if canonical is not None and canonical != did:
        raise BadInput(
            _("No record carries this spelling of the identifier, so it would never match."),
            field="did",
            remedy=_("If this is the issuer’s, write %(did)s", did=canonical),
        )
    try:
        parsed = Did.parse(did)
    except ProblemError as error:
        words = _("This is not an identifier: %(reason)s", reason=error.detail)
        raise BadInput(words, field="did", remedy=IDENTIFIER) from None
    if parsed.method == "web":
        _on_the_web(parsed)
    return str(parsed)


def _address(url: str) -> str:
    """An issuer's https address; in another spelling than its records carry it would never match."""
    try:
        return parse_url(url, loopback=True)
    except ProblemError:
        words = _("This identifier names no place on the web, so it would never match.")
        raise BadInput(words, field="did", remedy=IDENTIFIER) from None


def _on_the_web(did: Did) -> None:
    try:
        web.url(did, loopback=True)
    except Unsupported:  # inside somebody's own network: asked or not, that is the operator's setting
        return
    except ProblemError:
        words = _("This identifier names no place on the web, so it would never match.")
        raise BadInput(words, field="did", remedy=IDENTIFIER) from None


def canonical_web(did: str) -> str | None:
    """The one spelling of a did:web: a lower-case host, no port 443, nothing escaped that need not be.

    None for what is no did:web, or names no host however it is written.
    """
    if did[:8].lower() != "did:web:":
        return None
    host, *path = did[8:].split(":")
    if path and path[0].isdigit() and host.lower() == "localhost":  # typed with a plain colon before the port
        host, path = f"{host}%3A{path[0]}", path[1:]
    name, _colon, port = unquote(host).lower().partition(":")
    name = name.removesuffix(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode()
        except UnicodeError:
            return None
    place = name + (f"%3A{port.lstrip('0')}" if port and port != "443" else "")
    if not _HOST.fullmatch(place):
        return None
    return ":".join(["did:web:" + place, *(_ESCAPED.sub(_plain, part) for part in path)])


def _plain(escaped: re.Match[str]) -> str:
    """Percent-encoding undone where the sign may stand for itself, else in capitals."""
    octets = bytes.fromhex(escaped[0].replace("%", ""))
    keep = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
    return "".join(chr(octet) if octet in keep else f"%{octet:02X}" for octet in octets)


def line(text: str, *, field: str, limit: int, missing: Message) -> str:
    """One line of words that can be seen, with single spaces. Raises: BadInput naming ``field``."""
    found = " ".join(text.split())
    if not found:
        raise BadInput(missing, field=field, remedy=_("Write the words that your readers should see."))
    if len(found) > limit or not found.isprintable() or hides_something(found):
        words = _("This is longer than %(limit)s characters, or contains characters that cannot be seen.", limit=limit)
        raise BadInput(words, field=field)
    return found


def hides_something(text: str) -> bool:
    """Whether a text has signs that leave no trace on the page, or nothing but marks that belong on a letter."""
    return not _UNSEEN.isdisjoint(text) or all(unicodedata.category(sign)[0] in "MZC" for sign in text)
