"""Base58 and base64url as multibase spells them, read strictly: one text for one value and no other.

A lenient decoder lets one signature be written in many ways; every text is therefore encoded again and compared.

Spec: https://www.w3.org/TR/cid-1.0/#multibase-0
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from vc.problems import MalformedValueError

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}
_PAIRS: Final = [high + low for high in _ALPHABET for low in _ALPHABET]
_BASE64URL: Final = re.compile("[A-Za-z0-9_-]*")
MAX_BASE58: Final = 1_536
"""Characters. Decoding takes time that grows with the square of the length; only an RSA key of 8192 bits is as long."""


def base58btc_encode(data: bytes) -> str:
    """The base58 text (Bitcoin alphabet) of these bytes, without a multibase prefix."""
    number = int.from_bytes(data, "big")
    pairs: list[str] = []
    while number:
        number, ten_digits = divmod(number, 58**10)  # small numbers divide faster than large ones
        for _ in range(5):
            ten_digits, two_digits = divmod(ten_digits, 58**2)
            pairs.append(_PAIRS[two_digits])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + "".join(reversed(pairs)).lstrip("1")


def base58btc_decode(text: str) -> bytes:
    """The bytes of a base58 text of at most 1,536 characters.

    Raises:
        MalformedValueError: a character outside the alphabet, or too many of them.

    """
    if len(text) > MAX_BASE58:
        raise MalformedValueError(f"A base58 text of {len(text)} characters is longer than any key or signature.")
    number = 0
    try:
        for character in text:
            number = number * 58 + _VALUES[character]
    except KeyError as error:
        raise MalformedValueError(f"{error.args[0]!r} is not a base58 character.") from None
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base64url_encode(data: bytes) -> str:
    """The base64url text of these bytes, without padding and without a multibase prefix."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def base64url_decode(text: str) -> bytes:
    """The bytes of an unpadded base64url text.

    Raises:
        MalformedValueError: padding, a foreign character, or left-over bits that are not zero.

    """
    try:
        if not _BASE64URL.fullmatch(text):
            raise MalformedValueError("A base64url text holds a character that does not belong there.")
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise MalformedValueError("A base64url text has an impossible length.") from None
    if base64url_encode(data) != text:
        raise MalformedValueError("A base64url text has bits left over; only one spelling is allowed.")
    return data


def encode_multibase(data: bytes, *, encoding: str) -> str:
    """``z`` + base58 or ``u`` + base64url of these bytes."""
    return encoding + {"z": base58btc_encode, "u": base64url_encode}[encoding](data)


def decode_multibase(text: str, *, encodings: str, max_length: int) -> bytes:
    """The bytes of a multibase text whose prefix is one of ``encodings`` (``"z"``, ``"u"`` or ``"zu"``).

    Raises:
        MalformedValueError: another prefix, more than ``max_length`` characters, or not the one spelling of its bytes.

    Spec: https://www.w3.org/TR/cid-1.0/#multibase-0

    """
    if not isinstance(text, str) or not text or text[0] not in encodings:
        raise MalformedValueError(f"Not a multibase text that starts with {' or '.join(encodings)}.")
    if len(text) > max_length:
        raise MalformedValueError(f"A multibase text of {len(text)} characters; at most {max_length} are read.")
    return {"z": base58btc_decode, "u": base64url_decode}[text[0]](text[1:])
