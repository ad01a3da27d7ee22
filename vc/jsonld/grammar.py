"""How single values are written in canonical N-Quads, and which values no two programs would write the same.

Strings are escaped by the JSON encoder: for every character that is let through here the escapes of JSON and those of
canonical N-Quads are the same. `has_forbidden_character` finds the others, which are refused everywhere.

Spec: https://www.w3.org/TR/rdf-canon/#canonical-quads, https://www.w3.org/TR/json-ld11-api/#data-round-tripping
"""

from __future__ import annotations

import json.encoder
import math
import re
from typing import Any, Final

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
MAX_INTEGER: Final = 2**53 - 1

quote = json.encoder.encode_basestring
"""A string in double quotes, escaped."""

_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

# Scheme, colon, something, at most one fragment, and nothing that could end the IRI, hide in it, or be taken for a
# blank by some program.
_BLANKS: Final = "\x00-\x20\x7f-\xa0\u061c\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
_INSIDE: Final = f'[^#<>"{{}}|\\\\^`{_BLANKS}\ud800-\udfff\ufff0-\uffff]'
_IRI: Final = re.compile(f"[A-Za-z][A-Za-z0-9+.-]*:(?=.){_INSIDE}*(?:#{_INSIDE}*)?")
_LANGUAGE: Final = re.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


class Unwritable(ValueError):  # noqa: N818 - said of the value
    """A value that cannot be written so that every program reads it the same; says why."""


def has_forbidden_character(text: str) -> bool:
    """Whether a string holds a control character (other than tab and line ends) or half of a surrogate pair."""
    return _FORBIDDEN.search(text) is not None


def is_iri(text: str) -> bool:
    """Whether a string is an absolute IRI without any character that could be read in two ways."""
    return _IRI.fullmatch(text) is not None


def is_language_tag(text: str) -> bool:
    """Whether a string has the form of a language tag.

    Spec: https://www.rfc-editor.org/rfc/rfc5646#section-2.1
    """
    return len(text) <= 64 and _LANGUAGE.fullmatch(text) is not None


def number(value: float, datatype: str | None) -> tuple[str, str]:
    """The lexical form and the datatype IRI of a JSON number.

    Raises:
        Unwritable: programs would write this number differently.

    Spec: https://www.w3.org/TR/json-ld11-api/#object-to-rdf-conversion (steps 9 to 11)

    """
    if not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise Unwritable("A number beyond 2^53-1 is rounded by some programs; write it as a string.")
    if datatype != XSD + "double":
        if value.__class__ is int:
            return str(value), datatype or XSD + "integer"
        if value == int(value):
            if math.copysign(1.0, value) < 0 and not value:
                raise Unwritable("Minus zero loses its sign; write 0.")
            return str(int(value)), datatype or XSD + "integer"
    if value and abs(value) < 1e-6:
        raise Unwritable("A number this small is written differently by different programs; write it as a string.")
    mantissa, _, exponent = f"{value:.15E}".partition("E")
    mantissa = mantissa.rstrip("0")
    text = f"{mantissa}0E{int(exponent)}" if mantissa.endswith(".") else f"{mantissa}E{int(exponent)}"
    if float(text) != value:
        raise Unwritable("A number with more than 16 digits is rounded when it is signed; write it as a string.")
    return text, datatype or XSD + "double"


def canonical_json(value: Any) -> str:
    """The canonical form of a JSON value whose numbers are integers.

    Raises:
        Unwritable: a number with a fraction, or beyond 2^53-1.

    Spec: https://www.rfc-editor.org/rfc/rfc8785

    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical_json, value)) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{quote(name)}:{canonical_json(value[name])}" for name in names) + "}"
    if isinstance(value, float) or not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise Unwritable("Only whole numbers up to 2^53-1 are read inside raw JSON; write others as strings.")
    return str(value)
