"""What a text is: a credential as JSON, a credential as a token (compact JWS), or a link. The text alone decides."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from kit.intake.links import BARE_ADDRESS, SCHEME
from kit.intake.refusals import InputRefused, Refusal, SyntaxHint

MAX_TEXT_BYTES: Final = 4 * 1024 * 1024
_JWS: Final = re.compile(r"[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*")
_CURLY: Final = frozenset("\u201c\u201d\u201e\u00ab\u00bb")
_VERIFIABLE: Final = frozenset(
    {
        "VerifiableCredential",
        "VerifiablePresentation",
        "EnvelopedVerifiableCredential",
        "EnvelopedVerifiablePresentation",
    }
)
_OPEN_BADGES_2: Final = "https://w3id.org/openbadges/"


class Form(Enum):
    """The forms in which something comes that can be judged."""

    JSON = "json"
    JWS = "jws"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that was found: its bytes without white space around them, and the name it had, if any."""

    form: Form
    text: bytes
    name: str = ""


def read_text(data: bytes, *, name: str = "") -> Item:
    """The one thing that a text is. Raises: InputRefused."""
    if len(data) > MAX_TEXT_BYTES:
        raise InputRefused(Refusal.TOO_LARGE)
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise InputRefused(Refusal.NOT_TEXT) from None
    if not text:
        raise InputRefused(Refusal.EMPTY)
    if text[0] in "{[":
        _look_into(text)
        return Item(form=Form.JSON, text=text.encode(), name=name)
    token, tilde, _ = text.partition("~")
    if _JWS.fullmatch(token):
        if tilde:
            raise InputRefused(Refusal.SD_JWT)
        return Item(form=Form.JWS, text=text.encode(), name=name)
    if SCHEME.match(text) or BARE_ADDRESS.match(text) or text.startswith("//"):
        return Item(form=Form.LINK, text=text.encode(), name=name)
    if text.startswith("<"):
        raise InputRefused(Refusal.WEB_PAGE)
    raise InputRefused(Refusal.NOT_JSON)


def _look_into(text: str) -> None:
    """Say of JSON that is no credential what it is instead; this look inside decides nothing else.

    Raises: InputRefused, for what is not JSON with line and column.
    """
    try:
        value = json.loads(text)
    except RecursionError:
        raise InputRefused(Refusal.NOT_A_CREDENTIAL) from None
    except json.JSONDecodeError as error:
        raise InputRefused(Refusal.NOT_JSON, hint=_hint(error, text), line=error.lineno, column=error.colno) from None
    except ValueError:
        raise InputRefused(Refusal.NOT_JSON, hint=SyntaxHint.OTHER) from None
    if isinstance(value, list):
        raise InputRefused(Refusal.SEVERAL)
    if not claims_to_be_one(value):
        raise InputRefused(Refusal.NOT_A_CREDENTIAL)


def claims_to_be_one(value: Mapping[str, Any]) -> bool:
    """Whether a JSON object says that it is a credential or a presentation, of any kind that is judged."""
    types = listed_texts(value.get("type"))
    if _VERIFIABLE.intersection(types):
        return True
    contexts = listed_texts(value.get("@context"))
    return "Assertion" in types and any(each.startswith(_OPEN_BADGES_2) for each in contexts)


def listed_texts(value: Any) -> list[str]:
    """The texts of a member that may be one or a list of them."""
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, str)]


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
