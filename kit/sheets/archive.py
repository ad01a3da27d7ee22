"""Tables that come together in one ZIP file, unpacked in a process of its own: only those that are wanted by name."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Final

from kit.apart import Apart, EndedError
from kit.errors import BadInput, RequestError, TooLarge
from kit.i18n import Message, _

UNPACKING: Final = Apart(
    script=Path(__file__).with_name("unpacking.py"),
    memory_bytes=384 << 20,
    processor_seconds=8,
    seconds=10.0,
    patience=20.0,
)
_LONGEST_NAME: Final = 60
_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLimits:
    """How much is taken: bytes of the file, members of the archive, and bytes of the wanted ones together, unpacked."""

    file_bytes: int
    members: int
    unpacked_bytes: int


class ArchiveFault(Enum):
    """Why an archive cannot be used."""

    NO_ARCHIVE = "noArchive"
    TOO_LARGE = "tooLarge"
    MEMBERS = "members"
    UNPACKED = "unpacked"
    LOCKED = "locked"
    FOLDER = "folder"
    TWICE = "twice"
    DAMAGED = "damaged"
    TOO_LONG = "tooLong"


class ArchiveRefused(Exception):  # noqa: N818 - a refusal is an answer
    """An archive cannot be used. `name` is the member that it is about, fit to be shown; `most` a limit."""

    def __init__(self, fault: ArchiveFault, *, name: str = "", most: int = 0) -> None:
        super().__init__(fault.value)
        self.fault, self.name, self.most = fault, name, most


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """What is in an archive: the wanted members by name, and the names of the others, fit to be shown."""

    members: Mapping[str, bytes]
    others: tuple[str, ...]


def read_archive(data: bytes, *, wanted: Collection[str], limits: ArchiveLimits) -> Archive:
    """The members of a ZIP file whose names are wanted. Nothing else of it is unpacked.

    Raises: ArchiveRefused; Unavailable when too many are being opened at this moment.
    """
    if len(data) > limits.file_bytes:
        raise ArchiveRefused(ArchiveFault.TOO_LARGE, most=limits.file_bytes)
    if not data.startswith(b"PK"):
        raise ArchiveRefused(ArchiveFault.NO_ARCHIVE)
    bounds = {name: most for name, most in asdict(limits).items() if name != "file_bytes"}
    request = json.dumps({"wanted": sorted(wanted), "limits": bounds}).encode() + b"\n"
    try:
        found = UNPACKING.answer(data=request + data)
    except EndedError:
        raise ArchiveRefused(ArchiveFault.TOO_LONG) from None
    if "fault" in found:
        most = {"members": limits.members, "unpacked": limits.unpacked_bytes}.get(found["fault"], 0)
        raise ArchiveRefused(ArchiveFault(found["fault"]), name=shown(found["name"]), most=most)
    return Archive(
        members={name: base64.b64decode(content) for name, content in found["members"].items()},
        others=tuple(shown(name) for name in found["others"]),
    )


def shown(name: str) -> str:
    """The name of a member as it can be shown: short, and without anything that is not seen."""
    return _UNSEEN.sub("�", name)[:_LONGEST_NAME]


_AGAIN: Final = _("Export it again from the school’s system, and drop that file.")
_WORDS: Final[Mapping[ArchiveFault, tuple[Message, Message]]] = MappingProxyType(
    {
        ArchiveFault.NO_ARCHIVE: (
            _("This is not a ZIP file."),
            _("Drop the ZIP file as the school’s system made it, without unpacking it."),
        ),
        ArchiveFault.TOO_LARGE: (
            _("This file is larger than what is read here: %(most)s bytes."),
            _("Export one school at a time."),
        ),
        ArchiveFault.MEMBERS: (
            _("There are more than %(most)s files in this ZIP file."),
            _("Zip only the files of the export."),
        ),
        ArchiveFault.UNPACKED: (
            _("Unpacked, this ZIP file is larger than what is read here: %(most)s bytes."),
            _("Export one school at a time."),
        ),
        ArchiveFault.LOCKED: (
            _("“%(name)s” in this ZIP file is locked with a password."),
            _("Export it without a password."),
        ),
        ArchiveFault.FOLDER: (
            _("“%(name)s” lies in a folder of this ZIP file."),
            _("Zip the files themselves, not the folder that they are in."),
        ),
        ArchiveFault.TWICE: (_("“%(name)s” is in this ZIP file twice."), _("Keep the one that is right.")),
        ArchiveFault.DAMAGED: (_("This ZIP file is damaged and could not be opened."), _AGAIN),
        ArchiveFault.TOO_LONG: (
            _("Opening this file took more time or room than any honest export needs, so it was given up."),
            _AGAIN,
        ),
    }
)
_TOO_MUCH: Final = frozenset(
    {ArchiveFault.TOO_LARGE, ArchiveFault.MEMBERS, ArchiveFault.UNPACKED, ArchiveFault.TOO_LONG}
)


def archive_explained(error: ArchiveRefused, *, field: str) -> RequestError:
    """The refusal as an answer: what it is, where, what to do. TooLarge (413) when there is too much of something."""
    detail, remedy = _WORDS[error.fault]
    values = {"name": error.name, "most": f"{error.most:,}".replace(",", "\u202f")}
    named = tuple((name, value) for name, value in values.items() if f"%({name})s" in detail.singular)
    kind = TooLarge if error.fault in _TOO_MUCH else BadInput
    return kind(
        Message(detail.singular, parameters=named),
        title=_("This file cannot be read as it is"),
        field=field,
        remedy=remedy,
    )
