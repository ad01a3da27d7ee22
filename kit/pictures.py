"""Pictures of awards to take along: the quilt block of an achievement, with the signed credential baked into it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from PIL import Image, ImageColor, ImageDraw

from kit.quilt import CALICO, FABRICS, SIDE, block_file, look, patches
from vc.baking import Standard, bake_png, bake_svg
from vc.document import JsonObject
from vc.openbadges import AchievementCredential
from vc.securing import open_document

PICTURES: Final[Mapping[str, str]] = MappingProxyType({"png": "image/png", "svg": "image/svg+xml"})
_PIXELS: Final = 504
_FINER: Final = 2


def block_png(identifier: str) -> bytes:
    """The block of `identifier` as a PNG: the same patches as the SVG's, without their threads."""
    scale = _PIXELS * _FINER / SIDE
    picture = Image.new("RGB", (_PIXELS * _FINER, _PIXELS * _FINER), ImageColor.getrgb(CALICO))
    pen = ImageDraw.Draw(picture)
    for fabric, polygon in patches(look(identifier)):
        pen.polygon([(x * scale, y * scale) for x, y in polygon], fill=ImageColor.getrgb(FABRICS[fabric]))
    file = io.BytesIO()
    picture.resize((_PIXELS, _PIXELS), Image.Resampling.LANCZOS).save(file, "PNG", optimize=True)
    return file.getvalue()


def baked_block(identifier: str, credential: bytes, *, form: str) -> bytes:
    """The block of `identifier` as "png" or "svg", with this credential (JSON or a token) baked into it.

    Raises: ProblemError for bytes that are no credential.
    """
    standard = standard_of(open_document(credential).value)
    if form == "png":
        return bake_png(block_png(identifier), credential, standard=standard, replace=False)
    return bake_svg(block_file(identifier), credential, standard=standard, replace=False)


def emblem_of(credential: bytes) -> str:
    """What a credential's block is drawn from: its achievement's identifier. Raises: ProblemError."""
    view = AchievementCredential(open_document(credential).value)
    return view.achievement.id or view.issuer_id or ""


def standard_of(document: JsonObject) -> Standard:
    """By which standard's rules a credential is baked, told from its types."""
    types = document.get("type")
    named = [types] if isinstance(types, str) else types if isinstance(types, list) else []
    if "ClrCredential" in named:
        return Standard.CLR_2
    return Standard.OPEN_BADGES_2 if "Assertion" in named else Standard.OPEN_BADGES_3
