"""QR codes as drawings.

The drawing is one SVG path of dark squares on a light field, with the quiet zone that scanners need, black on white in
every colour scheme. Beside a code on paper stands its typed twin.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from kit.codes import group, short_code, ungroup

__all__ = ["QUIET_ZONE", "group", "matrix", "short_code", "svg", "ungroup"]

QUIET_ZONE = 4


def matrix(text: str) -> list[list[bool]]:
    """The modules of the QR code of `text` (error correction M), without a quiet zone; True is dark.

    Raises: ValueError when `text` is longer than a code holds.
    """
    code: QRCode[Any] = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def svg(text: str, *, title: str, border: int = QUIET_ZONE) -> Markup:
    """The QR code of `text` as an SVG element of its own size in modules; style gives it its size on the page.

    `title` is read aloud instead of the picture. `border` is the quiet zone, in modules; fewer than 4 is refused.
    Raises: ValueError.
    """
    if border < QUIET_ZONE:
        raise ValueError("a QR code needs a quiet zone of four modules")
    rows = matrix(text)
    size = len(rows) + 2 * border
    path = "".join(_row_path(row, border, border + line) for line, row in enumerate(rows))
    return Markup(
        '<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" '
        'shape-rendering="crispEdges"><title>{title}</title><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        '<path fill="#000" d="{path}"/></svg>'
    ).format(size=size, title=title, path=path)


def _row_path(row: list[bool], left: int, top: int) -> str:
    """One row as runs of dark modules."""
    parts: list[str] = []
    column = 0
    while column < len(row):
        start = column
        while column < len(row) and row[column]:
            column += 1
        if column > start:
            parts.append(f"M{left + start} {top}h{column - start}v1h-{column - start}z")
        column += 1
    return "".join(parts)
