"""From any bytes to the credentials in them: the first bytes decide what is opened, and how."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, TypeVar

from kit.intake.isolated import open_apart
from kit.intake.links import SCHEME
from kit.intake.refusals import InputRefused, Refusal
from kit.intake.text import Form, Item, read_text
from vc.baking import Baked, BakingError, BakingFault, Standard, unbake_png, unbake_svg

T = TypeVar("T")

MAX_FILE_BYTES: Final = 16 * 1024 * 1024
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_SVG: Final = re.compile(
    rb"(?:<\?xml[^>]*\?>|<!--(?:[^-]|-(?!->))*+-->|<!DOCTYPE[^\[>]*(?:\[[^\]]*\]\s*)?>|\s++)*+<(?:[\w.-]+:)?svg[\s/>]"
)
_PROLOGUE: Final = 64 * 1024
_BOM: Final = b"\xef\xbb\xbf"
_JSON_TYPES: Final = frozenset(
    {
        "application/json", "application/ld+json", "application/vc", "application/vp", "application/vc+ld+json",
        "application/vp+ld+json",
    }
)  # fmt: skip
_JWS_TYPES: Final = frozenset(
    {"application/jwt", "application/jose", "application/vc+jwt", "application/vp+jwt", "application/vc+ld+json+jwt"}
)


class Carrier(Enum):
    """In what the credential came."""

    TEXT = "text"
    PNG = "png"
    SVG = "svg"
    CODE = "code"
    PDF = "pdf"
    PDF_CODE = "pdfCode"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found, each thing once; `name` is the file's own, if it had one."""

    carrier: Carrier
    items: tuple[Item, ...]
    name: str = ""

    @property
    def names(self) -> list[str]:
        """What a person would call each thing: its file's name, or the link itself."""
        return [item.name or item.text.decode()[:100] for item in self.items]

    def only(self) -> Item:
        """The one thing in it. Raises: InputRefused, naming the several."""
        if len(self.items) > 1:
            raise InputRefused(Refusal.SEVERAL_FOUND, names=self.names)
        return self.items[0]


def read(data: bytes, *, media_type: str | None, name: str) -> Found:
    """Everything in `data` that can be judged: at least one thing.

    `media_type` is what a program declared about its bytes; None when nobody did (what a browser says of a file is a
    guess from its name). Raises: InputRefused, and Unavailable when too many files are being opened.
    """
    if len(data) > MAX_FILE_BYTES:
        raise InputRefused(Refusal.TOO_LARGE)
    opening = _opening(data)
    if media_type is not None:
        _agree(data, opening, media_type)
    found = opening(data)
    return replace(found, name=name)


def _opening(data: bytes) -> Callable[[bytes], Found]:
    if data.startswith(_PNG):
        return _png
    if data.startswith((b"\xff\xd8\xff", b"GIF8", b"BM")) or data[8:12] == b"WEBP" or data[4:8] == b"ftyp":
        return _picture
    if data.startswith(b"%PDF-"):
        return _pdf
    if data.startswith((b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")):
        raise InputRefused(Refusal.ARCHIVE)
    if _SVG.match(data.removeprefix(_BOM)[:_PROLOGUE]):
        return _svg
    return _text


def _agree(data: bytes, opening: Callable[[bytes], Found], media_type: str) -> None:
    """Refuse bytes that are not what a program said they are: it may be wrong about more. Raises: InputRefused."""
    declared = media_type.partition(";")[0].strip().lower()
    is_json = opening is _text and data.removeprefix(_BOM).lstrip()[:1] in {b"{", b"["}
    fits = True
    if declared == "application/pdf":
        fits = opening is _pdf
    elif declared.startswith("image/"):
        fits = opening in {_png, _svg, _picture}
    elif declared in _JSON_TYPES:
        fits = is_json
    elif declared in _JWS_TYPES:
        fits = opening is _text and not is_json
    elif declared == "text/plain":
        fits = opening in {_text, _svg}
    if not fits:
        raise InputRefused(Refusal.NOT_WHAT_IT_SAYS, place=declared)


def _text(data: bytes) -> Found:
    return Found(carrier=Carrier.TEXT, items=(read_text(data),))


def _png(data: bytes) -> Found:
    try:
        baked = unbake_png(data)
    except BakingError as error:
        if error.fault is BakingFault.NO_CREDENTIAL:
            return _picture(data)  # a picture of a code, perhaps
        raise _refused(error) from None
    return Found(carrier=Carrier.PNG, items=(_item(baked),))


def _svg(data: bytes) -> Found:
    try:
        baked = unbake_svg(data)
    except BakingError as error:
        raise _refused(error) from None
    return Found(carrier=Carrier.SVG, items=(_item(baked),))


def _refused(error: BakingError) -> InputRefused:
    refusal = {
        BakingFault.NO_CREDENTIAL: Refusal.PICTURE_EMPTY,
        BakingFault.SEVERAL: Refusal.PICTURE_SEVERAL,
        BakingFault.DAMAGED: Refusal.PICTURE_DAMAGED,
        BakingFault.TOO_LARGE: Refusal.PICTURE_TOO_LARGE,
        BakingFault.FORBIDDEN_XML: Refusal.SVG_UNSAFE,
    }.get(error.fault, Refusal.PICTURE_RULES)
    return InputRefused(refusal, place=error.detail if refusal is Refusal.PICTURE_RULES else "")


def _item(baked: Baked) -> Item:
    """What was baked, as something to judge. Only version 2.0 bakes addresses. Raises: InputRefused."""
    try:
        item = read_text(baked.text)
    except InputRefused as refused:
        raise InputRefused(Refusal.BAKED_UNREADABLE) from refused
    if item.form is Form.LINK and baked.standard is not Standard.OPEN_BADGES_2:
        raise InputRefused(Refusal.BAKED_UNREADABLE)
    return item


def _picture(data: bytes) -> Found:
    codes = open_apart(data, "picture")["codes"]
    if not codes:
        raise InputRefused(Refusal.PICTURE_EMPTY)
    return Found(carrier=Carrier.CODE, items=_usable_codes(codes))


def _usable_codes(codes: Iterable[str]) -> tuple[Item, ...]:
    """The links and credentials among the texts of QR codes; others may stand beside them. Raises: InputRefused."""
    texts = list(codes)
    items = _usable(_code, texts)
    if not items:
        raise InputRefused(Refusal.PICTURE_CODE, place=" ".join(texts[0].split())[:80])
    return items


def _code(text: str) -> Item:
    """What a QR code holds: a link to the web, or a credential. Raises: InputRefused, also for any other scheme."""
    item = read_text(text.encode())
    scheme = SCHEME.match(text.strip())
    if item.form is Form.LINK and scheme is not None and scheme[1].lower() not in {"http", "https"}:
        raise InputRefused(Refusal.SCHEME)
    return item


def _pdf(data: bytes) -> Found:
    found = open_apart(data, "pdf")
    files = [(str(each["name"]), base64.b64decode(each["data"])) for each in found["files"]]
    items = _usable(_attachment, files)
    if items:
        return Found(carrier=Carrier.PDF, items=items)
    if found["codes"]:
        return Found(carrier=Carrier.PDF_CODE, items=_usable_codes(found["codes"]))
    raise InputRefused(Refusal.PDF_EMPTY)


def _attachment(file: tuple[str, bytes]) -> Item:
    """A credential attached to a PDF, as text or baked into a picture. Raises: InputRefused."""
    name, data = file
    opening = _opening(data)
    if opening is _png:
        try:
            return replace(_item(unbake_png(data)), name=name)
        except BakingError as error:
            raise _refused(error) from None
    item = _svg(data).only() if opening is _svg else read_text(data)
    if item.form is Form.LINK:
        raise InputRefused(Refusal.NOT_A_CREDENTIAL)
    return replace(item, name=name)


def _usable(reading: Callable[[T], Item], given: Iterable[T]) -> tuple[Item, ...]:
    """What can be judged among several things; the rest is somebody else's business."""
    items: dict[bytes, Item] = {}
    for each in given:
        try:
            item = reading(each)
        except InputRefused:
            continue
        items.setdefault(item.text, item)
    return tuple(items.values())
