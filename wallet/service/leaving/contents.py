"""Reading what is inside an archive (pure): every file under a bound, only what the manifest names, nothing on disk.

Whoever has the passphrase may have written the archive, so nothing in it is believed: names have one shape, sizes are
counted while they are unpacked, a file has to be the one that the manifest describes, and everything that does not fit
refuses the archive as a whole, before anything of it is kept.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kit.errors import BadInput
from kit.i18n import Message, _
from kit.intake import MAX_FILE_BYTES
from kit.passphrase import opened
from wallet.service.arriving import LARGEST_ORIGINAL
from wallet.service.leaving.packing import FORMAT, MANIFEST
from wallet.service.works import LARGEST as LARGEST_WORK

LARGEST_TEXT: Final = 512 << 20
"""Bytes of all files together, unpacked."""
LARGEST_MANIFEST, LARGEST_HISTORY, LARGEST_KEY = 16 << 20, 4 << 20, 4096
MOST_FILES, MOST_LEARNERS = 50_000, 50
_NAME = re.compile(
    r"learners/[0-9]{1,3}/(?:history\.json|(?:credentials|originals|keys|works|shown)/[A-Za-z0-9-]{1,80}\.[a-z]{3,4})"
)
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition of an award, as its provider signed it; and the file in which it came."""

    data: bytes
    received_at: str
    original: bytes | None
    original_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """An award with its editions, oldest first, and what the family put beside it."""

    id: str
    note: str
    tags: tuple[str, ...]
    editions: tuple[Edition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A learner's key: the file, and with whom it is used."""

    portable: Mapping[str, Any]
    issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Awards that were put together, by their ids in the archive."""

    name: str
    note: str
    credentials: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a learner made, beside which award."""

    title: str
    words: str
    credential: str
    file: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """One learner of an archive. `saved_it`: whether it is whoever saved the archive."""

    id: str
    name: str
    birth_date: date | None
    sign_in_age: int | None
    saved_it: bool
    history: Mapping[str, Any]
    keys: tuple[Key, ...]
    awards: tuple[Award, ...]
    collections: tuple[Collection, ...]
    works: tuple[Work, ...]


def read_archive(sealed: bytes, passphrase: str) -> tuple[Learner, ...]:
    """The learners in a sealed archive. Raises: BadInput, naming "file" or "passphrase"."""
    text = bytearray()
    for chunk in opened(io.BytesIO(sealed), passphrase, field="file"):
        text += chunk
        if len(text) > LARGEST_TEXT:
            raise _too_much()
    try:
        with zipfile.ZipFile(io.BytesIO(text)) as archive:
            return _Reader(archive).learners()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise _not_ours(_("its files cannot be unpacked")) from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        raise _not_ours(_("its list of contents does not say what it has to")) from None


class _Reader:
    """One opened archive. Methods raise BadInput, or what `read_archive` makes one of."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        entries = archive.infolist()
        if len(entries) > MOST_FILES:
            raise _too_much()
        self._archive = archive
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._left = LARGEST_TEXT
        for entry in entries:
            if entry.filename in self._entries:
                raise _not_ours(_("two of its files have the same name"))
            if not (_NAME.fullmatch(entry.filename) or entry.filename in {MANIFEST, "README.txt"}):
                raise _not_ours(_("one of its files has a name that no wallet writes"))
            if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} or entry.flag_bits & 1:
                raise _not_ours(_("its files cannot be unpacked"))
            self._entries[entry.filename] = entry

    def learners(self) -> tuple[Learner, ...]:
        told = _json(self._read(MANIFEST, LARGEST_MANIFEST))
        if told["format"] != FORMAT:
            raise _not_ours(_("it was made by a newer wallet; ask whoever runs this one to bring it up to date"))
        found = _list(told["learners"], MOST_LEARNERS)
        learners = tuple(self._learner(one) for one in found)
        if len({one.id for one in learners}) != len(learners):
            raise _not_ours(_("its list of contents does not say what it has to"))
        return learners

    def _learner(self, told: Mapping[str, Any]) -> Learner:
        born, age = told["birthDate"], told["signInAge"]
        return Learner(
            id=_text(told["id"]),
            name=_text(told["name"]),
            birth_date=date.fromisoformat(_text(born)) if born is not None else None,
            sign_in_age=_whole(age) if age is not None else None,
            saved_it=told["savedIt"] is True,
            history=_json(self._read(_text(told["history"]), LARGEST_HISTORY)),
            keys=tuple(
                Key(portable=_json(self._named(one, LARGEST_KEY)), issuer=_text(one["issuer"]))
                for one in _list(told["keys"])
            ),
            awards=tuple(
                Award(
                    id=_text(one["id"]),
                    note=_text(one["note"]),
                    tags=tuple(_text(tag) for tag in _list(one["tags"])),
                    editions=tuple(self._edition(edition) for edition in _list(one["editions"])),
                )
                for one in _list(told["credentials"])
            ),
            collections=tuple(
                Collection(
                    name=_text(one["name"]),
                    note=_text(one["note"]),
                    credentials=tuple(_text(each) for each in _list(one["credentials"])),
                )
                for one in _list(told["collections"])
            ),
            works=tuple(
                Work(
                    title=_text(one["title"]),
                    words=_text(one["words"]),
                    credential=_text(one["credential"] or ""),
                    file=self._named(one, LARGEST_WORK) if one["file"] else None,
                )
                for one in _list(told["works"])
            ),
        )

    def _edition(self, told: Mapping[str, Any]) -> Edition:
        original = told["original"]
        return Edition(
            data=self._named(told, MAX_FILE_BYTES),
            received_at=_text(told["receivedAt"]),
            original=self._named(original, LARGEST_ORIGINAL) if original is not None else None,
            original_type=_text(original["mediaType"]) if original is not None else "",
        )

    def _named(self, told: Mapping[str, Any], most: int) -> bytes:
        """The file that a line of the manifest names, if it is the one described there."""
        data = self._read(_text(told["file"]), most)
        if hashlib.sha256(data).hexdigest() != told["sha256"]:
            raise _not_ours(_("one of its files is not the one that its list of contents describes"))
        return data

    def _read(self, name: str, most: int) -> bytes:
        if name not in self._entries:
            raise _not_ours(_("one of its files is missing"))
        with self._archive.open(self._entries[name]) as file:
            data = file.read(min(most, self._left) + 1)
        if len(data) > min(most, self._left):
            raise _too_much()
        self._left -= len(data)
        return data


def _json(data: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(data)
    except RecursionError:
        raise _not_ours(_("its list of contents does not say what it has to")) from None
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004 - what the file says, not our caller
    return value


def _list(value: object, most: int = MOST_FILES) -> Iterable[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError("not a list, or a longer one than there can be")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004 - what the file says, not our caller
    value.encode()  # a lone surrogate is no text
    return value


def _whole(value: object) -> int:
    if type(value) is not int or not 0 <= value < 200:
        raise ValueError("not a number of years")
    return value


def _not_ours(why: Message) -> BadInput:
    return BadInput(
        _("This archive cannot be used: %(why)s. Nothing of it was kept.", why=why),
        field="file",
        remedy=_("Use the file as the wallet saved it, or save it there once more."),
    )


def _too_much() -> BadInput:
    return BadInput(
        _("This archive unpacks to more than a wallet ever saves. Nothing of it was kept."),
        field="file",
        remedy=_("Use the file as the wallet saved it, or save it there once more."),
    )
