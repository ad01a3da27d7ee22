"""Quilt blocks: a small emblem for everything that has an identifier.

A block is drawn from the identifier alone (SHA-256), so the same award looks the same everywhere, and two issuers with
look-alike names do not. Three things vary: the *geometry* (a table of classic patchwork blocks), the two or three
*fabrics* and their order, and the quarter turn. Each fabric is a colour **and** a weave (dots, rules, slants …), so
blocks stay apart in greyscale. The SVG carries no text, no ids, no style and no script: hatching is computed here and
drawn as plain strokes, so that a hundred blocks may share a page and a strict content policy. Colours are written as
attributes for files that stand alone; a page's own style sheet may recolour the classes.

A block is decoration that informs. It proves nothing, and no verdict may rest on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from typing import Final

from markupsafe import Markup, escape

SIDE: Final = 84
"""Units of a block's side: divisible by the 2, 3, 4, 6 and 7 cells that the geometries use."""

Point = tuple[float, float]
Polygon = tuple[Point, ...]

FABRICS: Final[dict[str, str]] = {
    "indigo": "#2E4A8C",
    "saffron": "#B9770E",
    "madder": "#A63D40",
    "moss": "#4F7145",
    "plum": "#6E4572",
}
"""Fabric name → colour in light; the same names are tokens in ``tokens.css``."""

CALICO: Final = "#F0E6D2"
THREAD: Final = "#FBF8F2"

# One cell is a word: "a" a whole square; "a/b" two triangles, a above the rising diagonal; "a\b" two triangles, a above
# the falling diagonal; "abca" four triangles: top, right, bottom, left. "." is the ground; a, b, c are the fabrics.
GEOMETRIES: Final[dict[str, tuple[str, ...]]] = {
    "pinwheel": (r"a\. ./a", r"a/. .\a"),
    "double pinwheel": (r"a\. ./a b\. ./b", r"a/. .\a b/. .\b", r"b\. ./b a\. ./a", r"b/. .\b a/. .\a"),
    "churn dash": (r"./a b .\a", "b . b", r"a\. b a/."),
    "flying geese": (r"./a .\a ./b .\b", r"./a .\a ./b .\b", r"./a .\a ./b .\b", r"./a .\a ./b .\b"),
    "log cabin": (
        "b b b b b b b",
        "a . . . . . b",
        "a . b b b . b",
        "a . a c b . b",
        "a . a a a . b",
        "a . . . . . b",
        "a a a a a a a",
    ),
    "ohio star": (". .aba .", "aba. c a.ab", ". ba.a ."),
    "nine patch": ("a . a", ". b .", "a . a"),
    "friendship star": (r". .\a .", r"./a b a/.", r". a\. ."),
    "hourglass": ("a.a. .b.b", ".b.b a.a."),
    "bear paw": (
        r". ./a ./a . .\a .\a .",
        r"./a b b . b b .\a",
        r"./a b b . b b .\a",
        ". . . c . . .",
        r"a\. b b . b b a/.",
        r"a\. b b . b b a/.",
        r". a\. a\. . a/. a/. .",
    ),
    "sawtooth star": (r". .\a ./a .", r"a\. b b a/.", r"./a b b .\a", r". a/. a\. ."),
    "rail fence": ("a a a a b c", ". . . a b c", "b b b a b c", "a b c a a a", "a b c . . .", "a b c b b b"),
    "shoo fly": (r"./a . .\a", ". b .", r"a\. . a/."),
    "broken dishes": (r"a/b b\a", r"a\b b/a"),
    "square in a square": (r"./a a/b a\b .\a", r"a/b b/. b\. a\b", r"b\a .\b ./b b/a", r"a\. b\a b/a a/."),
    "jacob's ladder": (
        ". a b b/. . a",
        "a . b/. . a .",
        "b b/. . a b b/.",
        "b/. . a . b/. .",
        ". a b b/. . a",
        "a . b/. . a .",
    ),
    "greek cross": (r"./a b .\a", "b b b", r"a\. b a/."),
    "diamond ring": (r"./a a a .\a", r"a a/b a\b a", r"a b\a b/a a", r"a\. a a a/."),
}
"""Geometry name → rows of cells, see the comment above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one block looks like: a row of :data:`GEOMETRIES`, the fabrics for its letters, quarter turns (0–3)."""

    geometry: str
    fabrics: tuple[str, str, str]
    turns: int


def look(identifier: str) -> Look:
    """Choose the look of ``identifier``."""
    digest = sha256(identifier.encode()).digest()
    names = list(FABRICS)
    first = names.pop(digest[1] % len(names))
    second = names.pop(digest[2] % len(names))
    third = names.pop(digest[3] % len(names))
    geometry = tuple(GEOMETRIES)[int.from_bytes(digest[4:8], "big") % len(GEOMETRIES)]
    return Look(geometry=geometry, fabrics=(first, second, third), turns=digest[8] % 4)


def arrange(identifiers: Sequence[str]) -> tuple[Look, ...]:
    """Choose looks for a row of blocks in which no two different neighbours are alike.

    Where a block would repeat the one before it, its first two fabrics change places: it keeps its geometry, so that
    an award stays recognisable in a quilt, on its card and on paper.
    """
    chosen: list[Look] = []
    for place, identifier in enumerate(identifiers):
        mine = look(identifier)
        if place and identifiers[place - 1] != identifier and visible(mine) == visible(chosen[-1]):
            first, second, third = mine.fabrics
            mine = replace(mine, fabrics=(second, first, third))
        chosen.append(mine)
    return tuple(chosen)


def visible(design: Look) -> tuple[str, ...]:
    """What tells a block from its neighbour at a glance: the geometry and the main fabrics that it uses."""
    used = {letter for letter, _ in shapes(design.geometry)}
    return (design.geometry, *(fabric for letter, fabric in zip("ab", design.fabrics, strict=False) if letter in used))


def quilt_svgs(identifiers: Sequence[str], *, size: int) -> list[Markup]:
    """Draw a row of blocks as :func:`arrange` chooses them, each as decoration of ``size`` CSS pixels a side."""
    return [draw(design, size=size) for design in arrange(identifiers)]


def block_svg(identifier: str, *, size: int, title: str | None = None) -> Markup:
    """Draw the block of ``identifier`` as inline SVG of ``size`` CSS pixels a side.

    With ``title`` the picture has a name for assistive technology; without, it is decoration and hidden from it.
    """
    return draw(look(identifier), size=size, title=title)


def block_file(identifier: str, *, size: int = 512) -> bytes:
    """Draw the block as an SVG file of its own (UTF-8): the default image of an achievement."""
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + str(block_svg(identifier, size=size))).encode()


def draw(design: Look, *, size: int, title: str | None = None) -> Markup:
    """Draw ``design`` as inline SVG, see :func:`block_svg`."""
    name = (
        Markup('role="img" aria-label="{}"').format(title) if title else Markup('aria-hidden="true" focusable="false"')
    )
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="block" viewBox="0 0 84 84" '
        'width="{0}" height="{0}" {1}>{2}</svg>'
    ).format(size, name, _patches(design))


@lru_cache(maxsize=512)
def _patches(design: Look) -> Markup:
    """Draw the ground, then one path of patches and one of hatching for each fabric."""
    parts = [f'<path class="q-calico" fill="{CALICO}" d="M0 0H{SIDE}V{SIDE}H0Z"/>']
    for letter, fabric in zip("abc", design.fabrics, strict=True):
        polygons = [_turn(shape, design.turns) for mark, shape in shapes(design.geometry) if mark == letter]
        if not polygons:
            continue
        outline = "".join("M" + "L".join(_pair(point) for point in polygon) + "Z" for polygon in polygons)
        parts.append(f'<path class="q-{fabric}" fill="{escape(FABRICS[fabric])}" d="{outline}"/>')
        strokes = "".join(
            f"M{_pair(start)}L{_pair(end)}" for polygon in polygons for start, end in _hatch(polygon, fabric)
        )
        if strokes:
            dots = ' stroke-dasharray="0 5" stroke-linecap="round"' if fabric == "saffron" else ""
            width = "1.7" if dots else "1"
            parts.append(
                f'<path class="q-thread" fill="none" stroke="{THREAD}" stroke-opacity=".6" '
                f'stroke-width="{width}"{dots} d="{strokes}"/>'
            )
    return Markup("".join(parts))  # noqa: S704 - numbers and names from the tables above only


def patches(design: Look) -> Iterator[tuple[str, Polygon]]:
    """Give each patch of a block as (fabric, polygon), turned as the block is, in units of :data:`SIDE`."""
    fabrics = dict(zip("abc", design.fabrics, strict=True))
    for letter, polygon in shapes(design.geometry):
        if letter in fabrics:
            yield fabrics[letter], _turn(polygon, design.turns)


def shapes(geometry: str) -> Iterator[tuple[str, Polygon]]:
    """Give each patch of a geometry as (letter, polygon), clockwise, in units of :data:`SIDE`."""
    rows = [row.split() for row in GEOMETRIES[geometry]]
    cell = SIDE / len(rows)
    for down, row in enumerate(rows):
        for across, word in enumerate(row):
            left, top = across * cell, down * cell
            for letter, polygon in _cell(word):
                yield letter, tuple((left + x * cell, top + y * cell) for x, y in polygon)


def _cell(word: str) -> Iterator[tuple[str, Polygon]]:
    """Cut the unit square as ``word`` says."""
    north_west, north_east, south_east, south_west, middle = (0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.5, 0.5)
    if len(word) == 1:
        yield word, (north_west, north_east, south_east, south_west)
    elif word[1] == "/":
        yield word[0], (north_west, north_east, south_west)
        yield word[2], (north_east, south_east, south_west)
    elif word[1] == "\\":
        yield word[0], (north_west, north_east, south_east)
        yield word[2], (north_west, south_east, south_west)
    else:
        corners = (north_west, north_east, south_east, south_west, north_west)
        for place, letter in enumerate(word):
            yield letter, (corners[place], corners[place + 1], middle)


def _turn(polygon: Polygon, turns: int) -> Polygon:
    for _ in range(turns):
        polygon = tuple((SIDE - y, x) for x, y in polygon)
    return polygon


# Fabric → the directions (a, b) of its rules a·x + b·y = k·step, and the step.
_WEAVE: Final[dict[str, tuple[tuple[tuple[int, int], ...], float]]] = {
    "indigo": ((), 1),
    "saffron": (((0, 1),), 5),
    "madder": (((1, 1),), 6),
    "moss": (((0, 1),), 4),
    "plum": (((1, 1), (1, -1)), 10),
}


def _hatch(polygon: Polygon, fabric: str) -> Iterator[tuple[Point, Point]]:
    """Rule a convex polygon: the segments of the fabric's lines that lie inside it."""
    directions, step = _WEAVE[fabric]
    for a, b in directions:
        heights = [a * x + b * y for x, y in polygon]
        rule = (min(heights) // step + 1) * step - step / 2
        while rule < max(heights):
            crossings = _cross(polygon, a, b, rule)
            if len(crossings) == 2 and crossings[0] != crossings[1]:
                yield crossings[0], crossings[1]
            rule += step


def _cross(polygon: Polygon, a: int, b: int, rule: float) -> list[Point]:
    found: list[Point] = []
    for (x1, y1), (x2, y2) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        before, after = a * x1 + b * y1 - rule, a * x2 + b * y2 - rule
        if (before < 0) != (after < 0):
            share = before / (before - after)
            found.append((x1 + share * (x2 - x1), y1 + share * (y2 - y1)))
    return sorted(found)


def _pair(point: Point) -> str:
    return " ".join(f"{round(value, 1):g}" for value in point)
