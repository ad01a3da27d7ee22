"""Redraws one hostile picture, in a process of its own (`kit.apart`): `python -I redrawing.py < file > picture.json`.

Whoever sends a picture chooses what a large library is made to do with it. So it is opened here: without settings,
keys or a database, with bounds on memory, time, files and processes that the system enforces. What comes out is a new
PNG of the pixels alone: no text, no place where the photo was taken, nothing before or behind the picture. This module
stands alone on purpose and imports nothing of ours.

It answers one JSON object: `{"png": base64, "width": pixels, "height": pixels}`, or
`{"fault": "damaged" | "tooLarge"}`.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import sys
import warnings
from typing import Any

MAX_PIXELS = 40_000_000
SIDE = 512


def redraw(data: bytes) -> dict[str, Any]:
    """The picture upright, at most `SIDE` pixels wide and high, as a PNG that holds nothing else."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - only where a picture is opened

    with Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "WEBP"]) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            return {"fault": "tooLarge"}
        picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a large JPEG is decoded at a part of its size
        upright = ImageOps.exif_transpose(picture)
        clear = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
        pixels = upright.convert("RGBA" if clear else "RGB")
    pixels.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    alone = Image.new(pixels.mode, pixels.size)
    alone.paste(pixels)
    file = io.BytesIO()
    alone.save(file, "PNG", optimize=True)
    return {"png": base64.b64encode(file.getvalue()).decode(), "width": alone.width, "height": alone.height}


def main() -> None:
    """Read standard input, write the answer."""
    from PIL import Image  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    logging.disable(logging.CRITICAL)
    try:
        answer = redraw(sys.stdin.buffer.read())
    except MemoryError:
        answer = {"fault": "tooLarge"}
    except Exception as error:  # noqa: BLE001 - whatever a file makes a library do, the answer is that it is damaged
        answer = {"fault": "tooLarge" if "Bomb" in type(error).__name__ else "damaged"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
