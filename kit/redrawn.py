"""Pictures that somebody uploads: PNG, JPEG and WebP, each drawn anew in a process apart before anything is kept of it.

What is kept is a PNG of at most 512 by 512 pixels and holds nothing but them: what else was in the file (a page, an
archive, a text, the place where a photo was taken) is gone. An SVG is not a picture but a program, and is refused.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kit.apart import Apart, EndedError
from kit.errors import BadInput, TooLarge
from kit.i18n import Message, _

LARGEST: Final = 8 << 20
ACCEPT: Final = "image/png,image/jpeg,image/webp"
REDRAWING: Final = Apart(
    script=Path(__file__).with_name("redrawing.py"),
    memory_bytes=1 << 30,
    processor_seconds=8,
    seconds=10.0,
    patience=10.0,
)
_MARKUP: Final = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*<|\x1f\x8b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrawn:
    """A picture as it is kept: the bytes of a PNG, and its size in pixels."""

    body: bytes
    width: int
    height: int


def redrawn(data: bytes, *, field: str) -> Redrawn:
    """The picture in `data`, drawn anew; its first bytes decide what it is. `field` is where it was handed in.

    Raises: BadInput with what to do, TooLarge, Unavailable when many are being opened at this moment.
    """
    if len(data) > LARGEST:
        raise TooLarge(_("This picture has more than 8 MB. Make it smaller, then choose it again."))
    if not _is_taken(data):
        if _MARKUP.match(data):
            said: tuple[Message, Message] = (
                _("This is a drawing that can hold programs (SVG), and is not taken."),
                _("Save it as a PNG, then choose that."),
            )
        else:
            said = (
                _("This is not a picture that can be read here."),
                _("Choose a PNG, JPEG or WebP. A photo from a telephone can be saved as JPEG."),
            )
        raise BadInput(said[0], field=field, remedy=said[1])
    try:
        answer = REDRAWING.answer(data=data)
    except EndedError:
        answer = {"fault": "damaged"}
    if answer.get("fault") == "tooLarge":
        raise BadInput(
            _("This picture has too many pixels."), field=field, remedy=_("Make it smaller, such as 1000 by 1000.")
        )
    if "fault" in answer:
        raise BadInput(
            _("This picture is damaged and cannot be opened."),
            field=field,
            remedy=_("Save it anew, or choose another."),
        )
    return Redrawn(body=base64.b64decode(answer["png"]), width=answer["width"], height=answer["height"])


def _is_taken(data: bytes) -> bool:
    return data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")) or (data[:4], data[8:12]) == (b"RIFF", b"WEBP")
