"""A file that opens with a passphrase and with nothing else: the outside of a family's archive.

    satchel-archive/1 ⏎
    {"kdf": "argon2id", "passes": 3, "memory": 67108864, "salt": …, "check": …,
     "cipher": "xchacha20poly1305-secretstream", "chunk": 65536, "stream": …} ⏎
    ciphertext …

Rules. (1) The key comes from the passphrase by Argon2id; its costs stand in the header, and are bounded before anything
is computed with them. (2) The text is cut into chunks of 64 KiB, each sealed with the whole header as associated data;
the last one is marked, so that a file which ends early, goes on, or was changed anywhere is told from a whole one.
(3) Nothing of a chunk is handed out before it was opened. (4) `check` tells a wrong passphrase from a damaged file; it
says no more about the passphrase than the chunks themselves do.
Spec: https://www.rfc-editor.org/rfc/rfc9106#section-4 · https://doc.libsodium.org/secret-key_cryptography/secretstream
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

from nacl import bindings, pwhash
from nacl.exceptions import CryptoError

from kit.accounts import passwords
from kit.codes import group, short_code
from kit.errors import BadInput
from kit.i18n import _

MAGIC: Final = b"satchel-archive/1\n"
CHUNK: Final = 64 * 1024
LONGEST_HEADER: Final = 1024
SHORTEST: Final = 16
_KDF, _CIPHER = "argon2id", "xchacha20poly1305-secretstream"
_SALT = pwhash.argon2id.SALTBYTES
_KEY = bindings.crypto_secretstream_xchacha20poly1305_KEYBYTES
_MORE = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_LAST = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_MESSAGE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_STREAM = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_CHECK = 16
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What it costs to try one passphrase: passes over so many bytes of memory."""

    passes: int
    memory: int


RECOMMENDED: Final = Cost(passes=3, memory=64 * 1024 * 1024)
"""The second recommendation of RFC 9106, for machines with little memory."""

HIGHEST: Final = Cost(passes=8, memory=256 * 1024 * 1024)
"""What a file may ask of whoever opens it."""


def suggestion() -> str:
    """A passphrase drawn at random (100 bits), to be offered and never filled in for anybody."""
    return group(short_code(signs=20))


def accept(passphrase: str, *, field: str) -> str:
    """A passphrase that may protect an archive, as it is used.

    Longer than a password: whoever has the file can try as often as they like. Raises: BadInput naming `field`.
    """
    text = _normal(passphrase)
    remedy = _(
        "Use at least %(count)s characters: five words that do not belong together, or the one that is offered.",
        count=SHORTEST,
    )
    if len(text) < SHORTEST:
        raise BadInput(_("This passphrase is too short."), field=field, remedy=remedy)
    if len(text) > passwords.LONGEST:
        shorter = _("Use at most %(count)s characters.", count=passwords.LONGEST)
        raise BadInput(_("This passphrase is too long."), field=field, remedy=shorter)
    if _easy(text):
        raise BadInput(_("This passphrase is easy to guess."), field=field, remedy=remedy)
    return text


def _easy(text: str) -> bool:
    """Whether it is a well-known password, the demonstration's, digits alone, or the same few signs again and again."""
    try:
        passwords.accept(text, login="")
    except BadInput:
        return True
    return text == passwords.DEMO_PASSWORD or text.isdigit() or len(set(text.casefold())) < 6


class SealingFile:
    """A file to write to: what is written goes into `sink`, sealed, chunk by chunk. Close it, or it is not whole."""

    def __init__(self, sink: IO[bytes], passphrase: str, *, cost: Cost) -> None:
        self._sink = sink
        self._waiting = bytearray()
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        salt = secrets.token_bytes(_SALT)
        key, check = _derive(_normal(passphrase), salt, cost)
        stream = bindings.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)
        told = {
            "kdf": _KDF,
            "passes": cost.passes,
            "memory": cost.memory,
            "salt": salt.hex(),
            "check": check.hex(),
            "cipher": _CIPHER,
            "chunk": CHUNK,
            "stream": stream.hex(),
        }
        self._header = MAGIC + json.dumps(told).encode() + b"\n"
        sink.write(self._header)

    def write(self, data: bytes) -> int:
        """Seal `data`, as soon as there is a chunk of it."""
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._push(bytes(self._waiting[:CHUNK]), _MESSAGE)
            del self._waiting[:CHUNK]
        return len(data)

    def flush(self) -> None:
        """Nothing: a chunk is sealed when it is full."""

    def close(self) -> None:
        """Seal what is left, as the end."""
        self._push(bytes(self._waiting), _LAST)
        self._waiting.clear()

    def _push(self, chunk: bytes, tag: int) -> None:
        push = bindings.crypto_secretstream_xchacha20poly1305_push
        self._sink.write(push(self._state, chunk, self._header, tag))


def opened(source: IO[bytes], passphrase: str, *, field: str) -> Iterator[bytes]:
    """The text of a file that `SealingFile` wrote, chunk by chunk.

    Raises: BadInput naming `field` for what is no such file, asks for too much, is damaged or cut off; naming
    "passphrase" for a wrong passphrase.
    """
    header, told = _header(source, field=field)
    cost = Cost(passes=told.passes, memory=told.memory)
    key, check = _derive(_normal(passphrase), told.salt, cost)
    if not hmac.compare_digest(check, told.check):
        raise BadInput(
            _("The archive does not open with this passphrase."),
            field="passphrase",
            remedy=_("Type it as it was when the archive was saved. Capital letters and blanks count."),
        )
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, told.stream, key)
    sealed = source.read(CHUNK + _MORE)
    while True:
        after = source.read(CHUNK + _MORE)
        try:
            if len(sealed) < _MORE:
                raise _damaged(field)
            chunk, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, sealed, header)
        except (CryptoError, RuntimeError, ValueError):
            raise _damaged(field) from None
        if (tag == _LAST) != (not after) or tag not in {_LAST, _MESSAGE}:
            raise _damaged(field)
        yield bytes(chunk)
        if not after:
            return
        sealed = after


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    passes: int
    memory: int
    salt: bytes
    check: bytes
    stream: bytes


def _header(source: IO[bytes], *, field: str) -> tuple[bytes, _Told]:
    """The header's bytes, and what it says. Raises: BadInput."""
    if source.read(len(MAGIC)) != MAGIC:
        raise BadInput(
            _("This is not an archive that a Satchel wallet saved."),
            field=field,
            remedy=_("Choose the file that ends in .satchel. A single award's file is added on the learner's page."),
        )
    line = source.readline(LONGEST_HEADER)
    try:
        value = json.loads(line)
        told = _Told(
            passes=value["passes"],
            memory=value["memory"],
            salt=bytes.fromhex(value["salt"]),
            check=bytes.fromhex(value["check"]),
            stream=bytes.fromhex(value["stream"]),
        )
        known = (value["kdf"], value["cipher"], value["chunk"]) == (_KDF, _CIPHER, CHUNK)
    except (ValueError, KeyError, TypeError):
        raise _damaged(field) from None
    sizes = (len(told.salt), len(told.check), len(told.stream)) == (_SALT, _CHECK, _STREAM)
    if not (known and sizes and line.endswith(b"\n") and type(told.passes) is int and type(told.memory) is int):
        raise _damaged(field)
    if not (
        pwhash.argon2id.OPSLIMIT_MIN <= told.passes <= HIGHEST.passes
        and pwhash.argon2id.MEMLIMIT_MIN <= told.memory <= HIGHEST.memory
    ):
        raise BadInput(
            _("This file asks for more work than any archive of a Satchel wallet needs. It was not opened."),
            field=field,
            remedy=_("Use the file as the wallet saved it. Do not open one that somebody else gave you."),
        )
    return MAGIC + line, told


def _derive(passphrase: str, salt: bytes, cost: Cost) -> tuple[bytes, bytes]:
    """The key of the stream, and the check. One at a time: each takes `cost.memory` bytes."""
    with _ONE_AT_A_TIME:
        made = pwhash.argon2id.kdf(_KEY + _CHECK, passphrase.encode(), salt, opslimit=cost.passes, memlimit=cost.memory)
    return made[:_KEY], made[_KEY:]


def _normal(passphrase: str) -> str:
    """The same characters typed on another keyboard give the same bytes; blanks around them do not count."""
    return unicodedata.normalize("NFKC", passphrase).strip()


def _damaged(field: str) -> BadInput:
    return BadInput(
        _("This archive is not whole: it was changed, or part of it is missing. Nothing of it was used."),
        field=field,
        remedy=_("Copy it again from where it is kept, or use another copy."),
    )
