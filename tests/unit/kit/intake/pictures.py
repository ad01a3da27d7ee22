"""Pictures and PDFs as people hand them in."""

import io
import json
import zlib

import qrcode
from PIL import Image
from pypdf import PdfWriter
from pypdf.annotations import Link as _Link  # noqa: F401 - pypdf registers its annotations on import
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

LINK = "https://wallet.example/s/fYy0m1cZ6WbP3sQeR7uVxA"
CREDENTIAL = json.dumps(
    {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"]}
).encode()
JWS = b"eyJhbGciOiJFZERTQSJ9.eyJ2YyI6e319fX19.c2lnbmF0dXJl"


def code(text=LINK):
    return qrcode.make(text).convert("RGB")


def saved(picture, form="PNG", **options):
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def beside(*pictures):
    both = Image.new("RGB", (sum(p.width for p in pictures), max(p.height for p in pictures)), "white")
    left = 0
    for picture in pictures:
        both.paste(picture, (left, 0))
        left += picture.width
    return both


def photo(text=LINK):
    """A code on a grey desk, turned, in a large picture."""
    turned = code(text).rotate(17, expand=True, fillcolor=(180, 170, 160)).resize((700, 700))
    desk = Image.new("RGB", (3000, 2200), (180, 170, 160))
    desk.paste(turned, (1200, 900))
    return saved(desk, "JPEG", quality=70)


def pdf(*files, password=None, owner=None, picture=None):
    writer = PdfWriter()
    writer.add_blank_page(300, 300)
    for name, data in files:
        writer.add_attachment(name, data)
    if picture is not None:
        return saved(picture, "PDF")
    if password is not None:
        writer.encrypt(password, owner)
    return written(writer)


def written(writer):
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def file_specification(writer, name, data):
    stream = DecodedStreamObject()
    stream.set_data(data)
    stream[NameObject("/Type")] = NameObject("/EmbeddedFile")
    embedded = DictionaryObject({NameObject("/F"): writer._add_object(stream)})
    return writer._add_object(
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Filespec"),
                NameObject("/F"): TextStringObject(name),
                NameObject("/EF"): embedded,
            }
        )
    )


def associated_pdf(*files):
    writer = PdfWriter()
    writer.add_blank_page(300, 300)
    writer._root_object[NameObject("/AF")] = ArrayObject([file_specification(writer, *file) for file in files])
    return written(writer)


def pinned_pdf(*files):
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    page[NameObject("/Annots")] = ArrayObject(
        [
            DictionaryObject(
                {
                    NameObject("/Type"): NameObject("/Annot"),
                    NameObject("/Subtype"): NameObject("/FileAttachment"),
                    NameObject("/FS"): file_specification(writer, *file),
                }
            )
            for file in files
        ]
    )
    return written(writer)


def chunk(kind, body=b""):
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def huge_png(width=60_000, height=60_000):
    """A few bytes that ask for gigabytes."""
    header = chunk(b"IHDR", width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x06\0\0\0")
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 10_000_000, 9)) + chunk(b"IEND")
