"""What was handed in, opened: a document, and the token around it if there is one.

A document is signed inside itself (proofs) or as a whole (a token, alone or in an envelope). Opening proves nothing.

Spec: https://www.w3.org/TR/vc-data-model-2.0/#securing-mechanisms
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vc.document import PRESENTATION_LIMITS, Document, JsonObject, JsonValue, Limits, parse
from vc.jose import Jws, enveloped, inside, parse_compact
from vc.problems import KindError

_TOKEN: Final = re.compile(rb"\s*[A-Za-z0-9_=-]+\.[A-Za-z0-9_=.-]*\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Secured:
    """A credential or presentation, and the token that it was in (``None``: its proofs are inside it)."""

    document: JsonObject
    jws: Jws | None


def open_bytes(data: bytes, *, limits: Limits) -> Secured:
    """What is in a file: a JSON object, an envelope around a token, or a token.

    Raises:
        ProblemError: it cannot be read.

    """
    if is_token(data):
        return open_value(data.strip().decode("ascii"))
    return open_value(parse(data, limits=limits).value)


def is_token(data: bytes) -> bool:
    """Whether these bytes are a token rather than JSON; a token may stand on a line of its own."""
    return _TOKEN.fullmatch(data) is not None


def open_value(value: JsonValue) -> Secured:
    """What stands in a place where something signed is expected: an object, an envelope, or a token as a text.

    Raises:
        KindError: it is none of these.
        ProblemError: what is in it cannot be read.

    """
    jws = parse_compact(value) if isinstance(value, str) else enveloped(value)
    if jws is not None:
        return Secured(document=inside(jws), jws=jws)
    if not isinstance(value, Mapping):
        raise KindError("This is neither a credential nor a token that holds one.")
    return Secured(document=value, jws=None)


def open_document(data: bytes) -> Document:
    """What a file says, whatever form it has: the bytes as they came, and the credential or presentation in them.

    Raises:
        ProblemError: it cannot be read.

    """
    return Document(bytes=data, value=open_bytes(data, limits=PRESENTATION_LIMITS).document)
