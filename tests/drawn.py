"""Pictures for tests of uploading, honest and not."""

import io
import struct
import zlib

from PIL import Image, PngImagePlugin


def picture(form="PNG", *, size=(40, 20), colour=(46, 74, 140), mode="RGB", **options):
    """A file of one colour."""
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, form, **options)
    return file.getvalue()


def told(**texts):
    """A PNG with texts in it."""
    found = PngImagePlugin.PngInfo()
    for name, value in texts.items():
        found.add_text(name, value)
    return picture(pnginfo=found)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


SIGN = b"\x89PNG\r\n\x1a\n"


def announced(width, height, *between):
    """A PNG that says how large it is and holds next to nothing."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return SIGN + header + b"".join(between) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def flat_bomb(side):
    """A PNG of a few kB whose pixels, all black, would take side × side × 3 bytes."""
    packer = zlib.compressobj(9)
    data = b"".join([packer.compress(bytes(1 + 3 * side)) for _line in range(side)]) + packer.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return SIGN + header + chunk(b"IDAT", data) + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
