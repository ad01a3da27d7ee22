"""What was handed in: a share link, the address of a credential, or a credential as text. We decide, not the sender.

Media types, file names and headers are hints that anyone can set; the kind is decided from the text alone. What is
none of the three is refused with the place and the remedy, never judged: a picture is not a forged credential.
"""

import json
import re
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final
from urllib.parse import urlsplit

MAX_INPUT_BYTES: Final = 4 * 1024 * 1024
MAX_ADDRESS: Final = 2000

_SCHEME: Final = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):")
_BARE_ADDRESS: Final = re.compile(r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d+)?(/\S*)?$")
_SHARE_PATH: Final = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/s/[A-Za-z0-9_-]{16,128}/?")
_CLAIM_PATH: Final = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/claim/[A-Za-z0-9_-]{8,128}/?")
_JOSE: Final = re.compile(r"^[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*(~\S*)?$")
_CURLY: Final = frozenset("\u201c\u201d\u201e\u00ab\u00bb")
_LOOPBACK_HOSTS: Final = ("localhost", "127.0.0.1", "::1")


class Kind(Enum):
    """The three kinds of input that can be checked."""

    DOCUMENT = "document"
    SHARE_LINK = "shareLink"
    ADDRESS = "address"


class Refusal(Enum):
    """Why an input cannot be checked at all; the pages hold a sentence and a remedy for each."""

    EMPTY = "empty"
    TOO_LARGE = "tooLarge"
    NOT_TEXT = "notText"
    PICTURE = "picture"
    PDF = "pdf"
    JOSE = "jose"
    NOT_JSON = "notJson"
    AMBIGUOUS = "ambiguous"
    NOT_A_CREDENTIAL = "notACredential"
    OLD_BADGE = "oldBadge"
    SEVERAL = "several"
    SCHEME = "scheme"
    PLAIN_HTTP = "plainHttp"
    ADDRESS = "address"
    CLAIM_LINK = "claimLink"
    WEB_PAGE = "webPage"


class SyntaxHint(Enum):
    """What a JSON reader stumbled over, where it can tell."""

    COMMA = "comma"
    COLON = "colon"
    NAME = "name"
    VALUE = "value"
    TRAILING = "trailing"
    TEXT_END = "textEnd"
    CONTROL = "control"
    ESCAPE = "escape"
    CURLY_QUOTES = "curlyQuotes"
    OTHER = "other"


class InputRefused(Exception):  # noqa: N818 - a refusal is an answer
    """The input is none of the three kinds; ``line`` and ``column`` (from 1) say where its JSON breaks off.

    ``place`` says in words what a strict reader stumbled over.
    """

    def __init__(
        self,
        refusal: Refusal,
        *,
        hint: SyntaxHint | None = None,
        line: int | None = None,
        column: int | None = None,
        place: str = "",
    ) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.place = place
        self.hint = hint
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """An input of a known kind: ``data`` for a document (its bytes as received), ``address`` for the other two."""

    kind: Kind
    data: bytes = b""
    address: str = ""


def classify(data: bytes, *, loopback: bool) -> Submission:
    """Decide what was handed in. ``loopback`` allows plain http to this machine (demonstration only).

    Raises :class:`InputRefused`.
    """
    if len(data) > MAX_INPUT_BYTES:
        raise InputRefused(Refusal.TOO_LARGE)
    if data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")) or data.lstrip()[:4].lower() == b"<svg":
        raise InputRefused(Refusal.PICTURE)
    if data.startswith(b"%PDF"):
        raise InputRefused(Refusal.PDF)
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise InputRefused(Refusal.NOT_TEXT) from None
    if not text:
        raise InputRefused(Refusal.EMPTY)
    if text[0] in "{[":
        return document(text.encode())
    if _JOSE.match(text):
        raise InputRefused(Refusal.JOSE)
    if _SCHEME.match(text) or _BARE_ADDRESS.match(text) or text.startswith("//"):
        return address(text, loopback=loopback)
    if text.startswith(("<!", "<html")):
        raise InputRefused(Refusal.WEB_PAGE)
    raise InputRefused(Refusal.NOT_JSON, hint=SyntaxHint.VALUE, line=1, column=1)


def address(text: str, *, loopback: bool) -> Submission:
    """Tell a share link from the address of a credential; refuse everything that is not https.

    Raises :class:`InputRefused`. Whether the host may be asked at all is decided when it is fetched, on its resolved
    addresses.
    """
    scheme = _SCHEME.match(text)
    if scheme is None or scheme[1].lower() not in {"http", "https"}:
        if scheme is None and _BARE_ADDRESS.match(text):
            return address("https://" + text, loopback=loopback)
        raise InputRefused(Refusal.SCHEME)
    if len(text) > MAX_ADDRESS or any(character in text for character in "\\@") or not text.isascii() or " " in text:
        raise InputRefused(Refusal.ADDRESS)
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InputRefused(Refusal.ADDRESS) from None
    if not host:
        raise InputRefused(Refusal.ADDRESS)
    if parts.scheme != "https" and not (loopback and host in _LOOPBACK_HOSTS):
        raise InputRefused(Refusal.PLAIN_HTTP)
    if _CLAIM_PATH.fullmatch(parts.path):
        raise InputRefused(Refusal.CLAIM_LINK)
    kind = Kind.SHARE_LINK if _SHARE_PATH.fullmatch(parts.path) else Kind.ADDRESS
    return Submission(kind=kind, address=text.partition("#")[0])


def document(data: bytes) -> Submission:
    """A credential or presentation as text. The bytes are kept as received; this look inside decides nothing else.

    Raises :class:`InputRefused` for what is not JSON (with line and column) and for JSON that claims to be neither.
    """
    try:
        value = json.loads(data)
    except RecursionError:
        raise InputRefused(Refusal.NOT_A_CREDENTIAL) from None
    except json.JSONDecodeError as error:
        hint = _hint(error, data.decode(errors="replace"))
        raise InputRefused(Refusal.NOT_JSON, hint=hint, line=error.lineno, column=error.colno) from None
    except ValueError:
        raise InputRefused(Refusal.NOT_JSON, hint=SyntaxHint.OTHER) from None
    if isinstance(value, list):
        raise InputRefused(Refusal.SEVERAL)
    if not isinstance(value, dict) or not _claims_to_be_verifiable(value):
        raise InputRefused(Refusal.OLD_BADGE if _is_old_badge(value) else Refusal.NOT_A_CREDENTIAL)
    return Submission(kind=Kind.DOCUMENT, data=data)


def _claims_to_be_verifiable(value: dict[str, Any]) -> bool:
    types = value.get("type")
    named = [types] if isinstance(types, str) else types if isinstance(types, list) else []
    return bool({"VerifiableCredential", "VerifiablePresentation"}.intersection(t for t in named if isinstance(t, str)))


def _is_old_badge(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    context = value.get("@context")
    return value.get("type") == "Assertion" or (
        isinstance(context, str) and context.startswith("https://w3id.org/open")
    )


def _hint(error: json.JSONDecodeError, text: str) -> SyntaxHint:
    at = text[error.pos : error.pos + 1]
    if at in _CURLY and at:
        return SyntaxHint.CURLY_QUOTES
    sentences = {
        "Expecting ',' delimiter": SyntaxHint.COMMA,
        "Expecting ':' delimiter": SyntaxHint.COLON,
        "Expecting property name enclosed in double quotes": SyntaxHint.NAME,
        "Illegal trailing comma before end of object": SyntaxHint.NAME,
        "Illegal trailing comma before end of array": SyntaxHint.VALUE,
        "Expecting value": SyntaxHint.VALUE,
        "Extra data": SyntaxHint.TRAILING,
        "Unterminated string starting at": SyntaxHint.TEXT_END,
        "Invalid control character at": SyntaxHint.CONTROL,
    }
    return sentences.get(error.msg, SyntaxHint.ESCAPE if "escape" in error.msg else SyntaxHint.OTHER)
