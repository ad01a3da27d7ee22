"""Opens one hostile file, in a process of its own: `python -I opening.py picture|pdf|zip < file > findings.json`.

Pictures and PDFs are read by large libraries, and whoever sends a file chooses what those are made to do. So they run
here: without our settings, keys or database, with bounds on memory, time, files and processes that the system enforces,
and with a parent that waits so long and no longer. This module stands alone on purpose and imports nothing of ours.

It answers one JSON object: `{"codes": [text, …]}`, `{"files": [{"name", "data" (base64)}, …], "codes": [text, …]}`, or
`{"fault": "damaged" | "tooLarge" | "encrypted" | "heif"}`. What a ZIP file holds are `files`; those that are
too large by themselves stand in `{"large": [name, …]}`.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import logging
import sys
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

MAX_PIXELS = 110_000_000
MAX_CODES = 16
MAX_FILES = 64
MAX_FILE_BYTES = 4 << 20
MAX_ALL_FILES_BYTES = 16 << 20
MAX_PAGES = 8
MAX_PAGE_IMAGES = 16
MAX_MEMBERS = 2000
MAX_UNPACKED_BYTES = 48 << 20
_LONG_SIDE = 4000
_SIGNS = (b"{", b"\x89PNG", b"<", b"e")
_ENOUGH_DEPTH = 3000


class TooLargeError(Exception):
    """More than is looked at."""


def read_picture(data: bytes) -> dict[str, Any]:
    """What the QR codes in a picture say."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - only where a picture is opened

    if data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"mif1", b"heif", b"hevc", b"msf1"}:
        return {"fault": "heif"}
    with Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "WEBP", "GIF", "BMP"]) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise TooLargeError
        picture.draft("L", (_LONG_SIDE, _LONG_SIDE))  # a large JPEG is decoded at half the size, or less
        return {"codes": codes_in(ImageOps.exif_transpose(_grey(picture)))}


def _grey(picture: Any) -> Any:
    from PIL import Image  # noqa: PLC0415

    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:  # what shines through is paper
        paper = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(paper, picture.convert("RGBA")).convert("L")
    return picture.convert("L")


def codes_in(picture: Any) -> list[str]:
    """The texts of the QR codes in a grey picture, as large as it is and, when there are none, smaller."""
    import zxingcpp  # noqa: PLC0415

    for side in (max(picture.size), 1600, 800):
        if side > max(picture.size):
            continue
        smaller = picture if side == max(picture.size) else picture.copy()
        smaller.thumbnail((side, side))
        found = zxingcpp.read_barcodes(smaller, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]))
        texts = [code.text for code in found if code.valid and code.text]
        if texts:
            return list(dict.fromkeys(texts))[:MAX_CODES]
    return []


def read_pdf(data: bytes) -> dict[str, Any]:
    """The files attached to a PDF that could be credentials; when there are none, the QR codes in its pictures."""
    from pypdf import PdfReader  # noqa: PLC0415
    from pypdf.errors import FileNotDecryptedError, PdfReadError  # noqa: PLC0415

    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return {"fault": "encrypted"}
    try:
        files = [{"name": name[:200], "data": base64.b64encode(body).decode()} for name, body in attached(reader)]
        return {"files": files, "codes": [] if files else codes_on_pages(reader)}
    except FileNotDecryptedError:
        return {"fault": "encrypted"}
    except PdfReadError:
        return {"fault": "damaged"}


def attached(reader: Any) -> Iterator[tuple[str, bytes]]:
    """Name and content of each attached file that begins like a credential, each content once.

    They are looked for at the three places where programs put them: the name tree of embedded files, the document's
    associated files, and annotations that look like a pin on a page.
    """
    seen: set[bytes] = set()
    total = 0
    for number, specification in enumerate(_specifications(reader)):
        if number >= MAX_FILES:
            raise TooLargeError
        name = str(specification.get("/UF") or specification.get("/F") or "")
        body = _content(specification)
        if body is None or body in seen or not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_SIGNS):
            continue
        total += len(body)
        if total > MAX_ALL_FILES_BYTES:
            raise TooLargeError
        seen.add(body)
        yield name, body


def _specifications(reader: Any) -> Iterator[Any]:
    root = _object(reader.trailer.get("/Root"))
    names = _object(_object(root.get("/Names")).get("/EmbeddedFiles"))
    yield from _name_tree(names, 0)
    yield from _array(root.get("/AF"))
    for number, page in enumerate(reader.pages):
        if number >= 500:
            return
        yield from _array(page.get("/AF"))
        for annotation in _array(page.get("/Annots")):
            if annotation.get("/Subtype") == "/FileAttachment":
                yield _object(annotation.get("/FS"))


def _name_tree(node: Any, depth: int) -> Iterator[Any]:
    if depth > 16:
        raise TooLargeError
    names = _object(node.get("/Names"))
    if isinstance(names, list):
        yield from (_object(each) for each in names[1::2])
    for kid in _array(node.get("/Kids")):
        yield from _name_tree(kid, depth + 1)


def _object(value: Any) -> Any:
    """What a reference leads to; an empty object for what is not there."""
    found = value.get_object() if hasattr(value, "get_object") else value
    return found if isinstance(found, dict | list) else {}


def _array(value: Any) -> Iterator[Any]:
    found = _object(value)
    if isinstance(found, list):
        for each in found[:2000]:
            item = _object(each)
            if isinstance(item, dict):
                yield item


def _content(specification: Any) -> bytes | None:
    if not isinstance(specification, dict):
        return None
    embedded = _object(specification.get("/EF"))
    if not isinstance(embedded, dict):
        return None
    stream = _object(embedded.get("/UF") or embedded.get("/F"))
    if not hasattr(stream, "get_data"):
        return None
    body: bytes = stream.get_data()
    return body if len(body) <= MAX_FILE_BYTES else None


def codes_on_pages(reader: Any) -> list[str]:
    """The QR codes in the pictures of the first pages."""
    found: list[str] = []
    looked = 0
    for number, page in enumerate(reader.pages):
        if number >= MAX_PAGES or looked >= MAX_PAGE_IMAGES:
            break
        for key in list(page.images.keys())[: MAX_PAGE_IMAGES - looked]:
            looked += 1
            with contextlib.suppress(Exception):  # a picture that cannot be decoded holds no code for us
                found += codes_in(_grey(page.images[key].image))
    return list(dict.fromkeys(found))[:MAX_CODES]


def read_zip(data: bytes) -> dict[str, Any]:
    """The files in a ZIP file, each under its name with its folders; what programs add by themselves is left out."""
    files: list[dict[str, str]] = []
    large: list[str] = []
    left = MAX_UNPACKED_BYTES
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise TooLargeError
        if any(member.flag_bits & 1 for member in members):
            return {"fault": "encrypted"}
        for member in members:
            name = member.filename
            if member.is_dir() or any(part.startswith((".", "__MACOSX")) for part in name.split("/")):
                continue
            if member.file_size > MAX_FILE_BYTES:
                large.append(name[:200])
                continue
            with archive.open(member) as source:
                content = source.read(MAX_FILE_BYTES + 1)
            left -= len(content)
            if len(content) > MAX_FILE_BYTES or left < 0:
                raise TooLargeError
            files.append({"name": name[:200], "data": base64.b64encode(content).decode()})
    return {"files": files, "large": large}


_READERS = {"picture": read_picture, "pdf": read_pdf, "zip": read_zip}


def main() -> None:
    """Read standard input, write the findings."""
    from PIL import Image  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    logging.disable(logging.CRITICAL)
    sys.setrecursionlimit(_ENOUGH_DEPTH)
    data = sys.stdin.buffer.read()
    try:
        found = _READERS[sys.argv[1]](data)
    except (TooLargeError, MemoryError):
        found = {"fault": "tooLarge"}
    except Exception as error:  # noqa: BLE001 - whatever a file makes a library do, the answer is that it is damaged
        kind = type(error).__name__
        found = {"fault": "tooLarge" if "Limit" in kind or "Bomb" in kind else "damaged"}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
