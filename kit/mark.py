"""The project's mark as pictures for home screens: drawn here from the same patches as `static/mark.svg`."""

from __future__ import annotations

import io
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageColor, ImageDraw

SIDE: Final = 96
_FINER: Final = 4
_CORNER: Final = 12
_SAFE: Final = 0.86
"""How much smaller the patches are where a phone may cut a circle out: all of them stay within its four fifths."""
_PATCHES: Final = re.compile(r'<path fill="(#\w{6})" d="([MLHVhvlz\d\s.-]+)"')
_STEP: Final = re.compile(r"([MLHVhvlz])([\d\s.-]*)")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")


@lru_cache(maxsize=8)
def mark_png(size: int, *, maskable: bool) -> bytes:
    """The mark as a PNG, `size` pixels a side. `maskable`: its cloth fills the square and the patches keep a margin."""
    side = size * _FINER
    cloth, *patches = _patches()
    picture = Image.new("RGBA", (side, side), ImageColor.getrgb(cloth[0]) if maskable else (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    if not maskable:
        pen.rounded_rectangle((0, 0, side - 1, side - 1), radius=side * _CORNER // SIDE, fill=cloth[0])
    scale = side / SIDE * (_SAFE if maskable else 1)
    edge = (side - SIDE * scale) / 2
    for colour, polygons in patches:
        for polygon in polygons:
            pen.polygon([(edge + x * scale, edge + y * scale) for x, y in polygon], fill=colour)
    file = io.BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(file, "PNG", optimize=True)
    return file.getvalue()


def _patches() -> list[tuple[str, list[list[tuple[float, float]]]]]:
    """(colour, polygons) of each patch of the SVG, the cloth beneath them first."""
    drawing = (Path(__file__).parent / "static" / "mark.svg").read_text(encoding="utf-8")
    cloth = re.findall(r'fill="(#\w{6})"', drawing)[0]
    return [(cloth, []), *((colour, _polygons(path)) for colour, path in _PATCHES.findall(drawing))]


def _polygons(path: str) -> list[list[tuple[float, float]]]:
    """The corners of the straight-sided shapes of an SVG path of moves and lines."""
    shapes: list[list[tuple[float, float]]] = []
    x = y = 0.0
    for letter, words in _STEP.findall(path):
        numbers = [float(one) for one in _NUMBER.findall(words)]
        if letter == "z":
            continue
        if letter == "M":
            shapes.append([])
        pairs = zip(numbers[::2], numbers[1::2], strict=False)
        for dx, dy in (
            ((one, 0.0) for one in numbers)
            if letter in "Hh"
            else ((0.0, one) for one in numbers)
            if letter in "Vv"
            else pairs
        ):
            if letter in "ML":
                x, y = dx, dy
            elif letter == "H":
                x = dx
            elif letter == "V":
                y = dy
            else:
                x, y = x + dx, y + dy
            shapes[-1].append((x, y))
    return [shape for shape in shapes if len(shape) > 2]
